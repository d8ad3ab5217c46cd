using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.DataPlane.Tests.Lab;
using CsCheck;

namespace Akka.LNS.DataPlane.Tests.Paths;

public class PathTableTests
{
    internal static SessionPath NewPath(ushort tunnel, ushort session) =>
        new(new PathKey(tunnel, session, 1), new SessionPath.Attachment(default, new PlaneReceiver()), 0);

    [Fact]
    public void The_table_equals_a_dictionary() => Gen.Select(Gen.UShort[0, 3], Gen.UShort[0, 600], Gen.Bool).Array[0, 400].Sample(steps =>
    {
        var table = new PathTable();
        var twin = new Dictionary<(ushort, ushort), SessionPath>();
        foreach (var (tunnel, session, add) in steps)
        {
            if (add && twin.TryAdd((tunnel, session), NewPath(tunnel, session))) table.Add(twin[(tunnel, session)]);
            else if (!add && twin.Remove((tunnel, session), out var path)) table.Remove(path);
            Assert.Same(twin.GetValueOrDefault((tunnel, session)), table.Find(tunnel, session));
            Assert.Equal(twin.Count, table.Count);
        }
        Assert.All(twin, pair => Assert.Same(pair.Value, table.Find(pair.Key.Item1, pair.Key.Item2)));
        Assert.Equal(twin.Values.ToHashSet(), table.All.ToHashSet());
    }, iter: 50);
}

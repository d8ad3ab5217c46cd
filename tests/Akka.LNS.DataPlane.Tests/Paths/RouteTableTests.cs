using Akka.LNS.DataPlane.Paths;
using Akka.LNS.DataPlane.Tests.Lab;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using CsCheck;

namespace Akka.LNS.DataPlane.Tests.Paths;

public class RouteTableTests
{
    [Fact]
    public void The_longest_match_is_that_of_a_linear_search() =>
        Gen.Select(Gen.Select(Gen.UInt[0, 255], Gen.Int[20, 32], Gen.Bool).Array[1, 60], Gen.UInt[0, 255]).Sample((steps, address) =>
        {
            var table = new RouteTable();
            var twin = new Dictionary<Ipv4Prefix, SessionPath>();
            foreach (var (network, length, add) in steps)
            {
                var prefix = new Ipv4Prefix(new Ipv4Address(network), length);
                if (add) table.Set(prefix, twin[prefix] = PathTableTests.NewPath(1, 1));
                else if (twin.Remove(prefix, out var path)) table.Remove(prefix, path);
            }
            var best = twin.Where(pair => pair.Key.Contains(new Ipv4Address(address)))
                .OrderByDescending(static pair => pair.Key.Length).Select(static pair => pair.Value).FirstOrDefault();
            Assert.Same(best, table.Find(address));
        }, iter: 300);

    [Fact]
    public void A_path_cannot_remove_a_prefix_that_another_path_has_taken()
    {
        var (table, first, second) = (new RouteTable(), PathTableTests.NewPath(1, 1), PathTableTests.NewPath(1, 2));
        var host = Bench.Prefix("192.0.2.1/32");
        table.Set(host, first);
        table.Set(host, second);
        table.Remove(host, first);
        Assert.Same(second, table.Find(host.Network.Value));
    }
}

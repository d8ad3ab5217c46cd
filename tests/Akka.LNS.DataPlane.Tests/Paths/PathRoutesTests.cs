using System.Collections.Immutable;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.DataPlane.Tests.Lab;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using CsCheck;

namespace Akka.LNS.DataPlane.Tests.Paths;

public class PathRoutesTests
{
    private static readonly ImmutableArray<Ipv4Prefix>[] Networks =
    [
        [], [Bench.Prefix("10.0.0.0/30")], [Bench.Prefix("10.0.0.0/29"), Bench.Prefix("10.0.1.0/24")], [Bench.Prefix("10.0.0.2/32")],
    ];

    private static readonly Ipv4Prefix[] Framed =
        [Bench.Prefix("10.0.0.0/30"), Bench.Prefix("10.0.1.128/25"), Bench.Prefix("192.0.2.0/24"), Bench.Prefix("10.0.0.5/32")];

    /// <summary>One step: paths change their forwarding, or the networks change.</summary>
    private static readonly Gen<(int What, int Path, int Host, int[] Framed, int Networks)[]> Scripts =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[0, 7], Gen.Int[0, 3].Array[0, 2], Gen.Int[0, 3]).Array[1, 40];

    [Fact]
    public void The_kernel_has_the_networks_and_the_prefixes_of_paths_outside_of_them() => Scripts.Sample(script =>
    {
        var networks = Networks[1];
        var routes = new PathRoutes(networks);
        SessionPath[] paths = [.. Enumerable.Range(0, 4).Select(static i => PathTableTests.NewPath(1, (ushort)i))];
        var kernel = networks.ToHashSet();
        foreach (var step in script)
        {
            if (step.What == 0) routes.SetNetworks(networks = Networks[step.Networks], paths);
            else
            {
                var path = paths[step.Path];
                var before = path.Forwarding;
                path.Forwarding = step.What == 1 ? null : new ForwardingSettings(new Ipv4Address(0x0A000000 + (uint)step.Host), 1400)
                {
                    FramedRoutes = [.. step.Framed.Select(static i => Framed[i])],
                };
                routes.Change(path, before, path.Forwarding);
            }
            foreach (var change in routes.Changes)
                Assert.True(change.IsAdded ? kernel.Add(change.Network) : kernel.Remove(change.Network), change.ToString());
            routes.ClearChanges();
            var owned = paths.Where(static p => p.Forwarding is not null)
                .SelectMany(static p => p.Forwarding!.FramedRoutes.Append(new Ipv4Prefix(p.Forwarding.Subscriber, 32)));
            Assert.Equal(networks.Concat(owned.Where(prefix => !networks.Any(n => n.Contains(prefix)))).ToHashSet(), kernel);
        }
    }, iter: 500);

    [Fact]
    public void New_routes_come_before_old_ones_go()
    {
        var routes = new PathRoutes(Networks[1]);
        routes.SetNetworks(Networks[2], []);
        Assert.Equal([true, true, false], routes.Changes.ToArray().Select(static change => change.IsAdded));
    }
}

using System.Net.Sockets;
using Akka.LNS.DataPlane.Tests.Lab;

namespace Akka.LNS.DataPlane.Tests;

[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public class AllocationTests
{
    /// <summary>Counts the allocations of all threads: no other test runs at the same time.</summary>
    [Fact]
    public void Packets_in_both_directions_allocate_nothing() => TestNet.RunWithTun(() =>
    {
        const int pings = 2000;
        using var bench = Bench.OnTun();
        bench.Open();
        bench.Forward();
        var frame = Octets.Ppp(0x0021, Octets.Echo(Bench.Subscriber, Bench.Gateway));
        var datagram = Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, frame);
        var target = bench.Target.Serialize();
        var buffer = new byte[2048];
        void Ping(int count)
        {
            for (var i = 0; i < count; i++)
            {
                bench.Lac.SendTo(datagram, SocketFlags.None, target);
                bench.Lac.Receive(buffer);
            }
        }
        Ping(200); // compiles the code and fills caches
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Ping(pings);
        var perPacket = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(2 * pings);
        // an object has at least 24 octets; the rest of the process allocates a little
        Assert.True(perPacket < 2, $"{perPacket} octets per packet");
    });
}

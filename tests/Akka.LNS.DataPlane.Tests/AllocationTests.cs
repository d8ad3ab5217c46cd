using System.Net.Sockets;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Tests.Lab;

namespace Akka.LNS.DataPlane.Tests;

[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public class AllocationTests
{
    [Fact] // the octets that all threads allocate are counted: nothing else runs meanwhile
    public void Packets_in_both_directions_allocate_nothing() => TestNet.RunWithTun(() =>
    {
        const int pings = 2000;
        using var bench = Bench.OnTun();
        bench.Open();
        bench.Forward();
        var datagram = Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, Octets.Ppp(0x0021, Octets.Echo(Bench.Subscriber, Bench.Gateway)));
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
        Ping(200); // code is compiled, caches are filled
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Ping(pings);
        var perPacket = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(2 * pings);
        Assert.True(perPacket < 2, $"{perPacket} octets per packet"); // an object has at least 24; what else lives in the process allocates a little
    });
}

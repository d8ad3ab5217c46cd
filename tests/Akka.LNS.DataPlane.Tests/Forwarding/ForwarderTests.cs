using System.Collections.Concurrent;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Forwarding;
using Akka.LNS.DataPlane.Tests.Lab;

namespace Akka.LNS.DataPlane.Tests.Forwarding;

/// <summary>The forwarder between a device and a transport in memory: what goes in and out as one batch.</summary>
public sealed class ForwarderTests : IDisposable
{
    private const int HeaderOctets = 10; // L2TP and PPP towards the LAC
    private readonly MemoryDevice _device = new();
    private readonly MemoryTransport _transport = new();
    private readonly PlaneReceiver _receiver = new();
    private readonly Forwarder _plane;

    public ForwarderTests()
    {
        _plane = new Forwarder(_transport, _device, [], new PolicingSettings());
        _plane.Start(_receiver);
        _plane.Open(Bench.Key, new PathSettings(MemoryTransport.Flow, Bench.PeerTunnel, Bench.PeerSession), _receiver);
        _plane.Forward(Bench.Key, new ForwardingSettings(Bench.Subscriber, 600));
    }

    public void Dispose() => _plane.Dispose();

    private static byte[] Up(byte[] packet) => Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, Octets.Ppp(0x0021, packet));

    private static byte[] Down(int payload, byte first = 0) =>
        Octets.Ip(Bench.Gateway, Bench.Subscriber, 17, [.. Enumerable.Range(first, payload).Select(static i => (byte)i)]);

    private static byte[][] Take(BlockingCollection<byte[][]> writes) =>
        writes.TryTake(out var batch, TestNet.Patience) ? batch : throw new TimeoutException("nothing was written");

    [Fact]
    public void The_packets_of_one_read_go_to_the_device_in_one_write()
    {
        var (first, second) = (Octets.Echo(Bench.Subscriber, Bench.Gateway), Octets.Echo(Bench.Subscriber, Bench.Gateway, 100));
        var ppp = Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, Octets.Ppp(0xC021, [9, 1, 0, 4]));
        _transport.Give(Up(first), ppp, Up(Octets.Echo(Bench.Gateway, Bench.Gateway)), Octets.Control(), Up([.. second, 0, 0]));
        Assert.Equal([first, second], Take(_device.Writes));
        Assert.Equal([9, 1, 0, 4], _receiver.Ppp().Payload);
        Assert.Equal(Octets.Control(), _receiver.Control().Octets);
        Assert.Equal(1ul, _plane.ReadPlaneCounters().Dropped(DropReason.Spoofed));
    }

    [Fact]
    public void A_read_without_packets_for_the_device_is_no_write()
    {
        _transport.Give(Octets.Control());
        _transport.Give(Up(Octets.Echo(Bench.Subscriber, Bench.Gateway)));
        Assert.Single(Take(_device.Writes));
        Assert.Empty(_device.Writes);
    }

    [Fact]
    public void Packets_that_the_device_refuses_are_counted()
    {
        _device.Refused = 2;
        var packet = Up(Octets.Echo(Bench.Subscriber, Bench.Gateway));
        _transport.Give(packet, packet, packet);
        TestNet.Until(() => _plane.ReadPlaneCounters().Dropped(DropReason.DeviceFailed) == 2, "two drops");
    }

    [Fact]
    public void What_waits_leaves_in_one_write_and_in_its_order()
    {
        byte[] frame = [0xFF, 0x03, 0xC0, 0x21, 9, 1, 0, 4];
        _plane.QueueControl(MemoryTransport.Flow, [1]);
        _plane.QueuePpp(Bench.Key, frame);
        _plane.QueueControl(MemoryTransport.Flow, [2]);
        Assert.Empty(_transport.ControlWrites);
        _plane.Flush();
        var written = Take(_transport.ControlWrites);
        Assert.Equal([1], written[0]);
        Assert.Equal(frame, written[1][^frame.Length..]);
        Assert.Equal([2], written[2]);
        _plane.Flush();
        Assert.Empty(_transport.ControlWrites);
        var counters = _plane.ReadPlaneCounters();
        Assert.Equal((2ul, 1ul), (counters.ControlOut, counters.PppOut));
    }

    [Fact]
    public void A_full_list_leaves_before_the_next_datagram_waits()
    {
        for (var i = 0; i <= DatagramList.Size; i++) _plane.QueueControl(MemoryTransport.Flow, [(byte)i]);
        var first = Take(_transport.ControlWrites).Select(static d => d[0]);
        Assert.Equal(Enumerable.Range(0, DatagramList.Size).Select(static i => (byte)i), first);
        Assert.Empty(_transport.ControlWrites);
        _plane.Flush();
        Assert.Equal([(byte)DatagramList.Size], Assert.Single(Take(_transport.ControlWrites)));
    }

    [Fact]
    public void A_datagram_that_is_sent_at_once_follows_those_that_wait()
    {
        _plane.QueueControl(MemoryTransport.Flow, [1]);
        _plane.SendControl(MemoryTransport.Flow, [2]); // this transport refuses it
        Assert.Equal([1], Assert.Single(Take(_transport.ControlWrites)));
        Assert.Equal(1ul, _plane.ReadPlaneCounters().Dropped(DropReason.SendFailed));
    }

    [Fact]
    public void Waiting_datagrams_that_the_transport_refuses_are_counted()
    {
        _transport.Refused = 1;
        _plane.QueueControl(MemoryTransport.Flow, [1]);
        _plane.QueueControl(MemoryTransport.Flow, [2]);
        _plane.QueueControl(MemoryTransport.Flow with { Listener = 9 }, [3]); // no such end point
        _plane.Flush();
        var counters = _plane.ReadPlaneCounters();
        Assert.Equal((1ul, 2ul), (counters.ControlOut, counters.Dropped(DropReason.SendFailed)));
    }

    [Fact]
    public void Datagrams_that_the_transport_refuses_are_counted()
    {
        _transport.Refused = 1;
        _device.Give(Down(10), Down(20));
        TestNet.Until(() => _plane.ReadPlaneCounters().Dropped(DropReason.SendFailed) == 1, "one drop");
    }

    [Fact]
    public void Fragments_keep_their_place_among_the_packets_of_one_write()
    {
        _device.Give(Down(10), Down(1000), Down(20));
        var written = Take(_transport.Writes);
        Assert.Equal([30, 596, 444, 40], written.Select(static d => d.Length - HeaderOctets)); // fragments: 576 and 424 octets
        Assert.All(written, static d =>
            Assert.Equal("0002" + "7007" + "8008" + "FF03" + "0021", Convert.ToHexString(d.AsSpan(0, HeaderOctets))));
    }

    [Fact]
    public void More_fragments_than_a_write_holds_arrive_whole_and_in_order()
    {
        byte[][] packets = [.. Enumerable.Range(0, PacketBatch.Size).Select(static i => Down(1400, (byte)i))];
        _device.Give(packets);
        var datagrams = new List<byte[]>();
        while (datagrams.Count < 3 * packets.Length)
        {
            var written = Take(_transport.Writes);
            Assert.InRange(written.Length, 1, DatagramList.Size);
            datagrams.AddRange(written);
        }
        Assert.Equal(packets.Select(static p => Convert.ToHexString(p.AsSpan(20))),
            datagrams.Chunk(3).Select(static parts => Convert.ToHexString([.. parts.SelectMany(static d => d.Skip(HeaderOctets + 20))])));
        Assert.Equal((ulong)packets.Length, _plane.ReadPlaneCounters().Fragmented);
    }
}

using System.Net;
using System.Net.Sockets;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Tests.Lab;
using CsCheck;

namespace Akka.LNS.DataPlane.Tests;

public class NullPlaneTests : PlaneTests
{
    [Theory]
    [InlineData("0.0.0.0", "127.0.0.2")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::", "::1")]
    [InlineData("::1", "::1")]
    public void Control_is_answered_from_the_address_that_received_it(string listen, string asked) => Run(() =>
    {
        using var bench = Bench.OnNull(IPAddress.Parse(listen));
        var target = new IPEndPoint(IPAddress.Parse(asked), bench.Server.Port);
        bench.Lac.SendTo(Octets.Control("8008000000000001"), target);
        var (flow, octets) = bench.Receiver.Control();
        Assert.Equal(Octets.Control("8008000000000001"), octets);
        Assert.Equal((target.Address, (IPEndPoint)bench.Lac.LocalEndPoint!), (flow.Local, flow.Remote));

        bench.Plane.SendControl(flow, Octets.Control());
        Assert.Equal(Octets.Control(), Octets.ReceiveFrom(bench.Lac, out var sender));
        Assert.Equal(target, sender);
        var counters = bench.Plane.ReadPlaneCounters();
        Assert.Equal((1ul, 1ul), (counters.ControlIn, counters.ControlOut));
    });

    [Fact]
    public void Each_end_point_answers_from_its_own_address() => Run(() =>
    {
        var receiver = new PlaneReceiver();
        var listen = Bench.Listen(new(IPAddress.Parse("127.0.0.3"), 0), new(IPAddress.Parse("127.0.0.4"), 0));
        using var plane = Planes.Null(listen, new PolicingSettings(), Bench.Library);
        plane.Start(receiver);
        using var lac = Bench.NewLac(IPAddress.Loopback);
        lac.SendTo(Octets.Control(), plane.Listening[1]);
        var (flow, _) = receiver.Control();
        Assert.Equal(1, flow.Listener);
        plane.SendControl(flow, Octets.Control());
        Octets.ReceiveFrom(lac, out var sender);
        Assert.Equal(plane.Listening[1], sender);
    });

    [Fact]
    public void Other_versions_and_short_datagrams_are_dropped_and_counted() => Run(() =>
    {
        using var bench = Bench.OnNull();
        bench.Send(Octets.Hex("C803 000C 0000 0000 0000 0000"));
        bench.Send(Octets.Hex("C801 000C 0000 0000 0000 0000"));
        bench.Drops(DropReason.BadVersion, 2);
        bench.Send([0xC8]);
        bench.Send([]);
        bench.Send(Octets.Hex("0002 1111"));
        bench.Drops(DropReason.Truncated, 3);
        bench.Send(Octets.Hex("4002 00FF 1111 2222 FF03"));
        bench.Drops(DropReason.BadHeader);
    });

    /// <summary>A receiver that waits until the test lets it go.</summary>
    private sealed class SlowReceiver : IControlReceiver
    {
        public ManualResetEventSlim Gate { get; } = new();
        public void OnControl(in UdpFlow flow, ReadOnlySpan<byte> datagram) => Gate.Wait();
    }

    [Fact]
    public void Each_control_message_is_received_or_counted_as_overflow() => Run(() =>
    {
        const ulong Sent = 2000;
        var receiver = new SlowReceiver();
        using var plane = Planes.Null(Bench.Listen(new IPEndPoint(IPAddress.Loopback, 0)) with { ReceiveBufferOctets = 4096 },
            new PolicingSettings(), Bench.Library);
        plane.Start(receiver);
        using var lac = Bench.NewLac(IPAddress.Loopback);
        Assert.Equal(0ul, plane.ReadPlaneCounters().Dropped(DropReason.SocketOverflow));
        for (var i = 0ul; i < Sent; i++) lac.SendTo(Octets.Control(), plane.Listening[0]);
        var overflow = plane.ReadPlaneCounters().Dropped(DropReason.SocketOverflow);
        Assert.InRange(overflow, 1ul, Sent - 1);
        receiver.Gate.Set();
        TestNet.Until(() => plane.ReadPlaneCounters().ControlIn == Sent - overflow,
            $"{Sent - overflow} messages, but {plane.ReadPlaneCounters().ControlIn}");
    });

    [Fact]
    public void A_failing_receiver_does_not_end_the_thread() => Run(() =>
    {
        using var bench = Bench.OnNull();
        bench.Receiver.Fails = true;
        bench.Send(Octets.Control());
        bench.Drops(DropReason.ReceiverFailed);
        bench.Receiver.Fails = false;
        bench.Send(Octets.Control());
        bench.Receiver.Control();
    });

    public static TheoryData<bool, bool, int?, int> Mixes()
    {
        var rows = new TheoryData<bool, bool, int?, int>();
        foreach (var length in new[] { false, true })
            foreach (var sequence in new[] { false, true })
                foreach (var offset in new int?[] { null, 0, 5 })
                    rows.Add(length, sequence, offset, 1 + rows.Count % 3);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Mixes))]
    [Trait("Rfc", "RFC2661-3.1-1")]
    public void Every_mix_of_length_sequence_and_offset_is_read(bool length, bool sequence, int? offset, int dataThreads) =>
        Run(() =>
        {
            using var bench = Bench.OnNull(dataThreads: dataThreads);
            bench.Open();
            var frame = Octets.Ppp(0xC021, [9, 1, 0, 8, 1, 2, 3, 4]);
            bench.Send(Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, frame, length, sequence, offset));
            var (protocol, payload) = bench.Receiver.Ppp();
            Assert.Equal(0xC021, protocol);
            Assert.Equal(new byte[] { 9, 1, 0, 8, 1, 2, 3, 4 }, payload);
        });

    [Fact]
    public void Ppp_goes_out_with_the_ids_of_the_peer() => Run(() =>
    {
        using var bench = Bench.OnNull();
        bench.Open();
        bench.Plane.SendPpp(Bench.Key, Octets.Ppp(0xC021, [1, 2, 0, 4]));
        Assert.Equal(Octets.Hex("0002 7007 8008 FF03 C021 01020004"), bench.Receive());
        bench.Plane.SendPpp(Bench.Key with { Incarnation = 2 }, Octets.Ppp(0xC021, [1, 3, 0, 4]));
        bench.Plane.SendPpp(Bench.Key, Octets.Ppp(0xC021, [1, 4, 0, 4]));
        Assert.Equal(Octets.Hex("0002 7007 8008 FF03 C021 01040004"), bench.Receive()); // the frame of the other incarnation was not sent
    });

    [Fact]
    public void Required_sequence_numbers_count_from_zero() => Run(() =>
    {
        using var bench = Bench.OnNull();
        bench.Open(sequencing: true);
        for (var ns = 0; ns < 3; ns++)
        {
            bench.Plane.SendPpp(Bench.Key, Octets.Ppp(0xC021, [1, 2, 0, 4]));
            Assert.Equal(Octets.Hex($"0802 7007 8008 000{ns} 0000 FF03 C021 01020004"), bench.Receive());
        }
    });

    [Fact]
    public void Another_peer_on_the_path_is_dropped() => Run(() =>
    {
        using var bench = Bench.OnNull();
        bench.Open();
        using var stranger = Bench.NewLac(IPAddress.Loopback);
        stranger.SendTo(Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, Octets.Ppp(0xC021, [9, 1, 0, 4])), bench.Server);
        bench.Drops(DropReason.WrongPeer);
        bench.Send(Octets.Data(Bench.Key.TunnelId, 1, Octets.Ppp(0xC021, [9, 1, 0, 4])));
        bench.Drops(DropReason.UnknownPath);
        Assert.Equal(0, bench.Receiver.PppWaiting);
    });

    [Fact]
    public void Ppp_beyond_the_burst_is_dropped_and_counted_on_its_own_path() => Run(() =>
    {
        using var bench = Bench.OnNull(policing: new PolicingSettings { FramesPerSecond = 0.001, Burst = 5 });
        bench.Open();
        var other = new PathKey(0x1111, 0x3333, 1);
        bench.Plane.Open(other, new PathSettings(bench.Flow, 1, 2), bench.Receiver);
        for (var i = 0; i < 8; i++)
            bench.Send(Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, Octets.Ppp(0xC021, [9, (byte)i, 0, 4])));
        bench.Send(Octets.Data(0x1111, 0x3333, Octets.Ppp(0xC021, [9, 0xEE, 0, 4])));
        bench.Drops(DropReason.Policed, 3);
        byte[] expected = [0, 1, 2, 3, 4, 0xEE];
        Assert.Equal(expected, expected.Select(_ => bench.Receiver.Ppp().Payload[1]));
        Assert.True(bench.Plane.TryReadCounters(Bench.Key, out var counters));
        Assert.Equal(3ul, counters.Drops);
    });

    [Fact]
    public void Ip_is_dropped_until_forwarding_starts_and_then_counted() => Run(() =>
    {
        using var bench = Bench.OnNull();
        bench.Open();
        var echo = Octets.Echo(Bench.Subscriber, Bench.Gateway);
        bench.SendIp(echo);
        bench.Drops(DropReason.NotForwarding);
        bench.Forward();
        bench.SendIp([.. echo, 0, 0, 0]); // padding after the packet is not counted
        TestNet.Until(() => bench.Plane.ReadPlaneCounters().InPackets == 1, "counted");
        bench.SendIp(Octets.Echo(Bench.Gateway, Bench.Subscriber));
        bench.Drops(DropReason.Spoofed);
        bench.SendIp(Octets.Hex("4500FFFF"));
        bench.Drops(DropReason.BadIp);
        foreach (var protocol in new ushort[] { 0x0057, 0x003D })
            bench.Send(Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, Octets.Ppp(protocol, [1, 2, 3])));
        bench.Drops(DropReason.ProtocolNotForwarded, 2);
        bench.Send(Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, []));
        bench.Drops(DropReason.BadPpp);

        var finals = bench.Plane.Close(Bench.Key);
        var expected = new PathCounters((ulong)echo.Length, 1, 0, 0, 6, finals.LastActivityTicks) { LastInTicks = finals.LastInTicks };
        Assert.Equal(expected, finals);
        Assert.True(finals.LastActivityTicks > 0 && finals.LastInTicks > 0);
        Assert.Equal(default, bench.Plane.Close(Bench.Key));
        Assert.Equal(0, bench.Plane.PathCount);
        Assert.False(bench.Plane.TryReadCounters(Bench.Key, out _));
    });

    [Fact]
    public void Orders_are_idempotent_and_bound_to_their_incarnation() => Run(() =>
    {
        using var bench = Bench.OnNull();
        bench.Open();
        bench.Forward();
        bench.Open(); // a second time: forwarding and counters stay
        bench.SendIp(Octets.Echo(Bench.Subscriber, Bench.Gateway));
        TestNet.Until(() => bench.Plane.ReadPlaneCounters().InPackets == 1, "counted");
        var next = Bench.Key with { Incarnation = 2 };
        bench.Plane.Open(next, new PathSettings(bench.Flow, 1, 2), bench.Receiver);
        Assert.Equal(1, bench.Plane.PathCount);
        Assert.Equal(default, bench.Plane.Close(Bench.Key)); // another incarnation has displaced it
        Assert.Equal(1, bench.Plane.PathCount);
        bench.SendIp(Octets.Echo(Bench.Subscriber, Bench.Gateway));
        bench.Drops(DropReason.NotForwarding);
        bench.Plane.Close(next);
        Assert.Equal(0, bench.Plane.PathCount);
    });

    [Fact]
    public void A_second_instance_is_refused_and_the_first_goes_on() => Run(() =>
    {
        using var bench = Bench.OnNull();
        using var second = Planes.Null(Bench.Listen(bench.Server), new PolicingSettings(), Bench.Library);
        var refused = Assert.Throws<DataPlaneStartException>(() => second.Start(new PlaneReceiver()));
        Assert.Equal($"UDP {bench.Server} is taken by another program (or another instance)", refused.Message);
        bench.Send(Octets.Control());
        bench.Receiver.Control();
    });

    [Fact]
    public void An_address_of_another_host_stops_the_start() => Run(() =>
    {
        using var plane = Planes.Null(Bench.Listen(new IPEndPoint(IPAddress.Parse("192.0.2.77"), 1701)), new PolicingSettings());
        var refused = Assert.Throws<DataPlaneStartException>(() => plane.Start(new PlaneReceiver()));
        Assert.Equal("cannot listen on UDP 192.0.2.77:1701: this host has no address 192.0.2.77", refused.Message);
    });

    [Fact]
    public void The_port_is_free_again_after_the_end() => Run(() =>
    {
        var bench = Bench.OnNull();
        var (server, flow) = (bench.Server, bench.Flow);
        bench.Open();
        bench.Dispose();
        bench.Plane.SendControl(flow, Octets.Control()); // calls after the end do nothing
        bench.Plane.SendPpp(Bench.Key, Octets.Ppp(0xC021, [1, 2, 0, 4]));
        bench.Forward();
        bench.Plane.Close(Bench.Key);
        bench.Plane.Dispose();
        using var again = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        again.Bind(server);
    });

    [Fact]
    public void A_receive_buffer_that_the_kernel_limits_is_a_warning() => Run(() =>
    {
        TestNet.GiveUpNetAdmin();
        var listen = Bench.Listen(new IPEndPoint(IPAddress.Loopback, 0)) with { ReceiveBufferOctets = 1 << 29 };
        using var plane = Planes.Null(listen, new PolicingSettings(), Bench.Library);
        plane.Start(new PlaneReceiver());
        var warning = Assert.Single(plane.Warnings);
        Assert.Matches(
            $"^UDP {plane.Listening[0]}: receive buffer is [0-9]+ octets, 536870912 were asked: net.core.rmem_max limits it$", warning);
    });

    [Theory]
    [InlineData("127.0.0.1", 1, 11)] // SO_NO_CHECK
    [InlineData("::1", 17, 101)] // UDP_NO_CHECK6_TX
    public void A_datagram_without_udp_checksum_is_taken(string listen, int level, int noChecksum) => Run(() =>
    {
        using var bench = Bench.OnNull(IPAddress.Parse(listen));
        bench.Lac.SetRawSocketOption(level, noChecksum, BitConverter.GetBytes(1));
        bench.Send(Octets.Control());
        bench.Receiver.Control();
    });

    /// <summary>AppleTalk (0x0029) is data for the kernel's filter, and the plane hands it to the receiver as an unknown
    /// protocol.</summary>
    [Fact]
    public void Data_threads_share_the_sessions_and_lose_none() => Run(() =>
    {
        using var bench = Bench.OnNull(dataThreads: 3);
        for (ushort session = 1; session <= 60; session++)
        {
            bench.Plane.Open(new PathKey(9, session, 1), new PathSettings(bench.Flow, 1, session), bench.Receiver);
            bench.Send(Octets.Data(9, session, Octets.Ppp(0x0029, [9, (byte)session, 0, 4]), length: session % 2 == 0));
        }
        bench.Send(Octets.Control());
        Assert.Equal(Enumerable.Range(1, 60), Enumerable.Range(1, 60).Select(_ => (int)bench.Receiver.Ppp().Payload[1]).Order());
        bench.Receiver.Control();
        Assert.Equal(["lns-control-0"], bench.Receiver.ControlThreads.Keys);
        Assert.Equal([("lns-data-0-0", 20), ("lns-data-0-1", 20), ("lns-data-0-2", 20)],
            bench.Receiver.PppThreads.Select(static p => (p.Key, p.Value)).Order());
    });

    /// <summary>PPP control has a thread of its own: a flood of data does not delay a login, and data does not wait for an actor's
    /// mailbox.</summary>
    [Theory]
    [InlineData("FF03 C021", false, false, null, "lns-ppp-0")]
    [InlineData("FF03 C021", true, false, null, "lns-ppp-0")]
    [InlineData("FF03 C021", false, true, null, "lns-ppp-0")]
    [InlineData("FF03 C021", true, true, null, "lns-ppp-0")]
    [InlineData("C021", false, false, null, "lns-ppp-0")] // without address and control (RFC 1661 section 6.6)
    [InlineData("C223", true, true, null, "lns-ppp-0")]
    [InlineData("FF03 8021", true, false, null, "lns-ppp-0")]
    [InlineData("FF03 8057", false, false, null, "lns-ppp-0")]
    [InlineData("FF03 0029", false, false, null, "lns-data-0-0")]
    [InlineData("FF03 0029", true, true, null, "lns-data-0-0")]
    [InlineData("FF03 29", false, false, null, "lns-data-0-0")] // protocol of one octet (RFC 1661 section 6.5)
    [InlineData("29", true, false, null, "lns-data-0-0")]
    [InlineData("29", false, true, null, "lns-data-0-0")]
    [InlineData("FF03 C021", false, false, 3, "lns-data-0-0")] // an offset field
    public void Ppp_control_and_data_have_threads_of_their_own(string head, bool length, bool sequence, int? offset, string thread) =>
        Run(() =>
        {
            using var bench = Bench.OnNull();
            bench.Open();
            bench.Send(Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, [.. Octets.Hex(head), 9, 1, 0, 4], length, sequence, offset));
            Assert.Equal("09010004", Convert.ToHexString(bench.Receiver.Ppp().Payload));
            Assert.Equal([thread], bench.Receiver.PppThreads.Keys);
        });

    [Fact]
    public void Any_octets_never_stop_a_plane() => Run(() =>
    {
        using var bench = Bench.OnNull();
        bench.Open();
        bench.Forward();
        var frame = Octets.Ppp(0x0021, Octets.Syn(Bench.Subscriber, Bench.Gateway, 1460));
        var start = Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, frame);
        var change = Gen.Select(Gen.Int[0, start.Length], Gen.Byte.Array[0, 60], Gen.Int[0, start.Length - 1], Gen.Byte);
        change.Sample((kept, rest, at, value) =>
        {
            byte[] datagram = [.. start.AsSpan(0, kept), .. rest];
            if (at < datagram.Length) datagram[at] = value;
            bench.Send(datagram);
        }, iter: 3000, threads: 1);
        // the small receive buffer may lose datagrams of this flood: the test demands only that the threads live
        TestNet.Until(() =>
        {
            bench.Send(Octets.Control("8008000000000001"));
            return bench.Receiver.Control().Octets.AsSpan().SequenceEqual(Octets.Control("8008000000000001"));
        }, "control still arrives");
        TestNet.Until(() =>
        {
            bench.Send(Octets.Data(Bench.Key.TunnelId, Bench.Key.SessionId, []));
            return bench.Plane.ReadPlaneCounters().Dropped(DropReason.BadPpp) > 0;
        }, "data still arrives");
        Assert.Equal(0ul, bench.Plane.ReadPlaneCounters().Dropped(DropReason.ReceiverFailed));
    });

    [Fact]
    public void A_batch_has_the_results_of_its_orders_one_by_one() => Run(() =>
    {
        using var bench = Bench.OnNull();
        var settings = new PathSettings(bench.Flow, Bench.PeerTunnel, Bench.PeerSession);
        var other = Bench.Key with { SessionId = 0x3333 };
        PlaneOrder[] orders =
        [
            PlaneOrder.Open(Bench.Key, settings, bench.Receiver),
            PlaneOrder.Forward(Bench.Key, new ForwardingSettings(Bench.Subscriber, 1400)),
            PlaneOrder.Open(other, settings, bench.Receiver),
            PlaneOrder.Close(other),
            PlaneOrder.Stop(other), // closed already: does nothing
        ];
        bench.Plane.Apply(orders);
        Assert.All(orders, static o => Assert.Null(o.Failure));
        Assert.Equal(1, bench.Plane.PathCount);
        bench.SendIp(Octets.Echo(Bench.Subscriber, Bench.Gateway));
        TestNet.Until(() => bench.Plane.TryReadCounters(Bench.Key, out var c) && c.InPackets == 1, "the packet was counted");

        orders = [PlaneOrder.Stop(Bench.Key), PlaneOrder.Close(Bench.Key), PlaneOrder.Close(Bench.Key)];
        bench.Plane.Apply(orders);
        Assert.Equal((84ul, 84ul, 0ul), (orders[0].Counters.InOctets, orders[1].Counters.InOctets, orders[2].Counters.InOctets));
        Assert.Equal(0, bench.Plane.PathCount);
    });

    [Fact]
    public void A_failed_order_does_not_stop_the_others_of_its_batch() => Run(() =>
    {
        using var bench = Bench.OnNull();
        var settings = new PathSettings(bench.Flow, Bench.PeerTunnel, Bench.PeerSession);
        PlaneOrder[] orders =
        [
            PlaneOrder.Open(Bench.Key, settings, bench.Receiver),
            PlaneOrder.Open(Bench.Key with { SessionId = 0x4444 }, settings, null!),
            PlaneOrder.Open(Bench.Key with { SessionId = 0x5555 }, settings, bench.Receiver),
        ];
        bench.Plane.Apply(orders);
        Assert.Equal([true, false, true], orders.Select(static o => o.Failure is null));
        Assert.Equal(2, bench.Plane.PathCount);
    });
}

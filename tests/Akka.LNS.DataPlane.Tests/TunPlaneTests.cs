using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Tests.Lab;
using Akka.LNS.DataPlane.Tun;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tests;

public class TunPlaneTests : PlaneTests
{
    private static readonly IPAddress SubscriberIp = IPAddress.Parse("100.64.0.2");
    private static readonly IPAddress GatewayIp = IPAddress.Parse("100.64.0.1");

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    public void The_tunnels_own_address_answers_a_ping_through_the_path(string listen) => RunWithTun(() =>
    {
        using var bench = Bench.OnTun(listen: IPAddress.Parse(listen));
        Assert.Equal($"tun lnstest0 mtu 1500, 100.64.0.1/32{(Bench.Library is null ? "" : ", native")}", bench.Plane.Describe());
        bench.Open();
        bench.Forward();
        var echo = Octets.Echo(Bench.Subscriber, Bench.Gateway);
        bench.SendIp(echo);
        var reply = bench.ReceiveIp();
        Assert.True(Ipv4HeaderView.TryRead(reply, out var ip, out _));
        Assert.True(ip.Source == Bench.Gateway && ip.Destination == Bench.Subscriber && ip.IsChecksumRight);
        Assert.Equal(0, ip.Payload[0]); // echo reply
        Assert.Equal(echo[24..], reply[24..]);
        var finals = bench.Plane.Close(Bench.Key);
        Assert.Equal((84ul, 1ul, 84ul, 1ul), (finals.InOctets, finals.InPackets, finals.OutOctets, finals.OutPackets));
        Assert.Equal(default, bench.Plane.Close(Bench.Key));
    });

    [Fact]
    public void Ip_goes_out_with_sequence_numbers_when_the_lac_requires_them() => RunWithTun(() =>
    {
        using var bench = Bench.OnTun();
        bench.Open(sequencing: true);
        bench.Forward();
        for (var ns = 0; ns < 3; ns++)
        {
            bench.SendIp(Octets.Echo(Bench.Subscriber, Bench.Gateway));
            Assert.StartsWith($"0802" + "7007" + "8008" + $"000{ns}" + "0000" + "FF03" + "0021" + "45",
                Convert.ToHexString(bench.Receive()));
        }
    });

    [Fact]
    public void Spoofed_sources_never_reach_the_device() => RunWithTun(() =>
    {
        using var bench = Bench.OnTun();
        bench.Open();
        bench.Forward(1400, Bench.Prefix("192.0.2.0/24"));
        bench.SendIp(Octets.Echo(Ipv4Address.Parse("100.64.0.3"), Bench.Gateway));
        bench.SendIp(Octets.Echo(Bench.Gateway, Bench.Gateway));
        bench.SendIp(Octets.Echo(Ipv4Address.Parse("224.0.0.1"), Bench.Gateway));
        bench.Drops(DropReason.Spoofed, 3);
        bench.SendIp(Octets.Echo(Ipv4Address.Parse("192.0.2.9"), Bench.Gateway)); // a network behind the subscriber
        Assert.True(Ipv4HeaderView.TryRead(bench.ReceiveIp(), out var ip, out _));
        Assert.Equal("192.0.2.9", ip.Destination.ToString());
    });

    [Fact]
    public void Mss_is_clamped_in_both_directions() => RunWithTun(() =>
    {
        using var bench = Bench.OnTun();
        bench.Open();
        bench.Forward(mtu: 1400);
        using var tap = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        tap.Bind(new IPEndPoint(GatewayIp, 0));
        bench.SendIp(Octets.Syn(Bench.Subscriber, Bench.Gateway, 1460));
        var up = Octets.Receive(tap);
        Assert.Equal((2, 1360), (up[40], BinaryPrimitives.ReadUInt16BigEndian(up.AsSpan(42))));
        bench.ReceiveIp(); // the port is closed: RST

        using var connecting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        Assert.Throws<SocketException>(() => connecting.Connect(SubscriberIp, 80)); // the connection is in progress
        var down = bench.ReceiveIp();
        Assert.Equal((2, 1360), (down[40], BinaryPrimitives.ReadUInt16BigEndian(down.AsSpan(42))));
        Assert.Equal(0, InternetChecksum.Of(down.AsSpan(20), InternetChecksum.Sum(down.AsSpan(12, 8)) + 6u + (uint)(down.Length - 20)));
        Assert.Equal(2ul, bench.Plane.ReadPlaneCounters().MssClamped);
    });

    [Fact]
    public void A_too_large_packet_that_must_not_be_fragmented_is_refused_with_the_mtu() => RunWithTun(() =>
    {
        using var bench = Bench.OnTun();
        bench.Open();
        bench.Forward(mtu: 1400);
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { DontFragment = true };
        sender.Connect(SubscriberIp, 9);
        sender.Send(new byte[1400]);
        bench.Drops(DropReason.TooBig);
        const int ipMtu = 14;
        var mtu = new byte[4];
        TestNet.Until(() =>
        {
            sender.GetRawSocketOption(0, ipMtu, mtu);
            return BitConverter.ToInt32(mtu) == 1400;
        }, "the kernel learned the path MTU");
        Assert.Equal(1ul, bench.Plane.ReadPlaneCounters().IcmpSent);
    });

    [Fact]
    public void A_too_large_packet_that_may_be_fragmented_arrives_in_parts() => RunWithTun(() =>
    {
        using var bench = Bench.OnTun();
        bench.Open();
        bench.Forward(mtu: 600);
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { DontFragment = false };
        sender.Connect(SubscriberIp, 9);
        var payload = Enumerable.Range(0, 1400).Select(static i => (byte)i).ToArray();
        sender.Send(payload);
        var got = new List<byte>();
        for (var more = true; more;)
        {
            var part = bench.ReceiveIp();
            Assert.InRange(part.Length, 21, 600);
            Assert.True(Ipv4HeaderView.TryRead(part, out var ip, out _));
            Assert.Equal(got.Count, ip.FragmentOffset);
            got.AddRange(ip.Payload);
            more = ip.MoreFragments;
        }
        Assert.Equal(payload, got.Skip(8));
        Assert.Equal(1ul, bench.Plane.ReadPlaneCounters().Fragmented);
    });

    [Fact]
    public void Networks_outside_the_pools_get_a_kernel_route_for_as_long_as_the_path_has_them() => RunWithTun(() =>
    {
        using var bench = Bench.OnTun();
        var (framed, inside, host) = (Bench.Prefix("192.0.2.0/24"), Bench.Prefix("100.64.7.0/24"), Bench.Prefix("198.51.100.5/32"));
        Assert.True(TestNet.HasRoute(Bench.Device, Bench.Prefix("100.64.0.0/16")));
        bench.Open();
        bench.Forward(1400, framed, inside);
        Assert.True(TestNet.HasRoute(Bench.Device, framed));
        Assert.False(TestNet.HasRoute(Bench.Device, inside)); // the route of the pool covers it

        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo([1, 2, 3], new IPEndPoint(IPAddress.Parse("192.0.2.200"), 9));
        Assert.True(Ipv4HeaderView.TryRead(bench.ReceiveIp(), out var ip, out _));
        Assert.Equal("192.0.2.200", ip.Destination.ToString());

        bench.Plane.Forward(Bench.Key, new ForwardingSettings(Ipv4Address.Parse("198.51.100.5"), 1400) { FramedRoutes = [inside] });
        Assert.True(TestNet.HasRoute(Bench.Device, host));
        Assert.False(TestNet.HasRoute(Bench.Device, framed));
        var other = new PathKey(9, 9, 1);
        bench.Plane.Open(other, new PathSettings(bench.Flow, 1, 1), bench.Receiver);
        bench.Plane.Forward(other, new ForwardingSettings(Ipv4Address.Parse("198.51.100.5"), 1400));
        bench.Plane.Stop(Bench.Key);
        Assert.True(TestNet.HasRoute(Bench.Device, host)); // the other path has it too
        bench.Plane.Close(other);
        Assert.False(TestNet.HasRoute(Bench.Device, host));
        Assert.DoesNotContain(bench.Plane.Warnings, static w => w.Contains("route ", StringComparison.Ordinal));
    });

    [Fact]
    public void Networks_can_change_while_the_plane_runs_and_open_paths_keep_a_route() => RunWithTun(() =>
    {
        using var bench = Bench.OnTun();
        var (old, wider, other) = (Bench.Prefix("100.64.0.0/16"), Bench.Prefix("100.64.0.0/12"), Bench.Prefix("192.0.2.0/24"));
        var (host, framed) = (new Ipv4Prefix(Bench.Subscriber, 32), Bench.Prefix("192.0.2.128/25"));
        bench.Open();
        bench.Forward(1400, framed);
        var second = new PathKey(9, 9, 1);
        bench.Plane.Open(second, new PathSettings(bench.Flow, 1, 1), bench.Receiver);
        bench.Plane.Forward(second, new ForwardingSettings(Bench.Subscriber, 1400)); // the same address as the first path
        Has((old, true), (host, false), (framed, true));

        // one network more: it covers the framed route
        bench.Plane.Route([old, other]);
        Has((old, true), (other, true), (framed, false));
        // without the old network, the address of both paths has a route of its own
        bench.Plane.Route([other]);
        Has((old, false), (other, true), (host, true), (framed, false));
        bench.Plane.Close(second);
        Has((host, true));
        bench.Forward(1400, framed); // takes the address back
        Reached("100.64.0.2");
        Reached("192.0.2.200");
        // a wider network covers it again; a repetition changes nothing
        bench.Plane.Route([wider]);
        bench.Plane.Route([wider]);
        Has((wider, true), (host, false), (other, false), (framed, true));
        Reached("100.64.0.2");
        bench.Plane.Close(Bench.Key);
        Has((wider, true), (framed, false));
        Assert.DoesNotContain(bench.Plane.Warnings, static w => w.Contains("route ", StringComparison.Ordinal));

        using var routes = new RouteSocket();
        Assert.Equal(0, routes.AddRoute(1, other));
        bench.Plane.Route([wider, other]);
        Assert.Contains(bench.Plane.Warnings, static w => w.StartsWith("cannot route 192.0.2.0/24", StringComparison.Ordinal));
        bench.Plane.Route([]);
        Has((wider, false));
        Assert.True(TestNet.HasRoute("lo", other));

        static void Has(params (Ipv4Prefix Network, bool IsThere)[] expected) =>
            Assert.Equal(expected, expected.Select(static e => (e.Network, TestNet.HasRoute(Bench.Device, e.Network))));

        void Reached(string address)
        {
            using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            sender.SendTo([1, 2, 3], new IPEndPoint(IPAddress.Parse(address), 9));
            Assert.True(Ipv4HeaderView.TryRead(bench.ReceiveIp(), out var ip, out _));
            Assert.Equal(address, ip.Destination.ToString());
        }
    });

    [Fact]
    public void A_kernel_route_of_another_owner_is_a_warning_and_stays() => RunWithTun(() =>
    {
        using var bench = Bench.OnTun();
        using var routes = new RouteSocket();
        var framed = Bench.Prefix("192.0.2.0/24");
        Assert.Equal(0, routes.AddRoute(1, framed));
        bench.Open();
        bench.Forward(1400, framed);
        Assert.Contains(bench.Plane.Warnings, static w => w.StartsWith("cannot route 192.0.2.0/24", StringComparison.Ordinal));
        bench.Plane.Close(Bench.Key);
        Assert.True(TestNet.HasRoute("lo", framed));
    });

    [Fact]
    public void A_packet_to_an_address_without_a_path_is_dropped() => RunWithTun(() =>
    {
        using var bench = Bench.OnTun();
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo([1], new IPEndPoint(SubscriberIp, 9));
        bench.Drops(DropReason.NoPath);
    });

    [Fact]
    public void Device_and_routes_are_gone_after_the_end() => RunWithTun(() =>
    {
        var bench = Bench.OnTun(Bench.Tun with { Queues = 2 });
        bench.Open();
        bench.Forward(1400, Bench.Prefix("192.0.2.0/24"));
        Assert.True(TestNet.HasDevice(Bench.Device));
        bench.Dispose();
        Assert.False(TestNet.HasDevice(Bench.Device));
        Assert.False(TestNet.HasRoute(Bench.Device, Bench.Prefix("192.0.2.0/24")));
        using var again = Bench.OnTun();
    });

    [Fact]
    public void A_device_name_in_use_stops_the_start_and_leaves_nothing() => RunWithTun(() =>
    {
        using var first = Bench.OnTun();
        using var second = Planes.Tun(Bench.Listen(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 1701)), new PolicingSettings(), Bench.Tun,
            Bench.Library);
        var refused = Assert.Throws<DataPlaneStartException>(() => second.Start(new PlaneReceiver()));
        Assert.Equal("cannot make the device lnstest0: the name is taken (another instance?)", refused.Message);
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        free.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 1701));
        Assert.True(TestNet.HasDevice(Bench.Device));
    });

    [Fact]
    public void A_missing_right_stops_the_start_and_is_named() => RunWithTun(() =>
    {
        TestNet.GiveUpNetAdmin();
        var refused = Assert.Throws<DataPlaneStartException>(() => Bench.OnTun());
        Assert.Equal("cannot make the device lnstest0: CAP_NET_ADMIN is missing", refused.Message);
    });

    [Fact]
    public void A_route_that_cannot_be_made_stops_the_start_and_leaves_nothing() => RunWithTun(() =>
    {
        using var routes = new RouteSocket();
        routes.AddRoute(1, Bench.Prefix("100.64.0.0/16"));
        var refused = Assert.Throws<DataPlaneStartException>(() => Bench.OnTun());
        Assert.Equal("cannot route 100.64.0.0/16 to lnstest0: this host has it already", refused.Message);
        Assert.False(TestNet.HasDevice(Bench.Device));
    });

    [Theory]
    [InlineData("")]
    [InlineData("a-name-of-16-oct")]
    [InlineData("a/b")]
    [InlineData("lns%d")]
    public void A_wrong_device_name_is_named(string name) => RunWithTun(() =>
    {
        var refused = Assert.Throws<DataPlaneStartException>(() => Bench.OnTun(Bench.Tun with { Device = name }));
        Assert.Equal($"'{name}' cannot be the name of a device", refused.Message);
    });

    [Fact]
    public void Paths_of_several_end_points_share_a_batch() => RunWithTun(() =>
    {
        var receiver = new PlaneReceiver();
        var listen = Bench.Listen(new(IPAddress.Parse("127.0.0.3"), 0), new(IPAddress.Any, 0));
        using var plane = Planes.Tun(listen, new PolicingSettings(), Bench.Tun with { Queues = 2 }, Bench.Library);
        plane.Start(receiver);
        using var lac = Bench.NewLac(IPAddress.Loopback);
        var remote = (IPEndPoint)lac.LocalEndPoint!;
        for (ushort i = 0; i < 40; i++)
        {
            var listener = (byte)(i % 2);
            var flow = UdpFlow.Of(IPAddress.Parse($"127.0.0.{3 + listener}"), remote, listener);
            plane.Open(new PathKey(1, i, 1), new PathSettings(flow, 5, i), receiver);
            plane.Forward(new PathKey(1, i, 1), new ForwardingSettings(new Ipv4Address(Bench.Subscriber.Value + i), 1400));
        }
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < 40; i++) sender.SendTo([(byte)i], new IPEndPoint(IPAddress.Parse($"100.64.0.{2 + i}"), 9));
        var seen = new HashSet<int>();
        for (var i = 0; i < 40; i++)
        {
            var octets = Octets.ReceiveFrom(lac, out var from);
            var session = octets[5];
            Assert.Equal(new IPEndPoint(IPAddress.Parse($"127.0.0.{3 + session % 2}"), plane.Listening[session % 2].Port), from);
            Assert.Equal(session, octets[^1]);
            Assert.True(seen.Add(session));
        }
    });

    [Fact]
    public void Routes_of_a_batch_go_to_the_kernel_together_and_one_that_is_refused_is_a_warning() => RunWithTun(() =>
    {
        const int count = 150; // more than go in one datagram
        var taken = Bench.Prefix("198.51.100.77/32");
        using var routes = new RouteSocket();
        Assert.Equal(0, routes.AddRoute(1, taken));
        using var bench = Bench.OnTun();
        var settings = new PathSettings(bench.Flow, Bench.PeerTunnel, Bench.PeerSession);
        PathKey[] keys = [.. Enumerable.Range(1, count).Select(static i => new PathKey(1, (ushort)i, 1))];
        static Ipv4Address Outside(int i) => new(Ipv4Address.Parse("198.51.100.0").Value + (uint)i);
        var warnings = bench.Plane.Warnings.Count;
        PlaneOrder[] orders =
        [
            .. keys.Select(k => PlaneOrder.Open(k, settings, bench.Receiver)),
            .. keys.Select(static k => PlaneOrder.Forward(k, new ForwardingSettings(Outside(k.SessionId), 1400))),
        ];
        bench.Plane.Apply(orders);
        Assert.All(orders, static o => Assert.Null(o.Failure));
        for (var i = 1; i <= count; i++) Assert.Equal(i != 77, TestNet.HasRoute(Bench.Device, new Ipv4Prefix(Outside(i), 32)));
        Assert.Contains("198.51.100.77/32", Assert.Single(bench.Plane.Warnings.Skip(warnings)), StringComparison.Ordinal);

        bench.Plane.Apply([.. keys.Select(static k => PlaneOrder.Stop(k)), .. keys.Select(static k => PlaneOrder.Close(k))]);
        for (var i = 1; i <= count; i++) Assert.False(TestNet.HasRoute(Bench.Device, new Ipv4Prefix(Outside(i), 32)));
        Assert.True(TestNet.HasRoute("lo", taken));
        Assert.Equal(0, bench.Plane.PathCount);
    });
}

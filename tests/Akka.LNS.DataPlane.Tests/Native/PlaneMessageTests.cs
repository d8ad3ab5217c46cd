using System.Collections;
using System.Net;
using System.Reflection;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Native;
using Akka.LNS.DataPlane.Tests.Lab;
using Akka.LNS.Wire;

namespace Akka.LNS.DataPlane.Tests.Native;

/// <summary>Messages between lnsd and the native library lose no property.</summary>
public class PlaneMessageTests
{
    private static readonly ForwardingSettings Forwarding = new(Bench.Subscriber, 1391)
    {
        FramedRoutes = [Bench.Prefix("10.1.0.0/16"), Bench.Prefix("10.2.3.4/32")], ClampMss = false, AntiSpoofing = false,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Settings_arrive_as_they_were(bool isTun)
    {
        var settings = new PlaneSettings(
            new ListenSettings([IPEndPoint.Parse("192.0.2.1:1701"), IPEndPoint.Parse("[2001:db8::1]:7"), IPEndPoint.Parse("[fe80::1%3]:9"),
                new IPEndPoint(IPAddress.Any, 0), new IPEndPoint(IPAddress.IPv6Any, 1)])
            {
                ReceiveBufferOctets = 3, SendBufferOctets = 5, DataThreads = 7,
            },
            new PolicingSettings { FramesPerSecond = 1.25, Burst = 11 },
            isTun ? new TunSettings("lnstest9", [Bench.Gateway, Ipv4Address.Parse("100.64.0.9")], [Bench.Prefix("100.64.0.0/16")])
            {
                Mtu = 1480, Queues = 13,
            } : null);
        var writer = new PlaneWriter();
        settings.Write(writer);
        var from = new PlaneReader(writer.Written);
        Assert.Equal(Describe(settings), Describe(PlaneSettings.Read(ref from)));
        AllDiffer(settings.Listen, new ListenSettings([]));
        AllDiffer(settings.Policing, new PolicingSettings());
        if (settings.Tun is { } tun) AllDiffer(tun, new TunSettings("", [], []));
    }

    [Fact]
    public void Orders_arrive_as_they_were_and_so_do_their_results()
    {
        var receiver = new PlaneReceiver();
        var flow = new UdpFlow(UdpFlow.ToValue(IPAddress.Parse("2001:db8::7")), UdpFlow.ToValue(IPAddress.Loopback), 1701, 2);
        PlaneOrder[] orders =
        [
            PlaneOrder.Open(Bench.Key, new PathSettings(flow, 5, 6, Sequencing: true), receiver),
            PlaneOrder.Forward(Bench.Key, Forwarding), PlaneOrder.Stop(Bench.Key), PlaneOrder.Close(Bench.Key with { Incarnation = 9 }),
        ];
        AllDiffer(Forwarding, new ForwardingSettings(default, 0));
        var writer = new PlaneWriter();
        foreach (var order in orders) OrderCodec.Write(writer, order);
        var from = new PlaneReader(writer.Written);
        var arrived = new PlaneOrder[orders.Length];
        for (var i = 0; i < orders.Length; i++) arrived[i] = OrderCodec.Read(ref from, _ => receiver);
        Assert.Equal(orders.Select(static o => Describe(o)), arrived.Select(static o => Describe(o)));

        arrived[2].Counters = new PathCounters(1, 2, 3, 4, 5, 6);
        arrived[3].Failure = "no räson";
        writer.Clear();
        foreach (var order in arrived) OrderCodec.WriteResult(writer, order);
        from = new PlaneReader(writer.Written);
        foreach (ref var order in orders.AsSpan()) OrderCodec.ReadResult(ref from, ref order);
        Assert.Equal(arrived.Select(static o => Describe(o)), orders.Select(static o => Describe(o)));
    }

    [Fact]
    public void Sums_arrive_as_they_were()
    {
        var sums = new PlaneCounters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, [12, 13, 14]);
        var writer = new PlaneWriter();
        PlaneCountersCodec.Write(writer, sums);
        var from = new PlaneReader(writer.Written);
        Assert.Equal(Describe(sums), Describe(PlaneCountersCodec.Read(ref from)));
        AllDiffer(sums, new PlaneCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, []));
    }

    [Fact]
    public void What_the_host_has_arrives_as_it_was()
    {
        var host = new HostNetwork(
            [new HostAddress(Bench.Gateway, "eth0"), new HostAddress(Bench.Subscriber, "räson")],
            [new HostNetworkRoute(Bench.Prefix("10.1.0.0/16"), Bench.Gateway, "eth1"),
                new HostNetworkRoute(Bench.Prefix("10.2.0.0/16"), default, "")]);
        var writer = new PlaneWriter();
        HostNetworkCodec.Write(writer, host);
        var from = new PlaneReader(writer.Written);
        Assert.Equal(Describe(host), Describe(HostNetworkCodec.Read(ref from)));
        AllDiffer(host, new HostNetwork([], []));
        AllDiffer(host.Addresses[0], new HostAddress(default, ""));
        AllDiffer(host.Routes[0], new HostNetworkRoute(default, default, ""));
    }

    /// <summary>All properties with their values; lists element by element.</summary>
    private static string Describe(object? value) => value switch
    {
        null => "null",
        string or IPAddress or IPEndPoint or Enum or IPppReceiver => value.ToString()!,
        IEnumerable all => $"[{string.Join(", ", all.Cast<object>().Select(Describe))}]",
        _ when value.GetType() is { IsPrimitive: true } or { Namespace: "System" } => value.ToString()!,
        _ when value.GetType().Namespace!.StartsWith("Akka.LNS.Wire", StringComparison.Ordinal) => value.ToString()!,
        _ => $"{{{string.Join(", ", Properties(value).Select(p => $"{p.Name} {Describe(p.GetValue(value))}"))}}}",
    };

    /// <summary>Proves that a test gives each property a value of its own, so that it fails when a codec forgets one.</summary>
    private static void AllDiffer(object value, object plain)
    {
        foreach (var property in Properties(value))
            Assert.True(Describe(property.GetValue(value)) != Describe(property.GetValue(plain)),
                $"{property.Name} has no value in this test");
    }

    private static IEnumerable<PropertyInfo> Properties(object value) =>
        value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.GetIndexParameters().Length == 0);
}

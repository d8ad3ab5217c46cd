using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Tests.Lab;
using Akka.LNS.DataPlane.Tun;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tests.Tun;

/// <summary>An operator or another program changes the device while the plane runs, each in a network name space.</summary>
public class DeviceWatchTests : PlaneTests
{
    private static readonly Ipv4Prefix Pool = Bench.Prefix("100.64.0.0/16"), Framed = Bench.Prefix("192.0.2.0/24");

    private sealed class Observer : IPlaneObserver
    {
        public ConcurrentQueue<string> Events { get; } = new();
        public volatile HostNetwork? Host;

        public void OnHost(HostNetwork host) => Host = host;
        /// <summary>Reset: the next repair waits in the observer.</summary>
        public ManualResetEventSlim Blocked { get; } = new(true);
        public volatile bool IsWaiting;

        public void OnRepaired(string what)
        {
            Events.Enqueue($"repaired: {what}");
            if (Blocked.IsSet) return;
            IsWaiting = true;
            Blocked.Wait(TestNet.Patience);
        }

        public void OnFailed(string why) => Events.Enqueue($"failed: {why}");
        public void OnRecovered() => Events.Enqueue("recovered");
        public void OnRouteRefused(Ipv4Prefix network, string why) => Events.Enqueue($"refused: {why}");
        public void Sees(string what) => TestNet.Until(() => Events.Any(e => e.Contains(what, StringComparison.Ordinal)),
            $"'{what}' in: {string.Join(" | ", Events)}");
    }

    /// <summary>Runs ip(8) in the name space of this thread.</summary>
    private static void Ip(string arguments)
    {
        // a new process starts in the name space of the thread that forks it; .NET forks on this thread
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        Assert.True(ip.ExitCode == 0, $"ip {arguments}: {error}");
    }

    private void Run(Action<Bench, Observer> body) => RunWithTun(() =>
    {
        if (!File.Exists("/sbin/ip") && !File.Exists("/usr/sbin/ip") && !File.Exists("/bin/ip")) Assert.Skip("no ip(8)");
        var observer = new Observer();
        using var bench = Bench.OnTun(Bench.Tun with { Queues = 2 }, observer: observer);
        bench.Open();
        bench.Forward(1400, Framed);
        Pings(bench);
        body(bench, observer);
    });

    /// <summary>Both directions work: the gateway answers, and the kernel sends to the framed network.</summary>
    private static void Pings(Bench bench)
    {
        bench.SendIp(Octets.Echo(Bench.Subscriber, Bench.Gateway));
        Assert.True(Ipv4HeaderView.TryRead(bench.ReceiveIp(), out var ip, out _));
        Assert.Equal(Bench.Subscriber, ip.Destination);
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo([1, 2, 3], new IPEndPoint(IPAddress.Parse("192.0.2.200"), 9));
        Assert.True(Ipv4HeaderView.TryRead(bench.ReceiveIp(), out ip, out _));
        Assert.Equal("192.0.2.200", ip.Destination.ToString());
    }

    [Theory]
    [InlineData("link set lnstest0 down", "lnstest0 was down: brought up")]
    [InlineData("addr flush dev lnstest0", "addresses missing on lnstest0: 100.64.0.1 put back")]
    [InlineData("route flush dev lnstest0", "routes missing: ")]
    [InlineData("route del 192.0.2.0/24 dev lnstest0", "routes missing: 192.0.2.0/24 put back")]
    [InlineData("route del 100.64.0.0/16 dev lnstest0", "routes missing: 100.64.0.0/16 put back")]
    [InlineData("link set lnstest0 mtu 900", "the MTU of lnstest0 was 900: set to 1500")]
    [InlineData("link del lnstest0", "the device lnstest0 was deleted: made again with 2 queues; ")]
    public void What_was_changed_is_put_back_and_the_sessions_forward(string command, string repair) => Run((bench, observer) =>
    {
        Ip(command);
        observer.Sees(repair);
        Assert.True(TestNet.HasRoute(Bench.Device, Pool) && TestNet.HasRoute(Bench.Device, Framed));
        Pings(bench);
        Assert.Null(bench.Plane.Failure);
        Assert.DoesNotContain(observer.Events, static e => e.StartsWith("failed", StringComparison.Ordinal));
    });

    [Fact]
    public void A_device_that_went_down_and_up_has_its_routes_back() => Run((bench, observer) =>
    {
        Ip("link set lnstest0 down");
        Ip("link set lnstest0 up");
        observer.Sees("routes missing: ");
        Pings(bench);
    });

    [Fact]
    public void A_network_that_another_device_took_closes_the_plane_until_it_is_free_again() => Run((bench, observer) =>
    {
        Ip("route replace 100.64.0.0/16 dev lo");
        observer.Sees("failed: cannot route 100.64.0.0/16 to lnstest0: this host has another route to it");
        TestNet.Until(() => bench.Plane.Failure is not null, "the plane says that it failed");
        Ip("route del 100.64.0.0/16 dev lo");
        observer.Sees("recovered");
        TestNet.Until(() => bench.Plane.Failure is null, "the plane says that it is well");
        Assert.True(TestNet.HasRoute(Bench.Device, Pool));
        Assert.Single(observer.Events, static e => e.StartsWith("failed", StringComparison.Ordinal));
        Pings(bench);
    });

    [Fact]
    public void A_device_that_cannot_be_made_again_closes_the_plane_until_it_can() => Run((bench, observer) =>
    {
        Ip("link set lnstest0 name other0"); // still the same device
        Ip("link add lnstest0 type veth peer name peer0");
        Ip("link del other0");
        observer.Sees("failed: the device lnstest0 was deleted, and it cannot make the device lnstest0: the name is taken");
        Ip("link del lnstest0");
        observer.Sees("recovered");
        Pings(bench);
    });

    [Fact]
    public void A_refused_route_of_a_path_is_told_to_its_receiver_and_made_when_it_is_free() => Run((bench, observer) =>
    {
        var taken = Bench.Prefix("198.51.100.0/24");
        Ip("route add 198.51.100.0/24 dev lo");
        bench.Forward(1400, Framed, taken);
        const string why = "cannot route 198.51.100.0/24 to lnstest0: this host has another route to it";
        TestNet.Until(() => bench.Receiver.Routes.Contains((taken, why)),
            $"the receiver knows: {string.Join(' ', bench.Receiver.Routes)}");
        Assert.Null(bench.Plane.Failure); // only this path is affected
        Ip("route del 198.51.100.0/24 dev lo");
        TestNet.Until(() => bench.Receiver.Routes.Contains((taken, null)), "the receiver knows that the route is there");
        Assert.True(TestNet.HasRoute(Bench.Device, taken));
        Assert.DoesNotContain(observer.Events, static e => e.StartsWith("refused", StringComparison.Ordinal));
    });

    [Fact]
    public void A_refused_network_is_told_to_the_observer() => Run((bench, observer) =>
    {
        Ip("route add 198.51.100.0/24 dev lo");
        bench.Plane.Route([Pool, Bench.Prefix("198.51.100.0/24")]);
        observer.Sees("refused: cannot route 198.51.100.0/24 to lnstest0: this host has another route to it");
        Assert.Null(bench.Plane.Failure); // it was never routed: the operator of the reload learns of it
    });

    [Fact]
    public void Lost_notifications_lead_to_a_full_comparison() => Run((bench, observer) =>
    {
        observer.Blocked.Reset();
        Ip("route flush dev lnstest0");
        TestNet.Until(() => observer.IsWaiting, "the watch waits in its observer");
        // far more messages than its socket holds, then one that is lost
        using var routes = new RouteSocket();
        var changes = new RouteChange[8192];
        for (var i = 0; i < changes.Length; i++)
            changes[i] = new RouteChange(new Ipv4Prefix(new Ipv4Address(0xC6120000u + (uint)i), 32), IsAdded: true);
        routes.ChangeRoutes(1, changes);
        Assert.All(changes, static c => Assert.Equal(0, c.Errno));
        for (var i = 0; i < changes.Length; i++) changes[i] = changes[i] with { IsAdded = false };
        routes.ChangeRoutes(1, changes);
        Ip("route flush dev lnstest0");
        observer.Events.Clear();
        observer.Blocked.Set();
        observer.Sees("routes missing: ");
        observer.Events.Clear();
        Assert.True(TestNet.HasRoute(Bench.Device, Pool));
        Pings(bench);
    });

    [Fact]
    public void Addresses_next_hops_and_routes_of_the_host_are_known_and_follow_its_changes() => Run((bench, observer) =>
    {
        Ip("link add eth9 type veth peer name peer9");
        Ip("addr add 203.0.113.1/24 dev eth9");
        Ip("link set eth9 up");
        Ip("route add default via 203.0.113.254");
        Ip("route add blackhole 198.18.0.0/15");
        TestNet.Until(() => observer.Host is { } host && host.Addresses.Contains(new HostAddress(Ipv4Address.Parse("203.0.113.1"), "eth9"))
            && host.Routes.Contains(new HostNetworkRoute(new Ipv4Prefix(default, 0), Ipv4Address.Parse("203.0.113.254"), "eth9"))
            && host.Routes.Contains(new HostNetworkRoute(Bench.Prefix("203.0.113.0/24"), default, "eth9"))
            && host.Routes.Contains(new HostNetworkRoute(Bench.Prefix("198.18.0.0/15"), default, "")), $"{observer.Host}");
        Assert.DoesNotContain(observer.Host!.Routes, static r => r.Device == Bench.Device || r.Network == Framed);
        Assert.DoesNotContain(observer.Host.Addresses, static a => a.Address == Bench.Gateway);
        Ip("addr del 203.0.113.1/24 dev eth9");
        TestNet.Until(() => observer.Host is { } host && host.Addresses.All(static a => a.Device != "eth9"), "the address is gone");
    });
}

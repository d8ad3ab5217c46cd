using Akka.Actor;
using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Addressing;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Tests;

/// <summary>An exception ends the call or tunnel in which it happened, with a CDN or StopCCN and a Stop. Others go on.</summary>
public class FailureTests
{
    [Theory]
    [InlineData(PppProtocol.Lcp)]
    [InlineData(PppProtocol.Chap)]
    [InlineData(PppProtocol.Ipcp)]
    public async Task A_link_or_bundle_that_fails_in_set_up_ends_alone(ushort protocol)
    {
        await using var site = await Site.Open();
        PathKey? victim = null;
        site.Node.Plane.FailPpp = (key, p) =>
        {
            if (p != protocol || key == site.Neighbour) return false;
            victim ??= key;
            return key == victim;
        };
        var call = site.Lac.Dial("demo2");
        Assert.Equal(EndCause.CallDisconnected, (await call.Over).Cause);
        site.Node.Plane.FailPpp = null;
        await site.OnlyTheNeighbourIsLeft(failures: 1);
    }

    [Fact]
    public async Task A_link_that_fails_when_it_is_up_ends_alone()
    {
        await using var site = await Site.Open();
        var (call, path) = await site.Victim();
        site.Node.Plane.FailPpp = (key, p) => key == path && p == PppProtocol.Lcp;
        // an unknown protocol is answered by LCP
        call.SendPpp([0xFF, 3, 0x80, 0x57, 1, 1, 0, 4]);
        Assert.Contains("exception in the actor of the link", (await call.Over).Text, StringComparison.Ordinal);
        site.Node.Plane.FailPpp = null;
        await site.OnlyTheNeighbourIsLeft(failures: 1);
        Assert.True(site.Node.Log.Has("user off", "'demo2'", "internal error"), site.Node.Log.ToString());
    }

    [Fact]
    public async Task A_bundle_that_fails_when_it_is_up_ends_alone_with_an_lcp_terminate_request()
    {
        await using var site = await Site.Open();
        var (call, path) = await site.Victim();
        site.Node.Plane.FailPpp = (key, p) => key == path && p == PppProtocol.Ipcp;
        call.SendPpp([0xFF, 3, 0x80, 0x21, 1, 99, 0, 4]); // IPCP Configure-Request
        Assert.Equal(EndCause.UserRequest, (await call.LinkClosing).Cause); // by LCP Terminate-Request
        Assert.Contains("exception in the actor of the bundle", (await call.Over).Text, StringComparison.Ordinal);
        site.Node.Plane.FailPpp = null;
        await site.OnlyTheNeighbourIsLeft(failures: 1);
        Assert.True(site.Node.Log.Has("user off", "'demo2'", "internal error"), site.Node.Log.ToString());
    }

    [Fact]
    public async Task A_session_that_fails_ends_alone_with_a_cdn()
    {
        await using var site = await Site.Open();
        var (call, _) = await site.Victim();
        site.Node.Poison("tunnels/$a/$b", new LinkEnded(null!)); // the second session of the first tunnel
        Assert.Contains("internal error", (await call.Over).Text, StringComparison.Ordinal);
        await site.OnlyTheNeighbourIsLeft(failures: 1);
        Assert.True(site.Node.Log.Has("user off", "'demo2'", "internal error"), site.Node.Log.ToString());
        Assert.True(site.Node.Log.Has("actor failed: session"), site.Node.Log.ToString());
    }

    [Fact]
    public async Task A_tunnel_that_fails_ends_alone_with_a_stop_ccn()
    {
        await using var site = await Site.Open();
        using var lac = new TestLac(site.Node.EndPoint);
        await lac.Dial("demo2").Up;
        await site.Node.Log.Line("user on", "'demo2'");
        var once = 0;
        site.Node.Plane.FailControl = to => to.Port == lac.LocalEndPoint.Port && Interlocked.Increment(ref once) == 1;
        lac.Dial("demo2"); // its ICRP, or the acknowledgement
        Assert.Contains("internal error", (await lac.Closed).Text, StringComparison.Ordinal);
        await Wait.Until(() => site.Node.Node.Counters.Tunnels == 1, site.Node.Log.ToString);
        Assert.True(site.Node.Log.Has("tunnel down", "internal error"), site.Node.Log.ToString());
        await site.OnlyTheNeighbourIsLeft(failures: null);
        Assert.True(site.Node.Log.Has("user off", "'demo2'", "internal error"), site.Node.Log.ToString());
    }

    [Fact]
    public async Task A_path_that_the_plane_does_not_open_is_one_refused_call()
    {
        await using var site = await Site.Open();
        site.Node.Plane.FailOpen = static _ => true;
        Assert.Contains(FaultyPlane.Broken, (await site.Lac.Dial("demo2").Over).Text, StringComparison.Ordinal);
        site.Node.Plane.FailOpen = null;
        await site.OnlyTheNeighbourIsLeft(failures: null);
        Assert.True(site.Node.Log.Has("session refused", "data plane failed"), site.Node.Log.ToString());
        Assert.True(site.Node.Log.Has("data plane failed: operation open path", FaultyPlane.Broken));
    }

    [Fact]
    public async Task Forwarding_that_the_plane_does_not_start_ends_one_subscriber()
    {
        await using var site = await Site.Open();
        site.Node.Plane.FailForward = static (_, settings) => settings is not null;
        Assert.Contains(FaultyPlane.Broken, (await site.Lac.Dial("demo2").Over).Text, StringComparison.Ordinal);
        site.Node.Plane.FailForward = null;
        await site.OnlyTheNeighbourIsLeft(failures: null);
    }

    [Fact]
    public async Task Forwarding_that_the_plane_does_not_stop_still_lets_the_subscriber_end()
    {
        await using var site = await Site.Open();
        var (call, path) = await site.Victim();
        site.Node.Plane.FailForward = (key, settings) => key == path && settings is null;
        call.HangUp();
        await site.OnlyTheNeighbourIsLeft(failures: null);
        Assert.True(site.Node.Log.Has("data plane failed: operation stop forwarding", FaultyPlane.Broken), site.Node.Log.ToString());
    }

    [Fact]
    public async Task Actors_that_exist_once_go_on_with_their_state()
    {
        await using var site = await Site.Open();
        var node = site.Node;
        (string Path, object Message)[] poisons =
        [
            ("pools", new AddressOrder.Release(null!)), ("pools", new AddressOrder.Lease(null!, "", "p", ActorRefs.Nobody)),
            ("bundles", new OpenBundle(null!, null!, null!, null!, default, null, "", ActorRefs.Nobody)),
            ("accounting", new AccountingOffered(null!, ActorRefs.Nobody)),
            ("radius", new LoginAsked(1, null!, default, ActorRefs.Nobody)),
            ("interface-gate", new GateOrder.StopForwarding(default, null, null!)),
        ];
        foreach (var (path, message) in poisons) node.Poison(path, message);
        await Wait.Until(() => node.Log.Count("message lost") == poisons.Length, node.Log.ToString);
        Assert.False(site.NeighbourCall.IsOver);
        Assert.Single(node.Node.Find("demo"));
        // the first address is still in use
        Assert.Equal("100.64.0.3", (await site.Lac.Dial("demo2").Up).Local.ToString());
        await node.Log.Line("user on", "'demo2'");
        Assert.Equal(2, (node.Node.Find()).Count);
        var dropped = new EndReason(EndParty.Administrator, EndLayer.Bundle, EndCause.AdministrativeReset, "x");
        LnsNode.Drop(Assert.Single(node.Node.Find("demo2")), dropped);
        await site.OnlyTheNeighbourIsLeft(failures: null);
    }

    /// <summary>A node with one tunnel and one subscriber that must stay up, and a RADIUS server for the records.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private readonly TestRadius _radius = new();

        private Site()
        {
            Node = new TestNode(s => s with { Radius = _radius.Settings() });
            Lac = new TestLac(Node.EndPoint);
            NeighbourCall = Lac.Dial("demo");
        }

        public TestNode Node { get; }
        public TestLac Lac { get; }
        public TestCall NeighbourCall { get; }
        public PathKey Neighbour { get; private set; }

        public static async Task<Site> Open()
        {
            var site = new Site();
            PathKey seen = default;
            site.Node.Plane.FailForward = (key, _) =>
            {
                seen = key;
                return false;
            };
            await site.NeighbourCall.Up;
            await site.Node.Log.Line("user on", "'demo'");
            site.Node.Plane.FailForward = null;
            site.Neighbour = seen;
            return site;
        }

        /// <summary>A second subscriber in the same tunnel, up.</summary>
        public async Task<(TestCall Call, PathKey Path)> Victim()
        {
            PathKey path = default;
            Node.Plane.FailForward = (key, _) =>
            {
                path = key;
                return false;
            };
            var call = Lac.Dial("demo2");
            await call.Up;
            await Node.Log.Line("user on", "'demo2'");
            Node.Plane.FailForward = null;
            return (call, path);
        }

        public async Task OnlyTheNeighbourIsLeft(int? failures)
        {
            await Wait.Until(() => Node.Node.Counters is { Sessions: 1, Links: 1, Bundles: 1 } && Node.Plane.PathCount == 1, () =>
                $"{Node.Node.Counters.Sessions} sessions, {Node.Node.Counters.Links} links, {Node.Node.Counters.Bundles} bundles, "
                + $"{Node.Plane.PathCount} paths\n{Node.Log}");
            Assert.Equal(Node.Log.Count("user on") - 1, Node.Log.Count("user off"));
            if (failures is { } count) Assert.Equal(count, Node.Node.Counters.Ended(EndCause.InternalError));
            await Wait.Until(
                () => _radius.Records("Stop").Count == Node.Log.Count("user off"), () => $"as many Stops\n{_radius}\n{Node.Log}");
            await Node.Quiet();
            Assert.False(NeighbourCall.IsOver);
            var again = Lac.Dial("demo2"); // and the victim may come again
            await again.Up;
            await Wait.Until(
                () => Node.Node.Counters.Bundles == 2 && Node.Log.Count("user on") - Node.Log.Count("user off") == 2, Node.Log.ToString);
            again.HangUp();
            NeighbourCall.HangUp();
            await Node.AllGone();
        }

        public async ValueTask DisposeAsync()
        {
            Lac.Dispose();
            await Node.DisposeAsync();
            _radius.Dispose();
        }
    }
}

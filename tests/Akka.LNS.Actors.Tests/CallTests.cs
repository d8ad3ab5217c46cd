using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Tests;

/// <summary>Whole calls through all shells, over UDP on loopback, against the machines in a LAC's and a subscriber's role.</summary>
public class CallTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(40);

    [Fact]
    public async Task A_node_that_stops_ends_its_calls_before_their_tunnel()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo").Up;
        await node.Log.Line("user on", "'demo'");

        var why = new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "stopped by a test");
        await node.Node.StopAsync(why, TimeSpan.FromSeconds(20));

        // in the other order, subscribers could hang up before their links have the reason of the node
        string[] ends = [.. node.Log.Lines.Where(static l =>
            l.Contains("session down", StringComparison.Ordinal) || l.Contains("tunnel down", StringComparison.Ordinal))];
        Assert.Collection(ends,
            static l => Assert.Contains("session down", l, StringComparison.Ordinal),
            static l => Assert.Contains("tunnel down", l, StringComparison.Ordinal));
        Assert.All(ends, l => Assert.Contains(why.ToString(), l, StringComparison.Ordinal));
        Assert.True(node.Log.Has("user off", "'demo'", why.ToString()), node.Log.ToString());
    }

    [Fact]
    public async Task Data_of_subscribers_shows_that_a_lac_lives_and_its_end_that_it_is_dead()
    {
        var clock = new HandClock();
        await using var node = new TestNode(WithPeer(new ControlConnectionSettings
        {
            HelloInterval = Moment,
            RetransmitInitial = TimeSpan.FromMilliseconds(10),
            RetransmitMax = TimeSpan.FromMilliseconds(20),
            MaxRetransmits = 3,
        }), clock);
        var (hellos, reads, lastData) = (0, 0, clock.Ticks);
        node.Plane.ControlSent = octets =>
        {
            if (octets.Length > L2tpControlHeader.Length && octets[L2tpControlHeader.Length + 7] == (byte)MessageType.Hello)
                Interlocked.Increment(ref hellos);
        };
        node.Plane.Counters = counters =>
        {
            Interlocked.Increment(ref reads);
            return counters with { LastInTicks = Interlocked.Read(ref lastData) };
        };
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo").Up;
        await node.Log.Line("user on");
        lac.FallSilent();

        // one subscriber sends in each interval, and the LAC says nothing
        for (var i = 0; i < 5; i++)
        {
            var before = Volatile.Read(ref reads);
            Interlocked.Exchange(ref lastData, clock.Ticks + Moment.Ticks); // first: the timer may fire in between
            clock.Move(Moment);
            await Wait.Until(() => Volatile.Read(ref reads) > before, () => $"interval {i}: the plane is asked\n{node.Log}");
            await node.Quiet();
        }
        Assert.Equal((0, 0), (Volatile.Read(ref hellos), node.Log.Count("tunnel down")));

        // the data ends, too
        await Wait.Until(() =>
        {
            clock.Move(TimeSpan.FromMilliseconds(1));
            return node.Log.Has("tunnel down", "tunnel timeout");
        }, node.Log.ToString);
        Assert.InRange(hellos, 1, 4); // and three retransmissions
        Assert.InRange(clock.Ticks - lastData, Moment.Ticks, 30 * TimeSpan.TicksPerSecond);
    }

    [Fact]
    public async Task A_subscriber_that_closes_ipcp_and_opens_it_again_keeps_its_address_its_routes_and_its_accounting_session()
    {
        const string Address = "198.51.100.9", Route = "198.51.100.64/26";
        await using var site = await Site.Open();
        site.Radius.OnLogin = static r => r.Judge(static (ref RadiusPacketWriter w) =>
        {
            w.Ipv4(RadiusAttributeType.FramedIpAddress, Ipv4Address.Parse(Address));
            w.Octets(RadiusAttributeType.FramedRoute, "198.51.100.64/26 0.0.0.0 1"u8);
        });
        var forwarded = new ConcurrentQueue<ForwardingSettings?>();
        site.Node.Plane.FailForward = (_, forwarding) =>
        {
            forwarded.Enqueue(forwarding);
            return false;
        };
        var call = site.Lac.Dial("ann");
        await call.Up;
        await site.Node.Log.Line("user on", "'ann'");

        call.SendPpp([0xFF, 3, 0x80, 0x21, 5, 200, 0, 4]); // IPCP Terminate-Request; its Ack makes the client negotiate again
        await Wait.Until(() => call.Ups == 2, site.Node.Log.ToString);
        await Wait.Until(() => site.Node.Log.Lines.Count(static l => l.Contains("interface up", StringComparison.Ordinal)
            && l.Contains("'ann'", StringComparison.Ordinal)) == 2, site.Node.Log.ToString);
        Assert.Collection(forwarded,
            static f => Assert.Equal((Address, Route), ($"{f!.Subscriber}", $"{Assert.Single(f.FramedRoutes)}")), Assert.Null,
            static f => Assert.Equal((Address, Route), ($"{f!.Subscriber}", $"{Assert.Single(f.FramedRoutes)}")));
        await site.NeighbourLives();

        call.HangUp();
        await call.Over;
        await Wait.Until(() => Of(nameof(AccountingKind.Stop)).Length == 1, site.Node.Log.ToString);
        var (start, stop) = (Assert.Single(Of(nameof(AccountingKind.Start))), Of(nameof(AccountingKind.Stop))[0]);
        Assert.Equal(start.Text(RadiusAttributeType.AcctSessionId), stop.Text(RadiusAttributeType.AcctSessionId));
        Assert.Equal(Ipv4Address.Parse(Address).Value, stop.Number(RadiusAttributeType.FramedIpAddress));
        Assert.Equal(1, site.Node.Log.Lines.Count(static l => l.Contains("user off", StringComparison.Ordinal)
            && l.Contains("'ann'", StringComparison.Ordinal)));

        RadiusRequest[] Of(string kind) => [.. site.Radius.Records(kind).Where(static r => r.User == "ann")];
    }

    [Theory]
    [InlineData(AuthMethod.Pap)]
    [InlineData(AuthMethod.ChapMd5)]
    [InlineData(AuthMethod.MsChapV2)]
    public async Task A_subscriber_comes_up_and_hangs_up_and_leaves_nothing(AuthMethod method)
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo", method: method);
        var ip = await call.Up;
        Assert.Equal(("100.64.0.2", "100.64.0.1"), (ip.Local.ToString(), ip.Peer.ToString()));
        Assert.Equal("9.9.9.9", ip.PrimaryDns.ToString());
        await node.Log.Line("user on", "'demo'", method.ToString());
        var on = Assert.Single(node.Node.Find());
        Assert.Equal(("demo", "100.64.0.2"), (on.User, on.Address.ToString()));

        call.HangUp();
        await call.Over;
        await node.AllGone();
        Assert.True(node.Log.Has("user off", "'demo'", "user request"), node.Log.ToString());
        Assert.True(node.Log.Has("session down", "user request"));
        Assert.True(node.Log.Has("interface down", "100.64.0.2"));
        lac.Close();
        await node.Log.Line("tunnel down", "tunnel stopped");
    }

    [Fact]
    public async Task A_lac_that_hangs_up_ends_the_call()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        await call.Up;
        call.Disconnect();
        await node.AllGone();
        Assert.True(node.Log.Has("user off", "call disconnected"), node.Log.ToString());
        Assert.True(node.Log.Has("session down", "call disconnected"));
        Assert.Equal(1, node.Node.Counters.Ended(EndCause.CallDisconnected));
    }

    [Fact]
    public async Task A_subscriber_that_is_dropped_gets_an_lcp_terminate_request_and_its_lac_a_cdn()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var (call, neighbour) = (lac.Dial("demo"), lac.Dial("demo2"));
        await call.Up;
        await neighbour.Up;
        await node.Log.Line("user on", "'demo'");
        var one = Assert.Single(node.Node.Find("demo"));
        LnsNode.Drop(one, new EndReason(EndParty.Administrator, EndLayer.Bundle, EndCause.AdministrativeReset, "the operator said so"));
        Assert.Equal(EndCause.UserRequest, (await call.LinkClosing).Cause); // as seen from a client: the peer terminates
        Assert.Contains("the operator said so", (await call.Over).Text, StringComparison.Ordinal);
        await node.Log.Line("user off", "'demo'", "administrative reset", "the operator said so");
        Assert.False(neighbour.Over.IsCompleted);
        neighbour.Disconnect();
        await node.AllGone();
    }

    [Fact]
    public async Task A_silent_subscriber_is_found_by_lcp_echoes()
    {
        await using var node = new TestNode(WithLink(static p => p with { EchoInterval = Moment, EchoFailures = 2 }));
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        await call.Up;
        call.GoDeaf();
        await call.Over;
        await node.AllGone();
        Assert.True(node.Log.Has("user off", "echo timeout"), node.Log.ToString());
    }

    [Fact]
    public async Task A_tunnel_that_the_lac_closes_takes_its_calls_along()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var calls = new[] { lac.Dial("demo"), lac.Dial("demo2") };
        foreach (var call in calls) await call.Up;
        lac.Close();
        await node.AllGone();
        Assert.Equal(2, node.Node.Counters.Ended(EndCause.TunnelStopped));
        Assert.True(node.Log.Has("tunnel down", "calls 2,", "tunnel stopped"), node.Log.ToString());
    }

    [Fact]
    public async Task A_silent_lac_is_found_by_hello()
    {
        await using var node = new TestNode(WithPeer(new ControlConnectionSettings
        {
            HelloInterval = Moment,
            RetransmitInitial = TimeSpan.FromMilliseconds(10),
            RetransmitMax = TimeSpan.FromMilliseconds(20),
            MaxRetransmits = 3,
        }));
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo").Up;
        lac.FallSilent();
        await node.AllTunnelsGone();
        Assert.True(node.Log.Has("tunnel down", "tunnel timeout"), node.Log.ToString());
        Assert.True(node.Log.Has("user off", "tunnel timeout"));
        var counters = node.Node.Counters;
        var ended = counters.Ended(EndLayer.Tunnel, EndCause.TunnelTimeout);
        Assert.Equal((1, 1, 1), (counters.TunnelsOpened, counters.TunnelsEnded(EndCause.TunnelTimeout), ended));
        Assert.InRange(counters.ControlRetransmits, 3, long.MaxValue); // the last message, and late acknowledgements
    }

    [Theory]
    [InlineData("demo", "pap", AuthMethod.Pap, "wrong password")]
    [InlineData("demo", "chap", AuthMethod.ChapMd5, "wrong password")]
    [InlineData("demo", "mschap", AuthMethod.MsChapV2, "wrong password")]
    [InlineData("nobody", TestNode.Password, AuthMethod.Pap, "unknown user")]
    [InlineData("nobody", TestNode.Password, AuthMethod.MsChapV2, "unknown user")]
    public async Task A_login_that_is_wrong_is_refused(string user, string password, AuthMethod method, string why)
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial(user, password, method);
        Assert.Equal(EndCause.AuthenticationFailed, (await call.LinkClosing).Cause);
        await call.Over;
        await node.AllGone();
        Assert.True(node.Log.Has("login refused", $"'{user}'", method.ToString(), why), node.Log.ToString());
        Assert.True(node.Log.Has("session down", "authentication failed"));
        Assert.Equal((1, 1), (node.Node.Counters.Logins, node.Node.Counters.LoginsRefused));
        Assert.False(node.Log.Has("user on"));
    }

    [Fact]
    public async Task Both_sides_of_a_tunnel_prove_the_secret()
    {
        await using var node = new TestNode(WithPeer(new ControlConnectionSettings { Secret = "tunnel-" + TestNode.Secret }));
        using var lac = new TestLac(
            node.EndPoint, new ControlConnectionSettings { HostName = "lac.test", Secret = "tunnel-" + TestNode.Secret });
        await lac.Opened;
        await lac.Dial("demo").Up;
    }

    [Theory]
    [InlineData("another-" + TestNode.Secret)]
    [InlineData(null)]
    public async Task A_tunnel_without_the_right_secret_is_refused(string? secret)
    {
        await using var node = new TestNode(WithPeer(new ControlConnectionSettings { Secret = "tunnel-" + TestNode.Secret }));
        using var lac = new TestLac(node.EndPoint, new ControlConnectionSettings { HostName = "lac.test", Secret = secret });
        Assert.Equal(EndCause.TunnelAuthenticationFailed, (await lac.Closed).Cause);
        await node.Log.Line("Information: tunnel refused: lac lac.test, address 127.0.0.1", "tunnel authentication failed", "count 1");
        await node.AllGone();
        var row = Assert.Single(node.Node.Counters.Refusals.Lacs.All);
        Assert.Equal(("lac.test", "127.0.0.1", "*", RefusalReason.WrongSecret, 1L),
            (row.HostName, row.Address, row.Entry, row.Reason, row.Count));
    }

    [Fact]
    public async Task An_unknown_lac_is_refused()
    {
        await using var node = new TestNode(static s => s with
        {
            Tunnels = new TunnelsSettings { Peers = [new PeerSettings { Pattern = PeerPattern.Parse("*.known") }] },
        });
        using var lac = new TestLac(node.EndPoint);
        using var known = new TestLac(node.EndPoint, new ControlConnectionSettings { HostName = "lac.known" });
        Assert.Contains("unknown LAC", (await lac.Closed).Text, StringComparison.Ordinal);
        await node.Log.Line("Information: tunnel refused: lac lac.test, address 127.0.0.1",
            "no tunnels.peers entry matches host name 'lac.test' or address 127.0.0.1, entry none, count 1");
        await known.Dial("demo").Up;
    }

    [Fact]
    public async Task One_tunnel_over_the_limit_is_refused()
    {
        await using var node = new TestNode(static s => s with { Tunnels = s.Tunnels with { Max = 1 } });
        using var lac = new TestLac(node.EndPoint);
        await lac.Opened;
        using var another = new TestLac(node.EndPoint);
        Assert.Contains("limit of 1 tunnels", (await another.Closed).Text, StringComparison.Ordinal);
        lac.Close();
        await node.Log.Line("tunnel down");
        using var third = new TestLac(node.EndPoint); // the closed one lingers, and does not count
        await third.Opened;
    }

    [Theory]
    [InlineData("node")]
    [InlineData("tunnel")]
    [InlineData("lac")]
    public async Task Sessions_over_the_limit_are_refused_however_many_come_at_once(string limit)
    {
        await using var node = new TestNode(s => limit switch
        {
            "node" => s with { Sessions = s.Sessions with { Max = 2 } },
            "tunnel" => s with { Sessions = s.Sessions with { MaxPerTunnel = 2 } },
            _ => s with { Tunnels = new TunnelsSettings { Peers = [new PeerSettings { MaxSessions = 2 }] } },
        });
        using var lac = new TestLac(node.EndPoint);
        await lac.Opened;
        var calls = Enumerable.Range(0, 12).Select(_ => lac.Dial("demo")).ToArray();
        await Wait.Until(() => calls.Count(static c => c.Ups > 0) == 2 && calls.Count(static c => c.IsOver) == 10, node.Log.ToString);
        Assert.Contains("limit of 2 sessions", (await calls.First(static c => c.IsOver).Over).Text, StringComparison.Ordinal);
        Assert.Equal(10, node.Log.Count("session refused"));
        foreach (var call in calls) call.Disconnect();
        await node.AllGone();
        await lac.Dial("demo").Up;
    }

    [Fact]
    public async Task An_address_that_comes_back_to_an_exhausted_pool_is_given_again()
    {
        await using var node = new TestNode(WithPool(1));
        using var lac = new TestLac(node.EndPoint);
        var first = lac.Dial("demo");
        await first.Up;
        var second = lac.Dial("demo2");
        Assert.Contains("exhausted", (await second.Over).Text, StringComparison.Ordinal);
        Assert.True(node.Log.Has("no address", "'demo2'", "exhausted"), node.Log.ToString());
        first.HangUp();
        await node.AllGone();
        Assert.Equal("100.64.0.2", (await lac.Dial("demo2").Up).Local.ToString());
    }

    [Fact]
    public async Task Eight_subscribers_at_once_have_eight_addresses()
    {
        await using var node = new TestNode();
        using var one = new TestLac(node.EndPoint);
        using var two = new TestLac(node.EndPoint);
        var calls = Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? one : two).Dial("demo")).ToArray();
        HashSet<string> addresses = [];
        foreach (var call in calls) Assert.True(addresses.Add((await call.Up).Local.ToString()));
        await Wait.Until(() => node.Node.Counters.SetUps == 8, node.Log.ToString);
        Assert.Equal(8, (node.Node.Find("demo")).Count);
        foreach (var call in calls) call.HangUp();
        await node.AllGone();
    }

    [Fact]
    public async Task A_local_user_has_its_static_address_routes_and_limits()
    {
        await using var node = new TestNode(WithStatic("192.0.2.7"));
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        Assert.Equal("192.0.2.7", (await call.Up).Local.ToString());
        await node.Log.Line("user on", "192.0.2.7");
        Assert.Single(node.Node.Find(address: Ipv4Address.Parse("192.0.2.7")));
        var other = lac.Dial("demo2"); // has the same one
        Assert.Contains("in use by another user", (await other.Over).Text, StringComparison.Ordinal);
        Assert.False(call.IsOver);
    }

    [Fact]
    public async Task A_user_that_dials_again_takes_over_its_static_address()
    {
        await using var node = new TestNode(WithStatic("192.0.2.7"));
        using var lac = new TestLac(node.EndPoint);
        var old = lac.Dial("demo");
        await old.Up;
        await node.Log.Line("user on");
        old.GoDeaf(); // its modem restarted, and the LNS has not noticed the end of the first session
        var again = lac.Dial("demo");
        Assert.Equal("192.0.2.7", (await again.Up).Local.ToString());
        Assert.True(node.Log.Has("user off", "'demo'", "administrative reset", "new session"), node.Log.ToString());
        await old.Over;
        await node.Log.Line("user on", "192.0.2.7");
        Assert.Single(node.Node.Find("demo"));
        again.HangUp();
        await node.AllGone();
        Assert.Equal("192.0.2.7", (await lac.Dial("demo").Up).Local.ToString());
    }

    [Fact]
    public async Task A_user_that_dials_three_times_at_once_is_on_once()
    {
        await using var node = new TestNode(WithStatic("192.0.2.7"));
        using var lac = new TestLac(node.EndPoint);
        await lac.Opened;
        var calls = Enumerable.Range(0, 3).Select(_ => lac.Dial("demo")).ToArray();
        await Wait.Until(
            () => calls.Count(static c => c.IsOver) == 2 && calls.Count(static c => !c.IsOver && c.Ups > 0) == 1, node.Log.ToString);
        await Wait.Until(() => node.Node.Counters.Bundles == 1, node.Log.ToString);
        foreach (var call in calls) call.Disconnect();
        await node.AllGone();
    }

    [Theory]
    [InlineData(77)]
    [InlineData(78)]
    public async Task A_lac_opens_a_new_tunnel_from_the_same_port_while_its_old_tunnel_closes(ushort tunnelId)
    {
        await using var node = new TestNode();
        IPEndPoint from;
        using (var lac = new TestLac(node.EndPoint))
        {
            from = lac.LocalEndPoint;
            await lac.Dial("demo").Up;
            lac.Close();
            await node.AllGone();
        }
        using var again = new TestLac(node.EndPoint, tunnelId: tunnelId, from: from);
        await again.Dial("demo").Up;
        Assert.Equal(2, node.Node.Counters.Tunnels); // the old one still acknowledges
    }

    [Fact]
    public async Task A_lac_that_restarts_with_the_same_tunnel_id_supersedes_its_old_tunnel()
    {
        var clock = new JumpingClock();
        await using var node = new TestNode(WithPeer(new ControlConnectionSettings { HelloInterval = TimeSpan.Zero }), clock);
        IPEndPoint from;
        using (var lac = new TestLac(node.EndPoint))
        {
            from = lac.LocalEndPoint;
            await lac.Dial("demo").Up;
            lac.FallSilent();
        }
        await node.Log.Line("user on");
        clock.Jump(TimeSpan.FromSeconds(40));
        using var again = new TestLac(node.EndPoint, from: from);
        await again.Opened;
        await again.Dial("demo2").Up;
        await node.Log.Line("tunnel down", "the LAC restarted");
        await node.Log.Line("user off", "'demo'", "the LAC restarted");
        await Wait.Until(() => node.Node.Counters is { Tunnels: 1, Sessions: 1, Bundles: 1 }, node.Log.ToString);
        Assert.False(again.Closed.IsCompleted);
    }

    [Fact]
    public async Task Session_timeout_ends_a_subscriber()
    {
        await using var node = new TestNode(WithBundle(static b => b with { SessionTimeout = Moment }));
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo").Over;
        await node.AllGone();
        Assert.True(node.Log.Has("user off", "session timeout"), node.Log.ToString());
    }

    [Fact]
    public async Task Idle_timeout_ends_a_subscriber_that_sends_nothing()
    {
        await using var node = new TestNode(WithBundle(static b => b with { IdleTimeout = Moment }));
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo").Over;
        await node.AllGone();
        Assert.True(node.Log.Has("user off", "idle timeout"), node.Log.ToString());
    }

    [Fact]
    public async Task The_same_user_comes_back_after_lcp_is_negotiated_again()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        await call.Up;
        await node.Log.Line("user on");
        call.Renegotiate("demo");
        await Wait.Until(() => call.Ups == 2, node.Log.ToString);
        await Wait.Until(() => node.Log.Count("interface up") == 2, node.Log.ToString);
        Assert.Equal((1, 0), (node.Log.Count("user on"), node.Log.Count("user off"))); // one accounting session
        call.HangUp();
        await node.AllGone();
    }

    [Fact]
    public async Task Another_user_after_lcp_is_negotiated_again_ends_the_call()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        await call.Up;
        await node.Log.Line("user on");
        call.Renegotiate("demo2");
        await call.Over;
        await node.AllGone();
        Assert.True(node.Log.Has("user off", "'demo'", "protocol violation"), node.Log.ToString());
        Assert.False(node.Log.Has("user on", "'demo2'"));
    }

    [Fact]
    public async Task Frames_that_overtake_the_iccn_are_kept()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo", hurry: true);
        await call.Up;
        call.HangUp();
        await node.AllGone();
    }

    [Fact]
    public async Task A_cdn_from_a_lac_that_has_not_seen_the_icrp_finds_its_call()
    {
        await using var node = new TestNode(static s => s with
        {
            InterfaceGate = new InterfaceGateSettings { Pause = TimeSpan.FromMilliseconds(5) },
        });
        using var lac = new TestLac(node.EndPoint);
        await lac.Opened;
        var neighbour = lac.Dial("demo");
        for (var i = 0; i < 5; i++) await lac.Dial("demo", impatient: true).Over;
        await neighbour.Up;
        await Wait.Until(() => node.Node.Counters is { Sessions: 1, Links: 1 } && node.Plane.PathCount == 1, node.Log.ToString);
        Assert.Equal(0, node.Node.Counters.UnknownSession);
        Assert.Equal(5, node.Log.Count("session refused"));
        neighbour.Disconnect();
        await node.AllGone();
    }

    [Fact]
    public async Task Garbage_and_strangers_do_not_disturb_a_tunnel()
    {
        await using var node = new TestNode(WithLink(static p => p with { EchoInterval = Moment }));
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        await call.Up;
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        // StopCCN as the LAC would send it, but from another port
        var stop = new byte[L2tpControlHeader.Length];
        L2tpControlHeader.WriteAcknowledgement(stop, lac.Peer, 3, 2);
        var random = new Random(4);
        var garbage = new byte[300];
        for (var i = 0; i < 300; i++)
        {
            random.NextBytes(garbage);
            var some = garbage.AsSpan(0, random.Next(garbage.Length)).ToArray();
            if (i % 3 == 0 && some.Length > 12) (some[0], some[1], some[2], some[3]) = (0xC8, 2, 0, (byte)some.Length); // a control header
            stranger.SendTo(some, node.EndPoint);
            stranger.SendTo(stop, node.EndPoint);
            if (i % 3 != 0) lac.SendRaw(some);
        }
        await Wait.Until(() => node.Node.Counters.WrongPeer > 0, node.Log.ToString);
        await lac.Dial("demo2").Up;
        Assert.False(call.IsOver);
        Assert.Equal((1, 0), (node.Log.Count("tunnel up"), node.Log.Count("tunnel down")));
        call.HangUp();
        await call.Over;
    }

    [Fact]
    public async Task Garbage_in_ppp_ends_at_most_its_own_link()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var (call, neighbour) = (lac.Dial("demo"), lac.Dial("demo2"));
        await call.Up;
        await neighbour.Up;
        var random = new Random(5);
        ushort[] protocols = [PppProtocol.Lcp, PppProtocol.Pap, PppProtocol.Chap, PppProtocol.Ipcp, 0x8057, 0x1234];
        for (var i = 0; i < 200; i++)
        {
            var frame = new byte[4 + random.Next(40)];
            random.NextBytes(frame);
            var protocol = protocols[i % protocols.Length];
            (frame[0], frame[1], frame[2], frame[3]) = (0xFF, 3, (byte)(protocol >> 8), (byte)protocol);
            call.SendPpp(frame);
        }
        call.Disconnect();
        await Wait.Until(() => node.Node.Counters is { Sessions: 1, Links: 1, Bundles: 1 }, node.Log.ToString);
        Assert.False(neighbour.IsOver);
        neighbour.HangUp();
        await node.AllGone();
    }

    [Fact]
    public async Task A_stop_ends_every_tunnel_and_is_clean_in_time()
    {
        await using var node = new TestNode();
        using var one = new TestLac(node.EndPoint);
        using var two = new TestLac(node.EndPoint);
        using var closed = new TestLac(node.EndPoint); // lingers, and the stop does not wait for it
        await closed.Opened;
        closed.Close();
        await node.Log.Line("tunnel down");
        var calls = new[] { one.Dial("demo"), one.Dial("demo2"), two.Dial("demo") };
        foreach (var call in calls) await call.Up;
        var why = new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "the test is over");
        Assert.True(await node.Node.StopAsync(why, TimeSpan.FromSeconds(20)), node.Log.ToString());
        Assert.True(await node.Node.StopAsync(why, TimeSpan.FromSeconds(20))); // asked again
        Assert.Contains("the test is over", (await one.Closed).Text, StringComparison.Ordinal);
        Assert.Contains("the test is over", (await two.Closed).Text, StringComparison.Ordinal);
        await node.AllTunnelsGone();
        Assert.Equal(3, node.Log.Count("user off"));
        Assert.Equal(3, node.Node.Counters.Ended(EndCause.Shutdown));
        using var late = new TestLac(node.EndPoint);
        Assert.Contains("the test is over", (await late.Closed).Text, StringComparison.Ordinal);
    }

    private static Func<LnsSettings, LnsSettings> WithLink(Func<LinkPolicy, LinkPolicy> change) => s =>
    {
        var link = s.Links[TemplateNames.Default];
        return s with { Links = s.Links.SetItem(TemplateNames.Default, link with { Policy = change(link.Policy) }) };
    };

    private static Func<LnsSettings, LnsSettings> WithBundle(Func<BundleTemplate, BundleTemplate> change) => s =>
        s with { Bundles = s.Bundles.SetItem(TemplateNames.Default, change(s.Bundles[TemplateNames.Default])) };

    private static Func<LnsSettings, LnsSettings> WithPeer(ControlConnectionSettings connection) => s =>
        s with { Tunnels = new TunnelsSettings { Peers = [new PeerSettings { Connection = connection }] } };

    private static Func<LnsSettings, LnsSettings> WithPool(uint addresses) => s =>
    {
        var first = Ipv4Address.Parse("100.64.0.2");
        var range = new AddressRange(first, new Ipv4Address(first.Value + addresses - 1));
        return s with { Pools = s.Pools.SetItem("p", new AddressPoolSettings("p", [range], [])) };
    };

    private static Func<LnsSettings, LnsSettings> WithStatic(string address) => s =>
    {
        var profile = new SubscriberProfile { AddressChoice = FramedAddressChoice.Fixed, FramedIpAddress = Ipv4Address.Parse(address) };
        return s with { Users = s.Users.ToImmutableDictionary(static u => u.Key, u => u.Value with { Profile = profile }) };
    };
}

using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Wire;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Tests;

/// <summary>Overload, limits and drain as seen by a LAC and its subscribers.</summary>
public class OverloadTests
{
    private static readonly ControlConnectionSettings Other = new() { HostName = "other.test" };

    private static Func<LnsSettings, LnsSettings> WithPeer(Func<PeerSettings, PeerSettings> change) =>
        s => s with { Tunnels = s.Tunnels with { Peers = [change(new PeerSettings())] } };

    private static Func<LnsSettings, LnsSettings> Drain(Func<DrainSettings, DrainSettings> change) => s =>
        s with { Drain = change(s.Drain) };

    [Theory]
    [InlineData(RefuseWith.TryAnother, "2/7 (try another)", "2/7 (try another)")]
    [InlineData(RefuseWith.NoResources, "2/4 (no resources)", "2/4 (no resources)")]
    [InlineData(RefuseWith.NoFacilities, "4 (no facilities now)", "2/4 (no resources)")]
    public async Task Under_load_new_calls_and_tunnels_are_refused_in_the_words_of_their_lac_and_nothing_else_is(RefuseWith with,
        string cdn, string stopCcn)
    {
        await using var node = new TestNode(s => WithPeer(p => p with
        {
            RefuseWith = with,
            Connection =
            p.Connection with { HelloInterval = TimeSpan.FromMilliseconds(50), ClosingLinger = TimeSpan.Zero },
        })(s) with
        { Overload = s.Overload with { Hold = TimeSpan.FromMilliseconds(20), SampleInterval = TimeSpan.FromMilliseconds(10) } });
        using var lac = new TestLac(node.EndPoint);
        var up = lac.Dial("demo");
        await up.Up;
        var serial = MailboxMeters.Of(node.System).Serial;
        serial.Add(1_000_000);

        var refused = await lac.Dial("demo2").Over;
        Assert.Contains($"CDN {cdn} \"the LNS is overloaded\"", refused.Text, StringComparison.Ordinal);
        using (var tunnel = new TestLac(node.EndPoint, Other))
            Assert.Contains($"StopCCN {stopCcn} \"the LNS is overloaded\"", (await tunnel.Closed).Text, StringComparison.Ordinal);
        Assert.Equal(RefusalReason.Load, node.Node.Admission.Reason);
        Assert.True(node.Node.Admission.State.IsShut);
        Assert.True(node.Log.Has("session refused", "refused", "overloaded"), node.Log.ToString());
        Assert.True(node.Log.Has("refused: lac lac.test", nameof(RefusalReason.Load)), node.Log.ToString());
        Assert.Equal(1, node.Node.Counters.Refusals.All.Single(static r => r.Lac == "lac.test").Count);

        // PPP of sessions that are up, their end, and the tunnel's own messages continue
        up.Renegotiate("demo");
        await Wait.Until(() => up.Ups == 2, node.Log.ToString);
        up.HangUp();
        await up.Over;
        await Wait.Until(() => node.Node.Counters is { Sessions: 0, Links: 0, Bundles: 0 }, node.Log.ToString);
        serial.Add(-1_000_000);
        await node.AllGone();

        await Wait.Until(() => node.Node.Admission.Reason is null, () => $"{node.Node.Admission}");
        var again = lac.Dial("demo");
        await again.Up;
        again.HangUp();
        await again.Over;
        lac.Close();
        await node.Log.Line("tunnel down", "tunnel stopped");
        await node.AllTunnelsGone();
    }

    [Fact]
    public async Task A_refused_call_costs_no_actor()
    {
        await using var node = new TestNode(static s => s with { Sessions = s.Sessions with { Max = 1 } });
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo").Up;
        var refused = Enumerable.Range(0, 50).Select(_ => lac.Dial("demo2")).ToArray();
        foreach (var call in refused) Assert.Contains("CDN 2/7 (try another) \"limit of 1 sessions on this node\"", (await call.Over).Text,
            StringComparison.Ordinal);
        Assert.Equal(50, node.Node.Counters.Refusals.Of(RefusalReason.NodeSessions));
        Assert.Equal(0, node.Node.Counters.Ended(EndCause.Refused)); // they never were sessions
        Assert.Equal(1, node.Plane.PathCount);
    }

    [Fact, Trait("Rfc", "RFC2661-4.4.4-1")]
    public async Task Cdn_of_a_refused_call_has_an_id_that_no_session_has()
    {
        await using var node = new TestNode(static s => s with { Sessions = s.Sessions with { Max = 0 } });
        var cdns = new System.Collections.Concurrent.ConcurrentQueue<ControlMessage.Cdn>();
        node.Plane.ControlSent = octets =>
        {
            if (L2tpHeaderView.TryRead(octets, out var header, out _) && ControlMessage.TryParse(header.Payload, default, out var m, out _)
                && m is ControlMessage.Cdn cdn) cdns.Enqueue(cdn);
        };
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo").Over;
        await lac.Dial("demo").Over;
        Assert.All(cdns, static cdn => Assert.Equal(ControlConnection.RefusedCall, cdn.AssignedSessionId));
        Assert.NotEmpty(cdns);
    }

    [Fact]
    public async Task Forged_sccrqs_leave_a_bounded_number_of_tunnels_and_few_log_lines_and_a_new_lac_gets_in()
    {
        await using var node = new TestNode(static s => s with
        {
            Tunnels = s.Tunnels with { Max = 5, HalfOpen = new HalfOpenSettings { Max = 10, MaxPerAddress = 10 } },
        });
        using var first = new TestLac(node.EndPoint, Other);
        await first.Opened; // now the node takes SCCRQs
        using (var forger = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.9"), 0)))
        using (var another = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.10"), 0)))
        {
            for (ushort id = 1; id <= 500; id++)
            {
                var octets = new ControlMessage.Sccrq("lac.test", new TunnelId(id), 3).Encode(default, default, 0);
                (id % 2 == 0 ? forger : another).Send(octets, node.EndPoint);
            }
            await Wait.Until(() => node.Node.Counters.TunnelsEvicted + node.Node.Counters.Dropped(L2tpError.TooManyHalfOpen) > 400
                && node.Node.Counters.Tunnels <= 10 + 2, () => $"{node.Node.Counters.Tunnels} tunnels");
            using var lac = new TestLac(node.EndPoint);
            await lac.Dial("demo").Up;
        }
        Assert.InRange(node.Log.Count("Information: tunnel refused"), 0, 10); // one a second
        Assert.InRange(node.Node.Tunnels.All.Count(), 1, 10 + 2); // and those of the two LACs
    }

    [Fact]
    public async Task Sessions_and_tunnels_of_a_lac_count_over_all_its_tunnels()
    {
        await using var node = new TestNode(WithPeer(static p => p with { Limits = p.Limits with { Sessions = 2, Tunnels = 2 } }));
        using TestLac first = new(node.EndPoint), second = new(node.EndPoint), other = new(node.EndPoint, Other);
        await first.Opened;
        await second.Opened;
        using (var third = new TestLac(node.EndPoint)) Assert.Contains("limit of 2 tunnels of this LAC", (await third.Closed).Text,
            StringComparison.Ordinal);
        var (one, two) = (first.Dial("demo"), second.Dial("demo2"));
        await one.Up;
        await two.Up;
        Assert.Contains("limit of 2 sessions of this LAC", (await first.Dial("demo").Over).Text, StringComparison.Ordinal);
        Assert.Contains("limit of 2 sessions of this LAC", (await second.Dial("demo").Over).Text, StringComparison.Ordinal);
        await other.Dial("demo").Up;
        one.Disconnect();
        await one.Over;
        await node.Log.Line("session down");
        await second.Dial("demo").Up;
    }

    [Theory]
    [InlineData("node")]
    [InlineData("LAC")]
    public async Task Calls_in_set_up_are_limited_until_they_are_up_or_gone(string of)
    {
        using var radius = new TestRadius { OnLogin = static _ => { } };
        await using var node = new TestNode(s => WithPeer(p => of == "LAC" ? p with { Limits = p.Limits with { InSetup = 2 } } : p)(s) with
        {
            Users = s.Users.Clear(),
            Radius = radius.Settings(),
            Overload = s.Overload with { MaxInSetup = of == "node" ? 2 : 100 },
        });
        using var lac = new TestLac(node.EndPoint);
        TestCall[] calls = [lac.Dial("a"), lac.Dial("b")];
        await Wait.Until(() => radius.Logins.Count == 2, node.Log.ToString);
        Assert.Equal(2, node.Node.Admission.InSetup);
        Assert.Contains($"limit of 2 sessions in set-up o{(of == "LAC" ? "f this LAC" : "n this node")}", (await lac.Dial("c").Over).Text,
            StringComparison.Ordinal);

        calls[1].Disconnect(); // gone before it was up
        await Wait.Until(() => node.Node.Admission.InSetup == 1, node.Log.ToString);
        radius.Logins[0].Judge(); // up
        await Wait.Until(() => calls.Count(static c => c.Ups > 0) == 1 || calls[0].IsOver
            || node.Node.Counters.Sessions == 0, node.Log.ToString);
        await Wait.Until(() => node.Node.Admission.InSetup == 0, node.Log.ToString);
        radius.OnLogin = static r => r.Judge();
        await lac.Dial("d").Up;
    }

    [Fact]
    public async Task Calls_per_second_are_limited_in_the_time_of_the_node()
    {
        var clock = new JumpingClock();
        await using var node = new TestNode(WithPeer(static p =>
            p with { Limits = p.Limits with { CallsPerSecond = 0.01, CallsBurst = 2 } }), clock);
        using TestLac lac = new(node.EndPoint), other = new(node.EndPoint, Other);
        await lac.Opened;
        var calls = Enumerable.Range(0, 5).Select(_ => lac.Dial("demo")).ToArray();
        await Wait.Until(() => calls.Count(static c => c.Ups > 0) == 2 && calls.Count(static c => c.IsOver) == 3, node.Log.ToString);
        Assert.Contains("limit of 0.01 calls per second of this LAC", (await calls.First(static c => c.IsOver).Over).Text,
            StringComparison.Ordinal);
        await other.Dial("demo").Up;
        clock.Jump(TimeSpan.FromSeconds(100));
        await lac.Dial("demo").Up;
    }

    [Fact]
    public async Task A_lac_that_closes_its_last_tunnel_and_opens_another_goes_on_with_the_tokens_that_it_had()
    {
        var clock = new JumpingClock();
        await using var node = new TestNode(WithPeer(static p => p with
        {
            Connection = p.Connection with { ClosingLinger = TimeSpan.Zero },
            Limits = p.Limits with { CallsPerSecond = 0.01, CallsBurst = 2 }
        }), clock);
        using (var lac = new TestLac(node.EndPoint))
        {
            await lac.Dial("demo").Up;
            await lac.Dial("demo2").Up;
            lac.Close();
            await Wait.Until(() => node.Node.Counters.Tunnels == 0, node.Log.ToString);
        }
        using (var again = new TestLac(node.EndPoint))
        {
            Assert.Contains("limit of 0.01 calls per second of this LAC", (await again.Dial("demo").Over).Text, StringComparison.Ordinal);
            again.Close();
            await Wait.Until(() => node.Node.Counters.Tunnels == 0, node.Log.ToString);
        }
        using TestLac other = new(node.EndPoint, Other), late = new(node.EndPoint);
        await other.Dial("demo").Up;
        await late.Opened;
        clock.Jump(TimeSpan.FromSeconds(100));
        await late.Dial("demo").Up;
        Assert.Contains("calls per second", (await late.Dial("demo2").Over).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_living_radius_server_calls_are_refused_at_once_until_one_answers_again()
    {
        var probes = new System.Collections.Concurrent.ConcurrentQueue<RadiusRequest>();
        using var radius = new TestRadius();
        await using var node = new TestNode(s => s with
        {
            Users = s.Users.Clear(),
            Radius = radius.Settings() with
            {
                Servers = [radius.Server() with { Timeout = TimeSpan.FromMilliseconds(100), DeadAfter = 1,
            DeadTime = TimeSpan.FromHours(1) }]
            },
        });
        using var lac = new TestLac(node.EndPoint);
        var up = lac.Dial("up");
        await up.Up;
        (radius.OnLogin, radius.OnProbe) = (static _ => { }, probes.Enqueue);
        await lac.Dial("first").Over; // finds out
        await Wait.Until(() => !node.Node.Radius.CanAuthenticate, node.Log.ToString);

        var asked = radius.Logins.Count;
        Assert.Contains("CDN 2/7 (try another) \"no RADIUS server answers\"", (await lac.Dial("second").Over).Text,
            StringComparison.Ordinal);
        Assert.Equal(asked, radius.Logins.Count);
        Assert.Equal(RefusalReason.RadiusUnavailable, node.Node.Admission.Reason);
        Assert.False(up.IsOver);
        using (var tunnel = new TestLac(node.EndPoint, Other)) await tunnel.Opened; // it needs no RADIUS

        (radius.OnLogin, radius.OnProbe) = (static r => r.Judge(), static r => r.Answer(RadiusCode.AccessAccept));
        while (probes.TryDequeue(out var probe)) probe.Answer(RadiusCode.AccessAccept);
        await Wait.Until(() => node.Node.Radius.CanAuthenticate, node.Log.ToString);
        await lac.Dial("third").Up;
        Assert.Null(node.Node.Admission.Reason);
    }

    [Fact]
    public async Task Ten_minutes_without_radius_cost_nobody_who_is_up()
    {
        const int Count = 2_000, AtATime = 100, GoEachMinute = 20, Minutes = 10;
        using var radius = new TestRadius { OnProbe = static r => r.Answer(RadiusCode.AccessAccept) };
        var clock = new JumpingClock();
        await using var node = new TestNode(s => s with
        {
            Users = s.Users.Clear(),
            Pools = s.Pools.SetItem("p",
            new AddressPoolSettings("p", [new AddressRange(Ipv4Address.Parse("100.64.1.0"), Ipv4Address.Parse("100.64.15.255"))], [])),
            Radius = radius.Settings() with
            {
                Servers = [radius.Server() with { Timeout = TimeSpan.FromMilliseconds(300), DeadAfter = 1,
                DeadTime = TimeSpan.FromHours(1) }],
                Workers = 32,
                Accounting = radius.Settings().Accounting with
                {
                    RetryInterval = TimeSpan.FromMilliseconds(100),
                    RetryMax = TimeSpan.FromMilliseconds(200)
                },
            },
        }, clock);
        using var lac = new TestLac(node.EndPoint);
        List<TestCall> calls = [];
        for (var wave = 0; wave < Count / AtATime; wave++)
        {
            TestCall[] these = [.. Enumerable.Range(0, AtATime).Select(i => lac.Dial($"u{(wave * AtATime) + i}"))];
            foreach (var call in these) await call.Up;
            calls.AddRange(these);
        }
        await Wait.Until(() => radius.Records("Start").Count == Count, node.Log.ToString);

        (radius.OnLogin, radius.OnAccounting, radius.OnProbe) = (static _ => { }, static _ => { }, static _ => { });
        await lac.Dial("first").Over; // finds out
        await Wait.Until(() => !node.Node.Radius.CanAuthenticate, node.Log.ToString);
        var (asked, gone) = (radius.Logins.Count, 0);
        var octets = GC.GetTotalMemory(forceFullCollection: true);
        for (var minute = 0; minute < Minutes; minute++)
        {
            clock.Jump(TimeSpan.FromMinutes(1));
            foreach (var call in calls.Skip(gone).Take(GoEachMinute)) call.HangUp();
            foreach (var call in calls.Skip(gone).Take(GoEachMinute)) await call.Over;
            gone += GoEachMinute;
            Assert.Contains("CDN 2/7 (try another) \"no RADIUS server answers\"", (await lac.Dial("new").Over).Text,
                StringComparison.Ordinal);
            await Wait.Until(() => node.Node.Counters.Sessions == Count - gone, node.Log.ToString);
        }
        Assert.Equal(asked, radius.Logins.Count);
        Assert.DoesNotContain(calls.Skip(gone), static c => c.IsOver);
        await Wait.Until(() => node.Node.Spool.Waiting == gone, () => $"{gone} Stops wait: {node.Node.Spool}");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, octets + (8 << 20));

        var told = radius.Records().Count;
        (radius.OnLogin, radius.OnAccounting, radius.OnProbe) =
            (static r => r.Judge(), static r => r.Answer(RadiusCode.AccountingResponse), static r => r.Answer(RadiusCode.AccessAccept));
        await Wait.Until(() => node.Node.Radius.CanAuthenticate && node.Node.Spool.Waiting == 0, () => $"{node.Node.Spool}\n{node.Log}");
        var stops = radius.Records().Skip(told).Where(static r => r.Kind == "Stop").ToArray();
        Assert.Equal(calls.Take(gone).Select((_, i) => $"u{i}").Order(StringComparer.Ordinal),
            stops.Select(static r => r.User).Distinct().Order(StringComparer.Ordinal));
        // the last minute's twenty are as late as it took to come back
        Assert.Equal(gone - GoEachMinute,
            stops.Where(static r => r.Number(RadiusAttributeType.AcctDelayTime) >= 60).Select(static r => r.User).Distinct().Count());
        await lac.Dial("third").Up;
        Assert.Equal(Count - gone + 1, node.Node.Counters.Sessions);
    }

    [Fact]
    public async Task Logins_that_wait_too_long_shut_out_calls_until_radius_has_caught_up()
    {
        using var radius = new TestRadius { OnLogin = static _ => { } };
        var clock = new JumpingClock();
        // login-timeout 20 s
        await using var node = new TestNode(s =>
            s with { Users = s.Users.Clear(), Radius = radius.Settings() with { Workers = 1 } }, clock);
        using var lac = new TestLac(node.EndPoint);
        TestCall[] calls = [lac.Dial("a"), lac.Dial("b")]; // one is asked about, one waits
        await Wait.Until(() => node.Node.Radius is { Outstanding: 1, Authentication.Waiting: 1 }, node.Log.ToString);
        clock.Jump(TimeSpan.FromSeconds(11));
        Assert.Contains("CDN 2/7 (try another) \"RADIUS is too slow for one more login\"", (await lac.Dial("c").Over).Text,
            StringComparison.Ordinal);
        radius.OnLogin = static r => r.Judge();
        radius.Logins[0].Judge();
        foreach (var call in calls) await call.Up;
        await Wait.Until(() => node.Node.Admission.Reason is null, () => $"{node.Node.Admission}");
        await lac.Dial("d").Up;
    }

    [Fact]
    public async Task A_drained_node_refuses_what_is_new_with_2_7_keeps_who_is_up_and_is_done_when_the_last_has_gone()
    {
        await using var node = new TestNode(WithPeer(static p => p with { RefuseWith = RefuseWith.NoFacilities }));
        using TestLac lac = new(node.EndPoint), idle = new(node.EndPoint, Other);
        await idle.Opened; // does not delay the drain
        var up = lac.Dial("demo");
        await up.Up;
        node.Node.Drain(within: null, exit: true);
        await node.Log.Line("drain begins: sessions 1");

        Assert.Contains("CDN 2/7 (try another) \"the LNS is being drained\"", (await lac.Dial("demo2").Over).Text,
            StringComparison.Ordinal);
        using (var tunnel = new TestLac(node.EndPoint)) Assert.Contains("StopCCN 2/7 (try another) \"the LNS is being drained\"",
            (await tunnel.Closed).Text, StringComparison.Ordinal);
        Assert.False(up.IsOver);
        Assert.False(node.Node.Drained.IsCompleted);
        up.HangUp();
        await up.Over;
        await node.Node.Drained.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(node.Log.Has("user off", "user request"), node.Log.ToString());
        await node.Log.Line("node drained");
        Assert.IsType<DrainState.Drained>(node.Node.Admission.Drain);
        Assert.True(await node.Node.StopAsync(new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "drained"),
            TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_cancelled_drain_accepts_new_calls_again()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo").Up;
        node.Node.Drain(within: null, exit: true);
        await node.Log.Line("drain begins");
        await lac.Dial("demo2").Over;
        node.Node.Undrain();
        await node.Log.Line("drain cancelled");
        await lac.Dial("demo2").Up;
        Assert.False(node.Node.Drained.IsCompleted);
        Assert.Null(node.Node.Admission.Reason);
    }

    [Fact]
    public async Task The_reason_of_a_drain_is_told_to_whom_it_refuses_and_ends()
    {
        var clock = new JumpingClock();
        await using var node = new TestNode(clock: clock);
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        await call.Up;
        node.Node.Drain(TimeSpan.FromHours(1), exit: false, "new line cards");
        await node.Log.Line("drain begins: sessions 1", "reason new line cards");
        Assert.Equal("new line cards", node.Node.Admission.Drain.Reason);
        Assert.Contains("CDN 2/7 (try another) \"the LNS is being drained: new line cards\"", (await lac.Dial("demo2").Over).Text,
            StringComparison.Ordinal);
        using (var tunnel = new TestLac(node.EndPoint, Other)) Assert.Contains(
            "StopCCN 2/7 (try another) \"the LNS is being drained: new line cards\"", (await tunnel.Closed).Text, StringComparison.Ordinal);
        clock.Jump(TimeSpan.FromHours(1));
        Assert.Contains("drain deadline reached: new line cards", (await call.Over).Text, StringComparison.Ordinal);
        await node.Log.Line("user off", "shutdown", "drain deadline reached: new line cards");
        Assert.Throws<ArgumentOutOfRangeException>(() => node.Node.Drain(null, exit: false, new string('x', LnsNode.MostReason + 1)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task At_the_deadline_the_remaining_sessions_end_with_the_reason(bool exit)
    {
        var clock = new JumpingClock();
        await using var node = new TestNode(Drain(static d => d with { ReportInterval = TimeSpan.FromSeconds(10) }), clock);
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        await call.Up;
        await node.Log.Line("user on");
        node.Node.Drain(TimeSpan.FromHours(1), exit);
        await node.Log.Line("drain begins: sessions 1", "3600 s");
        clock.Jump(TimeSpan.FromSeconds(10));
        await node.Log.Line("drain continues: sessions 1");
        Assert.False(call.IsOver);
        clock.Jump(TimeSpan.FromHours(1));
        Assert.Contains("drain deadline reached", (await call.Over).Text, StringComparison.Ordinal);
        await node.Log.Line("user off", "shutdown", "drain deadline reached");
        await node.AllGone();
        if (exit)
        {
            await node.Node.Drained.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            return;
        }
        await node.Log.Line("node drained");
        Assert.False(node.Node.Drained.IsCompleted); // it stays, and can be taken back
        node.Node.Undrain();
        await node.Log.Line("drain cancelled");
        await lac.Dial("demo2").Up;
    }

    [Fact]
    public async Task Sigterm_ends_a_draining_node_as_always()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo");
        await call.Up;
        node.Node.Drain(within: null, exit: true);
        await node.Log.Line("drain begins");
        Assert.True(await node.Node.StopAsync(new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "sigterm"),
            TimeSpan.FromSeconds(20)));
        await call.Over;
        Assert.True(node.Log.Has("user off", "sigterm"), node.Log.ToString());
        Assert.False(node.Log.Has("node drained"));
    }
}

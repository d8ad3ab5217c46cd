using Akka.LNS.Protocol.Admission;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Admission;

public class NodeAdmissionTests
{
    private static readonly AdmissionSettings Settings =
        new(RefuseFrom: 1000, RefuseAll: 2000, ReopenBelow: 500, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    private static readonly QuotaLimits Limits = new(Tunnels: 10, Sessions: 100, InSetup: 50, CallsPerSecond: null, CallsBurst: 1);
    private static readonly LacPolicy Policy = new("*", Limits, MaxSessions: 20, NeedsRadius: false);
    private static readonly Instant Start = new(0);

    private readonly NodeAdmission _node = new(Settings, Limits, Start);

    private LacAccount Tunnel(LacPolicy? policy = null, string hostName = "lac")
    {
        policy ??= Policy;
        var lac = _node.Find(policy.Entry, hostName) ?? _node.Open(policy, hostName, Start);
        Assert.Null(_node.TryTakeTunnel(lac, hasId: true, random: 0));
        return lac;
    }

    private Refused? Call(LacAccount lac, out CallTicket? ticket, int inTunnel = 0, int maxPerTunnel = 1000, bool isKnown = true,
        bool hasId = true) =>
        _node.TryTakeCall(lac, inTunnel, maxPerTunnel, isKnown, hasId, random: 0, Start, out ticket);

    private void Observe(long load, RadiusObservation? radius = null, Instant? now = null) =>
        _node.Observe(load, radius ?? new RadiusObservation(true, null, 0, 10, TimeSpan.Zero), now ?? Start);

    [Fact]
    public void Reasons_of_a_call_come_in_their_order()
    {
        var lac = Tunnel(Policy with { NeedsRadius = true, Limits = Limits with { Sessions = 0 } });
        _node.Drain = new DrainState.Draining(Start, null, false, Start, "new line cards");
        _node.Stop("maintenance");
        Observe(2000, new RadiusObservation(false, null, 0, 10, TimeSpan.Zero));

        Assert.Equal(new Refused(RefusalReason.Stopping, Words: "maintenance"),
            Call(lac, out var ticket, inTunnel: 20, isKnown: false, hasId: false));
        Assert.Null(ticket);
        Assert.Equal(RefusalReason.Stopping, _node.Reason);
    }

    [Fact]
    public void Drain_refuses_with_its_reason_and_unknown_lacs_stay_unknown()
    {
        var lac = Tunnel();
        _node.Drain = new DrainState.Draining(Start, null, false, Start, "new line cards");
        Assert.Equal(new Refused(RefusalReason.Draining, Words: "the LNS is being drained: new line cards"), Call(lac, out _));
        Assert.Equal(RefusalReason.Draining, _node.TryTakeTunnel(lac, hasId: true, random: 0)?.Reason);
        Assert.Equal(RefusalReason.UnknownLac, _node.RefuseStranger().Reason);
        _node.Stop("maintenance");
        Assert.Equal(RefusalReason.Stopping, _node.RefuseStranger().Reason);
    }

    [Fact]
    public void Unknown_lac_is_refused_before_load_then_radius_the_tunnel_the_id_and_the_quota()
    {
        var lac = Tunnel(Policy with { NeedsRadius = true, Limits = Limits with { Sessions = 0 } });
        Observe(2000, new RadiusObservation(false, null, 0, 10, TimeSpan.Zero));
        Assert.Equal(RefusalReason.UnknownLac, Call(lac, out _, inTunnel: 20, isKnown: false, hasId: false)?.Reason);
        Assert.Equal(RefusalReason.RadiusUnavailable, Call(lac, out _, inTunnel: 20, hasId: false)?.Reason);
        Observe(2000);
        Assert.Equal(RefusalReason.Load, Call(lac, out _, inTunnel: 20, hasId: false)?.Reason);
        Observe(0);
        Observe(0, now: Start + Settings.Hold);
        Assert.Equal(new Refused(RefusalReason.TunnelSessions, 20), Call(lac, out _, inTunnel: 20, hasId: false));
        Assert.Equal(new Refused(RefusalReason.TunnelSessions, 7), Call(lac, out _, inTunnel: 7, maxPerTunnel: 7, hasId: false));
        Assert.Equal(RefusalReason.NoIdentifier, Call(lac, out _, hasId: false)?.Reason);
        Assert.Equal(RefusalReason.LacSessions, Call(lac, out _)?.Reason);
    }

    [Fact]
    public void Tunnels_of_one_host_name_share_an_account_until_the_last_is_gone()
    {
        var lac = Tunnel(hostName: "lac");
        Assert.Same(lac, Tunnel(hostName: "LAC"));
        Assert.NotSame(lac, Tunnel(hostName: "other"));
        _node.TunnelDown(lac);
        _node.TunnelGone(lac, Start);
        Assert.Same(lac, _node.Find("*", "lac"));
        _node.TunnelDown(lac);
        _node.TunnelGone(lac, Start);
        Assert.Null(_node.Find("*", "lac"));
    }

    [Fact]
    public void A_lac_that_comes_again_continues_with_the_call_rate_it_had()
    {
        var policy = Policy with { Limits = Limits with { CallsPerSecond = 1, CallsBurst = 1 } };
        var lac = Tunnel(policy);
        Assert.Null(Call(lac, out var ticket));
        _node.CallOver(ticket!);
        _node.TunnelDown(lac);
        _node.TunnelGone(lac, Start);
        var again = Tunnel(policy);
        Assert.NotSame(lac, again);
        Assert.Equal(RefusalReason.LacCallRate, Call(again, out _)?.Reason);
    }

    [Fact]
    public void Calls_in_set_up_that_need_radius_count_for_its_outlook_until_they_are_up_or_over()
    {
        var lac = Tunnel(Policy with { NeedsRadius = true });
        var tickets = new CallTicket[20];
        var radius = new RadiusObservation(true, null, Waiting: 0, Workers: 1, RoundTrip: TimeSpan.FromSeconds(0.5)); // 20 calls: 10 s
        for (var i = 0; i < tickets.Length; i++)
        {
            Observe(0, radius);
            Assert.Null(Call(lac, out var ticket));
            tickets[i] = ticket!;
        }
        Observe(0, radius);
        Assert.Equal(RefusalReason.RadiusSlow, Call(lac, out _)?.Reason);
        Assert.Equal(RefusalReason.RadiusSlow, _node.Reason);
        for (var i = 0; i < 5; i++) _node.SetupDone(tickets[i]);
        for (var i = 5; i < 11; i++) Assert.True(_node.CallOver(tickets[i]));
        Observe(0, radius); // 9 calls: 4.5 s, less than half of the limit
        Assert.Null(Call(lac, out _));
        Assert.Null(_node.Reason);
    }

    [Fact]
    public void A_tunnel_moves_to_another_account_with_its_calls_and_with_its_proof()
    {
        var lac = Tunnel();
        Assert.Null(_node.TunnelOpened(lac));
        Assert.Null(Call(lac, out var up));
        _node.SetupDone(up!);
        Assert.Null(Call(lac, out var inSetup));

        var to = _node.Move(lac, Policy with { Entry = "lac" }, isProven: true, isCounted: true, Start);
        foreach (var ticket in new[] { up!, inSetup! }) _node.Move(ticket, to);

        Assert.True(to.IsProven);
        Assert.Equal((0, 0, 0), (lac.Quota.Tunnels, lac.Quota.Sessions, lac.Quota.InSetup));
        Assert.Equal((1, 2, 1), (to.Quota.Tunnels, to.Quota.Sessions, to.Quota.InSetup));
        Assert.Same(to, _node.Find("lac", "lac"));
        Assert.Null(_node.Find("*", "lac"));
        Assert.Equal((true, true), (_node.CallOver(up!), _node.CallOver(inSetup!)));
        Assert.Equal((0, 0), (to.Quota.Sessions, to.Quota.InSetup));
    }

    [Fact] // law: with any events, the counts of a LAC and of the node are those of their present calls
    public void Counts_are_those_of_the_calls_that_are_there() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1], Gen.Int[0, 100]).Array[1, 300].Sample(steps =>
        {
            var node = new NodeAdmission(Settings, Limits with { InSetup = 20 }, Start);
            LacAccount[] lacs = [.. new[] { "a", "b" }.Select(name =>
                node.Open(Policy with { Limits = Limits with { Sessions = 30 } }, name, Start))];
            foreach (var lac in lacs) Assert.Null(node.TryTakeTunnel(lac, hasId: true, random: 0));
            List<CallTicket> tickets = [];
            foreach (var (what, whose, which) in steps)
            {
                if (what <= 1 && node.TryTakeCall(lacs[whose], 0, 1000, true, true, 0, Start, out var ticket) is null) tickets.Add(ticket!);
                if (what > 1 && tickets.Count > 0)
                {
                    var one = tickets[which % tickets.Count];
                    if (what == 2) node.SetupDone(one);
                    else if (node.CallOver(one)) tickets.Remove(one);
                    Assert.False(what == 3 && node.CallOver(one)); // idempotent
                }
                foreach (var lac in lacs)
                {
                    var own = tickets.Where(t => t.Lac == lac).ToArray();
                    Assert.Equal((own.Length, own.Count(static t => t.IsInSetup)), (lac.Quota.Sessions, lac.Quota.InSetup));
                    Assert.True(own.Length <= 30);
                }
                Assert.Equal(tickets.Count(static t => t.IsInSetup), node.InSetup);
                Assert.True(node.InSetup < 2 * 20); // each of two LACs has its share also at the limit
            }
        }, iter: 200);

    private static RadiusObservation Idle(int workers = 1) => new(true, null, Waiting: 0, workers, TimeSpan.Zero);

    private LacAccount Radius(string hostName) =>
        Tunnel(Policy with { NeedsRadius = true, Limits = Limits with { Sessions = 100_000, InSetup = 100_000 } }, hostName);

    [Fact] // a call that is set up and then does nothing asks nothing of RADIUS
    public void Silent_calls_do_not_count_for_radius()
    {
        var node = new NodeAdmission(Settings, Limits with { Sessions = 100_000, InSetup = 100_000 }, Start);
        var lac = node.Open(Policy with { NeedsRadius = true, Limits = Limits with { Sessions = 100_000, InSetup = 100_000 } }, "a", Start);
        Assert.Null(node.TryTakeTunnel(lac, hasId: true, random: 0));
        for (var i = 0; i < 60 * 50; i++) // 50 a second for a minute; one worker answers 167 logins in 10 s
        {
            var now = Start + TimeSpan.FromSeconds(i / 50.0);
            node.Observe(0, Idle(), now);
            Assert.Null(node.TryTakeCall(lac, 0, 100_000, true, true, 0, now, out _));
        }
        Assert.Equal(3000, node.InSetup);
    }

    [Fact]
    public void A_lac_below_its_share_of_logins_gets_in_while_the_one_above_is_refused()
    {
        var (hog, good) = (Radius("hog"), Radius("good"));
        var count = 0;
        Refused? refused = null;
        for (; refused is null; count++)
        {
            Observe(0, Idle());
            refused = Call(hog, out var ticket);
            if (ticket is not null) _node.LoginAsked(ticket);
            if (count == 49) _node.Change(Settings, Limits with { Sessions = 1000, InSetup = 1000 }, Start);
        }
        Assert.Equal((RefusalReason.RadiusSlow, 168), (refused.Value.Reason, count)); // 167 logins of 60 ms: 10 s
        for (var i = 0; i < 42; i++) // half of what is answered in 5 s
        {
            Observe(0, Idle());
            Assert.Null(Call(good, out _));
            Assert.Equal(RefusalReason.RadiusSlow, Call(hog, out _)?.Reason);
        }
        Observe(0, Idle());
        Assert.Equal("RADIUS is too slow for one more login; this LAC has 42, the share of each of 2 LACs is 42", Call(good, out _)?.Text);
    }

    [Fact]
    public void A_lac_whose_own_logins_wait_too_long_is_refused_and_another_one_is_not()
    {
        var (late, good) = (Radius("late"), Radius("good"));
        var radius = Idle(1000) with { OldestLogin = Start - TimeSpan.FromSeconds(10) };
        Observe(0, radius);
        Assert.Equal(RefusalReason.RadiusSlow,
            _node.TryTakeCall(late, 0, 1000, true, true, 0, Start, out _, radius.OldestLogin)?.Reason);
        Assert.Null(Call(good, out _));
    }

    [Fact] // a login counts until its answer, whatever becomes of the set-up
    public void Expected_logins_end_with_the_answer_or_the_call()
    {
        var lac = Radius("a");
        List<CallTicket> tickets = [];
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(Call(lac, out var ticket));
            tickets.Add(ticket!);
        }
        Assert.Equal(10, lac.ExpectedLogins);
        _node.LoginAsked(tickets[0]);
        _node.SetupDone(tickets[1]);
        Assert.Equal(9, lac.ExpectedLogins);
        _node.LoginAsked(tickets[1]); // authenticates again while it is up
        Observe(0, Idle(), Start + NodeAdmission.LoginSoon); // the others are silent
        Assert.Equal(2, lac.ExpectedLogins);
        _node.LoginAnswered(tickets[0]);
        _node.CallOver(tickets[1]);
        _node.LoginAsked(tickets[1]);
        Assert.Equal(0, lac.ExpectedLogins);
    }

    [Fact]
    public void Host_names_that_never_had_a_tunnel_use_up_no_limit()
    {
        for (var i = 0; i < 100; i++) Tunnel(hostName: $"stranger-{i}"); // in set-up: the listener bounds them
        var known = Tunnel(hostName: "known");
        Assert.Null(_node.TunnelOpened(known));
        var wide = Policy with { Limits = Limits with { Tunnels = 100 } };
        for (var i = 0; i < 9; i++) Assert.Null(_node.TunnelOpened(Tunnel(wide, "other")));
        Assert.Equal(RefusalReason.NodeTunnels, _node.TryTakeTunnel(_node.Find("*", "other")!, hasId: true, random: 0)?.Reason);
        for (var i = 0; i < 4; i++) Assert.Null(_node.TunnelOpened(Tunnel(hostName: "known"))); // its share of ten is five
        Assert.Equal("limit of 10 tunnels on this node; this LAC has 5, the share of each of 2 LACs is 5",
            _node.TryTakeTunnel(known, hasId: true, random: 0)?.Text);
    }

    private static readonly Gen<(int Lac, int What, double Pause)[]> Arrivals =
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 5], Gen.Double[0, 0.05]).Array[1, 400];

    [Fact] // law: no LAC below its share is refused while another one is above its share, and no place is refused while one is free
    public void Calls_in_set_up_are_shared() => Arrivals.Sample(script =>
    {
        var limits = Limits with { InSetup = 24, Sessions = 10_000 };
        var node = new NodeAdmission(Settings, limits, Start);
        LacAccount[] lacs = [.. Enumerable.Range(0, 5).Select(i => node.Open(Policy with { Limits = Limits }, $"{i}", Start))];
        List<CallTicket> tickets = [];
        foreach (var (which, what, _) in script)
        {
            var lac = lacs[which];
            if (what == 0 && tickets.Find(t => t.Lac == lac) is { } over)
            {
                node.CallOver(over);
                tickets.Remove(over);
                continue;
            }
            var (total, own) = (node.InSetup, lac.Quota.InSetup);
            var share = 24 / Math.Max(1, lacs.Count(l => l.Quota.InSetup > 0 || l == lac));
            var refused = node.TryTakeCall(lac, 0, 1000, true, true, 0, Start, out var ticket);
            if (ticket is not null) tickets.Add(ticket);
            if (total < 24 || own < share) Assert.Null(refused);
            else Assert.Equal(RefusalReason.NodeInSetup, refused?.Reason);
            Assert.True(node.InSetup < 48);
        }
        foreach (var ticket in tickets) node.CallOver(ticket);
        Assert.Equal((0, 0), (node.InSetup, lacs.Sum(static l => l.Quota.InSetup)));
    });

    [Fact] // one LAC calls without end; the others call at half of their share
    public void The_call_rate_is_shared_and_keeps_its_average()
    {
        var limits = Limits with { CallsPerSecond = 40, CallsBurst = 1, Sessions = 100_000, InSetup = 100_000 };
        var node = new NodeAdmission(Settings, limits, Start);
        LacAccount[] lacs = [.. Enumerable.Range(0, 4).Select(i =>
            node.Open(Policy with { Limits = limits with { CallsPerSecond = null } }, $"{i}", Start))];
        var (taken, refused) = (new int[4], new int[4]);
        for (var tick = 0; tick < 20_000; tick++) // 20 s
        {
            var now = Start + TimeSpan.FromMilliseconds(tick);
            Call(0);
            if (tick % 200 == 100)
                for (var lac = 1; lac < 4; lac++) Call(lac); // 5 a second, the share is 10

            void Call(int lac) => (node.TryTakeCall(lacs[lac], 0, 100_000, true, true, 0, now, out _) is null ? taken : refused)[lac]++;
        }
        Assert.Equal([0, 0, 0], refused[1..]);
        Assert.Equal([100, 100, 100], taken[1..]);
        Assert.InRange(taken.Sum(), 19 * 40, 21 * 40); // and the first LAC has all of the rest
    }
}

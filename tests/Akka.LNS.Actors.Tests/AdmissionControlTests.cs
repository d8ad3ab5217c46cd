using System.Collections.Immutable;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Tests;

/// <summary>The desk at which every SCCRQ and ICRQ asks, without a network.</summary>
public sealed class AdmissionControlTests
{
    private static readonly PeerSettings Everybody = new();
    private readonly CapturingLog _log = new();
    private readonly JumpingClock _clock = new();

    /// <summary>Admission with its inputs: meters and the state of RADIUS.</summary>
    private sealed class Desk(LnsSettings settings, NodeClock clock, CapturingLog log)
    {
        private readonly RadiusMonitor _radius = new();
        private AdmissionControl? _control;

        public AdmissionControl Control => _control ??= new AdmissionControl(
            settings, clock, Counters, log, Meters, new LoadMonitor(settings.Overload), _radius);

        public NodeClock Clock => clock;
        public NodeCounters Counters { get; } = new();
        public MailboxMeters Meters { get; } = new();
        public RadiusCondition Radius { set => _radius.Publish(value); }

        public LacAccount Tunnel(PeerSettings entry, string hostName = "lac")
        {
            Assert.Null(Control.TryTakeTunnel(entry, hostName, hasId: true, out var lac));
            Control.TunnelOpened(lac!);
            return lac!;
        }

        public Refused? Call(LacAccount lac, int ofTunnel = 0, bool hasId = true) => Control.TryTakeCall(lac, ofTunnel, hasId, out _);

        public long Count(string lac, RefusalReason reason) =>
            Counters.Refusals.All.SingleOrDefault(r => r.Lac == lac && r.Reason == reason).Count;
    }

    private Desk Make(Func<LnsSettings, LnsSettings>? change = null) =>
        new(change is null ? TestNode.Default : change(TestNode.Default), new NodeClock(_clock), _log);

    private static RadiusCondition Radius(bool can = true, Instant? oldest = null, int waiting = 0, int roundTripMs = 0) =>
        RadiusCondition.Initial with
        {
            CanAuthenticate = can,
            OldestLogin = oldest,
            Workers = 10,
            Authentication = new RadiusClassCondition(waiting, 10, 0, 0),
            Servers = [new RadiusServerCondition("r", false, ServerStanding.Up, 10, 10, 1, 0, 0, 0, TimeSpan.FromMilliseconds(roundTripMs),
            [])],
        };

    private static LnsSettings WithRadius(LnsSettings s) => s with
    {
        Users = ImmutableDictionary<string, LocalUser>.Empty,
        Radius = new RadiusSettings { Servers = [new RadiusServerSettings { Name = "r", Secret = new Secret("x") }] },
    };

    [Fact]
    public void The_load_of_this_moment_counts_and_not_the_last_sample()
    {
        var desk = Make();
        var lac = desk.Tunnel(Everybody);
        Assert.Null(desk.Call(lac));
        desk.Meters.Serial.Add(60_000);
        Assert.Equal(RefusalReason.Load, desk.Call(lac)?.Reason); // the load has no sample yet
        desk.Meters.Serial.Add(-60_000);
        Assert.Equal(RefusalReason.Load, desk.Call(lac)?.Reason); // the latch
        desk.Control.Tick();
        _clock.Jump(TimeSpan.FromSeconds(2));
        Assert.Null(desk.Call(lac));
        Assert.Equal(2, desk.Count("lac", RefusalReason.Load));
    }

    [Fact]
    public void Radius_shuts_out_only_lacs_that_ask_it_first_and_lets_them_in_by_itself()
    {
        var desk = Make(static s => WithRadius(s) with
        {
            Users = TestNode.Users("demo"),
            Links = s.Links.Add("radius", new LinkTemplate { AuthBy = [AuthSource.Radius] })
                .Add("local", new LinkTemplate { AuthBy = [AuthSource.Local] })
                .Add("local-radius", new LinkTemplate()).Add("open", new LinkTemplate { Policy = new() { AuthMethods = [] } }),
        });
        LacAccount Of(string link) => desk.Tunnel(new PeerSettings { Link = link }, link);
        LacAccount[] free = [Of("local"), Of("local-radius"), Of("open")];
        var bound = Of("radius");
        desk.Radius = Radius(can: false);
        Assert.Equal(new Refused(RefusalReason.RadiusUnavailable), desk.Call(bound));
        Assert.All(free, lac => Assert.Null(desk.Call(lac)));
        Assert.Equal(RefusalReason.RadiusUnavailable, desk.Control.Report().Reason);
        // a tunnel needs no RADIUS
        Assert.Null(desk.Control.TryTakeTunnel(new PeerSettings { Link = "radius" }, "another", hasId: true, out _));
        desk.Radius = Radius();
        Assert.Null(desk.Call(bound));
        Assert.Null(desk.Control.Report().Reason);
    }

    [Fact]
    public void Without_local_users_radius_is_the_first_that_is_asked()
    {
        var desk = Make(WithRadius);
        var lac = desk.Tunnel(Everybody);
        desk.Radius = Radius(can: false);
        Assert.Equal(RefusalReason.RadiusUnavailable, desk.Call(lac)?.Reason);
    }

    [Fact]
    public void A_tunnel_of_an_entry_whose_link_template_a_reload_has_just_removed_is_taken()
    {
        var desk = Make();
        var links = TestNode.Default.Links;
        desk.Control.Change(TestNode.Default with { Links = links.Clear().Add("other", links[Everybody.Link]) });
        var lac = desk.Tunnel(Everybody);
        desk.Control.Change(lac, Everybody);
        Assert.Null(desk.Call(lac));
    }

    [Fact]
    public void A_long_wait_of_a_login_or_a_long_predicted_wait_refuses_calls()
    {
        var desk = Make(WithRadius); // login-timeout 20 s: half of it is too long
        var lac = desk.Tunnel(Everybody);
        var since = desk.Clock.Now;
        desk.Radius = Radius(oldest: since, waiting: 1) with
        {
            OldestLogins = ImmutableDictionary<string, Instant>.Empty.Add("lac", since),
        };
        Assert.Null(desk.Call(lac));
        var other = desk.Tunnel(Everybody, "other");
        _clock.Jump(TimeSpan.FromSeconds(10));
        Assert.Equal(RefusalReason.RadiusSlow, desk.Call(lac)?.Reason);
        Assert.Null(desk.Call(other)); // its logins do not wait
        desk.Radius = Radius(roundTripMs: 100); // 10 workers: 100 a second
        for (var i = 2; i < 1000; i++) Assert.Null(desk.Call(lac));
        Assert.Null(desk.Call(other));
        Assert.Equal(RefusalReason.RadiusSlow, desk.Call(lac)?.Reason);
    }

    [Fact]
    public void Calls_in_set_up_will_ask_too_though_the_backlog_is_still_empty()
    {
        var desk = Make(WithRadius);
        var lac = desk.Tunnel(Everybody);
        desk.Radius = Radius(roundTripMs: 1000); // 10 workers: 10 logins a second, 10 s are too long
        List<CallTicket> taken = [];
        while (desk.Control.TryTakeCall(lac, 0, true, out var ticket) is null) taken.Add(ticket!);
        Assert.Equal(100, taken.Count);
        Assert.Equal(1, desk.Count("lac", RefusalReason.RadiusSlow));
        foreach (var ticket in taken[..50]) desk.Control.SetupDone(ticket);
        Assert.NotNull(desk.Call(lac));
        desk.Control.CallOver(taken[50]);
        Assert.Null(desk.Call(lac)); // less than half of it
    }

    [Fact]
    public void When_ids_run_out_it_is_said()
    {
        var desk = Make();
        var lac = desk.Tunnel(Everybody);
        Assert.Equal(RefusalReason.NoIdentifier, desk.Control.TryTakeTunnel(Everybody, "lac", hasId: false, out _)?.Reason);
        Assert.Equal(RefusalReason.NoIdentifier, desk.Call(lac, hasId: false)?.Reason);
        Assert.Equal(2, desk.Count("lac", RefusalReason.NoIdentifier));
    }

    [Fact]
    public void Limits_are_exact_however_many_ask_at_once()
    {
        var entry = new PeerSettings { Limits = Everybody.Limits with { Sessions = 700, InSetup = 500 } };
        var desk = Make(static s => s with { Sessions = s.Sessions with { Max = 1000 }, Overload = s.Overload with { MaxInSetup = 800 } });
        LacAccount[] lacs = [desk.Tunnel(entry, "a"), desk.Tunnel(entry, "b")];
        var tickets = new CallTicket?[8][];
        Parallel.For(0, tickets.Length, t => tickets[t] = [.. Enumerable.Range(0, 500).Select(i =>
        {
            if (desk.Control.TryTakeCall(lacs[(t + i) % 2], 0, hasId: true, out var ticket) is null && i % 2 == 0)
                desk.Control.SetupDone(ticket!);
            return ticket;
        })]);
        var taken = tickets.SelectMany(static t => t).OfType<CallTicket>().ToArray();
        Assert.Equal(taken.Length, desk.Counters.Sessions);
        Assert.Equal(taken.Count(static t => t.IsInSetup), desk.Control.Report().InSetup);
        Assert.Equal(4000, taken.Length + desk.Counters.Refusals.Total);
        Assert.True(taken.Length <= 1000 && lacs.All(l => l.Quota.Sessions <= 700 && l.Quota.InSetup <= 500)
            && desk.Control.Report().InSetup <= 800);
        Parallel.ForEach(taken.Concat(taken), desk.Control.CallOver); // twice does no harm
        Assert.Equal((0, 0), (desk.Counters.Sessions, desk.Control.Report().InSetup));
        Assert.All(lacs, static l => Assert.Equal((0, 0), (l.Quota.Sessions, l.Quota.InSetup)));
    }

    [Fact]
    public void Tunnels_of_one_host_name_count_together_until_the_last_is_gone()
    {
        var entry = new PeerSettings { Limits = Everybody.Limits with { Tunnels = 2 } };
        var desk = Make();
        var (first, second, other) = (desk.Tunnel(entry), desk.Tunnel(entry, "LAC"), desk.Tunnel(entry, "other"));
        Assert.Same(first, second);
        Assert.NotSame(first, other);
        Assert.Equal(RefusalReason.LacTunnels, desk.Control.TryTakeTunnel(entry, "lac", true, out _)?.Reason);
        desk.Control.TunnelDown(first);
        Assert.Same(first, desk.Tunnel(entry)); // the one that lingers keeps the account
        for (var i = 0; i < 3; i++) desk.Control.TunnelGone(first);
        desk.Control.TunnelDown(first);
        desk.Control.TunnelDown(first);
        Assert.NotSame(first, desk.Tunnel(entry));
    }

    [Fact]
    public void Unknown_lacs_and_ever_new_names_do_not_grow_the_counters()
    {
        var desk = Make();
        for (var i = 0; i < 3000; i++)
        {
            Assert.Equal(RefusalReason.UnknownLac, desk.Control.TryTakeTunnel(null, $"stranger-{i}", true, out _)?.Reason);
            Assert.Equal(RefusalReason.NoIdentifier, desk.Control.TryTakeTunnel(Everybody, $"never-up-{i}", false, out _)?.Reason);
            Assert.NotNull(desk.Call(desk.Tunnel(Everybody, $"lac-{i}"), hasId: false));
        }
        var rows = desk.Counters.Refusals.All.ToArray();
        Assert.Equal(RefusalCounters.MaxNames + 2, rows.Length);
        Assert.Equal(3000, desk.Count("unknown", RefusalReason.UnknownLac));
        Assert.Equal(3000 + 3000 - RefusalCounters.MaxNames, desk.Count("*", RefusalReason.NoIdentifier));
        Assert.Equal(1, desk.Count("lac-7", RefusalReason.NoIdentifier));
        // label values that metrics distinguish
        Assert.Equal(["*", "unknown"], rows.Select(static r => r.Entry).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Refusals_are_logged_once_a_second_for_each_lac_and_reason()
    {
        var desk = Make();
        var (lac, other) = (desk.Tunnel(Everybody, "lac-1"), desk.Tunnel(Everybody, "lac-2"));
        void Storm(LacAccount from, int calls)
        {
            for (var i = 0; i < calls; i++) desk.Call(from, hasId: false);
        }
        Storm(lac, 1000);
        Storm(other, 1);
        Assert.Equal(2, _log.Count("refused: lac")); // the first of each at once
        Assert.True(_log.Has("refused: lac lac-1, count 1,", nameof(RefusalReason.NoIdentifier)), _log.ToString());
        desk.Control.Tick();
        Assert.Equal(2, _log.Count("refused: lac"));
        _clock.Jump(TimeSpan.FromSeconds(1));
        desk.Control.Tick();
        desk.Control.Tick();
        Assert.Equal(3, _log.Count("refused: lac"));
        Assert.True(_log.Has("refused: lac lac-1, count 999,"), _log.ToString());
        Assert.Equal(1000, desk.Count("lac-1", RefusalReason.NoIdentifier));
    }

    [Fact]
    public void Drain_and_stop_refuse_every_new_call_and_tunnel()
    {
        var desk = Make();
        var lac = desk.Tunnel(Everybody);
        desk.Control.Drain = new DrainState.Draining(desk.Clock.Now, null, true, desk.Clock.Now);
        Assert.Equal(RefusalReason.Draining, desk.Call(lac)?.Reason);
        Assert.Equal(RefusalReason.Draining, desk.Control.TryTakeTunnel(Everybody, "lac", true, out _)?.Reason);
        Assert.Equal(RefusalReason.Draining, desk.Control.Report().Reason);
        desk.Control.Drain = DrainState.Serving.Instance;
        Assert.Null(desk.Call(lac));
        desk.Control.Stop(new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "gone fishing"));
        Assert.Equal((RefusalReason.Stopping, "gone fishing"), (desk.Call(lac)?.Reason, desk.Call(lac)?.Text));
        Assert.Equal(RefusalReason.Stopping, desk.Control.TryTakeTunnel(null, "stranger", true, out _)?.Reason);
    }
}

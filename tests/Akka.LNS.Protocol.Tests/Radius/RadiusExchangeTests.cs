using System.Collections.Immutable;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Radius;

public class RadiusExchangeTests
{
    private static readonly ImmutableArray<ServerCandidate> Two = [new(4, TimeSpan.FromSeconds(2), 2), new(9, TimeSpan.FromSeconds(3), 1)];
    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    /// <summary>Runs an exchange in virtual time, from tick to tick; answers come by script at their second.</summary>
    private static List<string> Run(ExchangeEvent.Begin begin, params (double At, ExchangeEvent Event)[] script)
    {
        List<string> log = [];
        ExchangeState state = ExchangeState.Idle.Instance;
        var now = At(0);
        Step(begin);
        var waiting = script.OrderBy(s => s.At).ToList();
        for (var turns = 0; turns < 100; turns++)
        {
            var due = RadiusExchange.NextDeadline(state);
            if (waiting.Count > 0 && (due is not { } d || At(waiting[0].At) <= d))
            {
                now = At(waiting[0].At);
                Step(waiting[0].Event);
                waiting.RemoveAt(0);
            }
            else if (due is { } tick)
            {
                now = tick;
                Step(ExchangeEvent.Tick.Instance);
            }
            else break;
        }
        Assert.IsType<ExchangeState.Ended>(state);
        return log;

        void Step(ExchangeEvent ev)
        {
            (state, var effects) = RadiusExchange.On(state, ev, now);
            foreach (var effect in effects) log.Add($"{now.Ticks / (double)TimeSpan.TicksPerSecond} {Show(effect)}");
        }
    }

    private static string Show(ExchangeEffect effect) => effect switch
    {
        ExchangeEffect.Send s => $"send {s.Server}.{s.Attempt}{(s.NewPacket ? " new" : "")}",
        ExchangeEffect.ServerAnswered a => $"answered {a.Server} {(a.RoundTrip is { } r ? r.TotalSeconds : "?")}",
        ExchangeEffect.ServerTimedOut t => $"lost {t.Server}",
        ExchangeEffect.Completed { Result: ExchangeResult.Answered a } => $"done {a.Code} of {a.Server}",
        ExchangeEffect.Completed { Result: var r } => $"done {r.GetType().Name}",
        _ => throw new InvalidOperationException(),
    };

    [Fact]
    public void An_answer_ends_the_exchange() => Assert.Equal(["0 send 4.1 new", "0.5 answered 4 0.5", "0.5 done AccessAccept of 4"],
        Run(new(Two, At(30)), (0.5, new ExchangeEvent.Answered(4, RadiusCode.AccessAccept))));

    [Fact] // RFC 2865 section 2.5: the same octets to the same server, another packet to another
    public void Missing_answers_use_up_the_retries_of_each_server() => Assert.Equal(
        ["0 send 4.1 new", "2 send 4.2", "4 lost 4", "4 send 9.1 new", "7 lost 9", "7 done TimedOut"], Run(new(Two, At(30))));

    [Fact]
    public void Accounting_takes_a_new_packet_each_time() => Assert.Equal(
        ["0 send 4.1 new", "2 send 4.2 new", "4 lost 4", "4 send 9.1 new", "7 lost 9", "7 done TimedOut"],
            Run(new(Two, At(30), FreshEachAttempt: true)));

    [Fact] // Karn: the answer may be to either of two packets
    public void A_retransmission_is_not_measured() => Assert.Equal(
        ["0 send 4.1 new", "2 send 4.2", "2.25 answered 4 ?", "2.25 done AccessReject of 4"],
            Run(new(Two, At(30)), (2.25, new ExchangeEvent.Answered(4, RadiusCode.AccessReject))));

    [Fact]
    public void A_late_answer_of_a_server_that_was_given_up_counts() => Assert.Equal(
        ["0 send 4.1 new", "2 send 4.2", "4 lost 4", "4 send 9.1 new", "5 answered 4 ?", "5 done AccessAccept of 4"],
        Run(new(Two, At(30)), (5, new ExchangeEvent.Answered(4, RadiusCode.AccessAccept))));

    [Fact]
    public void An_answer_of_a_server_that_was_not_asked_is_ignored() => Assert.Equal(
        ["0 send 4.1 new", "2 send 4.2", "4 lost 4", "4 send 9.1 new", "7 lost 9", "7 done TimedOut"],
        Run(new(Two, At(30)), (1, new ExchangeEvent.Answered(9, RadiusCode.AccessAccept)),
            (1, new ExchangeEvent.Answered(77, RadiusCode.AccessAccept))));

    [Fact]
    public void After_the_deadline_no_packet_is_sent_and_the_last_one_has_its_full_time() => Assert.Equal(
        ["0 send 4.1 new", "2 send 4.2", "4 lost 4", "4 send 9.1 new", "7 lost 9", "7 done TimedOut"], Run(new(Two, At(5))));

    // else its worker is free while the server works on the request: more requests than workers are outstanding, and a record comes twice
    [Fact]
    public void An_answer_after_the_deadline_to_a_packet_before_it_counts() => Assert.Equal(
        ["0 send 4.1 new", "0.25 answered 4 0.25", "0.25 done AccountingResponse of 4"],
            Run(new(Two, At(0.125)), (0.25, new ExchangeEvent.Answered(4, RadiusCode.AccountingResponse))));

    [Fact]
    public void A_login_whose_deadline_has_passed_is_not_sent() => Assert.Equal(["0 done Expired"], Run(new(Two, At(0))));

    [Fact]
    public void Without_servers_an_exchange_ends_at_once()
    {
        Assert.Equal(["0 done NoServer"], Run(new([], At(5))));
        Assert.Equal(["0 done NoServer"], Run(new(default, At(5))));
    }

    [Fact]
    public void An_unreachable_server_is_left_at_once() => Assert.Equal(
        ["0 send 4.1 new", "0.25 lost 4", "0.25 send 9.1 new", "3.25 lost 9", "3.25 done TimedOut"],
        Run(new(Two, At(30)), (0.25, new ExchangeEvent.Unreachable(4)), (0.5, new ExchangeEvent.Unreachable(9)),
            (0.75, new ExchangeEvent.Unreachable(4))));

    [Fact] // the second server takes no packet before 6: it has its full time from then on
    public void A_packet_that_a_rate_does_not_allow_goes_out_later() => Assert.Equal(
        ["0 send 4.1 new", "2 send 4.2", "4 lost 4", "4 send 9.1 new", "6 send 9.1 new", "9 lost 9", "9 done TimedOut"],
            Run(new(Two, At(30)), (4.25, new ExchangeEvent.Postponed(9, At(6)))));

    [Fact]
    public void A_packet_that_a_rate_does_not_allow_before_the_deadline_is_not_sent_and_does_not_count_as_a_timeout() => Assert.Equal(
        ["0 send 4.1 new", "2 send 4.2", "4 lost 4", "4 send 9.1 new", "8 done TimedOut"],
            Run(new(Two, At(8)), (4.25, new ExchangeEvent.Postponed(9, At(60)))));

    [Fact]
    public void No_packet_goes_out_at_or_after_the_deadline() =>
        Assert.Equal(["0 send 4.1 new", "2 done TimedOut"], Run(new(Two, At(2)))[..1].Append(Run(new(Two, At(2)))[^1]));

    [Fact]
    public void A_cancelled_exchange_ends() =>
        Assert.Equal(["0 send 4.1 new", "1 done Cancelled"], Run(new(Two, At(30)), (1, ExchangeEvent.Cancel.Instance)));

    [Fact]
    public void A_tick_too_early_does_nothing()
    {
        var (waiting, _) = RadiusExchange.On(ExchangeState.Idle.Instance, new ExchangeEvent.Begin(Two, At(30)), At(0));
        var (same, effects) = RadiusExchange.On(waiting, ExchangeEvent.Tick.Instance, new Instant(At(2).Ticks - 1));
        Assert.Same(waiting, same);
        Assert.Empty(effects);
    }

    private static readonly Gen<ExchangeEvent> AnyEvent = Gen.OneOf(
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 20]).Select((n, d) =>
            (ExchangeEvent)new ExchangeEvent.Begin([.. Enumerable.Range(0, n).Select(i =>
            new ServerCandidate(i, TimeSpan.FromSeconds(2), 2))], At(d))),
        Gen.Int[0, 3].Select(s => (ExchangeEvent)new ExchangeEvent.Answered(s, RadiusCode.AccessAccept)),
        Gen.Int[0, 3].Select(s => (ExchangeEvent)new ExchangeEvent.Unreachable(s)),
        Gen.Const((ExchangeEvent)ExchangeEvent.Tick.Instance));

    [Fact] // law: an exchange completes at most once, exactly once in the end, and has no effect afterwards
    public void An_exchange_completes_exactly_once() => AnyEvent.Array[0, 30].Sample(events =>
    {
        ExchangeState state = ExchangeState.Idle.Instance;
        var (now, completed) = (At(0), 0);
        foreach (var ev in events.Append(new ExchangeEvent.Begin([], At(99))).Append(ExchangeEvent.Cancel.Instance))
        {
            if (ev is ExchangeEvent.Tick && RadiusExchange.NextDeadline(state) is { } due) now = due;
            (state, var effects) = RadiusExchange.On(state, ev, now);
            foreach (var effect in effects)
            {
                Assert.Equal(0, completed);
                if (effect is ExchangeEffect.Completed) completed++;
            }
            Assert.Equal(completed == 1, state is ExchangeState.Ended);
        }
        Assert.Equal(1, completed);
    });
}

public class ServerHealthTests
{
    private static readonly ServerHealthSettings Settings = new(DeadAfter: 3, DeadTime: TimeSpan.FromSeconds(30),
        SuspectTime: TimeSpan.FromSeconds(10),
        StatusServer: StatusServerUse.On, ProbeInterval: TimeSpan.FromSeconds(5), ProbeTimeout: TimeSpan.FromSeconds(3));
    private static readonly ServerHealthSettings Blind = Settings with { StatusServer = StatusServerUse.Off };
    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    private static (ServerHealthState State, List<string> Log) Run(ServerHealthSettings settings, double until,
        params (double At, ServerHealthEvent Event)[] script) =>
        Run(ServerHealthState.Initial, settings, until, script);

    private static (ServerHealthState State, List<string> Log) Run(ServerHealthState state, ServerHealthSettings settings, double until,
        params (double At, ServerHealthEvent Event)[] script)
    {
        List<string> log = [];
        var waiting = script.ToList();
        for (var turns = 0; turns < 200; turns++)
        {
            var due = ServerHealth.NextDeadline(state);
            Instant now;
            ServerHealthEvent ev;
            if (waiting.Count > 0 && (due is not { } d || At(waiting[0].At) <= d))
                ((now, ev), _) = ((At(waiting[0].At), waiting[0].Event), 0);
            else if (due is { } tick && tick <= At(until)) (now, ev) = (tick, ServerHealthEvent.Tick.Instance);
            else break;
            if (ev is not ServerHealthEvent.Tick) waiting.RemoveAt(0);
            (state, var effects) = ServerHealth.On(state, ev, now, settings);
            foreach (var effect in effects)
            {
                var what = effect is ServerHealthEffect.StandingChanged c ? c.To.ToString() : "probe";
                log.Add($"{now.Ticks / (double)TimeSpan.TicksPerSecond} {what}");
            }
        }
        return (state, log);
    }

    private static readonly ServerHealthEvent Lost = ServerHealthEvent.TimedOut.Instance;
    private static readonly ServerHealthEvent Answer = new ServerHealthEvent.Answered(TimeSpan.FromMilliseconds(80));

    [Fact] // FreeRADIUS holds a rejection for a second (reject_delay)
    public void A_rejection_shows_that_a_server_lives_and_says_nothing_about_its_speed()
    {
        var state = ServerHealth.On(ServerHealthState.Initial, Answer, At(0), Settings).State;
        state = ServerHealth.On(state, Lost, At(1), Settings).State;
        var rejection = new ServerHealthEvent.Answered(TimeSpan.FromSeconds(1), IsRejection: true);
        state = ServerHealth.On(state, rejection, At(2), Settings).State;
        Assert.Equal((ServerStanding.Up, 2L, TimeSpan.FromMilliseconds(80)), (state.Standing, state.Answers, state.SmoothedRoundTrip));
        Assert.Equal(TimeSpan.Zero, ServerHealth.On(ServerHealthState.Initial, rejection, At(0), Settings).State.SmoothedRoundTrip);
    }

    [Fact]
    public void One_lost_exchange_makes_a_server_suspect_and_probed_until_it_answers()
    {
        var (state, log) = Run(Settings, 60, (0, Lost), (1, ServerHealthEvent.ProbeAnswered.Instance));
        Assert.Equal(["0 Suspect", "0 probe", "1 Up"], log);
        Assert.Equal(ServerHealthState.Initial with { Timeouts = 1, ProbesSent = 1, KnowsStatusServer = true }, state);
    }

    [Fact] // a server that does not know RFC 5997 is silent to probes, and may be up
    public void Lost_probes_do_not_count_for_a_server_that_has_never_answered_one()
    {
        var (state, log) = Run(Settings with { StatusServer = StatusServerUse.Auto }, 100, (0, Lost));
        Assert.Equal(["0 Suspect", "0 probe", "8 probe", "10 Up"], log);
        Assert.Equal((1, false), (state.TimeoutsInRow, state.KnowsStatusServer));
    }

    [Fact]
    public void Lost_probes_count_for_a_server_that_has_answered_one_before() =>
        Assert.Equal(["0 Suspect", "0 probe", "1 Up", "20 Suspect", "20 probe", "28 probe", "31 Dead"],
        Run(Settings with { StatusServer = StatusServerUse.Auto }, 35, (0, Lost), (1, ServerHealthEvent.ProbeAnswered.Instance),
            (20, Lost)).Log);

    [Fact]
    public void The_first_answered_probe_revives_a_dead_server() =>
        Assert.Equal(["0 Suspect", "0 probe", "0 Dead", "8 probe", "9 Up"],
            Run(Settings with { StatusServer = StatusServerUse.Auto }, 25, (0, Lost), (0, Lost), (0, Lost),
                (9, ServerHealthEvent.ProbeAnswered.Instance)).Log);

    [Fact]
    public void Three_timeouts_in_a_row_make_a_server_dead_and_probes_go_on()
    {
        var (_, log) = Run(Settings, 20, (0, Lost), (0.5, Lost), (1, Lost), (17.5, ServerHealthEvent.ProbeAnswered.Instance));
        Assert.Equal(["0 Suspect", "0 probe", "1 Dead", "8 probe", "16 probe", "17.5 Up"], log);
    }

    [Fact] // lost probes count like lost exchanges: no login has to try a server that is gone
    public void Lost_probes_make_a_suspect_dead() =>
        Assert.Equal(["0 Suspect", "0 probe", "8 probe", "11 Dead"], Run(Settings, 15, (0, Lost)).Log);

    [Fact]
    public void An_answer_between_timeouts_keeps_a_server_alive()
    {
        var (state, log) = Run(Blind, 8, (0, Lost), (1, Lost), (2, Answer), (3, Lost), (4, Lost));
        Assert.Equal(["0 Suspect", "2 Up", "3 Suspect"], log);
        Assert.Equal((2, 4L, 1L), (state.TimeoutsInRow, state.Timeouts, state.Answers));
    }

    [Fact]
    public void A_suspect_without_probes_is_up_again_after_its_time() =>
        Assert.Equal(["0 Suspect", "10 Up"], Run(Blind, 60, (0, Lost)).Log);

    [Fact]
    public void After_the_dead_time_one_exchange_tries_the_server()
    {
        var (state, log) = Run(Blind, 40, (0, Lost), (0, Lost), (0, Lost));
        Assert.Equal(["0 Suspect", "0 Dead", "30 HalfOpen"], log);
        Assert.True(state.IsUsable);
        (state, _) = ServerHealth.On(state, ServerHealthEvent.Asked.Instance, At(40), Blind);
        Assert.False(state.IsUsable); // the other exchanges do not ask it
        var (dead, again) = ServerHealth.On(state, Lost, At(42), Blind);
        Assert.Equal((ServerStanding.Dead, At(72)), (dead.Standing, dead.Until!.Value));
        Assert.Single(again);
        Assert.Equal(ServerStanding.Up, ServerHealth.On(state, Answer, At(42), Blind).State.Standing);
        var (freed, _) = ServerHealth.On(state, ServerHealthEvent.Tick.Instance, At(70), Blind); // the exchange was cancelled
        Assert.True(freed.IsUsable);
    }

    [Fact]
    public void A_late_answer_revives_a_dead_server() =>
        Assert.Equal(["0 Suspect", "0 Dead", "5 Up"], Run(Blind, 20, (0, Lost), (0, Lost), (0, Lost), (5, Answer)).Log);

    [Fact]
    public void A_late_probe_answer_shows_that_the_server_knows_status_server()
    {
        var (state, log) = Run(Settings, 5, (0, ServerHealthEvent.ProbeAnswered.Instance));
        Assert.Empty(log);
        Assert.True(state.KnowsStatusServer);
    }

    [Theory]
    [InlineData(StatusServerUse.Auto, "0 probe")] // one probe
    [InlineData(StatusServerUse.On, "0 probe 3 Suspect 8 probe 16 probe 19 Dead 24 probe 32 probe")]
    [InlineData(StatusServerUse.Off, "")]
    public void At_the_start_a_server_is_probed_as_the_settings_have_it(StatusServerUse use, string expected)
    {
        var settings = Settings with { StatusServer = use, SuspectTime = TimeSpan.FromSeconds(100) };
        Assert.Equal(expected, string.Join(' ', Run(ServerHealthState.At(At(0), settings), settings, 33).Log));
    }

    [Fact] // a reload has switched probes off: only a trial can find out that the server is alive
    public void Knowledge_of_status_server_counts_only_while_probes_are_sent()
    {
        var knows = ServerHealthState.Initial with { KnowsStatusServer = true };
        Assert.Equal(["0 Suspect", "0 Dead", "30 HalfOpen"], Run(knows, Blind, 40, (0, Lost), (0, Lost), (0, Lost)).Log);
    }

    [Fact] // probes find out that a server is alive before a login has to
    public void A_server_that_knows_status_server_is_tried_by_an_exchange_only_after_ten_dead_times()
    {
        var settings = Settings with { StatusServer = StatusServerUse.Auto, ProbeInterval = TimeSpan.FromSeconds(100) };
        Assert.Equal(["0 Suspect", "0 Dead", "300 HalfOpen"],
            Standings(Run(settings, 320, (0, ServerHealthEvent.ProbeAnswered.Instance), (0, Lost), (0, Lost), (0, Lost)).Log));
        Assert.Equal(["0 Suspect", "0 Dead", "30 HalfOpen"], Standings(Run(settings, 320, (0, Lost), (0, Lost), (0, Lost)).Log));

        static IEnumerable<string> Standings(List<string> log) => log.Where(static l => !l.EndsWith("probe", StringComparison.Ordinal));
    }

    [Fact]
    public void Round_trips_are_smoothed()
    {
        var (state, _) = Run(Settings, 5, (0, Answer), (0, new ServerHealthEvent.Answered(TimeSpan.FromMilliseconds(160))),
            (0, new ServerHealthEvent.Answered(null)));
        Assert.Equal((TimeSpan.FromMilliseconds(90), 3L), (state.SmoothedRoundTrip, state.Answers));
    }

    [Fact] // law: a silent server is not usable after DeadAfter timeouts; one that answers is usable
    public void Usable_follows_the_last_answers() => Gen.Int[0, 4].Array[0, 60].Sample(script =>
    {
        var state = ServerHealthState.Initial;
        var now = At(0);
        foreach (var step in script)
        {
            ServerHealthEvent ev = step switch
            {
                0 => Answer,
                1 => Lost,
                2 => ServerHealthEvent.Asked.Instance,
                3 =>
                ServerHealthEvent.ProbeAnswered.Instance,
                _ => ServerHealthEvent.Tick.Instance
            };
            if (ev is ServerHealthEvent.Tick && ServerHealth.NextDeadline(state) is { } due && due > now) now = due;
            var before = ServerHealth.NextDeadline(state);
            (state, _) = ServerHealth.On(state, ev, now, Settings);
            if (ev is ServerHealthEvent.Answered) Assert.Equal((ServerStanding.Up, 0), (state.Standing, state.TimeoutsInRow));
            if (ev is ServerHealthEvent.Tick && before is { } was && was <= now)
                Assert.True(ServerHealth.NextDeadline(state) is not { } next || next > now || next != was);
            Assert.True(state.TimeoutsInRow < Settings.DeadAfter || state.Standing is ServerStanding.Dead or ServerStanding.HalfOpen);
            // never stuck
            Assert.True(state.Standing == ServerStanding.Up || ServerHealth.NextDeadline(state) is not null
                || (state.Standing == ServerStanding.HalfOpen && state.IsUsable));
        }
    });
}

public class ServerOrderTests
{
    private static RadiusServerPolicy Server(int priority, int weight = 1) => new(priority, weight, TimeSpan.FromSeconds(2), 2);
    private static readonly ServerHealthState Up = ServerHealthState.Initial, Suspect = Up with { Standing = ServerStanding.Suspect },
        Dead = Up with { Standing = ServerStanding.Dead },
        HalfOpen = Up with { Standing = ServerStanding.HalfOpen }, Tried = HalfOpen with { TrialTaken = true };

    private static int[] Order(RadiusServerPolicy[] servers, ServerHealthState[] health, uint random = 7) =>
        [.. ServerOrder.Of(servers, health, random).Select(c => c.Index)];

    [Fact]
    public void Servers_are_asked_in_order_of_priority() => Assert.Equal([2, 0, 1], Order([Server(5), Server(9), Server(1)], [Up, Up, Up]));

    [Fact]
    public void A_suspect_is_asked_after_the_others() =>
        Assert.Equal([1, 2, 0], Order([Server(1), Server(5), Server(9)], [Suspect, Up, Up]));

    [Fact]
    public void A_dead_server_is_not_asked() => Assert.Equal([1], Order([Server(1), Server(2), Server(3)], [Dead, Up, Tried]));

    [Fact]
    public void A_half_open_server_is_tried_in_its_order() => Assert.Equal([0, 1], Order([Server(1), Server(2)], [HalfOpen, Up]));

    [Fact]
    public void Only_servers_of_the_set_are_asked() =>
        Assert.Equal([2], ServerOrder.Of([Server(1), Server(2), Server(3)], [Up, Dead, Up], 7, [false, true, true]).Select(static c =>
            c.Index));

    [Fact]
    public void When_all_servers_are_dead_the_order_is_empty() => Assert.Empty(Order([Server(1)], [Dead]));

    [Fact]
    public void Weights_share_the_requests()
    {
        var first = new int[3];
        for (var i = 0u; i < 4_000; i++) first[Order([Server(1, 1), Server(1, 3), Server(2, 99)], [Up, Up, Up], i * 2654435761u)[0]]++;
        Assert.InRange(first[0], 800, 1_200);
        Assert.Equal((4_000 - first[0], 0), (first[1], first[2]));
    }

    [Fact] // law
    public void Each_usable_server_is_in_the_order_once() =>
        Gen.Select(Gen.Select(Gen.Int[0, 2], Gen.Int[-1, 5], Gen.Int[0, 4]).Array[0, 8], Gen.UInt).Sample((list, random) =>
    {
        ServerHealthState[] kinds = [Up, Suspect, Dead, HalfOpen, Tried];
        var servers = list.Select(l => Server(l.Item1, l.Item2)).ToArray();
        var health = list.Select(l => kinds[l.Item3]).ToArray();
        Assert.Equal(Enumerable.Range(0, list.Length).Where(i => health[i].IsUsable), Order(servers, health, random).Order());
    });
}

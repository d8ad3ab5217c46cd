using Akka.LNS.Protocol.Admission;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Admission;

public class DrainTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));
    private static DrainEvent.Requested Ask(double? within = null, bool exit = true) =>
        new(within is { } w ? TimeSpan.FromSeconds(w) : null, exit);
    private static DrainState.Draining Draining(double since = 0, double? endAt = null, bool exit = true, double reportAt = 10) =>
        new(At(since), endAt is { } e ? At(e) : null, exit, At(reportAt));
    private static DrainState.Drained Drained(double since, bool exit) => new(At(since), exit);

    public sealed record Row(string Name, DrainState Before, DrainEvent Ev, double Now, int Remaining, DrainState After,
        params DrainEffect[] Effects)
    {
        public override string ToString() => Name;
    }

    private static readonly DrainState Serving = DrainState.Serving.Instance;
    private static readonly DrainEvent Tick = DrainEvent.Tick.Instance, Off = DrainEvent.CalledOff.Instance;
    private static readonly DrainEffect Remaining = DrainEffect.SayRemaining.Instance, End = DrainEffect.EndSessions.Instance,
        Exit = DrainEffect.ExitNode.Instance;
    private static DrainEffect.SayBegun Begun(double? within = null, bool exit = true) =>
        new(within is { } w ? TimeSpan.FromSeconds(w) : null, exit);
    private static DrainEffect.SayDrained Empty(double after) => new(TimeSpan.FromSeconds(after));

    public static TheoryData<Row> Table =>
    [
        new Row("serving: time passes", Serving, Tick, 1, 5, Serving),
        new Row("serving: called off", Serving, Off, 1, 5, Serving),
        new Row("serving: ordered with sessions", Serving, Ask(), 1, 5, Draining(1, reportAt: 11), Begun()),
        new Row("serving: ordered with a deadline", Serving, Ask(60), 1, 5, Draining(1, endAt: 61, reportAt: 11), Begun(60)),
        new Row("serving: ordered when empty", Serving, Ask(), 1, 0, Drained(1, true), Begun(), Empty(0), Exit),
        new Row("serving: ordered to stay, when empty", Serving, Ask(exit: false), 1, 0, Drained(1, false), Begun(exit: false), Empty(0)),
        new Row("serving: ordered with a reason", Serving, new DrainEvent.Requested(null, true, "works"), 1, 5,
            Draining(1, reportAt: 11) with { Why = "works" }, Begun() with { Why = "works" }),
        new Row("serving: ordered with a reason when empty", Serving, new DrainEvent.Requested(null, false, "works"), 1, 0,
            Drained(1, false) with { Why = "works" },
            Begun(exit: false) with { Why = "works" }, Empty(0)),
        new Row("draining: the reason stays", Draining() with { Why = "works" }, Tick, 10, 5, Draining(reportAt: 20) with { Why = "works" },
            Remaining),
        new Row("draining: time is up, the reason stays", Draining(endAt: 5) with { Why = "works" }, Tick, 5, 3,
            Drained(5, true) with { Why = "works" }, Remaining, End, Exit),
        new Row("draining: ordered again without a reason, the first reason stays", Draining() with { Why = "works" }, Ask(), 5, 3,
            Draining(0, reportAt: 15) with { Why = "works" }, Begun() with { Why = "works" }),
        new Row("draining: ordered again with a reason", Draining() with { Why = "works" }, new DrainEvent.Requested(null, true, "fire"),
            5, 3,
            Draining(0, reportAt: 15) with { Why = "fire" }, Begun() with { Why = "fire" }),
        new Row("drained: ordered again without a reason, the first reason stays", Drained(4, false) with { Why = "works" }, Ask(), 5, 0,
            Drained(5, true) with { Why = "works" }, Begun() with { Why = "works" }, Empty(0), Exit),
        new Row("draining: some time passes", Draining(), Tick, 9, 5, Draining()),
        new Row("draining: the report is due", Draining(), Tick, 10, 5, Draining(reportAt: 20), Remaining),
        new Row("draining: the last one has gone", Draining(endAt: 60), Tick, 9, 0, Drained(9, true), Empty(9), Exit),
        new Row("draining: the last one has gone, and it stays", Draining(exit: false), Tick, 9, 0, Drained(9, false), Empty(9)),
        new Row("draining: time is up", Draining(endAt: 5), Tick, 5, 3, Drained(5, true), Remaining, End, Exit),
        new Row("draining: time is up, and it stays", Draining(endAt: 5, exit: false), Tick, 5, 3, Draining(exit: false), Remaining, End),
        new Row("draining: called off", Draining(), Off, 5, 3, Serving, DrainEffect.SayCalledOff.Instance),
        new Row("draining: called off as the last one goes", Draining(), Off, 5, 0, Serving, DrainEffect.SayCalledOff.Instance),
        new Row("draining: ordered again with a deadline", Draining(), Ask(30), 5, 3, Draining(0, endAt: 35, reportAt: 15), Begun(30)),
        new Row("draining: ordered again without one", Draining(endAt: 6), Ask(), 5, 3, Draining(0, reportAt: 15), Begun()),
        new Row("draining: ordered to exit after all", Draining(exit: false), Ask(), 5, 3, Draining(0, reportAt: 15), Begun()),
        new Row("drained and stays: time passes", Drained(3, false), Tick, 50, 0, Drained(3, false)),
        new Row("drained and stays: called off", Drained(3, false), Off, 50, 0, Serving, DrainEffect.SayCalledOff.Instance),
        new Row("drained and stays: ordered to exit after all", Drained(3, false), Ask(), 50, 0, Drained(50, true), Begun(), Empty(0),
            Exit),
        new Row("exiting: time passes", Drained(3, true), Tick, 50, 2, Drained(3, true)),
        new Row("exiting: too late to call off", Drained(3, true), Off, 50, 2, Drained(3, true)),
        new Row("exiting: ordered again", Drained(3, true), Ask(), 50, 2, Drained(3, true)),
    ];

    [Theory, MemberData(nameof(Table))]
    public void Each_row(Row row)
    {
        var (after, effects) = Drain.On(row.Before, row.Ev, At(row.Now), row.Remaining, Every);
        Assert.Equal(row.After, after);
        Assert.Equal(row.Effects, effects);
    }

    [Fact] // law: the node exits at most once, and not while sessions remain unless time is up; sessions are never ended without a deadline
    public void No_session_is_ended_before_the_deadline() =>
        Gen.Select(Gen.Int[0, 9], Gen.Double[0, 5], Gen.Int[0, 3], Gen.Bool).Array[1, 100].Sample(steps =>
        {
            var (state, now, exits, endAt) = (Serving, 0.0, 0, (double?)null);
            foreach (var (what, pause, remaining, exit) in steps)
            {
                now += pause;
                var ev = what switch { 0 => Ask(exit: exit), 1 => Ask(3, exit), 2 => Off, _ => Tick };
                if (exits == 0) endAt = what switch { 0 or 2 => null, 1 => now + 3, _ => endAt };
                (state, var effects) = Drain.On(state, ev, At(now), remaining, Every);
                if (effects.Contains(End)) Assert.True(now >= endAt - 1e-6);
                if (!effects.Contains(Exit)) continue;
                exits++;
                Assert.True(remaining == 0 || effects.Contains(End));
            }
            Assert.True(exits <= 1);
        });
}

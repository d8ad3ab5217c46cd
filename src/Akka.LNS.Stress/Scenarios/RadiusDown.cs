using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>An outage of all RADIUS servers.</summary>
internal sealed class RadiusDown : Scenario
{
    public override string Name => "radius-down";
    public override string Summary =>
        "no RADIUS server answers for 60 s (--duration): sessions stay up, new calls are refused at once, every Stop arrives later";
    public override int Sessions => 2_000;
    public override int Extra(int sessions) => Math.Max(20, sessions / 10);

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        var atOnce = TimeSpan.FromSeconds(stage.Options.NoRates ? 10 : 1); // a login that waits for RADIUS fails after 20 s
        var (callers, outage) = (Extra(count), stage.Options.Duration ?? TimeSpan.FromSeconds(60));
        stage.Step("all up");
        load.Retry = RetryPolicy.Default;
        load.BringUp(count, Stage.TimeFor(count), stage.Cancel);
        load.HoldUntil(() => stage.Radius.Counts.Starts >= load.Counters.SetUps, TimeSpan.FromSeconds(30), stage.Cancel);
        stage.ExpectAllUp(count, "before the outage");

        stage.Step("RADIUS down");
        stage.Radius.Behaviour = RadiusBehaviour.Dead;
        load.Retry = null;
        var leaving = count / 10;
        for (var i = 0; i < leaving; i++) load.Drop(i, HangUp.CallDisconnect); // their Stops wait
        var before = stage.Sampler.Resident;
        var start = stage.Sampler.Elapsed;
        // The callers call in turn. Early calls may wait for RADIUS, because the LNS has not detected the outage yet. Calls in the second
        // half must be refused at once.
        var (next, refusedBefore, triedLate, slow) = (0, 0L, 0L, 0L);
        var called = new Dictionary<int, TimeSpan>();
        var half = start + outage / 2;
        while (stage.Sampler.Elapsed - start < outage && !stage.Cancel.IsCancellationRequested)
        {
            var now = stage.Sampler.Elapsed;
            foreach (var (index, at) in called.ToArray())
            {
                var isOver = load.IsIdle(index);
                if (!isOver && now - at <= atOnce) continue;
                if (at > half && !isOver) slow++;
                called.Remove(index);
            }
            var caller = count + next++ % callers;
            if (load.IsIdle(caller) && !called.ContainsKey(caller))
            {
                if (now > half && triedLate++ == 0) refusedBefore = load.Counters.Refused;
                called[caller] = now;
                load.Call(caller);
            }
            load.Hold(TimeSpan.FromMilliseconds(50), stage.Cancel);
        }
        load.Hold(atOnce, stage.Cancel);
        var counters = load.Counters;
        var refused = counters.Refused - refusedBefore;
        stage.Expect("sessions that are up stay up while RADIUS is down", counters.Lost == 0 && counters.Up == count - leaving,
            $"{counters.Up:N0} of {count - leaving:N0}, {counters.Lost:N0} lost");
        stage.Expect("in the second half of the outage each new call is refused at once",
            triedLate > 0 && slow == 0 && refused >= triedLate,
            $"{refused:N0} refused of {triedLate:N0}, {slow:N0} of them not within {atOnce.TotalSeconds} s");
        stage.ExpectRefusalsHaveText();
        if (before is { } then && stage.Sampler.Resident is { } after)
        {
            stage.Expect("memory does not grow during the outage", after <= then * 1.1 + (16 << 20),
                $"{then / 1048576.0:F1} MiB, then {after / 1048576.0:F1} MiB");
        }

        stage.Step("RADIUS is back");
        stage.Radius.Behaviour = RadiusBehaviour.Quick;
        load.HoldUntil(() => stage.Radius.Counts.Stops >= leaving, TimeSpan.FromMinutes(6), stage.Cancel);
        var findings = stage.Radius.Findings;
        stage.Expect("every Stop of the outage arrives, with Acct-Delay-Time",
            stage.Radius.Counts.Stops == leaving && findings.LateStops >= leaving,
            $"{stage.Radius.Counts.Stops:N0} of {leaving:N0}, {findings.LateStops:N0} with Acct-Delay-Time");
        load.Retry = RetryPolicy.Default;
        load.BringUp(count + callers, Stage.TimeFor(count), stage.Cancel);
        stage.ExpectAllUp(count + callers, "after the outage");
        stage.EndAndExpectNothingLeft();
    }
}

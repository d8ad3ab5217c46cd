using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>No RADIUS server answers for a while.</summary>
internal sealed class RadiusDown : Scenario
{
    public override string Name => "radius-down";
    public override string Summary => "RADIUS answers nothing for a minute (--duration): who is up stays, new calls are refused at once, every Stop arrives afterwards";
    public override int Sessions => 2_000;
    public override int Extra(int sessions) => Math.Max(20, sessions / 10);

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        var atOnce = TimeSpan.FromSeconds(stage.Options.NoRates ? 10 : 1); // a login that waits for RADIUS is refused after 20 s
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
        // callers come one after the other, again and again: the first ones, before the LNS knows, may wait for RADIUS; those of the second half are refused at once
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
        stage.Expect("who is up stays up while RADIUS is down", counters.Lost == 0 && counters.Up == count - leaving, $"{counters.Up:N0} of {count - leaving:N0}, {counters.Lost:N0} lost");
        stage.Expect("in the second half of the outage each new call is refused at once", triedLate > 0 && slow == 0 && counters.Refused - refusedBefore >= triedLate,
            $"{counters.Refused - refusedBefore:N0} refused of {triedLate:N0}, {slow:N0} of them not within {atOnce.TotalSeconds} s");
        stage.Expect("every refusal is in words", counters.RefusedInWords == counters.Refused, $"{counters.RefusedInWords:N0} of {counters.Refused:N0}");
        if (before is { } then && stage.Sampler.Resident is { } after)
            stage.Expect("memory stays flat", after <= then * 1.1 + (16 << 20), $"{then / 1048576.0:F1} MiB, then {after / 1048576.0:F1} MiB");

        stage.Step("RADIUS is back");
        stage.Radius.Behaviour = RadiusBehaviour.Quick;
        load.HoldUntil(() => stage.Radius.Counts.Stops >= leaving, TimeSpan.FromMinutes(6), stage.Cancel);
        var findings = stage.Radius.Findings;
        stage.Expect("every Stop of the outage arrives, with Acct-Delay-Time", stage.Radius.Counts.Stops == leaving && findings.LateStops >= leaving,
            $"{stage.Radius.Counts.Stops:N0} of {leaving:N0}, {findings.LateStops:N0} with Acct-Delay-Time");
        load.Retry = RetryPolicy.Default;
        load.BringUp(count + callers, Stage.TimeFor(count), stage.Cancel);
        stage.ExpectAllUp(count + callers, "afterwards");
        stage.EndAndExpectNothingLeft();
    }
}

using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>A power cut: all sessions are lost at once, and everybody redials within a second, while RADIUS takes its time.</summary>
internal sealed class Redial : Scenario
{
    public override string Name => "redial";
    public override string Summary => "all sessions are lost at once and redialled within a second; RADIUS takes 100 ms (--radius); who is refused calls again";

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        var slow = stage.Options.RadiusIsSet ? stage.Options.Radius : RadiusBehaviour.Slow(TimeSpan.FromMilliseconds(100));
        stage.Step("all up");
        load.Retry = RetryPolicy.Default;
        load.BringUp(count, Stage.TimeFor(count), stage.Cancel);
        stage.ExpectAllUp(count, "before the cut");

        stage.Step("all lost and redialled");
        stage.Radius.Behaviour = slow;
        var start = stage.Sampler.Elapsed;
        var before = load.Counters.SetUps;
        for (var i = 0; i < count; i++) load.Drop(i, HangUp.CallDisconnect);
        for (var i = 0; i < count; i++) load.Call(i, TimeSpan.FromSeconds(stage.Random.NextDouble()));
        // the first and the last tenth are left out: in the one everybody is still on its way, in the other some only wait to call again
        TimeSpan? from = null, to = null;
        load.HoldUntil(() =>
        {
            var done = load.Counters.SetUps - before;
            if (from is null && done >= count / 10) from = stage.Sampler.Elapsed;
            if (to is null && done >= count * 9L / 10) to = stage.Sampler.Elapsed;
            return load.Counters.Up >= count && load.Counters.InSetup == 0;
        }, Stage.TimeFor(count), stage.Cancel);
        var all = stage.Sampler.Elapsed - start;
        stage.ExpectAllUp(count, "after the redial");
        stage.Figure("all up again after", $"{all.TotalSeconds:F1} s, {count / all.TotalSeconds:N0}/s");
        stage.Figure("calls refused on the way", $"{load.Counters.Refused:N0}, {load.Counters.RefusedInWords:N0} of them in words");
        stage.Figure("longest from proof to RADIUS", $"{stage.LongestLogin.TotalSeconds:F1} s");
        if (slow.Delay > TimeSpan.Zero && stage.Options.Workers is { } workers && from is { } a && to is { } b && b > a)
        {
            var can = workers / slow.Delay.TotalSeconds;
            var rate = count * 0.8 / (b - a).TotalSeconds;
            stage.ExpectRate($"between 10 and 90 % the sessions come up at 90 % of the {can:N0}/s that {workers} workers can ask, or more", rate >= 0.9 * can, $"{rate:N0}/s");
        }
        if (stage.HasOwnLns) stage.Expect("no login is sent after its deadline", stage.LateLogins == 0, $"{stage.LateLogins:N0}");
        if (load.Counters.Refused > 0) stage.Expect("every refusal is in words", load.Counters.RefusedInWords == load.Counters.Refused, $"{load.Counters.RefusedInWords:N0} of {load.Counters.Refused:N0}");
        stage.Radius.Behaviour = RadiusBehaviour.Quick;
        stage.EndAndExpectNothingLeft();
    }
}

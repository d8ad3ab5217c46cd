using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>A power cut: all sessions end at once, and all subscribers redial within a second while RADIUS is slow.</summary>
internal sealed class Redial : Scenario
{
    public override string Name => "redial";
    public override string Summary =>
        "all sessions end at once and redial within a second; RADIUS answers after 100 ms (--radius); refused subscribers retry";

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        var slow = stage.Options.RadiusIsSet ? stage.Options.Radius : RadiusBehaviour.Slow(TimeSpan.FromMilliseconds(100));
        stage.Step("all up");
        load.Retry = RetryPolicy.Default;
        load.BringUp(count, Stage.TimeFor(count), stage.Cancel);
        stage.ExpectAllUp(count, "before the cut");

        stage.Step("all end and redial");
        stage.Radius.Behaviour = slow;
        var start = stage.Sampler.Elapsed;
        var before = load.Counters.SetUps;
        for (var i = 0; i < count; i++) load.Drop(i, HangUp.CallDisconnect);
        for (var i = 0; i < count; i++) load.Call(i, TimeSpan.FromSeconds(stage.Random.NextDouble()));
        // the rate excludes the first tenth, when all calls are in set-up, and the last, when some subscribers only wait to retry
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
        stage.Figure("calls refused during the redial",
            $"{load.Counters.Refused:N0}, with an Error Message {load.Counters.RefusedWithText:N0}");
        stage.Figure("longest time from password to RADIUS", $"{stage.LongestLogin.TotalSeconds:F1} s");
        if (slow.Delay > TimeSpan.Zero && stage.Options.Workers is { } workers && from is { } a && to is { } b && b > a)
        {
            var can = workers / slow.Delay.TotalSeconds;
            var rate = count * 0.8 / (b - a).TotalSeconds;
            stage.ExpectRate($"from 10 to 90 % of the sessions, the rate is at least 90 % of the capacity of {workers} workers, {can:N0}/s",
                rate >= 0.9 * can, $"{rate:N0}/s");
        }
        stage.ExpectNoLateLogin();
        if (load.Counters.Refused > 0) stage.ExpectRefusalsHaveText();
        stage.Radius.Behaviour = RadiusBehaviour.Quick;
        stage.EndAndExpectNothingLeft();
    }
}

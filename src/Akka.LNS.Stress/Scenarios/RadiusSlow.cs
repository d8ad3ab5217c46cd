using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>A slow RADIUS server.</summary>
internal sealed class RadiusSlow : Scenario
{
    public override string Name => "radius-slow";
    public override string Summary =>
        "RADIUS answers after 10, 100 and 1,000 ms; as many subscribers as it can answer in 30 s (--duration)";

    public override void Play(Stage stage)
    {
        var load = stage.Load;
        load.Retry = RetryPolicy.Default;
        foreach (var milliseconds in (ReadOnlySpan<int>)[10, 100, 1_000])
        {
            var canAsk = (stage.Options.Workers ?? 16) / (milliseconds / 1000.0);
            var count = Math.Min(stage.Sessions, (int)(canAsk * (stage.Options.Duration ?? TimeSpan.FromSeconds(30)).TotalSeconds));
            stage.Step($"up, {milliseconds} ms");
            stage.Radius.Behaviour = RadiusBehaviour.Slow(TimeSpan.FromMilliseconds(milliseconds));
            var start = stage.Sampler.Elapsed;
            load.BringUp(count, Stage.TimeFor(count) + TimeSpan.FromMinutes(2), stage.Cancel);
            var took = stage.Sampler.Elapsed - start;
            stage.ExpectAllUp(count, $"with RADIUS at {milliseconds} ms");
            stage.Figure($"up with RADIUS at {milliseconds} ms",
                $"{count:N0} in {took.TotalSeconds:F1} s, {count / took.TotalSeconds:N0}/s; capacity of the workers {canAsk:N0}/s");
            stage.Step($"down, {milliseconds} ms");
            load.TakeDown(HangUp.CallDisconnect, TimeSpan.FromMinutes(3), stage.Cancel);
            load.HoldUntil(() => stage.AllStopsAreThere, TimeSpan.FromSeconds(120 + 2 * count / canAsk), stage.Cancel);
        }
        stage.Radius.Behaviour = RadiusBehaviour.Quick;
        stage.ExpectNoLateLogin();
        stage.EndAndExpectNothingLeft();
    }
}

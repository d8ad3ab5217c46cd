using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>The published load test of an L2TP server.</summary>
internal sealed class Published : Scenario
{
    private const double LimitedRate = 200; // calls per second
    private const double DropRate = 500;

    public override string Name => "published";
    public override string Summary =>
        "the published load test: all up, 20 times 300 random sessions down and up (--rounds), stay (--duration), all down";

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        stage.Step("up as fast as possible");
        load.BringUp(count, Stage.TimeFor(count), stage.Cancel);
        var first = load.Report();
        stage.Figure("up as fast as possible",
            $"{first.Up:N0} of {count:N0} in {first.Elapsed.TotalSeconds:F1} s, {first.SessionsPerSecond:N0}/s");

        if (load.Counters.Up < count)
        {
            stage.Step("the rest at a limited rate");
            (load.Rate, load.Retry) = (LimitedRate, RetryPolicy.Default);
            load.BringUp(count, Stage.TimeFor(count), stage.Cancel);
        }
        (load.Rate, load.Retry) = (0, RetryPolicy.Default);
        stage.ExpectAllUp(count, "before the churn");

        var some = Math.Min(300, count / 2);
        for (var round = 1; round <= (stage.Options.Rounds ?? 20); round++)
        {
            stage.Step($"churn {round}");
            var chosen = Enumerable.Range(0, count).ToArray();
            stage.Random.Shuffle(chosen);
            foreach (var index in chosen.AsSpan(0, some)) load.Drop(index, HangUp.CallDisconnect);
            foreach (var index in chosen.AsSpan(0, some)) load.Call(index);
            load.WaitUntilUp(Stage.TimeFor(some), stage.Cancel);
        }
        stage.ExpectAllUp(count, "after the churn");

        stage.Step("stay");
        load.Hold(stage.Options.Duration ?? TimeSpan.FromSeconds(20), stage.Cancel);
        stage.ExpectAllUp(count, "after the hold time");

        stage.Step("down one after the other");
        load.Retry = null;
        var start = stage.Sampler.Elapsed;
        for (var i = 0; i < count; i++)
        {
            load.Drop(i, HangUp.CallDisconnect);
            var due = start + TimeSpan.FromSeconds((i + 1) / DropRate);
            if (due > stage.Sampler.Elapsed) load.Hold(due - stage.Sampler.Elapsed, stage.Cancel);
        }
        stage.EndAndExpectNothingLeft();
    }
}

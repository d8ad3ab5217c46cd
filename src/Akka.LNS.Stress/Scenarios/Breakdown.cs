using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>LACs end their tunnels and say nothing about the sessions.</summary>
internal sealed class Breakdown : Scenario
{
    public override string Name => "breakdown";
    public override string Summary => "all up, then the tunnels are dropped, not the sessions; and once more";

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        for (var round = 1; round <= (stage.Options.Rounds ?? 2); round++)
        {
            stage.Step($"up {round}");
            load.Retry = RetryPolicy.Default;
            if (round > 1) load.OpenTunnels(TimeSpan.FromSeconds(60), stage.Cancel);
            load.BringUp(count, Stage.TimeFor(count), stage.Cancel);
            stage.ExpectAllUp(count, $"in round {round}");
            load.Hold(stage.Options.Duration ?? TimeSpan.FromSeconds(5), stage.Cancel);
            stage.Step($"drop the tunnels {round}");
            load.Retry = null;
            stage.Expect($"each StopCCN is acknowledged in round {round}", load.BreakTunnels(TimeSpan.FromSeconds(60), stage.Cancel), "");
            var done = load.HoldUntil(() => stage.Radius.Findings.Open == 0 && stage.Radius.Counts.Starts >= load.Counters.SetUps, TimeSpan.FromMinutes(3), stage.Cancel);
            if (stage.HasOwnLns) stage.Expect($"every session gets its Stop in round {round}", done, $"{stage.Radius.Findings.Open:N0} still open");
        }
        stage.EndAndExpectNothingLeft();
    }
}

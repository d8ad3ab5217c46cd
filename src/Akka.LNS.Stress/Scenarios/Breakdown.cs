using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>LACs close their tunnels without a CDN for each session.</summary>
internal sealed class Breakdown : Scenario
{
    public override string Name => "breakdown";
    public override string Summary => "bring all up, close the tunnels without closing the sessions; twice (--rounds)";

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
            var acknowledged = load.BreakTunnels(TimeSpan.FromSeconds(60), stage.Cancel);
            stage.Expect($"the LNS acknowledges each StopCCN in round {round}", acknowledged, "");
            var done = load.HoldUntil(() => stage.AllStopsAreThere, TimeSpan.FromMinutes(3), stage.Cancel);
            if (stage.HasOwnLns)
                stage.Expect($"every session has a Stop in round {round}", done, $"{stage.Radius.Findings.Open:N0} still open");
        }
        stage.EndAndExpectNothingLeft();
    }
}

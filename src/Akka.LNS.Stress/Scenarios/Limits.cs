namespace Akka.LNS.Stress.Scenarios;

/// <summary>More subscribers than the LNS admits.</summary>
internal sealed class Limits : Scenario
{
    public override string Name => "limits";
    public override string Summary =>
        "bring up more sessions than the limit: each refusal has an Error Message, and sessions that are up stay up";

    /// <summary>An LNS that lns-stress starts admits four of five.</summary>
    public override IReadOnlyList<string> LnsSettings(int sessions) => [$"lns.sessions.max = {Limit(sessions)}"];

    private static int Limit(int sessions) => Math.Max(1, sessions * 4 / 5);

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        stage.Step("up to the limit");
        load.InFlight = 500; // the limit must refuse, not overload
        load.BringUp(count, Stage.TimeFor(count), stage.Cancel);
        var up = load.Counters.Up;
        stage.Figure("up", $"{up:N0} of {count:N0}; {load.Report().SessionsPerSecond:N0}/s");
        stage.Step("stay");
        load.Hold(stage.Options.Duration ?? TimeSpan.FromSeconds(10), stage.Cancel);
        var counters = load.Counters;
        stage.Expect("sessions that are up stay up", counters.Up == up && counters.Lost == 0, $"{counters.Up:N0} of {up:N0}");
        stage.Expect("every other call is refused", counters.Refused == count - up, $"{counters.Refused:N0} refused of {count - up:N0}");
        stage.ExpectRefusalsHaveText();
        stage.Expect("every refusal is CDN 2/7, 2/4 or 4, so that the LAC tries another LNS",
            counters.RefusedToTryAnother == counters.Refused,
            $"{counters.RefusedToTryAnother:N0} of {counters.Refused:N0}");
        if (stage.HasOwnLns)
        {
            stage.Expect("the limit is reached and not exceeded", up <= Limit(count) && counters.Refused > 0 && up >= Limit(count) * 0.99,
                $"{up:N0} of {Limit(count):N0}");
        }
        stage.EndAndExpectNothingLeft();
    }
}

namespace Akka.LNS.Stress.Scenarios;

/// <summary>More subscribers than the LNS takes.</summary>
internal sealed class Limits : Scenario
{
    public override string Name => "limits";
    public override string Summary => "up until something refuses: refused in words, and who is up stays up";

    /// <summary>Our own LNS takes four of five.</summary>
    public override IReadOnlyList<string> LnsSettings(int sessions) => [$"lns.sessions.max = {Limit(sessions)}"];

    private static int Limit(int sessions) => Math.Max(1, sessions * 4 / 5);

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        stage.Step("up until something refuses");
        load.InFlight = 500; // a limit is to refuse, not the storm
        load.BringUp(count, Stage.TimeFor(count), stage.Cancel);
        var up = load.Counters.Up;
        stage.Figure("up", $"{up:N0} of {count:N0}; {load.Report().SessionsPerSecond:N0}/s");
        stage.Step("stay");
        load.Hold(stage.Options.Duration ?? TimeSpan.FromSeconds(10), stage.Cancel);
        var counters = load.Counters;
        stage.Expect("who was up stays up", counters.Up == up && counters.Lost == 0, $"{counters.Up:N0} of {up:N0}");
        stage.Expect("who is not up was refused", counters.Refused == count - up, $"{counters.Refused:N0} refused of {count - up:N0}");
        stage.Expect("every refusal is in words", counters.RefusedInWords == counters.Refused, $"{counters.RefusedInWords:N0} of {counters.Refused:N0}");
        stage.Expect("every refusal is one that a LAC understands (2/7, 2/4, 4)", counters.RefusedToTryAnother == counters.Refused, $"{counters.RefusedToTryAnother:N0} of {counters.Refused:N0}");
        if (stage.HasOwnLns) stage.Expect("as many are up as the limit lets", up <= Limit(count) && counters.Refused > 0 && up >= Limit(count) * 0.99, $"{up:N0} of {Limit(count):N0}");
        stage.EndAndExpectNothingLeft();
    }
}

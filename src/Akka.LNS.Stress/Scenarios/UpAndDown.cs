using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>All subscribers up and down, several times.</summary>
internal sealed class UpAndDown : Scenario
{
    public override string Name => "up-and-down";
    public override string Summary => "all up and all down, ten times (--rounds)";

    public override void Play(Stage stage)
    {
        var (load, count, rounds) = (stage.Load, stage.Sessions, stage.Options.Rounds ?? 10);
        load.Retry = RetryPolicy.Default;
        long? early = null, late = null;
        var up = 0;
        var ended = 0;
        for (var round = 1; round <= rounds; round++)
        {
            stage.Step($"up {round}");
            if (load.BringUp(count, Stage.TimeFor(count), stage.Cancel) && load.AddressesInUse() == (count, count)) up++;
            stage.Step($"down {round}");
            var how = round % 2 == 0 ? HangUp.TerminateRequest : HangUp.CallDisconnect;
            if (load.TakeDown(how, TimeSpan.FromMinutes(3), stage.Cancel)) ended++;
            load.HoldUntil(() => stage.AllStopsAreThere, TimeSpan.FromMinutes(3), stage.Cancel);
            if (round == (rounds + 1) / 2) early = stage.Sampler.Resident;
            if (round == rounds) late = stage.Sampler.Resident;
        }
        stage.Expect("every subscriber is up, each with an address of its own, in each round", up == rounds, $"{up} of {rounds} rounds");
        stage.Expect("the LNS acknowledges the end of each session in each round", ended == rounds, $"{ended} of {rounds} rounds");
        if (early is { } before && late is { } after)
        {
            stage.Figure("memory after half of the rounds, and at the end", $"{before / 1048576.0:F0} and {after / 1048576.0:F0} MiB");
            stage.Expect("memory does not grow from round to round", after <= before * 1.25 + (32 << 20),
                $"{before / 1048576.0:F0} MiB, then {after / 1048576.0:F0} MiB");
        }
        stage.EndAndExpectNothingLeft();
    }
}

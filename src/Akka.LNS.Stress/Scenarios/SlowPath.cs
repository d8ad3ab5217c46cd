using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>Subscribers behind paths that are slower than the first retransmissions of PPP.</summary>
internal sealed class SlowPath : Scenario
{
    private static readonly TimeSpan[] RoundTrips = [TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(4)];

    /// <summary>Longest set-up by the defaults: links.setup-timeout, then bundles.setup-timeout, and a round trip for the last
    /// message.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(64);

    public override string Name => "slow-path";
    public override string Summary =>
        "PPP needs 2.5 s, then 4 s from the LNS to the subscribers and back: each comes up within the limits of its set-up";
    public override int Sessions => 600;

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        load.InFlight = count;
        foreach (var roundTrip in RoundTrips)
        {
            var with = $"with a round trip of {roundTrip.TotalSeconds} s";
            stage.Step($"up {with}");
            load.RoundTrip = roundTrip;
            var (start, before) = (stage.Sampler.Elapsed, load.Counters.PppRetransmits);
            load.BringUp(count, Limit, stage.Cancel);
            var took = stage.Sampler.Elapsed - start;
            stage.ExpectAllUp(count, with);
            stage.Expect($"no subscriber is longer in set-up than the limits allow {with}", load.Counters.InSetup == 0,
                $"{load.Counters.InSetup:N0} after {took.TotalSeconds:F1} s");
            stage.Figure($"all up {with} after", $"{took.TotalSeconds:F1} s");
            stage.Figure($"requests that subscribers sent again {with}", $"{load.Counters.PppRetransmits - before:N0}");
            stage.Step($"down {with}");
            load.TakeDown(HangUp.CallDisconnect, TimeSpan.FromMinutes(3), stage.Cancel);
            load.Hold(roundTrip, stage.Cancel); // frames that are on the way arrive
            load.HoldUntil(() => stage.AllStopsAreThere, TimeSpan.FromMinutes(3), stage.Cancel);
        }
        load.RoundTrip = TimeSpan.Zero;
        stage.EndAndExpectNothingLeft();
    }
}

using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>Malformed messages between the correct ones.</summary>
internal sealed class Fuzz : Scenario
{
    private const double WrongMessages = 1_000; // altered messages per second

    public override string Name => "fuzz";
    public override string Summary => "send altered messages in a quarter of the tunnels; the other subscribers stay up";

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        var fuzzer = new MessageFuzzer(stage.Options.Seed, WrongMessages);
        load.Retry = RetryPolicy.Default;
        load.FuzzLast(Math.Max(1, load.Tunnels / 4), fuzzer);
        var clean = Enumerable.Range(0, count).Where(i => !load.IsFuzzed(i)).ToArray();
        stage.Step("up");
        for (var i = 0; i < count; i++) load.Call(i);
        load.HoldUntil(() => Array.TrueForAll(clean, load.IsUp), Stage.TimeFor(count), stage.Cancel);
        stage.Expect("every subscriber without altered messages is up", Array.TrueForAll(clean, load.IsUp),
            $"{clean.Count(load.IsUp):N0} of {clean.Length:N0}");
        stage.Step("stay, with calls that come and go");
        var end = stage.Sampler.Elapsed + (stage.Options.Duration ?? TimeSpan.FromSeconds(60));
        while (stage.Sampler.Elapsed < end && !stage.Cancel.IsCancellationRequested)
        {
            for (var i = 0; i < Math.Min(20, count); i++) // new calls give new messages to alter
            {
                var index = stage.Random.Next(count);
                if (!load.IsFuzzed(index)) continue;
                load.Drop(index, stage.Random.Next(2) == 0 ? HangUp.CallDisconnect : HangUp.TerminateRequest);
                load.Call(index);
            }
            load.Hold(TimeSpan.FromMilliseconds(100), stage.Cancel);
        }
        stage.Figure("altered messages sent", $"{fuzzer.Sent:N0}; not sent, because they could reach another LAC: {fuzzer.Skipped:N0}");
        stage.Figure("sessions lost in tunnels with altered messages", $"{load.Counters.LostFuzzed:N0}");
        stage.Expect("every subscriber without altered messages stays up", Array.TrueForAll(clean, load.IsUp) && load.Counters.Lost == 0,
            $"{clean.Count(load.IsUp):N0} of {clean.Length:N0}, {load.Counters.Lost:N0} lost");
        load.Fuzzer = null;
        stage.Step("without altered messages");
        for (var index = 0; index < count; index++)
        {
            // an altered message may have ended the call at the LNS, which need not report that
            if (load.IsFuzzed(index)) load.Drop(index, HangUp.CallDisconnect);
            load.Call(index);
        }
        load.WaitUntilUp(TimeSpan.FromMinutes(3), stage.Cancel);
        stage.ExpectAllUp(count, "after the altered messages");
        stage.EndAndExpectNothingLeft();
    }
}

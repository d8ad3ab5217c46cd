using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>Wrong messages among the right ones.</summary>
internal sealed class Fuzz : Scenario
{
    private const double WrongMessages = 1_000; // per second

    public override string Name => "fuzz";
    public override string Summary => "in a quarter of the tunnels each kind of message comes with something changed; the other subscribers do not notice";

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
        stage.Expect("every subscriber without wrong messages is up", Array.TrueForAll(clean, load.IsUp), $"{clean.Count(load.IsUp):N0} of {clean.Length:N0}");
        stage.Step("stay, with calls that come and go");
        var end = stage.Sampler.Elapsed + (stage.Options.Duration ?? TimeSpan.FromSeconds(60));
        while (stage.Sampler.Elapsed < end && !stage.Cancel.IsCancellationRequested)
        {
            for (var i = 0; i < Math.Min(20, count); i++) // so that there is always something to change
            {
                var index = stage.Random.Next(count);
                if (!load.IsFuzzed(index)) continue;
                load.Drop(index, stage.Random.Next(2) == 0 ? HangUp.CallDisconnect : HangUp.TerminateRequest);
                load.Call(index);
            }
            load.Hold(TimeSpan.FromMilliseconds(100), stage.Cancel);
        }
        stage.Figure("wrong messages sent", $"{fuzzer.Sent:N0}; {fuzzer.Skipped:N0} left out, since they could have hit a neighbour or a right message");
        stage.Figure("sessions lost in tunnels with wrong messages", $"{load.Counters.LostFuzzed:N0}");
        stage.Expect("who had no wrong messages stays up", Array.TrueForAll(clean, load.IsUp) && load.Counters.Lost == 0, $"{clean.Count(load.IsUp):N0} of {clean.Length:N0}, {load.Counters.Lost:N0} lost");
        load.Fuzzer = null;
        stage.Step("without wrong messages");
        for (var index = 0; index < count; index++)
        {
            if (load.IsFuzzed(index)) load.Drop(index, HangUp.CallDisconnect); // the LNS may have ended it by a wrong message, and has not to say so
            load.Call(index);
        }
        load.WaitUntilUp(TimeSpan.FromMinutes(3), stage.Cancel);
        stage.ExpectAllUp(count, "when they are over");
        stage.EndAndExpectNothingLeft();
    }
}

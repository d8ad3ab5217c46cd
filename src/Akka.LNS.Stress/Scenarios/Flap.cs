using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>Each client connects, disconnects and reconnects three times within a second under its own user name.</summary>
internal sealed class Flap : Scenario
{
    private const int Times = 3;
    private const int AtATime = 200; // clients, so 600 set-ups per second: two processors can do that beside the rest

    public override string Name => "flap";
    public override string Summary =>
        "each client connects and disconnects three times a second under its own user name; 200 clients at a time";

    public override void Play(Stage stage)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        load.Retry = RetryPolicy.Default;
        var period = TimeSpan.FromSeconds(1.0 / Times);
        var rounds = new int[count];
        var began = new TimeSpan[count];
        var next = new TimeSpan[count];
        long inTime = 0;
        var (done, waiting) = (0, 0);
        var active = new List<int>();
        stage.Step("flap");
        load.HoldUntil(() =>
        {
            var now = stage.Sampler.Elapsed;
            for (; active.Count < AtATime && waiting < count; waiting++)
            {
                active.Add(waiting);
                (began[waiting], next[waiting]) = (now, now + period);
                load.Call(waiting);
            }
            for (var i = active.Count - 1; i >= 0; i--)
            {
                var index = active[i];
                if (!load.IsUp(index) || now < next[index]) continue;
                if (++rounds[index] == Times)
                {
                    if (now - began[index] <= TimeSpan.FromSeconds(1.2)) inTime++;
                    active.RemoveAt(i); // it stays up
                    done++;
                    continue;
                }
                next[index] = now + period;
                load.Drop(index, HangUp.CallDisconnect);
                load.Call(index);
            }
            return done == count;
        }, Stage.TimeFor(count * Times), stage.Cancel);
        stage.Figure("clients that connected three times within a second", $"{inTime:N0} of {count:N0}");
        stage.Expect("each client connects three times", load.Counters.SetUps >= (long)count * Times,
            $"{load.Counters.SetUps:N0} set-ups of {count:N0} clients");
        load.WaitUntilUp(TimeSpan.FromSeconds(30), stage.Cancel);
        stage.ExpectAllUp(count, "at the end");
        stage.EndAndExpectNothingLeft();
        if (!stage.HasOwnLns) return;
        stage.Expect("for each user the Stop of a session precedes the Start of the next one", stage.Radius.Findings.Overlaps == 0,
            $"{stage.Radius.Findings.Overlaps:N0} Starts before the Stop of the previous session");
    }
}

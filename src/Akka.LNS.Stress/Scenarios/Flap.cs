using Akka.LNS.Stress.Lacs;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>Clients that connect, drop and reconnect three times within a second, each on its own user name.</summary>
internal sealed class Flap : Scenario
{
    private const int Times = 3;
    private const int AtATime = 200; // clients; 600 set-ups per second is what two processors can do beside all else

    public override string Name => "flap";
    public override string Summary => "each client connects, drops and reconnects three times a second on one user name, 200 clients at a time";

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
                    active.RemoveAt(i); // and it stays up
                    done++;
                    continue;
                }
                next[index] = now + period;
                load.Drop(index, HangUp.CallDisconnect);
                load.Call(index);
            }
            return done == count;
        }, Stage.TimeFor(count * Times), stage.Cancel);
        stage.Figure("clients that made it three times within a second", $"{inTime:N0} of {count:N0}");
        stage.Expect("each client came up three times", load.Counters.SetUps >= (long)count * Times, $"{load.Counters.SetUps:N0} set-ups of {count:N0} clients");
        load.WaitUntilUp(TimeSpan.FromSeconds(30), stage.Cancel);
        stage.ExpectAllUp(count, "in the end");
        stage.EndAndExpectNothingLeft();
        if (stage.HasOwnLns)
        {
            stage.Expect("the accounts of each user are in order: a Stop before the next Start", stage.Radius.Findings.Overlaps == 0, $"{stage.Radius.Findings.Overlaps:N0} Starts before the Stop of the session before");
        }
    }
}

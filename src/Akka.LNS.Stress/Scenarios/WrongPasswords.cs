using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Wire;

namespace Akka.LNS.Stress.Scenarios;

/// <summary>One LAC whose lines have a wrong password and dial again at once, beside the LACs of the good lines.</summary>
internal sealed class WrongPasswords : Scenario
{
    private const int Lines = 150;
    private static readonly TimeSpan RejectDelay = TimeSpan.FromSeconds(1); // the default of FreeRADIUS

    public override string Name => "wrong-passwords";
    public override string Summary =>
        "150 lines of one LAC repeat a wrong password each 0.1 to 0.3 s, RADIUS delays rejections by 1 s; the other LACs dial";
    public override int Sessions => 600;

    public override void Play(Stage stage)
    {
        var load = stage.Load;
        stage.Radius.Behaviour = stage.Options.Radius with { RejectDelay = RejectDelay };
        load.Retry = RetryPolicy.Default;
        Dial(stage, "warm up"); // a new LNS compiles its code meanwhile
        var alone = Dial(stage, "alone");
        var refused = load.Counters.Refused;
        var again = Dial(stage, "alone again");
        var refusedAlone = load.Counters.Refused - refused;
        if (again > alone) alone = again;
        refused = load.Counters.Refused;

        var failing = new LoadGenerator(load.Settings with
        {
            Sessions = Lines,
            Tunnels = 1,
            FirstLac = new Ipv4Address(0x7F020001),
            LacAddresses = 1,
            HostName = "wrong-password-",
            UserPrefix = "w",
            Password = load.Settings.Password + " no more",
            Retry = new RetryPolicy(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.2), 0.5),
        });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stage.Cancel);
        var thread = new Thread(() => Fail(failing, over.Token)) { IsBackground = true, Name = "lines with a wrong password" };
        var before = stage.Radius.Counts;
        thread.Start();
        var first = Dial(stage, "with lines that begin to fail");
        stage.Step("lines fail");
        var rejectedAt = (stage.Sampler.Elapsed, stage.Radius.Counts.Rejected);
        load.Hold(stage.Options.Duration ?? TimeSpan.FromSeconds(20), stage.Cancel);
        var seconds = (stage.Sampler.Elapsed - rejectedAt.Elapsed).TotalSeconds;
        var perSecond = (stage.Radius.Counts.Rejected - rejectedAt.Rejected) / seconds;
        var later = Dial(stage, "with lines that fail");
        over.Cancel();
        thread.Join();
        var (tried, up) = (failing.Counters.Started, failing.Counters.SetUps);
        failing.Dispose();

        stage.Figure("good lines up alone after", $"{alone.TotalSeconds:F2} s");
        stage.Figure("good lines up after, with lines that begin to fail", $"{first.TotalSeconds:F2} s");
        stage.Figure("good lines up after, with lines that fail", $"{later.TotalSeconds:F2} s");
        stage.Figure("calls of the lines with a wrong password", $"{tried:N0}");
        stage.Figure("rejections by RADIUS",
            $"{stage.Radius.Counts.Rejected - before.Rejected:N0}, while no other line dials {perSecond:F1}/s");
        stage.Expect("no line with a wrong password comes up", tried >= Lines && up == 0, $"{up:N0} of {tried:N0} calls");
        // thousands that dial at once are refused for a while by the limits of the node; twice, since they dial twice more
        var refusedBeside = load.Counters.Refused - refused;
        stage.ExpectRate("good lines are refused no more than alone", refusedBeside <= 2.5 * refusedAlone,
            $"{refusedBeside:N0} calls in two rounds, alone {refusedAlone:N0} in one");
        stage.Expect("the LNS answers repeated failures itself", perSecond <= Lines / 5.0, $"{perSecond:F1} rejections by RADIUS a second");
        foreach (var (took, when) in ((TimeSpan, string)[])[(first, "begin to fail"), (later, "fail")])
        {
            stage.ExpectRate($"with lines that {when}, the good lines need at most twice the time", took <= 2 * alone,
                $"{took.TotalSeconds:F2} s, alone {alone.TotalSeconds:F2} s");
        }
        stage.Radius.Behaviour = RadiusBehaviour.Quick;
        stage.EndAndExpectNothingLeft();
    }

    /// <summary>All good lines up and down. Returns the time until the last one is up.</summary>
    private static TimeSpan Dial(Stage stage, string step)
    {
        var (load, count) = (stage.Load, stage.Sessions);
        stage.Step($"up, {step}");
        var start = stage.Sampler.Elapsed;
        load.BringUp(count, Stage.TimeFor(count), stage.Cancel);
        var took = stage.Sampler.Elapsed - start;
        stage.ExpectAllUp(count, step);
        stage.Step($"down, {step}");
        load.TakeDown(HangUp.CallDisconnect, TimeSpan.FromMinutes(3), stage.Cancel);
        load.HoldUntil(() => stage.AllStopsAreThere, TimeSpan.FromMinutes(3), stage.Cancel);
        return took;
    }

    private static void Fail(LoadGenerator failing, CancellationToken cancel)
    {
        if (!failing.OpenTunnels(TimeSpan.FromSeconds(60), cancel)) return;
        for (var i = 0; i < Lines; i++) failing.Call(i);
        failing.Hold(TimeSpan.FromDays(1), cancel);
        failing.TakeDown(HangUp.CallDisconnect, TimeSpan.FromSeconds(30), CancellationToken.None);
        failing.CloseTunnels(TimeSpan.FromSeconds(30), CancellationToken.None);
    }
}

using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class DrainVerb
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), Order = TimeSpan.FromMilliseconds(50);
    private const int OrderLooks = 200;

    public static Command Make()
    {
        var exit = new Option<bool>("--exit") { Description = "lnsd ends with the last session." };
        var deadline = new Option<string?>("--deadline") { Description = "The sessions that remain are ended after so long: 90s, 30m, 2h, 1d.", HelpName = "DURATION" };
        var reason = new Option<string?>("--reason") { Description = "Why; LACs that are refused are told, and it is in the log and the status.", HelpName = "TEXT" };
        var wait = new Option<bool>("--wait") { Description = "Until the last session has gone." };
        return new Command("drain", "Empties the node: takes nothing new and lets sessions end by themselves.") { exit, deadline, reason, wait }.Does(async run =>
        {
            TimeSpan? within = null;
            if (run.Get(deadline) is { } text && !Units.TryParseDuration(text, out within)) throw CtlException.Usage($"--deadline: found '{text}'; allowed: 90s, 30m, 2h, 1d");
            await run.Api.DrainAsync(new DrainRequest(run.Get(exit), within?.TotalSeconds, run.Get(reason)), run.Cancel);
            var now = await BegunAsync(run, run.Get(exit));
            if (run.Get(wait)) now = await WaitAsync(run, now, run.Get(exit));
            Say(run.Output, now);
            return ExitCode.Ok;
        });
    }

    public static void Say(Output output, DrainReport now)
    {
        if (output.IsJson) output.Json(now, ApiJson.Default.DrainReport);
        else output.Line(Text(now));
    }

    /// <summary>It is ordered, and begins at once or a moment later.</summary>
    public static async Task<DrainReport> UntilAsync(Run run, Func<DrainReport, bool> isSo, string what)
    {
        for (var look = 0; look < OrderLooks; look++)
        {
            var now = await run.Api.GetDrainAsync(run.Cancel);
            if (isSo(now)) return now;
            await Task.Delay(Order, run.Cancel);
        }
        throw new CtlException(ExitCode.Failed, what);
    }

    private static async Task<DrainReport> BegunAsync(Run run, bool exit)
    {
        try
        {
            return await UntilAsync(run, static r => r.State != "serving", "the drain was ordered and has not begun");
        }
        catch (LnsApiException e) when (exit && e.Status is null)
        {
            return Gone;
        }
    }

    /// <summary>An empty node that ends with its last session may be gone before it can be asked.</summary>
    private static DrainReport Gone => new("drained", 0, true, null);

    private static async Task<DrainReport> WaitAsync(Run run, DrainReport now, bool exit)
    {
        var said = -1;
        while (now.State == "draining")
        {
            if (now.Sessions != said && !run.Output.IsJson) run.Output.Line(Text(now));
            said = now.Sessions;
            await Task.Delay(Look, run.Cancel);
            try
            {
                now = await run.Api.GetDrainAsync(run.Cancel);
            }
            catch (LnsApiException e) when (exit && e.Status is null)
            {
                return Gone;
            }
        }
        return now.State == "drained" ? now : throw new CtlException(ExitCode.Failed, "the drain was called off");
    }

    private static string Text(DrainReport now) =>
        $"{now.State}: {now.Sessions} sessions{(now.EndsInSeconds is { } ends ? $", ended in {Units.Duration(ends)}" : "")}{(now.Exit ? ", lnsd ends with the last" : "")}{(now.Reason is { } why ? $": {why}" : "")}";
}

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
        var exit = new Option<bool>("--exit") { Description = "lnsd exits after the last session." };
        var deadline = Deadline.Option();
        var reason = new Option<string?>("--reason")
        {
            Description = "Reason for the log, the status and the error message to refused LACs.", HelpName = "TEXT",
        };
        var wait = new Option<bool>("--wait") { Description = "Wait until the last session has ended." };
        const string description = "Refuse new tunnels and calls and let the existing sessions end.";
        return new Command("drain", description) { exit, deadline, reason, wait }.Does(async run =>
        {
            var order = new DrainRequest(run.Get(exit), Deadline.Of(run, deadline), run.Get(reason));
            await run.Api.DrainAsync(order, run.Cancel);
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

    /// <summary>Polls until the drain has the state that was ordered. An order takes effect a moment later.</summary>
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
            return await UntilAsync(run, static r => r.State != "serving", "the drain was ordered but has not started");
        }
        catch (LnsApiException e) when (exit && e.Status is null)
        {
            return Gone;
        }
    }

    /// <summary>Report of an empty node that exited before it could be polled.</summary>
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
        return now.State == "drained" ? now : throw new CtlException(ExitCode.Failed, "the drain was canceled");
    }

    private static string Text(DrainReport now)
    {
        var deadline = now.EndsInSeconds is { } ends ? $", deadline in {DurationText.Show(ends)}"
            : now.State == "draining" ? ", no deadline" : "";
        var exit = now.Exit ? ", lnsd exits after the last session" : "";
        return $"{now.State}: {now.Sessions} sessions{deadline}{exit}{(now.Reason is { } why ? $": {why}" : "")}";
    }
}

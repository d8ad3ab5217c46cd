using System.CommandLine;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class UndrainVerb
{
    public static Command Make() => new Command("undrain", "Cancel a drain.").Does(static async run =>
    {
        await run.Api.UndrainAsync(run.Cancel);
        const string failure = "the drain was canceled but the node is still draining";
        DrainVerb.Say(run.Output, await DrainVerb.UntilAsync(run, static r => r.State == "serving", failure));
        return ExitCode.Ok;
    });
}

using System.CommandLine;

namespace Akka.LNS.Ctl.Verbs;

internal static class UndrainVerb
{
    public static Command Make() => new Command("undrain", "Calls a drain off.").Does(static async run =>
    {
        await run.Api.UndrainAsync(run.Cancel);
        DrainVerb.Say(run.Output, await DrainVerb.UntilAsync(run, static r => r.State == "serving", "it was ordered, and the node still drains"));
        return ExitCode.Ok;
    });
}

using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class LacVerb
{
    public static Command Make()
    {
        var name = new Argument<string>("name") { Description = "Host Name of the LAC: the first column of lacs." };
        return new Command("lac", "One LAC: set-ups, ends, restarts and refusals.") { name }.Does(async run =>
        {
            var found = await run.Api.GetLacAsync(run.Get(name)!, run.Cancel);
            if (run.Output.IsJson) run.Output.Json(found, ApiJson.Default.LacRow);
            else run.Output.Facts(Describe(found));
            return ExitCode.Ok;
        });
    }

    private static Facts Describe(LacRow l) => new Facts().Section("lac").Add("name", l.Name)
        .Add("addresses", string.Join(", ", l.Addresses)).Add("tunnels", l.Tunnels).Add("sessions", l.Sessions)
        .Add("last restart", l.LastRestart is { } at ? Units.Time(at) : "none since the start of lnsd")
        .Section("set-ups").Add("subscribers that came up", l.SetUps).Add("failed", l.SetUpsFailed)
        .Add("failed in the last minute", l.FailuresPerMinute)
        .Add("most frequent cause, last hour", l.TopFailure?.ToString() ?? "none failed")
        .Section("sessions that ended").Add("ended", l.SessionsEnded).Add("ended in the last minute", l.EndsPerMinute)
        .Add("most frequent cause, last hour", l.TopEnd?.ToString() ?? "none ended")
        .Section("refused tunnels and calls").Add("refused", l.Refused.Total).Add("reasons", l.Refused.ToText());
}

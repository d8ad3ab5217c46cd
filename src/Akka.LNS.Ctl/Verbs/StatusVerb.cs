using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class StatusVerb
{
    public static Command Make() => new Command("status", "What runs there, how much it carries, and whether it takes more.").Does(static async run =>
    {
        var now = await run.Api.GetStatusAsync(run.Cancel);
        if (run.Output.IsJson) run.Output.Json(now, ApiJson.Default.StatusReport);
        else
        {
            run.Output.Facts(new Facts().Add("node", now.Node).Add("group", now.Group).Add("version", now.Version).Add("started", Units.Time(now.Started))
                .Add("up", Units.Duration(now.UptimeSeconds)).Add("listening", string.Join(", ", now.Listening)).Add("data plane", now.Plane).Add("verdict", now.Verdict).Add("drained because", now.DrainReason)
                .Add("load", Units.Number(now.Load)).Add("tunnels", Units.Number(now.Tunnels)).Add("sessions", Units.Number(now.Sessions)).Add("links", Units.Number(now.Links))
                .Add("bundles", Units.Number(now.Bundles)));
        }
        return ExitCode.Ok;
    });
}

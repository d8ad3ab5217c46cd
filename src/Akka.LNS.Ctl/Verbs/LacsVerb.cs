using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class LacsVerb
{
    public static Command Make() => new Command("lacs", "LACs since their first tunnel: what they carry, what was refused to them.").Does(static async run =>
    {
        var found = await run.Api.ListLacsAsync(run.Cancel);
        if (run.Output.IsJson) run.Output.Json(found, ApiJson.Default.LacList);
        else
        {
            run.Output.Table(found.Lacs,
                new Column<LacRow>("LAC", static l => l.Name), new("ADDRESSES", static l => string.Join(',', l.Addresses)), new("TUNNELS", static l => Units.Number(l.Tunnels), IsNumber: true),
                new("SESSIONS", static l => Units.Number(l.Sessions), IsNumber: true), new("SET-UPS", static l => Units.Number(l.SetUps), IsNumber: true),
                new("ENDED", static l => Units.Number(l.Ended), IsNumber: true), new("REFUSED", static l => Units.Number(l.Refused.Total), IsNumber: true),
                new("REASONS", static l => LoadVerb.Reasons(l.Refused)));
        }
        return ExitCode.Ok;
    });
}

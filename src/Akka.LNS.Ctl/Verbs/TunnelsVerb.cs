using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class TunnelsVerb
{
    public static Command Make()
    {
        var filter = Words.Argument(
            "Filters; all must match: lac= (wildcards * and ?), state=.", "lac=", "state=opening", "state=up", "state=closing");
        var paging = new Paging();
        var command = new Command("tunnels", "Control connections with LACs.") { filter };
        paging.AddTo(command);
        return command.Does(async run =>
        {
            var words = new Words(run.Get(filter), hasText: false, "lac", "state");
            var (total, rows) = await paging.ReadAsync<TunnelRow>(run, async page =>
            {
                var answer = await run.Api.ListTunnelsAsync(new TunnelQuery(words["lac"], words["state"]), page, run.Cancel);
                return (answer.Total, answer.Tunnels);
            });
            var now = DateTimeOffset.UtcNow;
            run.Output.List(new TunnelPage(total, 0, rows.Count, rows), ApiJson.Default.TunnelPage, rows, ApiJson.Default.TunnelRow,
                "no tunnel matches; LACs that had one: lnsctl lacs",
                Column<TunnelRow>.Number("ID", static t => t.Id), new("LAC", static t => t.Lac), new("ADDRESS", static t => t.LacAddress),
                new("OWN", static t => t.OwnAddress), Column<TunnelRow>.State("STATE", static t => t.State),
                new("FOR", t => Units.Age(t.Since, now), IsNumber: true), Column<TunnelRow>.Number("SESSIONS", static t => t.Sessions),
                Column<TunnelRow>.Number("CALLS", static t => t.CallsEver));
            Paging.SayRest(run.Output, rows.Count, total);
            return ExitCode.Ok;
        });
    }
}

using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class SessionsVerb
{
    private static readonly string[] SortFields =
        ["since", "user", "address", "calling", "called", "lac", "state", "inOctets", "outOctets"];

    public static Command Make()
    {
        var words = Words.Calls();
        var sort = new Option<string?>("--sort")
        {
            Description = $"{string.Join(", ", SortFields)}; a leading - reverses the order. Default: -since.", HelpName = "FIELD",
        };
        sort.CompletionSources.Add(SortFields);
        var paging = new Paging();
        var command = new Command("sessions", "Calls in set-up, up and closing, the latest first.") { words, sort };
        paging.AddTo(command);
        return command.Does(async run =>
        {
            var query = Words.Query(run.Get(words));
            var (total, rows) = await paging.ReadAsync<SessionRow>(run, async page =>
            {
                var answer = await run.Api.ListSessionsAsync(query, run.Get(sort), page, run.Cancel);
                return (answer.Total, answer.Sessions);
            });
            if (run.Output.IsJson) run.Output.Json(new SessionPage(total, 0, rows.Count, rows), ApiJson.Default.SessionPage);
            else
            {
                Show(run.Output, rows);
                Paging.SayRest(run.Output, rows.Count, total);
            }
            return ExitCode.Ok;
        });
    }

    public static void Show(Output output, IReadOnlyCollection<SessionRow> rows)
    {
        var now = DateTimeOffset.UtcNow;
        output.Table(rows,
            new Column<SessionRow>("ID", static s => s.Id), new("USER", static s => s.User), new("ADDRESS", static s => s.Address),
            new("LAC", static s => s.Lac), new("CALLING", static s => s.Calling), Column<SessionRow>.State("STATE", static s => s.State),
            new("FOR", s => Units.Age(s.On ?? s.Since, now), IsNumber: true),
            new("IN", static s => Units.Octets(s.InOctets), IsNumber: true),
            new("OUT", static s => Units.Octets(s.OutOctets), IsNumber: true));
    }
}

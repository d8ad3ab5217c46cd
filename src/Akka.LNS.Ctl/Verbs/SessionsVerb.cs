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
            Show(run.Output, rows, total);
            Paging.SayRest(run.Output, rows.Count, total);
            return ExitCode.Ok;
        });
    }

    public static void Show(Output output, IReadOnlyList<SessionRow> rows, int total) =>
        output.List(new SessionPage(total, 0, rows.Count, rows), ApiJson.Default.SessionPage, rows, ApiJson.Default.SessionRow,
            "no session matches; ended calls: lnsctl disconnects", Columns(DateTimeOffset.UtcNow));

    /// <summary>The one session that a word names.</summary>
    /// <exception cref="CtlException">None or several; several are shown.</exception>
    public static async Task<SessionRow> OneAsync(Run run, string word)
    {
        var found = await run.Api.FindSessionsAsync(word, null, run.Cancel);
        if (found.Total == 1) return found.Sessions[0];
        if (found.Total == 0)
        {
            throw new CtlException(ExitCode.NotFound,
                $"no session has the id, user, address or calling number '{word}'; a part of one: lnsctl sessions '{word}'; ended calls: "
                + $"lnsctl disconnects '{word}'");
        }
        Show(run.Output, found.Sessions, found.Total);
        throw new CtlException(ExitCode.Ambiguous, $"{found.Total} sessions have the user, address or calling number '{word}'; give an id");
    }

    internal static Column<SessionRow>[] Columns(DateTimeOffset now) =>
        [
            new Column<SessionRow>("ID", static s => s.Id) { IsWhole = true }, new("USER", static s => s.User),
            new("ADDRESS", static s => s.Address),
            new("LAC", static s => s.Lac) { Rank = 1 }, new("CALLING", static s => s.Calling) { Rank = 2 },
            Column<SessionRow>.State("STATE", static s => s.State),
            new("FOR", s => Units.Age(s.On ?? s.Since, now), IsNumber: true),
            new("IN", static s => Units.Octets(s.InOctets), IsNumber: true) { Rank = 3 },
            new("OUT", static s => Units.Octets(s.OutOctets), IsNumber: true) { Rank = 3 },
        ];
}

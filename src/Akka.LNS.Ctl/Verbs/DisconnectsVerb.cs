using System.CommandLine;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class DisconnectsVerb
{
    public static Command Make()
    {
        var filter = Words.Argument(
            "Filters; all must match: user=, lac=, calling= (wildcards * and ?), cause=, since= (a time, or an age: 2h), or "
            + $"{Words.SearchRule}.",
            "user=", "lac=", "calling=", "cause=", "since=");
        var paging = new Paging();
        var command = new Command("disconnects", "Ended calls, the latest first, with the reason in the words of the log.") { filter };
        paging.AddTo(command);
        return command.Does(async run =>
        {
            var words = new Words(run.Get(filter), hasText: true, "user", "lac", "calling", "cause", "since");
            var query = new DisconnectQuery(words["user"], words["lac"], words["calling"], words["cause"], Since(words["since"]),
                Text: words[Words.Text]);
            var (total, rows) = await paging.ReadAsync<DisconnectRow>(run, async page =>
            {
                var answer = await run.Api.ListDisconnectsAsync(query, page, run.Cancel);
                return (answer.Total, answer.Disconnects);
            });
            run.Output.List(new DisconnectPage(total, 0, rows.Count, rows), ApiJson.Default.DisconnectPage, rows,
                ApiJson.Default.DisconnectRow,
                "no ended call matches; calls that are there: lnsctl sessions",
                new Column<DisconnectRow>("AT", static d => Units.Time(d.At)), new("SESSION", static d => d.Session),
                new("USER", static d => d.User), new("LAC", static d => d.Lac),
                new("FOR", static d => DurationText.Show(d.DurationSeconds), IsNumber: true),
                new("IN", static d => Units.Octets(d.InOctets), IsNumber: true),
                new("OUT", static d => Units.Octets(d.OutOctets), IsNumber: true),
                new("REASON", static d => d.Reason));
            Paging.SayRest(run.Output, rows.Count, total);
            return ExitCode.Ok;
        });
    }

    private static string? Since(string? text) => text is not null && DurationText.TryParse(text, out var ago)
        ? (DateTimeOffset.UtcNow - ago.Value).ToString("O", CultureInfo.InvariantCulture)
        : text;
}

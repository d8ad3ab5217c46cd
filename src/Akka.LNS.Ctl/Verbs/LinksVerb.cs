using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class LinksVerb
{
    public static Command Make()
    {
        var words = Words.Calls();
        var paging = new Paging();
        var command = new Command("links", "PPP links.") { words };
        paging.AddTo(command);
        return command.Does(async run =>
        {
            var query = Words.Query(run.Get(words));
            var (total, rows) = await paging.ReadAsync<LinkRow>(run, async page =>
            {
                var answer = await run.Api.ListLinksAsync(query, page, run.Cancel);
                return (answer.Total, answer.Links);
            });
            run.Output.List(new LinkPage(total, 0, rows.Count, rows), ApiJson.Default.LinkPage, rows, ApiJson.Default.LinkRow,
                "no link matches; all calls: lnsctl sessions",
                new Column<LinkRow>("LINK", static l => l.Name), new("SESSION", static l => l.Session), new("USER", static l => l.User),
                Column<LinkRow>.State("STATE", static l => l.State), new("LAC", static l => l.Lac),
                new("CALLING", static l => l.Calling));
            Paging.SayRest(run.Output, rows.Count, total);
            return ExitCode.Ok;
        });
    }
}

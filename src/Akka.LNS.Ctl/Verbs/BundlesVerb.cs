using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class BundlesVerb
{
    public static Command Make()
    {
        var words = Words.Calls();
        var paging = new Paging();
        var command = new Command("bundles", "Networks of subscribers.") { words };
        paging.AddTo(command);
        return command.Does(async run =>
        {
            var query = Words.Query(run.Get(words));
            var (total, rows) = await paging.ReadAsync<BundleRow>(run, async page =>
            {
                var answer = await run.Api.ListBundlesAsync(query, page, run.Cancel);
                return (answer.Total, answer.Bundles);
            });
            var now = DateTimeOffset.UtcNow;
            run.Output.List(new BundlePage(total, 0, rows.Count, rows), ApiJson.Default.BundlePage, rows, ApiJson.Default.BundleRow,
                "no bundle matches; calls in set-up: lnsctl sessions",
                new Column<BundleRow>("INTERFACE", static b => b.Interface), new("SESSION", static b => b.Session),
                new("USER", static b => b.User), new("ADDRESS", static b => b.Address), new("POOL", static b => b.Pool),
                Column<BundleRow>.State("STATE", static b => b.State),
                new("FOR", b => b.Since is { } since ? Units.Age(since, now) : null, IsNumber: true));
            Paging.SayRest(run.Output, rows.Count, total);
            return ExitCode.Ok;
        });
    }
}

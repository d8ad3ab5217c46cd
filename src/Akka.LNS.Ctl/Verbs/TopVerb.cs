using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Akka.LNS.Ctl.Verbs;

internal static class TopVerb
{
    private const int DefaultLimit = 20;

    public static Command Make()
    {
        var once = new Option<bool>("--once") { Description = "Show one measurement and exit." };
        var by = new Option<string>("--by")
        {
            Description = "Order by traffic from subscribers (in), to subscribers (out) or both.", HelpName = "DIRECTION",
            DefaultValueFactory = static _ => "both",
        };
        by.AcceptOnlyFromAmong("in", "out", "both");
        var limit = new Option<int>("--limit")
        {
            Description = "Number of sessions.", HelpName = "N", DefaultValueFactory = static _ => DefaultLimit,
        };
        var interval = Interval.Option("Duration of a measurement.");
        return new Command("top", "The busiest sessions by traffic, live until Ctrl-C.") { once, by, limit, interval }.Does(async run =>
        {
            var span = Interval.Of(run, interval);
            if (!run.Get(once) && run.Output.Format is (OutputFormat.Table or OutputFormat.Wide))
            {
                return await Live.ShowAsync(run, TimeSpan.Zero, async () =>
                {
                    var now = await NextAsync();
                    return (Picture(now, run.Output.Console.Profile.Width), [.. now.Sessions.Select(Line), ""]);
                });
            }
            var found = await NextAsync();
            run.Output.List(found, ApiJson.Default.TopReport, found.Sessions, ApiJson.Default.TopSession,
                "no session is up; all calls: lnsctl sessions", Columns);
            return ExitCode.Ok;

            Task<TopReport> NextAsync() => run.Api.GetTopAsync(run.Get(by), span, run.Get(limit), run.Cancel);
        });
    }

    private static string Line(TopSession s) =>
        $"{s.Session.Id} {s.Session.User} {Units.Rate(s.InOctetsPerSecond)} {Units.Rate(s.OutOctetsPerSecond)}";

    internal static Column<TopSession>[] Columns =>
    [
        new("ID", static s => s.Session.Id) { IsWhole = true }, new("USER", static s => s.Session.User),
        new("ADDRESS", static s => s.Session.Address),
        new("LAC", static s => s.Session.Lac) { Rank = 1 }, new("IN", static s => Units.Rate(s.InOctetsPerSecond), IsNumber: true),
        new("OUT", static s => Units.Rate(s.OutOctetsPerSecond), IsNumber: true),
        Column<TopSession>.Number("IN-PKT/s", static s => (long)Math.Round(s.InPacketsPerSecond)) with { Rank = 2 },
        Column<TopSession>.Number("OUT-PKT/s", static s => (long)Math.Round(s.OutPacketsPerSecond)) with { Rank = 2 },
    ];

    private static IRenderable Picture(TopReport now, int width)
    {
        var (_, cells) = TextTable.Cells(now.Sessions, Columns, null);
        if (TextTable.Widths(Columns, cells).Sum(static w => w + 3) >= width)
            return new Text(string.Join('\n', TextTable.Lines(now.Sessions, Columns, width)));
        var table = new Table().Border(TableBorder.Rounded)
            .Title($"{now.Total} sessions, in {Units.Rate(now.InOctetsPerSecond)}, out {Units.Rate(now.OutOctetsPerSecond)}");
        foreach (var column in Columns) table.AddColumn(column.ToTableColumn());
        foreach (var session in now.Sessions)
            table.AddRow(Columns.Select(c => (IRenderable)new Text(Output.Printable(c.Text(session) ?? "-"))));
        return table;
    }
}

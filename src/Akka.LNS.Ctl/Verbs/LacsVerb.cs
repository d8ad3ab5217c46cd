using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class LacsVerb
{
    public static Command Make()
    {
        var refused = new Option<bool>("--refused") { Description = "LACs whose tunnels were refused or did not come up, and why." };
        var filter = Words.Argument(
            "A text to search for: exactly the name or an address of a LAC; else a part of one, with case ignored.");
        var command = new Command("lacs", "LACs: tunnels, sessions, set-ups, ends and refusals.") { filter, refused };
        return command.Does(run =>
        {
            var text = new Words(run.Get(filter), hasText: true)[Words.Text];
            return run.Get(refused) ? ShowRefusedAsync(run, text) : ShowAsync(run, text);
        });
    }

    private static async Task<int> ShowRefusedAsync(Run run, string? text)
    {
        var found = await run.Api.ListRefusedLacsAsync(text, run.Cancel);
        run.Output.List(found, ApiJson.Default.RefusedLacList, found.Lacs, ApiJson.Default.RefusedLacRow,
            text is null ? "no tunnel of a LAC was refused or failed to come up since lnsd started"
                : "no refused LAC matches; those with tunnels: lnsctl lacs",
            new Column<RefusedLacRow>("LAST", static l => Units.Time(l.Last)), new("HOST NAME", static l => l.HostName),
            new("ADDRESS", static l => l.Address), new("ENTRY", static l => l.Entry ?? "-"),
            Column<RefusedLacRow>.Number("COUNT", static l => l.Count), new("REASON", static l => l.Text));
        return ExitCode.Ok;
    }

    private static async Task<int> ShowAsync(Run run, string? text)
    {
        var found = await run.Api.ListLacsAsync(text, run.Cancel);
        run.Output.List(found, ApiJson.Default.LacList, found.Lacs, ApiJson.Default.LacRow,
            text is null ? "no LAC has had a tunnel; refused ones: lnsctl lacs --refused"
                : "no LAC matches; refused ones: lnsctl lacs --refused", Columns);
        return ExitCode.Ok;
    }

    internal static Column<LacRow>[] Columns =>
    [
        new Column<LacRow>("LAC", static l => l.Name), new("ADDRESSES", static l => string.Join(',', l.Addresses)) { Rank = 2 },
        Column<LacRow>.Number("TUNNELS", static l => l.Tunnels), Column<LacRow>.Number("SESSIONS", static l => l.Sessions),
        Column<LacRow>.Number("SET-UPS", static l => l.SetUps) with { Rank = 1 },
        Column<LacRow>.Number("FAILED", static l => l.SetUpsFailed),
        Column<LacRow>.Number("ENDED", static l => l.SessionsEnded),
        Column<LacRow>.Number("ENDS/MIN", static l => l.EndsPerMinute) with { Rank = 3 },
        Column<LacRow>.Number("REFUSED", static l => l.Refused.Total), new("REASONS", static l => l.Refused.ToText()) { Rank = 4 },
    ];
}

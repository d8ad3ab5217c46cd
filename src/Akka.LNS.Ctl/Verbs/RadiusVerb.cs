using System.CommandLine;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class RadiusVerb
{
    private const string Description = "RADIUS servers and requests: state, outstanding, timeouts, latency, backlogs.";

    public static Command Make() => new Command("radius", Description).Does(static async run =>
    {
        var now = await run.Api.GetRadiusAsync(run.Cancel);
        if (run.Output.IsJson)
        {
            run.Output.Json(now, ApiJson.Default.RadiusReport);
            return ExitCode.Ok;
        }
        run.Output.Facts(new Facts().Add("can authenticate", now.CanAuthenticate).Add("workers", now.Workers)
            .Add("outstanding", $"{now.Outstanding} (max {now.MaxOutstanding})").Add("logins", Class(now.Authentication))
            .Add("starts, stops", Class(now.StartStop)).Add("interims", Class(now.Interim))
            .Add("failing logins", Class(now.FailingLogins)).Add("refused by lnsd",
                $"{now.Refusals.Failing} after failures, {now.Refusals.Frequent} too many; {now.Refusals.Waiting} lines wait")
            .Add("dropped answers", now.Dropped.Count == 0 ? null : string.Join(", ", now.Dropped.OrderByDescending(static d => d.Value)
                .Select(static d => $"{d.Key} {d.Value}"))));
        run.Output.Line();
        run.Output.Table(now.Servers,
            new Column<RadiusServerRow>("SERVER", static s => s.Name), new("SERVICE", static s => s.Service),
            Column<RadiusServerRow>.State("STATE", static s => s.State), Column<RadiusServerRow>.Number("NOW", static s => s.Outstanding),
            Column<RadiusServerRow>.Number("MOST", static s => s.MaxOutstanding),
            Column<RadiusServerRow>.Number("ANSWERS", static s => s.Answers),
            Column<RadiusServerRow>.Number("TIMEOUTS", static s => s.Timeouts),
            Column<RadiusServerRow>.Number("RETRIES", static s => s.Retries),
            Column<RadiusServerRow>.Number("PROBES", static s => s.Probes),
            new("RTT/ms", static s => s.SmoothedRoundTripMs == 0 ? null : Ms(s.SmoothedRoundTripMs), IsNumber: true));
        run.Output.Line();
        run.Output.Table([.. now.Servers.SelectMany(static s => s.Results.Select(r => (Server: s.Name, Of: r)))],
            new Column<(string Server, RadiusResultRow Of)>("SERVER", static l => l.Server), new("RESULT", static l => l.Of.Result),
            new("1m P50/ms", static l => Ms(l.Of.Last1m?.P50), IsNumber: true),
            new("P90", static l => Ms(l.Of.Last1m?.P90), IsNumber: true),
            new("P99", static l => Ms(l.Of.Last1m?.P99), IsNumber: true),
            new("15m P50/ms", static l => Ms(l.Of.Last15m?.P50), IsNumber: true),
            new("P90", static l => Ms(l.Of.Last15m?.P90), IsNumber: true), new("P99", static l => Ms(l.Of.Last15m?.P99), IsNumber: true));
        if (now.Refusals.Worst.Count == 0) return ExitCode.Ok;
        run.Output.Line();
        run.Output.Table(now.Refusals.Worst,
            new Column<LoginFailureRow>("LAC", static f => f.Lac), new("CALLING", static f => f.Calling), new("USER", static f => f.User),
            Column<LoginFailureRow>.Number("FAILURES", static f => f.Failures),
                Column<LoginFailureRow>.Number("REFUSED", static f => f.Refused));
        return ExitCode.Ok;
    });

    private static string Class(RadiusClassRow c) =>
        $"{c.Waiting} waiting, {c.Outstanding} outstanding, {c.Refused} refused, {c.Expired} expired";

    private static string? Ms(double? ms) => ms?.ToString("0.##", CultureInfo.InvariantCulture);
}

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
            .Add("starts, stops", Class(now.StartStop)).Add("interims", Class(now.Interim)));
        run.Output.Line();
        run.Output.Table(now.Servers,
            new Column<RadiusServerRow>("SERVER", static s => s.Name), new("SERVICE", static s => s.Service),
            Column<RadiusServerRow>.State("STATE", static s => s.State), Column<RadiusServerRow>.Number("NOW", static s => s.Outstanding),
            Column<RadiusServerRow>.Number("MOST", static s => s.MaxOutstanding),
            Column<RadiusServerRow>.Number("ANSWERS", static s => s.Answers),
            Column<RadiusServerRow>.Number("TIMEOUTS", static s => s.Timeouts),
            Column<RadiusServerRow>.Number("RETRIES", static s => s.Retries),
            Column<RadiusServerRow>.Number("PROBES", static s => s.Probes),
            new("RTT/ms", static s => s.LatencyMs is null ? null : Ms(s.SmoothedRoundTripMs), IsNumber: true),
            new("P50/ms", static s => Ms(s.LatencyMs?.P50), IsNumber: true),
            new("P90/ms", static s => Ms(s.LatencyMs?.P90), IsNumber: true),
            new("P99/ms", static s => Ms(s.LatencyMs?.P99), IsNumber: true));
        return ExitCode.Ok;
    });

    private static string Class(RadiusClassRow c) =>
        $"{c.Waiting} waiting, {c.Outstanding} outstanding, {c.Refused} refused, {c.Expired} expired";

    private static string? Ms(double? ms) => ms?.ToString("0.##", CultureInfo.InvariantCulture);
}

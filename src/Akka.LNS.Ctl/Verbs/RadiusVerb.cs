using System.CommandLine;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class RadiusVerb
{
    public static Command Make() => new Command("radius", "RADIUS servers: state, outstanding, time-outs, latency; what waits for them.").Does(static async run =>
    {
        var now = await run.Api.GetRadiusAsync(run.Cancel);
        if (run.Output.IsJson)
        {
            run.Output.Json(now, ApiJson.Default.RadiusReport);
            return ExitCode.Ok;
        }
        run.Output.Facts(new Facts().Add("can authenticate", now.CanAuthenticate ? "yes" : "no").Add("workers", Units.Number(now.Workers))
            .Add("outstanding", $"{now.Outstanding} (most {now.MaxOutstanding})").Add("logins", Class(now.Authentication)).Add("starts, stops", Class(now.StartStop))
            .Add("interims", Class(now.Interim)));
        run.Output.Line();
        run.Output.Table(now.Servers,
            new Column<RadiusServerRow>("SERVER", static s => s.Name), new("SERVICE", static s => s.Service), new("STATE", static s => s.State, Style: static s => Styles.Of(s.State)),
            new("NOW", static s => Units.Number(s.Outstanding), IsNumber: true), new("MOST", static s => Units.Number(s.MaxOutstanding), IsNumber: true),
            new("ANSWERS", static s => Units.Number(s.Answers), IsNumber: true), new("TIMEOUTS", static s => Units.Number(s.Timeouts), IsNumber: true),
            new("RETRIES", static s => Units.Number(s.Retries), IsNumber: true), new("PROBES", static s => Units.Number(s.Probes), IsNumber: true),
            new("RTT/ms", static s => s.LatencyMs is null ? null : Ms(s.SmoothedRoundTripMs), IsNumber: true), new("P50/ms", static s => Ms(s.LatencyMs?.P50), IsNumber: true),
            new("P90/ms", static s => Ms(s.LatencyMs?.P90), IsNumber: true), new("P99/ms", static s => Ms(s.LatencyMs?.P99), IsNumber: true));
        return ExitCode.Ok;
    });

    private static string Class(RadiusClassRow c) => $"{c.Waiting} wait, {c.Outstanding} outstanding, {c.Refused} refused, {c.Expired} expired";

    private static string? Ms(double? ms) => ms?.ToString("0.##", CultureInfo.InvariantCulture);
}

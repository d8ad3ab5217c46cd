using Akka.LNS.Client;

namespace Akka.LNS.Dashboard.Samples;

/// <summary>Values of the plots at one time. Rates are measured since the previous sample.</summary>
/// <param name="At">Local time.</param>
/// <param name="Refused">Refused tunnels and calls per second, by reason.</param>
public sealed record Sample(
    DateTime At, int Sessions, int InSetup, int Links, int Bundles, long Serial, long Parallel, long Load, double SetUps,
    IReadOnlyDictionary<string, double> Refused, RadiusMoment Radius)
{
    public static Sample Of(LoadReport now, LoadReport? before, RadiusReport radius)
    {
        var seconds = before is null ? 0 : (now.At - before.At).TotalSeconds;
        return new Sample(
            now.At.LocalDateTime, now.Sessions, now.SessionsInSetup, now.Links, now.Bundles, now.SerialDepth, now.ParallelDepth, now.Load,
            Rate(now.SetUps, before?.SetUps),
            now.Refused.ByReason.ToDictionary(static r => r.Key, r => Rate(r.Value, before?.Refused.ByReason.GetValueOrDefault(r.Key))),
            RadiusMoment.Of(radius));

        double Rate(long value, long? then) => seconds > 0 && then is { } t ? Math.Max(0, value - t) / seconds : 0;
    }

    /// <summary>The higher value of each: a peak stays visible when several samples become one point.</summary>
    public static Sample Peak(Sample a, Sample b) => new(
        b.At, Math.Max(a.Sessions, b.Sessions), Math.Max(a.InSetup, b.InSetup), Math.Max(a.Links, b.Links), Math.Max(a.Bundles, b.Bundles),
        Math.Max(a.Serial, b.Serial), Math.Max(a.Parallel, b.Parallel), Math.Max(a.Load, b.Load), Math.Max(a.SetUps, b.SetUps),
        a.Refused.Keys.Union(b.Refused.Keys).ToDictionary(
            static r => r, r => Math.Max(a.Refused.GetValueOrDefault(r), b.Refused.GetValueOrDefault(r))),
        RadiusMoment.Peak(a.Radius, b.Radius));
}

/// <summary>Latency of the slowest authentication server in milliseconds.</summary>
/// <param name="Smoothed">Smoothed round-trip time: the present latency.</param>
/// <param name="P50">Percentile since the start of lnsd, like the other percentiles.</param>
public readonly record struct RadiusMoment(double Smoothed, double P50, double P90, double P99, int Outstanding)
{
    public static RadiusMoment Of(RadiusReport report)
    {
        var worst = new RadiusMoment(0, 0, 0, 0, report.Outstanding);
        foreach (var server in report.Servers)
            if (server.Service == "authentication")
                worst = Peak(worst, Of(server));
        return worst;
    }

    public static RadiusMoment Peak(RadiusMoment a, RadiusMoment b) => new(
        Math.Max(a.Smoothed, b.Smoothed), Math.Max(a.P50, b.P50), Math.Max(a.P90, b.P90), Math.Max(a.P99, b.P99),
        Math.Max(a.Outstanding, b.Outstanding));

    private static RadiusMoment Of(RadiusServerRow server)
    {
        var latency = server.LatencyMs ?? new RadiusLatency(0, 0, 0, 0);
        return new RadiusMoment(server.SmoothedRoundTripMs, latency.P50, latency.P90, latency.P99, 0);
    }
}

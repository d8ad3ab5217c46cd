using System.Collections.Immutable;
using Akka.LNS.Actors;
using Akka.LNS.Actors.Radius;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

/// <param name="Workers">Requests that may be outstanding at a time.</param>
/// <param name="MaxOutstanding">Most at a time since the start.</param>
internal sealed record RadiusReport(bool CanAuthenticate, int Workers, int Outstanding, int MaxOutstanding, RadiusClass Authentication, RadiusClass StartStop,
    RadiusClass Interim, IReadOnlyList<RadiusServerRow> Servers);

/// <param name="Waiting">For a worker, now.</param>
/// <param name="Refused">Found their backlog full, since the start.</param>
/// <param name="Expired">Waited too long and were not sent, since the start.</param>
internal sealed record RadiusClass(int Waiting, int Outstanding, long Refused, long Expired)
{
    public static RadiusClass Of(RadiusClassCondition c) => new(c.Waiting, c.Outstanding, c.Refused, c.Expired);
}

/// <param name="Service">authentication, accounting.</param>
/// <param name="State">up, suspect, dead, half-open.</param>
/// <param name="LatencyMs">Upper bound of the time that so many of a hundred answers stayed under, since the start; absent: no answer yet.</param>
internal sealed record RadiusServerRow(string Name, string Service, string State, int Outstanding, int MaxOutstanding, long Answers, long Timeouts, long Retries, long Probes,
    double SmoothedRoundTripMs, RadiusLatency? LatencyMs);

/// <param name="Samples">Answers that were counted.</param>
internal sealed record RadiusLatency(double P50, double P90, double P99, long Samples)
{
    public static RadiusLatency? Of(ImmutableArray<long> counts)
    {
        var samples = counts.Sum();
        return samples == 0 ? null : new RadiusLatency(Percentile(counts, samples, 50), Percentile(counts, samples, 90), Percentile(counts, samples, 99), samples);
    }

    /// <summary>The bound of the bucket it lies in; the last bucket has none, its lower one is told.</summary>
    private static double Percentile(ImmutableArray<long> counts, long samples, int percent)
    {
        var (bounds, wanted, seen) = (RadiusServerCondition.LatencyBounds, ((samples * percent) + 99) / 100, 0L);
        for (var i = 0; i < bounds.Length; i++)
        {
            seen += counts[i];
            if (seen >= wanted) return bounds[i].TotalMilliseconds;
        }
        return bounds[^1].TotalMilliseconds;
    }
}

internal static class RadiusResource
{
    public static void Map(RouteGroupBuilder v1) => v1.MapGet("/radius", Get).WithName("getRadius").WithSummary("RADIUS servers: state, outstanding, latency, time-outs, retries");

    private static RadiusReport Get(LnsNode node)
    {
        var now = node.Radius;
        return new RadiusReport(now.CanAuthenticate, node.Settings.Radius.Workers, now.Outstanding, now.MaxOutstanding, RadiusClass.Of(now.Authentication),
            RadiusClass.Of(now.StartStop), RadiusClass.Of(now.Interim), [.. now.Servers.Select(static s => new RadiusServerRow(s.Name,
                s.IsAccounting ? "accounting" : "authentication", Word(s.Standing), s.Outstanding, s.MaxOutstanding, s.Answers, s.Timeouts, s.Retries, s.Probes,
                Math.Round(s.SmoothedRoundTrip.TotalMilliseconds, 3), RadiusLatency.Of(s.Latency)))]);
    }

    private static string Word(Protocol.Radius.ServerStanding standing) => standing switch
    {
        Protocol.Radius.ServerStanding.Up => "up",
        Protocol.Radius.ServerStanding.Suspect => "suspect",
        Protocol.Radius.ServerStanding.Dead => "dead",
        _ => "half-open",
    };
}

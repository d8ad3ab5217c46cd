using System.Collections.Immutable;
using Akka.LNS.Client;

namespace Akka.LNS.Dashboard.Samples;

/// <summary>Makes fewer points of a long history, so that a plot stays small. Peaks stay visible.</summary>
internal static class Thinning
{
    /// <summary>Maximum number of points in a plot.</summary>
    private const int MostPoints = 150;

    /// <summary>Groups points by fixed periods of time, so that a point does not change later.</summary>
    /// <param name="interval">Time between two points of the history.</param>
    /// <param name="capacity">Maximum number of points in the history.</param>
    public static ImmutableArray<HistoryPoint> Of(IEnumerable<HistoryPoint> history, TimeSpan interval, int capacity)
    {
        var period = interval.Ticks * ((capacity + MostPoints - 1) / MostPoints);
        var points = ImmutableArray.CreateBuilder<HistoryPoint>(MostPoints + 2);
        var last = -1L;
        foreach (var point in history)
        {
            var group = point.At.UtcTicks / period;
            if (group == last) points[^1] = Peak(points[^1], point);
            else points.Add(point);
            last = group;
        }
        return points.ToImmutable();
    }

    /// <summary>The higher value of each.</summary>
    private static HistoryPoint Peak(HistoryPoint a, HistoryPoint b) => new(
        b.At, Math.Max(a.Sessions, b.Sessions), Math.Max(a.InSetup, b.InSetup), Math.Max(a.Links, b.Links), Math.Max(a.Bundles, b.Bundles),
        Math.Max(a.SerialDepth, b.SerialDepth), Math.Max(a.ParallelDepth, b.ParallelDepth), Math.Max(a.Load, b.Load),
        Math.Max(a.SetUps, b.SetUps), Math.Max(a.SetUpsFailed, b.SetUpsFailed), Math.Max(a.SessionsEnded, b.SessionsEnded),
        Math.Max(a.InBits, b.InBits), Math.Max(a.OutBits, b.OutBits),
        a.Refused.Keys.Union(b.Refused.Keys).ToDictionary(
            static r => r, r => Math.Max(a.Refused.GetValueOrDefault(r), b.Refused.GetValueOrDefault(r))),
        new HistoryRadius(Math.Max(a.Radius.Smoothed, b.Radius.Smoothed), Math.Max(a.Radius.P50, b.Radius.P50),
            Math.Max(a.Radius.P90, b.Radius.P90), Math.Max(a.Radius.P99, b.Radius.P99),
            Math.Max(a.Radius.Outstanding, b.Radius.Outstanding)));
}

using System.Collections.Immutable;

namespace Akka.LNS.Server.Monitoring;

/// <summary>The present state of the node and its recent past.</summary>
/// <param name="past">Earlier snapshots, oldest first.</param>
internal sealed class Evidence(Snapshot now, IReadOnlyCollection<Snapshot> past)
{
    public Snapshot Now { get; } = now;

    /// <summary>The oldest snapshot within a time; the present one when there is no other.</summary>
    public Snapshot Ago(TimeSpan time) => past.FirstOrDefault(s => s.At >= Now.At - time) ?? Now;

    /// <summary>Increase of a counter within a time.</summary>
    public long Increase(TimeSpan within, Func<Snapshot, long> of) => Math.Max(0, of(Now) - of(Ago(within)));

    /// <summary>Increase per second.</summary>
    public double Rate(TimeSpan within, Func<Snapshot, double> of)
    {
        var then = Ago(within);
        var seconds = (Now.At - then.At).TotalSeconds;
        return seconds <= 0 ? 0 : Math.Max(0, of(Now) - of(then)) / seconds;
    }

    /// <summary>Quantile of a histogram within a time, in the unit of its bounds; null: nothing was counted.</summary>
    public double? Quantile(double share, TimeSpan within, IReadOnlyList<double> bounds, Func<Snapshot, ImmutableArray<long>> of) =>
        Histogram.Quantile(share, bounds, of(Now), of(Ago(within)));
}

internal static class Histogram
{
    /// <summary>Quantile of what was counted between two readings, interpolated in its bucket; null: nothing was counted.</summary>
    /// <param name="then">Earlier reading; empty: all zero.</param>
    public static double? Quantile(double share, IReadOnlyList<double> bounds, ImmutableArray<long> now, ImmutableArray<long> then)
    {
        long Of(int i) => now[i] - (i < then.Length ? then[i] : 0);
        var total = 0L;
        for (var i = 0; i < now.Length; i++) total += Of(i);
        if (total <= 0) return null;
        var (rank, seen) = (share * total, 0L);
        for (var i = 0; i < bounds.Count; i++)
        {
            var its = Of(i);
            if (seen + its >= rank && its > 0)
            {
                var lower = i == 0 ? 0 : bounds[i - 1];
                return lower + ((bounds[i] - lower) * (rank - seen) / its);
            }
            seen += its;
        }
        return bounds[^1];
    }
}

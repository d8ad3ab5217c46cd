namespace Akka.LNS.Protocol.Radius;

/// <summary>What a server answered to a request.</summary>
public enum RadiusResult : byte
{
    /// <summary>Access-Accept.</summary>
    Accept,
    /// <summary>Access-Reject or Access-Challenge. Servers may delay it on purpose.</summary>
    Reject,
    /// <summary>Accounting-Response.</summary>
    Accounting,
}

/// <summary>Percentiles of round trips, interpolated.</summary>
/// <param name="Samples">Number of round trips; 0: none was measured, and the percentiles are zero.</param>
public readonly record struct LatencyFigures(TimeSpan P50, TimeSpan P90, TimeSpan P99, long Samples);

/// <summary>Round trips of the recent past: a histogram whose buckets grow by a twelfth, for each slot of time.</summary>
/// <remarks>Not a state record: it has one owner, which changes it in place. It holds plain data.</remarks>
/// <param name="slot">Length of a slot. The window moves in steps of it.</param>
/// <param name="slots">Slots of the window.</param>
public sealed class LatencyWindow(TimeSpan slot, int slots)
{
    private const int PerOctave = 8, Octaves = 28; // 1 µs to 268 s

    private sealed class Slot
    {
        public long Number;
        public readonly int[] Counts = new int[PerOctave * Octaves];
        public int Timeouts;
    }

    private readonly Slot?[] _slots = new Slot?[slots];

    public void Add(TimeSpan roundTrip, Instant now) => SlotAt(now).Counts[BucketOf(roundTrip)]++;

    /// <summary>Counts a request without an answer.</summary>
    public void CountTimeout(Instant now) => SlotAt(now).Timeouts++;

    /// <summary>Requests without an answer in the window.</summary>
    public long TimeoutsAt(Instant now)
    {
        var sum = 0L;
        foreach (var own in _slots)
            if (IsInside(own, now)) sum += own!.Timeouts;
        return sum;
    }

    /// <summary>Percentiles of the window.</summary>
    public LatencyFigures At(Instant now)
    {
        Span<long> counts = stackalloc long[PerOctave * Octaves];
        counts.Clear();
        var samples = 0L;
        foreach (var own in _slots)
        {
            if (!IsInside(own, now)) continue;
            for (var i = 0; i < counts.Length; i++)
            {
                counts[i] += own!.Counts[i];
                samples += own.Counts[i];
            }
        }
        return samples == 0 ? default
            : new(Percentile(counts, samples, 0.50), Percentile(counts, samples, 0.90), Percentile(counts, samples, 0.99), samples);
    }

    private static TimeSpan Percentile(ReadOnlySpan<long> counts, long samples, double share)
    {
        var wanted = share * samples;
        var seen = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0 || seen + counts[i] < wanted)
            {
                seen += counts[i];
                continue;
            }
            var (lower, upper) = (LowerBound(i), LowerBound(i + 1));
            return TimeSpan.FromMicroseconds(lower + ((upper - lower) * (wanted - seen) / counts[i]));
        }
        return TimeSpan.FromMicroseconds(LowerBound(counts.Length));
    }

    private static double LowerBound(int bucket) => Math.Pow(2, (double)bucket / PerOctave);

    private static int BucketOf(TimeSpan time) =>
        Math.Clamp((int)(Math.Log2(Math.Max(1, time.TotalMicroseconds)) * PerOctave), 0, (PerOctave * Octaves) - 1);

    private Slot SlotAt(Instant now)
    {
        var number = NumberAt(now);
        ref var own = ref _slots[(int)(number % slots)];
        own ??= new Slot { Number = number };
        if (own.Number == number) return own;
        Array.Clear(own.Counts);
        (own.Number, own.Timeouts) = (number, 0);
        return own;
    }

    private long NumberAt(Instant now) => Math.Max(0, now.Ticks / slot.Ticks);

    private bool IsInside(Slot? own, Instant now) => own is not null && own.Number <= NumberAt(now) && own.Number > NumberAt(now) - slots;
}

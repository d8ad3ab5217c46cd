using System.Collections.Concurrent;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Overload;

/// <summary>How often tunnels and calls of one LAC were refused for one reason, since the start.</summary>
/// <param name="Lac">The Host Name of a LAC that has had a tunnel up; before, or when there are too many names, the key of its <c>tunnels.peers</c> entry; "unknown" for strangers.</param>
/// <param name="Entry">The key of its <c>tunnels.peers</c> entry; "unknown" for strangers.</param>
public readonly record struct RefusalCount(string Lac, string Entry, RefusalReason Reason, long Count);

/// <summary>Refusals by LAC and reason. Bounded: strangers share one row, and names beyond <see cref="MaxNames"/> the rows of their entries.</summary>
public sealed class RefusalCounters
{
    /// <summary>Host Names that are told apart.</summary>
    public const int MaxNames = 1024;

    private readonly ConcurrentDictionary<(string Lac, string Entry), RefusalTally> _rows = new(NamesComparer.Instance);
    private int _names;

    /// <summary>All that are not zero.</summary>
    public IEnumerable<RefusalCount> All =>
        from row in _rows.Values
        from reason in Enum.GetValues<RefusalReason>()
        let count = row[reason]
        where count > 0
        select new RefusalCount(row.Lac, row.Entry, reason, count);

    public long Total => All.Sum(static r => r.Count);

    public long Of(RefusalReason reason) => _rows.Values.Sum(row => row[reason]);

    /// <summary>The row of <paramref name="lac"/>; when there are too many of them, the one of <paramref name="entry"/>. Entries come from the settings: they always have one.</summary>
    internal RefusalTally Of(string lac, string entry)
    {
        if (_rows.TryGetValue((lac, entry), out var row)) return row;
        if (lac != entry && Interlocked.Increment(ref _names) > MaxNames)
        {
            Interlocked.Decrement(ref _names);
            lac = entry;
        }
        return _rows.GetOrAdd((lac, entry), static key => new RefusalTally(key.Lac, key.Entry));
    }

    private sealed class NamesComparer : IEqualityComparer<(string Lac, string Entry)>
    {
        public static readonly NamesComparer Instance = new();

        public bool Equals((string Lac, string Entry) x, (string Lac, string Entry) y) =>
            StringComparer.OrdinalIgnoreCase.Equals(x.Lac, y.Lac) && StringComparer.OrdinalIgnoreCase.Equals(x.Entry, y.Entry);

        public int GetHashCode((string Lac, string Entry) key) => StringComparer.OrdinalIgnoreCase.GetHashCode(key.Lac);
    }
}

/// <summary>One row. Counts may be read by anybody; what has been said of them belongs to the lock of <see cref="AdmissionControl"/>.</summary>
internal sealed class RefusalTally(string lac, string entry)
{
    private static readonly int Reasons = Enum.GetValues<RefusalReason>().Length;
    private readonly long[] _counts = new long[Reasons];
    private readonly long[] _said = new long[Reasons];
    private readonly Instant?[] _lastSaid = new Instant?[Reasons];
    private readonly bool[] _unsaid = new bool[Reasons];

    public string Lac { get; } = lac;
    public string Entry { get; } = entry;

    public long this[RefusalReason reason] => Volatile.Read(ref _counts[(int)reason]);

    public void Count(RefusalReason reason) => Interlocked.Increment(ref _counts[(int)reason]);

    /// <summary>Long ago when never.</summary>
    public Instant LastSaid(RefusalReason reason) => _lastSaid[(int)reason] ?? new Instant(long.MinValue / 2);

    public bool IsUnsaid(RefusalReason reason) => _unsaid[(int)reason];
    public void MarkUnsaid(RefusalReason reason) => _unsaid[(int)reason] = true;

    /// <summary>How many came since it was last said; it is said now.</summary>
    public long TakeUnsaid(RefusalReason reason, Instant now)
    {
        var i = (int)reason;
        var count = this[reason] - _said[i];
        _said[i] += count;
        (_unsaid[i], _lastSaid[i]) = (false, now);
        return count;
    }
}

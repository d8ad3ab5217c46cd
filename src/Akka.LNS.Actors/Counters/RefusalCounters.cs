using System.Collections.Concurrent;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Counters;

/// <summary>Tunnels and calls of one LAC that were refused for one reason since the start.</summary>
/// <param name="Lac">
/// Host Name of a LAC that has had an established tunnel. Before that, or when there are too many names, the key of its
/// <c>tunnels.peers</c> entry; "unknown" for a LAC without an entry.
/// </param>
/// <param name="Entry">Key of its <c>tunnels.peers</c> entry; "unknown" for a LAC without an entry.</param>
public readonly record struct RefusalCount(string Lac, string Entry, RefusalReason Reason, long Count);

/// <summary>
/// Refusals by LAC and reason. Bounded: LACs without an entry share one row, names beyond <see cref="MaxNames"/> share that of their entry.
/// </summary>
public sealed class RefusalCounters
{
    /// <summary>Largest number of Host Names with a row of their own.</summary>
    public const int MaxNames = 1024;

    private readonly ConcurrentDictionary<(string Lac, string Entry), RefusalTally> _rows = new(NamesComparer.Instance);
    private int _names;

    /// <summary>All counts above zero.</summary>
    public IEnumerable<RefusalCount> All =>
        from row in _rows.Values
        from reason in Enum.GetValues<RefusalReason>()
        let count = row[reason]
        where count > 0
        select new RefusalCount(row.Lac, row.Entry, reason, count);

    /// <summary>The LACs whose tunnels were refused most recently.</summary>
    public RefusedLacs Lacs { get; } = new();

    public long Total => All.Sum(static r => r.Count);

    public long Of(RefusalReason reason) => _rows.Values.Sum(row => row[reason]);

    /// <summary>Row of the LACs that match no entry of <c>tunnels.peers</c>.</summary>
    internal RefusalTally Strangers => Of("unknown", "unknown");

    /// <summary>
    /// Row of <paramref name="lac"/>; when there are too many names, that of <paramref name="entry"/>, which comes from the settings.
    /// </summary>
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

using System.Diagnostics.CodeAnalysis;

namespace Akka.LNS.Protocol.Radius;

/// <summary>
/// Requests that wait, of one class for one server set. The LAC with the fewest outstanding requests goes first, and within a LAC the
/// oldest request.
/// </summary>
internal sealed class FairQueue<T>
{
    /// <summary>A request that waits.</summary>
    /// <param name="Number">Order of arrival.</param>
    public sealed record Entry(long Number, T Item, LoginSource Source, Instant Since, Instant Deadline)
    {
        internal LinkedListNode<Entry>? Next { get; set; } // the next one of the same LAC
    }

    private struct OfSource
    {
        public LinkedListNode<Entry> First, Last;
    }

    private readonly LinkedList<Entry> _all = [];
    private readonly Dictionary<LoginSource, OfSource> _bySource = [];

    public int Count => _all.Count;

    /// <summary>All requests, the oldest first.</summary>
    public IReadOnlyCollection<Entry> All => _all;

    /// <summary>The oldest request of each LAC.</summary>
    public IEnumerable<Entry> Firsts => _bySource.Values.Select(static own => own.First.Value);

    public bool TryPeek([NotNullWhen(true)] out Entry? oldest) => (oldest = _all.First?.Value) is not null;

    public void Enqueue(Entry entry)
    {
        var node = _all.AddLast(entry);
        if (_bySource.TryGetValue(entry.Source, out var own))
        {
            own.Last.Value.Next = node;
            own.Last = node;
            _bySource[entry.Source] = own;
        }
        else
        {
            _bySource.Add(entry.Source, new OfSource { First = node, Last = node });
        }
    }

    /// <summary>The LAC that goes next; null: none.</summary>
    /// <param name="provenOnly">Pass over LACs that are not proven.</param>
    public LoginSource? NextSource(bool provenOnly)
    {
        LoginSource? best = null;
        var since = 0L;
        foreach (var (source, own) in _bySource)
        {
            if (provenOnly && !source.IsProven) continue;
            var number = own.First.Value.Number;
            if (best is not null && (source.Outstanding, number).CompareTo((best.Outstanding, since)) > 0) continue;
            (best, since) = (source, number);
        }
        return best;
    }

    /// <summary>Removes the oldest request of a LAC that waits.</summary>
    public Entry Dequeue(LoginSource source)
    {
        var own = _bySource[source];
        var entry = own.First.Value;
        _all.Remove(own.First);
        if (entry.Next is { } next) _bySource[source] = own with { First = next };
        else _bySource.Remove(source);
        return entry;
    }
}

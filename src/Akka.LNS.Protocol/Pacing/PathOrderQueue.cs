namespace Akka.LNS.Protocol.Pacing;

/// <summary>Kind of an order for a path.</summary>
public enum PathOrderKind : byte
{
    /// <summary>Creates the path. Once per key, before all other orders.</summary>
    Open,
    /// <summary>Changes the path or starts forwarding. Void when the close of the path is queued.</summary>
    Change,
    /// <summary>Stops forwarding and reads the counters. Void only when the path is never created.</summary>
    Stop,
    /// <summary>Ends the path. Once per key, after all other orders.</summary>
    Close,
}

/// <summary>An order that is due.</summary>
/// <param name="IsVoid">Do not run the order, only answer it, because the close of its path is queued.</param>
public readonly record struct DueOrder<TOrder>(TOrder Order, bool IsVoid);

/// <summary>
/// Queue of orders for paths, first in, first out. When an open and its close are both queued, they and all orders between them are void:
/// the path is never created. A change is also void when the close of its path is queued.
/// </summary>
/// <remarks>
/// A key (ids and incarnation) identifies exactly one path and is never reused. The cost of an order does not depend on the
/// length of the queue. Not thread-safe.
/// </remarks>
public sealed class PathOrderQueue<TKey, TOrder> where TKey : struct, IEquatable<TKey>
{
    private enum Fate : byte
    {
        Opens,
        Closes,
        Never,
    }

    private readonly record struct Entry(TKey Key, PathOrderKind Kind, TOrder Order);

    private readonly Queue<Entry> _waiting = new();
    private readonly Dictionary<TKey, Fate> _fates = []; // keys whose open or close is queued

    /// <summary>Number of queued orders, void ones included.</summary>
    public int Count => _waiting.Count;

    public void Add(TKey key, PathOrderKind kind, TOrder order)
    {
        _waiting.Enqueue(new Entry(key, kind, order));
        if (kind == PathOrderKind.Open) _fates.TryAdd(key, Fate.Opens);
        else if (kind == PathOrderKind.Close)
            _fates[key] = _fates.TryGetValue(key, out var fate) && fate != Fate.Closes ? Fate.Never : Fate.Closes;
    }

    /// <summary>
    /// Appends the orders of one operation to <paramref name="batch"/>: at most <paramref name="most"/> that run, and the void ones between
    /// them.
    /// </summary>
    /// <returns>Number of orders that run.</returns>
    public int Take(int most, List<DueOrder<TOrder>> batch)
    {
        var run = 0;
        while (run < most && _waiting.TryDequeue(out var next))
        {
            var isVoid = IsVoid(next);
            batch.Add(new DueOrder<TOrder>(next.Order, isVoid));
            if (!isVoid) run++;
        }
        return run;
    }

    private bool IsVoid(in Entry entry)
    {
        if (!_fates.TryGetValue(entry.Key, out var fate)) return false;
        if (entry.Kind == PathOrderKind.Close || (entry.Kind == PathOrderKind.Open && fate == Fate.Opens)) _fates.Remove(entry.Key);
        return fate == Fate.Never || (fate == Fate.Closes && entry.Kind is (PathOrderKind.Open or PathOrderKind.Change));
    }
}

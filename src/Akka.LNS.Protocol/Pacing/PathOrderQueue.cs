namespace Akka.LNS.Protocol.Pacing;

/// <summary>What an order does to a path, as far as its place in the queue is concerned.</summary>
public enum PathOrderKind : byte
{
    /// <summary>Makes the path: once in a key's life, before anything else.</summary>
    Open,
    /// <summary>Changes it, or begins to forward on it: needless once it is going to be closed.</summary>
    Change,
    /// <summary>Ends forwarding and tells the counters: needless only on a path that never is.</summary>
    Stop,
    /// <summary>Ends the path: once in a key's life, after everything else.</summary>
    Close,
}

/// <summary>An order that has had its turn.</summary>
/// <param name="IsVoid">It has been overtaken: do not run it, only answer it.</param>
public readonly record struct DueOrder<TOrder>(TOrder Order, bool IsVoid);

/// <summary>
/// Orders for paths that wait for their turn: first in, first out, so those of one path keep their order. An open whose close already waits behind it is
/// void, with everything between them and the close itself: the path never is. A change whose close waits is void too.
/// </summary>
/// <remarks>
/// A key names one life of a path (its ids and incarnation), never two. The cost of an order does not depend on how many wait. One owner: not for several threads.
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
    private readonly Dictionary<TKey, Fate> _fates = []; // of the keys whose open or close waits here

    /// <summary>Orders that wait, void ones included.</summary>
    public int Count => _waiting.Count;

    public void Add(TKey key, PathOrderKind kind, TOrder order)
    {
        _waiting.Enqueue(new Entry(key, kind, order));
        if (kind == PathOrderKind.Open) _fates.TryAdd(key, Fate.Opens);
        else if (kind == PathOrderKind.Close) _fates[key] = _fates.TryGetValue(key, out var fate) && fate != Fate.Closes ? Fate.Never : Fate.Closes;
    }

    /// <summary>Moves what goes as one operation behind what is in <paramref name="batch"/>: at most <paramref name="most"/> orders that run, and any void ones between them.</summary>
    /// <returns>How many of them run.</returns>
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

namespace Akka.LNS.Protocol.Admission;

/// <summary>
/// Call rates of LACs without a tunnel. A LAC that closes its last tunnel and opens another one continues with the tokens that it had left.
/// A rate is kept until its bucket is full again.
/// </summary>
/// <param name="most">Maximum number of rates. One more replaces the oldest.</param>
/// <remarks>Not a state record: it has one owner, which changes it in place.</remarks>
public sealed class RestingQuotas<TKey>(int most, IEqualityComparer<TKey> comparer) where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, Quota Quota)>> _byKey = new(comparer);
    private readonly LinkedList<(TKey Key, Quota Quota)> _inOrder = [];

    public int Count => _byKey.Count;

    /// <summary>Keeps the rate of a LAC whose last tunnel has ended. A full bucket is not kept.</summary>
    public void Keep(TKey key, Quota quota, Instant now)
    {
        Forget(key);
        while (_inOrder.First is { } first && (first.Value.Quota.IsRested(now) || (_byKey.Count >= most && !quota.IsRested(now))))
            Forget(first.Value.Key);
        if (quota.IsRested(now)) return;
        _byKey.Add(key, _inOrder.AddLast((key, quota)));
    }

    /// <summary>The kept rate; null: none.</summary>
    public Quota? Find(TKey key) => _byKey.GetValueOrDefault(key)?.Value.Quota;

    /// <summary>Drops a rate, because its LAC has a tunnel again.</summary>
    public void Forget(TKey key)
    {
        if (_byKey.Remove(key, out var node)) _inOrder.Remove(node);
    }
}

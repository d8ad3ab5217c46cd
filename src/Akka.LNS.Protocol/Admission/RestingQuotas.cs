namespace Akka.LNS.Protocol.Admission;

/// <summary>
/// Rates of those who have gone: who closes its last tunnel and opens another one goes on with the tokens that it had left, and not with a full bucket. Kept until the bucket would be
/// full again, and of so many at most: of more, those who went first are forgotten.
/// </summary>
/// <remarks>Not a state record: it belongs to one owner, who changes it in place.</remarks>
public sealed class RestingQuotas<TKey>(int most, IEqualityComparer<TKey> comparer) where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, Quota Quota)>> _byKey = new(comparer);
    private readonly LinkedList<(TKey Key, Quota Quota)> _inOrder = [];

    public int Count => _byKey.Count;

    /// <summary>It has no tunnel any more. A bucket that is full is nothing to remember.</summary>
    public void Keep(TKey key, Quota quota, Instant now)
    {
        Forget(key);
        while (_inOrder.First is { } first && (first.Value.Quota.IsRested(now) || (_byKey.Count >= most && !quota.IsRested(now)))) Forget(first.Value.Key);
        if (quota.IsRested(now)) return;
        _byKey.Add(key, _inOrder.AddLast((key, quota)));
    }

    /// <summary>What was kept; null: nothing.</summary>
    public Quota? Find(TKey key) => _byKey.GetValueOrDefault(key)?.Value.Quota;

    /// <summary>It is in use again, or never will be.</summary>
    public void Forget(TKey key)
    {
        if (_byKey.Remove(key, out var node)) _inOrder.Remove(node);
    }
}

namespace Akka.LNS.Protocol.Accounting;

/// <summary>
/// Accounting-On or Accounting-Off of the node, and the sessions that wait behind it. A server that gets one closes all sessions that it
/// believes open (RFC 2866 section 5.1). So Accounting-On goes between the sessions of the earlier process, whose Stops it would void, and
/// those of this process, which it would close. Accounting-Off is the last record.
/// </summary>
internal sealed class NodeMarker
{
    /// <summary>Attempts of Accounting-On, each behind all records that wait for the same servers. Some servers never accept one.</summary>
    private const int MaxAttempts = 3;

    private readonly Queue<(RetryQueue Queue, WaitingSession Session)> _behind = new();
    private AccountingRecord? _sent;
    private long _key; // its place among the keys of the sessions
    private int _attempts;
    private bool _isTried;

    /// <summary>The record that waits for its turn to be sent; null: none.</summary>
    public AccountingRecord? Waiting { get; private set; }

    /// <summary>A record waits or is on its way: a Start of this process must wait.</summary>
    public bool IsPending => Waiting is not null || _sent is not null;

    /// <summary>A record is on its way.</summary>
    public bool IsSent => _sent is not null;

    /// <summary>The waiting record is not sent before <see cref="Decide"/>.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>The marker is tried before the sessions that failed.</summary>
    public bool IsNext => IsSent || (Waiting is { Kind: AccountingKind.On } && !_isTried && !IsHeld);

    /// <summary>Number of sessions that wait behind the marker.</summary>
    public int Behind => _behind.Count;

    /// <summary>A new record replaces one that waits.</summary>
    /// <param name="key">Sessions with a higher key wait for it; not used while another record is on its way: then those that wait already
    /// wait for that one.</param>
    /// <returns>The record replaced another: the sessions behind that one wait no longer.</returns>
    public bool Offer(AccountingRecord record, long key, bool isHeld)
    {
        var replaces = Waiting is not null;
        (Waiting, IsHeld, _attempts, _isTried) = (record, isHeld, 0, false);
        if (_sent is null) _key = key;
        return replaces;
    }

    /// <summary>The held record may be sent, or is dropped.</summary>
    /// <returns>It is dropped: the sessions behind it wait no longer.</returns>
    public bool Decide(bool isSent)
    {
        if (!IsHeld) return false;
        IsHeld = false;
        if (!isSent) Waiting = null;
        return !isSent;
    }

    /// <summary>The waiting record is sent.</summary>
    public AccountingRecord Send()
    {
        (_sent, Waiting) = (Waiting, null);
        return _sent!;
    }

    /// <summary>The record on its way has its answer.</summary>
    /// <param name="isAgain">Accounting-On failed and may be sent once more.</param>
    /// <param name="key">The place of a record that was offered meanwhile.</param>
    /// <returns>The sessions behind the marker wait no longer.</returns>
    public bool OnAnswered(bool isAgain, long key)
    {
        var record = _sent;
        _sent = null;
        if (isAgain) (Waiting, _isTried) = (record, true);
        if (Waiting is not null && Waiting.Kind == record?.Kind) return false;
        if (Waiting is not null) _key = key;
        return true;
    }

    /// <summary>Counts a failed attempt of Accounting-On; true: one more is allowed.</summary>
    public bool MayTryAgain() => Waiting is null && ++_attempts < MaxAttempts;

    /// <summary>A new round of the queue begins: the marker has its turn again.</summary>
    public void OnNewRound() => _isTried = false;

    /// <summary>Lets a session of this process wait behind the marker; false: it need not wait.</summary>
    public bool TryHold(RetryQueue queue, WaitingSession session)
    {
        if (!IsPending || session.Key < _key) return false;
        _behind.Enqueue((queue, session));
        return true;
    }

    /// <summary>The next session that waits no longer.</summary>
    public bool TryRelease(out RetryQueue? queue, out WaitingSession session)
    {
        var has = _behind.TryDequeue(out var next);
        (queue, session) = next;
        return has;
    }
}

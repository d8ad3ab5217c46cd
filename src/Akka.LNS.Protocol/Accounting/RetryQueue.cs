namespace Akka.LNS.Protocol.Accounting;

/// <summary>
/// The sessions whose records wait for one server set, and whether these servers accept anything. While they do, <c>window</c> attempts run
/// at a time; while they do not, one. A record that failed goes behind those that were not tried since, so a record that no server accepts
/// does not block others.
/// </summary>
internal sealed class RetryQueue
{
    private readonly Queue<WaitingSession> _first = new();   // before the others: held back by an outage or by an earlier Stop
    private readonly Queue<WaitingSession> _untried = new(); // oldest first
    private readonly Queue<WaitingSession> _failed = new();  // tried in this round
    private TimeSpan? _lastPause;                            // null: the next pause is the retry interval

    /// <summary>Number of records that the servers of this queue have accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>Number of attempts that have begun and not ended: a row is being read, or a record is on its way.</summary>
    public int UnderWay { get; private set; }

    /// <summary>
    /// The latest attempt failed and no record was accepted meanwhile. One attempt at a time shows whether the servers answer again.
    /// </summary>
    public bool IsDown { get; private set; }

    /// <summary>
    /// End of the pause; null: no pause. Until then no attempt begins while the queue is down, and none of those that failed while it is
    /// up.
    /// </summary>
    public Instant? RetryAt { get; private set; }

    /// <summary>false after a reload that removed this server set; then nothing may be added.</summary>
    public bool IsInUse { get; set; } = true;

    /// <summary>Number of sessions that wait.</summary>
    public int Waiting => _first.Count + _untried.Count + _failed.Count;

    /// <summary>Sessions wait that were not tried in this round.</summary>
    public bool HasUntried => _first.Count + _untried.Count > 0;

    /// <summary>Sessions wait that failed in this round.</summary>
    public bool HasFailed => _failed.Count > 0;

    /// <summary>When the oldest waiting record occurred, in milliseconds since 1970 UTC; null: no session waits.</summary>
    public long? Oldest
    {
        get
        {
            long? oldest = _first.TryPeek(out var session) ? session.Since : null;
            if (_untried.TryPeek(out session) && !(oldest < session.Since)) oldest = session.Since;
            if (_failed.TryPeek(out session) && !(oldest < session.Since)) oldest = session.Since;
            return oldest;
        }
    }

    public void Add(WaitingSession session) => _untried.Enqueue(session);
    public void AddFirst(WaitingSession session) => _first.Enqueue(session);

    /// <summary>
    /// Adds a session whose attempt failed; <see cref="OnFailed"/> or <see cref="Pause"/> sets the time of the next round.
    /// </summary>
    public void AddFailed(WaitingSession session) => _failed.Enqueue(session);

    /// <summary>Moves all waiting sessions to another queue as untried, and ends the pause.</summary>
    public void MoveTo(RetryQueue other)
    {
        foreach (var queue in (ReadOnlySpan<Queue<WaitingSession>>)[_first, _failed, _untried])
            while (queue.TryDequeue(out var session)) other.Add(session);
        RetryAt = null;
    }

    /// <summary>Begins the next attempt if one may begin; <see cref="Done"/> ends it.</summary>
    /// <param name="window">Maximum number of attempts at a time while the queue is up.</param>
    public bool TryTake(int window, out WaitingSession session)
    {
        session = default;
        if ((IsDown && RetryAt is not null) || UnderWay >= (IsDown ? 1 : window)) return false;
        if (!_first.TryDequeue(out session) && !_untried.TryDequeue(out session)) return false;
        UnderWay++;
        return true;
    }

    /// <summary>Ends an attempt, whatever its result.</summary>
    public void Done() => UnderWay--;

    /// <summary>A server accepted a record. When the queue was down, it is up, and the sessions that failed are tried at once.</summary>
    /// <param name="wasAttempt">The record came from this queue, not directly from its session.</param>
    public void OnAccepted(bool wasAttempt)
    {
        Accepted++;
        if (!IsDown)
        {
            if (wasAttempt) _lastPause = null;
            return;
        }
        (IsDown, RetryAt, _lastPause) = (false, null, null);
        while (_failed.TryDequeue(out var session)) _first.Enqueue(session);
    }

    /// <summary>No server accepted a record. The queue is down if its servers have accepted nothing since the record was sent.</summary>
    /// <param name="wasAttempt">The record came from this queue; then the pause grows.</param>
    /// <param name="acceptedBefore"><see cref="Accepted"/> when the record was sent.</param>
    /// <returns>The queue was up and is down now.</returns>
    public bool OnFailed(bool wasAttempt, long acceptedBefore, LedgerPolicy policy, Instant now)
    {
        var goesDown = !IsDown && acceptedBefore == Accepted;
        IsDown |= goesDown;
        Pause(wasAttempt, policy, now);
        return goesDown;
    }

    /// <summary>Begins a pause unless one is running.</summary>
    /// <param name="longer">The pause is twice the one before, at most <see cref="LedgerPolicy.RetryMax"/>.</param>
    public void Pause(bool longer, LedgerPolicy policy, Instant now)
    {
        if (RetryAt is not null) return;
        var pause = _lastPause ?? policy.RetryInterval;
        if (longer) pause = pause * 2 < policy.RetryMax ? pause * 2 : policy.RetryMax;
        _lastPause = pause;
        RetryAt = now + pause;
    }

    /// <summary>Ends the pause. While the queue is down, the sessions that failed wait until all others have been tried.</summary>
    /// <param name="isMarkerNext">The node marker is tried before the sessions that failed.</param>
    /// <returns>A new round begins: the sessions that failed are untried again.</returns>
    public bool Retry(bool isMarkerNext)
    {
        RetryAt = null;
        if (IsDown && (HasUntried || isMarkerNext)) return false;
        while (_failed.TryDequeue(out var session)) _untried.Enqueue(session);
        return true;
    }
}

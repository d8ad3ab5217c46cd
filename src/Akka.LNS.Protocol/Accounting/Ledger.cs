using System.Runtime.InteropServices;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>
/// Decides which accounting record is sent when. It keeps Start, Interims and Stop of each session in order (<see cref="Sequence"/>), the
/// sessions of one user in order (<see cref="UserOrder"/>), Accounting-On and -Off in their place (<see cref="NodeMarker"/>), and gives
/// records that no server accepted further attempts (<see cref="RetryQueue"/>, one for each server set). Every Start and Stop is stored in
/// the spool before it is sent and leaves it when a server has accepted it; of a record that waits for another attempt, only the key stays
/// in memory.
/// </summary>
/// <remarks>
/// A mutable machine, owned by one shell: it holds every session of the node. Deterministic: no clock, no I/O, no randomness. Call
/// <c>On</c> with each event, do the effects in order before the next event, and send <see cref="LedgerEvent.DeadlineReached"/> at
/// <see cref="NextDeadline"/>.
/// </remarks>
public sealed class Ledger
{
    /// <summary>Maximum time that a record is held for the spool: a disk that hangs must not stop accounting.</summary>
    private static readonly TimeSpan HoldAtMost = TimeSpan.FromSeconds(5);

    /// <summary>Maximum number of sessions that are read at a time only to find their server set.</summary>
    private const int SortWindow = 256;

    private readonly Dictionary<string, LedgerSession> _sessions = [];
    private readonly Queue<HeldRecord> _held = new();
    private readonly RetryQueue _any = new();      // sessions that need no particular server
    private readonly RetryQueue _unsorted = new(); // sessions whose server set is known when they have been read
    private readonly Dictionary<string, RetryQueue> _queuesByServers = new(StringComparer.Ordinal);
    private readonly Dictionary<ServerSet, RetryQueue> _queuesBySet = new(ReferenceEqualityComparer.Instance);
    private RetryQueue[] _queues = [];             // all of these
    private UserOrder _order = new(0);
    private readonly NodeMarker _marker = new();
    private readonly Dictionary<long, LoadingSession> _loading = [];
    private readonly List<LedgerEffect> _effects = [];
    private LedgerPolicy _policy;
    private RealmTable<ServerSet> _realms;
    private int _underWay; // records sent or held
    private long _lastKey;
    private long _stored, _written;

    /// <param name="isWrittenAtOnce">The spool has no file, so no record is held.</param>
    public Ledger(LedgerPolicy policy, RealmTable<ServerSet> realms, bool isWrittenAtOnce)
    {
        (_policy, _realms) = (policy, realms);
        if (isWrittenAtOnce) _written = long.MaxValue;
        Sort();
    }

    /// <summary>Number of records and sessions on their way to a server or from the spool.</summary>
    public int UnderWay => _underWay + _loading.Count;

    /// <summary>Number of sessions whose records wait for an attempt; a node marker that waits counts as one.</summary>
    public int Waiting => WaitingInQueues + _order.Waiting + _marker.Behind + (_marker.Waiting is null ? 0 : 1);

    /// <summary>When the oldest record of the retry queues occurred, in milliseconds since 1970 UTC; null: no record waits.</summary>
    public long? Oldest { get; private set; }

    /// <summary>When <see cref="LedgerEvent.DeadlineReached"/> is due; null: no deadline.</summary>
    public Instant? NextDeadline
    {
        get
        {
            Instant? due = _held.TryPeek(out var first) ? first.Until : null;
            foreach (var queue in _queues) due = Instant.Earliest(due, queue.RetryAt);
            return due;
        }
    }

    private int WaitingInQueues
    {
        get
        {
            var waiting = 0;
            foreach (var queue in _queues) waiting += queue.Waiting;
            return waiting;
        }
    }

    /// <returns>What to do, in order; valid until the next event or <see cref="EffectsDone"/>.</returns>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.Opened ev, Instant now)
    {
        _effects.Clear();
        var lastEarlier = 0L;
        var queue = _queuesByServers.Count == 0 ? _any : _unsorted; // without server sets the queue is known
        foreach (var session in ev.Earlier)
        {
            queue.Add(session);
            lastEarlier = Math.Max(lastEarlier, session.Key);
        }
        (_order, _lastKey) = (new UserOrder(lastEarlier), ev.LastKey);
        return End(now);
    }

    /// <inheritdoc cref="On(LedgerEvent.Opened, Instant)"/>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.Configured ev, Instant now)
    {
        _effects.Clear();
        _policy = ev.Policy;
        if (!ReferenceEquals(ev.Realms, _realms))
        {
            _realms = ev.Realms;
            Sort();
        }
        return End(now);
    }

    /// <inheritdoc cref="On(LedgerEvent.Opened, Instant)"/>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.Offered ev, Instant now)
    {
        _effects.Clear();
        var record = ev.Record;
        if (record.Kind is AccountingKind.On or AccountingKind.Off)
        {
            if (_marker.Offer(record, ++_lastKey, ev.IsHeld)) Release();
        }
        else
        {
            Offer(record, now);
        }
        return End(now);
    }

    /// <inheritdoc cref="On(LedgerEvent.Opened, Instant)"/>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.OnDecided ev, Instant now)
    {
        _effects.Clear();
        if (_marker.Decide(ev.IsSent)) Release();
        return End(now);
    }

    /// <inheritdoc cref="On(LedgerEvent.Opened, Instant)"/>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.ForwardingEnded ev, Instant now)
    {
        _effects.Clear();
        if (_sessions.TryGetValue(ev.Session, out var session))
        {
            _order.Add(session.Key, session.User, QueueOf(session.Login));
        }
        else if (ev.User.Length > 0)
        {
            // its records are still to come, or all have been offered, or there are none: the end of the bundle decides
            session = AddSession(ev.Session, ++_lastKey, ev.User, ev.Login.Length > 0 ? ev.Login : ev.User);
            Emit(new LedgerEffect(LedgerEffectKind.Watch, Session: ev.Session));
            _order.Add(session.Key, session.User, QueueOf(session.Login));
        }
        return End(now);
    }

    /// <inheritdoc cref="On(LedgerEvent.Opened, Instant)"/>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.BundleGone ev, Instant now)
    {
        _effects.Clear();
        if (_sessions.TryGetValue(ev.Session, out var session) && session.State is SequenceState.Fresh)
        {
            Close(session);
            Settle(session.Key);
        }
        return End(now);
    }

    /// <inheritdoc cref="On(LedgerEvent.Opened, Instant)"/>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.Answered ev, Instant now)
    {
        _effects.Clear();
        _underWay--;
        if (ev.Kind is AccountingKind.On or AccountingKind.Off) OnMarkerAnswered(ev, now);
        else if (_sessions.TryGetValue(ev.Session, out var session)) OnAnswered(session, ev, now);
        return End(now);
    }

    /// <inheritdoc cref="On(LedgerEvent.Opened, Instant)"/>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.Written ev, Instant now)
    {
        _effects.Clear();
        _written = Math.Max(_written, ev.UpTo);
        while (_held.TryPeek(out var first) && first.Number <= _written) SendHeld();
        return End(now);
    }

    /// <inheritdoc cref="On(LedgerEvent.Opened, Instant)"/>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.Loaded ev, Instant now)
    {
        _effects.Clear();
        foreach (var session in ev.Sessions)
        {
            if (!_loading.Remove(session.Key, out var loading)) continue;
            if (!TryBegin(session, loading, now)) loading.Queue.Done();
        }
        return End(now);
    }

    /// <inheritdoc cref="On(LedgerEvent.Opened, Instant)"/>
    public ReadOnlySpan<LedgerEffect> On(LedgerEvent.DeadlineReached _, Instant now)
    {
        _effects.Clear();
        while (_held.TryPeek(out var first) && first.Until <= now) SendHeld();
        foreach (var queue in _queues)
        {
            if (!(queue.RetryAt <= now)) continue;
            if (queue.Retry(isMarkerNext: queue == _any && _marker.IsNext) && queue == _any) _marker.OnNewRound();
        }
        return End(now);
    }

    /// <summary>Lets go of the effects of the last event, so that no record of a session that has ended is held.</summary>
    public void EffectsDone() => _effects.Clear();

    private void Emit(in LedgerEffect effect) => _effects.Add(effect);

    /// <summary>Every event ends so: begins the attempts that may begin.</summary>
    private ReadOnlySpan<LedgerEffect> End(Instant now)
    {
        foreach (var queue in _queues)
        {
            while (queue.TryTake(queue == _unsorted ? SortWindow : _policy.Window, out var session))
            {
                if (!_loading.TryAdd(session.Key, new LoadingSession(session, queue, false))) queue.Done();
                else Emit(new LedgerEffect(LedgerEffectKind.Load, session.Key));
            }
        }
        if (IsMarkerDue)
        {
            _underWay++;
            Send(_marker.Send());
        }
        long? oldest = null;
        foreach (var queue in _queues)
        {
            // the last session of a round was not in the spool any more: those that failed need a pause to be tried again
            if (queue is { HasFailed: true, HasUntried: false, UnderWay: 0 }) queue.Pause(longer: false, _policy, now);
            if (queue.Oldest is { } since && !(oldest < since)) oldest = since;
        }
        Oldest = oldest;
        return CollectionsMarshal.AsSpan(_effects);
    }

    /// <summary>
    /// Accounting-On is due when each session that waits has been accepted or tried, except sessions whose servers are down: no server can
    /// get their records before it. Accounting-Off is due when nothing waits.
    /// </summary>
    private bool IsMarkerDue
    {
        get
        {
            if (_marker.Waiting is not { } record || _marker.IsSent || _marker.IsHeld) return false;
            if (record.Kind == AccountingKind.Off) return UnderWay + WaitingInQueues + _order.Waiting == 0;
            foreach (var queue in _queues)
                if ((queue == _any || !queue.IsDown) && (queue.HasUntried || queue.UnderWay > 0)) return false;
            return !(_any.IsDown && _any.RetryAt is not null);
        }
    }

    private RetryQueue QueueOf(string user)
    {
        if (_realms.Count == 0 || user.Length == 0) return _any;
        return _realms.Find(RealmOfUser.Of(user).Realm) is { } set ? _queuesBySet[set] : _any;
    }

    /// <summary>After a reload a queue may be out of use; then its sessions are sorted anew.</summary>
    private RetryQueue InUse(RetryQueue queue) => queue.IsInUse ? queue : _unsorted;

    /// <summary>
    /// Makes a queue for each server set, at the start and after a reload. The sessions that wait are sorted when they have been read.
    /// </summary>
    private void Sort()
    {
        _queuesBySet.Clear();
        HashSet<string> inUse = new(StringComparer.Ordinal);
        foreach (var set in _realms.Values)
        {
            var queue = _any;
            if (set.Servers.Length > 0)
            {
                inUse.Add(set.Servers);
                if (!_queuesByServers.TryGetValue(set.Servers, out queue)) _queuesByServers.Add(set.Servers, queue = new RetryQueue());
            }
            _queuesBySet[set] = queue;
        }
        foreach (var queue in _queues)
            if (queue != _unsorted) queue.MoveTo(_unsorted);
        foreach (var (servers, queue) in _queuesByServers)
        {
            if (inUse.Contains(servers)) continue;
            queue.IsInUse = false;
            _queuesByServers.Remove(servers);
        }
        if (_queuesByServers.Count == 0) _unsorted.MoveTo(_any); // they need not be read for it
        _queues = [_unsorted, _any, .. _queuesByServers.Values];
        // what other servers accepted says nothing about the records on their way
        foreach (var session in _sessions.Values) session.AcceptedBefore = QueueOf(session.Login).Accepted;
    }

    private LedgerSession AddSession(string id, long key, string user, string login)
    {
        var session = new LedgerSession(id, key, user, login);
        _sessions.Add(id, session);
        return session;
    }

    private void Close(LedgerSession session)
    {
        _sessions.Remove(session.Id);
        Emit(new LedgerEffect(LedgerEffectKind.Close, Session: session.Id));
    }

    private void Offer(AccountingRecord record, Instant now)
    {
        var id = record.Session.AcctSessionId;
        var hasBegun = _sessions.TryGetValue(id, out var session) && session.State is not SequenceState.Fresh;
        if (hasBegun == (record.Kind == AccountingKind.Start)) return; // a second Start, or a record after the Stop
        PendingStop? before = null;
        switch (record.Kind)
        {
            case AccountingKind.Start:
                session ??= AddSession(id, ++_lastKey, record.Session.UserName, record.Session.RoutedBy);
                Store(session, record);
                // a marker that is pending separates it from the sessions of the earlier process
                before = _order.Before(session.Key, session.User, withEarlier: !_marker.IsPending);
                break;
            case AccountingKind.Interim: Emit(new LedgerEffect(LedgerEffectKind.Store, session!.Key, record)); break;
            case AccountingKind.Stop:
                Store(session!, record);
                _order.Add(session!.Key, session.User, QueueOf(session.Login));
                break;
        }
        Step(session!, new SequenceEvent.Offer(record), now, before);
    }

    private void Store(LedgerSession session, AccountingRecord record)
    {
        session.Stored = ++_stored;
        Emit(new LedgerEffect(LedgerEffectKind.Store, session.Key, record, session.Stored));
    }

    private void OnMarkerAnswered(LedgerEvent.Answered ev, Instant now)
    {
        var isAgain = false;
        if (ev.Result == SendResult.Accepted)
        {
            _any.OnAccepted(wasAttempt: false);
        }
        else if (ev.Kind == AccountingKind.On && _any.HasFailed && _marker.MayTryAgain())
        {
            // no record of the earlier process was accepted either: once more, behind them
            isAgain = true;
            _any.OnFailed(wasAttempt: true, _any.Accepted, _policy, now);
        }
        else
        {
            Emit(new LedgerEffect(LedgerEffectKind.LogMarkerLost, Of: ev.Kind, Why: ev.Why)); // others wait behind it
        }
        if (_marker.OnAnswered(isAgain, _marker.Waiting is null ? 0 : ++_lastKey)) Release();
    }

    /// <summary>The sessions behind the node marker wait no longer.</summary>
    private void Release()
    {
        while (_marker.TryRelease(out var queue, out var session)) InUse(queue!).Add(session);
    }

    private void OnAnswered(LedgerSession session, LedgerEvent.Answered ev, Instant now)
    {
        var queue = QueueOf(session.Login);
        var isInterim = ev.Kind == AccountingKind.Interim;
        if (ev.Result == SendResult.Accepted)
        {
            if (!isInterim) Emit(new LedgerEffect(LedgerEffectKind.Forget, session.Key, Of: ev.Kind));
            if (ev.Kind == AccountingKind.Stop) Settle(session.Key);
            queue.OnAccepted(session.AttemptOf is not null);
            Step(session, SequenceEvent.Delivered.Instance, now);
        }
        else if (ev.Result == SendResult.Unsendable && !isInterim)
        {
            Emit(new LedgerEffect(LedgerEffectKind.Lose, session.Key, Session: session.Id, Of: ev.Kind, Why: ev.Why));
            if (ev.Kind == AccountingKind.Stop) Settle(session.Key);
            Step(session, SequenceEvent.Delivered.Instance, now); // goes on with the next record, as if a server had accepted this one
        }
        else
        {
            // an Interim has no further attempt: a later record has its totals
            if (!isInterim && queue.OnFailed(session.AttemptOf is not null, session.AcceptedBefore, _policy, now))
                Emit(new LedgerEffect(LedgerEffectKind.LogDelayed, Session: session.Id, Of: ev.Kind, Why: ev.Why));
            // the servers refused this Stop and accepted other records: no session waits for it
            if (ev is { Kind: AccountingKind.Stop, Result: not SendResult.NotAsked } && session.AcceptedBefore != queue.Accepted)
                Settle(session.Key);
            Step(session, SequenceEvent.Undelivered.Instance, now, hasFailed: true);
        }
    }

    /// <param name="before">The pending Stop that this Start waits for.</param>
    /// <param name="hasFailed">No server accepted the record that was sent.</param>
    private void Step(LedgerSession session, SequenceEvent ev, Instant now, PendingStop? before = null, bool hasFailed = false)
    {
        var (next, effects) = Sequence.On(session.State, ev);
        var isQueued = session.State is SequenceState.Spooled;
        session.State = next;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SequenceEffect.Send { Record.Kind: AccountingKind.Start }
                    when session.AttemptOf is null && (before is not null || _marker.IsPending):
                    Step(session, SequenceEvent.Undelivered.Instance, now, before);
                    break;
                case SequenceEffect.Send send: SendOrHold(session, send.Record, now); break;
                case SequenceEffect.Spool when isQueued: // it is sent when the Start before it has its attempt
                    if (_loading.TryGetValue(session.Key, out var loading)) _loading[session.Key] = loading with { HasMore = true };
                    break;
                case SequenceEffect.Spool spool:
                    Queue(session, new WaitingSession(session.Key, spool.Record.OccurredUtc.ToUnixTimeMilliseconds()), before, hasFailed);
                    isQueued = true;
                    break;
                case SequenceEffect.Superseded: Emit(new LedgerEffect(LedgerEffectKind.CountSuperseded)); break;
                case SequenceEffect.Finished: Close(session); break;
            }
        }
        if (session.AttemptOf is not { } attempt || session.State is SequenceState.Busy) return;
        session.AttemptOf = null;
        attempt.Done();
    }

    private void Queue(LedgerSession session, WaitingSession waiting, PendingStop? before, bool hasFailed)
    {
        var queue = QueueOf(session.Login);
        if (before is not null) _order.Wait(before, waiting);
        else if (hasFailed && (session.AttemptOf is not null || session.AcceptedBefore != queue.Accepted)) queue.AddFailed(waiting);
        else if (!_marker.TryHold(queue, waiting)) queue.Add(waiting);
    }

    /// <summary>No session waits for the Stop of this session any more.</summary>
    private void Settle(long key)
    {
        if (_order.Remove(key) is not { } stop) return;
        var queue = InUse(stop.Queue);
        foreach (var session in stop.Behind!)
            if (!_marker.TryHold(queue, session)) queue.AddFirst(session);
    }

    private void SendOrHold(LedgerSession session, AccountingRecord record, Instant now)
    {
        _underWay++;
        if (record.Kind == AccountingKind.Interim || session.Stored <= _written) Send(session, record);
        else _held.Enqueue(new HeldRecord(session.Stored, now + HoldAtMost, session, record));
    }

    private void SendHeld()
    {
        var held = _held.Dequeue();
        Send(held.Session, held.Record);
    }

    private void Send(LedgerSession session, AccountingRecord record)
    {
        session.AcceptedBefore = QueueOf(session.Login).Accepted;
        Send(record);
    }

    private void Send(AccountingRecord record) => Emit(new LedgerEffect(LedgerEffectKind.Send, Record: record));

    /// <returns>An attempt runs; false: the session needs none, or not now.</returns>
    private bool TryBegin(SpooledSession row, LoadingSession loading, Instant now)
    {
        var (waiting, from) = (loading.Session, InUse(loading.Queue));
        if (row.IsUnreadable)
        {
            Settle(row.Key); // it may stay so: the user's next session does not wait for it
            from.AddFailed(waiting);
            from.Pause(longer: true, _policy, now);
            return false;
        }
        if (loading.HasMore)
        {
            from.AddFirst(waiting);
            return false;
        }
        if ((row.Start ?? row.Stop) is not { } first)
        {
            Settle(row.Key);
            GoOnWithoutStart(row.Key);
            return false;
        }
        if (MustWait(waiting, first)) return false; // before it is sorted: a later session of the user may be read meanwhile
        var queue = QueueOf(first.Session.RoutedBy);
        if (queue != from)
        {
            queue.Add(waiting);
            return false;
        }
        var id = first.Session.AcctSessionId;
        if (!_sessions.TryGetValue(id, out var session))
        {
            if (row.Stop is null)
            {
                Settle(row.Key); // a session that is up is known, so this one has ended: the spool lost its Stop and has counted it
                return false;
            }
            session = AddSession(id, row.Key, first.Session.UserName, first.Session.RoutedBy);
            if (row.Start is null) session.State = SequenceState.Quiet.Instance;
        }
        else if (session.Key != row.Key) // the end of forwarding was reported after the last record: this entry goes with its bundle
        {
            from.AddFirst(waiting);
            return false;
        }
        session.AttemptOf = queue;
        if (row.Start is { } start) Step(session, new SequenceEvent.Offer(start), now);
        if (row.Stop is { } stop) Step(session, new SequenceEvent.Offer(stop), now);
        return true;
    }

    /// <summary>Sessions of one user that an earlier process left behind are sent one after the other.</summary>
    private bool MustWait(WaitingSession waiting, AccountingRecord first)
    {
        var user = first.Session.UserName;
        // a Stop of this process that was settled blocks no session, however often it is tried
        if (user.Length == 0 || !_order.IsEarlier(waiting.Key) || _order.Contains(waiting.Key)) return false;
        var before = _order.BeforeEarlier(user);
        _order.Add(waiting.Key, user, QueueOf(first.Session.RoutedBy));
        if (before is null) return false;
        _order.Wait(before, waiting with { Since = first.OccurredUtc.ToUnixTimeMilliseconds() });
        return true;
    }

    /// <summary>The spool lost the Start and has counted it. If the session is up, its Stop will be sent.</summary>
    private void GoOnWithoutStart(long key)
    {
        foreach (var session in _sessions.Values)
            if (session.Key == key && session.State is SequenceState.Spooled) session.State = SequenceState.Quiet.Instance;
    }
}

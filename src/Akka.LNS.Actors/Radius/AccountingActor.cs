using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Akka.LNS.Actors.Radius.Spool;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>
/// Gate to accounting: forwarding is over for this session. If it has an account, the Stop is on its way from the bundle, and perhaps even the Start: whoever forwards
/// next for the same user may be told of before they have come.
/// </summary>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="Bundle">Who will have told all there is to tell when it has gone.</param>
internal sealed record AccountingEnds(string Session, string User, IActorRef Bundle);

/// <summary>How many records no server has taken yet; answered by <see cref="AccountingBacklog"/>.</summary>
internal sealed record AskAccountingBacklog
{
    public static readonly AskAccountingBacklog Instance = new();
}

/// <param name="UnderWay">Records on their way to a server or from the spool.</param>
/// <param name="Waiting">Sessions whose records wait for another try, and Accounting-On or -Off that waits behind them.</param>
/// <param name="IsKept">What waits outlives the process.</param>
internal sealed record AccountingBacklog(int UnderWay, int Waiting, bool IsKept);

/// <summary>
/// Keeps Start, Interims and Stop of each session in order (<see cref="AccountingSequence"/>), longer than the session lives: a bundle hands over its Stop and is
/// gone. Every Start and Stop goes into the spool first and leaves it when a server has it; of what waits for another try, only the key is kept here.
/// </summary>
/// <remarks>
/// Accounting-On marks the beginning of accounting (RFC 2866 section 5.1), and servers close what they think open when it comes. So it has a turn between the
/// sessions of the time before, which would lose their Stops by it, and those of this time, which it must not end. Accounting-Off is the last for the same reason.
/// A Start waits for the Stop that its user's session before still owes: a client that is too quick must not look as if it were on twice.
/// </remarks>
internal sealed class AccountingActor(LnsNodeContext node) : UntypedActor
{
    /// <summary>Interims go without it, they are not in the spool.</summary>
    private readonly record struct Held(long Ticket, Instant Until, AccountingRecord Record);

    private sealed class Entry(long key, string user, IActorRef bundle)
    {
        public AccountingSequenceState State = AccountingSequenceState.Fresh.Instance;
        public long Key { get; } = key;
        public string User { get; } = user;
        public IActorRef Bundle { get; } = bundle;

        /// <summary>Of the record that it offered last.</summary>
        public long Ticket;

        /// <summary><see cref="_taken"/> when its record was sent.</summary>
        public long TakenBefore;

        /// <summary>What its Start waits for.</summary>
        public OwedStop? Before;

        /// <summary>Its record came from the spool.</summary>
        public bool IsTurn;
    }

    /// <summary>A Stop that no server has taken yet.</summary>
    private sealed class OwedStop(string user)
    {
        public string User { get; } = user;

        /// <summary>Of the same user, in the order in which they ended.</summary>
        public OwedStop? Previous, Next;

        /// <summary>Sessions of the user that began after it; their turn comes when it and those before it have been taken.</summary>
        public List<SpoolTurn>? Behind;
    }

    /// <summary>A bundle that ended before it had told of its session has gone: what it did not tell by now it never will.</summary>
    private sealed record BundleGone(string Session);

    /// <summary>A disk that hangs must not hold back accounting for longer.</summary>
    private static readonly TimeSpan HoldAtMost = TimeSpan.FromSeconds(5);

    private const long OfNode = 0; // key of the turn of Accounting-On or -Off

    private readonly IAccountingSpool _spool = node.Spool;
    private readonly int _window = node.Settings.Radius.Workers; // turns at a time
    private readonly Dictionary<string, Entry> _sessions = [];
    private readonly Queue<Held> _held = new();                  // wait to be written
    private readonly Queue<SpoolTurn> _turns = new();            // oldest first
    private readonly Queue<SpoolTurn> _again = new();            // before them: those whose turn an outage has ended, or the Stop before
    private readonly Dictionary<long, OwedStop> _owed = [];      // by the key of its session; from the end of its forwarding on
    private readonly Dictionary<string, OwedStop> _lastOwed = new(StringComparer.Ordinal);        // of each user
    private readonly Dictionary<string, OwedStop> _lastOwedEarlier = new(StringComparer.Ordinal); // the same of those that an earlier process left
    private int _behind;                                         // sessions in the lists of these
    private long _lastEarlier;                                   // key of the last session that an earlier process left
    private readonly Dictionary<long, bool> _loading = [];       // asked of the spool; true: more came meanwhile
    private readonly List<long> _toLoad = [];
    private AccountingRecord? _ofNode;                           // waits for its turn; nobody starts before it
    private bool _nodeUnderWay;
    private int _underWay;                                       // records sent or held
    private int _turnsUnderWay;
    private long _taken;                                         // records that servers took
    private bool _isDown;                                        // the last try failed: one at a time
    private Instant? _retryAt;
    private TimeSpan _retryAfter = node.Settings.Radius.Accounting.RetryInterval;
    private DeadlineTimer _timer;

    protected override void PreStart()
    {
        foreach (var turn in _spool.Attach(Self, node.SessionIds.Epoch))
        {
            _turns.Enqueue(turn);
            _lastEarlier = Math.Max(_lastEarlier, turn.Key);
        }
        TakeTurns();
    }

    protected override void PostStop() => _ = _spool.CloseAsync();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AccountingOffered { Record: { Kind: AccountingKind.On or AccountingKind.Off } r }: OnOfNode(r); break;
            case AccountingOffered offer: OnOffered(offer); break;
            case AccountingEnds ends: OnEnds(ends); break;
            case BundleGone gone: OnBundleGone(gone.Session); break;
            case AccountingAnswered { Kind: AccountingKind.On or AccountingKind.Off } answer: OnNodeAnswered(answer); break;
            case AccountingAnswered answer: OnAnswered(answer); break;
            case SpoolWritten: Release(); break;
            case SpoolLoaded loaded: OnLoaded(loaded.Sessions); break;
            case AskAccountingBacklog:
                Sender.Tell(new AccountingBacklog(_underWay + _loading.Count, _turns.Count + _again.Count + _behind, _spool.IsDurable));
                break;
            case DeadlineReached due:
                if (_timer.Fired(due)) OnTick();
                break;
            default: Unhandled(message); break;
        }
    }

    private void OnOfNode(AccountingRecord record)
    {
        if (_ofNode is not null) // Off while On waits: neither says anything to a server that has heard nothing of this time
        {
            _ofNode = record;
            return;
        }
        _ofNode = record;
        _turns.Enqueue(new SpoolTurn(OfNode, record.OccurredUtc.ToUnixTimeMilliseconds()));
        TakeTurns();
    }

    private void OnNodeAnswered(AccountingAnswered answer)
    {
        // never tried again: it was its turn, and behind it others wait
        (_nodeUnderWay, _underWay) = (false, _underWay - 1);
        if (answer.Failure is { } lost) node.Log.NodeRecordLost(answer.Kind.ToString(), lost);
        TakeTurns();
    }

    private void OnOffered(AccountingOffered offer)
    {
        var id = offer.Record.Session.AcctSessionId;
        var hasBegun = _sessions.TryGetValue(id, out var entry) && entry.State is not AccountingSequenceState.Fresh;
        if (hasBegun == (offer.Record.Kind == AccountingKind.Start)) return; // a second Start, or something after the Stop
        switch (offer.Record.Kind)
        {
            case AccountingKind.Start:
                if (entry is null) _sessions.Add(id, entry = new Entry(_spool.NewKey(), offer.Record.Session.UserName, offer.Bundle));
                entry.Ticket = _spool.Start(entry.Key, offer.Record);
                entry.Before = Before(entry);
                break;
            case AccountingKind.Interim: _spool.Interim(entry!.Key, offer.Record); break;
            case AccountingKind.Stop:
                entry!.Ticket = _spool.Stop(entry.Key, offer.Record);
                Owe(entry.Key, entry.User);
                break;
        }
        Step(id, entry!, new AccountingSequenceEvent.Offer(offer.Record));
    }

    private OwedStop? Before(Entry entry)
    {
        if (_owed.TryGetValue(entry.Key, out var own)) return own.Previous; // it has ended already
        if (_lastOwed.TryGetValue(entry.User, out var before)) return before;
        return IsBehindNode ? null : _lastOwedEarlier.GetValueOrDefault(entry.User); // Accounting-On is between it and the time before
    }

    private void OnEnds(AccountingEnds ends)
    {
        if (!_sessions.TryGetValue(ends.Session, out var entry))
        {
            // its records are on their way, or have all been told, or there will be none: the bundle's end will show
            if (ends.User.Length == 0) return;
            _sessions.Add(ends.Session, entry = new Entry(_spool.NewKey(), ends.User, ends.Bundle));
            Context.WatchWith(ends.Bundle, new BundleGone(ends.Session));
        }
        Owe(entry.Key, entry.User);
    }

    private void OnBundleGone(string session)
    {
        if (!_sessions.TryGetValue(session, out var entry) || entry.State is not AccountingSequenceState.Fresh) return;
        _sessions.Remove(session);
        Settle(entry.Key);
        TakeTurns();
    }

    private void OnAnswered(AccountingAnswered answer)
    {
        _underWay--;
        if (!_sessions.TryGetValue(answer.Session, out var entry))
        {
            TakeTurns();
            return;
        }
        if (answer.DropAsked) entry.Bundle.Tell(AccountingDropAsked.Instance);
        if (answer.Failure is { } why)
        {
            if (answer.Kind != AccountingKind.Interim) FallBack(answer, why, entry); // an Interim gives way to a later one
            if (answer.Kind == AccountingKind.Stop && entry.TakenBefore != _taken) Settle(entry.Key); // others got through: nobody waits for one that the servers do not want
            Step(answer.Session, entry, AccountingSequenceEvent.Undelivered.Instance);
        }
        else
        {
            if (answer.Kind == AccountingKind.Start) _spool.StartTaken(entry.Key);
            else if (answer.Kind == AccountingKind.Stop)
            {
                _spool.StopTaken(entry.Key);
                Settle(entry.Key);
            }
            _taken++;
            (_isDown, _retryAt, _retryAfter) = (false, null, node.Settings.Radius.Accounting.RetryInterval);
            Step(answer.Session, entry, AccountingSequenceEvent.Delivered.Instance);
        }
        TakeTurns();
    }

    /// <summary>No turns for a while, unless a server takes something; and then one alone, when none took anything since this was sent.</summary>
    private void FallBack(AccountingAnswered answer, string why, Entry entry)
    {
        var isDown = entry.TakenBefore == _taken;
        if (isDown && !_isDown) node.Log.AccountingDelayed(answer.Kind.ToString(), answer.Session, why); // once, not for each
        _isDown |= isDown;
        if (_retryAt is not null) return;
        var settings = node.Settings.Radius.Accounting;
        if (isDown && entry.IsTurn) _retryAfter = _retryAfter * 2 < settings.RetryMax ? _retryAfter * 2 : settings.RetryMax;
        _retryAt = node.Clock.Now + _retryAfter;
        Rearm();
    }

    private void Step(string id, Entry entry, AccountingSequenceEvent ev)
    {
        var (next, effects) = AccountingSequence.On(entry.State, ev);
        var isQueued = entry.State is AccountingSequenceState.Spooled;
        entry.State = next;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case AccountingSequenceEffect.Send { Record.Kind: AccountingKind.Start } when !entry.IsTurn && (entry.Before is not null || IsBehindNode):
                    Step(id, entry, AccountingSequenceEvent.Undelivered.Instance);
                    break;
                case AccountingSequenceEffect.Send s: Send(entry, s.Record); break;
                case AccountingSequenceEffect.Spool when isQueued: // its turn comes with that of its Start
                    if (_loading.ContainsKey(entry.Key)) _loading[entry.Key] = true;
                    break;
                case AccountingSequenceEffect.Spool s when entry.Before is { } owed:
                    GoBehind(owed, entry.Key, s.Record);
                    (entry.Before, isQueued) = (null, true);
                    break;
                case AccountingSequenceEffect.Spool s:
                    // what an outage stopped keeps its place; what failed while others got through goes behind these
                    (entry.IsTurn && entry.TakenBefore == _taken ? _again : _turns).Enqueue(new SpoolTurn(entry.Key, s.Record.OccurredUtc.ToUnixTimeMilliseconds()));
                    isQueued = true;
                    break;
                case AccountingSequenceEffect.Superseded: node.Counters.CountInterimSuperseded(); break;
                case AccountingSequenceEffect.Finished: _sessions.Remove(id); break;
            }
        }
        if (!entry.IsTurn || entry.State is AccountingSequenceState.Busy) return;
        entry.IsTurn = false;
        _turnsUnderWay--;
    }

    /// <summary>The node's own record has not had its turn: it would end what began before.</summary>
    private bool IsBehindNode => _ofNode is not null || _nodeUnderWay;

    private void GoBehind(OwedStop owed, long key, AccountingRecord record)
    {
        (owed.Behind ??= new List<SpoolTurn>(1)).Add(new SpoolTurn(key, record.OccurredUtc.ToUnixTimeMilliseconds()));
        _behind++;
    }

    /// <summary>Of those that an earlier process left, a user's are told one after the other as well; nothing of that time may wait for what is behind Accounting-On.</summary>
    private bool MustWait(long key, AccountingRecord first)
    {
        // one of this time that has been settled holds up nobody, however often it is tried
        if (key > _lastEarlier || _owed.ContainsKey(key)) return false;
        var before = _lastOwedEarlier.GetValueOrDefault(first.Session.UserName);
        Owe(key, first.Session.UserName);
        if (before is null) return false;
        GoBehind(before, key, first);
        return true;
    }

    private void Owe(long key, string user)
    {
        if (user.Length == 0) return; // who has no name is not the same as others who have none
        var owed = new OwedStop(user);
        if (!_owed.TryAdd(key, owed)) return;
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(LastOwed(key), user, out _);
        if (last is not null) (owed.Previous, last.Next) = (last, owed);
        last = owed;
    }

    private Dictionary<string, OwedStop> LastOwed(long key) => key > _lastEarlier ? _lastOwed : _lastOwedEarlier;

    /// <summary>It has been taken, or is lost.</summary>
    private void Settle(long key)
    {
        if (!_owed.Remove(key, out var owed)) return;
        if (owed.Previous is { } previous) previous.Next = owed.Next;
        if (owed.Next is { } next) next.Previous = owed.Previous;
        else if (owed.Previous is { } last) LastOwed(key)[owed.User] = last;
        else LastOwed(key).Remove(owed.User);
        if (owed.Behind is not { } behind) return;
        if (owed.Previous is { } still)
        {
            if (still.Behind is null) still.Behind = behind;
            else still.Behind.AddRange(behind);
            return;
        }
        foreach (var turn in behind) _again.Enqueue(turn);
        _behind -= behind.Count;
    }

    private void Send(Entry entry, AccountingRecord record)
    {
        _underWay++;
        entry.TakenBefore = _taken;
        if (record.Kind == AccountingKind.Interim || entry.Ticket <= _spool.Written)
        {
            Send(record);
            return;
        }
        _held.Enqueue(new Held(entry.Ticket, node.Clock.Now + HoldAtMost, record));
        if (_held.Count == 1) Rearm();
    }

    private void Send(AccountingRecord record)
    {
        // every server, as often as it may be asked; then the spool
        var patience = TimeSpan.Zero;
        foreach (var server in node.Settings.Radius.Servers) patience += server.Timeout * (server.Retries + 1);
        node.Radius.Tell(new AccountingAsked(record, node.Clock.Now + patience + node.Settings.Radius.LoginTimeout, Self));
    }

    /// <summary>What has been written may be sent.</summary>
    private void Release()
    {
        var written = _spool.Written;
        while (_held.TryPeek(out var first) && first.Ticket <= written) Send(_held.Dequeue().Record);
    }

    private void OnTick()
    {
        var now = node.Clock.Now;
        while (_held.TryPeek(out var first) && first.Until <= now) Send(_held.Dequeue().Record);
        if (_retryAt <= now)
        {
            _retryAt = null;
            TakeTurns();
        }
        Rearm();
    }

    private void Rearm() => _timer.Rearm(Context, Instant.Earliest(_retryAt, _held.TryPeek(out var first) ? first.Until : null), node.Clock.Now);

    /// <summary>As many as may be under way: one while no server is known to answer.</summary>
    private void TakeTurns()
    {
        if (_retryAt is null)
        {
            var most = _isDown ? 1 : _window;
            while (_turnsUnderWay + _loading.Count < most && (_again.TryPeek(out var turn) || _turns.TryPeek(out turn)))
            {
                if (turn.Key == OfNode)
                {
                    if (_underWay + _loading.Count == 0) TakeNodesTurn();
                    break;
                }
                if (!_again.TryDequeue(out _)) _turns.Dequeue();
                if (_loading.TryAdd(turn.Key, false)) _toLoad.Add(turn.Key);
            }
            if (_toLoad.Count > 0) _spool.Load([.. _toLoad]);
            _toLoad.Clear();
        }
        _spool.Oldest = _again.TryPeek(out var oldest) || _turns.TryPeek(out oldest) ? DateTimeOffset.FromUnixTimeMilliseconds(oldest.Since) : null;
    }

    private void TakeNodesTurn()
    {
        _turns.Dequeue();
        if (_ofNode is not { } record) return;
        (_ofNode, _nodeUnderWay, _underWay) = (null, true, _underWay + 1);
        Send(record);
    }

    /// <summary>The spool had no place for it, and has counted it; if the session is on, its Stop shall be told.</summary>
    private void GoOnWithoutStart(long key)
    {
        foreach (var entry in _sessions.Values)
            if (entry.Key == key && entry.State is AccountingSequenceState.Spooled) entry.State = AccountingSequenceState.Quiet.Instance;
    }

    private void OnLoaded(ImmutableArray<SpooledSession> sessions)
    {
        foreach (var session in sessions)
        {
            _loading.Remove(session.Key, out var more);
            var first = session.Start ?? session.Stop;
            if (more)
            {
                _again.Enqueue(new SpoolTurn(session.Key, (first?.OccurredUtc ?? node.Clock.UtcNow).ToUnixTimeMilliseconds()));
                continue;
            }
            if (first is null)
            {
                Settle(session.Key);
                GoOnWithoutStart(session.Key);
                continue;
            }
            var id = first.Session.AcctSessionId;
            if (!_sessions.TryGetValue(id, out var entry))
            {
                if (session.Stop is null) continue; // cannot be: it is on, so it is known
                if (MustWait(session.Key, first)) continue;
                _sessions.Add(id, entry = new Entry(session.Key, first.Session.UserName, ActorRefs.Nobody));
                if (session.Start is null) entry.State = AccountingSequenceState.Quiet.Instance;
            }
            entry.IsTurn = true;
            _turnsUnderWay++;
            if (session.Start is { } start) Step(id, entry, new AccountingSequenceEvent.Offer(start));
            if (session.Stop is { } stop) Step(id, entry, new AccountingSequenceEvent.Offer(stop));
        }
        TakeTurns();
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Accounting;

/// <summary>
/// Keeps Start, Interims and Stop of each session in order (<see cref="Sequence"/>), longer than the session lives: a bundle hands over its Stop and is
/// gone. Every Start and Stop goes into the spool first and leaves it when a server has it; of what waits for another try, only the key is kept here.
/// </summary>
/// <remarks>
/// Accounting-On marks the beginning of accounting (RFC 2866 section 5.1), and servers close what they think open when it comes. So it has a turn between the
/// sessions of the time before, which would lose their Stops by it, and those of this time, which it must not end. Accounting-Off is the last for the same reason.
/// What goes to other servers waits in a lane of its own (<see cref="AccountingLane"/>): servers that are dead hold up nobody who does not need them.
/// A Start waits for the Stop that its user's session before still owes: a client that is too quick must not look as if it were on twice.
/// </remarks>
internal sealed class AccountingActor(LnsNodeContext node) : UntypedActor
{
    /// <summary>Interims go without it, they are not in the spool.</summary>
    private readonly record struct Held(long Ticket, Instant Until, AccountingRecord Record);

    private sealed class Entry(long key, string user, IActorRef bundle)
    {
        public SequenceState State = SequenceState.Fresh.Instance;
        public long Key { get; } = key;
        public string User { get; } = user;
        public IActorRef Bundle { get; } = bundle;

        /// <summary>Of the record that it offered last.</summary>
        public long Ticket;

        /// <summary><see cref="AccountingLane.Taken"/> when its record was sent.</summary>
        public long TakenBefore;

        /// <summary>What its Start waits for.</summary>
        public OwedStop? Before;

        /// <summary>Its record came from the spool, by a turn of this lane.</summary>
        public AccountingLane? TurnOf;
    }

    /// <summary>Asked of the spool.</summary>
    /// <param name="HasMore">More came meanwhile.</param>
    private readonly record struct Loading(SpoolTurn Turn, AccountingLane Lane, bool HasMore);

    /// <summary>A Stop that no server has taken yet. There is one for each that waits through an outage, so it does not hold the user's name.</summary>
    /// <param name="order">Hash of the name: two users with the same one wait for each other as if they were one, which delays a Start and disturbs no order.</param>
    private sealed class OwedStop(int order, AccountingLane lane)
    {
        public int Order { get; } = order;
        public AccountingLane Lane { get; } = lane;

        /// <summary>Of the same order, as they ended.</summary>
        public OwedStop? Previous, Next;

        /// <summary>Sessions of the user that began after it; their turn comes when it and those before it have been taken.</summary>
        public List<SpoolTurn>? Behind;
    }

    /// <summary>A bundle that ended before it had told of its session has gone: what it did not tell by now it never will.</summary>
    private sealed record BundleGone(string Session);

    /// <summary>A disk that hangs must not hold back accounting for longer.</summary>
    private static readonly TimeSpan HoldAtMost = TimeSpan.FromSeconds(5);

    private const int SortedAtATime = 256;
    private const int TriesOfOn = 3; // each behind all that waits for the same servers: some never answer one, and nobody would ever start

    private readonly IAccountingSpool _spool = node.Spool;
    private readonly int _window = node.Settings.Radius.Workers; // turns at a time
    private readonly Dictionary<string, Entry> _sessions = [];
    private readonly Queue<Held> _held = new();                  // wait to be written
    private readonly AccountingLane _all = new();                // of who may ask any server
    private readonly AccountingLane _unsorted = new();           // whose servers are known when they have been read
    private readonly Dictionary<string, AccountingLane> _lanesByServers = new(StringComparer.Ordinal);
    private readonly Dictionary<RealmSettings, AccountingLane> _lanesByRealm = new(ReferenceEqualityComparer.Instance);
    private AccountingLane[] _lanes = [];                        // all of these
    private RealmTable<RealmSettings>? _realms;                  // that they were made of
    private readonly Dictionary<long, OwedStop> _owed = [];      // by the key of its session; from the end of its forwarding on
    private readonly Dictionary<int, OwedStop> _lastOwed = [];   // of each order
    private readonly Dictionary<int, OwedStop> _lastOwedEarlier = []; // the same of those that an earlier process left
    private int _behind;                                         // sessions in the lists of these
    private long _lastEarlier;                                   // key of the last session that an earlier process left
    private readonly Dictionary<long, Loading> _loading = [];
    private readonly List<long> _toLoad = [];
    private readonly Queue<(AccountingLane Lane, SpoolTurn Turn)> _behindNode = new(); // come after the record of the node
    private AccountingRecord? _ofNode;                           // waits for its turn; nobody starts before it
    private AccountingRecord? _ofNodeSent;
    private long _nodeKey;                                       // its place in the order of the keys
    private int _nodeTries;
    private bool _isNodeTried;                                   // in this round of those that failed
    private int _underWay;                                       // records sent or held
    private DeadlineTimer _timer;

    protected override void PreStart()
    {
        foreach (var turn in _spool.Attach(Self, node.SessionIds.Epoch))
        {
            _unsorted.Add(turn);
            _lastEarlier = Math.Max(_lastEarlier, turn.Key);
        }
        SortAnew(node.Settings.Realms);
        TakeTurns();
    }

    protected override void PostStop()
    {
        _timer.Stop();
        _ = _spool.CloseAsync();
    }

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
                Sender.Tell(new AccountingBacklog(_underWay + _loading.Count, Waiting + _behind + _behindNode.Count + (_ofNode is null ? 0 : 1), _spool.IsDurable));
                break;
            case DeadlineReached due:
                if (_timer.Fired(due)) OnTick();
                break;
            default: Unhandled(message); break;
        }
    }

    private int Waiting
    {
        get
        {
            var waiting = 0;
            foreach (var lane in _lanes) waiting += lane.Waiting;
            return waiting;
        }
    }

    private AccountingLane LaneOf(string user)
    {
        var settings = node.Settings;
        if (!ReferenceEquals(settings.Realms, _realms)) SortAnew(settings.Realms);
        return settings.RealmOf(user) is { } realm ? _lanesByRealm[realm] : _all;
    }

    /// <summary>At the start and after a reload: a lane for each set of servers; who is in which is seen when their records are read.</summary>
    private void SortAnew(RealmTable<RealmSettings> realms)
    {
        _realms = realms;
        _lanesByRealm.Clear();
        HashSet<string> inUse = new(StringComparer.Ordinal);
        foreach (var realm in realms.Values)
        {
            var lane = _all;
            if (!realm.Servers.IsEmpty)
            {
                var servers = string.Join(' ', realm.Servers.Order(StringComparer.Ordinal));
                inUse.Add(servers);
                if (!_lanesByServers.TryGetValue(servers, out lane)) _lanesByServers.Add(servers, lane = new AccountingLane());
            }
            _lanesByRealm[realm] = lane;
        }
        foreach (var lane in _lanes)
            if (lane != _unsorted) lane.MoveTo(_unsorted);
        foreach (var servers in _lanesByServers.Keys)
            if (!inUse.Contains(servers)) _lanesByServers.Remove(servers);
        if (_lanesByServers.Count == 0) _unsorted.MoveTo(_all); // they need not be read for it
        _lanes = [_unsorted, _all, .. _lanesByServers.Values];
        foreach (var entry in _sessions.Values) entry.TakenBefore = LaneOf(entry.User).Taken; // what others have taken says nothing of what is on its way
    }

    private void OnOfNode(AccountingRecord record)
    {
        var isWaiting = _ofNode is not null;
        (_ofNode, _nodeTries, _isNodeTried) = (record, 0, false);
        if (_ofNodeSent is null) _nodeKey = _spool.NewKey(); // else behind what waits for the answer
        if (isWaiting) LetPass(); // Off while On waits: what was behind On goes without it
        TakeTurns();
    }

    private void OnNodeAnswered(AccountingAnswered answer)
    {
        _underWay--;
        var record = _ofNodeSent;
        _ofNodeSent = null;
        if (answer.Failure is null)
        {
            _all.OnTaken(wasTurn: false);
        }
        else if (answer.Kind == AccountingKind.On && _ofNode is null && _all.HasFailed && ++_nodeTries < TriesOfOn)
        {
            // nothing of the time before got through either: once more, behind it
            (_ofNode, _isNodeTried) = (record, true);
            _all.OnFailed(wasTurn: true, _all.Taken, node.Settings.Radius.Accounting, node.Clock.Now);
        }
        else
        {
            node.Log.NodeRecordLost(answer.Kind.ToString(), answer.Failure); // it was its turn, and behind it others wait
        }
        if (_ofNode is null || record?.Kind != _ofNode.Kind)
        {
            if (_ofNode is not null) _nodeKey = _spool.NewKey();
            LetPass();
        }
        TakeTurns();
    }

    /// <summary>The record of the node holds them up no longer.</summary>
    private void LetPass()
    {
        while (_behindNode.TryDequeue(out var next)) StillThere(next.Lane).Add(next.Turn);
    }

    /// <summary>After a reload a lane may have gone: what was in it is sorted anew.</summary>
    private AccountingLane StillThere(AccountingLane lane) => Array.IndexOf(_lanes, lane) >= 0 ? lane : _unsorted;

    private void OnOffered(AccountingOffered offer)
    {
        var id = offer.Record.Session.AcctSessionId;
        var hasBegun = _sessions.TryGetValue(id, out var entry) && entry.State is not SequenceState.Fresh;
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
        Step(id, entry!, new SequenceEvent.Offer(offer.Record));
    }

    private OwedStop? Before(Entry entry)
    {
        if (entry.User.Length == 0) return null; // who has no name is not the same as others who have none
        var order = OrderOf(entry.User);
        var before = _owed.TryGetValue(entry.Key, out var own) ? own.Previous : _lastOwed.GetValueOrDefault(order); // own: it has ended already
        return before ?? (IsBehindNode ? null : _lastOwedEarlier.GetValueOrDefault(order)); // Accounting-On is between it and the time before
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
        if (!_sessions.TryGetValue(session, out var entry) || entry.State is not SequenceState.Fresh) return;
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
        var lane = LaneOf(entry.User);
        if (answer.DropAsked) entry.Bundle.Tell(AccountingDropAsked.Instance);
        if (answer is { IsUnsendable: true, Kind: not AccountingKind.Interim })
        {
            node.Log.AccountingLost(answer.Kind.ToString(), answer.Session, answer.Failure ?? "");
            _spool.Discard(entry.Key, answer.Kind);
            if (answer.Kind == AccountingKind.Stop) Settle(entry.Key);
            Step(answer.Session, entry, SequenceEvent.Delivered.Instance); // to the next one, as if it had been
        }
        else if (answer.Failure is { } why)
        {
            if (answer.Kind != AccountingKind.Interim) FallBack(answer, why, entry, lane); // an Interim gives way to a later one
            // others got through: nobody waits for one that the servers do not want
            if (answer is { Kind: AccountingKind.Stop, IsUnasked: false } && entry.TakenBefore != lane.Taken) Settle(entry.Key);
            Step(answer.Session, entry, SequenceEvent.Undelivered.Instance, hasFailed: true);
        }
        else
        {
            if (answer.Kind == AccountingKind.Start) _spool.StartTaken(entry.Key);
            else if (answer.Kind == AccountingKind.Stop)
            {
                _spool.StopTaken(entry.Key);
                Settle(entry.Key);
            }
            lane.OnTaken(entry.TurnOf is not null);
            Step(answer.Session, entry, SequenceEvent.Delivered.Instance);
        }
        TakeTurns();
    }

    /// <summary>No turns for a while, unless a server takes something; and then one alone, when none took anything since this was sent.</summary>
    private void FallBack(AccountingAnswered answer, string why, Entry entry, AccountingLane lane)
    {
        if (lane.OnFailed(entry.TurnOf is not null, entry.TakenBefore, node.Settings.Radius.Accounting, node.Clock.Now))
            node.Log.AccountingDelayed(answer.Kind.ToString(), answer.Session, why); // once, not for each
    }

    /// <param name="hasFailed">No server took what was sent.</param>
    private void Step(string id, Entry entry, SequenceEvent ev, bool hasFailed = false)
    {
        var (next, effects) = Sequence.On(entry.State, ev);
        var isQueued = entry.State is SequenceState.Spooled;
        entry.State = next;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SequenceEffect.Send { Record.Kind: AccountingKind.Start } when entry.TurnOf is null && (entry.Before is not null || IsBehindNode):
                    Step(id, entry, SequenceEvent.Undelivered.Instance);
                    break;
                case SequenceEffect.Send s: Send(entry, s.Record); break;
                case SequenceEffect.Spool when isQueued: // its turn comes with that of its Start
                    if (_loading.TryGetValue(entry.Key, out var loading)) _loading[entry.Key] = loading with { HasMore = true };
                    break;
                case SequenceEffect.Spool s when entry.Before is { } owed:
                    GoBehind(owed, entry.Key, s.Record);
                    (entry.Before, isQueued) = (null, true);
                    break;
                case SequenceEffect.Spool s:
                    var turn = new SpoolTurn(entry.Key, s.Record.OccurredUtc.ToUnixTimeMilliseconds());
                    var lane = LaneOf(entry.User);
                    if (hasFailed && (entry.TurnOf is not null || entry.TakenBefore != lane.Taken)) lane.AddFailed(turn);
                    else if (!IsHeldByNode(lane, turn)) lane.Add(turn);
                    isQueued = true;
                    break;
                case SequenceEffect.Superseded: node.Counters.CountInterimSuperseded(); break;
                case SequenceEffect.Finished: _sessions.Remove(id); break;
            }
        }
        if (entry.TurnOf is not { } done || entry.State is SequenceState.Busy) return;
        entry.TurnOf = null;
        done.Done();
    }

    /// <summary>The node's own record has not had its turn: it would end what began before.</summary>
    private bool IsBehindNode => _ofNode is not null || _ofNodeSent is not null;

    /// <summary>It began after the node's own record, and waits for that.</summary>
    private bool IsHeldByNode(AccountingLane lane, SpoolTurn turn)
    {
        if (!IsBehindNode || turn.Key < _nodeKey) return false;
        _behindNode.Enqueue((lane, turn));
        return true;
    }

    private void GoBehind(OwedStop owed, long key, AccountingRecord record)
    {
        (owed.Behind ??= new List<SpoolTurn>(1)).Add(new SpoolTurn(key, record.OccurredUtc.ToUnixTimeMilliseconds()));
        _behind++;
    }

    /// <summary>Of those that an earlier process left, a user's are told one after the other as well; nothing of that time may wait for what is behind Accounting-On.</summary>
    private bool MustWait(long key, AccountingRecord first)
    {
        var user = first.Session.UserName;
        // one of this time that has been settled holds up nobody, however often it is tried
        if (user.Length == 0 || key > _lastEarlier || _owed.ContainsKey(key)) return false;
        var before = _lastOwedEarlier.GetValueOrDefault(OrderOf(user));
        Owe(key, user);
        if (before is null) return false;
        GoBehind(before, key, first);
        return true;
    }

    private void Owe(long key, string user)
    {
        if (user.Length == 0 || _owed.ContainsKey(key)) return;
        var owed = new OwedStop(OrderOf(user), LaneOf(user));
        _owed.Add(key, owed);
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(LastOwed(key), owed.Order, out _);
        if (last is not null) (owed.Previous, last.Next) = (last, owed);
        last = owed;
    }

    private static int OrderOf(string user) => user.GetHashCode(StringComparison.Ordinal);

    private Dictionary<int, OwedStop> LastOwed(long key) => key > _lastEarlier ? _lastOwed : _lastOwedEarlier;

    /// <summary>It has been taken, or is lost.</summary>
    private void Settle(long key)
    {
        if (!_owed.Remove(key, out var owed)) return;
        if (owed.Previous is { } previous) previous.Next = owed.Next;
        if (owed.Next is { } next) next.Previous = owed.Previous;
        else if (owed.Previous is { } last) LastOwed(key)[owed.Order] = last;
        else LastOwed(key).Remove(owed.Order);
        if (owed.Behind is not { } behind) return;
        if (owed.Previous is { } still)
        {
            if (still.Behind is null) still.Behind = behind;
            else still.Behind.AddRange(behind);
            return;
        }
        _behind -= behind.Count;
        var lane = StillThere(owed.Lane);
        foreach (var turn in behind)
            if (!IsHeldByNode(lane, turn)) lane.AddFirst(turn);
    }

    private void Send(Entry entry, AccountingRecord record)
    {
        _underWay++;
        entry.TakenBefore = LaneOf(entry.User).Taken;
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
        foreach (var lane in _lanes)
        {
            if (!(lane.RetryAt <= now)) continue;
            if (lane.Retry(isOthersTurn: lane == _all && (_ofNodeSent is not null || (_ofNode is { Kind: AccountingKind.On } && !_isNodeTried))) && lane == _all) _isNodeTried = false;
        }
        TakeTurns(); // also when none is due: after a reload nobody's pause is what this was set for
    }

    private void Rearm()
    {
        Instant? due = _held.TryPeek(out var first) ? first.Until : null;
        foreach (var lane in _lanes) due = Instant.Earliest(due, lane.RetryAt);
        if (due is not null) _timer.Rearm(Context, due, node.Clock.Now);
    }

    /// <summary>As many as may be under way: one while no server is known to answer.</summary>
    private void TakeTurns()
    {
        foreach (var lane in _lanes)
        {
            while (lane.TryTake(lane == _unsorted ? SortedAtATime : _window, out var turn))
            {
                if (_loading.TryAdd(turn.Key, new Loading(turn, lane, false))) _toLoad.Add(turn.Key);
                else lane.Done();
            }
        }
        if (_toLoad.Count > 0) _spool.Load([.. _toLoad]);
        _toLoad.Clear();
        if (IsNodesTurn) TakeNodesTurn();
        long? oldest = null;
        foreach (var lane in _lanes)
        {
            // the last of a round was nothing: those that failed have a turn again
            if (lane is { HasFailed: true, HasUntried: false, UnderWay: 0 }) lane.Pause(longer: false, node.Settings.Radius.Accounting, node.Clock.Now);
            if (lane.Oldest is { } since && !(oldest < since)) oldest = since;
        }
        _spool.Oldest = oldest is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
        Rearm();
    }

    /// <summary>
    /// Accounting-On goes when each session of the time before has been told or tried, but for those whose servers are dead: none of them can get it before. Accounting-Off when
    /// nothing waits any more.
    /// </summary>
    private bool IsNodesTurn
    {
        get
        {
            if (_ofNode is not { } record || _ofNodeSent is not null) return false;
            if (record.Kind == AccountingKind.Off) return _underWay + _loading.Count + Waiting + _behind == 0;
            foreach (var lane in _lanes)
                if ((lane == _all || !lane.IsDown) && (lane.HasUntried || lane.UnderWay > 0)) return false;
            return !(_all.IsDown && _all.RetryAt is not null);
        }
    }

    private void TakeNodesTurn()
    {
        (_ofNodeSent, _ofNode) = (_ofNode!, null);
        _underWay++;
        Send(_ofNodeSent);
    }

    /// <summary>The spool had no place for it, and has counted it; if the session is on, its Stop shall be told.</summary>
    private void GoOnWithoutStart(long key)
    {
        foreach (var entry in _sessions.Values)
            if (entry.Key == key && entry.State is SequenceState.Spooled) entry.State = SequenceState.Quiet.Instance;
    }

    private void OnLoaded(ImmutableArray<SpooledSession> sessions)
    {
        foreach (var session in sessions)
        {
            if (!_loading.Remove(session.Key, out var loading)) continue;
            if (!TryBegin(session, loading)) loading.Lane.Done();
        }
        TakeTurns();
    }

    /// <summary>false: it has no turn, or not now.</summary>
    private bool TryBegin(SpooledSession session, Loading loading)
    {
        var (turn, from, hasMore) = (loading.Turn, StillThere(loading.Lane), loading.HasMore);
        if (session.IsUnreadable)
        {
            Settle(session.Key); // perhaps it never can be: its user's next session does not wait for that
            from.AddFailed(turn);
            from.Pause(longer: true, node.Settings.Radius.Accounting, node.Clock.Now);
            return false;
        }
        if (hasMore)
        {
            from.AddFirst(turn);
            return false;
        }
        if ((session.Start ?? session.Stop) is not { } first)
        {
            Settle(session.Key);
            GoOnWithoutStart(session.Key);
            return false;
        }
        var lane = LaneOf(first.Session.UserName);
        if (lane != from)
        {
            lane.Add(turn);
            return false;
        }
        var id = first.Session.AcctSessionId;
        if (!_sessions.TryGetValue(id, out var entry))
        {
            if (session.Stop is null)
            {
                Settle(session.Key); // what is on is known: the spool had no place for its Stop, and has counted it
                return false;
            }
            if (MustWait(session.Key, first)) return false;
            _sessions.Add(id, entry = new Entry(session.Key, first.Session.UserName, ActorRefs.Nobody));
            if (session.Start is null) entry.State = SequenceState.Quiet.Instance;
        }
        else if (entry.Key != session.Key) // the gate told of its end after its bundle had told all: that one goes with the bundle
        {
            from.AddFirst(turn);
            return false;
        }
        entry.TurnOf = lane;
        if (session.Start is { } start) Step(id, entry, new SequenceEvent.Offer(start));
        if (session.Stop is { } stop) Step(id, entry, new SequenceEvent.Offer(stop));
        return true;
    }
}

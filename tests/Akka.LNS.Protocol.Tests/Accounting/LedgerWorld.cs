using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Protocol.Tests.Accounting;

/// <summary>
/// Everything round the ledger, driven by a script of numbers: bundles, gate, spool, servers, clock, reload, and a kill of the process. It
/// checks the laws of <see cref="LedgerLawTests"/> at each effect. Each step is valid: a bundle offers Start, Interims and Stop in order.
/// </summary>
internal sealed class LedgerWorld
{
    /// <summary>Steps of a script.</summary>
    /// <param name="HasRealms">Some users have servers of their own, and reloads change that.</param>
    /// <param name="WritesLater">The spool holds records until it has written them.</param>
    /// <param name="Fails">Servers fail, refuse and are not asked; rows cannot be read; the spool loses records.</param>
    /// <param name="Restarts">The process is killed and started again.</param>
    public readonly record struct Rules(bool HasRealms, bool WritesLater, bool Fails, bool Restarts);

    private sealed class Session(string id, string user, int process)
    {
        public string Id { get; } = id;
        public string User { get; } = user;

        /// <summary>Number of the process that it belongs to.</summary>
        public int Process { get; } = process;

        public bool IsStartOffered, IsStopOffered, IsEnded, IsBundleGone, IsWatched;
        public bool IsStartAccepted, IsStopAccepted, IsStartLost, IsStopLost;

        /// <summary>No Start waits for its Stop: the servers refused it while they accepted others, or its row could not be read.</summary>
        public bool IsSettled;

        /// <summary>Sessions whose Stops must come before its Start.</summary>
        public List<Session> Before = [];

        /// <summary>A node marker was pending when its Start was offered.</summary>
        public bool IsBehindMarker;

        /// <summary>It was sent or could not be read in this process.</summary>
        public bool IsTried;

        /// <summary>The Stop as it was sent first; null: it was not sent.</summary>
        public AccountingRecord? StopSent;

        /// <summary>Its Stop was sent before the spool had written it, because the spool took too long.</summary>
        public bool IsStopSentUnwritten;

        public bool IsStopOver => IsStopAccepted || IsStopLost || IsSettled || (IsBundleGone && !IsStopOffered);
    }

    private sealed class Row
    {
        public AccountingRecord? Start, Stop;

        /// <summary>Numbers of the records in the spool.</summary>
        public long StartNumber, StopNumber;
    }

    /// <summary>An effect in the trace; made text only when a law fails.</summary>
    private sealed record Shown(LedgerEffect Effect)
    {
        public override string ToString() => Effect.Record is { } record
            ? $"  {Effect.Kind} {record.Kind} {record.Session.AcctSessionId} {Effect.Key}"
            : $"  {Effect.Kind} {Effect.Of} {Effect.Session} {Effect.Key}";
    }

    private sealed record Sent(AccountingRecord Record)
    {
        public long AcceptedBefore { get; set; }
    }

    private const int Window = 3;
    private static readonly string[] Users = ["a", "b", "c@example.net", "d@example.org", ""];
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5), RetryMax = TimeSpan.FromSeconds(40);

    private static readonly RealmTable<ServerSet>[] Realms =
    [
        new([]),
        new([new("example.net", ServerSet.Of(["x"])), new("example.org", ServerSet.Of(["y", "x"]))]),
        new([new("example.net", ServerSet.Of(["y"])), new("none", ServerSet.Of(["y"]))]),
    ];

    private readonly Rules _rules;
    private readonly List<Session> _sessions = [];
    private readonly List<Session> _ends = []; // in the order in which they ended
    private readonly Dictionary<long, Session> _byKey = [];
    private readonly Dictionary<long, (Row Row, Session Of)> _spool = [];
    private readonly Dictionary<string, Sent> _outstanding = []; // by session; "node" for the marker
    private readonly HashSet<string> _attempts = [];             // sessions of this process that are sent from the spool
    private readonly List<long> _toLoad = [];
    private readonly Dictionary<string, long> _accepted = [];    // by server set
    private readonly List<(long Key, Row Row, Session Of)> _forgotten = []; // accepted, and the file does not know it yet
    private readonly List<object> _trace = [];
    private Ledger _ledger = null!;
    private RealmTable<ServerSet> _realms = Realms[0];
    private Instant _now = new(1);
    private long _stored, _written, _lastKey;
    private int _process, _records;
    private bool _isDown;           // of the servers, when there is one set
    private bool _isMarkerPending;
    private bool _isOnHeld;         // Accounting-On waits for a decision
    private bool _losesNext, _isUnreadable;
    private string? _loading;       // the session whose row is being answered

    public LedgerWorld(Rules rules)
    {
        _rules = rules;
        if (rules.HasRealms) _realms = Realms[1];
        Begin(withOn: false, isOnHeld: false);
    }

    /// <summary>All effects, for messages and comparison.</summary>
    public IEnumerable<string?> Trace => _trace.Select(static entry => entry.ToString());

    /// <summary>One step of a script.</summary>
    public void Step(int what, int which)
    {
        switch (what)
        {
            case 0 or 1: Start(AddSession(Users[which % Users.Length])); break;
            case 2: OfOpen(which, s => Offer(AccountingKind.Interim, s)); break;
            case 3 or 4: OfOpen(which, End); break;
            case 5: OfOpen(which, Stop); break;
            case 6: Finish(which); break;
            case 7: EndEarly(which); break;
            case 8 or 9 or 10: Answer(which, _rules.Fails ? which % 7 : 0); break;
            case 11: AnswerLoads(); break;
            case 12: Write(); break;
            case 13: Pass(TimeSpan.FromSeconds(which % 12)); break;
            case 14 when _rules.HasRealms: Reload(Realms[which % Realms.Length]); break;
            case 15 when _rules.Restarts && which % 4 == 0: Kill(withOn: which % 8 == 0, isOnHeld: which % 16 == 0); break;
            case 17 when _isOnHeld: Decide(which % 2 == 0); break;
            case 16 when _rules.Fails: (_losesNext, _isUnreadable) = (which % 6 == 0, which % 5 == 0); break;
        }
    }

    /// <summary>Liveness: all bundles finish, and servers and spool work. Then the ledger rests and has sent every record.</summary>
    public void Drain()
    {
        (_losesNext, _isUnreadable) = (false, false);
        Decide(isSent: false);
        foreach (var session in _sessions.Where(static s => s is { IsEnded: true } or { IsStopOffered: true }).ToArray()) Finish(session);
        Settle();
        Offer(AccountingRecord.OfNode(AccountingKind.Off, "node", Port, DateTimeOffset.UnixEpoch));
        Law(_outstanding.ContainsKey("node"), $"Accounting-Off is sent when nothing waits");
        Settle();
        foreach (var s in _sessions)
        {
            Law(!s.IsStartOffered || s.IsStartAccepted || s.IsStartLost, $"Start of {s.Id} has vanished");
            Law(!s.IsStopOffered || s.IsStopAccepted || s.IsStopLost, $"Stop of {s.Id} has vanished");
        }
    }

    private void Settle()
    {
        for (var i = 0; _outstanding.Count + _ledger.UnderWay + _ledger.Waiting > 0 || _ledger.NextDeadline is not null; i++)
        {
            Law(i < 10_000, $"the ledger does not come to rest: {_ledger.UnderWay} under way, {_ledger.Waiting} waiting");
            var done = _outstanding.Count + _toLoad.Count > 0 || (_rules.WritesLater && _written < _stored);
            Write();
            AnswerLoads();
            while (_outstanding.Count > 0) Answer(0, 0);
            if (done || _toLoad.Count > 0) continue;
            Law(_ledger.NextDeadline is not null, $"records wait, and no deadline is set");
            Tick(_ledger.NextDeadline!.Value);
        }
    }

    private void Law(bool holds, FormattableString what)
    {
        if (!holds) Assert.Fail($"{FormattableString.Invariant(what)}\n{string.Join('\n', Trace)}");
    }

    private Session AddSession(string user)
    {
        var session = new Session($"s{_sessions.Count}", user, _process);
        _sessions.Add(session);
        return session;
    }

    private void OfOpen(int which, Action<Session> act)
    {
        var open = _sessions.Where(s => s.Process == _process && s is { IsStartOffered: true, IsStopOffered: false }).ToArray();
        if (open.Length > 0) act(open[which % open.Length]);
    }

    private void Start(Session session)
    {
        session.IsBehindMarker = _isMarkerPending;
        if (session.User.Length > 0) session.Before = [.. _sessions.Where(s => IsPendingBefore(s, session))];
        session.IsStartOffered = true;
        Offer(AccountingKind.Start, session);
    }

    /// <summary>A session that ended before its own Start was offered has its place from its end.</summary>
    private bool IsPendingBefore(Session s, Session than)
    {
        if (s == than || s.User != than.User || s.Process != _process || !s.IsEnded || s.IsStopOver) return false;
        return !than.IsEnded || _ends.IndexOf(s) < _ends.IndexOf(than);
    }

    private void Stop(Session session)
    {
        session.IsStopOffered = true;
        if (!session.IsEnded) AddEnd(session);
        Offer(AccountingKind.Stop, session);
    }

    private void AddEnd(Session session)
    {
        session.IsEnded = true;
        _ends.Add(session);
    }

    private void End(Session session)
    {
        if (session.IsEnded) return;
        AddEnd(session);
        Apply(_ledger.On(new LedgerEvent.ForwardingEnded(session.Id, session.User, ""), _now), session);
    }

    /// <summary>The gate is faster than the bundle.</summary>
    private void EndEarly(int which)
    {
        var session = AddSession(Users[which % (Users.Length - 1)]);
        End(session);
    }

    /// <summary>The bundle of an ended session offers what is missing, or nothing, and terminates.</summary>
    private void Finish(int which)
    {
        var ended = _sessions.Where(s => s.Process == _process && s is { IsEnded: true, IsBundleGone: false }).ToArray();
        if (ended.Length == 0) return;
        var session = ended[which % ended.Length];
        if (!session.IsStartOffered && which % 3 > 0) Start(session);
        else Finish(session);
    }

    private void Finish(Session session)
    {
        if (session.Process != _process || session.IsBundleGone) return;
        if (session is { IsStartOffered: true, IsStopOffered: false }) Stop(session);
        session.IsBundleGone = true;
        if (session.IsWatched) Apply(_ledger.On(new LedgerEvent.BundleGone(session.Id), _now));
    }

    private void Offer(AccountingKind kind, Session session) => Offer(Record(kind, session));

    /// <summary>No two records have the same content.</summary>
    private AccountingRecord Record(AccountingKind kind, Session session) =>
        LedgerLab.Record(kind, session.Id, session.User) with { OccurredUtc = DateTimeOffset.UnixEpoch.AddSeconds(++_records) };

    private void Offer(AccountingRecord record, bool isHeld = false)
    {
        if (record.Kind is AccountingKind.On or AccountingKind.Off) (_isMarkerPending, _isOnHeld) = (true, isHeld);
        Apply(_ledger.On(new LedgerEvent.Offered(record, isHeld), _now));
    }

    private void Decide(bool isSent)
    {
        if (_isOnHeld && !isSent) _isMarkerPending = false;
        _isOnHeld = false;
        Apply(_ledger.On(new LedgerEvent.OnDecided(isSent), _now));
    }

    private void Answer(int which, int how)
    {
        if (_outstanding.Count == 0) return;
        var (id, sent) = _outstanding.ElementAt(which % _outstanding.Count);
        _outstanding.Remove(id);
        var kind = sent.Record.Kind;
        var result = how switch
        {
            3 or 4 => SendResult.Failed,
            5 => SendResult.NotAsked,
            6 => SendResult.Unsendable,
            _ => SendResult.Accepted,
        };
        if (kind is AccountingKind.On or AccountingKind.Off && result != SendResult.Accepted) result = SendResult.Failed;
        var set = SetOf(sent.Record.Session.UserName);
        if (result == SendResult.Accepted)
        {
            _accepted[set] = _accepted.GetValueOrDefault(set) + 1;
            _isDown = false;
        }
        else if (kind is AccountingKind.Start or AccountingKind.Stop && result != SendResult.Unsendable)
        {
            _isDown |= sent.AcceptedBefore == _accepted.GetValueOrDefault(set);
        }
        if (kind is AccountingKind.On or AccountingKind.Off && result == SendResult.Accepted) _isMarkerPending = false;
        var session = _sessions.Find(s => s.Id == id);
        if (session is not null)
        {
            if (kind == AccountingKind.Start) session.IsStartAccepted |= result == SendResult.Accepted;
            if (kind == AccountingKind.Stop)
            {
                session.IsStopAccepted |= result == SendResult.Accepted;
                session.IsSettled |= result == SendResult.Failed && sent.AcceptedBefore != _accepted.GetValueOrDefault(set);
            }
        }
        _trace.Add($"{result} {kind} {id}");
        Apply(_ledger.On(new LedgerEvent.Answered(id, kind, result, "why"), _now), answered: id);
    }

    private void AnswerLoads()
    {
        if (_toLoad.Count == 0) return;
        long[] keys = [.. _toLoad];
        _toLoad.Clear();
        var rows = Array.ConvertAll(keys, Read);
        foreach (var row in rows)
        {
            _loading = (row.Start ?? row.Stop)?.Session.AcctSessionId;
            Apply(_ledger.On(new LedgerEvent.Loaded([row]), _now));
        }
        _loading = null;
    }

    private SpooledSession Read(long key)
    {
        if (!_spool.TryGetValue(key, out var entry))
        {
            if (_byKey.TryGetValue(key, out var lost)) lost.IsSettled = true; // the spool lost its Start
            return new SpooledSession(key, null, null);
        }
        if (!_isUnreadable) return new SpooledSession(key, entry.Row.Start, entry.Row.Stop);
        (entry.Of.IsSettled, entry.Of.IsTried) = (true, true);
        return new SpooledSession(key, null, null, IsUnreadable: true);
    }

    private void Write()
    {
        _forgotten.Clear();
        if (!_rules.WritesLater || _written == _stored) return;
        _written = _stored;
        Apply(_ledger.On(new LedgerEvent.Written(_written), _now));
    }

    private void Pass(TimeSpan span)
    {
        var until = _now + span;
        for (var i = 0; _ledger.NextDeadline is { } due && due <= until; i++)
        {
            Law(i < 1_000, $"a deadline comes again and again");
            Tick(due);
        }
        _now = until;
    }

    private void Tick(Instant due)
    {
        Law(due >= _now, $"a deadline is in the past: {due} at {_now}");
        _now = due;
        Apply(_ledger.On(default(LedgerEvent.DeadlineReached), _now));
        Law(!(_ledger.NextDeadline <= _now), $"a deadline stays after its time");
    }

    private void Reload(RealmTable<ServerSet> realms)
    {
        if (ReferenceEquals(realms, _realms)) return;
        _realms = realms;
        foreach (var sent in _outstanding.Values) sent.AcceptedBefore = _accepted.GetValueOrDefault(SetOf(sent.Record.Session.UserName));
        Apply(_ledger.On(new LedgerEvent.Configured(new LedgerPolicy(Window, Retry, RetryMax), realms), _now));
    }

    private string SetOf(string user) =>
        user.Length == 0 ? "" : _realms.Find(RealmOfUser.Of(user).Realm)?.Servers ?? "";

    private void Kill(bool withOn, bool isOnHeld)
    {
        if (_rules.WritesLater) LoseUnwritten();
        foreach (var (_, (row, session)) in _spool)
        {
            if (row.Stop is not null) continue;
            row.Stop = Record(AccountingKind.Stop, session);
            session.IsStopOffered = true;
        }
        // records without a place in the spool were in memory only
        foreach (var s in _sessions.Where(s => !_spool.Values.Any(entry => entry.Of == s)))
        {
            s.IsStartLost |= !s.IsStartAccepted;
            s.IsStopLost |= !s.IsStopAccepted;
        }
        Begin(withOn, isOnHeld);
    }

    /// <summary>The file has what was written. So a Stop that a server accepted may be sent once more, as it was.</summary>
    private void LoseUnwritten()
    {
        foreach (var (key, (row, _)) in _spool.ToArray())
        {
            if (row.StartNumber > _written) _spool.Remove(key);
            if (row.StopNumber > _written) row.Stop = null;
        }
        foreach (var (key, row, session) in _forgotten)
        {
            if (row.Stop is null || row.StopNumber > _written) continue;
            _spool[key] = (row, session);
            session.IsStopAccepted = false;
        }
        _forgotten.Clear();
        foreach (var (_, (row, _)) in _spool) (row.StartNumber, row.StopNumber) = (0, 0); // the next process counts anew
    }

    private void Begin(bool withOn, bool isOnHeld)
    {
        _process++;
        _trace.Add($"process {_process}");
        _outstanding.Clear();
        _attempts.Clear();
        _toLoad.Clear();
        _accepted.Clear();
        (_stored, _written, _isDown, _isMarkerPending, _isOnHeld) = (0, 0, false, false, false);
        _ledger = new Ledger(new LedgerPolicy(Window, Retry, RetryMax), _realms, isWrittenAtOnce: !_rules.WritesLater);
        var earlier = _spool.OrderBy(static entry => entry.Key).Select(static entry => entry.Value.Of).ToArray();
        foreach (var session in earlier)
        {
            (session.IsSettled, session.IsTried, session.IsBehindMarker) = (false, false, false);
            session.Before = session.User.Length == 0 ? [] : [.. earlier.TakeWhile(s => s != session).Where(s => s.User == session.User)];
        }
        var waiting = _spool.Keys.Order().Select(static key => new WaitingSession(key, key));
        Apply(_ledger.On(new LedgerEvent.Opened([.. waiting], _lastKey), _now));
        if (withOn) Offer(AccountingRecord.OfNode(AccountingKind.On, "node", Port, DateTimeOffset.UnixEpoch), isOnHeld);
    }

    private static NasPort Port => new("test", null, null, 0, "", "", "", "", "", "", null);

    private void Apply(ReadOnlySpan<LedgerEffect> effects, Session? ended = null, string? answered = null)
    {
        var goesOn = false;
        foreach (var effect in effects) goesOn |= effect.Kind == LedgerEffectKind.Send && effect.Record!.Session.AcctSessionId == answered;
        if (answered is not null && !goesOn) _attempts.Remove(answered);
        foreach (var effect in effects)
        {
            _trace.Add(new Shown(effect));
            switch (effect.Kind)
            {
                case LedgerEffectKind.Send: OnSend(effect.Record!); break;
                case LedgerEffectKind.Store: Store(effect); break;
                case LedgerEffectKind.Load: OnLoad(effect.Key); break;
                case LedgerEffectKind.Forget or LedgerEffectKind.Lose: Forget(effect); break;
                case LedgerEffectKind.Watch: ended!.IsWatched = true; break;
                case LedgerEffectKind.LogMarkerLost: _isMarkerPending = false; break;
            }
        }
    }

    private void Store(LedgerEffect effect)
    {
        var record = effect.Record!;
        if (record.Kind == AccountingKind.Interim) return;
        Assert.Equal(++_stored, effect.Number);
        _lastKey = Math.Max(_lastKey, effect.Key);
        var session = _sessions.Single(s => s.Id == record.Session.AcctSessionId);
        _byKey[effect.Key] = session;
        var isLost = _losesNext;
        _losesNext = false;
        if (isLost)
        {
            // the spool loses its records of the session
            session.IsStartLost |= !session.IsStartAccepted;
            session.IsStopLost |= record.Kind == AccountingKind.Stop;
            _spool.Remove(effect.Key);
            return;
        }
        if (!_spool.TryGetValue(effect.Key, out var entry)) _spool.Add(effect.Key, entry = (new Row(), session));
        if (record.Kind == AccountingKind.Start) (entry.Row.Start, entry.Row.StartNumber) = (record, effect.Number);
        else (entry.Row.Stop, entry.Row.StopNumber) = (record, effect.Number);
    }

    private void Forget(LedgerEffect effect)
    {
        if (effect.Kind == LedgerEffectKind.Lose)
        {
            var session = _sessions.Single(s => s.Id == effect.Session);
            session.IsStartLost |= effect.Of == AccountingKind.Start;
            session.IsStopLost |= effect.Of == AccountingKind.Stop;
        }
        if (!_spool.TryGetValue(effect.Key, out var entry)) return;
        if (effect.Of == AccountingKind.Start) entry.Row.Start = null;
        else if (_spool.Remove(effect.Key) && effect.Kind == LedgerEffectKind.Forget) _forgotten.Add((effect.Key, entry.Row, entry.Of));
    }

    /// <summary>The window: with one server set, as many attempts as the window while it is up, one while it is down.</summary>
    private void OnLoad(long key)
    {
        Assert.DoesNotContain(key, _toLoad);
        if (!_rules.HasRealms && !_rules.WritesLater)
        {
            var most = _isDown ? 1 : Window;
            Law(_toLoad.Count + _attempts.Count < most, $"more than {most} attempts at a time");
        }
        _toLoad.Add(key);
    }

    private void OnSend(AccountingRecord record)
    {
        var id = record.Session.AcctSessionId;
        Law(!_outstanding.ContainsKey(id), $"{record.Kind} {id} is sent while another record of it is outstanding");
        _outstanding.Add(id, new Sent(record) { AcceptedBefore = _accepted.GetValueOrDefault(SetOf(record.Session.UserName)) });
        if (record.Kind == AccountingKind.On) OnSendOn();
        if (record.Kind == AccountingKind.Off)
            Law((_outstanding.Count, _ledger.Waiting, _toLoad.Count) is (1, 0, 0), $"Accounting-Off is not the last record");
        if (record.Kind is AccountingKind.On or AccountingKind.Off)
        {
            _isMarkerPending = true;
            return;
        }
        if (_loading == id) _attempts.Add(id);
        var session = _sessions.Single(s => s.Id == id);
        session.IsTried = true;
        OnSendAgain(session, record);
        if (record.Kind == AccountingKind.Start)
        {
            Law(!(session.IsStartAccepted || session.IsStopAccepted), $"Start {id} is sent after a server accepted it");
            OnSendFirst(session);
        }
        else
        {
            Law(session.IsStartAccepted || session.IsStartLost, $"{record.Kind} {id} passes its Start");
            Law(!session.IsStopAccepted, $"{record.Kind} {id} is sent after a server accepted the Stop");
            if (session.Process < _process) OnSendFirst(session);
        }
    }

    /// <summary>A Stop is the same record at each attempt, also after a kill. After it no Interim is sent.</summary>
    private void OnSendAgain(Session session, AccountingRecord record)
    {
        Law(record.Kind != AccountingKind.Interim || session.StopSent is null,
            $"{record.Kind} {session.Id} is sent after the Stop");
        if (record.Kind != AccountingKind.Stop) return;
        Law(session.IsStopSentUnwritten || session.StopSent is not { } before || before == record, $"the Stop of {session.Id} changes");
        session.StopSent ??= record;
        session.IsStopSentUnwritten |= _rules.WritesLater && _spool.Values.Any(e => e.Of == session && e.Row.StopNumber > _written);
    }

    /// <summary>The order of a user's sessions, and Accounting-On before the sessions of this process.</summary>
    private void OnSendFirst(Session session)
    {
        foreach (var before in session.Before)
            Law(before.IsStopOver, $"{session.Id} of '{session.User}' passes the pending Stop of {before.Id}");
        Law(!(session.Process == _process && session.IsBehindMarker && _isMarkerPending), $"{session.Id} passes the node marker");
    }

    /// <summary>Accounting-On follows the records of the earlier process: each was tried, or waits for another of its user.</summary>
    private void OnSendOn()
    {
        Law(!_isOnHeld, $"Accounting-On is sent before the decision");
        if (_rules.HasRealms) return; // sessions of other server sets may wait for servers that are down
        foreach (var (_, (_, session)) in _spool)
        {
            if (session.Process == _process || session.IsTried) continue;
            var waits = session.Before.Any(static s => !s.IsStopOver || s.IsSettled);
            Law(waits, $"Accounting-On passes {session.Id}, which was not tried");
        }
    }
}

using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Protocol.Tests.Accounting;

/// <summary>
/// The ledger with a spool in memory. A test is the bundles and the gate before it, the RADIUS servers behind it, and the clock.
/// </summary>
internal sealed class LedgerLab
{
    /// <summary>First pause and maximum pause between attempts.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private sealed class Row
    {
        public AccountingRecord? Start, Stop;
    }

    private readonly Ledger _ledger;
    private readonly Dictionary<long, Row> _spool = [];
    private readonly Queue<AccountingRecord> _sent = new();
    private readonly Dictionary<string, AccountingRecord> _outstanding = [];
    private readonly Dictionary<string, string> _users = [];
    private readonly HashSet<string> _watched = [];
    private readonly List<long> _toLoad = [];
    private Instant _now = new(TimeSpan.FromDays(1).Ticks);
    private long _stored;

    /// <param name="isHeld">The spool writes later: see <see cref="Writes"/>.</param>
    /// <param name="earlier">Sessions that were up when the process before was killed.</param>
    public LedgerLab(
        RealmTable<ServerSet>? realms = null, bool isHeld = false, params (string Session, string User, bool IsStartDue)[] earlier)
    {
        _ledger = new Ledger(new LedgerPolicy(Window: 4, Pause, Pause), realms ?? NoRealms, isWrittenAtOnce: !isHeld);
        foreach (var (session, user, isStartDue) in earlier)
        {
            var start = isStartDue ? Record(AccountingKind.Start, session, user) : null;
            _spool.Add(_spool.Count + 1, new Row { Start = start, Stop = Record(AccountingKind.Stop, session, user) });
        }
        Apply(_ledger.On(new LedgerEvent.Opened([.. _spool.Keys.Select(static key => new WaitingSession(key, key))], _spool.Count), _now));
    }

    public static RealmTable<ServerSet> NoRealms => new([]);

    /// <summary>The realm example.net has its own servers.</summary>
    public static RealmTable<ServerSet> OneRealm => new([new("example.net", ServerSet.Of(["its"]))]);

    /// <summary>Log lines and counters, oldest first.</summary>
    public List<string> Log { get; } = [];

    public (int UnderWay, int Waiting) Backlog => (_ledger.UnderWay, _ledger.Waiting);

    /// <summary>Records that the spool has.</summary>
    public int Spooled => _spool.Values.Sum(static row => (row.Start is null ? 0 : 1) + (row.Stop is null ? 0 : 1));

    public Instant? NextDeadline => _ledger.NextDeadline;

    /// <summary>The spool has no place for a Stop: its file hangs and its memory is full.</summary>
    public bool LosesStops { get; set; }

    /// <summary>The session whose row cannot be read.</summary>
    public string Unreadable { get; set; } = "";

    public void OfNode(AccountingKind kind) => Offer(AccountingRecord.OfNode(kind, "node", Port, DateTimeOffset.UnixEpoch));
    public void HoldsOn() => Apply(_ledger.On(
        new LedgerEvent.Offered(AccountingRecord.OfNode(AccountingKind.On, "node", Port, DateTimeOffset.UnixEpoch), IsHeld: true), _now));
    public void Decides(bool isSent) => Apply(_ledger.On(new LedgerEvent.OnDecided(isSent), _now));
    public void Start(string session, string user) => Offer(Record(AccountingKind.Start, session, _users[session] = user));
    public void Interim(string session) => Offer(Record(AccountingKind.Interim, session, _users[session]));
    public void Stop(string session) => Offer(Record(AccountingKind.Stop, session, _users[session]));

    /// <summary>The gate reports the end of forwarding.</summary>
    public void Ends(string session, string user)
    {
        _users[session] = user;
        Apply(_ledger.On(new LedgerEvent.ForwardingEnded(session, user, ""), _now));
    }

    /// <summary>The bundle terminates: all its records have been offered.</summary>
    public void BundleGoes(string session)
    {
        if (_watched.Remove(session)) Apply(_ledger.On(new LedgerEvent.BundleGone(session), _now));
    }

    /// <summary>Sends the Start of an extra session that a server accepts: the servers answer again.</summary>
    public void AcceptsStartOf(string session, string user)
    {
        Start(session, user);
        Sends($"Start {session}");
        Accepted(session);
    }

    public void Accepted(string session) => Answer(session, SendResult.Accepted);
    public void Fails(string session) => Answer(session, SendResult.Failed);
    public void IsNotAsked(string session) => Answer(session, SendResult.NotAsked);
    public void DoesNotFit(string session) => Answer(session, SendResult.Unsendable);

    /// <summary>The spool has written all records.</summary>
    public void Writes() => Apply(_ledger.On(new LedgerEvent.Written(_stored), _now));

    public void Reloads(RealmTable<ServerSet> realms) =>
        Apply(_ledger.On(new LedgerEvent.Configured(new LedgerPolicy(Window: 4, Pause, Pause), realms), _now));

    /// <summary>Time passes. The ledger gets each of its deadlines.</summary>
    public void Passes(TimeSpan span)
    {
        var until = _now + span;
        while (_ledger.NextDeadline is { } due && due <= until)
        {
            _now = due;
            Apply(_ledger.On(default(LedgerEvent.DeadlineReached), _now));
        }
        _now = until;
    }

    /// <summary>These records were sent since the last call, in this order, and no others.</summary>
    public void Sends(params string[] expected)
    {
        Assert.Equal(expected, _sent.Select(static record => $"{record.Kind} {record.Session.AcctSessionId}"));
        while (_sent.TryDequeue(out var record)) _outstanding.Add(record.Session.AcctSessionId, record);
    }

    public static AccountingRecord Record(AccountingKind kind, string session, string user)
    {
        var of = new AccountingSession(session, session, user, AccountingAuthentic.Radius, Port, null, null, [], "", "", 0);
        var cause = kind == AccountingKind.Stop ? new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.UserRequest, "test") : null;
        return new AccountingRecord(kind, of, 1, default, TimeSpan.Zero, DateTimeOffset.UnixEpoch, cause);
    }

    private static NasPort Port => new("test", null, null, 0, "", "", "", "", "", "", null);

    private void Offer(AccountingRecord record) => Apply(_ledger.On(new LedgerEvent.Offered(record), _now));

    private void Answer(string session, SendResult result)
    {
        Assert.True(_outstanding.Remove(session, out var record), $"no record of {session} is outstanding");
        Apply(_ledger.On(new LedgerEvent.Answered(session, record!.Kind, result, result == SendResult.Accepted ? "" : "no answer"), _now));
    }

    private void Apply(ReadOnlySpan<LedgerEffect> effects)
    {
        foreach (var effect in effects) Apply(effect);
        if (_toLoad.Count == 0) return;
        long[] keys = [.. _toLoad];
        _toLoad.Clear();
        Apply(_ledger.On(new LedgerEvent.Loaded([.. keys.Select(Read)]), _now));
    }

    private void Apply(LedgerEffect effect)
    {
        switch (effect.Kind)
        {
            case LedgerEffectKind.Send: _sent.Enqueue(effect.Record!); break;
            case LedgerEffectKind.Store: Store(effect.Key, effect.Record!, effect.Number); break;
            case LedgerEffectKind.Load: _toLoad.Add(effect.Key); break;
            case LedgerEffectKind.Lose:
                Log.Add($"lost {effect.Of} {effect.Session}");
                Forget(effect.Key, effect.Of);
                break;
            case LedgerEffectKind.Forget: Forget(effect.Key, effect.Of); break;
            case LedgerEffectKind.Watch: Assert.True(_watched.Add(effect.Session)); break;
            case LedgerEffectKind.Close: break;
            case LedgerEffectKind.LogDelayed: Log.Add($"delayed {effect.Of} {effect.Session}"); break;
            case LedgerEffectKind.LogMarkerLost: Log.Add($"lost {effect.Of}"); break;
            case LedgerEffectKind.CountSuperseded: Log.Add("superseded"); break;
            default: Assert.Fail($"{effect}"); break;
        }
    }

    private void Store(long key, AccountingRecord record, long number)
    {
        if (record.Kind == AccountingKind.Interim) return;
        Assert.Equal(++_stored, number);
        if (LosesStops && record.Kind == AccountingKind.Stop) return;
        if (!_spool.TryGetValue(key, out var row)) _spool.Add(key, row = new Row());
        if (record.Kind == AccountingKind.Start) row.Start = record;
        else row.Stop = record;
    }

    private void Forget(long key, AccountingKind kind)
    {
        if (!_spool.TryGetValue(key, out var row)) return;
        if (kind == AccountingKind.Start) row.Start = null;
        if (kind == AccountingKind.Stop || row.Stop is null) _spool.Remove(key);
    }

    private SpooledSession Read(long key)
    {
        if (!_spool.TryGetValue(key, out var row)) return new SpooledSession(key, null, null);
        return (row.Start ?? row.Stop)!.Session.AcctSessionId == Unreadable ? new SpooledSession(key, null, null, IsUnreadable: true)
            : new SpooledSession(key, row.Start, row.Stop);
    }
}

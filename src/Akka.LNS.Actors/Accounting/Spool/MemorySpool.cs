using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Accounting.Spool;

/// <summary>A spool without a file: it ends with the process. Called by the accounting actor alone.</summary>
internal sealed class MemorySpool(AccountingSpoolSettings settings, ILogger log) : IAccountingSpool
{
    private sealed class Session(long key)
    {
        public long Key { get; } = key;
        public AccountingRecord? Start, Stop;
    }

    private readonly Dictionary<long, LinkedListNode<Session>> _sessions = [];
    private readonly LinkedList<Session> _order = new();
    private readonly SpoolCounts _counts = new();
    private IActorRef _accounting = ActorRefs.Nobody;
    private long _keys;

    public bool IsDurable => false;
    public long Written => 0;
    public uint PreviousEpoch => 0;
    public SpoolSnapshot Snapshot => _counts.Read(null, 0);
    public DateTimeOffset? Oldest { set => _counts.Oldest = value; }
    public long NewKey() => ++_keys;

    public ImmutableArray<SpoolTurn> Attach(IActorRef accounting, uint epoch)
    {
        _accounting = accounting;
        return [];
    }

    public long Start(long key, AccountingRecord record)
    {
        Of(key).Start = record;
        _counts.CountWaiting(+1);
        return 0;
    }

    public void Interim(long key, AccountingRecord record) { }

    public long Stop(long key, AccountingRecord record)
    {
        Of(key).Stop = record;
        _counts.CountWaiting(+1);
        return 0;
    }

    public void StartTaken(long key)
    {
        _counts.CountWaiting(-1);
        if (!_sessions.TryGetValue(key, out var node)) return; // lost, and yet delivered
        node.Value.Start = null;
        if (node.Value.Stop is null) Remove(node);
    }

    public void StopTaken(long key)
    {
        _counts.CountWaiting(-1);
        if (_sessions.TryGetValue(key, out var node)) Remove(node);
    }

    public void Discard(long key, AccountingKind kind)
    {
        _counts.CountUnsendable();
        if (kind == AccountingKind.Start) StartTaken(key);
        else StopTaken(key);
    }

    public void Load(ImmutableArray<long> keys) => _accounting.Tell(new SpoolLoaded([.. keys.Select(Read)]));

    private SpooledSession Read(long key)
    {
        if (_sessions.TryGetValue(key, out var node)) return new SpooledSession(key, node.Value.Start, node.Value.Stop);
        _counts.CountWaiting(-1);
        return new SpooledSession(key, null, null);
    }

    public Task CloseAsync() => Task.CompletedTask;
    public void Dispose() { }

    private Session Of(long key)
    {
        if (_sessions.TryGetValue(key, out var known)) return known.Value;
        if (_sessions.Count >= settings.MaxInMemory && _order.First is { } oldest)
        {
            var (first, records) = (_counts.Lost == 0, (oldest.Value.Start is null ? 0 : 1) + (oldest.Value.Stop is null ? 0 : 1));
            _counts.CountLost(records);
            if (first) log.SpoolLosesOldest(settings.MaxInMemory);
            Remove(oldest);
        }
        var session = new Session(key);
        _sessions.Add(key, _order.AddLast(session));
        return session;
    }

    private void Remove(LinkedListNode<Session> node)
    {
        _sessions.Remove(node.Value.Key);
        _order.Remove(node);
    }
}

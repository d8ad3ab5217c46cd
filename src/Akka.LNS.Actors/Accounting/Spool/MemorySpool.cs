using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Accounting;

namespace Akka.LNS.Actors.Accounting.Spool;

/// <summary>A spool without a file: it ends with the process. Only the accounting actor calls it.</summary>
internal sealed class MemorySpool(AccountingSpoolSettings settings, ILogger log) : IAccountingSpool
{
    private sealed class Session(long key)
    {
        public long Key { get; } = key;
        public AccountingRecord? Start, Stop;
    }

    private readonly Dictionary<long, LinkedListNode<Session>> _sessions = [];
    private readonly LinkedList<Session> _order = new();
    private IActorRef _accounting = ActorRefs.Nobody;

    public bool WritesLater => false;
    public bool IsDurable => false;
    public long Written => long.MaxValue;
    public uint PreviousEpoch => 0;
    public long LastKey { get; private set; }
    public SpoolCounts Counts { get; } = new();
    public SpoolSnapshot Snapshot => Counts.Read(null, 0);

    public ImmutableArray<WaitingSession> Attach(IActorRef accounting, uint epoch)
    {
        _accounting = accounting;
        return [];
    }

    public void Store(long key, AccountingRecord record, long number)
    {
        if (record.Kind == AccountingKind.Interim) return; // a Stop after a crash would need a file
        var session = Of(key);
        if (record.Kind == AccountingKind.Start) session.Start = record;
        else session.Stop = record;
        Counts.CountWaiting(+1);
    }

    public void Forget(long key, AccountingKind kind)
    {
        Counts.CountWaiting(-1);
        if (!_sessions.TryGetValue(key, out var node)) return; // the spool lost it, and yet a server has it
        if (kind == AccountingKind.Start) node.Value.Start = null;
        if (kind == AccountingKind.Stop || node.Value.Stop is null) Remove(node);
    }

    public void Load(ImmutableArray<long> keys) => _accounting.Tell(new SpoolLoaded([.. keys.Select(Read)]));

    private SpooledSession Read(long key)
    {
        if (_sessions.TryGetValue(key, out var node)) return new SpooledSession(key, node.Value.Start, node.Value.Stop);
        Counts.CountWaiting(-1);
        return new SpooledSession(key, null, null);
    }

    public Task CloseAsync() => Task.CompletedTask;
    public void Dispose() { }

    private Session Of(long key)
    {
        if (_sessions.TryGetValue(key, out var known)) return known.Value;
        if (_sessions.Count >= settings.MaxInMemory && _order.First is { } oldest)
        {
            var (first, records) = (Counts.Lost == 0, (oldest.Value.Start is null ? 0 : 1) + (oldest.Value.Stop is null ? 0 : 1));
            Counts.CountLost(records);
            if (first) log.SpoolLosesOldest(settings.MaxInMemory);
            Remove(oldest);
        }
        var session = new Session(key);
        _sessions.Add(key, _order.AddLast(session));
        LastKey = Math.Max(LastKey, key);
        return session;
    }

    private void Remove(LinkedListNode<Session> node)
    {
        _sessions.Remove(node.Value.Key);
        _order.Remove(node);
    }
}

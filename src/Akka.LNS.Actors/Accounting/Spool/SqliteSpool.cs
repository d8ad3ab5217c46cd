using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Microsoft.Data.Sqlite;

namespace Akka.LNS.Actors.Accounting.Spool;

/// <summary>
/// The durable spool. One thread of its own does all work on the file, in batches: what comes within <see cref="Gather"/> is one transaction. What cannot be
/// written stays in memory, within a bound, and is tried again; accounting goes on meanwhile as if it had been written.
/// </summary>
internal sealed class SqliteSpool : IAccountingSpool
{
    private enum OrderKind : byte { Start, Interim, Stop, StartTaken, StopTaken, Load }

    private readonly record struct Order(OrderKind Kind, long Key, AccountingRecord? Record, ImmutableArray<long> Keys);

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private const int MostInOneTransaction = 1024;

    private readonly AccountingSpoolSettings _settings;
    private readonly NodeClock _clock;
    private readonly ILogger _log;
    private readonly SpoolDatabase _database;
    private readonly SpoolCounts _counts = new();
    private readonly object _gate = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private IActorRef _accounting = ActorRefs.Nobody;

    // under the gate
    private List<Order> _orders = [];
    private long _tickets;
    private bool _isIdle, _closing;

    private long _written;
    private int _left; // changes that could not be written
    private long _keys;

    // the thread's
    private List<Order> _batch = [];
    private readonly Dictionary<long, LinkedListNode<SpoolChange>> _pending = [];
    private readonly LinkedList<SpoolChange> _order = new();
    private readonly List<SpoolChange> _chunk = [];
    private int _pendingRecords; // changes that hold one
    private bool _isUnreadable;  // the last row that was read could not be
    private DateTimeOffset _aliveWritten;
    private long _retryAt, _failingSince, _lostBefore;

    private SqliteSpool(AccountingSpoolSettings settings, NodeClock clock, ILogger log, SpoolDatabase database)
    {
        (_settings, _clock, _log, _database) = (settings, clock, log, database);
        (_keys, _aliveWritten) = (database.LastKey, clock.UtcNow);
        _counts.CountWaiting(database.LeftRecords);
        _counts.Octets = database.Octets;
    }

    /// <exception cref="SpoolStartException">It cannot be used; the message says why and what to do.</exception>
    public static SqliteSpool Open(AccountingSpoolSettings settings, NodeClock clock, ILogger log)
    {
        var database = SpoolDatabase.Open(settings.File ?? throw new ArgumentException("no file", nameof(settings)), settings.MaxSize, clock.UtcNow);
        log.SpoolOpened(database.Path, database.LeftRecords, database.LeftOpen);
        return new SqliteSpool(settings, clock, log, database);
    }

    public bool IsDurable => !_counts.IsFailing;
    public long Written => Volatile.Read(ref _written);
    public uint PreviousEpoch => _database.PreviousEpoch;
    public SpoolSnapshot Snapshot => _counts.Read(_database.Path, Math.Max(0, Interlocked.Read(ref _tickets) - Written) + Volatile.Read(ref _left));
    public DateTimeOffset? Oldest { set => _counts.Oldest = value; }
    public long NewKey() => Interlocked.Increment(ref _keys);

    public ImmutableArray<SpoolTurn> Attach(IActorRef accounting, uint epoch)
    {
        _accounting = accounting;
        if (_thread is not null) return []; // accounting was made anew
        _database.SaveEpoch(epoch);
        _thread = new Thread(Run) { IsBackground = true, Name = "accounting spool" };
        _thread.Start();
        return _database.Left;
    }

    public long Start(long key, AccountingRecord record)
    {
        _counts.CountWaiting(+1);
        return Post(new Order(OrderKind.Start, key, record, default), records: 1);
    }

    public void Interim(long key, AccountingRecord record) => Post(new Order(OrderKind.Interim, key, record, default));

    public long Stop(long key, AccountingRecord record)
    {
        _counts.CountWaiting(+1);
        return Post(new Order(OrderKind.Stop, key, record, default), records: 1);
    }

    public void StartTaken(long key)
    {
        _counts.CountWaiting(-1);
        Post(new Order(OrderKind.StartTaken, key, null, default));
    }

    public void StopTaken(long key)
    {
        _counts.CountWaiting(-1);
        Post(new Order(OrderKind.StopTaken, key, null, default));
    }

    public void Discard(long key, AccountingKind kind)
    {
        _counts.CountUnsendable();
        if (kind == AccountingKind.Start) StartTaken(key);
        else StopTaken(key);
    }

    public void Load(ImmutableArray<long> keys) => Post(new Order(OrderKind.Load, 0, null, keys));

    public Task CloseAsync()
    {
        if (_thread is null) // nobody was attached
        {
            if (_closed.TrySetResult()) _database.Dispose();
            return _closed.Task;
        }
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }
        return _closed.Task;
    }

    public void Dispose() => _ = CloseAsync();

    /// <returns>Its ticket; one that need not be waited for when there is no place for it.</returns>
    private long Post(Order order, int records = 0)
    {
        lock (_gate)
        {
            // the thread hangs in the file system; what ends a session's row must not get lost, and is small
            if (_closing || (order.Record is not null && _orders.Count >= _settings.MaxInMemory))
            {
                if (records > 0 && !_closing) _counts.CountLost(records);
                return 0;
            }
            _orders.Add(order);
            if (_isIdle) Monitor.Pulse(_gate);
            return Interlocked.Increment(ref _tickets);
        }
    }

    private void Run()
    {
        while (true)
        {
            long upTo;
            bool closing;
            lock (_gate)
            {
                if (_orders.Count == 0 && !_closing)
                {
                    _isIdle = true;
                    Monitor.Wait(_gate, _counts.IsFailing ? RetryAfter : Heartbeat);
                    _isIdle = false;
                }
                if (_orders.Count is > 0 and < MostInOneTransaction && !_closing) Monitor.Wait(_gate, Gather); // nobody pulses now but the end
                (_batch, _orders) = (_orders, _batch);
                (upTo, closing) = (_tickets, _closing);
            }
            try
            {
                Do(_batch, upTo, closing);
            }
            catch (Exception e) when (!closing)
            {
                OnFailed(e);
            }
            catch (Exception e)
            {
                _log.SpoolFailing(_database.Path, e.Message);
            }
            foreach (var order in _batch) // whatever became of the changes: who asked waits
                if (order.Kind == OrderKind.Load) _accounting.Tell(new SpoolLoaded([.. order.Keys.Select(Read)]));
            _batch.Clear();
            if (!closing) continue;
            Close();
            return;
        }
    }

    private void Do(List<Order> batch, long upTo, bool closing)
    {
        var hasRecord = false;
        foreach (var order in batch)
        {
            if (order.Kind != OrderKind.Load) Merge(order);
            hasRecord |= order.Kind is OrderKind.Start or OrderKind.Stop;
        }
        if (!_counts.IsFailing || Environment.TickCount64 >= _retryAt || closing) Commit();
        DropOldest();
        Volatile.Write(ref _left, _order.Count);
        Volatile.Write(ref _written, upTo);
        if (hasRecord) _accounting.Tell(SpoolWritten.Instance);
    }

    /// <summary>A change of a session that waits to be written already becomes part of it.</summary>
    private void Merge(Order order)
    {
        if (!_pending.TryGetValue(order.Key, out var node)) _pending.Add(order.Key, node = _order.AddLast(new SpoolChange(order.Key)));
        var change = node.Value;
        var had = change.HasRecord;
        switch (order.Kind)
        {
            case OrderKind.Start: change.Start = order.Record; break;
            case OrderKind.Interim: change.Last = order.Record; break;
            case OrderKind.Stop: (change.Stop, change.Last) = (order.Record, null); break;
            case OrderKind.StartTaken: change.StartTaken = true; break;
            case OrderKind.StopTaken:
                if (change.Start is not null) Forget(node); // never written
                else (change.Remove, change.Stop, change.Last) = (true, null, null);
                break;
        }
        if (change.HasRecord != had && _pending.ContainsKey(order.Key)) _pendingRecords += had ? -1 : 1;
    }

    private void Commit()
    {
        var now = _clock.UtcNow;
        var alive = (now - _aliveWritten).Duration() >= RetryAfter;
        if (_order.Count == 0 && !alive) return;
        try
        {
            do
            {
                _chunk.Clear();
                for (var node = _order.First; node is not null && _chunk.Count < MostInOneTransaction; node = node.Next) _chunk.Add(node.Value);
                _database.Write(_chunk, alive ? now : null);
                foreach (var change in _chunk) Forget(_pending[change.Key]);
                if (alive) _aliveWritten = now;
                alive = false;
            }
            while (_order.Count > 0);
            if (_counts.IsFailing) OnRecovered();
        }
        catch (SqliteException e)
        {
            OnFailed(e);
            CommitRemovals();
        }
        if (_aliveWritten == now) _counts.Octets = _database.Octets;
    }

    /// <summary>What makes room, or needs none, alone: a row that stays would become a second Stop after a crash.</summary>
    private void CommitRemovals()
    {
        _chunk.Clear();
        _chunk.AddRange(_order.Where(static change => !change.HasRecord));
        if (_chunk.Count == 0) return;
        try
        {
            _database.Write(_chunk, null);
        }
        catch (SqliteException)
        {
            return; // said already
        }
        foreach (var change in _chunk) Forget(_pending[change.Key]);
    }

    private void OnFailed(Exception e)
    {
        _counts.CountWriteError();
        _retryAt = Environment.TickCount64 + (long)RetryAfter.TotalMilliseconds;
        if (_counts.IsFailing) return; // said once
        (_failingSince, _lostBefore) = (Environment.TickCount64, _counts.Lost);
        _counts.IsFailing = true;
        _log.SpoolFailing(_database.Path, e.Message);
    }

    private void OnRecovered()
    {
        _counts.IsFailing = false;
        _log.SpoolRecovered(_database.Path, (Environment.TickCount64 - _failingSince) / 1000, _counts.Lost - _lostBefore);
    }

    private void DropOldest()
    {
        while (_pendingRecords > _settings.MaxInMemory && _order.First is { } oldest)
        {
            var change = oldest.Value;
            if (!change.HasRecord) // no record, no memory to speak of: it keeps its work, at the end
            {
                _order.Remove(oldest);
                _order.AddLast(oldest);
                continue;
            }
            var records = (change.Start is null || change.StartTaken ? 0 : 1) + (change.Stop is null ? 0 : 1);
            if (records > 0) // else only what a Stop after a crash would be made of
            {
                if (_counts.Lost == _lostBefore) _log.SpoolLosesOldest(_settings.MaxInMemory);
                _counts.CountLost(records);
            }
            Forget(oldest);
        }
    }

    private void Forget(LinkedListNode<SpoolChange> node)
    {
        if (node.Value.HasRecord) _pendingRecords--;
        _pending.Remove(node.Value.Key);
        _order.Remove(node);
    }

    private SpooledSession Read(long key)
    {
        var change = _pending.TryGetValue(key, out var node) ? node.Value : null;
        if (change is { Remove: true }) return new SpooledSession(key, null, null);
        if (change is { Start: { } start }) return new SpooledSession(key, change.StartTaken ? null : start, change.Stop);
        SpooledSession row;
        try
        {
            if (!_database.TryLoad(key, out row, out var why))
            {
                _database.PutAside(key, why);
                _counts.CountBroken();
                _log.SpoolBroken(_database.Path, key, why);
            }
        }
        catch (Exception e)
        {
            _counts.CountWriteError();
            if (!_isUnreadable) _log.SpoolUnreadable(_database.Path, key, e.Message); // once, not for each
            _isUnreadable = true;
            return new SpooledSession(key, null, null, IsUnreadable: true);
        }
        _isUnreadable = false;
        if (change is not null) row = row with { Start = change.StartTaken ? null : row.Start, Stop = change.Stop ?? row.Stop };
        if (row is { Start: null, Stop: null }) _counts.CountWaiting(-1); // it was lost
        return row;
    }

    private void Close()
    {
        try
        {
            if (_order.Count > 0) _log.SpoolNotWritten(_database.Path, _order.Count);
            _database.Checkpoint();
        }
        catch (SqliteException e)
        {
            _log.SpoolFailing(_database.Path, e.Message);
        }
        _database.Dispose();
        _closed.TrySetResult();
    }
}

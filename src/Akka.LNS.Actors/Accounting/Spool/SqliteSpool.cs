using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Accounting;
using Microsoft.Data.Sqlite;

namespace Akka.LNS.Actors.Accounting.Spool;

/// <summary>
/// The durable spool. A thread of its own does all work on the file in batches: the calls of <see cref="Gather"/> are one transaction.
/// Records that cannot be written stay in memory, up to a limit, and are tried again. Meanwhile accounting continues as if they were
/// written.
/// </summary>
internal sealed class SqliteSpool : IAccountingSpool
{
    private enum OrderKind : byte { Store, Forget, Load }

    /// <param name="Of">Kind of the record to forget.</param>
    private readonly record struct Order(OrderKind Kind, long Key, AccountingRecord? Record, AccountingKind Of, ImmutableArray<long> Keys);

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private const int MostInOneTransaction = 1024;

    private readonly AccountingSpoolSettings _settings;
    private readonly NodeClock _clock;
    private readonly ILogger _log;
    private readonly SpoolDatabase _database;
    private readonly object _gate = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private IActorRef _accounting = ActorRefs.Nobody;

    // guarded by the gate
    private List<Order> _orders = [];
    private long _posted; // number of orders
    private long _number; // of the latest Start or Stop
    private bool _isIdle, _closing;

    private long _done;    // orders that the thread has finished
    private long _written; // see Written
    private int _left;     // changes that could not be written
    private long _lastKey;

    // owned by the thread
    private List<Order> _batch = [];
    private readonly Dictionary<long, LinkedListNode<SpoolChange>> _pending = [];
    private readonly LinkedList<SpoolChange> _order = new();
    private readonly List<SpoolChange> _chunk = [];
    private int _pendingRecords; // changes that hold a record
    private bool _isUnreadable;  // the latest read of a row failed
    private DateTimeOffset _aliveWritten;
    private long _retryAt, _failingSince, _lostBefore;

    private SqliteSpool(AccountingSpoolSettings settings, NodeClock clock, ILogger log, SpoolDatabase database)
    {
        (_settings, _clock, _log, _database) = (settings, clock, log, database);
        (_lastKey, _aliveWritten) = (database.LastKey, clock.UtcNow);
        Counts.CountWaiting(database.LeftRecords);
        Counts.Octets = database.Octets;
    }

    /// <exception cref="SpoolStartException">The file cannot be used; the message has the reason and what to do.</exception>
    public static SqliteSpool Open(AccountingSpoolSettings settings, NodeClock clock, ILogger log)
    {
        var file = settings.File ?? throw new ArgumentException("no file", nameof(settings));
        var database = SpoolDatabase.Open(file, settings.MaxSize, clock.UtcNow);
        log.SpoolOpened(database.Path, database.LeftRecords, database.LeftOpen);
        return new SqliteSpool(settings, clock, log, database);
    }

    public bool WritesLater => true;
    public bool IsDurable => !Counts.IsFailing;
    public long Written => Volatile.Read(ref _written);
    public uint PreviousEpoch => _database.PreviousEpoch;
    public long LastKey => _lastKey;
    public SpoolCounts Counts { get; } = new();

    public SpoolSnapshot Snapshot =>
        Counts.Read(_database.Path, Math.Max(0, Volatile.Read(ref _posted) - Volatile.Read(ref _done)) + Volatile.Read(ref _left));

    public ImmutableArray<WaitingSession> Attach(IActorRef accounting, uint epoch)
    {
        _accounting = accounting;
        if (_thread is not null) return []; // the accounting actor was created again
        _database.SaveEpoch(epoch);
        _thread = new Thread(Run) { IsBackground = true, Name = "accounting spool" };
        _thread.Start();
        return _database.Left;
    }

    public void Store(long key, AccountingRecord record, long number)
    {
        _lastKey = Math.Max(_lastKey, key);
        if (record.Kind != AccountingKind.Interim) Counts.CountWaiting(+1);
        Post(new Order(OrderKind.Store, key, record, default, default), number);
    }

    public void Forget(long key, AccountingKind kind)
    {
        Counts.CountWaiting(-1);
        Post(new Order(OrderKind.Forget, key, null, kind, default));
    }

    public void Load(ImmutableArray<long> keys) => Post(new Order(OrderKind.Load, 0, null, default, keys));

    public Task CloseAsync()
    {
        if (_thread is null) // no actor was attached
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

    private void Post(Order order, long number = 0)
    {
        lock (_gate)
        {
            if (number != 0) _number = number;
            // a full list: the thread hangs in the file system. What removes a row must not get lost, and is small
            if (_closing || (order.Record is not null && _orders.Count >= _settings.MaxInMemory))
            {
                if (order.Record is { Kind: not AccountingKind.Interim } && !_closing) Counts.CountLost(1);
                return;
            }
            _orders.Add(order);
            Volatile.Write(ref _posted, _posted + 1);
            if (_isIdle) Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            long posted, number;
            bool closing;
            lock (_gate)
            {
                if (_orders.Count == 0 && !_closing)
                {
                    _isIdle = true;
                    Monitor.Wait(_gate, Counts.IsFailing ? RetryAfter : Heartbeat);
                    _isIdle = false;
                }
                if (_orders.Count is > 0 and < MostInOneTransaction && !_closing) Monitor.Wait(_gate, Gather); // only CloseAsync pulses now
                (_batch, _orders) = (_orders, _batch);
                (posted, number, closing) = (_posted, _number, _closing);
            }
            try
            {
                Do(_batch, posted, number, closing);
            }
            catch (Exception e) when (!closing)
            {
                OnFailed(e);
            }
            catch (Exception e)
            {
                _log.SpoolFailing(_database.Path, e.Message);
            }
            foreach (var order in _batch) // also after a failure: accounting waits for the answer
                if (order.Kind == OrderKind.Load) _accounting.Tell(new SpoolLoaded([.. order.Keys.Select(Read)]));
            _batch.Clear();
            if (!closing) continue;
            Close();
            return;
        }
    }

    private void Do(List<Order> batch, long posted, long number, bool closing)
    {
        foreach (var order in batch)
            if (order.Kind != OrderKind.Load) Merge(order);
        if (!Counts.IsFailing || Environment.TickCount64 >= _retryAt || closing) Commit();
        DropOldest();
        Volatile.Write(ref _left, _order.Count);
        Volatile.Write(ref _done, posted);
        if (number == _written) return;
        Volatile.Write(ref _written, number);
        _accounting.Tell(SpoolWritten.Instance);
    }

    /// <summary>Adds an order to the change of its session that is not written yet.</summary>
    private void Merge(Order order)
    {
        if (!_pending.TryGetValue(order.Key, out var node)) _pending.Add(order.Key, node = _order.AddLast(new SpoolChange(order.Key)));
        var change = node.Value;
        var had = change.HasRecord;
        switch (order.Record?.Kind ?? order.Of, order.Kind)
        {
            case (AccountingKind.Start, OrderKind.Store): change.Start = order.Record; break;
            case (AccountingKind.Interim, OrderKind.Store): change.Last = order.Record; break;
            case (AccountingKind.Stop, OrderKind.Store): (change.Stop, change.Last) = (order.Record, null); break;
            case (AccountingKind.Start, OrderKind.Forget): change.IsStartAccepted = true; break;
            case (AccountingKind.Stop, OrderKind.Forget):
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
                for (var node = _order.First; node is not null && _chunk.Count < MostInOneTransaction; node = node.Next)
                    _chunk.Add(node.Value);
                _database.Write(_chunk, alive ? now : null);
                foreach (var change in _chunk) Forget(_pending[change.Key]);
                if (alive) _aliveWritten = now;
                alive = false;
            }
            while (_order.Count > 0);
            if (Counts.IsFailing) OnRecovered();
        }
        catch (SqliteException e)
        {
            OnFailed(e);
            CommitRemovals();
        }
        if (_aliveWritten == now) Counts.Octets = _database.Octets;
    }

    /// <summary>Writes the changes that need no room: a row that stays would become a second Stop after a crash.</summary>
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
            return; // logged already
        }
        foreach (var change in _chunk) Forget(_pending[change.Key]);
    }

    private void OnFailed(Exception e)
    {
        Counts.CountWriteError();
        _retryAt = Environment.TickCount64 + (long)RetryAfter.TotalMilliseconds;
        if (Counts.IsFailing) return; // logged once
        (_failingSince, _lostBefore) = (Environment.TickCount64, Counts.Lost);
        Counts.Failure = new SpoolFailure(_clock.UtcNow, e.Message);
        _log.SpoolFailing(_database.Path, e.Message);
    }

    private void OnRecovered()
    {
        Counts.Failure = null;
        _log.SpoolRecovered(_database.Path, (Environment.TickCount64 - _failingSince) / 1000, Counts.Lost - _lostBefore);
    }

    private void DropOldest()
    {
        while (_pendingRecords > _settings.MaxInMemory && _order.First is { } oldest)
        {
            var change = oldest.Value;
            if (!change.HasRecord) // it takes little memory, so it stays, at the end
            {
                _order.Remove(oldest);
                _order.AddLast(oldest);
                continue;
            }
            var records = (change.Start is null || change.IsStartAccepted ? 0 : 1) + (change.Stop is null ? 0 : 1);
            if (records > 0) // else only the record from which a Stop after a crash would be made
            {
                if (Counts.Lost == _lostBefore) _log.SpoolLosesOldest(_settings.MaxInMemory);
                Counts.CountLost(records);
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
        if (change is { Start: { } start }) return new SpooledSession(key, change.IsStartAccepted ? null : start, change.Stop);
        SpooledSession row;
        try
        {
            if (!_database.TryLoad(key, out row, out var why))
            {
                _database.PutAside(key, why);
                Counts.CountBroken();
                _log.SpoolBroken(_database.Path, key, why);
            }
        }
        catch (Exception e)
        {
            Counts.CountWriteError();
            if (!_isUnreadable) _log.SpoolUnreadable(_database.Path, key, e.Message); // once, not for each row
            _isUnreadable = true;
            return new SpooledSession(key, null, null, IsUnreadable: true);
        }
        _isUnreadable = false;
        if (change is not null) row = row with { Start = change.IsStartAccepted ? null : row.Start, Stop = change.Stop ?? row.Stop };
        if (row is { Start: null, Stop: null }) Counts.CountWaiting(-1); // it was lost
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

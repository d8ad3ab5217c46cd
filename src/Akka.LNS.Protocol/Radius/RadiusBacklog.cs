namespace Akka.LNS.Protocol.Radius;

/// <summary>Class of a request. A class before another one in this order goes first.</summary>
public enum RadiusClass : byte
{
    Authentication,
    /// <summary>Start, Stop, Accounting-On and Accounting-Off. A refused one stays with accounting, which tries it again.</summary>
    StartStop,
    /// <summary>Interim-Update. A refused one is lost; the next one has later counters.</summary>
    Interim,
}

/// <summary>How many requests wait and how the workers are shared.</summary>
/// <param name="Workers">Maximum number of outstanding requests; at least 1.</param>
/// <param name="Authentication">Maximum number of logins that wait.</param>
/// <param name="StartStop">Maximum number of Starts and Stops that wait.</param>
/// <param name="Interim">Maximum number of Interim-Updates that wait.</param>
/// <param name="HasLogins">
/// RADIUS is asked for logins. Accounting then never has the last quarter of the workers, however slow it is.
/// </param>
/// <param name="StartStopShare">
/// One of this many requests is a Start or Stop while logins and Starts or Stops wait: many logins do not starve accounting, and accounting
/// hardly delays
/// logins.
/// </param>
public sealed record RadiusBacklogPolicy(
    int Workers, int Authentication, int StartStop, int Interim, bool HasLogins = true, int StartStopShare = 32)
{
    /// <summary>Maximum number of workers that accounting has at a time.</summary>
    public int AccountingWorkers => HasLogins && Workers > 1 ? Workers - Math.Max(1, Workers / 4) : Workers;

    /// <summary>Maximum number of workers that Interim-Updates have at a time: never all, unless there is only one.</summary>
    public int InterimWorkers => Math.Max(1, Workers / 2);

    public int Limit(RadiusClass of) =>
        of switch { RadiusClass.Authentication => Authentication, RadiusClass.StartStop => StartStop, _ => Interim };
}

/// <summary>
/// The requests that wait for a worker. Within a class the oldest goes first, but a request whose servers can take none now lets younger
/// ones pass that go to other servers. Each request belongs to a server set, by number.
/// </summary>
public sealed class RadiusBacklog<T>
{
    private const int Classes = 3;

    private readonly record struct Entry(long Number, T Item, Instant Since, Instant Deadline);

    private RadiusBacklogPolicy _policy;
    private int _sets;
    private Queue<Entry>[] _queues;
    private readonly int[] _waiting = new int[Classes], _out = new int[Classes];
    private long _number;
    private int _loginsInRow; // logins that were taken one after the other while a Start or Stop waited

    public RadiusBacklog(RadiusBacklogPolicy policy, int sets) => (_policy, _sets, _queues) = (policy, sets, Empty(sets));

    private static Queue<Entry>[] Empty(int sets) => [.. Enumerable.Range(0, Classes * sets).Select(static _ => new Queue<Entry>())];

    /// <summary>Changes policy and server sets. Requests that wait keep their order, also when they are more than the new limit.</summary>
    /// <param name="setOf">New server set of a request.</param>
    public void Change(RadiusBacklogPolicy policy, int sets, Func<T, int> setOf)
    {
        var (before, had) = (_queues, _sets);
        (_policy, _sets, _queues) = (policy, sets, Empty(sets));
        for (var of = 0; of < Classes; of++)
        {
            var waiting = before.AsSpan(of * had, had).ToArray().SelectMany(static queue => queue);
            foreach (var entry in waiting.OrderBy(static entry => entry.Number)) Queue((RadiusClass)of, setOf(entry.Item)).Enqueue(entry);
        }
    }

    /// <summary>Requests that wait.</summary>
    public int Waiting => _waiting[0] + _waiting[1] + _waiting[2];

    public int WaitingOf(RadiusClass of) => _waiting[(int)of];

    /// <summary>Requests that workers have.</summary>
    public int Outstanding => _out[0] + _out[1] + _out[2];

    public int OutstandingOf(RadiusClass of) => _out[(int)of];

    /// <summary>Adds a request. False: the class is full.</summary>
    public bool TryAdd(RadiusClass of, int set, T item, Instant now, Instant deadline)
    {
        if (_waiting[(int)of] >= _policy.Limit(of)) return false;
        Queue(of, set).Enqueue(new Entry(_number++, item, now, deadline));
        _waiting[(int)of]++;
        return true;
    }

    /// <summary>Takes the next request for a free worker. <see cref="Done"/> follows when the worker is free again.</summary>
    /// <param name="reserve">True: a server of the set takes a request of the class now. The request is then taken.</param>
    public bool TryTake(Func<RadiusClass, int, bool> reserve, out T item, out RadiusClass of)
    {
        if (Outstanding < _policy.Workers)
        {
            var owed = _loginsInRow >= _policy.StartStopShare - 1;
            if ((owed && TryTake(of = RadiusClass.StartStop, reserve, out item))
                || TryTake(of = RadiusClass.Authentication, reserve, out item)
                || TryTake(of = RadiusClass.StartStop, reserve, out item) || TryTake(of = RadiusClass.Interim, reserve, out item))
            {
                _out[(int)of]++;
                _loginsInRow = of == RadiusClass.Authentication && _waiting[(int)RadiusClass.StartStop] > 0
                    ? Math.Min(_loginsInRow + 1, _policy.StartStopShare) : 0;
                return true;
            }
        }
        (item, of) = (default!, default);
        return false;
    }

    /// <summary>A worker that had a request of the class is free.</summary>
    public void Done(RadiusClass of) => _out[(int)of]--;

    /// <summary>Removes the next request whose deadline has passed.</summary>
    public bool TryExpire(Instant now, out T item, out RadiusClass of)
    {
        for (var i = 0; i < _queues.Length; i++)
        {
            if (!_queues[i].TryPeek(out var head) || head.Deadline > now) continue;
            (item, of) = (head.Item, (RadiusClass)(i / _sets));
            Remove(of, i % _sets);
            return true;
        }
        (item, of) = (default!, default);
        return false;
    }

    /// <summary>Removes the next request of a class for a server set.</summary>
    public bool TryDrain(RadiusClass of, int set, out T item)
    {
        item = default!;
        if (Queue(of, set).Count == 0) return false;
        item = Remove(of, set);
        return true;
    }

    /// <summary>Earliest deadline of the requests that are first of their class and server set; null: none waits.</summary>
    public Instant? NextDeadline
    {
        get
        {
            Instant? due = null;
            foreach (var queue in _queues)
                if (queue.TryPeek(out var head)) due = Instant.Earliest(due, head.Deadline);
            return due;
        }
    }

    /// <summary>Since when the oldest request of the class has been waiting; null: none waits.</summary>
    public Instant? OldestOf(RadiusClass of)
    {
        Instant? oldest = null;
        for (var set = 0; set < _sets; set++)
            if (Queue(of, set).TryPeek(out var head)) oldest = Instant.Earliest(oldest, head.Since);
        return oldest;
    }

    /// <summary>Whether a request of the class waits for the server set.</summary>
    public bool IsWaiting(RadiusClass of, int set) => Queue(of, set).Count > 0;

    private bool TryTake(RadiusClass of, Func<RadiusClass, int, bool> reserve, out T item)
    {
        item = default!;
        if (_waiting[(int)of] == 0 || !MayHaveOneMore(of)) return false;
        for (var after = -1L; NextSet(of, after) is var set && set >= 0; after = Queue(of, set).Peek().Number)
        {
            if (!reserve(of, set)) continue;
            item = Remove(of, set);
            return true;
        }
        return false;
    }

    private bool MayHaveOneMore(RadiusClass of)
    {
        if (of == RadiusClass.Authentication) return true;
        var (starts, interims) = (_out[(int)RadiusClass.StartStop], _out[(int)RadiusClass.Interim]);
        return starts + interims < _policy.AccountingWorkers && (of == RadiusClass.StartStop || interims < _policy.InterimWorkers);
    }

    /// <summary>The server set whose first request is the oldest of those younger than <paramref name="after"/>; -1: none.</summary>
    private int NextSet(RadiusClass of, long after)
    {
        var (best, number) = (-1, long.MaxValue);
        for (var set = 0; set < _sets; set++)
            if (Queue(of, set).TryPeek(out var head) && head.Number > after && head.Number < number) (best, number) = (set, head.Number);
        return best;
    }

    private T Remove(RadiusClass of, int set)
    {
        _waiting[(int)of]--;
        return Queue(of, set).Dequeue().Item;
    }

    private Queue<Entry> Queue(RadiusClass of, int set) => _queues[((int)of * _sets) + set];
}

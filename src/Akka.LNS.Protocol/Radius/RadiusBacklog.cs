namespace Akka.LNS.Protocol.Radius;

/// <summary>What a request is worth: in a storm the first goes before the second before the third.</summary>
public enum RadiusClass : byte
{
    Authentication,
    /// <summary>Start, Stop, On, Off: never lost, so what is not taken here goes back to who keeps it.</summary>
    StartStop,
    /// <summary>The next one says the same again.</summary>
    Interim,
}

/// <summary>How many requests wait and how the workers are shared.</summary>
/// <param name="Workers">Requests that may be outstanding; at least 1.</param>
/// <param name="Authentication">Most logins that wait.</param>
/// <param name="StartStop">Most Starts and Stops that wait.</param>
/// <param name="Interim">Most Interim-Updates that wait.</param>
/// <param name="StartStopShare">Of so many requests one is a Start or Stop while both wait: a storm of logins does not starve them, and they hardly slow it. They can wait, nobody's call does.</param>
/// <param name="HasLogins">Logins are asked at all: then accounting never has the last quarter of the workers, however slow it is.</param>
public sealed record RadiusBacklogPolicy(int Workers, int Authentication, int StartStop, int Interim, bool HasLogins = true, int StartStopShare = 32)
{
    /// <summary>Workers that accounting may have at a time.</summary>
    public int AccountingWorkers => HasLogins && Workers > 1 ? Workers - Math.Max(1, Workers / 4) : Workers;

    /// <summary>Workers that Interim-Updates may have at a time: never all, unless there is only one.</summary>
    public int InterimWorkers => Math.Max(1, Workers / 2);

    public int Limit(RadiusClass of) => of switch { RadiusClass.Authentication => Authentication, RadiusClass.StartStop => StartStop, _ => Interim };
}

/// <summary>
/// The requests that wait for a worker, and which of them the next free worker takes: first come, first served within a class, except that a request whose
/// servers can take none just now lets those pass that go to other servers. A lane is a set of servers.
/// </summary>
public sealed class RadiusBacklog<T>
{
    private const int Classes = 3;

    private readonly record struct Entry(long Number, T Item, Instant Since, Instant Deadline);

    private RadiusBacklogPolicy _policy;
    private int _lanes;
    private Queue<Entry>[] _queues;
    private readonly int[] _waiting = new int[Classes], _out = new int[Classes];
    private long _number;
    private int _loginsInRow; // taken while a Start or Stop waited

    public RadiusBacklog(RadiusBacklogPolicy policy, int lanes) => (_policy, _lanes, _queues) = (policy, lanes, Empty(lanes));

    private static Queue<Entry>[] Empty(int lanes) => [.. Enumerable.Range(0, Classes * lanes).Select(static _ => new Queue<Entry>())];

    /// <summary>Another policy, and other lanes. Who waits keeps its place, though there may be more than the limit now.</summary>
    /// <param name="laneOf">The new lane of one that waits.</param>
    public void Change(RadiusBacklogPolicy policy, int lanes, Func<T, int> laneOf)
    {
        var (before, had) = (_queues, _lanes);
        (_policy, _lanes, _queues) = (policy, lanes, Empty(lanes));
        for (var of = 0; of < Classes; of++)
            foreach (var entry in before.AsSpan(of * had, had).ToArray().SelectMany(static queue => queue).OrderBy(static entry => entry.Number))
                Queue((RadiusClass)of, laneOf(entry.Item)).Enqueue(entry);
    }

    /// <summary>Requests that wait.</summary>
    public int Waiting => _waiting[0] + _waiting[1] + _waiting[2];

    public int WaitingOf(RadiusClass of) => _waiting[(int)of];

    /// <summary>Requests that workers have.</summary>
    public int Outstanding => _out[0] + _out[1] + _out[2];

    public int OutstandingOf(RadiusClass of) => _out[(int)of];

    /// <summary>False: the class is full.</summary>
    public bool TryAdd(RadiusClass of, int lane, T item, Instant now, Instant deadline)
    {
        if (_waiting[(int)of] >= _policy.Limit(of)) return false;
        Queue(of, lane).Enqueue(new Entry(_number++, item, now, deadline));
        _waiting[(int)of]++;
        return true;
    }

    /// <summary>The next request for a free worker; to be followed by <see cref="Done"/> when the worker is free again.</summary>
    /// <param name="reserve">True: a server of the lane takes a request of the class now. What it says yes to is taken.</param>
    public bool TryTake(Func<RadiusClass, int, bool> reserve, out T item, out RadiusClass of)
    {
        if (Outstanding < _policy.Workers)
        {
            var owed = _loginsInRow >= _policy.StartStopShare - 1;
            if ((owed && TryTake(of = RadiusClass.StartStop, reserve, out item)) || TryTake(of = RadiusClass.Authentication, reserve, out item)
                || TryTake(of = RadiusClass.StartStop, reserve, out item) || TryTake(of = RadiusClass.Interim, reserve, out item))
            {
                _out[(int)of]++;
                _loginsInRow = of == RadiusClass.Authentication && _waiting[(int)RadiusClass.StartStop] > 0 ? Math.Min(_loginsInRow + 1, _policy.StartStopShare) : 0;
                return true;
            }
        }
        (item, of) = (default!, default);
        return false;
    }

    /// <summary>A worker that had a request of the class is free.</summary>
    public void Done(RadiusClass of) => _out[(int)of]--;

    /// <summary>The next request that waited until its deadline: it is not sent any more.</summary>
    public bool TryExpire(Instant now, out T item, out RadiusClass of)
    {
        for (var i = 0; i < _queues.Length; i++)
        {
            if (!_queues[i].TryPeek(out var head) || head.Deadline > now) continue;
            (item, of) = (head.Item, (RadiusClass)(i / _lanes));
            Remove(of, i % _lanes);
            return true;
        }
        (item, of) = (default!, default);
        return false;
    }

    /// <summary>The next request of a class for servers of which none is left.</summary>
    public bool TryDrain(RadiusClass of, int lane, out T item)
    {
        item = default!;
        if (Queue(of, lane).Count == 0) return false;
        item = Remove(of, lane);
        return true;
    }

    /// <summary>When <see cref="TryExpire"/> may have something; null: never.</summary>
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

    /// <summary>Since when the request of the class waits that waits longest; null: none waits.</summary>
    public Instant? OldestOf(RadiusClass of)
    {
        Instant? oldest = null;
        for (var lane = 0; lane < _lanes; lane++)
            if (Queue(of, lane).TryPeek(out var head)) oldest = Instant.Earliest(oldest, head.Since);
        return oldest;
    }

    /// <summary>A request of the lane waits.</summary>
    public bool IsWaiting(RadiusClass of, int lane) => Queue(of, lane).Count > 0;

    private bool TryTake(RadiusClass of, Func<RadiusClass, int, bool> reserve, out T item)
    {
        item = default!;
        if (_waiting[(int)of] == 0 || !MayHaveOneMore(of)) return false;
        for (var after = -1L; NextLane(of, after) is var lane && lane >= 0; after = Queue(of, lane).Peek().Number)
        {
            if (!reserve(of, lane)) continue;
            item = Remove(of, lane);
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

    /// <summary>The lane with the oldest head that is younger than <paramref name="after"/>; -1: none.</summary>
    private int NextLane(RadiusClass of, long after)
    {
        var (best, number) = (-1, long.MaxValue);
        for (var lane = 0; lane < _lanes; lane++)
            if (Queue(of, lane).TryPeek(out var head) && head.Number > after && head.Number < number) (best, number) = (lane, head.Number);
        return best;
    }

    private T Remove(RadiusClass of, int lane)
    {
        _waiting[(int)of]--;
        return Queue(of, lane).Dequeue().Item;
    }

    private Queue<Entry> Queue(RadiusClass of, int lane) => _queues[((int)of * _lanes) + lane];
}

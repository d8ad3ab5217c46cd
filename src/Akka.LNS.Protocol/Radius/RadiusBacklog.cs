using Akka.LNS.Protocol.Pacing;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Class of a request. A class before another one in this order goes first.</summary>
public enum RadiusClass : byte
{
    Authentication,
    /// <summary>Start, Stop, Accounting-On and Accounting-Off. A refused one stays with accounting, which tries it again.</summary>
    StartStop,
    /// <summary>Interim-Update. A refused one is lost; the next one has later counters.</summary>
    Interim,
    /// <summary>Login of a line whose last login failed. It has few workers, but one of them also while others wait.</summary>
    FailingLogin,
}

/// <summary>Facts about <see cref="RadiusClass"/>.</summary>
public static class RadiusClasses
{
    public const int Count = 4;

    public static RadiusService ServiceOf(RadiusClass of) =>
        of is RadiusClass.Authentication or RadiusClass.FailingLogin ? RadiusService.Authentication : RadiusService.Accounting;
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

    /// <summary>
    /// Maximum number of workers that have failing logins and logins of LACs that are not proven, together. A server may hold a rejection
    /// for a second (FreeRADIUS: reject_delay), so that such logins would keep all workers busy.
    /// </summary>
    public int BoundedWorkers => Math.Max(1, Workers / 2);

    /// <summary>Maximum number of workers that failing logins have at a time.</summary>
    public int FailingWorkers => Math.Max(1, Workers / 4);

    public int Limit(RadiusClass of) => of switch
    {
        RadiusClass.Authentication => Authentication,
        RadiusClass.FailingLogin => Math.Max(1, Authentication / 4),
        RadiusClass.StartStop => StartStop,
        _ => Interim,
    };
}

/// <summary>
/// The requests that wait for a worker. Within a class the LAC with the fewest outstanding requests goes first, and within a LAC the oldest
/// request. A request whose servers can take none now lets others pass that go to other servers. Each request belongs to a server set, by
/// number.
/// </summary>
public sealed class RadiusBacklog<T>
{
    private const int Classes = RadiusClasses.Count;

    /// <summary>Maximum number of LACs that are remembered while they have no request.</summary>
    private const int MaxSources = 4096;

    private RadiusBacklogPolicy _policy;
    private int _sets;
    private FairQueue<T>[] _queues;
    private readonly Dictionary<string, LoginSource> _sources = [];
    private readonly int[] _waiting = new int[Classes], _out = new int[Classes], _waitingSources = new int[Classes];
    private int _bounded; // outstanding requests that count against BoundedWorkers
    private long _number;
    private int _loginsInRow; // logins that were taken one after the other while a Start or Stop waited

    public RadiusBacklog(RadiusBacklogPolicy policy, int sets) => (_policy, _sets, _queues) = (policy, sets, Empty(sets));

    private static FairQueue<T>[] Empty(int sets) => [.. Enumerable.Range(0, Classes * sets).Select(static _ => new FairQueue<T>())];

    /// <summary>Changes policy and server sets. Requests that wait keep their order, also when they are more than the new limit.</summary>
    /// <param name="setOf">New server set of a request.</param>
    public void Change(RadiusBacklogPolicy policy, int sets, Func<T, int> setOf)
    {
        var (before, had) = (_queues, _sets);
        (_policy, _sets, _queues) = (policy, sets, Empty(sets));
        for (var of = 0; of < Classes; of++)
        {
            var waiting = before.AsSpan(of * had, had).ToArray().SelectMany(static queue => queue.All);
            foreach (var entry in waiting.OrderBy(static entry => entry.Number).ToArray())
            {
                entry.Next = null;
                Queue((RadiusClass)of, setOf(entry.Item)).Enqueue(entry);
            }
        }
    }

    /// <summary>Requests that wait.</summary>
    public int Waiting => _waiting.Sum();

    public int WaitingOf(RadiusClass of) => _waiting[(int)of];

    /// <summary>Requests that workers have.</summary>
    public int Outstanding => _out[0] + _out[1] + _out[2] + _out[3];

    public int OutstandingOf(RadiusClass of) => _out[(int)of];

    /// <summary>Adds a request. False: the class is full, and the LAC has at least its share of it.</summary>
    /// <param name="lac">Name of the LAC; empty for accounting.</param>
    public bool TryAdd(RadiusClass of, int set, string lac, T item, Instant now, Instant deadline)
    {
        var source = SourceOf(lac);
        var waits = source.Waiting[(int)of];
        if (!new FairShare(_policy.Limit(of), _waiting[(int)of], waits, _waitingSources[(int)of] + (waits == 0 ? 1 : 0)).Admits)
            return false;
        Queue(of, set).Enqueue(new FairQueue<T>.Entry(_number++, item, source, now, deadline));
        _waiting[(int)of]++;
        if (source.Waiting[(int)of]++ == 0) _waitingSources[(int)of]++;
        return true;
    }

    /// <summary>Takes the next request for a free worker. <see cref="Done"/> follows when the worker is free again.</summary>
    /// <param name="reserve">True: a server of the set takes a request of the class now. The request is then taken.</param>
    public bool TryTake(Func<RadiusClass, int, bool> reserve, out T item, out RadiusTurn turn)
    {
        if (Outstanding < _policy.Workers)
        {
            var owed = _loginsInRow >= _policy.StartStopShare - 1;
            var starved = _policy.Workers > 1 && _out[(int)RadiusClass.FailingLogin] == 0;
            if ((owed && TryTake(RadiusClass.StartStop, reserve, out item, out turn))
                || (starved && TryTake(RadiusClass.FailingLogin, reserve, out item, out turn))
                || TryTake(RadiusClass.Authentication, reserve, out item, out turn)
                || TryTake(RadiusClass.StartStop, reserve, out item, out turn)
                || TryTake(RadiusClass.FailingLogin, reserve, out item, out turn)
                || TryTake(RadiusClass.Interim, reserve, out item, out turn))
            {
                _out[(int)turn.Class]++;
                turn.Source.Outstanding++;
                if (turn.IsBounded) _bounded++;
                _loginsInRow = turn.Class == RadiusClass.Authentication && _waiting[(int)RadiusClass.StartStop] > 0
                    ? Math.Min(_loginsInRow + 1, _policy.StartStopShare) : 0;
                return true;
            }
        }
        (item, turn) = (default!, default);
        return false;
    }

    /// <summary>A worker that had the request is free.</summary>
    /// <param name="accepted">Verdict of a login; null: no server gave one, or the request is no login.</param>
    public void Done(RadiusTurn turn, bool? accepted = null)
    {
        _out[(int)turn.Class]--;
        turn.Source.Outstanding--;
        if (turn.IsBounded) _bounded--;
        // a line that fails again and again says nothing about the other lines of its LAC
        if (accepted is { } verdict && turn.Class == RadiusClass.Authentication) turn.Source.Count(verdict);
    }

    /// <summary>Removes the next request whose deadline has passed.</summary>
    public bool TryExpire(Instant now, out T item, out RadiusClass of)
    {
        for (var i = 0; i < _queues.Length; i++)
        {
            if (!_queues[i].TryPeek(out var head) || head.Deadline > now) continue;
            (item, of) = (head.Item, (RadiusClass)(i / _sets));
            Remove(of, i % _sets, head.Source);
            return true;
        }
        (item, of) = (default!, default);
        return false;
    }

    /// <summary>Removes the next request of a class for a server set.</summary>
    public bool TryDrain(RadiusClass of, int set, out T item)
    {
        item = default!;
        if (!Queue(of, set).TryPeek(out var head)) return false;
        item = Remove(of, set, head.Source);
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

    /// <summary>Since when the oldest request of each LAC has been waiting, by the name of the LAC.</summary>
    public IReadOnlyDictionary<string, Instant> OldestBySource(RadiusClass of)
    {
        var oldest = new Dictionary<string, Instant>();
        for (var set = 0; set < _sets; set++)
        {
            foreach (var first in Queue(of, set).Firsts)
                if (!oldest.TryGetValue(first.Source.Lac, out var known) || first.Since < known) oldest[first.Source.Lac] = first.Since;
        }
        return oldest;
    }

    /// <summary>Whether a request of the class waits for the server set.</summary>
    public bool IsWaiting(RadiusClass of, int set) => Queue(of, set).Count > 0;

    private bool TryTake(RadiusClass of, Func<RadiusClass, int, bool> reserve, out T item, out RadiusTurn turn)
    {
        (item, turn) = (default!, default);
        if (_waiting[(int)of] == 0 || !MayHaveOneMore(of)) return false;
        var provenOnly = of == RadiusClass.Authentication && _bounded >= _policy.BoundedWorkers;
        for (var after = -1L; NextSet(of, after) is var set && set >= 0; after = First(of, set))
        {
            if (Queue(of, set).NextSource(provenOnly) is not { } source || !reserve(of, set)) continue;
            turn = new RadiusTurn(of, source, RadiusClasses.ServiceOf(of) == RadiusService.Authentication
                && (of == RadiusClass.FailingLogin || !source.IsProven));
            item = Remove(of, set, source);
            return true;
        }
        return false;
    }

    private bool MayHaveOneMore(RadiusClass of)
    {
        if (of == RadiusClass.Authentication) return true;
        if (of == RadiusClass.FailingLogin) return _out[(int)of] < _policy.FailingWorkers && _bounded < _policy.BoundedWorkers;
        var (starts, interims) = (_out[(int)RadiusClass.StartStop], _out[(int)RadiusClass.Interim]);
        return starts + interims < _policy.AccountingWorkers && (of == RadiusClass.StartStop || interims < _policy.InterimWorkers);
    }

    /// <summary>The server set whose first request is the oldest of those younger than <paramref name="after"/>; -1: none.</summary>
    private int NextSet(RadiusClass of, long after)
    {
        var (best, number) = (-1, long.MaxValue);
        for (var set = 0; set < _sets; set++)
            if (First(of, set) is var first && first > after && first < number) (best, number) = (set, first);
        return best;
    }

    /// <summary>Number of the oldest request; <see cref="long.MaxValue"/>: none waits.</summary>
    private long First(RadiusClass of, int set) => Queue(of, set).TryPeek(out var head) ? head.Number : long.MaxValue;

    private T Remove(RadiusClass of, int set, LoginSource source)
    {
        _waiting[(int)of]--;
        if (--source.Waiting[(int)of] == 0) _waitingSources[(int)of]--;
        return Queue(of, set).Dequeue(source).Item;
    }

    private LoginSource SourceOf(string lac)
    {
        if (_sources.TryGetValue(lac, out var source)) return source;
        if (_sources.Count >= MaxSources)
        {
            foreach (var (name, idle) in _sources)
                if (idle.IsIdle) _sources.Remove(name);
        }
        _sources.Add(lac, source = new LoginSource(lac));
        return source;
    }

    private FairQueue<T> Queue(RadiusClass of, int set) => _queues[((int)of * _sets) + set];
}

namespace Akka.LNS.Actors.Inventory;

/// <summary>Counters of one LAC since the start, by its Host Name. Written by its tunnels and calls, read by any thread.</summary>
public sealed class LacEntry(string name)
{
    private readonly Lock _gate = new();
    private readonly EndWindow _failures = new(), _ends = new();
    private long _setUps, _failed, _ended;
    private int _tunnels;
    private bool _isLost; // the last tunnel was lost or stopped by the LAC
    private (Instant At, DateTimeOffset Utc) _opened;
    private DateTimeOffset? _restarted;

    public string Name { get; } = name;

    /// <summary>Subscribers that came up.</summary>
    public long SetUps => Interlocked.Read(ref _setUps);

    /// <summary>Counters and recent ends.</summary>
    public LacFigures Read(Instant now)
    {
        lock (_gate)
            return new LacFigures(SetUps, _failed, _ended, _failures.LastMinute(now), _ends.LastMinute(now), _failures.Most(now),
                _ends.Most(now), _restarted);
    }

    internal void CountSetUp() => Interlocked.Increment(ref _setUps);

    /// <param name="wasUp">False: the set-up failed.</param>
    internal void CountEnded(EndCause cause, bool wasUp, Instant now)
    {
        lock (_gate)
        {
            (wasUp ? ref _ended : ref _failed)++;
            (wasUp ? _ends : _failures).Count(cause, now);
        }
    }

    /// <summary>Counts a tunnel that came up. It is a restart when the LAC had lost or stopped its last tunnel.</summary>
    internal void TunnelUp(Instant now, DateTimeOffset utc)
    {
        lock (_gate)
        {
            if (_isLost) _restarted = utc;
            (_isLost, _opened) = (false, (now, utc));
            _tunnels++;
        }
    }

    /// <summary>
    /// Counts a tunnel that was up. When the LAC has opened another tunnel since it was last heard on this one, it was restarted then.
    /// </summary>
    /// <param name="opened">Time at which the tunnel came up.</param>
    /// <param name="heard">Time of the last message of the LAC.</param>
    internal void TunnelDown(EndReason why, Instant opened, Instant heard)
    {
        lock (_gate)
        {
            _tunnels--;
            if (why.Cause is not (EndCause.TunnelTimeout or EndCause.TunnelStopped)) return;
            if (_tunnels == 0) _isLost = true;
            else if (_opened.At > opened && _opened.At >= heard) _restarted = _opened.Utc;
        }
    }
}

/// <summary>Counters of a LAC at one time.</summary>
/// <param name="SetUps">Subscribers that came up.</param>
/// <param name="SetUpsFailed">Calls that ended before their subscriber came up.</param>
/// <param name="SessionsEnded">Calls that ended after their subscriber came up.</param>
/// <param name="FailuresOfMinute">Failed set-ups of the last minute.</param>
/// <param name="EndsOfMinute">Ended sessions of the last minute.</param>
/// <param name="TopFailure">Most frequent cause of failed set-ups in the last hour; null: none failed.</param>
/// <param name="TopEnd">Most frequent cause of ended sessions in the last hour; null: none ended.</param>
/// <param name="LastRestart">Time of the first tunnel after the earlier ones were lost or stopped by the LAC; null: never.</param>
public sealed record LacFigures(long SetUps, long SetUpsFailed, long SessionsEnded, int FailuresOfMinute, int EndsOfMinute,
    (EndCause Cause, int Count)? TopFailure, (EndCause Cause, int Count)? TopEnd, DateTimeOffset? LastRestart);

/// <summary>
/// Ends of the last minute, in steps of five seconds, and of the last hour by cause, in steps of five minutes. Of fixed size. Not safe
/// for several threads.
/// </summary>
internal sealed class EndWindow
{
    private const int Slots = 12;
    private const long Short = TimeSpan.TicksPerMinute / Slots, Long = TimeSpan.TicksPerHour / Slots;
    private static readonly int Causes = Enum.GetValues<EndCause>().Length;

    private int[]? _minute, _hour; // allocated by the first end: most names never have one
    private long _minuteAt, _hourAt;

    public void Count(EndCause cause, Instant now)
    {
        _minute ??= new int[Slots];
        _hour ??= new int[Slots * Causes];
        Move(_minute, 1, ref _minuteAt, now.Ticks / Short);
        Move(_hour, Causes, ref _hourAt, now.Ticks / Long);
        _minute[_minuteAt % Slots]++;
        _hour[((int)(_hourAt % Slots) * Causes) + (int)cause]++;
    }

    public int LastMinute(Instant now)
    {
        if (_minute is null) return 0;
        Move(_minute, 1, ref _minuteAt, now.Ticks / Short);
        return _minute.Sum();
    }

    /// <summary>The most frequent cause of the last hour; null: no end.</summary>
    public (EndCause Cause, int Count)? Most(Instant now)
    {
        if (_hour is null) return null;
        Move(_hour, Causes, ref _hourAt, now.Ticks / Long);
        (EndCause Cause, int Count) most = default;
        for (var cause = 0; cause < Causes; cause++)
        {
            var count = 0;
            for (var slot = 0; slot < Slots; slot++) count += _hour[(slot * Causes) + cause];
            if (count > most.Count) most = ((EndCause)cause, count);
        }
        return most.Count == 0 ? null : most;
    }

    /// <summary>Clears the slots between the latest one and the present one.</summary>
    private static void Move(int[] counts, int width, ref long at, long to)
    {
        for (var slot = Math.Max(at + 1, to - Slots + 1); slot <= to; slot++) counts.AsSpan((int)(slot % Slots) * width, width).Clear();
        at = Math.Max(at, to);
    }
}

namespace Akka.LNS.Protocol;

/// <summary>Restart timer and counters of one protocol. RFC 1661 section 4.6.</summary>
internal readonly record struct RestartTimers(TimeSpan First, TimeSpan Interval, byte MaxConfigure, byte MaxTerminate)
{
    /// <summary>The timers for a path with this pace: no interval is shorter. A fast path changes nothing.</summary>
    public RestartTimers At(TimeSpan pace) => pace <= First ? this
        : this with { First = pace, Interval = pace > Interval ? pace : Interval };

    /// <summary>Interval after a number of consecutive timeouts. It doubles from the first interval up to the last.</summary>
    public TimeSpan After(int timeouts)
    {
        var wait = First;
        for (; timeouts > 0 && wait < Interval; timeouts--) wait += wait;
        return wait < Interval ? wait : Interval;
    }
}

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>A token bucket of one number: the virtual scheduling form of GCRA (ITU-T I.371). Time is given in.</summary>
internal readonly struct Policer
{
    private readonly long _interval; // ticks per token
    private readonly long _tolerance; // ticks that a burst may run ahead

    /// <param name="perSecond">Tokens per second.</param>
    /// <param name="burst">Tokens at once.</param>
    /// <param name="ticksPerSecond">Of the clock that is given in.</param>
    public Policer(double perSecond, int burst, long ticksPerSecond)
    {
        _interval = (long)Math.Max(1, ticksPerSecond / Math.Max(perSecond, 0.001));
        _tolerance = _interval * (Math.Max(1, burst) - 1);
    }

    /// <summary>Takes one token if there is one. <paramref name="due"/> is the bucket; it starts as <see cref="long.MinValue"/> or any past time.</summary>
    public bool TryTake(ref long due, long now)
    {
        var seen = Volatile.Read(ref due);
        while (true)
        {
            var next = Math.Max(seen, now);
            if (next - now > _tolerance) return false;
            var before = Interlocked.CompareExchange(ref due, next + _interval, seen);
            if (before == seen) return true;
            seen = before; // another thread of the same path: rare
        }
    }
}

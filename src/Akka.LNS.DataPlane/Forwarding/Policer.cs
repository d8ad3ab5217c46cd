namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>Token bucket whose state is one number: the virtual scheduling form of GCRA (ITU-T I.371). The caller gives the time.</summary>
internal readonly struct Policer
{
    private readonly long _interval;  // ticks per token
    private readonly long _tolerance; // ticks that a burst may run ahead

    /// <param name="perSecond">Tokens per second.</param>
    /// <param name="burst">Tokens at once.</param>
    /// <param name="ticksPerSecond">Frequency of the caller's clock.</param>
    public Policer(double perSecond, int burst, long ticksPerSecond)
    {
        _interval = (long)Math.Max(1, ticksPerSecond / Math.Max(perSecond, 0.001));
        _tolerance = _interval * (Math.Max(1, burst) - 1);
    }

    /// <summary>Takes one token. False: there is none. Any thread.</summary>
    /// <param name="due">The state of the bucket; initially <see cref="long.MinValue"/> or any past time.</param>
    /// <param name="now">Time in ticks.</param>
    public bool TryTake(ref long due, long now)
    {
        var seen = Volatile.Read(ref due);
        while (true)
        {
            var next = Math.Max(seen, now);
            if (next - now > _tolerance) return false;
            var before = Interlocked.CompareExchange(ref due, next + _interval, seen);
            if (before == seen) return true;
            seen = before; // another thread took a token of the same bucket: rare
        }
    }
}

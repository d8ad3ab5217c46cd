namespace Akka.LNS.Protocol.Pacing;

/// <summary>
/// A token bucket, stored as the time at which it is full again (generic cell rate algorithm, ITU-T I.371). It needs no timer. Intervals
/// are rounded up, so the average rate never exceeds the limit.
/// </summary>
/// <param name="Interval">Time in which one token is added.</param>
/// <param name="Slack">Maximum time from now to <paramref name="Full"/> at which a token is available: burst - 1 intervals.</param>
/// <param name="Full">Time at which the bucket is full. A time in the past means that it is full now.</param>
public readonly record struct TokenBucket(TimeSpan Interval, TimeSpan Slack, Instant Full)
{
    /// <summary>A full bucket.</summary>
    /// <param name="perSecond">Tokens a second; above 0, at most 10,000,000.</param>
    /// <param name="burst">Largest number of tokens; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static TokenBucket Of(double perSecond, int burst, Instant now)
    {
        if (perSecond is not (> 0 and <= TimeSpan.TicksPerSecond))
            throw new ArgumentOutOfRangeException(nameof(perSecond), perSecond, "above 0, at most 10,000,000");
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        var interval = TimeSpan.FromTicks((long)Math.Ceiling(Math.Min(TimeSpan.TicksPerSecond / perSecond, TimeSpan.TicksPerDay)));
        return new TokenBucket(interval, interval * (burst - 1), now);
    }

    /// <summary>A bucket of another size and rate in which as many tokens are missing as in this one, at most all.</summary>
    /// <inheritdoc cref="Of"/>
    public TokenBucket Change(double perSecond, int burst, Instant now)
    {
        var next = Of(perSecond, burst, now);
        var lacking = Full > now ? Math.Min((Full - now) / Interval, burst) : 0;
        return next with { Full = now + (next.Interval * lacking) };
    }

    /// <summary>Takes a token. False: no token is available, and <paramref name="next"/> is this bucket.</summary>
    public bool TryTake(Instant now, out TokenBucket next)
    {
        next = this;
        if (now < NextAt) return false;
        next = Take(now);
        return true;
    }

    /// <summary>Takes a token even when none is available. The next token is then available one interval later.</summary>
    public TokenBucket Take(Instant now) => this with { Full = (Full > now ? Full : now) + Interval };

    /// <summary>Time at which the next token is available. A time in the past means now.</summary>
    public Instant NextAt => Full - Slack;
}

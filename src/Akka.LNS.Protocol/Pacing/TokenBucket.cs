namespace Akka.LNS.Protocol.Pacing;

/// <summary>
/// A token bucket as one moment: when the bucket would be full again (the generic cell rate algorithm). No token is ever made by a timer, and rounding is
/// against the taker, so the rate is never exceeded in the long run.
/// </summary>
/// <param name="Interval">What one token takes to grow.</param>
/// <param name="Slack">How far <paramref name="Full"/> may be ahead of now for one more token to be there: burst - 1 intervals.</param>
/// <param name="Full">When all tokens are there; the past: they are.</param>
public readonly record struct TokenBucket(TimeSpan Interval, TimeSpan Slack, Instant Full)
{
    /// <summary>A full bucket.</summary>
    /// <param name="perSecond">Tokens a second; above 0, at most 10,000,000.</param>
    /// <param name="burst">Most tokens that it holds; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static TokenBucket Of(double perSecond, int burst, Instant now)
    {
        if (perSecond is not (> 0 and <= TimeSpan.TicksPerSecond)) throw new ArgumentOutOfRangeException(nameof(perSecond), perSecond, "above 0, at most 10,000,000");
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        var interval = TimeSpan.FromTicks((long)Math.Ceiling(Math.Min(TimeSpan.TicksPerSecond / perSecond, TimeSpan.TicksPerDay)));
        return new TokenBucket(interval, interval * (burst - 1), now);
    }

    /// <summary>A bucket of another size and rate, which lacks as many tokens as this one does; all of them at most.</summary>
    /// <inheritdoc cref="Of"/>
    public TokenBucket Change(double perSecond, int burst, Instant now)
    {
        var next = Of(perSecond, burst, now);
        var lacking = Full > now ? Math.Min((Full - now) / Interval, burst) : 0;
        return next with { Full = now + (next.Interval * lacking) };
    }

    /// <summary>True: a token is taken, and <paramref name="next"/> is the bucket without it. False: <paramref name="next"/> is this one.</summary>
    public bool TryTake(Instant now, out TokenBucket next)
    {
        next = this;
        if (now < NextAt) return false;
        next = Take(now);
        return true;
    }

    /// <summary>A token is taken though there may be none: the bucket owes it, and the next is there so much later.</summary>
    public TokenBucket Take(Instant now) => this with { Full = (Full > now ? Full : now) + Interval };

    /// <summary>When a token is there, or was already.</summary>
    public Instant NextAt => Full - Slack;
}

namespace Akka.LNS.Stress.Lacs;

/// <summary>Pauses before a subscriber calls again, and before a LAC opens its tunnel again.</summary>
/// <remarks>After each failure the pause doubles up to a maximum. Jitter avoids that all come back at the same time. A call that comes up
/// resets the pause.</remarks>
/// <param name="First">Pause after the first failure.</param>
/// <param name="Max">Maximum pause, before jitter.</param>
/// <param name="Jitter">Share of the pause, 0 to 1, that is added or subtracted at random.</param>
public sealed record RetryPolicy(TimeSpan First, TimeSpan Max, double Jitter)
{
    /// <summary>1, 2, 4, then every 5 s (±25 %).</summary>
    public static readonly RetryPolicy Default = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), 0.25);

    /// <param name="refusals">Failures in a row before this one.</param>
    /// <param name="random">Random value, 0 to 1.</param>
    public TimeSpan Delay(int refusals, double random)
    {
        var pause = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Clamp(refusals, 0, 30)), Max.TotalSeconds);
        return TimeSpan.FromSeconds(pause * (1 + Jitter * (2 * random - 1)));
    }
}

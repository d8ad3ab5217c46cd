namespace Akka.LNS.Stress.Lacs;

/// <summary>
/// When a subscriber whose call was refused, did not come up or was lost calls again, and a LAC whose SCCRQ was refused opens its tunnel again: as home routers
/// and LACs do, soon at first, then with doubled pauses, each with some randomness so that they do not come back in step. A call that comes up forgets the refusals before it.
/// </summary>
/// <param name="First">Pause after the first refusal.</param>
/// <param name="Max">No pause is longer, before jitter.</param>
/// <param name="Jitter">Share, 0 to 1, by which each pause is longer or shorter.</param>
public sealed record RetryPolicy(TimeSpan First, TimeSpan Max, double Jitter)
{
    /// <summary>1 s, 2 s, 4 s, and then each 5 s, a quarter more or less.</summary>
    public static readonly RetryPolicy Default = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), 0.25);

    /// <param name="refusals">Refusals in a row before this one.</param>
    /// <param name="random">0 to 1.</param>
    public TimeSpan Delay(int refusals, double random)
    {
        var pause = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Clamp(refusals, 0, 30)), Max.TotalSeconds);
        return TimeSpan.FromSeconds(pause * (1 + Jitter * (2 * random - 1)));
    }
}

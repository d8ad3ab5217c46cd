namespace Akka.LNS.Protocol.Subscriber;

/// <summary>
/// When the next Interim-Update of a session is due. Each interval is shortened by a random share, so that sessions which came up in the
/// same second do not all report in the same second.
/// </summary>
public static class InterimSchedule
{
    /// <param name="jitter">Largest share by which the interval is shortened, from 0 to below 1.</param>
    /// <param name="random">From 0 to 1.</param>
    public static Instant Next(Instant now, TimeSpan interval, double jitter, double random) => now + (interval * (1 - (jitter * random)));
}

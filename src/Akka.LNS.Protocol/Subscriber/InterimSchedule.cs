namespace Akka.LNS.Protocol.Subscriber;

/// <summary>
/// When a session's next Interim-Update is due. Ten thousand that came up within a second would all report in the same second for ever, if each did not shorten
/// each of its intervals by a share of its own.
/// </summary>
public static class InterimSchedule
{
    /// <param name="jitter">The largest share by which the interval is shortened, 0 to below 1.</param>
    /// <param name="random">0 to 1.</param>
    public static Instant Next(Instant now, TimeSpan interval, double jitter, double random) => now + (interval * (1 - (jitter * random)));
}

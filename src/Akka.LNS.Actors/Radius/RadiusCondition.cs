using System.Collections.Immutable;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>How RADIUS is: published by the router, at least ten times a second while something changes, and at once when a server's standing changes.</summary>
/// <param name="CanAuthenticate">An authentication server may be asked; also true when there is none, since nobody is asked then.</param>
/// <param name="OldestLogin">Since when the login waits that waits longest for a worker or token; null: none waits.</param>
/// <param name="Workers">Requests that may be outstanding.</param>
/// <param name="Outstanding">Requests that workers have now.</param>
/// <param name="MaxOutstanding">Most that they had at a time since the start.</param>
public sealed record RadiusCondition(bool CanAuthenticate, Instant? OldestLogin, int Workers, int Outstanding, int MaxOutstanding,
    RadiusClassCondition Authentication, RadiusClassCondition StartStop, RadiusClassCondition Interim, ImmutableArray<RadiusServerCondition> Servers)
{
    /// <summary>Before the router has started.</summary>
    public static readonly RadiusCondition Initial = new(true, null, 0, 0, 0, default, default, default, []);
}

/// <summary>One class of requests.</summary>
/// <param name="Waiting">In the backlog now.</param>
/// <param name="Outstanding">Workers have now.</param>
/// <param name="Refused">Found their class full, since the start.</param>
/// <param name="Expired">Waited until their deadline and were not sent, since the start.</param>
public readonly record struct RadiusClassCondition(int Waiting, int Outstanding, long Refused, long Expired);

/// <summary>One service of one server. Counts are since the start.</summary>
/// <param name="IsAccounting">Its accounting port; else its authentication port.</param>
/// <param name="Outstanding">Requests that it is being asked now, Status-Server probes not counted.</param>
/// <param name="Timeouts">Requests that it did not answer in all their attempts.</param>
/// <param name="Retries">Packets sent again.</param>
/// <param name="SmoothedRoundTrip">Zero before the first answer.</param>
/// <param name="Latency">Answers by round trip: one more than <see cref="LatencyBounds"/>, the last for what is above them all. First attempts only.</param>
public sealed record RadiusServerCondition(string Name, bool IsAccounting, ServerStanding Standing, int Outstanding, int MaxOutstanding, long Answers, long Timeouts,
    long Retries, long Probes, TimeSpan SmoothedRoundTrip, ImmutableArray<long> Latency)
{
    /// <summary>Upper bounds, inclusive.</summary>
    public static readonly ImmutableArray<TimeSpan> LatencyBounds =
        [.. new[] { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000 }.Select(static ms => TimeSpan.FromMilliseconds(ms))];
}

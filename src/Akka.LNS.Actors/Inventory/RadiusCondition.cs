using System.Collections.Immutable;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Inventory;

/// <summary>
/// State of RADIUS, published by the router ten times a second at most while something changes, and at once when a server becomes up or
/// dead.
/// </summary>
/// <param name="CanAuthenticate">
/// An authentication server may be asked. Also true without any authentication server, since no login is asked then.
/// </param>
/// <param name="OldestLogin">Time since which the oldest login waits for a worker or token; null: none waits.</param>
/// <param name="Workers">Maximum number of outstanding requests.</param>
/// <param name="Outstanding">Requests that workers have now.</param>
/// <param name="MaxOutstanding">Maximum of <paramref name="Outstanding"/> since the start.</param>
public sealed record RadiusCondition(bool CanAuthenticate, Instant? OldestLogin, int Workers, int Outstanding, int MaxOutstanding,
    RadiusClassCondition Authentication, RadiusClassCondition StartStop, RadiusClassCondition Interim,
    ImmutableArray<RadiusServerCondition> Servers)
{
    /// <summary>Time since which the oldest login of a LAC waits for a worker or token, by Host Name.</summary>
    public IReadOnlyDictionary<string, Instant> OldestLogins { get; init; } = ImmutableDictionary<string, Instant>.Empty;

    /// <summary>Logins of lines whose last login failed.</summary>
    public RadiusClassCondition FailingLogins { get; init; }

    /// <summary>Logins that were refused without a RADIUS request.</summary>
    public LoginRefusals Refusals { get; init; } = LoginRefusals.None;

    /// <summary>Before the router has started.</summary>
    public static readonly RadiusCondition Initial = new(true, null, 0, 0, 0, default, default, default, []);
}

/// <summary>State of one class of requests.</summary>
/// <param name="Waiting">Requests in the backlog now.</param>
/// <param name="Outstanding">Requests that workers have now.</param>
/// <param name="Refused">Requests that found their class full, since the start.</param>
/// <param name="Expired">Requests that waited until their deadline and were not sent, since the start.</param>
public readonly record struct RadiusClassCondition(int Waiting, int Outstanding, long Refused, long Expired);

/// <summary>State of one service of one server. Counts are since the start.</summary>
/// <param name="IsAccounting">Its accounting service; else its authentication service.</param>
/// <param name="Outstanding">Requests that it has now, without Status-Server probes.</param>
/// <param name="Timeouts">Requests that it did not answer in any attempt.</param>
/// <param name="Retries">Packets that were sent again.</param>
/// <param name="SmoothedRoundTrip">Zero before the first answer.</param>
/// <param name="Latency">
/// Answers to first attempts by round trip: one number for each bound of <see cref="LatencyBounds"/>, and one for the longer ones.
/// </param>
public sealed record RadiusServerCondition(string Name, bool IsAccounting, ServerStanding Standing, int Outstanding, int MaxOutstanding,
    long Answers, long Timeouts, long Retries, long Probes, TimeSpan SmoothedRoundTrip, ImmutableArray<long> Latency)
{
    /// <summary>Upper bounds, inclusive.</summary>
    public static readonly ImmutableArray<TimeSpan> LatencyBounds =
        [.. new[] { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000 }.Select(static ms => TimeSpan.FromMilliseconds(ms))];
}

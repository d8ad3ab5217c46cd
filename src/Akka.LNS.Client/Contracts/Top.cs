namespace Akka.LNS.Client;

/// <summary>Who had most traffic while it was measured (GET top).</summary>
/// <param name="Seconds">How long that was.</param>
/// <param name="Total">Sessions that were there all the while; their traffic is that of the report.</param>
/// <param name="InOctetsPerSecond">IP octets from all subscribers.</param>
/// <param name="Sessions">The busiest first.</param>
public sealed record TopReport(double Seconds, int Total, double InOctetsPerSecond, double OutOctetsPerSecond, IReadOnlyList<TopSession> Sessions);

/// <param name="InOctetsPerSecond">IP octets from the subscriber.</param>
public sealed record TopSession(SessionRow Session, double InOctetsPerSecond, double OutOctetsPerSecond, double InPacketsPerSecond, double OutPacketsPerSecond);

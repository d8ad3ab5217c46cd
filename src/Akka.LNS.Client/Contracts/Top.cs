namespace Akka.LNS.Client;

/// <summary>The sessions with most traffic during a measurement (GET top).</summary>
/// <param name="Seconds">Duration of the measurement.</param>
/// <param name="Total">Sessions that existed during the whole measurement. The totals are the sums of their traffic.</param>
/// <param name="InOctetsPerSecond">IP octets from all subscribers.</param>
/// <param name="OutOctetsPerSecond">IP octets to all subscribers.</param>
/// <param name="Sessions">The busiest first.</param>
public sealed record TopReport(
    double Seconds, int Total, double InOctetsPerSecond, double OutOctetsPerSecond, IReadOnlyList<TopSession> Sessions);

/// <summary>One session and its traffic.</summary>
/// <param name="InOctetsPerSecond">IP octets from the subscriber.</param>
/// <param name="OutOctetsPerSecond">IP octets to the subscriber.</param>
public sealed record TopSession(
    SessionRow Session, double InOctetsPerSecond, double OutOctetsPerSecond, double InPacketsPerSecond, double OutPacketsPerSecond);

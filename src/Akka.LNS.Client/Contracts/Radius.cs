namespace Akka.LNS.Client;

/// <summary>RADIUS requests and servers (GET radius).</summary>
/// <param name="CanAuthenticate">An authentication server is usable, or none is configured.</param>
/// <param name="Workers">Maximum number of outstanding requests.</param>
/// <param name="Outstanding">Outstanding requests now.</param>
/// <param name="MaxOutstanding">Highest number of outstanding requests since the start.</param>
/// <param name="StartStop">Accounting Starts and Stops, and records of the node.</param>
/// <param name="Interim">Interim-Updates.</param>
public sealed record RadiusReport(
    bool CanAuthenticate, int Workers, int Outstanding, int MaxOutstanding, RadiusClassRow Authentication, RadiusClassRow StartStop,
    RadiusClassRow Interim, IReadOnlyList<RadiusServerRow> Servers);

/// <summary>One class of requests.</summary>
/// <param name="Waiting">Requests that wait for a worker now.</param>
/// <param name="Outstanding">Requests that workers have sent and that are not answered yet.</param>
/// <param name="Refused">Requests that were refused because the backlog was full, since the start.</param>
/// <param name="Expired">Requests that waited too long and were not sent, since the start.</param>
public sealed record RadiusClassRow(int Waiting, int Outstanding, long Refused, long Expired);

/// <summary>One service of one server. Counters start at the start of lnsd.</summary>
/// <param name="Service">authentication, accounting.</param>
/// <param name="State">up, suspect, dead, half-open.</param>
/// <param name="Timeouts">Requests without an answer after all attempts.</param>
/// <param name="Retries">Retransmitted packets.</param>
/// <param name="Probes">Status-Server requests. RFC 5997.</param>
/// <param name="SmoothedRoundTripMs">Smoothed round-trip time in milliseconds; 0: no answer yet.</param>
/// <param name="LatencyMs">Percentiles of the latency since the start; absent: no answer yet.</param>
public sealed record RadiusServerRow(
    string Name, string Service, string State, int Outstanding, int MaxOutstanding, long Answers, long Timeouts, long Retries, long Probes,
    double SmoothedRoundTripMs, RadiusLatency? LatencyMs);

/// <summary>Upper bounds of latency percentiles in milliseconds.</summary>
/// <param name="Samples">Number of answers.</param>
public sealed record RadiusLatency(double P50, double P90, double P99, long Samples);

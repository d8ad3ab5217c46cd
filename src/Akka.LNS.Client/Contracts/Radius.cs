namespace Akka.LNS.Client;

/// <param name="CanAuthenticate">An authentication server may be asked, or there is none to ask.</param>
/// <param name="Workers">Requests that may be outstanding at a time.</param>
/// <param name="MaxOutstanding">Most at a time since the start.</param>
public sealed record RadiusReport(bool CanAuthenticate, int Workers, int Outstanding, int MaxOutstanding, RadiusClassRow Authentication, RadiusClassRow StartStop,
    RadiusClassRow Interim, IReadOnlyList<RadiusServerRow> Servers);

/// <param name="Waiting">For a worker, now.</param>
/// <param name="Outstanding">Workers have now.</param>
/// <param name="Refused">Found their backlog full, since the start.</param>
/// <param name="Expired">Waited too long and were not sent, since the start.</param>
public sealed record RadiusClassRow(int Waiting, int Outstanding, long Refused, long Expired);

/// <summary>One service of one server; counts are since the start.</summary>
/// <param name="Service">authentication, accounting.</param>
/// <param name="State">up, suspect, dead, half-open.</param>
/// <param name="Timeouts">Requests that it did not answer in all their attempts.</param>
/// <param name="Retries">Packets sent again.</param>
/// <param name="Probes">Status-Server (RFC 5997).</param>
/// <param name="SmoothedRoundTripMs">0 before the first answer.</param>
/// <param name="LatencyMs">Upper bound of the time that so many of a hundred answers stayed under, since the start; absent: no answer yet.</param>
public sealed record RadiusServerRow(string Name, string Service, string State, int Outstanding, int MaxOutstanding, long Answers, long Timeouts, long Retries, long Probes,
    double SmoothedRoundTripMs, RadiusLatency? LatencyMs);

/// <param name="Samples">Answers that were counted.</param>
public sealed record RadiusLatency(double P50, double P90, double P99, long Samples);

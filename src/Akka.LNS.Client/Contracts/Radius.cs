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
    RadiusClassRow Interim, IReadOnlyList<RadiusServerRow> Servers)
{
    /// <summary>Logins of lines whose last login failed.</summary>
    public RadiusClassRow FailingLogins { get; init; } = new(0, 0, 0, 0);

    /// <summary>Logins that lnsd refused without a RADIUS request.</summary>
    public LoginRefusalReport Refusals { get; init; } = new(0, 0, 0, []);

    /// <summary>
    /// Answers that were dropped, by reason. A reason with count 0 is absent. SocketOverflow: the receive buffer of a socket was full.
    /// </summary>
    public IReadOnlyDictionary<string, long> Dropped { get; init; } = new Dictionary<string, long>();
}

/// <summary>Logins that lnsd refused without a RADIUS request. Counters start at the start of lnsd.</summary>
/// <param name="Failing">Refused because the last logins of the line failed.</param>
/// <param name="Frequent">Refused because there were too many of the line.</param>
/// <param name="Waiting">Lines that wait now, because their logins failed.</param>
/// <param name="Worst">Lines with the most refused logins and failures, at most 20.</param>
public sealed record LoginRefusalReport(long Failing, long Frequent, int Waiting, IReadOnlyList<LoginFailureRow> Worst);

/// <summary>A line whose logins fail or are too many.</summary>
/// <param name="Calling">Calling number; empty: the LAC sends none.</param>
/// <param name="User">User name; empty: all users of the line.</param>
/// <param name="Failures">Failed logins in a row.</param>
/// <param name="Refused">Logins refused without a RADIUS request.</param>
public sealed record LoginFailureRow(string Lac, string Calling, string User, int Failures, long Refused);

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
/// <param name="SmoothedRoundTripMs">Smoothed round-trip time in milliseconds, without rejected logins; 0: no answer yet.</param>
/// <param name="LatencyMs">Upper bounds of percentiles of the latency since the start; absent: no answer yet.</param>
public sealed record RadiusServerRow(
    string Name, string Service, string State, int Outstanding, int MaxOutstanding, long Answers, long Timeouts, long Retries, long Probes,
    double SmoothedRoundTripMs, RadiusLatency? LatencyMs)
{
    /// <summary>Latency by result, over the last 1 and 15 minutes.</summary>
    public IReadOnlyList<RadiusResultRow> Results { get; init; } = [];

    /// <summary>Requests without an answer in the last minute.</summary>
    public long Timeouts1m { get; init; }

    /// <summary>Requests without an answer in the last 15 minutes.</summary>
    public long Timeouts15m { get; init; }
}

/// <summary>Latency of one result of a server in milliseconds, interpolated.</summary>
/// <param name="Result">accept, reject, accounting.</param>
/// <param name="Last1m">Last minute; absent: nothing was measured.</param>
/// <param name="Last15m">Last 15 minutes; absent: nothing was measured.</param>
public sealed record RadiusResultRow(string Result, RadiusLatency? Last1m, RadiusLatency? Last15m);

/// <summary>Latency percentiles in milliseconds.</summary>
/// <param name="Samples">Number of answers.</param>
public sealed record RadiusLatency(double P50, double P90, double P99, long Samples);

namespace Akka.LNS.Client;

/// <summary>Recent values of the node (GET history), oldest first. lnsd keeps them in memory for lns.dashboard.history.</summary>
/// <param name="IntervalSeconds">Time between two points.</param>
public sealed record HistoryReport(double IntervalSeconds, IReadOnlyList<HistoryPoint> Points);

/// <summary>Values of the node at one time. Rates are per second, since the previous point.</summary>
/// <param name="At">UTC.</param>
/// <param name="Sessions">Calls, including those in set-up.</param>
/// <param name="InSetup">Calls whose subscriber is not up yet.</param>
/// <param name="SerialDepth">As in <see cref="LoadReport"/>.</param>
/// <param name="ParallelDepth">As in <see cref="LoadReport"/>.</param>
/// <param name="SetUps">Subscribers that came up.</param>
/// <param name="SetUpsFailed">Calls that ended before their subscriber came up.</param>
/// <param name="SessionsEnded">Calls that ended after their subscriber came up.</param>
/// <param name="InBits">IP traffic from subscribers in bits per second.</param>
/// <param name="OutBits">IP traffic to subscribers in bits per second.</param>
/// <param name="Refused">Refused tunnels and calls by reason. A reason without a refusal is absent.</param>
/// <param name="Radius">Latency of the slowest authentication server.</param>
public sealed record HistoryPoint(
    DateTimeOffset At, int Sessions, int InSetup, int Links, int Bundles, long SerialDepth, long ParallelDepth, long Load, double SetUps,
    double SetUpsFailed, double SessionsEnded, double InBits, double OutBits, IReadOnlyDictionary<string, double> Refused,
    HistoryRadius Radius);

/// <summary>Latency of logins in milliseconds.</summary>
/// <param name="Smoothed">Smoothed round-trip time: the present latency.</param>
/// <param name="P50">Percentile of the last minute, like the other percentiles; 0: no answer.</param>
/// <param name="Outstanding">Requests that wait for an answer.</param>
public sealed record HistoryRadius(double Smoothed, double P50, double P90, double P99, int Outstanding);

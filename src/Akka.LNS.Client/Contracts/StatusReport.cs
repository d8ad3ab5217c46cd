namespace Akka.LNS.Client;

/// <summary>Identity and state of the node (GET status).</summary>
/// <param name="Version">Version of lnsd.</param>
/// <param name="Node">Name of the node in its group.</param>
/// <param name="Started">Start of service, UTC.</param>
/// <param name="Plane">Name of the data plane, for people.</param>
/// <param name="Listening">Addresses and ports of L2TP.</param>
/// <param name="Tunnels">Control connections, including those in set-up and those that are closing.</param>
/// <param name="Sessions">Calls, including those in set-up.</param>
/// <param name="Bundles">Subscribers whose network is up or in set-up.</param>
/// <param name="Verdict">Verdict as in <see cref="LoadReport"/>.</param>
/// <param name="Spool">Accounting records that wait for a server; absent: from an older lnsd.</param>
/// <param name="DrainReason">Reason of the drain; absent: no drain, or no reason was given.</param>
/// <param name="Problems">Problems as in GET problems, the most severe first.</param>
public sealed record StatusReport(
    string Version, string Node, string Group, DateTimeOffset Started, double UptimeSeconds, string Plane, IReadOnlyList<string> Listening,
    int Tunnels, int Sessions, int Links, int Bundles, long Load, string Verdict, string? DrainReason = null, LoadSpool? Spool = null,
    IReadOnlyList<NodeProblem>? Problems = null);

namespace Akka.LNS.Client;

/// <summary>What runs here (GET status).</summary>
/// <param name="Version">Of lnsd.</param>
/// <param name="Node">Its name in its group.</param>
/// <param name="Started">When it began to serve, UTC.</param>
/// <param name="Plane">The data plane, for people.</param>
/// <param name="Listening">End points of L2TP.</param>
/// <param name="Tunnels">Control connections, those that are being set up or closed included.</param>
/// <param name="Sessions">Calls, those in set-up included.</param>
/// <param name="Bundles">Subscribers whose network is set up or being set up.</param>
/// <param name="Verdict">As of <see cref="LoadReport"/>.</param>
/// <param name="DrainReason">Why the node is being drained; absent: it is not, or nobody said.</param>
public sealed record StatusReport(string Version, string Node, string Group, DateTimeOffset Started, double UptimeSeconds, string Plane, IReadOnlyList<string> Listening,
    int Tunnels, int Sessions, int Links, int Bundles, long Load, string Verdict, string? DrainReason = null);

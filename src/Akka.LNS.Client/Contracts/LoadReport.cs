namespace Akka.LNS.Client;

/// <summary>How much the node carries and how busy it is, now (GET load).</summary>
/// <param name="At">UTC.</param>
/// <param name="Tunnels">Control connections, those that are being set up or closed included.</param>
/// <param name="Sessions">Calls, those in set-up included.</param>
/// <param name="SessionsInSetup">Calls whose subscriber is not up yet.</param>
/// <param name="Links">PPP links.</param>
/// <param name="Bundles">Subscribers whose network is set up or being set up.</param>
/// <param name="Paths">Paths that are open in the data plane.</param>
/// <param name="SerialDepth">Messages waiting for tunnels, sessions, links, bundles and the interface gate.</param>
/// <param name="ParallelDepth">Requests waiting for RADIUS.</param>
/// <param name="Load">The weighted sum of both.</param>
/// <param name="RefuseFrom">Load from which a share of new tunnels and calls is refused.</param>
/// <param name="RefuseAll">Load from which all are.</param>
/// <param name="Verdict">open, early (some are refused by chance), closed (all, or all that need RADIUS), draining (or being stopped).</param>
/// <param name="Reason">Why it is not open; absent: it is.</param>
/// <param name="SetUps">Subscribers that came up since the start.</param>
public sealed record LoadReport(
    DateTimeOffset At, int Tunnels, int Sessions, int SessionsInSetup, int Links, int Bundles, int Paths, long SerialDepth, long ParallelDepth, long Load,
    int RefuseFrom, int RefuseAll, string Verdict, string? Reason, LoadRefused Refused, long SetUps, LoadRadius Radius, LoadSpool Spool, LoadProcess Process);

/// <summary>Tunnels and calls that were refused, since the start.</summary>
/// <param name="ByReason">Reasons that never happened are absent.</param>
public sealed record LoadRefused(long Total, IReadOnlyDictionary<string, long> ByReason);

/// <param name="Workers">Requests that may be outstanding at a time.</param>
/// <param name="MaxOutstanding">Most at a time since the start.</param>
/// <param name="BacklogAuthentication">Logins that wait for a worker.</param>
/// <param name="BacklogStartStop">Accounting Starts and Stops, and those of the node, that wait for one.</param>
/// <param name="BacklogInterim">Interim-Updates that wait for one.</param>
/// <param name="ServersUsable">Services of servers (login and accounting counted apart) that are not dead.</param>
public sealed record LoadRadius(int Workers, int Outstanding, int MaxOutstanding, int BacklogAuthentication, int BacklogStartStop, int BacklogInterim, int ServersUsable);

/// <summary>Accounting that waits for a server.</summary>
/// <param name="Records">Starts and Stops that no server has acknowledged yet.</param>
/// <param name="Durable">They are in a file, and outlive lnsd.</param>
/// <param name="Oldest">When the oldest happened, UTC; absent: none waits.</param>
/// <param name="Octets">Of the file.</param>
/// <param name="Failing">The file cannot be written now.</param>
/// <param name="Lost">Records that found no place, since the start.</param>
public sealed record LoadSpool(long Records, bool Durable, DateTimeOffset? Oldest, long Octets, bool Failing, long Lost);

/// <param name="CpuSeconds">User and system time since the start.</param>
/// <param name="ResidentOctets">Memory of the whole process.</param>
/// <param name="GcHeapOctets">Of it, managed.</param>
public sealed record LoadProcess(double CpuSeconds, long ResidentOctets, long GcHeapOctets);

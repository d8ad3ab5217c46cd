namespace Akka.LNS.Client;

/// <summary>What the node carries and how busy it is, now (GET load).</summary>
/// <param name="At">UTC.</param>
/// <param name="Tunnels">Control connections, including those in set-up and those that are closing.</param>
/// <param name="Sessions">Calls, including those in set-up.</param>
/// <param name="SessionsInSetup">Calls whose subscriber is not up yet.</param>
/// <param name="Links">PPP links.</param>
/// <param name="Bundles">Subscribers whose network is up or in set-up.</param>
/// <param name="Paths">Open paths in the data plane.</param>
/// <param name="SerialDepth">Messages that wait in the mailboxes of tunnels, sessions, links, bundles and the interface gate.</param>
/// <param name="ParallelDepth">Requests that wait for RADIUS.</param>
/// <param name="Load">Weighted sum of both depths.</param>
/// <param name="RefuseFrom">Load from which the node refuses a share of new tunnels and calls.</param>
/// <param name="RefuseAll">Load from which the node refuses all new tunnels and calls.</param>
/// <param name="Verdict">
/// open; early: a random share is refused; closed: all calls, or all that need RADIUS, are refused; draining: the node is being drained or
/// stopped.
/// </param>
/// <param name="Reason">Why the verdict is not open; absent: it is open.</param>
/// <param name="SetUps">Subscribers that came up since the start.</param>
public sealed record LoadReport(
    DateTimeOffset At, int Tunnels, int Sessions, int SessionsInSetup, int Links, int Bundles, int Paths, long SerialDepth,
    long ParallelDepth, long Load, int RefuseFrom, int RefuseAll, string Verdict, string? Reason, LoadRefused Refused, long SetUps,
    LoadRadius Radius, LoadSpool Spool, LoadProcess Process);

/// <summary>Refused tunnels and calls since the start.</summary>
/// <param name="ByReason">Count of each reason. A reason with count 0 is absent.</param>
public sealed record LoadRefused(long Total, IReadOnlyDictionary<string, long> ByReason)
{
    /// <summary>"NodeSessions 3, Load 1": the most frequent reason first; empty: no refusal.</summary>
    public string ToText() => string.Join(", ", ByReason.OrderByDescending(static r => r.Value).Select(static r => $"{r.Key} {r.Value}"));
}

/// <summary>RADIUS requests.</summary>
/// <param name="Workers">Maximum number of outstanding requests.</param>
/// <param name="Outstanding">Outstanding requests now.</param>
/// <param name="MaxOutstanding">Highest number of outstanding requests since the start.</param>
/// <param name="BacklogAuthentication">Logins that wait for a worker.</param>
/// <param name="BacklogStartStop">Accounting Starts and Stops, and records of the node, that wait for a worker.</param>
/// <param name="BacklogInterim">Interim-Updates that wait for a worker.</param>
/// <param name="ServersUsable">Services that are not dead. Authentication and accounting of a server count separately.</param>
public sealed record LoadRadius(
    int Workers, int Outstanding, int MaxOutstanding, int BacklogAuthentication, int BacklogStartStop, int BacklogInterim,
    int ServersUsable);

/// <summary>Accounting records that wait for a server.</summary>
/// <param name="Records">Starts and Stops that no server has acknowledged yet.</param>
/// <param name="Durable">The records are in a file and survive a restart of lnsd. false without a file, and while it cannot be written.
/// </param>
/// <param name="Oldest">Time of the oldest record, UTC; absent: no record waits.</param>
/// <param name="Octets">Size of the file.</param>
/// <param name="Failing">The file cannot be written now.</param>
/// <param name="Lost">Records that were lost because the spool was full or failed, since the start.</param>
/// <param name="FailingSince">When the file could not be written first, UTC; absent: it can be written.</param>
/// <param name="FailingReason">Why the file cannot be written; absent: it can.</param>
public sealed record LoadSpool(
    long Records, bool Durable, DateTimeOffset? Oldest, long Octets, bool Failing, long Lost, DateTimeOffset? FailingSince = null,
    string? FailingReason = null);

/// <summary>Resources of the process.</summary>
/// <param name="CpuSeconds">User and system time since the start.</param>
/// <param name="ResidentOctets">Resident memory of the process.</param>
/// <param name="GcHeapOctets">Managed part of the memory.</param>
public sealed record LoadProcess(double CpuSeconds, long ResidentOctets, long GcHeapOctets);

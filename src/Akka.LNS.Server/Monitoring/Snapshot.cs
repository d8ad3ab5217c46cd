using System.Collections.Immutable;

namespace Akka.LNS.Server.Monitoring;

/// <summary>Counters and states of the node at one time: the evidence for problems. Counters are since the start.</summary>
internal sealed record Snapshot
{
    public DateTimeOffset At { get; init; }

    /// <summary>Start of the process.</summary>
    public DateTimeOffset Started { get; init; }
    public string Verdict { get; init; } = "open";
    public string? Reason { get; init; }
    public string? DrainReason { get; init; }
    public long Load { get; init; }
    public long RefuseFrom { get; init; } = long.MaxValue;
    public int Sessions { get; init; }
    public int MaxSessions { get; init; } = int.MaxValue;

    /// <summary>By entry of tunnels.peers and reason.</summary>
    public ImmutableDictionary<(string Entry, string Reason), long> Refusals { get; init; } =
        ImmutableDictionary<(string, string), long>.Empty;

    /// <summary>Set-ups by duration: one number for each bound, and one for the longer ones.</summary>
    public ImmutableArray<long> SetUpTimes { get; init; } = [];

    /// <summary>Ends by an internal error, by layer.</summary>
    public ImmutableDictionary<string, long> InternalErrors { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Expiry of the certificate of the API; null: none.</summary>
    public DateTimeOffset? CertificateExpires { get; init; }
    public TimeSpan GcPause { get; init; }
    public long Retransmissions { get; init; }
    public long ControlOut { get; init; }
    public long TunnelTimeouts { get; init; }

    /// <summary>Packets that could not be sent, by reason.</summary>
    public ImmutableDictionary<string, long> SendFailures { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Why the data plane does not forward; null: it does.</summary>
    public string? PlaneFailure { get; init; }

    /// <summary>Packets that the kernel dropped at full receive buffers: of L2TP, of RADIUS answers, of CoA and Disconnect.</summary>
    public long L2tpOverflows { get; init; }
    public long RadiusOverflows { get; init; }
    public long DynamicAuthorizationOverflows { get; init; }

    /// <summary>Routes that the kernel refused, and addresses of subscribers that the node needs.</summary>
    public ImmutableDictionary<string, long> RouteProblems { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Log lines that were dropped, by sink.</summary>
    public ImmutableDictionary<string, long> LogDropped { get; init; } = ImmutableDictionary<string, long>.Empty;
    public long TraceDropped { get; init; }
    public bool CanAuthenticate { get; init; } = true;
    public ImmutableArray<ServerSnapshot> Servers { get; init; } = [];

    /// <summary>Age of the oldest login that waits for a worker; null: none waits.</summary>
    public TimeSpan? LoginWaits { get; init; }
    public long LoginsAccepted { get; init; }
    public long LoginsRefused { get; init; }

    /// <summary>Lines that wait because their logins failed.</summary>
    public int LinesWaiting { get; init; }
    public long SpoolRecords { get; init; }
    public TimeSpan SpoolAge { get; init; }
    public bool IsSpoolFailing { get; init; }
    public long SpoolLost { get; init; }
    public ImmutableArray<PoolSnapshot> Pools { get; init; } = [];
}

/// <summary>One service of a RADIUS server.</summary>
/// <param name="Service">authentication, accounting.</param>
/// <param name="Latency">Answers by latency: one number for each bound, and one for the longer ones.</param>
internal sealed record ServerSnapshot(string Name, string Service, bool IsUp, long Answers, long Timeouts, ImmutableArray<long> Latency);

internal sealed record PoolSnapshot(string Name, int Used, int Size);

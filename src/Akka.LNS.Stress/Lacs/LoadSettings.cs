using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Stress.Lacs;

/// <summary>Authentication that the subscribers accept.</summary>
public enum SubscriberAuth
{
    /// <summary>CHAP with MD5. RFC 1994.</summary>
    Chap,
    /// <summary>PAP. RFC 1334.</summary>
    Pap,
}

/// <summary>How a session ends.</summary>
public enum HangUp
{
    /// <summary>The LAC sends CDN 1 (lost carrier). RFC 2661 section 4.4.2.</summary>
    CallDisconnect,
    /// <summary>The subscriber sends an LCP Terminate-Request; the CDN comes from the LNS. RFC 1661 section 5.5.</summary>
    TerminateRequest,
    /// <summary>The subscriber sends an LCP Terminate-Request and hangs up after the Terminate-Ack; the LAC sends CDN 1.</summary>
    TerminateAndDisconnect,
}

/// <summary>Settings of the LACs and subscribers. Session i is in tunnel i modulo <see cref="Tunnels"/>.</summary>
public sealed record LoadSettings
{
    /// <summary>Address and port of the LNS.</summary>
    public required UdpEndpoint Lns { get; init; }
    public required int Sessions { get; init; }
    public int Tunnels { get; init; } = 1;
    /// <summary>Id of the first tunnel on the LAC's side; the next tunnel has the next id. Two generators may use the same ids, because
    /// their ports differ.</summary>
    public ushort FirstTunnelId { get; init; } = 1;
    /// <summary>Address of the first LAC; the next LAC has the next address. All are addresses of this host, for example in
    /// 127.0.0.0/8.</summary>
    public Ipv4Address FirstLac { get; init; } = new(0x7F010001);
    /// <summary>Number of addresses that the tunnels share in turn; 0: each tunnel has its own.</summary>
    public int LacAddresses { get; init; }
    /// <summary>Local UDP port of all LACs; 0: the system chooses.</summary>
    public ushort Port { get; init; }
    /// <summary>Shared secret of tunnel authentication; empty: the LACs answer no Challenge. RFC 2661 section 5.1.1.</summary>
    public ReadOnlyMemory<byte> TunnelSecret { get; init; }
    /// <summary>Prefix of the Host Name AVP; the number of the tunnel follows.</summary>
    public string HostName { get; init; } = "lac-";
    /// <summary>Receive window of a LAC in control messages.</summary>
    public ushort ReceiveWindow { get; init; } = 64;

    public SubscriberAuth Auth { get; init; } = SubscriberAuth.Chap;
    /// <summary>User name of subscriber i: UserPrefix, i in six digits, UserSuffix.</summary>
    public string UserPrefix { get; init; } = "u";
    public string UserSuffix { get; init; } = "@example.net";
    public string Password { get; init; } = "secret";
    /// <summary>MRU of the subscribers in octets.</summary>
    public ushort Mru { get; init; } = 1492;
    /// <summary>The subscriber sends its first Configure-Request at once. False: after that of the LNS, as behind a LAC that has already
    /// opened LCP.</summary>
    public bool SpeaksFirst { get; init; } = true;
    /// <summary>Time from a PPP request without an answer to its retransmission. RFC 1661 section 4.6.</summary>
    public TimeSpan PppRestart { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Maximum of sessions in set-up, over all tunnels.</summary>
    public int InFlight { get; init; } = 200;
    /// <summary>New sessions per second; 0: only <see cref="InFlight"/> limits.</summary>
    public double Rate { get; init; }
    /// <summary>Time limit of a set-up.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>When a refused or lost subscriber calls again. Null: never.</summary>
    public RetryPolicy? Retry { get; init; }
    /// <summary>Seed of the jitter of <see cref="Retry"/>.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>First retransmission time of a control message; doubles up to 8 s. RFC 2661 section 5.8.</summary>
    public TimeSpan RetransmitInitial { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>Retransmissions of one control message before the tunnel fails.</summary>
    public int MaxRetransmits { get; init; } = 5;
    /// <summary>Size of the send buffer and of the receive buffer of the socket in octets.</summary>
    public int SocketBuffer { get; init; } = 32 << 20;
}

using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Stress.Lacs;

/// <summary>What the subscribers agree to when the LNS wants to know who they are.</summary>
public enum SubscriberAuth
{
    /// <summary>CHAP with MD5 (RFC 1994).</summary>
    Chap,
    /// <summary>PAP (RFC 1334).</summary>
    Pap,
}

/// <summary>How a session is ended.</summary>
public enum HangUp
{
    /// <summary>The LAC says that the carrier is lost: CDN, result 1 (RFC 2661 §6.12).</summary>
    CallDisconnect,
    /// <summary>The subscriber says good-bye: LCP Terminate-Request (RFC 1661 §5.5); the CDN is the LNS's.</summary>
    TerminateRequest,
}

/// <summary>LACs and subscribers. Session i is in tunnel i modulo <see cref="Tunnels"/>.</summary>
public sealed record LoadSettings
{
    /// <summary>Where the LNS listens.</summary>
    public required UdpEndpoint Lns { get; init; }
    public required int Sessions { get; init; }
    public int Tunnels { get; init; } = 1;
    /// <summary>Tunnel i has the id FirstTunnelId + i on our side: two generators towards one LNS may use the same ids, for their ports differ.</summary>
    public ushort FirstTunnelId { get; init; } = 1;
    /// <summary>Address of the first LAC; the next one has the next address. All must be addresses of this host, as 127.0.0.0/8 is.</summary>
    public Ipv4Address FirstLac { get; init; } = new(0x7F010001);
    /// <summary>Addresses that the tunnels share in turn; 0: each its own.</summary>
    public int LacAddresses { get; init; }
    /// <summary>Local UDP port of all LACs; 0: the system's choice.</summary>
    public ushort Port { get; init; }
    /// <summary>Shared secret of tunnel authentication (RFC 2661 §5.1.1); empty: we answer no Challenge.</summary>
    public ReadOnlyMemory<byte> TunnelSecret { get; init; }
    /// <summary>Host Name AVP of tunnel i: this and i.</summary>
    public string HostName { get; init; } = "lac-";
    /// <summary>Control messages that a LAC takes unacknowledged.</summary>
    public ushort ReceiveWindow { get; init; } = 64;

    public SubscriberAuth Auth { get; init; } = SubscriberAuth.Chap;
    /// <summary>Subscriber i is called UserPrefix, i in six digits, UserSuffix.</summary>
    public string UserPrefix { get; init; } = "u";
    public string UserSuffix { get; init; } = "@example.net";
    public string Password { get; init; } = "secret";
    /// <summary>MRU of the subscribers in octets.</summary>
    public ushort Mru { get; init; } = 1492;
    /// <summary>The subscriber sends its Configure-Requests unasked; false: only after the LNS's, as one whose LCP a LAC has already opened.</summary>
    public bool SpeaksFirst { get; init; } = true;
    /// <summary>From a PPP request without an answer to its retransmission (RFC 1661 §4.6).</summary>
    public TimeSpan PppRestart { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Sessions in set-up at a time, at most, over all tunnels.</summary>
    public int InFlight { get; init; } = 200;
    /// <summary>New sessions per second; 0: as many as <see cref="InFlight"/> lets.</summary>
    public double Rate { get; init; }
    /// <summary>A session that is not up after so long has failed.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How who is refused or lost calls again; null: never.</summary>
    public RetryPolicy? Retry { get; init; }
    /// <summary>Of the jitter of <see cref="Retry"/>.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>First wait for the acknowledgement of a control message; doubles up to 8 s (RFC 2661 §5.8).</summary>
    public TimeSpan RetransmitInitial { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>Retransmissions of one control message before the LNS counts as dead.</summary>
    public int MaxRetransmits { get; init; } = 5;
    /// <summary>Room of the socket for datagrams, each way.</summary>
    public int SocketBuffer { get; init; } = 32 << 20;
}

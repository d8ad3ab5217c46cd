using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>What one peer of a tunnel is promised and asked for. Fixed for the life of the tunnel.</summary>
public sealed record ControlConnectionSettings
{
    /// <summary>Our Host Name AVP.</summary>
    public string HostName { get; init; } = "lns";
    public string VendorName { get; init; } = "Akka.LNS";
    /// <summary>Firmware Revision AVP.</summary>
    public ushort FirmwareRevision { get; init; } = 0x0001;
    /// <summary>Control messages that we take unacknowledged (Receive Window Size AVP); also the bound of the out-of-order queue.</summary>
    public ushort ReceiveWindow { get; init; } = 64;
    /// <summary>Shared secret: with one the peer must prove that it knows it. Null: no tunnel authentication.</summary>
    public string? Secret { get; init; }
    /// <summary>Hide the AVPs that may be hidden (RFC 2661 section 4.3); needs <see cref="Secret"/>.</summary>
    public bool HideAvps { get; init; }
    /// <summary>Silence after which we send Hello; up to an eighth less, so that tunnels do not beat in step. Zero: never.</summary>
    public TimeSpan HelloInterval { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>First retransmission time (RFC 2661 section 5.8); doubles each time.</summary>
    public TimeSpan RetransmitInitial { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>Where the doubling stops; RFC 2661 section 5.8 wants at least 8 s.</summary>
    public TimeSpan RetransmitMax { get; init; } = TimeSpan.FromSeconds(8);
    /// <summary>Retransmissions of one message before the peer counts as dead.</summary>
    public int MaxRetransmits { get; init; } = 5;
    /// <summary>From the first message to Established.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>How long a tunnel that the peer stopped still acknowledges: a full retransmission cycle (RFC 2661 section 5.7).</summary>
    public TimeSpan ClosingLinger { get; init; } = TimeSpan.FromSeconds(31);
    /// <summary>How long an acknowledgement may wait for a message to ride on. Zero: at once.</summary>
    public TimeSpan AckDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Never the secret: states are logged.</summary>
    public override string ToString() => $"{HostName}, window {ReceiveWindow}, {(Secret is null ? "no secret" : "with secret")}";
}

/// <summary>What the peer said of itself in SCCRQ or SCCRP.</summary>
public sealed record PeerInfo(
    TunnelId TunnelId, string HostName, string VendorName, ushort? FirmwareRevision, uint FramingCapabilities, uint? BearerCapabilities,
    ushort ReceiveWindow);

/// <summary>Why a new tunnel or call is not taken: what the peer is told, and what we log.</summary>
public sealed record Refusal(ResultCode Code, EndReason Why);

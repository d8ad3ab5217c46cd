using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>Settings of the control connection to one peer. They do not change during the life of the tunnel.</summary>
public sealed record ControlConnectionSettings
{
    /// <summary>Our Host Name AVP.</summary>
    public string HostName { get; init; } = "lns";
    public string VendorName { get; init; } = "Akka.LNS";
    /// <summary>Firmware Revision AVP.</summary>
    public ushort FirmwareRevision { get; init; } = 0x0001;
    /// <summary>Receive Window Size AVP: maximum number of messages that the peer may send without an acknowledgement. Also the maximum of
    /// the out-of-order queue.</summary>
    public ushort ReceiveWindow { get; init; } = 64;
    /// <summary>Shared secret that the peer must prove. Null: no tunnel authentication.</summary>
    public string? Secret { get; init; }
    /// <summary>Hide the AVPs that may be hidden (RFC 2661 section 4.3). Requires <see cref="Secret"/>.</summary>
    public bool HideAvps { get; init; }
    /// <summary>Time without a message of the peer after which a Hello is sent. Up to an eighth less at random, so that tunnels do not
    /// synchronize. Zero: never.</summary>
    public TimeSpan HelloInterval { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>Time to the first retransmission. It doubles with each retransmission. RFC 2661 section 5.8.</summary>
    public TimeSpan RetransmitInitial { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>Maximum time between retransmissions. RFC 2661 section 5.8 requires at least 8 s.</summary>
    public TimeSpan RetransmitMax { get; init; } = TimeSpan.FromSeconds(8);
    /// <summary>Number of retransmissions of one message after which the peer is considered dead.</summary>
    public int MaxRetransmits { get; init; } = 5;
    /// <summary>Maximum number of messages that wait for an acknowledgement of the peer or for its window. One more ends the
    /// tunnel.</summary>
    public int SendQueue { get; init; } = 20_000;
    /// <summary>Maximum time from the first message to Established.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>Time for which a tunnel stopped by the peer acknowledges: a full retransmission cycle (RFC 2661 section 5.7).</summary>
    public TimeSpan ClosingLinger { get; init; } = TimeSpan.FromSeconds(31);
    /// <summary>Maximum time for which an acknowledgement waits for a message that can carry it. Zero: it is sent at once.</summary>
    public TimeSpan AckDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Text without the secret, because states are logged.</summary>
    public override string ToString() => $"{HostName}, window {ReceiveWindow}, {(Secret is null ? "no secret" : "with secret")}";
}

/// <summary>Identity of the peer from its SCCRQ or SCCRP.</summary>
public sealed record PeerInfo(
    TunnelId TunnelId, string HostName, string VendorName, ushort? FirmwareRevision, uint FramingCapabilities, uint? BearerCapabilities,
    ushort ReceiveWindow);

/// <summary>Refusal of a new tunnel or call: the result code for the peer and the reason for the log.</summary>
public sealed record Refusal(ResultCode Code, EndReason Why);

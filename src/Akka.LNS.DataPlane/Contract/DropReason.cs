namespace Akka.LNS.DataPlane.Contract;

/// <summary>Why a packet or a message was dropped. Each reason is a counter.</summary>
public enum DropReason
{
    /// <summary>Shorter than its own header says, or no header at all.</summary>
    Truncated,
    /// <summary>Larger than a receive buffer.</summary>
    Oversized,
    /// <summary>L2TP version other than 2 (RFC 2661 section 3.1).</summary>
    BadVersion,
    /// <summary>Another fault of the L2TP header.</summary>
    BadHeader,
    /// <summary>No path has these ids.</summary>
    UnknownPath,
    /// <summary>The path has another peer.</summary>
    WrongPeer,
    /// <summary>The data message holds no PPP frame.</summary>
    BadPpp,
    /// <summary>IP on a path that does not forward (yet).</summary>
    NotForwarding,
    /// <summary>IPv6 or Multilink, which this plane does not forward.</summary>
    ProtocolNotForwarded,
    /// <summary>The IP header is faulty.</summary>
    BadIp,
    /// <summary>The source address is not the subscriber's.</summary>
    Spoofed,
    /// <summary>More PPP control than the path may send.</summary>
    Policed,
    /// <summary>Packet from the IP side to an address that no path has.</summary>
    NoPath,
    /// <summary>Packet from the IP side that is not IPv4.</summary>
    NotIpv4,
    /// <summary>Larger than the path's MTU, and must not be fragmented.</summary>
    TooBig,
    /// <summary>The socket refused it.</summary>
    SendFailed,
    /// <summary>The device refused it.</summary>
    DeviceFailed,
    /// <summary>A receiver threw an exception on it: a fault of the LNS.</summary>
    ReceiverFailed,
    /// <summary>The receive buffer of an L2TP socket was full. The kernel counts it (SO_MEMINFO).</summary>
    SocketOverflow,
}

using System.Collections.Immutable;

namespace Akka.LNS.DataPlane;

/// <summary>Why something was dropped; each is a counter.</summary>
public enum DropReason
{
    /// <summary>Shorter than its own header says, or no header at all.</summary>
    Truncated,
    /// <summary>Larger than a receive buffer.</summary>
    Oversized,
    /// <summary>L2TP version other than 2 (RFC 2661 §3.1).</summary>
    BadVersion,
    /// <summary>Another fault of the L2TP header.</summary>
    BadHeader,
    /// <summary>No path has these ids.</summary>
    UnknownPath,
    /// <summary>The path has another peer.</summary>
    WrongPeer,
    /// <summary>No PPP frame in the data message.</summary>
    BadPpp,
    /// <summary>IP on a path that forwards nothing (yet).</summary>
    NotForwarding,
    /// <summary>IPv6 or Multilink, which this plane does not forward.</summary>
    ProtocolNotForwarded,
    /// <summary>The IP header is faulty.</summary>
    BadIp,
    /// <summary>Source address is not the subscriber's.</summary>
    Spoofed,
    /// <summary>More PPP control than the path may send.</summary>
    Policed,
    /// <summary>Packet from the IP side for an address that no path has.</summary>
    NoPath,
    /// <summary>Packet from the IP side that is not IPv4.</summary>
    NotIpv4,
    /// <summary>Larger than the path's MTU, and may not be fragmented.</summary>
    TooBig,
    /// <summary>The socket did not take it.</summary>
    SendFailed,
    /// <summary>The device did not take it.</summary>
    DeviceFailed,
    /// <summary>A receiver failed on it: a fault of ours.</summary>
    ReceiverFailed,
}

/// <summary>Sums over all paths, those that closed included. In: from LACs and subscribers.</summary>
public sealed record PlaneCounters(
    ulong InPackets, ulong InOctets, ulong OutPackets, ulong OutOctets,
    ulong ControlIn, ulong ControlOut, ulong PppIn, ulong PppOut, ulong Fragmented, ulong IcmpSent, ulong MssClamped,
    ImmutableArray<ulong> Drops)
{
    /// <summary>How many of one kind were dropped.</summary>
    public ulong Dropped(DropReason reason) => Drops[(int)reason];
}

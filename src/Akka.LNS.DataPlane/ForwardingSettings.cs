using System.Collections.Immutable;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane;

/// <summary>What is forwarded on a path, and how; given when IPCP opens.</summary>
/// <param name="Subscriber">The subscriber's address.</param>
/// <param name="Mtu">Largest IP packet towards the subscriber, in octets: the peer's MRU.</param>
public sealed record ForwardingSettings(Ipv4Address Subscriber, int Mtu)
{
    /// <summary>Networks behind the subscriber (RADIUS Framed-Route).</summary>
    public ImmutableArray<Ipv4Prefix> FramedRoutes { get; init; } = [];

    /// <summary>Lower the MSS option of SYN segments, both ways, to <see cref="Mtu"/> - 40.</summary>
    public bool ClampMss { get; init; } = true;

    /// <summary>Drop what does not come from <see cref="Subscriber"/> or <see cref="FramedRoutes"/>.</summary>
    public bool AntiSpoofing { get; init; } = true;

    /// <summary>Send one octet of protocol field where it fits: only if the peer agreed to PFC (RFC 1661 §6.5).</summary>
    public bool CompressProtocol { get; init; }

    /// <summary>Leave FF 03 out: only if the peer agreed to ACFC (RFC 1661 §6.6).</summary>
    public bool CompressAddressAndControl { get; init; }
}

using System.Collections.Immutable;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>How IP is forwarded on a path. Set when IPCP opens.</summary>
/// <param name="Subscriber">The subscriber's address.</param>
/// <param name="Mtu">Largest IP packet towards the subscriber in octets: the peer's MRU.</param>
public sealed record ForwardingSettings(Ipv4Address Subscriber, int Mtu)
{
    /// <summary>Networks behind the subscriber (RADIUS Framed-Route).</summary>
    public ImmutableArray<Ipv4Prefix> FramedRoutes { get; init; } = [];

    /// <summary>Lower the MSS option of SYN segments, in both directions, to <see cref="Mtu"/> - 40.</summary>
    public bool ClampMss { get; init; } = true;

    /// <summary>Drop packets whose source is neither <see cref="Subscriber"/> nor in <see cref="FramedRoutes"/>.</summary>
    public bool AntiSpoofing { get; init; } = true;
}

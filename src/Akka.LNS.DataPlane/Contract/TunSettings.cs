using System.Collections.Immutable;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>The TUN device.</summary>
/// <param name="Device">Interface name, at most 15 octets.</param>
/// <param name="Addresses">The LNS's own addresses in the tunnel, on the device as /32. The first one is the source of ICMP errors.</param>
/// <param name="Routes">Networks that the kernel routes to the device: the pools.</param>
public sealed record TunSettings(string Device, ImmutableArray<Ipv4Address> Addresses, ImmutableArray<Ipv4Prefix> Routes)
{
    /// <summary>MTU of the device in octets.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Queues of the device. Each has a thread of its own.</summary>
    public int Queues { get; init; } = 1;
}

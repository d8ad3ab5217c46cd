using System.Collections.Immutable;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>IPv4 addresses of the host, and the routes of its main table, without those on the plane's device.</summary>
/// <param name="Routes">At most 10,000. A host with more shows none.</param>
public sealed record HostNetwork(ImmutableArray<HostAddress> Addresses, ImmutableArray<HostNetworkRoute> Routes);

/// <param name="Device">Name of the device.</param>
public readonly record struct HostAddress(Ipv4Address Address, string Device);

/// <param name="Gateway">Next hop; none: the network is on the link, or packets are discarded.</param>
/// <param name="Device">Name of the device; empty: packets are discarded.</param>
public readonly record struct HostNetworkRoute(Ipv4Prefix Network, Ipv4Address Gateway, string Device);

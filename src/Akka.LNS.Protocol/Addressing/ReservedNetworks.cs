using System.Collections.Immutable;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Protocol.Addressing;

/// <summary>
/// Networks in which no host has an address (RFC 6890). Private (RFC 1918) and shared (RFC 6598) addresses are not among them.
/// </summary>
public static class ReservedNetworks
{
    private static readonly ImmutableArray<(IpPrefix Network, string Name)> All =
    [
        (Of(0, 8), "this network"),
        (Of(0x7F000000, 8), "loopback"),
        (Of(0xA9FE0000, 16), "link-local"),
        (Of(0xE0000000, 4), "multicast"),
        (Of(0xF0000000, 4), "reserved"),
    ];

    /// <summary>Why no host has this address, as a clause that follows it; null: a host may have it.</summary>
    public static string? WhyNoHost(Ipv4Address address) => WhyNone(new IpPrefix(address));

    /// <summary>Why no host has an address of this network, or of a part of it, as a clause that follows it; null: hosts may.</summary>
    internal static string? WhyNone(IpPrefix wanted)
    {
        foreach (var (network, name) in All)
        {
            if (network.Contains(wanted)) return $"is in {network} ({name}), where no host has an address";
            if (wanted.Contains(network)) return $"covers {network} ({name}), where no host has an address";
        }
        return null;
    }

    private static IpPrefix Of(uint network, int length) => new(new Ipv4Prefix(new Ipv4Address(network), length));
}

using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>Addresses, networks and ports as the configuration writes them.</summary>
internal static class Networks
{
    /// <summary>An address that a host can have.</summary>
    public static bool Ipv4(string text, out Ipv4Address address) =>
        Ipv4Address.TryParse(text, out address) && ReservedNetworks.WhyNoHost(address) is null;

    /// <inheritdoc cref="Ipv4(string, out Ipv4Address)"/>
    public static bool Ipv4(string text, out Ipv4Address? address)
    {
        var isAddress = Ipv4(text, out Ipv4Address value);
        address = value;
        return isAddress;
    }

    public static bool Ipv4Network(string text, out Ipv4Prefix network) => Ipv4Prefix.TryParse(text, out network);

    /// <summary>IPv4 or IPv6; a number alone is not an address.</summary>
    public static bool Address(string text, [MaybeNullWhen(false)] out IPAddress address) =>
        IPAddress.TryParse(text, out address) && text.AsSpan().IndexOfAny('.', ':') >= 0;

    /// <summary>A network without host bits, or an address.</summary>
    public static bool Network(string text, out IPNetwork network)
    {
        if (Address(text, out var one))
        {
            network = new IPNetwork(one, one.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            return true;
        }
        network = default;
        return text.Contains('/', StringComparison.Ordinal) && IsNetwork(text, out network);
    }

    /// <summary>ADDRESS/LENGTH without host bits.</summary>
    public static bool IsNetwork(string text, out IPNetwork network) =>
        IPNetwork.TryParse(text, out network) && text.Split('/') is [var begin, _]
        && IPAddress.TryParse(begin, out var first) && network.BaseAddress.Equals(first);

    /// <summary>ADDRESS:PORT or [IPV6]:PORT.</summary>
    public static bool Endpoint(string text, [MaybeNullWhen(false)] out IPEndPoint endpoint)
    {
        endpoint = null;
        return HasPort(text) && IsAddress(text) && IPEndPoint.TryParse(text, out endpoint);
    }

    /// <summary>Reads what <see cref="Endpoint"/> reads, or an address alone.</summary>
    /// <param name="port">Port of an address alone.</param>
    public static TryRead<IPEndPoint> EndpointOr(int port) => (string text, [MaybeNullWhen(false)] out IPEndPoint endpoint) =>
    {
        if (HasPort(text)) return Endpoint(text, out endpoint);
        endpoint = IsAddress(text) && IPAddress.TryParse(text.Trim('[', ']'), out var address) ? new IPEndPoint(address, port) : null;
        return endpoint is not null;
    };

    private static bool HasPort(string text) => text.StartsWith('[') ? !text.EndsWith(']') : text.Count(static c => c == ':') == 1;

    /// <summary>Not a number alone, as in 1701, which .NET takes for an address.</summary>
    private static bool IsAddress(string text) =>
        text.StartsWith('[') || text.Count(static c => c == '.') == 3 || text.Count(static c => c == ':') > 1;
}

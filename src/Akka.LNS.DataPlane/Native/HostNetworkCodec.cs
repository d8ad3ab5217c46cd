using System.Collections.Immutable;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Native;

/// <summary><see cref="HostNetwork"/> as a message.</summary>
internal static class HostNetworkCodec
{
    public static void Write(PlaneWriter to, HostNetwork host)
    {
        to.Write(host.Addresses.Length);
        foreach (var (address, device) in host.Addresses)
        {
            to.Write(address);
            to.WriteText(device);
        }
        to.Write(host.Routes.Length);
        foreach (var (network, gateway, device) in host.Routes)
        {
            to.Write(network);
            to.Write(gateway);
            to.WriteText(device);
        }
    }

    public static HostNetwork Read(ref PlaneReader from)
    {
        var addresses = ImmutableArray.CreateBuilder<HostAddress>();
        for (var left = from.Read<int>(); left > 0; left--) addresses.Add(new HostAddress(from.Read<Ipv4Address>(), from.ReadText()));
        var routes = ImmutableArray.CreateBuilder<HostNetworkRoute>();
        for (var left = from.Read<int>(); left > 0; left--)
            routes.Add(new HostNetworkRoute(from.Read<Ipv4Prefix>(), from.Read<Ipv4Address>(), from.ReadText()));
        return new HostNetwork(addresses.ToImmutable(), routes.ToImmutable());
    }
}

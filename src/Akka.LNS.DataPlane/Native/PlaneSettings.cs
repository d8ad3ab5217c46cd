using System.Collections.Immutable;
using System.Net;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Native;

/// <summary>Settings of a plane.</summary>
/// <param name="Tun">Null: a plane without a device.</param>
internal sealed record PlaneSettings(ListenSettings Listen, PolicingSettings Policing, TunSettings? Tun)
{
    /// <summary>An end point in memory.</summary>
    private readonly record struct EndPoint(UInt128 Address, long Scope, int Port);

    public void Write(PlaneWriter to)
    {
        WriteEndpoints(to, Listen.Endpoints);
        to.Write(Listen.ReceiveBufferOctets);
        to.Write(Listen.SendBufferOctets);
        to.Write(Listen.DataThreads);
        to.Write(Policing.FramesPerSecond);
        to.Write(Policing.Burst);
        to.Write(Tun is not null);
        if (Tun is null) return;
        to.WriteText(Tun.Device);
        to.WriteAll(Tun.Addresses.AsSpan());
        to.WriteAll(Tun.Routes.AsSpan());
        to.Write(Tun.Mtu);
        to.Write(Tun.Queues);
    }

    public static PlaneSettings Read(ref PlaneReader from)
    {
        var listen = new ListenSettings(ReadEndpoints(ref from))
        {
            ReceiveBufferOctets = from.Read<int>(), SendBufferOctets = from.Read<int>(), DataThreads = from.Read<int>(),
        };
        var policing = new PolicingSettings { FramesPerSecond = from.Read<double>(), Burst = from.Read<int>() };
        if (!from.Read<bool>()) return new PlaneSettings(listen, policing, null);
        return new PlaneSettings(listen, policing, new TunSettings(
            from.ReadText(), from.ReadAll<Ipv4Address>(), from.ReadAll<Ipv4Prefix>())
        {
            Mtu = from.Read<int>(), Queues = from.Read<int>(),
        });
    }

    public static void WriteEndpoints(PlaneWriter to, IReadOnlyCollection<IPEndPoint> endpoints) =>
        to.WriteAll<EndPoint>([.. endpoints.Select(static e => new EndPoint(UdpFlow.ToValue(e.Address),
            e.Address.IsIPv4MappedToIPv6 || e.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6 ? 0 : e.Address.ScopeId,
            e.Port))]);

    public static ImmutableArray<IPEndPoint> ReadEndpoints(ref PlaneReader from) =>
        [.. from.ReadAll<EndPoint>().Select(static e =>
        {
            var address = UdpFlow.ToIPAddress(e.Address);
            if (e.Scope != 0) address.ScopeId = e.Scope;
            return new IPEndPoint(address, e.Port);
        })];
}

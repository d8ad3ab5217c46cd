using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>What a packet's size means on its path.</summary>
internal enum MtuVerdict
{
    /// <summary>It is sent as it is.</summary>
    Fits,
    /// <summary>It is sent in fragments.</summary>
    Fragment,
    /// <summary>It is dropped, and its sender gets an ICMP error.</summary>
    Refuse,
}

/// <summary>The stages of a packet from the device to a LAC. <see cref="Downstream"/> calls them in order.</summary>
/// <remarks>A stage returns false when the packet goes no further: it was dropped and counted.</remarks>
internal static class DownStages
{
    public static bool ReadIp(ref DownPacket packet) =>
        Ipv4HeaderView.TryRead(packet.Octets, out packet.Ip, out var error)
        || packet.Drop(error == Ipv4Error.NotVersion4 ? DropReason.NotIpv4 : DropReason.BadIp);

    public static bool FindPath(ref DownPacket packet, RouteTable routes)
    {
        if (routes.Find(packet.Ip.Destination.Value) is not { } path) return packet.Drop(DropReason.NoPath);
        packet.Path = path;
        return true;
    }

    public static bool CheckForwarding(ref DownPacket packet)
    {
        if (packet.Path.Forwarding is not { } forwarding) return packet.DropOnPath(DropReason.NotForwarding);
        packet.Forwarding = forwarding;
        return true;
    }

    public static MtuVerdict CheckMtu(ref DownPacket packet) =>
        packet.Ip.TotalLength <= packet.Forwarding.Mtu ? MtuVerdict.Fits : packet.Ip.DontFragment ? MtuVerdict.Refuse : MtuVerdict.Fragment;

    public static void ClampMss(ref DownPacket packet)
    {
        if (packet.Forwarding.ClampMss && MssClamp.Apply(packet.Ip.Packet, packet.Forwarding)) packet.Counters.Add(PlaneCounter.MssClamped);
    }

    /// <summary>Writes the L2TP and PPP headers into the room in front of an IPv4 packet. Returns their length in octets.</summary>
    public static unsafe int WriteHeaders(SessionPath path, in PathSettings settings, byte* packet)
    {
        var length = SessionPath.IpHeaderLength(settings);
        path.WriteIpHeader(new Span<byte>(packet - length, length), settings);
        return length;
    }

    /// <param name="packet">The packet that goes out, whole or in fragments.</param>
    /// <param name="octets">Length of what goes out at once.</param>
    public static void Count(ref DownPacket packet, int octets)
    {
        packet.Path.CountOut(octets, packet.Now);
        packet.Counters.Add(PlaneCounter.OutPackets);
        packet.Counters.Add(PlaneCounter.OutOctets, (ulong)octets);
    }
}

using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>The stages of a data message from a LAC to the device. <see cref="Upstream"/> calls them in order.</summary>
/// <remarks>A stage returns false when the packet goes no further: it was dropped and counted, or handed over.</remarks>
internal static class UpStages
{
    /// <summary>Checks the L2TP header (RFC 2661 section 3.1).</summary>
    public static bool ReadL2tp(ref UpPacket packet) =>
        L2tpHeaderView.TryRead(packet.Datagram, out packet.L2tp, out var error) || packet.Drop(error switch
        {
            L2tpError.BadVersion => DropReason.BadVersion,
            L2tpError.Truncated => DropReason.Truncated,
            _ => DropReason.BadHeader,
        });

    public static bool FindPath(ref UpPacket packet, PathTable paths)
    {
        if (paths.Find(packet.L2tp.TunnelId.Value, packet.L2tp.SessionId.Value) is not { } path) return packet.Drop(DropReason.UnknownPath);
        packet.Path = path;
        return true;
    }

    /// <summary>Drops what does not come from the path's LAC. The path's own counter stays: the drop is not its fault.</summary>
    public static bool CheckPeer(ref UpPacket packet)
    {
        packet.Attached = packet.Path.Attached;
        ref readonly var flow = ref packet.Flow;
        var expected = packet.Attached.Settings.Flow;
        if (flow.RemoteAddress != expected.RemoteAddress || flow.RemotePort != expected.RemotePort)
            return packet.Drop(DropReason.WrongPeer);
        packet.Path.Heard(packet.Now);
        return true;
    }

    public static bool ReadPpp(ref UpPacket packet) =>
        PppFrameView.TryRead(packet.L2tp.Payload, out packet.Ppp, out _) || packet.DropOnPath(DropReason.BadPpp);

    /// <summary>Lets IPv4 pass. Hands PPP control to the path's receiver, as much as the limit allows.</summary>
    public static bool SplitByProtocol(ref UpPacket packet, Policer policer)
    {
        switch (packet.Ppp.Protocol)
        {
            case PppProtocol.Ip: return true;
            case PppProtocol.Ipv6 or PppProtocol.Mp: return packet.DropOnPath(DropReason.ProtocolNotForwarded);
        }
        if (!policer.TryTake(ref packet.Path.PppLimit, packet.Now)) return packet.DropOnPath(DropReason.Policed);
        packet.Counters.Add(PlaneCounter.PppIn);
        try
        {
            packet.Attached.Receiver.OnPpp(packet.Ppp.Protocol, packet.Ppp.Payload);
        }
        catch (Exception) // one frame must not end the thread that serves all paths
        {
            packet.DropOnPath(DropReason.ReceiverFailed);
        }
        return false;
    }

    public static bool CheckForwarding(ref UpPacket packet)
    {
        if (packet.Path.Forwarding is not { } forwarding) return packet.DropOnPath(DropReason.NotForwarding);
        packet.Forwarding = forwarding;
        return true;
    }

    /// <summary>Checks the IPv4 header. Octets behind the packet are padding (RFC 1661 section 2).</summary>
    public static bool ReadIp(ref UpPacket packet) =>
        Ipv4HeaderView.TryRead(packet.Ppp.Payload, out packet.Ip, out _) || packet.DropOnPath(DropReason.BadIp);

    /// <summary>Anti-spoofing: drops a source address that is not the subscriber's.</summary>
    public static bool CheckSource(ref UpPacket packet) =>
        !packet.Forwarding.AntiSpoofing || SessionPath.Owns(packet.Forwarding, packet.Ip.Source) || packet.DropOnPath(DropReason.Spoofed);

    public static void ClampMss(ref UpPacket packet)
    {
        if (packet.Forwarding.ClampMss && MssClamp.Apply(packet.Ip.Packet, packet.Forwarding)) packet.Counters.Add(PlaneCounter.MssClamped);
    }

    public static void Count(ref UpPacket packet)
    {
        var octets = packet.Ip.TotalLength;
        packet.Path.CountIn(octets, packet.Now);
        packet.Counters.Add(PlaneCounter.InPackets);
        packet.Counters.Add(PlaneCounter.InOctets, (ulong)octets);
    }
}

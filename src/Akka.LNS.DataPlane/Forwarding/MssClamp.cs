using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>Lowers the MSS option of SYN segments to the path's MTU, in both directions.</summary>
internal static class MssClamp
{
    /// <summary>Changes the packet in its slot, which the plane owns. True: something changed.</summary>
    public static bool Apply(ReadOnlySpan<byte> packet, ForwardingSettings forwarding) =>
        packet[9] == Ipv4HeaderView.ProtocolTcp && TcpMss.Clamp(
            MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(packet), packet.Length),
            (ushort)Math.Min(forwarding.Mtu - TcpMss.HeadersLength, ushort.MaxValue));
}

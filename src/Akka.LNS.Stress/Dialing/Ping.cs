using System.Buffers.Binary;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Stress.Dialing;

/// <summary>ICMP echo over IPv4. RFC 792.</summary>
internal static class Ping
{
    private const byte EchoReply = 0, EchoRequest = 8;
    private const int HeaderLength = 8, DataLength = 56;

    /// <summary>A whole IPv4 packet of 84 octets with an echo request.</summary>
    public static byte[] Request(Ipv4Address from, Ipv4Address to, ushort id, ushort sequence)
    {
        var packet = new byte[Ipv4HeaderView.MinHeaderLength + HeaderLength + DataLength];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), sequence);
        packet[8] = 64;
        packet[9] = Ipv4HeaderView.ProtocolIcmp;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), from.Value);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), to.Value);
        var header = packet.AsSpan(0, Ipv4HeaderView.MinHeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Of(header));
        var icmp = packet.AsSpan(Ipv4HeaderView.MinHeaderLength);
        icmp[0] = EchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(icmp[4..], id);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[6..], sequence);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], InternetChecksum.Of(icmp));
        return packet;
    }

    /// <summary>False: the packet is no echo reply with this identifier.</summary>
    public static bool TryReadReply(ReadOnlySpan<byte> packet, ushort id, out ushort sequence)
    {
        sequence = 0;
        if (!Ipv4HeaderView.TryRead(packet, out var ip, out _) || ip.Protocol != Ipv4HeaderView.ProtocolIcmp) return false;
        var icmp = ip.Payload;
        if (icmp.Length < HeaderLength || icmp[0] != EchoReply || BinaryPrimitives.ReadUInt16BigEndian(icmp[4..]) != id) return false;
        sequence = BinaryPrimitives.ReadUInt16BigEndian(icmp[6..]);
        return true;
    }
}

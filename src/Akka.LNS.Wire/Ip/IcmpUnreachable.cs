using System.Buffers.Binary;

namespace Akka.LNS.Wire.Ip;

/// <summary>ICMP Destination Unreachable, code 4: fragmentation needed and DF set. RFC 792, RFC 1191 section 4.</summary>
/// <remarks><code>
///  0               8               16                            31
/// |   Type = 3    |   Code = 4    |            Checksum           |
/// |           unused = 0          |         Next-Hop MTU          |
/// |      IP header and first octets of the datagram ...           |
/// </code></remarks>
public static class IcmpUnreachable
{
    /// <summary>Largest answer in octets, IP header included (RFC 1812 section 4.3.2.3).</summary>
    public const int MaxLength = 576;
    private const int IcmpHeaderLength = 8;
    private const byte InternetworkControl = 0xC0; // precedence 6 for ICMP errors (RFC 1812 section 4.3.2.5)
    private const byte InitialTimeToLive = 64;

    /// <summary>
    /// False for packets that must not cause an ICMP error: ICMP errors, later fragments, and sources that are not a single host. RFC 1122
    /// section 3.2.2.
    /// </summary>
    public static bool MayAnswer(Ipv4HeaderView packet)
    {
        if (packet.FragmentOffset != 0) return false;
        var source = packet.Source.Value;
        if (source >> 24 is 0 or 127 or >= 224) return false;
        return packet.Protocol != Ipv4HeaderView.ProtocolIcmp || packet.Payload is [0 or 8 or 9 or 10 or >= 13 and <= 18, ..];
    }

    /// <summary>
    /// Writes the whole IP packet of the answer and returns its length. <paramref name="destination"/> must hold <see cref="MaxLength"/>
    /// octets.
    /// </summary>
    public static int WriteFragmentationNeeded(Span<byte> destination, Ipv4HeaderView packet, Ipv4Address from, ushort mtu)
    {
        var quoted = packet.Packet[..Math.Min(packet.TotalLength, MaxLength - Ipv4HeaderView.MinHeaderLength - IcmpHeaderLength)];
        var length = Ipv4HeaderView.MinHeaderLength + IcmpHeaderLength + quoted.Length;
        var ip = destination[..length];
        ip[..(Ipv4HeaderView.MinHeaderLength + IcmpHeaderLength)].Clear();
        ip[0] = 0x45;
        ip[1] = InternetworkControl;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)length);
        ip[8] = InitialTimeToLive;
        ip[9] = Ipv4HeaderView.ProtocolIcmp;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], from.Value);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], packet.Source.Value);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Of(ip[..Ipv4HeaderView.MinHeaderLength]));
        var icmp = ip[Ipv4HeaderView.MinHeaderLength..];
        icmp[0] = 3;
        icmp[1] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(icmp[6..], mtu);
        quoted.CopyTo(icmp[IcmpHeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], InternetChecksum.Of(icmp));
        return length;
    }
}

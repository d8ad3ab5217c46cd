using System.Buffers.Binary;

namespace Akka.LNS.Wire.Ip;

/// <summary>Lowers the Maximum Segment Size option of SYN segments to fit the path. RFC 9293 section 3.2, option kind 2.</summary>
public static class TcpMss
{
    /// <summary>Octets of an IPv4 and a TCP header without options.</summary>
    public const int HeadersLength = 40;
    private const int MinTcpHeaderLength = 20;
    private const byte Syn = 0x02;

    /// <summary>
    /// Changes the option and the TCP checksum in place. Returns true after a change. Only a complete first fragment of a SYN is changed.
    /// </summary>
    public static bool Clamp(Span<byte> packet, ushort mss)
    {
        if (packet.Length < Ipv4HeaderView.MinHeaderLength + MinTcpHeaderLength || packet[9] != Ipv4HeaderView.ProtocolTcp) return false;
        var ipHeader = (packet[0] & 0x0F) * 4;
        if (packet[0] >> 4 != 4 || ipHeader < Ipv4HeaderView.MinHeaderLength
            || (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1FFF) != 0) return false;
        if (packet.Length < ipHeader + MinTcpHeaderLength) return false;
        var tcp = packet[ipHeader..];
        if ((tcp[13] & Syn) == 0) return false;
        var end = Math.Min((tcp[12] >> 4) * 4, tcp.Length);
        for (var at = MinTcpHeaderLength; at + 1 < end;)
        {
            var kind = tcp[at];
            if (kind == 0) return false; // end of option list
            if (kind == 1) { at++; continue; } // no-operation
            var length = tcp[at + 1];
            if (length < 2) return false;
            if (kind == 2 && length == 4 && at + 4 <= end) return Lower(tcp, at + 2, mss);
            at += length;
        }
        return false;
    }

    private static bool Lower(Span<byte> tcp, int at, ushort mss)
    {
        var offered = BinaryPrimitives.ReadUInt16BigEndian(tcp[at..]);
        if (offered <= mss) return false;
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(tcp[16..]);
        // after an odd number of octets the value spans two words of the sum: it counts with its octets swapped
        checksum = (at & 1) == 0
            ? InternetChecksum.Update(checksum, offered, mss)
            : InternetChecksum.Update(checksum, BinaryPrimitives.ReverseEndianness(offered), BinaryPrimitives.ReverseEndianness(mss));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], checksum);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[at..], mss);
        return true;
    }
}

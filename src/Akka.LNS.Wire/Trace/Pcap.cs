using System.Buffers.Binary;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Wire.Trace;

/// <summary>
/// Writes a capture file for Wireshark and tcpdump (draft-ietf-opsawg-pcap): raw IP packets with L2TP and RADIUS over UDP. IP and UDP
/// headers are generated with correct checksums. Identification, TTL and fragments of the real packets are not available.
/// </summary>
public static class Pcap
{
    private const uint Magic = 0xA1B2C3D4; // microseconds
    private const uint LinkTypeRaw = 101;  // LINKTYPE_RAW: IPv4 or IPv6, by the first four bits
    private const int SnapLength = 0x10000, MostPayload = 65_000;
    private const int PacketHeader = 16, Ipv4Header = 20, Ipv6Header = 40, UdpHeader = 8;
    private const byte Udp = 17, Ttl = 64;
    private static readonly UInt128 MappedPrefix = 0xFFFF_0000_0000; // ::ffff:0:0/96 (RFC 4291 section 2.5.5.2)

    /// <summary>Returns the header of a file.</summary>
    public static byte[] FileHeader()
    {
        var header = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), 2); // version 2.4
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), LinkTypeRaw);
        return header;
    }

    /// <summary>Returns a packet with one control message. Secrets in it are blanked.</summary>
    /// <param name="from">IPv6 address, or IPv4-mapped address.</param>
    /// <param name="to">IPv6 address, or IPv4-mapped address.</param>
    /// <param name="datagram">Header and AVPs.</param>
    public static byte[] Control(DateTimeOffset at, UInt128 from, ushort fromPort, UInt128 to, ushort toPort, ReadOnlySpan<byte> datagram)
    {
        var packet = Make(at, from, fromPort, to, toPort, Math.Min(datagram.Length, MostPayload), out var payload);
        datagram[..payload.Length].CopyTo(payload);
        TraceSecrets.BlankControl(payload);
        Sum(packet, payload.Length);
        return packet;
    }

    /// <summary>Returns a packet with one PPP frame in a data message. Secrets in it are blanked.</summary>
    /// <param name="tunnel">Tunnel id assigned by the receiver of the message.</param>
    /// <param name="session">Session id assigned by the receiver of the message.</param>
    /// <param name="information">Octets after the protocol field.</param>
    public static byte[] Ppp(
        DateTimeOffset at, UInt128 from, ushort fromPort, UInt128 to, ushort toPort, TunnelId tunnel, SessionId session, ushort protocol,
        ReadOnlySpan<byte> information)
    {
        const int Front = L2tpDataHeader.Length + PppFrame.HeaderLength;
        var packet = Make(at, from, fromPort, to, toPort, Front + Math.Min(information.Length, MostPayload), out var payload);
        L2tpDataHeader.Write(payload, tunnel, session);
        PppFrame.WriteHeader(payload[L2tpDataHeader.Length..], protocol);
        information[..(payload.Length - Front)].CopyTo(payload[Front..]);
        TraceSecrets.BlankPpp(protocol, payload[Front..]);
        Sum(packet, payload.Length);
        return packet;
    }

    /// <summary>Returns a packet with one RADIUS packet. Secrets and authenticators in it are blanked.</summary>
    /// <param name="datagram">Header and attributes.</param>
    /// <param name="dictionary">Dictionary of attribute names. Attributes without a name are blanked.</param>
    public static byte[] Radius(
        DateTimeOffset at, UInt128 from, ushort fromPort, UInt128 to, ushort toPort, ReadOnlySpan<byte> datagram,
        RadiusDictionary dictionary)
    {
        var packet = Make(at, from, fromPort, to, toPort, Math.Min(datagram.Length, MostPayload), out var payload);
        datagram[..payload.Length].CopyTo(payload);
        TraceSecrets.BlankRadius(payload, dictionary);
        Sum(packet, payload.Length);
        return packet;
    }

    private static byte[] Make(
        DateTimeOffset at, UInt128 from, ushort fromPort, UInt128 to, ushort toPort, int length, out Span<byte> payload)
    {
        var isIpv4 = from >> 32 == MappedPrefix >> 32 && to >> 32 == MappedPrefix >> 32;
        var front = isIpv4 ? Ipv4Header : Ipv6Header;
        var total = front + UdpHeader + length;
        var packet = new byte[PacketHeader + total];
        var micros = (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        BinaryPrimitives.WriteUInt32LittleEndian(packet, (uint)(micros / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(4), (uint)(micros % 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), (uint)total);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(12), (uint)total);
        var ip = packet.AsSpan(PacketHeader);
        if (isIpv4)
        {
            ip[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)total);
            (ip[8], ip[9]) = (Ttl, Udp);
            BinaryPrimitives.WriteUInt32BigEndian(ip[12..], (uint)from);
            BinaryPrimitives.WriteUInt32BigEndian(ip[16..], (uint)to);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Of(ip[..Ipv4Header]));
        }
        else
        {
            ip[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(UdpHeader + length));
            (ip[6], ip[7]) = (Udp, Ttl);
            BinaryPrimitives.WriteUInt128BigEndian(ip[8..], from);
            BinaryPrimitives.WriteUInt128BigEndian(ip[24..], to);
        }
        var udp = ip[front..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], toPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(UdpHeader + length));
        payload = udp[UdpHeader..];
        return packet;
    }

    /// <summary>
    /// Writes the UDP checksum, which includes a pseudo-header of addresses, protocol and length. RFC 768, RFC 8200 section 8.1.
    /// </summary>
    private static void Sum(Span<byte> packet, int length)
    {
        var ip = packet[PacketHeader..];
        var isIpv4 = ip[0] >> 4 == 4;
        var addresses = isIpv4 ? ip[12..Ipv4Header] : ip[8..Ipv6Header];
        var udp = ip[(isIpv4 ? Ipv4Header : Ipv6Header)..];
        var checksum = InternetChecksum.Of(udp, InternetChecksum.Sum(addresses, (uint)(Udp + UdpHeader + length)));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xFFFF : checksum);
    }
}

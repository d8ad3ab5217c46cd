using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Akka.LNS.DataPlane.Contract;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>sockaddr_in, sockaddr_in6 and the pktinfo control messages (ip(7), ipv6(7)) as octets.</summary>
internal static unsafe class SocketOctets
{
    /// <summary>sizeof(sockaddr_in6), the larger one.</summary>
    public const int MaxAddress = 28;

    /// <summary>CMSG_SPACE(sizeof(in6_pktinfo)), the larger one.</summary>
    public const int MaxControl = 40;
    private const int Ipv4Address = 16, CmsgHeader = 16, Ipv4Pktinfo = 12, Ipv6Pktinfo = 20;

    /// <summary>Writes a sockaddr; returns its length.</summary>
    public static uint WriteAddress(byte* to, bool isIpv6, UInt128 address, ushort port)
    {
        Unsafe.WriteUnaligned(to, isIpv6 ? AF_INET6 : AF_INET);
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(to + 2, 2), port);
        if (isIpv6)
        {
            Unsafe.WriteUnaligned(to + 4, 0u); // flow information
            BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(to + 8, 16), address);
            Unsafe.WriteUnaligned(to + 24, 0u); // scope
            return MaxAddress;
        }
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(to + 4, 4), (uint)address);
        Unsafe.WriteUnaligned(to + 8, 0ul);
        return Ipv4Address;
    }

    /// <summary>Reads a sockaddr of the socket's family.</summary>
    public static UInt128 ReadAddress(byte* from, bool isIpv6, out ushort port)
    {
        port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(from + 2, 2));
        return isIpv6
            ? BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(from + 8, 16))
            : UdpFlow.Map(BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(from + 4, 4)));
    }

    /// <summary>Writes the control message that gives a datagram its source address; returns its length.</summary>
    public static uint WritePktinfo(byte* to, bool isIpv6, UInt128 source)
    {
        new Span<byte>(to, MaxControl).Clear();
        Unsafe.WriteUnaligned(to, (nuint)(CmsgHeader + (isIpv6 ? Ipv6Pktinfo : Ipv4Pktinfo)));
        Unsafe.WriteUnaligned(to + 8, isIpv6 ? IPPROTO_IPV6 : IPPROTO_IP);
        Unsafe.WriteUnaligned(to + 12, isIpv6 ? IPV6_PKTINFO : IP_PKTINFO);
        if (isIpv6) BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(to + CmsgHeader, 16), source);
        else BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(to + CmsgHeader + 4, 4), (uint)source); // ipi_spec_dst
        return isIpv6 ? 40u : 32;
    }

    /// <summary>Finds the destination address of a datagram among its control messages. 0: there is none.</summary>
    public static UInt128 ReadPktinfo(byte* from, nuint length)
    {
        for (nuint at = 0; at + CmsgHeader <= length;)
        {
            var size = Unsafe.ReadUnaligned<nuint>(from + at);
            if (size < CmsgHeader || at + size > length) return 0;
            var (level, type) = (Unsafe.ReadUnaligned<int>(from + at + 8), Unsafe.ReadUnaligned<int>(from + at + 12));
            var data = from + at + CmsgHeader;
            if (level == IPPROTO_IP && type == IP_PKTINFO && size >= CmsgHeader + Ipv4Pktinfo)
                // ipi_spec_dst: our own, also for a broadcast
                return UdpFlow.Map(BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(data + 4, 4)));
            if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO && size >= CmsgHeader + Ipv6Pktinfo)
                return BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(data, 16));
            at += (size + 7) & ~(nuint)7;
        }
        return 0;
    }
}

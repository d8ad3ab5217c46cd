using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>Writes the rtnetlink requests (rtnetlink(7)) that a TUN device needs.
/// Each message is complete after its method returns.</summary>
/// <remarks>Netlink is in host byte order, addresses in it are in network byte order.</remarks>
internal ref struct NetlinkWriter(Span<byte> buffer, uint sequence)
{
    public const int MaxLength = 256;

    /// <summary>Length of <see cref="AddRoute"/> and <see cref="RemoveRoute"/> in octets: header, rtmsg, two attributes.</summary>
    public const int RouteLength = 16 + 12 + 8 + 8;
    private const ushort NewLink = 16, GetLink = 18, NewAddress = 20, GetAddress = 22, NewRoute = 24, DeleteRoute = 25, GetRoute = 26;
    private const ushort Request = 0x001, Acknowledge = 0x004, Exclusive = 0x200, Create = 0x400, Dump = 0x300;
    private const ushort IflaMtu = 4, IflaTxQueueLength = 13, IflaAfSpec = 26, IflaInet6AddrGenMode = 8, Nested = 0x8000;
    private const ushort IfaAddress = 1, IfaLocal = 2;
    private const ushort RtaDestination = 1, RtaOutInterface = 4;
    private const byte AfInet = 2, AfInet6 = 10, TableMain = 254, ProtocolStatic = 4, ScopeLink = 253, ScopeNowhere = 255, TypeUnicast = 1;
    private const uint FlagUp = 1;
    private readonly Span<byte> _buffer = buffer;
    private int _at;

    /// <summary>RTM_NEWLINK: MTU, length of the queue to user space, up.</summary>
    public ReadOnlySpan<byte> LinkUp(int index, int mtu, int queueLength)
    {
        LinkHeader(index, FlagUp);
        Attribute(IflaMtu, (uint)mtu);
        Attribute(IflaTxQueueLength, (uint)queueLength);
        return End();
    }

    /// <summary>RTM_NEWLINK: no automatic link-local address, hence no router solicitations into the tunnel.
    /// Kernels without IPv6 refuse it.</summary>
    public ReadOnlySpan<byte> NoIpv6Autoconfiguration(int index)
    {
        LinkHeader(index, 0);
        var outer = Open(IflaAfSpec | Nested);
        var inner = Open(AfInet6);
        Attribute(IflaInet6AddrGenMode, [1]); // IN6_ADDR_GEN_MODE_NONE
        Close(inner);
        Close(outer);
        return End();
    }

    /// <summary>RTM_NEWADDR: the address as /32.</summary>
    public ReadOnlySpan<byte> AddAddress(int index, Ipv4Address address)
    {
        Header(NewAddress, Request | Acknowledge | Create | Exclusive);
        Bytes([AfInet, 32, 0, 0]);
        Word((uint)index);
        AddressAttribute(IfaLocal, address);
        AddressAttribute(IfaAddress, address);
        return End();
    }

    /// <summary>RTM_NEWROUTE: a network through the device. It never replaces an existing route.</summary>
    public ReadOnlySpan<byte> AddRoute(int index, Ipv4Prefix network) =>
        Route(NewRoute, Request | Acknowledge | Create | Exclusive, index, network, ScopeLink);

    /// <summary>RTM_DELROUTE.</summary>
    public ReadOnlySpan<byte> RemoveRoute(int index, Ipv4Prefix network) =>
        Route(DeleteRoute, Request | Acknowledge, index, network, ScopeNowhere);

    /// <summary>RTM_GETLINK of one device.</summary>
    public ReadOnlySpan<byte> ReadLink(int index)
    {
        Header(GetLink, Request);
        Word(0);
        Word((uint)index);
        Word(0);
        Word(0);
        return End();
    }

    /// <summary>RTM_GETLINK of all devices.</summary>
    public ReadOnlySpan<byte> ListLinks()
    {
        Header(GetLink, Request | Dump);
        Word(0);
        Word(0);
        Word(0);
        Word(0);
        return End();
    }

    /// <summary>RTM_GETADDR of all IPv4 addresses.</summary>
    public ReadOnlySpan<byte> ListAddresses()
    {
        Header(GetAddress, Request | Dump);
        Bytes([AfInet, 0, 0, 0]);
        Word(0);
        return End();
    }

    /// <summary>RTM_GETROUTE of the IPv4 routes of the main table.</summary>
    /// <param name="index">Device of the routes. 0: all. Kernels before 4.20 list all in any case.</param>
    public ReadOnlySpan<byte> ListRoutes(int index)
    {
        Header(GetRoute, Request | Dump);
        Bytes([AfInet, 0, 0, 0, TableMain, 0, 0, 0]);
        Word(0);
        if (index != 0) Attribute(RtaOutInterface, (uint)index);
        return End();
    }

    /// <summary>Errno of an acknowledgement. 0: done. Null: not an answer to <paramref name="sequence"/>.</summary>
    public static int? ReadAcknowledgement(ReadOnlySpan<byte> octets, uint sequence)
    {
        const ushort error = 2;
        if (octets.Length < 20 || Read16(octets[4..]) != error || Read32(octets[8..]) != sequence) return null;
        return -(int)Read32(octets[16..]);
    }

    private ReadOnlySpan<byte> Route(ushort type, ushort flags, int index, Ipv4Prefix network, byte scope)
    {
        Header(type, flags);
        Bytes([AfInet, network.Length, 0, 0, TableMain, ProtocolStatic, scope, TypeUnicast]);
        Word(0);
        AddressAttribute(RtaDestination, network.Network);
        Attribute(RtaOutInterface, (uint)index);
        return End();
    }

    private void LinkHeader(int index, uint flags)
    {
        Header(NewLink, Request | Acknowledge);
        Word(0); // family, padding, type
        Word((uint)index);
        Word(flags);
        Word(flags); // the mask of what changes
    }

    private void Header(ushort type, ushort flags)
    {
        _at = 4; // the length comes last
        Half(type);
        Half(flags);
        Word(sequence);
        Word(0);
    }

    private readonly ReadOnlySpan<byte> End()
    {
        Write32(_buffer, (uint)_at);
        return _buffer[.._at];
    }

    private void Attribute(ushort type, uint value)
    {
        Half(8);
        Half(type);
        Word(value);
    }

    private void AddressAttribute(ushort type, Ipv4Address address)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, address.Value);
        Attribute(type, value);
    }

    private void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var start = Open(type);
        Bytes(value);
        Close(start);
    }

    private int Open(ushort type)
    {
        var start = _at;
        Half(0);
        Half(type);
        return start;
    }

    private void Close(int start)
    {
        Write16(_buffer[start..], (ushort)(_at - start));
        while ((_at & 3) != 0) _buffer[_at++] = 0;
    }

    private void Half(ushort value)
    {
        Write16(_buffer[_at..], value);
        _at += 2;
    }

    private void Word(uint value)
    {
        Write32(_buffer[_at..], value);
        _at += 4;
    }

    private void Bytes(scoped ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(_buffer[_at..]);
        _at += octets.Length;
    }

    private static void Write16(Span<byte> to, ushort value) => MemoryMarshal.Write(to, value);
    private static void Write32(Span<byte> to, uint value) => MemoryMarshal.Write(to, value);
    private static ushort Read16(ReadOnlySpan<byte> from) => MemoryMarshal.Read<ushort>(from);
    private static uint Read32(ReadOnlySpan<byte> from) => MemoryMarshal.Read<uint>(from);
}

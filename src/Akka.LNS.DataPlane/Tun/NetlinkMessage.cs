using System.Runtime.InteropServices;
using System.Text;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tun;

/// <summary>One message of rtnetlink (rtnetlink(7)): a checked view of its octets, in host byte order.</summary>
internal readonly ref struct NetlinkMessage
{
    public const ushort Error = 2, Done = 3, NewLink = 16, DeleteLink = 17, NewAddress = 20, DeleteAddress = 21;
    public const ushort NewRoute = 24, DeleteRoute = 25;
    public const uint FlagUp = 1;
    private const int HeaderLength = 16, LinkLength = 16, AddressLength = 8, RouteLength = 12, NextHopLength = 8;
    private const ushort IflaName = 3, IflaMtu = 4, IfaAddress = 1, IfaLocal = 2;
    private const ushort RtaDestination = 1, RtaOutInterface = 4, RtaGateway = 5, RtaMultipath = 9, RtaTable = 15;
    private const ushort FlagInterrupted = 0x10;
    private const byte AfInet = 2;
    private const uint Cloned = 0x200;
    private readonly ReadOnlySpan<byte> _octets;

    private NetlinkMessage(ReadOnlySpan<byte> octets) => _octets = octets;

    public ushort Type => Read16(_octets[4..]);
    public uint Sequence => Read32(_octets[8..]);

    /// <summary>The kernel changed the list while it wrote the answer.</summary>
    public bool IsInterrupted => (Read16(_octets[6..]) & FlagInterrupted) != 0;

    /// <summary>Takes the first message off <paramref name="rest"/>. False: there is none, or what follows is no message.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> rest, out NetlinkMessage message)
    {
        message = default;
        if (rest.Length < HeaderLength || Read32(rest) is var length && (length < HeaderLength || length > rest.Length)) return false;
        message = new NetlinkMessage(rest[..(int)length]);
        rest = rest[Math.Min(rest.Length, ((int)length + 3) & ~3)..];
        return true;
    }

    /// <summary>Reads the errno of an <see cref="Error"/>.</summary>
    public bool TryReadError(out int errno)
    {
        errno = Type == Error && _octets.Length >= HeaderLength + 4 ? -(int)Read32(_octets[HeaderLength..]) : 0;
        return Type == Error;
    }

    public bool TryReadLink(out LinkState link)
    {
        link = default;
        if (Type is not (NewLink or DeleteLink) || _octets.Length < HeaderLength + LinkLength) return false;
        link.Index = (int)Read32(_octets[(HeaderLength + 4)..]);
        link.IsUp = (Read32(_octets[(HeaderLength + 8)..]) & FlagUp) != 0;
        link.Name = "";
        var rest = _octets[(HeaderLength + LinkLength)..];
        while (TryReadAttribute(ref rest, out var type, out var value))
        {
            if (type == IflaName) link.Name = Encoding.UTF8.GetString(value.TrimEnd((byte)0));
            else if (type == IflaMtu && value.Length == 4) link.Mtu = (int)Read32(value);
        }
        return true;
    }

    /// <summary>Reads an IPv4 address of the host.</summary>
    public bool TryReadAddress(out Ipv4Address address, out int index)
    {
        (address, index) = (default, 0);
        if (Type is not (NewAddress or DeleteAddress) || _octets.Length < HeaderLength + AddressLength || _octets[HeaderLength] != AfInet)
            return false;
        index = (int)Read32(_octets[(HeaderLength + 4)..]);
        var rest = _octets[(HeaderLength + AddressLength)..];
        var isLocal = false;
        while (TryReadAttribute(ref rest, out var type, out var value))
        {
            if (value.Length != 4 || type is not (IfaLocal or IfaAddress) || (type == IfaAddress && isLocal)) continue;
            (address, isLocal) = (Ipv4Address.Read(value), type == IfaLocal); // on a point-to-point link IFA_ADDRESS is the peer's
        }
        return !address.IsNone;
    }

    /// <summary>Reads an IPv4 route of any table. Of several next hops the first counts.</summary>
    public bool TryReadRoute(out RouteState route)
    {
        route = default;
        if (Type is not (NewRoute or DeleteRoute) || _octets.Length < HeaderLength + RouteLength) return false;
        var header = _octets[HeaderLength..];
        if (header[0] != AfInet || (Read32(header[8..]) & Cloned) != 0) return false;
        var (length, destination) = (header[1], default(Ipv4Address));
        route.Table = header[4];
        var rest = header[RouteLength..];
        while (TryReadAttribute(ref rest, out var type, out var value))
        {
            switch (type)
            {
                case RtaDestination when value.Length == 4: destination = Ipv4Address.Read(value); break;
                case RtaOutInterface when value.Length == 4: route.Index = (int)Read32(value); break;
                case RtaGateway when value.Length == 4: route.Gateway = Ipv4Address.Read(value); break;
                case RtaTable when value.Length == 4: route.Table = Read32(value); break;
                case RtaMultipath when value.Length >= NextHopLength && route.Index == 0:
                    route.Index = (int)Read32(value[4..]);
                    var hop = value[NextHopLength..Math.Clamp(Read16(value), NextHopLength, value.Length)];
                    while (TryReadAttribute(ref hop, out var inner, out var gateway))
                        if (inner == RtaGateway && gateway.Length == 4) route.Gateway = Ipv4Address.Read(gateway);
                    break;
            }
        }
        route.Network = new Ipv4Prefix(destination, length);
        return length <= 32;
    }

    private static bool TryReadAttribute(ref ReadOnlySpan<byte> rest, out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (rest.Length < 4 || Read16(rest) is var length && (length < 4 || length > rest.Length)) return false;
        type = (ushort)(Read16(rest[2..]) & 0x3FFF);
        value = rest[4..length];
        rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        return true;
    }

    private static ushort Read16(ReadOnlySpan<byte> from) => MemoryMarshal.Read<ushort>(from);
    private static uint Read32(ReadOnlySpan<byte> from) => MemoryMarshal.Read<uint>(from);
}

internal record struct LinkState
{
    public int Index { get; set; }
    public string Name { get; set; }
    public bool IsUp { get; set; }
    public int Mtu { get; set; }
}

internal record struct RouteState
{
    public const uint MainTable = 254;

    public Ipv4Prefix Network { get; set; }
    public Ipv4Address Gateway { get; set; }
    public int Index { get; set; }
    public uint Table { get; set; }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>One peer as a datagram shows it: our address, the peer's address and port, and the listening end point.</summary>
/// <remarks>Addresses are 16 octets in network order, IPv4 as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2).
/// Equal flows are the same peer.</remarks>
/// <param name="LocalAddress">The address that the datagram was sent to. Answers leave from it.</param>
/// <param name="RemoteAddress">The peer's address.</param>
/// <param name="RemotePort">The peer's UDP port.</param>
/// <param name="Listener">Index of the end point in <see cref="ListenSettings.Endpoints"/>.</param>
public readonly record struct UdpFlow(UInt128 LocalAddress, UInt128 RemoteAddress, ushort RemotePort, byte Listener)
{
    private static readonly UInt128 MappedPrefix = new(0, 0x0000_FFFF_0000_0000);

    /// <summary>Makes a flow of .NET's own types.</summary>
    public static UdpFlow Of(IPAddress local, IPEndPoint remote, byte listener = 0) =>
        new(ToValue(local), ToValue(remote.Address), (ushort)remote.Port, listener);

    /// <summary>Our address as .NET's type. Allocates: for logs and attributes.</summary>
    public IPAddress Local => ToIPAddress(LocalAddress);

    /// <summary>The peer as .NET's type. Allocates: for logs and attributes.</summary>
    public IPEndPoint Remote => new(ToIPAddress(RemoteAddress), RemotePort);

    /// <summary>The peer as 203.0.113.7:1701 or [2001:db8::7]:1701.</summary>
    public override string ToString() => Remote.ToString();

    /// <summary>Converts an address to its 16-octet value; IPv4 becomes mapped.</summary>
    public static UInt128 ToValue(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(octets, out _);
            return Map(BinaryPrimitives.ReadUInt32BigEndian(octets));
        }
        address.TryWriteBytes(octets, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(octets);
    }

    /// <summary>The IPv4-mapped value of an IPv4 address in host order.</summary>
    public static UInt128 Map(uint ipv4) => MappedPrefix | ipv4;

    /// <summary>Converts a 16-octet value to .NET's type; a mapped value becomes IPv4.</summary>
    public static IPAddress ToIPAddress(UInt128 value)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, value);
        return value >> 32 == MappedPrefix >> 32 ? new IPAddress(octets[12..]) : new IPAddress(octets);
    }
}

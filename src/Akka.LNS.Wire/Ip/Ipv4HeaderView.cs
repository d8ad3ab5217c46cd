using System.Buffers.Binary;

namespace Akka.LNS.Wire.Ip;

/// <summary>Errors in an IPv4 header.</summary>
public enum Ipv4Error
{
    None,
    /// <summary>The packet is shorter than its header or its Total Length.</summary>
    Truncated,
    /// <summary>Version is not 4.</summary>
    NotVersion4,
    /// <summary>IHL below 5, or above Total Length.</summary>
    BadHeaderLength,
}

/// <summary>A checked, zero-copy view of an IPv4 packet (RFC 791 section 3.1). Only <see cref="TryRead"/> makes one.</summary>
/// <remarks><code>
///  0       4       8               16    19                      31
/// |Version|  IHL  |Type of Service|          Total Length         |
/// |         Identification        |Flags|      Fragment Offset    |
/// |  Time to Live |    Protocol   |         Header Checksum       |
/// |                         Source Address                        |
/// |                      Destination Address                      |
/// </code>The view excludes octets after Total Length: they are padding. <see cref="TryRead"/> does not verify the checksum.</remarks>
public readonly ref struct Ipv4HeaderView
{
    /// <summary>Header octets without options.</summary>
    public const int MinHeaderLength = 20;
    public const byte ProtocolIcmp = 1;
    public const byte ProtocolTcp = 6;
    public const byte ProtocolUdp = 17;

    private readonly ReadOnlySpan<byte> _packet; // exactly Total Length octets, never fewer than the header
    private Ipv4HeaderView(ReadOnlySpan<byte> packet) => _packet = packet;

    /// <summary>Header length in octets, options included.</summary>
    public int HeaderLength => (_packet[0] & 0x0F) * 4;
    public int TotalLength => _packet.Length;
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_packet[4..]);
    public bool DontFragment => (_packet[6] & 0x40) != 0;
    public bool MoreFragments => (_packet[6] & 0x20) != 0;
    /// <summary>Position of this fragment's data in the original datagram, in octets.</summary>
    public int FragmentOffset => (BinaryPrimitives.ReadUInt16BigEndian(_packet[6..]) & 0x1FFF) * 8;
    public byte TimeToLive => _packet[8];
    public byte Protocol => _packet[9];
    public Ipv4Address Source => new(BinaryPrimitives.ReadUInt32BigEndian(_packet[12..]));
    public Ipv4Address Destination => new(BinaryPrimitives.ReadUInt32BigEndian(_packet[16..]));
    public bool IsChecksumRight => InternetChecksum.Of(Header) == 0;
    public ReadOnlySpan<byte> Header => _packet[..HeaderLength];
    public ReadOnlySpan<byte> Payload => _packet[HeaderLength..];
    /// <summary>Header and payload, without padding.</summary>
    public ReadOnlySpan<byte> Packet => _packet;

    /// <summary>Reads a header. Checks version, IHL and Total Length against each other and against the number of octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out Ipv4HeaderView view, out Ipv4Error error)
    {
        view = default;
        error = octets.Length == 0 ? Ipv4Error.Truncated
            : octets[0] >> 4 != 4 ? Ipv4Error.NotVersion4
            : octets.Length < MinHeaderLength ? Ipv4Error.Truncated : Ipv4Error.None;
        if (error != Ipv4Error.None) return false;
        var header = (octets[0] & 0x0F) * 4;
        var total = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        error = header < MinHeaderLength || header > total ? Ipv4Error.BadHeaderLength
            : total > octets.Length ? Ipv4Error.Truncated : Ipv4Error.None;
        if (error != Ipv4Error.None) return false;
        view = new Ipv4HeaderView(octets[..total]);
        return true;
    }
}

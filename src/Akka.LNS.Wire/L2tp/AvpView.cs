using System.Buffers.Binary;

namespace Akka.LNS.Wire.L2tp;

/// <summary>A checked, zero-copy view of one AVP (RFC 2661 section 4.1). Only <see cref="TryRead"/> creates one.</summary>
/// <remarks><code>
///  0 1 2     6                   16                              32
/// +-+-+-------+-------------------+-------------------------------+
/// |M|H| rsvd  |  Length (octets)  |           Vendor ID           |
/// |        Attribute Type         |  Attribute Value (Length - 6) ...
/// +-------------------------------+-------------------------------+
/// </code></remarks>
public readonly ref struct AvpView
{
    /// <summary>Octets before the value: flags and Length, Vendor ID, Attribute Type.</summary>
    public const int HeaderLength = 6;
    /// <summary>Largest AVP in octets, header included: the Length field has 10 bits.</summary>
    public const int MaxLength = 0x3FF;
    private readonly ReadOnlySpan<byte> _octets; // exactly Length octets, never fewer than HeaderLength
    private AvpView(ReadOnlySpan<byte> octets) => _octets = octets;

    public bool IsMandatory => (_octets[0] & 0x80) != 0;
    public bool IsHidden => (_octets[0] & 0x40) != 0;
    /// <summary>True: treat the AVP as unrecognized, even if its type is known. RFC 2661 section 4.1.</summary>
    public bool HasReservedBits => (_octets[0] & 0x3C) != 0;
    public ushort VendorId => BinaryPrimitives.ReadUInt16BigEndian(_octets[2..]);
    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_octets[4..]);
    public ReadOnlySpan<byte> Value => _octets[HeaderLength..];

    /// <summary>Removes the first AVP from <paramref name="rest"/>. On failure <paramref name="rest"/> is unchanged.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> rest, out AvpView avp, out L2tpError error)
    {
        avp = default;
        var length = rest.Length < HeaderLength ? 0 : BinaryPrimitives.ReadUInt16BigEndian(rest) & MaxLength;
        error = rest.Length < HeaderLength || length > rest.Length ? L2tpError.AvpTruncated
            : length < HeaderLength ? L2tpError.AvpLengthTooSmall : L2tpError.None;
        if (error != L2tpError.None) return false;
        avp = new AvpView(rest[..length]);
        rest = rest[length..];
        return true;
    }
}

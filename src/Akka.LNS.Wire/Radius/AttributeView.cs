using System.Buffers.Binary;

namespace Akka.LNS.Wire.Radius;

/// <summary>A checked, zero-copy view of one attribute (RFC 2865 section 5). Only <see cref="TryRead"/> creates one.</summary>
/// <remarks><code>
///  0                   1                   2
/// +---------------+---------------+----------
/// |     Type      |    Length     |  Value ...      Length counts all three
/// +---------------+---------------+----------
/// </code></remarks>
public readonly ref struct AttributeView
{
    /// <summary>Octets of Type and Length.</summary>
    public const int HeaderLength = 2;
    /// <summary>Maximum length of a value in octets: Length has 8 bits.</summary>
    public const int MaxValueLength = 255 - HeaderLength;
    private readonly ReadOnlySpan<byte> _octets; // exactly Length octets, at least HeaderLength

    private AttributeView(ReadOnlySpan<byte> octets) => _octets = octets;

    public byte Type => _octets[0];
    public ReadOnlySpan<byte> Value => _octets[HeaderLength..];
    /// <summary>Type, Length and Value.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>Removes the first attribute from <paramref name="rest"/>. On failure <paramref name="rest"/> is unchanged.</summary>
    public static bool TryRead(scoped ref ReadOnlySpan<byte> rest, out AttributeView attribute, out RadiusError error)
    {
        attribute = default;
        var length = rest.Length < HeaderLength ? 0 : rest[1];
        error = rest.Length < HeaderLength || length > rest.Length ? RadiusError.AttributeOverrun
            : length < HeaderLength ? RadiusError.AttributeLengthTooSmall
            : RadiusError.None;
        if (error != RadiusError.None) return false;
        attribute = new AttributeView(rest[..length]);
        rest = rest[length..];
        return true;
    }

    /// <summary>Reads a 32-bit value (integer or date). False: the value does not have four octets.</summary>
    public bool TryReadUInt32(out uint value) => TryReadUInt32(Value, out value);

    /// <summary>Reads an IPv4 address. False: the value does not have four octets.</summary>
    public bool TryReadIpv4(out Ipv4Address value)
    {
        var right = TryReadUInt32(Value, out var octets);
        value = new Ipv4Address(octets);
        return right;
    }

    /// <summary>
    /// Returns the string of a tunnel attribute. A first octet of at most 0x1F is the tag; a larger one belongs to the string. RFC 2868
    /// section 3.3.
    /// </summary>
    public ReadOnlySpan<byte> ReadTagged(out byte tag)
    {
        var value = Value;
        tag = value.Length > 0 && value[0] <= 0x1F ? value[0] : (byte)0;
        return value.Length > 0 && value[0] <= 0x1F ? value[1..] : value;
    }

    /// <summary>Reads the integer of a tunnel attribute: a tag and 24 bits. RFC 2868 section 3.1.</summary>
    public bool TryReadTaggedUInt24(out byte tag, out uint value)
    {
        var right = TryReadUInt32(Value, out var octets);
        (tag, value) = ((byte)(octets >> 24), octets & 0xFFFFFF);
        return right;
    }

    internal static bool TryReadUInt32(ReadOnlySpan<byte> octets, out uint value)
    {
        value = 0;
        return octets.Length == sizeof(uint) && BinaryPrimitives.TryReadUInt32BigEndian(octets, out value);
    }
}

/// <summary>Enumerates the attributes of a packet in order. Ends at the first malformed attribute.</summary>
public ref struct AttributeEnumerator(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;
    private AttributeView _current;

    public readonly AttributeView Current => _current;
    public readonly AttributeEnumerator GetEnumerator() => this;
    public bool MoveNext() => AttributeView.TryRead(ref _rest, out _current, out _);
}

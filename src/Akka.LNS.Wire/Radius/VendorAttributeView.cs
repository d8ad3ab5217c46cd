using System.Buffers.Binary;

namespace Akka.LNS.Wire.Radius;

/// <summary>
/// A view of one attribute in a Vendor-Specific attribute of the recommended format: vendor type, vendor length, value. RFC 2865 section
/// 5.26.
/// </summary>
public readonly ref struct VendorAttributeView
{
    /// <summary>Octets of the Vendor-Id.</summary>
    public const int VendorIdLength = 4;
    private readonly ReadOnlySpan<byte> _octets; // vendor type, vendor length, value

    private VendorAttributeView(uint vendor, ReadOnlySpan<byte> octets)
    {
        Vendor = vendor;
        _octets = octets;
    }

    public uint Vendor { get; }
    public byte Type => _octets[0];
    public ReadOnlySpan<byte> Value => _octets[AttributeView.HeaderLength..];

    public bool TryReadUInt32(out uint value) => AttributeView.TryReadUInt32(Value, out value);

    public bool TryReadIpv4(out Ipv4Address value)
    {
        var right = TryReadUInt32(out var octets);
        value = new Ipv4Address(octets);
        return right;
    }

    /// <summary>Reads the Vendor-Id of a Vendor-Specific attribute. False: another attribute, or too short.</summary>
    public static bool TryReadVendor(AttributeView attribute, out uint vendor)
    {
        vendor = 0;
        return attribute.Type == RadiusAttributeType.VendorSpecific && attribute.Value.Length >= VendorIdLength
            && BinaryPrimitives.TryReadUInt32BigEndian(attribute.Value, out vendor);
    }

    /// <summary>Enumerates the attributes in a Vendor-Specific attribute. None if it has another format.</summary>
    public static Enumerator In(AttributeView attribute) =>
        TryReadVendor(attribute, out var vendor) ? new Enumerator(vendor, attribute.Value[VendorIdLength..]) : default;

    /// <summary>Enumerates vendor attributes. Ends at the first malformed attribute.</summary>
    public ref struct Enumerator(uint vendor, ReadOnlySpan<byte> octets)
    {
        private ReadOnlySpan<byte> _rest = octets;
        private VendorAttributeView _current;

        public readonly VendorAttributeView Current => _current;
        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            var length = _rest.Length < AttributeView.HeaderLength ? 0 : _rest[1];
            if (length < AttributeView.HeaderLength || length > _rest.Length) return false;
            _current = new VendorAttributeView(vendor, _rest[..length]);
            _rest = _rest[length..];
            return true;
        }
    }
}

using System.Buffers.Binary;
using System.Globalization;

namespace Akka.LNS.Wire;

/// <summary>An IPv4 address.</summary>
/// <param name="Value">The address in host order: 192.0.2.1 is 0xC0000201.</param>
public readonly record struct Ipv4Address(uint Value) : IComparable<Ipv4Address>
{
    /// <summary>Octets of an address on the wire.</summary>
    public const int Length = 4;

    /// <summary>Maximum length of the dotted decimal form: 255.255.255.255.</summary>
    public const int MostCharacters = 15;

    /// <summary>0.0.0.0: no address. In IPCP a request for an address. RFC 1332 section 3.3.</summary>
    public static readonly Ipv4Address None;

    public bool IsNone => Value == 0;

    /// <summary>Reads the first four octets in network order. The caller must check the length.</summary>
    public static Ipv4Address Read(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt32BigEndian(octets));

    /// <summary>Writes four octets in network order.</summary>
    public void WriteTo(Span<byte> target) => BinaryPrimitives.WriteUInt32BigEndian(target, Value);

    public int CompareTo(Ipv4Address other) => Value.CompareTo(other.Value);
    public static bool operator <(Ipv4Address a, Ipv4Address b) => a.Value < b.Value;
    public static bool operator >(Ipv4Address a, Ipv4Address b) => a.Value > b.Value;
    public static bool operator <=(Ipv4Address a, Ipv4Address b) => a.Value <= b.Value;
    public static bool operator >=(Ipv4Address a, Ipv4Address b) => a.Value >= b.Value;

    /// <summary>Parses dotted decimal: exactly four numbers of one to three digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        var value = 0u;
        for (var part = 0; part < 4; part++)
        {
            var dot = text.IndexOf('.');
            if (dot < 0 != (part == 3)) return false;
            var digits = dot < 0 ? text : text[..dot];
            if (digits.Length is 0 or > 3 || !byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var octet))
                return false;
            value = (value << 8) | octet;
            text = text[(dot + 1)..];
        }
        address = new Ipv4Address(value);
        return true;
    }

    /// <summary>Like <see cref="TryParse"/>, for settings and tests.</summary>
    /// <exception cref="FormatException">Not an address.</exception>
    public static Ipv4Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv4 address");

    /// <summary>Writes dotted decimal without an allocation. <see cref="MostCharacters"/> characters are always enough.</summary>
    public bool TryFormat(Span<char> target, out int length) =>
        target.TryWrite(CultureInfo.InvariantCulture, $"{Value >> 24}.{(Value >> 16) & 0xFF}.{(Value >> 8) & 0xFF}.{Value & 0xFF}",
            out length);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Value >> 24}.{(Value >> 16) & 0xFF}.{(Value >> 8) & 0xFF}.{Value & 0xFF}");
}

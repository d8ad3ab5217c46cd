using System.Globalization;

namespace Akka.LNS.Wire;

/// <summary>An IPv4 address; <paramref name="Value"/> is in host order (192.0.2.1 is 0xC0000201).</summary>
public readonly record struct Ipv4Address(uint Value)
{
    /// <summary>Reads dotted decimal: exactly four numbers of one to three digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        var value = 0u;
        for (var part = 0; part < 4; part++)
        {
            var dot = text.IndexOf('.');
            if (dot < 0 != (part == 3)) return false;
            var digits = dot < 0 ? text : text[..dot];
            if (digits.Length is 0 or > 3 || !byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var octet)) return false;
            value = (value << 8) | octet;
            text = text[(dot + 1)..];
        }
        address = new Ipv4Address(value);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>, for settings and tests.</summary>
    /// <exception cref="FormatException">Not an address.</exception>
    public static Ipv4Address Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv4 address");

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Value >> 24}.{(Value >> 16) & 0xFF}.{(Value >> 8) & 0xFF}.{Value & 0xFF}");
}

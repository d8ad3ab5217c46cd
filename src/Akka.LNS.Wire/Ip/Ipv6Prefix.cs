using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Akka.LNS.Wire.Ip;

/// <summary>An IPv6 prefix such as 2001:db8::/32. A single address is a /128. Host bits are always zero.</summary>
public readonly record struct Ipv6Prefix
{
    /// <summary>Clears the host bits of <paramref name="network"/> and limits the length to 0 to 128.</summary>
    public Ipv6Prefix(UInt128 network, int length)
    {
        Length = (byte)Math.Clamp(length, 0, 128);
        Network = network & MaskOf(Length);
    }

    public UInt128 Network { get; }

    /// <summary>Prefix length in bits, 0 to 128.</summary>
    public byte Length { get; }

    public static UInt128 MaskOf(int length) => length == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - length);

    /// <summary>Parses "2001:db8::/32", or "2001:db8::1" as a /128. Refuses set host bits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv6Prefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        var length = (byte)128;
        if (slash >= 0 && !(byte.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length <= 128)) return false;
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address)) return false;
        prefix = new Ipv6Prefix(address, length);
        return prefix.Network == address;
    }

    public static bool TryParseAddress(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = default;
        if (text.IndexOf(':') < 0 || text.IndexOfAny('%', '[') >= 0 || !IPAddress.TryParse(text, out var parsed)) return false;
        Span<byte> octets = stackalloc byte[16];
        if (!parsed.TryWriteBytes(octets, out var written) || written != 16) return false;
        address = BinaryPrimitives.ReadUInt128BigEndian(octets);
        return true;
    }

    public static string Format(UInt128 address)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, address);
        return new IPAddress(octets).ToString();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Format(Network)}/{Length}");
}

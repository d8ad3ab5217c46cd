using System.Globalization;

namespace Akka.LNS.Wire.Ip;

/// <summary>An IPv4 network such as 100.64.0.0/16. Host bits are always zero.</summary>
public readonly record struct Ipv4Prefix
{
    /// <summary>Clears the host bits of <paramref name="network"/> and limits the length to 0 to 32.</summary>
    public Ipv4Prefix(Ipv4Address network, int length)
    {
        Length = (byte)Math.Clamp(length, 0, 32);
        Network = new Ipv4Address(network.Value & MaskOf(Length));
    }

    public Ipv4Address Network { get; }

    /// <summary>Prefix length in bits, 0 to 32.</summary>
    public byte Length { get; }

    public uint Mask => MaskOf(Length);

    public bool Contains(Ipv4Address address) => (address.Value & Mask) == Network.Value;

    /// <summary>True when this network contains all of <paramref name="other"/>.</summary>
    public bool Contains(Ipv4Prefix other) => other.Length >= Length && Contains(other.Network);

    public static uint MaskOf(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);

    /// <summary>Parses "192.0.2.0/24", or "192.0.2.1" as a /32. Refuses set host bits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Prefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        var length = (byte)32;
        if (slash >= 0 && !(byte.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length <= 32)) return false;
        if (!Ipv4Address.TryParse(slash < 0 ? text : text[..slash], out var address)) return false;
        prefix = new Ipv4Prefix(address, length);
        return prefix.Network == address;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Network}/{Length}");
}

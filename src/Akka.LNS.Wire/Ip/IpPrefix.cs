using System.Globalization;

namespace Akka.LNS.Wire.Ip;

/// <summary>A network or an address of either IP version. IPv4 is kept inside ::ffff:0:0/96 (RFC 4291 section 2.5.5.2).</summary>
public readonly record struct IpPrefix : IComparable<IpPrefix>
{
    private const int MappedLength = 96;
    private static readonly UInt128 Mapped = (UInt128)0xFFFF << 32;

    public IpPrefix(Ipv4Prefix network) =>
        (Network, Length) = (Mapped | network.Network.Value, (byte)(MappedLength + network.Length));

    public IpPrefix(Ipv4Address address) : this(new Ipv4Prefix(address, 32))
    {
    }

    private IpPrefix(UInt128 network, byte length) => (Network, Length) = (network & Ipv6Prefix.MaskOf(length), length);

    public UInt128 Network { get; }

    /// <summary>Length in bits, 0 to 128. An IPv4 network of /24 has 120.</summary>
    public byte Length { get; }

    /// <summary>The last address.</summary>
    public IpPrefix Last => new(Network | ~Ipv6Prefix.MaskOf(Length), 128);

    public bool IsAddress => Length == 128;

    public bool IsIpv4 => Length >= MappedLength && Network >> 32 == Mapped >> 32;

    /// <summary>True when this network contains all of <paramref name="other"/>.</summary>
    public bool Contains(IpPrefix other) => other.Length >= Length && (other.Network & Ipv6Prefix.MaskOf(Length)) == Network;

    /// <summary>True when one of the two contains the other: networks never overlap in part.</summary>
    public bool Overlaps(IpPrefix other) => Contains(other) || other.Contains(this);

    /// <summary>The network of this length that contains this one.</summary>
    /// <param name="length">At most <see cref="Length"/>.</param>
    public IpPrefix Wider(byte length) => new(Network, Math.Min(length, Length));

    /// <summary>By first address; a wider network before those that it contains.</summary>
    public int CompareTo(IpPrefix other) =>
        Network.CompareTo(other.Network) is var order and not 0 ? order : Length.CompareTo(other.Length);

    public static bool operator <(IpPrefix a, IpPrefix b) => a.CompareTo(b) < 0;
    public static bool operator >(IpPrefix a, IpPrefix b) => a.CompareTo(b) > 0;
    public static bool operator <=(IpPrefix a, IpPrefix b) => a.CompareTo(b) <= 0;
    public static bool operator >=(IpPrefix a, IpPrefix b) => a.CompareTo(b) >= 0;

    /// <summary>192.0.2.0/24, 2001:db8::/32, or an address without a length.</summary>
    public override string ToString()
    {
        var address = IsIpv4 ? new Ipv4Address((uint)Network).ToString() : Ipv6Prefix.Format(Network);
        var length = IsIpv4 ? Length - MappedLength : Length;
        return IsAddress ? address : string.Create(CultureInfo.InvariantCulture, $"{address}/{length}");
    }
}

namespace Akka.LNS.Wire.Ppp;

/// <summary>PPP protocol numbers that this node uses or names. IANA, RFC 1661 section 2.</summary>
public static class PppProtocol
{
    public const ushort Ip = 0x0021;
    public const ushort VjCompressed = 0x002D;
    public const ushort VjUncompressed = 0x002F;
    /// <summary>Multilink (RFC 1990).</summary>
    public const ushort Mp = 0x003D;
    public const ushort Ipv6 = 0x0057;
    public const ushort Compressed = 0x00FD;
    public const ushort Ipcp = 0x8021;
    public const ushort Ipv6cp = 0x8057;
    public const ushort Ccp = 0x80FD;
    public const ushort Lcp = 0xC021;
    public const ushort Pap = 0xC023;
    /// <summary>Link Quality Report (RFC 1989).</summary>
    public const ushort Lqr = 0xC025;
    public const ushort Chap = 0xC223;
    public const ushort Eap = 0xC227;

    /// <summary>
    /// True for protocols of the link such as LCP, authentication and link quality: 0xC000 and above. RFC 1661 section 2.
    /// </summary>
    public static bool IsLinkLayer(ushort protocol) => protocol >= 0xC000;
}

namespace Akka.LNS.Wire.Radius;

/// <summary>How the value of an attribute is written, in the words of FreeRADIUS dictionaries.</summary>
public enum RadiusValueKind
{
    /// <summary>string: UTF-8.</summary>
    Text,
    /// <summary>octets.</summary>
    Octets,
    /// <summary>integer: 32 bits.</summary>
    Integer,
    /// <summary>signed: 32 bits.</summary>
    Signed,
    /// <summary>short: 16 bits.</summary>
    Short,
    /// <summary>byte: 8 bits.</summary>
    Byte,
    /// <summary>integer64.</summary>
    Integer64,
    /// <summary>date: seconds since 1970, UTC.</summary>
    Date,
    /// <summary>ipaddr.</summary>
    Ipv4Address,
    /// <summary>ipv6addr.</summary>
    Ipv6Address,
    /// <summary>ipv6prefix (RFC 3162 section 2.3).</summary>
    Ipv6Prefix,
    /// <summary>ifid: 8 octets, as "1:2:3:4".</summary>
    InterfaceId,
    /// <summary>A type that the dictionary names and this codec does not read into (tlv, evs, struct, ...): shown as octets.</summary>
    Opaque,
}

/// <summary>The flag encrypt= of a dictionary.</summary>
public enum RadiusEncryption
{
    None = 0,
    /// <summary>As a User-Password (RFC 2865 section 5.2).</summary>
    UserPassword = 1,
    /// <summary>With a salt, as a Tunnel-Password (RFC 2868 section 3.5).</summary>
    TunnelPassword = 2,
    /// <summary>Ascend's own.</summary>
    Ascend = 3,
}

/// <summary>One attribute that a dictionary names.</summary>
/// <param name="Vendor">0: a standard attribute.</param>
public sealed record RadiusAttributeDefinition(string Name, uint Vendor, byte Type, RadiusValueKind Kind, bool HasTag, RadiusEncryption Encryption)
{
    /// <summary>Its value is a password, a key or a proof of one: never shown.</summary>
    public bool IsSecret => Encryption != RadiusEncryption.None || RadiusDictionary.IsSecret(Vendor, Type);
}

/// <summary>What is wrong with a dictionary, where, and what would be right.</summary>
public sealed record RadiusDictionaryError(string File, int Line, string What, string Allowed)
{
    public override string ToString() => $"{File}:{Line}: {What}: {Allowed}";
}

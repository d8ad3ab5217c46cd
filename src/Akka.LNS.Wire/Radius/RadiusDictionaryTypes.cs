namespace Akka.LNS.Wire.Radius;

/// <summary>Format of the value of an attribute, with the names of FreeRADIUS dictionaries.</summary>
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
    /// <summary>A type of the dictionary that this codec does not parse (tlv, evs, struct, ...). It is shown as octets.</summary>
    Opaque,
}

/// <summary>Value of the flag encrypt= in a dictionary.</summary>
public enum RadiusEncryption
{
    None = 0,
    /// <summary>As a User-Password (RFC 2865 section 5.2).</summary>
    UserPassword = 1,
    /// <summary>With a salt, as a Tunnel-Password (RFC 2868 section 3.5).</summary>
    TunnelPassword = 2,
    /// <summary>Method of Ascend.</summary>
    Ascend = 3,
}

/// <summary>Definition of one attribute in a dictionary.</summary>
/// <param name="Vendor">Number of the vendor; 0: a standard attribute.</param>
public sealed record RadiusAttributeDefinition(
    string Name, uint Vendor, byte Type, RadiusValueKind Kind, bool HasTag, RadiusEncryption Encryption)
{
    /// <summary>True when the value is a password, a key or a response. It is never shown.</summary>
    public bool IsSecret => Encryption != RadiusEncryption.None || RadiusDictionary.IsSecret(Vendor, Type);
}

/// <summary>An error in a dictionary, its position, and the allowed form.</summary>
public sealed record RadiusDictionaryError(string File, int Line, string What, string Allowed)
{
    public override string ToString() => $"{File}:{Line}: {What}; allowed: {Allowed}";
}

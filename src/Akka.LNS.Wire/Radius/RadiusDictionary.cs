using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Wire.Radius;

/// <summary>
/// Names of attributes and of their values, parsed from text in the format of FreeRADIUS dictionaries. Converts a line such as
/// "Framed-IP-Address = 100.64.1.1" to octets and back. Immutable. Not for the hot path, which uses attribute numbers.
/// </summary>
public sealed partial class RadiusDictionary
{
    private readonly FrozenDictionary<string, RadiusAttributeDefinition> _byName;
    private readonly FrozenDictionary<(uint Vendor, byte Type), RadiusAttributeDefinition> _byNumber;
    private readonly FrozenDictionary<(uint Vendor, byte Type, string Name), uint> _values;
    private readonly FrozenDictionary<(uint Vendor, byte Type, uint Value), string> _valueNames;
    private readonly FrozenDictionary<string, uint> _vendors;

    private RadiusDictionary(Parser parsed)
    {
        _byName = parsed.ByName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _byNumber = parsed.ByNumber.ToFrozenDictionary();
        _values = parsed.Values.ToFrozenDictionary();
        _valueNames = parsed.ValueNames.ToFrozenDictionary();
        _vendors = parsed.Vendors.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Number of attributes.</summary>
    public int Count => _byName.Count;
    public IEnumerable<RadiusAttributeDefinition> Attributes => _byName.Values;

    /// <summary>
    /// Parses dictionaries in order. A later definition replaces an earlier one; two equal definitions of a name are allowed.
    /// </summary>
    /// <param name="sources">Name of each file, for the errors, and its text.</param>
    public static bool TryParse(
        IReadOnlyList<(string File, string Text)> sources, out RadiusDictionary dictionary, out IReadOnlyList<RadiusDictionaryError> errors)
    {
        var parser = new Parser();
        foreach (var (file, text) in sources) parser.Read(file, text);
        dictionary = new RadiusDictionary(parser);
        errors = parser.Errors;
        return errors.Count == 0;
    }

    public RadiusAttributeDefinition? Find(string name) => _byName.GetValueOrDefault(name);
    public RadiusAttributeDefinition? Find(uint vendor, byte type) => _byNumber.GetValueOrDefault((vendor, type));
    public uint? FindVendor(string name) => _vendors.TryGetValue(name, out var vendor) ? vendor : null;

    /// <summary>The most similar name to an unknown one, for an error message. Null: no name is similar.</summary>
    public string? Nearest(string name) => NearestName.Of(name, _byName.Keys);

    /// <summary>True for passwords, keys and responses, by number. A dictionary cannot make them visible.</summary>
    internal static bool IsSecret(uint vendor, byte type) => (vendor, type) switch
    {
        (0, RadiusAttributeType.UserPassword or RadiusAttributeType.ChapPassword or RadiusAttributeType.TunnelPassword) => true,
        // MS-CHAP responses, errors, challenges and password changes; MPPE keys (RFC 2548)
        (RadiusVendor.Microsoft, 1 or 2 or 3 or 4 or 5 or 6 or 11 or 12 or 16 or 17 or 25 or 26 or 27) => true,
        _ => false,
    };

    /// <summary>Encodes "Name = value" (also := and +=; "Name:1 = value" has a tag) as an attribute with Type and Length.</summary>
    public bool TryEncodeLine(string line, out byte[] attribute, out string error)
    {
        attribute = [];
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            var found = line.Trim();
            // the rest of the line may be a value and a secret
            if (found.AsSpan().IndexOfAny(": \t") is > 0 and var end) found = $"{found[..end]} ...";
            error = $"'{found}' has not the form 'Attribute = value'";
            return false;
        }
        var name = line[..equals].TrimEnd(':', '+', ' ', '\t').Trim();
        return TryEncode(name, line[(equals + 1)..].Trim().TrimEnd(',').Trim(), out attribute, out error);
    }

    /// <summary>
    /// Encodes several lines, such as those of a local user, into one array of attributes. Returns all errors at once.
    /// </summary>
    public bool TryEncodeLines(IEnumerable<string> lines, out byte[] attributes, out IReadOnlyList<string> errors)
    {
        List<byte> octets = [];
        List<string> wrong = [];
        foreach (var line in lines)
        {
            if (TryEncodeLine(line, out var attribute, out var error)) octets.AddRange(attribute);
            else wrong.Add(error);
        }
        (attributes, errors) = ([.. octets], wrong);
        return wrong.Count == 0;
    }

    /// <summary>Encodes a value given as text as an attribute with Type and Length.</summary>
    /// <param name="name">Name in the dictionary, followed by ":tag" if the attribute has a tag.</param>
    /// <param name="text">The value. Enclosing quotes are removed.</param>
    /// <param name="error">The error and the allowed values; empty on success.</param>
    public bool TryEncode(string name, string text, out byte[] attribute, out string error)
    {
        attribute = [];
        byte? tag = null;
        if (name.LastIndexOf(':') is > 0 and var colon)
        {
            if (!byte.TryParse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var given) || given > 0x1F)
            {
                error = $"invalid tag in '{name}'; allowed: a number from 0 to 31";
                return false;
            }
            (tag, name) = (given, name[..colon]);
        }
        if (Find(name) is not { } definition)
        {
            error = Nearest(name) is { } nearest ? $"unknown attribute '{name}'; did you mean '{nearest}'?"
                : $"unknown attribute '{name}'";
            return false;
        }
        if (tag is not null && !definition.HasTag)
        {
            error = $"{definition.Name} has no tag";
            return false;
        }
        if (definition.Encryption != RadiusEncryption.None)
        {
            error = $"{definition.Name} is encrypted in RADIUS packets and cannot be set here";
            return false;
        }
        if (text.Length >= 2 && text[0] == text[^1] && text[0] is '"' or '\'') text = text[1..^1];
        var room = definition.Vendor == 0 ? AttributeView.MaxValueLength : RadiusPacketWriter.MaxVendorValueLength;
        Span<byte> value = stackalloc byte[AttributeView.MaxValueLength + 1];
        if (!TryEncodeValue(definition, text, tag ?? 0, value, out var length, out var allowed) || length > room)
        {
            var shown = IsHidden(definition, definition.Vendor, definition.Type, PeerText.Encode(text)) ? "***" : text;
            error = $"{definition.Name} = '{shown}'; allowed: {(allowed.Length == 0 ? $"at most {room} octets" : allowed)}";
            return false;
        }
        attribute = Wrap(definition, value[..length]);
        error = "";
        return true;
    }

    /// <summary>
    /// One attribute as "Name = value"; several joined by ", " for a Vendor-Specific attribute that holds several. Never a secret.
    /// </summary>
    public string Render(AttributeView attribute)
    {
        if (!VendorAttributeView.TryReadVendor(attribute, out var vendor)) return Render(0, attribute.Type, attribute.Value);
        var text = new StringBuilder();
        foreach (var inner in VendorAttributeView.In(attribute))
            text.Append(text.Length == 0 ? "" : ", ").Append(Render(vendor, inner.Type, inner.Value));
        // not the recommended format: the octets could be a key
        return text.Length > 0 ? text.ToString()
            : string.Create(CultureInfo.InvariantCulture, $"Vendor-{vendor} = {attribute.Value.Length} octets");
    }

    /// <summary>The same for one attribute of a vendor.</summary>
    public string Render(VendorAttributeView attribute) => Render(attribute.Vendor, attribute.Type, attribute.Value);

    private string Render(uint vendor, byte type, ReadOnlySpan<byte> value)
    {
        var definition = Find(vendor, type);
        var name = definition?.Name ?? (vendor == 0
            ? string.Create(CultureInfo.InvariantCulture, $"Attr-{type}")
            : string.Create(CultureInfo.InvariantCulture, $"Attr-26.{vendor}.{type}"));
        if (IsHidden(definition, vendor, type, value)) return $"{name} = ***";
        var tag = (byte)0;
        if (definition is { HasTag: true } && value.Length > 0 && value[0] <= 0x1F)
        {
            tag = value[0];
            value = value[1..];
        }
        var shown = definition is null ? Hex(value) : RenderValue(definition, value);
        return tag == 0 ? $"{name} = {shown}" : string.Create(CultureInfo.InvariantCulture, $"{name}:{tag} = {shown}");
    }

    /// <summary>True when <see cref="Render(AttributeView)"/> hides the value, or the value of an attribute in it.</summary>
    public bool HoldsSecret(AttributeView attribute)
    {
        if (!VendorAttributeView.TryReadVendor(attribute, out var vendor))
            return IsHidden(Find(0, attribute.Type), 0, attribute.Type, attribute.Value);
        foreach (var inner in VendorAttributeView.In(attribute))
            if (IsHidden(Find(vendor, inner.Type), vendor, inner.Type, inner.Value)) return true;
        return false;
    }

    /// <summary>True for a value that must not be shown: it is or contains a secret, or has no name and could be one.</summary>
    internal bool IsUnseen(uint vendor, byte type, ReadOnlySpan<byte> value) =>
        Find(vendor, type) is not { } definition || IsHidden(definition, vendor, type, value);

    private static bool IsHidden(RadiusAttributeDefinition? definition, uint vendor, byte type, ReadOnlySpan<byte> value) =>
        (definition?.IsSecret ?? IsSecret(vendor, type))
            || (vendor != 0 && definition is { Kind: RadiusValueKind.Text } && HoldsSecret(value));

    /// <summary>True for a vendor text such as "vpdn:l2tp-tunnel-password=...".</summary>
    private static bool HoldsSecret(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'=');
        if (end < 0) return false;
        var name = Encoding.UTF8.GetString(text[..end]);
        return name.Contains("password", StringComparison.OrdinalIgnoreCase) || name.Contains("passwd", StringComparison.OrdinalIgnoreCase)
            || name.Contains("secret", StringComparison.OrdinalIgnoreCase) || name.EndsWith("key", StringComparison.OrdinalIgnoreCase);
    }

    private string RenderValue(RadiusAttributeDefinition definition, ReadOnlySpan<byte> value)
    {
        switch (definition.Kind)
        {
            case RadiusValueKind.Text: return PeerText.Quote(value);
            case RadiusValueKind.Integer when value.Length is 4 or 3 && (value.Length == 4 || definition.HasTag):
                var number = value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(value)
                    : (uint)((value[0] << 16) | (value[1] << 8) | value[2]);
                return ValueName(definition, number);
            case RadiusValueKind.Signed when value.Length == 4:
                return BinaryPrimitives.ReadInt32BigEndian(value).ToString(CultureInfo.InvariantCulture);
            case RadiusValueKind.Short when value.Length == 2: return ValueName(definition, BinaryPrimitives.ReadUInt16BigEndian(value));
            case RadiusValueKind.Byte when value.Length == 1: return ValueName(definition, value[0]);
            case RadiusValueKind.Integer64 when value.Length == 8:
                return BinaryPrimitives.ReadUInt64BigEndian(value).ToString(CultureInfo.InvariantCulture);
            case RadiusValueKind.Date when value.Length == 4:
                return DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(value)).ToString(
                    "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            case RadiusValueKind.Ipv4Address when value.Length == 4: return Ipv4Address.Read(value).ToString();
            case RadiusValueKind.Ipv6Address when value.Length == 16:
                return Ipv6Prefix.Format(BinaryPrimitives.ReadUInt128BigEndian(value));
            case RadiusValueKind.Ipv6Prefix when value.Length is >= 2 and <= 18 && value[1] <= 128:
                Span<byte> network = stackalloc byte[16];
                network.Clear();
                value[2..].CopyTo(network);
                return new Ipv6Prefix(BinaryPrimitives.ReadUInt128BigEndian(network), value[1]).ToString();
            case RadiusValueKind.InterfaceId when value.Length == 8:
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{value[0] << 8 | value[1]:x}:{value[2] << 8 | value[3]:x}:{value[4] << 8 | value[5]:x}:{value[6] << 8 | value[7]:x}");
            default: return Hex(value);
        }
    }

    private string ValueName(RadiusAttributeDefinition definition, uint number) =>
        _valueNames.TryGetValue((definition.Vendor, definition.Type, number), out var name) ? name
            : number.ToString(CultureInfo.InvariantCulture);

    private bool TryEncodeValue(
        RadiusAttributeDefinition definition, string text, byte tag, Span<byte> value, out int length, out string allowed)
    {
        length = 0;
        allowed = "";
        switch (definition.Kind)
        {
            case RadiusValueKind.Text:
                var at = definition.HasTag && tag != 0 ? 1 : 0;
                value[0] = tag;
                if (!TryPut(text, value[at..], out length) || length == 0)
                {
                    allowed = "a text of 1 to 253 octets";
                    return false;
                }
                length += at;
                return true;
            case RadiusValueKind.Octets or RadiusValueKind.Opaque:
                if (!text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return TryPut(text, value, out length);
                allowed = "hexadecimal digits in pairs after 0x, or a text";
                return Convert.FromHexString(text.AsSpan(2), value, out _, out length) == System.Buffers.OperationStatus.Done;
            case RadiusValueKind.Integer or RadiusValueKind.Short or RadiusValueKind.Byte:
                var most = definition.HasTag ? 0xFFFFFFu
                    : definition.Kind switch
                    {
                        RadiusValueKind.Short => ushort.MaxValue,
                        RadiusValueKind.Byte => byte.MaxValue,
                        _ => uint.MaxValue
                    };
                if (!_values.TryGetValue((definition.Vendor, definition.Type, text.ToUpperInvariant()), out var number)
                    && !TryNumber(text, out number) || number > most)
                {
                    allowed = string.Create(CultureInfo.InvariantCulture, $"a number from 0 to {most}{Names(definition)}");
                    return false;
                }
                length = definition.Kind switch { RadiusValueKind.Short => 2, RadiusValueKind.Byte => 1, _ => 4 };
                if (definition.HasTag) number |= (uint)tag << 24;
                for (var i = 0; i < length; i++) value[i] = (byte)(number >> (8 * (length - 1 - i)));
                return true;
            case RadiusValueKind.Signed:
                allowed = "a number from -2147483648 to 2147483647";
                length = 4;
                if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var signed)) return false;
                BinaryPrimitives.WriteInt32BigEndian(value, signed);
                return true;
            case RadiusValueKind.Integer64:
                allowed = "a number from 0 to 18446744073709551615";
                length = 8;
                if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var wide)) return false;
                BinaryPrimitives.WriteUInt64BigEndian(value, wide);
                return true;
            case RadiusValueKind.Date:
                allowed = "seconds since 1970 or a time such as 2026-01-31T12:00:00Z";
                length = 4;
                if (!TryNumber(text, out var seconds))
                {
                    if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                        || time.ToUnixTimeSeconds() is < 0 or > uint.MaxValue) return false;
                    seconds = (uint)time.ToUnixTimeSeconds();
                }
                BinaryPrimitives.WriteUInt32BigEndian(value, seconds);
                return true;
            case RadiusValueKind.Ipv4Address:
                allowed = "an IPv4 address such as 192.0.2.1";
                length = 4;
                if (!Ipv4Address.TryParse(text, out var address)) return false;
                address.WriteTo(value);
                return true;
            case RadiusValueKind.Ipv6Address:
                allowed = "an IPv6 address such as 2001:db8::1";
                length = 16;
                if (!Ipv6Prefix.TryParseAddress(text, out var address6)) return false;
                BinaryPrimitives.WriteUInt128BigEndian(value, address6);
                return true;
            case RadiusValueKind.Ipv6Prefix:
                allowed = "an IPv6 prefix such as 2001:db8::/56";
                if (!Ipv6Prefix.TryParse(text, out var prefix)) return false;
                length = 2 + (prefix.Length + 7) / 8;
                Span<byte> network = stackalloc byte[16];
                BinaryPrimitives.WriteUInt128BigEndian(network, prefix.Network);
                value[0] = 0;
                value[1] = prefix.Length;
                network[..(length - 2)].CopyTo(value[2..]);
                return true;
            default:
                allowed = "four hexadecimal numbers such as 1:2:3:4";
                length = 8;
                return TryInterfaceId(text, value);
        }
    }

    private string Names(RadiusAttributeDefinition definition)
    {
        List<string> names = [];
        foreach (var ((vendor, type, _), name) in _valueNames)
            if (vendor == definition.Vendor && type == definition.Type)
                names.Add(name);
        names.Sort(StringComparer.Ordinal);
        return names.Count switch
        {
            0 => "",
            > 24 => $" or one of {names.Count} names such as {names[0]}",
            _ => $" or one of {string.Join(", ", names)}"
        };
    }

    private static bool TryPut(string text, Span<byte> value, out int length)
    {
        length = PeerText.OctetCount(text);
        if (length > value.Length) return false;
        PeerText.Encode(text, value);
        return true;
    }

    private static byte[] Wrap(RadiusAttributeDefinition definition, ReadOnlySpan<byte> value)
    {
        if (definition.Vendor == 0) return [definition.Type, (byte)(AttributeView.HeaderLength + value.Length), .. value];
        Span<byte> vendor = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(vendor, definition.Vendor);
        return [RadiusAttributeType.VendorSpecific, (byte)(8 + value.Length), .. vendor, definition.Type, (byte)(2 + value.Length),
            .. value];
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out uint number) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? uint.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool TryInterfaceId(ReadOnlySpan<char> text, Span<byte> value)
    {
        for (var i = 0; i < 4; i++)
        {
            var colon = text.IndexOf(':');
            if (colon < 0 != (i == 3)) return false;
            if (!ushort.TryParse(
                colon < 0 ? text : text[..colon], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var part)) return false;
            BinaryPrimitives.WriteUInt16BigEndian(value[(2 * i)..], part);
            text = text[(colon + 1)..];
        }
        return true;
    }

    private static string Hex(ReadOnlySpan<byte> value) => $"0x{Convert.ToHexStringLower(value)}";
}

namespace Akka.LNS.Wire.Radius;

public sealed partial class RadiusDictionary
{
    /// <summary>
    /// Parses the lines ATTRIBUTE, VALUE, VENDOR, BEGIN-VENDOR and END-VENDOR. Any other line is an error with file and line.
    /// </summary>
    private sealed class Parser
    {
        private const string Lines = "ATTRIBUTE, VALUE, VENDOR, BEGIN-VENDOR or END-VENDOR";
        private string _file = "";
        private int _line;
        private (string Name, uint Number)? _vendor;

        public Dictionary<string, RadiusAttributeDefinition> ByName { get; } = new(StringComparer.OrdinalIgnoreCase);
        public Dictionary<(uint, byte), RadiusAttributeDefinition> ByNumber { get; } = [];
        /// <summary>Values by vendor, attribute and name in capitals.</summary>
        public Dictionary<(uint, byte, string), uint> Values { get; } = [];
        public Dictionary<(uint, byte, uint), string> ValueNames { get; } = [];
        public Dictionary<string, uint> Vendors { get; } = new(StringComparer.OrdinalIgnoreCase);
        public List<RadiusDictionaryError> Errors { get; } = [];

        public void Read(string file, string text)
        {
            (_file, _line, _vendor) = (file, 0, null);
            foreach (var line in text.Split('\n'))
            {
                _line++;
                var comment = line.IndexOf('#', StringComparison.Ordinal);
                var words = (comment < 0 ? line : line[..comment]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (words.Length > 0) Read(words);
            }
            if (_vendor is { } open) Error($"BEGIN-VENDOR {open.Name} is not ended", $"END-VENDOR {open.Name}");
        }

        private void Read(string[] words)
        {
            switch (words[0].ToUpperInvariant())
            {
                case "ATTRIBUTE": Attribute(words); break;
                case "VALUE": Value(words); break;
                case "VENDOR": Vendor(words); break;
                case "BEGIN-VENDOR": Begin(words); break;
                case "END-VENDOR": End(words); break;
                case "$INCLUDE" or "$INCLUDE-":
                    Error($"{words[0]} is not supported", "one entry in the settings for each file");
                    break;
                default: Error($"unknown keyword '{words[0]}'", Lines); break;
            }
        }

        private void Vendor(string[] words)
        {
            if (words.Length is < 3 or > 4 || !TryNumber(words[2], out var number) || number is 0 or > 0xFFFFFF)
                Error("malformed VENDOR line", "VENDOR name number, with a number from 1 to 16777215");
            else if (words.Length == 4 && words[3] != "format=1,1")
                Error($"'{words[3]}' is not supported", "format=1,1 (one octet of type, one of length)");
            else if (Vendors.TryGetValue(words[1], out var known) && known != number)
                Error($"vendor {words[1]} already has number {known}", "one number for each name");
            else Vendors[words[1]] = number;
        }

        private void Begin(string[] words)
        {
            if (_vendor is { } open) Error($"BEGIN-VENDOR {open.Name} is not ended", $"END-VENDOR {open.Name}");
            if (words.Length != 2) Error("malformed BEGIN-VENDOR line", "BEGIN-VENDOR name");
            else if (!Vendors.TryGetValue(words[1], out var number))
                Error($"unknown vendor '{words[1]}'", "VENDOR name number in an earlier line");
            else _vendor = (words[1], number);
        }

        private void End(string[] words)
        {
            if (_vendor is not { } open) Error("END-VENDOR without BEGIN-VENDOR", "BEGIN-VENDOR name in an earlier line");
            else if (words.Length != 2 || !string.Equals(words[1], open.Name, StringComparison.OrdinalIgnoreCase))
                Error($"END-VENDOR does not match BEGIN-VENDOR {open.Name}", $"END-VENDOR {open.Name}");
            _vendor = null;
        }

        private void Attribute(string[] words)
        {
            if (words.Length is < 4 or > 5)
            {
                Error("malformed ATTRIBUTE line", "ATTRIBUTE name number type [flags]");
                return;
            }
            // ignored: a nested attribute (1.2) needs a format that no server sends to an LNS
            if (words[2].Contains('.', StringComparison.Ordinal)) return;
            if (!TryNumber(words[2], out var number) || number is 0 or > 255)
            {
                Error($"invalid number '{words[2]}' of attribute {words[1]}", "1 to 255");
                return;
            }
            if (Kind(words[3]) is not { } kind)
            {
                Error($"unknown type '{words[3]}' of attribute {words[1]}",
                    "string, octets, integer, signed, short, byte, integer64, date, ipaddr, ipv6addr, ipv6prefix or ifid (tlv and"
                        + " others are shown as octets)");
                return;
            }
            var (hasTag, encryption) = (false, RadiusEncryption.None);
            if (words.Length == 5 && !Flags(words[4], ref hasTag, ref encryption)) return;
            var definition = new RadiusAttributeDefinition(words[1], _vendor?.Number ?? 0, (byte)number, kind, hasTag, encryption);
            if (ByName.TryGetValue(definition.Name, out var before) && (before.Vendor, before.Type) != (definition.Vendor, definition.Type))
            {
                Error($"attribute {definition.Name} already has number {before.Type} of vendor {before.Vendor}",
                    "one number for each name");
                return;
            }
            ByName[definition.Name] = definition;
            ByNumber[(definition.Vendor, definition.Type)] = definition;
        }

        private bool Flags(string text, ref bool hasTag, ref RadiusEncryption encryption)
        {
            foreach (var flag in text.Split(','))
            {
                switch (flag)
                {
                    case "has_tag": hasTag = true; break;
                    case "encrypt=1": encryption = RadiusEncryption.UserPassword; break;
                    case "encrypt=2": encryption = RadiusEncryption.TunnelPassword; break;
                    case "encrypt=3": encryption = RadiusEncryption.Ascend; break;
                    case "secret" or "concat" or "array" or "virtual" or "internal" or "abinary": break; // only the server uses these flags
                    default:
                        Error($"unknown flag '{flag}'", "has_tag, encrypt=1, encrypt=2 or encrypt=3");
                        return false;
                }
            }
            return true;
        }

        private void Value(string[] words)
        {
            if (words.Length != 4 || !TryNumber(words[3], out var number))
            {
                Error("malformed VALUE line", "VALUE attribute name number");
                return;
            }
            if (!ByName.TryGetValue(words[1], out var attribute))
            {
                Error($"unknown attribute '{words[1]}'", "ATTRIBUTE in an earlier line");
                return;
            }
            Values[(attribute.Vendor, attribute.Type, words[2].ToUpperInvariant())] = number;
            ValueNames.TryAdd((attribute.Vendor, attribute.Type, number), words[2]); // the first name of a number is shown
        }

        private static RadiusValueKind? Kind(string type)
        {
            var bracket = type.IndexOf('[', StringComparison.Ordinal); // octets[16]: the length is checked on use
            return (bracket < 0 ? type : type[..bracket]).ToLowerInvariant() switch
            {
                "string" or "text" => RadiusValueKind.Text,
                "octets" => RadiusValueKind.Octets,
                "integer" or "uint32" => RadiusValueKind.Integer,
                "signed" or "int32" => RadiusValueKind.Signed,
                "short" or "uint16" => RadiusValueKind.Short,
                "byte" or "uint8" => RadiusValueKind.Byte,
                "integer64" or "uint64" => RadiusValueKind.Integer64,
                "date" => RadiusValueKind.Date,
                "ipaddr" => RadiusValueKind.Ipv4Address,
                "ipv6addr" => RadiusValueKind.Ipv6Address,
                "ipv6prefix" => RadiusValueKind.Ipv6Prefix,
                "ifid" => RadiusValueKind.InterfaceId,
                "tlv" or "evs" or "extended" or "long-extended" or "vsa" or "struct" or "ether" or "ipv4prefix" or "combo-ip" or "abinary"
                    or "bool" => RadiusValueKind.Opaque,
                _ => null,
            };
        }

        private void Error(string what, string allowed) => Errors.Add(new RadiusDictionaryError(_file, _line, what, allowed));
    }
}

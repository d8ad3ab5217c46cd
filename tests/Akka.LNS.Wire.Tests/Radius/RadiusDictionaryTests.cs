using Akka.LNS.Wire.Radius;
using CsCheck;

namespace Akka.LNS.Wire.Tests.Radius;

public class RadiusDictionaryTests
{
    private static readonly RadiusDictionary Dictionary = RadiusDictionary.Default;

    private static string Render(string hex)
    {
        ReadOnlySpan<byte> octets = Convert.FromHexString(hex);
        Assert.True(AttributeView.TryRead(ref octets, out var attribute, out _));
        return Dictionary.Render(attribute);
    }

    [Fact]
    public void The_embedded_dictionaries_have_no_error()
    {
        Assert.True(RadiusDictionary.TryParseWithDefault([], out var dictionary, out var errors), string.Join('\n', errors));
        Assert.InRange(dictionary.Count, 150, 1000);
        foreach (var vendor in new[] { (9u, "Cisco"), (311u, "Microsoft"), (3561u, "DSL-Forum"), (12341u, "mpd") })
            Assert.Equal(vendor.Item1, dictionary.FindVendor(vendor.Item2));
    }

    [Theory] // all of MPD's, by number
    [InlineData(1, "mpd-rule"), InlineData(2, "mpd-pipe"), InlineData(3, "mpd-queue"), InlineData(4, "mpd-table"),
        InlineData(5, "mpd-table-static")]
    [InlineData(6, "mpd-filter"), InlineData(7, "mpd-limit"), InlineData(8, "mpd-input-octets"), InlineData(9, "mpd-input-packets")]
    [InlineData(10, "mpd-output-octets"), InlineData(11, "mpd-output-packets"), InlineData(12, "mpd-link"), InlineData(13, "mpd-bundle")]
    [InlineData(14, "mpd-iface"), InlineData(15, "mpd-iface-index"), InlineData(16, "mpd-input-acct"), InlineData(17, "mpd-output-acct")]
    [InlineData(18, "mpd-action"), InlineData(19, "mpd-peer-ident"), InlineData(20, "mpd-iface-name"), InlineData(21, "mpd-iface-descr")]
    [InlineData(22, "mpd-iface-group"), InlineData(23, "mpd-term-cause"), InlineData(154, "mpd-drop-user")]
    public void Mpd_is_known(byte number, string name) => Assert.Equal(name, Dictionary.Find(12341, number)?.Name);

    [Theory]
    [InlineData("Framed-IP-Address = 100.64.1.1", "080664400101")]
    [InlineData("framed-ip-address := 100.64.1.1,", "080664400101")]
    [InlineData("Reply-Message = \"hello, world\"", "120e68656c6c6f2c20776f726c64")]
    [InlineData("Framed-Route += '192.0.2.0/24 0.0.0.0 1'", "16183139322e302e322e302f323420302e302e302e302031")]
    [InlineData("Service-Type = Framed-User", "060600000002")]
    [InlineData("Service-Type = framed", "060600000002")]
    [InlineData("Session-Timeout = 3600", "1b0600000e10")]
    [InlineData("Session-Timeout = 0x10", "1b0600000010")]
    [InlineData("Class = 0x00ff", "190400ff")]
    [InlineData("Tunnel-Type:1 = L2TP", "400601000003")]
    [InlineData("Tunnel-Client-Endpoint:2 = 10.0.0.1", "420b0231302e302e302e31")]
    [InlineData("Tunnel-Client-Endpoint = 10.0.0.1", "420a31302e302e302e31")]
    [InlineData("MS-Primary-DNS-Server = 192.0.2.53", "1a0c000001371c06c0000235")]
    [InlineData("mpd-drop-user = 1", "1a0c000030359a0600000001")]
    [InlineData("Framed-IPv6-Prefix = 2001:db8:1::/48", "610a003020010db80001")]
    [InlineData("Framed-IPv6-Address = 2001:db8::1", "a81220010db8000000000000000000000001")]
    [InlineData("Framed-Interface-Id = 0:0:0:1", "600a0000000000000001")]
    [InlineData("Event-Timestamp = 2026-01-31T12:00:00Z", "3706697deec0")]
    public void Lines_become_octets(string line, string expected)
    {
        Assert.True(Dictionary.TryEncodeLine(line, out var attribute, out var error), error);
        Assert.Equal(expected, Convert.ToHexStringLower(attribute));
    }

    [Theory]
    [InlineData("Framed-IP-Adress = 1.2.3.4", "unknown attribute 'Framed-IP-Adress'; did you mean 'Framed-IP-Address'?")]
    [InlineData("Zzzzzzzzzzzzzz = 1", "unknown attribute 'Zzzzzzzzzzzzzz'")]
    [InlineData("Framed-IP-Address = 1.2.3", "Framed-IP-Address = '1.2.3'; allowed: an IPv4 address such as 192.0.2.1")]
    [InlineData("Framed-Protocol = PPTP",
        "Framed-Protocol = 'PPTP'; allowed: a number from 0 to 4294967295 or one of ARAP, Gandalf-SLML, PPP, SLIP,"
        + " X.75-Synchronous, Xylogics-IPX-SLIP")]
    [InlineData("Class = 0x0", "Class = '0x0'; allowed: hexadecimal digits in pairs after 0x, or a text")]
    [InlineData("Framed-MTU:1 = 5", "Framed-MTU has no tag")]
    [InlineData("Tunnel-Type:32 = L2TP", "invalid tag in 'Tunnel-Type:32'; allowed: a number from 0 to 31")]
    [InlineData("User-Password = x", "User-Password is encrypted in RADIUS packets and cannot be set here")]
    [InlineData("nonsense", "'nonsense' has not the form 'Attribute = value'")]
    [InlineData("Tunnel-Password: 5ecret", "'Tunnel-Password ...' has not the form 'Attribute = value'")]
    public void Errors_of_invalid_lines_name_the_allowed_values(string line, string expected)
    {
        Assert.False(Dictionary.TryEncodeLine(line, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Lines_of_a_user_are_encoded_together_and_all_errors_are_reported()
    {
        Assert.True(Dictionary.TryEncodeLines(["Session-Timeout = 1", "Idle-Timeout = 2"], out var attributes, out _));
        Assert.Equal("1b06000000011c0600000002", Convert.ToHexStringLower(attributes));
        Assert.False(Dictionary.TryEncodeLines(["Session-Timeout = x", "Idle-Timeout = 2", "y"], out _, out var errors));
        Assert.Equal(["Session-Timeout = 'x'; allowed: a number from 0 to 4294967295", "'y' has not the form 'Attribute = value'"], errors);
    }

    [Fact]
    public void A_value_that_is_too_long_is_refused()
    {
        Assert.True(Dictionary.TryEncode("Reply-Message", new string('a', 253), out _, out _));
        Assert.False(Dictionary.TryEncode("Reply-Message", new string('a', 254), out _, out _));
        Assert.True(Dictionary.TryEncode("mpd-link", new string('a', 247), out _, out _));
        Assert.False(Dictionary.TryEncode("mpd-link", new string('a', 248), out _, out _));
        Assert.False(Dictionary.TryEncode("Class", new string('a', 5000), out _, out _));
        Assert.False(Dictionary.TryEncode("Tunnel-Client-Endpoint:1", new string('a', 253), out _, out _));
    }

    [Theory]
    [InlineData("080664400101", "Framed-IP-Address = 100.64.1.1")]
    [InlineData("060600000002", "Service-Type = Framed-User")]
    [InlineData("0606000003e7", "Service-Type = 999")]
    [InlineData("12070a61225c62", "Reply-Message = \"\\x0Aa\\\"\\\\b\"")]
    [InlineData("190400ff", "Class = 0x00ff")]
    [InlineData("400601000003", "Tunnel-Type:1 = L2TP")]
    [InlineData("400600000003", "Tunnel-Type = L2TP")]
    [InlineData("420b0231302e302e302e31", "Tunnel-Client-Endpoint:2 = \"10.0.0.1\"")]
    [InlineData("610a003020010db80001", "Framed-IPv6-Prefix = 2001:db8:1::/48")]
    [InlineData("600a0000000000000001", "Framed-Interface-Id = 0:0:0:1")]
    [InlineData("3706697deec0", "Event-Timestamp = 2026-01-31T12:00:00Z")]
    [InlineData("0804aabb", "Framed-IP-Address = 0xaabb")] // a wrong length is shown as it is
    [InlineData("fb03aa", "Attr-251 = 0xaa")]
    [InlineData("1a0c000001371c06c0000235", "MS-Primary-DNS-Server = 192.0.2.53")]
    [InlineData("1a0a0000303517046869", "mpd-term-cause = \"hi\"")]
    [InlineData("1a090000ffff0103aa", "Attr-26.65535.1 = 0xaa")]
    [InlineData("1a070000013701", "Vendor-311 = 5 octets")]
    [InlineData("1a03aa", "Vendor-Specific = 0xaa")]
    [InlineData("021200000000000000000000000000000000", "User-Password = ***")]
    [InlineData("031300000000000000000000000000000000aa", "CHAP-Password = ***")]
    [InlineData("450401aa", "Tunnel-Password = ***")]
    [InlineData("1a0a000001371904aabb", "MS-CHAP2-Response = ***")]
    [InlineData("1a0a000001371a04aabb", "MS-CHAP2-Success = ***")]
    [InlineData("1a0a000001371004aabb", "MS-MPPE-Send-Key = ***")]
    [InlineData("1a0a000001371104aabb", "MS-MPPE-Recv-Key = ***")]
    [InlineData("1a0a000001370c04aabb", "MS-CHAP-MPPE-Keys = ***")]
    public void Octets_become_lines_and_secrets_stay_hidden(string octets, string expected) => Assert.Equal(expected, Render(octets));

    [Fact]
    public void No_dictionary_makes_a_secret_visible()
    {
        Assert.True(RadiusDictionary.TryParse([("mine", "ATTRIBUTE Pw 2 string\n")], out var dictionary, out _));
        ReadOnlySpan<byte> octets = [2, 3, 65];
        Assert.True(AttributeView.TryRead(ref octets, out var attribute, out _));
        Assert.Equal("Pw = ***", dictionary.Render(attribute));
        Assert.False(dictionary.TryEncode("Pw", new string('s', 300), out _, out var error));
        Assert.DoesNotContain("sss", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$INCLUDE other", "mine:1: $INCLUDE is not supported; allowed: one entry in the settings for each file")]
    [InlineData("\nATRIBUTE x 1 string",
        "mine:2: unknown keyword 'ATRIBUTE'; allowed: ATTRIBUTE, VALUE, VENDOR, BEGIN-VENDOR or END-VENDOR")]
    [InlineData("ATTRIBUTE x 1", "mine:1: malformed ATTRIBUTE line; allowed: ATTRIBUTE name number type [flags]")]
    [InlineData("ATTRIBUTE x 256 string", "mine:1: invalid number '256' of attribute x; allowed: 1 to 255")]
    [InlineData("ATTRIBUTE x 0 string", "mine:1: invalid number '0' of attribute x; allowed: 1 to 255")]
    [InlineData("ATTRIBUTE x 200 sting",
        "mine:1: unknown type 'sting' of attribute x; allowed: string, octets, integer, signed, short, byte, integer64, date, ipaddr,"
        + " ipv6addr, ipv6prefix or ifid (tlv and others are shown as octets)")]
    [InlineData("ATTRIBUTE x 200 string has_tags", "mine:1: unknown flag 'has_tags'; allowed: has_tag, encrypt=1, encrypt=2 or encrypt=3")]
    [InlineData("ATTRIBUTE User-Name 200 string",
        "mine:1: attribute User-Name already has number 1 of vendor 0; allowed: one number for each name")]
    [InlineData("VALUE Nobody x 1", "mine:1: unknown attribute 'Nobody'; allowed: ATTRIBUTE in an earlier line")]
    [InlineData("VALUE Service-Type x y", "mine:1: malformed VALUE line; allowed: VALUE attribute name number")]
    [InlineData("VENDOR x", "mine:1: malformed VENDOR line; allowed: VENDOR name number, with a number from 1 to 16777215")]
    [InlineData("VENDOR Lucent 4846 format=2,1",
        "mine:1: 'format=2,1' is not supported; allowed: format=1,1 (one octet of type, one of length)")]
    [InlineData("VENDOR mpd 5", "mine:1: vendor mpd already has number 12341; allowed: one number for each name")]
    [InlineData("BEGIN-VENDOR nobody", "mine:1: unknown vendor 'nobody'; allowed: VENDOR name number in an earlier line")]
    [InlineData("BEGIN-VENDOR mpd\nEND-VENDOR mdp",
        "mine:2: END-VENDOR does not match BEGIN-VENDOR mpd; allowed: END-VENDOR mpd")]
    [InlineData("END-VENDOR mpd", "mine:1: END-VENDOR without BEGIN-VENDOR; allowed: BEGIN-VENDOR name in an earlier line")]
    [InlineData("BEGIN-VENDOR mpd\n", "mine:2: BEGIN-VENDOR mpd is not ended; allowed: END-VENDOR mpd")]
    public void Errors_name_file_line_fault_and_allowed_values(string text, string expected)
    {
        Assert.False(RadiusDictionary.TryParseWithDefault([("mine", text)], out _, out var errors));
        Assert.Equal([expected], errors.Select(e => e.ToString()));
    }

    [Fact]
    public void A_dictionary_of_another_vendor_adds_its_names()
    {
        const string Text = """
            # a comment
            VENDOR      Example     32473   format=1,1
            BEGIN-VENDOR Example
            ATTRIBUTE   Example-Speed   1   integer   # kbit/s
            ATTRIBUTE   Example-Deep    2.1 integer
            ATTRIBUTE   Example-Tree    3   tlv
            ATTRIBUTE   Example-Key     4   octets[16]  encrypt=2
            VALUE       Example-Speed   Fast   100
            END-VENDOR  Example
            """;
        Assert.True(RadiusDictionary.TryParseWithDefault([("mine", Text)], out var dictionary, out var errors), string.Join('\n', errors));
        Assert.True(dictionary.TryEncodeLine("Example-Speed = fast", out var attribute, out _));
        Assert.Equal("1a0c00007ed9010600000064", Convert.ToHexStringLower(attribute));
        Assert.Null(dictionary.Find("Example-Deep"));
        Assert.True(dictionary.Find("Example-Key") is { IsSecret: true, Encryption: RadiusEncryption.TunnelPassword });
    }

    [Fact] // law: any text gives a dictionary or errors, never an exception
    public void Any_text_never_throws()
    {
        string[] words = ["ATTRIBUTE", "VALUE", "VENDOR", "BEGIN-VENDOR", "END-VENDOR", "$INCLUDE", "#", "x", "mpd", "User-Name", "1",
            "300", "-1", "string", "integer", "has_tag", "\n", "\r\n", "=", "0x", "1.2"];
        Gen.Select(Gen.Int[0, words.Length - 1].Array[0, 40], Gen.String).Sample((picks, noise) =>
        {
            _ = RadiusDictionary.TryParseWithDefault([("a", string.Join(' ', picks.Select(i => words[i]))), ("b", noise)], out _, out _);
            Dictionary.TryEncodeLine(noise, out _, out _);
            foreach (var definition in new[] { "Class", "Framed-IP-Address", "Framed-IPv6-Prefix", "Framed-Interface-Id", "Event-Timestamp",
                "Service-Type", "Tunnel-Type", "Reply-Message" })
                Dictionary.TryEncode(definition, noise, out _, out _);
        }, iter: 100);
    }

    [Fact] // law: the octets of a line are rendered as the same line
    public void Lines_round_trip()
    {
        foreach (var line in new[] { "Framed-IP-Address = 100.64.1.1", "Service-Type = Framed-User", "Tunnel-Type:1 = L2TP",
            "mpd-action = \"drop\"", "Delegated-IPv6-Prefix = 2001:db8::/56" })
        {
            Assert.True(Dictionary.TryEncodeLine(line, out var octets, out _));
            Assert.Equal(line, Render(Convert.ToHexString(octets)));
        }
    }
}

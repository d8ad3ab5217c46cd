using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Server.Api.Resources;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>Attributes of an Access-Accept in the API: names and values, without passwords, keys and values that may be one.</summary>
public class SessionAttributesTests
{
    private static readonly byte[] Key = "5ecret-5ecret"u8.ToArray();

    [Fact]
    public void Attributes_have_names_and_secrets_are_omitted()
    {
        byte[][] all =
        [
            Attribute(8, [203, 0, 113, 7]), // Framed-IP-Address
            Attribute(27, [0, 0, 14, 16]), // Session-Timeout
            Attribute(11, "gold"u8), // Filter-Id
            Attribute(69, [1, 0x80, 0x01, .. Key]), // Tunnel-Password
            Attribute(80, new byte[16]), // Message-Authenticator
            Vendor(311, 16, Key), // MS-MPPE-Send-Key
            Vendor(311, 17, Key), // MS-MPPE-Recv-Key
            Vendor(311, 28, [9, 9, 9, 9]), // MS-Primary-DNS-Server
            Vendor(9, 1, [.. "vpdn:l2tp-tunnel-password="u8, .. Key]), // Cisco-AVPair
            Vendor(9, 1, "ip:addr-pool=gold"u8),
            Attribute(88, "monkey"u8), // Framed-Pool: a word in a value hides nothing
            Vendor(9999, 1, Key), // unknown attribute
            Attribute(241, Key), // unknown attribute
        ];
        var lines = SessionResource.Attributes(SubscriberProfile.Read([.. all.SelectMany(static a => a)]));
        Assert.Equal(
        [
            "Framed-IP-Address = 203.0.113.7", "Tunnel-Password = ***", "MS-MPPE-Send-Key = ***", "MS-MPPE-Recv-Key = ***",
            "MS-Primary-DNS-Server = 9.9.9.9", "Cisco-AVPair = ***", "Cisco-AVPair = \"ip:addr-pool=gold\"", "Framed-Pool = \"monkey\"",
                "Attr-26 = 19 octets", "Attr-241 = 13 octets",
            "Session-Timeout = 3600", "Filter-Id = \"gold\"", // present values of what CoA may change
        ], lines);
    }

    private static byte[] Attribute(byte type, ReadOnlySpan<byte> value) => [type, (byte)(value.Length + 2), .. value];

    private static byte[] Vendor(ushort vendor, byte type, ReadOnlySpan<byte> value) =>
        Attribute(26, [0, 0, (byte)(vendor >> 8), (byte)vendor, type, (byte)(value.Length + 2), .. value]);
}

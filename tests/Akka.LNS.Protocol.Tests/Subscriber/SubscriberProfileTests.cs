using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Text;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Subscriber;

public class SubscriberProfileTests
{
    private static byte[] Encode(params string[] lines)
    {
        List<byte> octets = [];
        foreach (var line in lines)
        {
            Assert.True(RadiusDictionary.Default.TryEncodeLine(line, out var attribute, out var error), error);
            octets.AddRange(attribute);
        }
        return [.. octets];
    }

    private static SubscriberProfile Read(params string[] lines) => SubscriberProfile.Read(Encode(lines));

    [Fact]
    public void A_full_accept_is_read()
    {
        var profile = Read(
            "Service-Type = Framed-User", "Framed-Protocol = PPP", "Framed-IP-Address = 100.64.1.1", "Framed-IP-Netmask = 255.255.255.255",
            "Framed-Route = 192.0.2.0/24 0.0.0.0 1", "Framed-MTU = 1400", "Framed-Pool = residential", "Idle-Timeout = 600",
            "Session-Timeout = 86400", "Acct-Interim-Interval = 300", "Class = 0x0102", "Class = 0x03", "State = 0xff", "Filter-Id = a",
            "Filter-Id = b", "Reply-Message = Hello", "Reply-Message = again", "MS-Primary-DNS-Server = 192.0.2.53",
            "MS-Secondary-DNS-Server = 192.0.2.54", "MS-Primary-NBNS-Server = 192.0.2.55", "MS-Secondary-NBNS-Server = 192.0.2.56",
            "Termination-Action = RADIUS-Request", "mpd-action = bundle B", "Framed-IPv6-Prefix = 2001:db8:1::/64",
            "Delegated-IPv6-Prefix = 2001:db8:aa00::/56", "Framed-IPv6-Address = 2001:db8::7",
            "Framed-IPv6-Route = 2001:db8:2::/48 :: 1", "Framed-IPv6-Pool = six");
        Assert.Null(profile.Rejection);
        Assert.Equal(["mpd-action 'bundle B' is ignored, only drop is supported"], profile.Problems);
        Assert.Equal((FramedAddressChoice.Fixed, Ipv4Address.Parse("100.64.1.1"), Ipv4Address.Parse("255.255.255.255")),
            (profile.AddressChoice, profile.FramedIpAddress, profile.FramedIpNetmask!.Value));
        Assert.Equal([new FramedRoute(new Ipv4Prefix(Ipv4Address.Parse("192.0.2.0"), 24), default, 1)], profile.FramedRoutes.ToArray());
        Assert.Equal(((ushort?)1400, "residential"), (profile.FramedMtu, profile.FramedPool));
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromDays(1), TimeSpan.FromMinutes(5)),
            (profile.IdleTimeout, profile.SessionTimeout, profile.AcctInterimInterval));
        Assert.Equal(["0102", "03"], profile.Classes.Select(c => Convert.ToHexString(c.Span)));
        Assert.Equal("FF", Convert.ToHexString(profile.State.Span));
        Assert.Equal(["a", "b"], profile.FilterIds.ToArray());
        Assert.Equal("Hello again", profile.ReplyMessage);
        Assert.Equal(["192.0.2.53", "192.0.2.54", "192.0.2.55", "192.0.2.56"],
            new[] { profile.PrimaryDns, profile.SecondaryDns, profile.PrimaryNbns, profile.SecondaryNbns }.Select(a => a.ToString()));
        Assert.Equal((1u, "bundle B"), (profile.TerminationAction, profile.MpdAction));
        Assert.Equal("2001:db8:1::/64", profile.FramedIpv6Prefixes.Single().ToString());
        Assert.Equal("2001:db8:aa00::/56", profile.DelegatedIpv6Prefixes.Single().ToString());
        Assert.Equal("2001:db8::7", Ipv6Prefix.Format(profile.FramedIpv6Addresses.Single()));
        Assert.Equal(("2001:db8:2::/48 :: 1", "six"), (profile.FramedIpv6Routes.Single(), profile.FramedIpv6Pool));
        var count = 0;
        foreach (var _ in profile.Attributes()) count++;
        Assert.Equal(28, count);
    }

    [Theory, Trait("Rfc", "RFC2865-5.8")]
    [InlineData("255.255.255.255", FramedAddressChoice.User)]
    [InlineData("255.255.255.254", FramedAddressChoice.Nas)]
    [InlineData("192.0.2.1", FramedAddressChoice.Fixed)]
    public void Two_addresses_mean_that_the_subscriber_or_the_nas_chooses(string address, FramedAddressChoice choice) =>
        Assert.Equal(choice, Read($"Framed-IP-Address = {address}").AddressChoice);

    [Theory, Trait("Rfc", "RFC2865-5.6")]
    [InlineData("Service-Type = Login-User", "Service-Type 1 is not offered, only Framed-User (2)")]
    [InlineData("Service-Type = Callback-Framed-User", "Service-Type 4 is not offered, only Framed-User (2)")]
    [InlineData("Framed-Protocol = SLIP", "Framed-Protocol 2 is not offered, only PPP (1)")]
    [InlineData("mpd-action = drop", "mpd-action is drop")]
    public void A_service_that_is_not_offered_is_a_rejection(string line, string why) =>
        Assert.Equal(why, Read("Framed-IP-Address = 192.0.2.1", line).Rejection);

    [Theory, Trait("Rfc", "RFC2865-5")]
    [InlineData("0805c00002"), InlineData("0603aa"), InlineData("1b02"), InlineData("a803aa")]
    [InlineData("61040081"), InlineData("6103aa"), InlineData("610400402001"), InlineData("0806c000")]
    public void An_attribute_of_invalid_length_is_a_rejection(string octets) =>
        Assert.NotNull(SubscriberProfile.Read(Convert.FromHexString(octets)).Rejection);

    [Theory]
    [InlineData("192.0.2.0/24 0.0.0.0 1", "192.0.2.0/24", "0.0.0.0", 1)]
    [InlineData("  192.0.2.0/24   198.51.100.1\t7 8 9", "192.0.2.0/24", "198.51.100.1", 7)]
    [InlineData("192.0.2.0/24", "192.0.2.0/24", "0.0.0.0", 1)]
    [InlineData("192.0.2.77/24 192.0.2.1", "192.0.2.0/24", "192.0.2.1", 1)]
    [InlineData("10.0.0.0 0.0.0.0 1", "10.0.0.0/8", "0.0.0.0", 1)]
    [InlineData("172.16.0.0 0.0.0.0 1", "172.16.0.0/16", "0.0.0.0", 1)]
    [InlineData("192.0.2.0 0.0.0.0 1", "192.0.2.0/24", "0.0.0.0", 1)]
    [InlineData("0.0.0.0/0 0.0.0.0 1", "0.0.0.0/0", "0.0.0.0", 1)]
    [InlineData("192.0.2.0/24 0.0.0.0 1\0", "192.0.2.0/24", "0.0.0.0", 1)]
    public void Routes_are_read(string text, string destination, string gateway, uint metric)
    {
        Assert.True(SubscriberProfile.TryReadRoute(text, out var route));
        Assert.Equal((destination, gateway, metric), (route.Destination.ToString(), route.Gateway.ToString(), route.Metric));
    }

    [Theory]
    [InlineData(""), InlineData("   "), InlineData("192.0.2.0/33 0.0.0.0 1"), InlineData("192.0.2/24"), InlineData("192.0.2.0/24 gw")]
    [InlineData("192.0.2.0/24 0.0.0.0 x"), InlineData("192.0.2.0/-1")]
    public void Bad_routes_are_refused(string text) => Assert.False(SubscriberProfile.TryReadRoute(text, out _));

    [Fact]
    public void Attributes_that_are_ignored_or_changed_are_listed_as_problems()
    {
        var profile = Read("Framed-Route = nonsense", "Framed-MTU = 20", "Acct-Interim-Interval = 5");
        Assert.Equal(["Framed-Route 'nonsense' is not 'network/length gateway metric'", "Framed-MTU 20 is not within 64 to 65535",
            "Acct-Interim-Interval 5 s is taken as 60 s, the least that RFC 2869 allows"], profile.Problems.ToArray());
        Assert.Equal((null, TimeSpan.FromMinutes(1), null), (profile.FramedMtu, profile.AcctInterimInterval, profile.Rejection));
    }

    [Fact]
    public void Timeouts_of_zero_mean_no_timeout()
    {
        var profile = Read("Session-Timeout = 0", "Idle-Timeout = 0", "Acct-Interim-Interval = 0");
        Assert.Equal((null, null, TimeSpan.Zero), (profile.SessionTimeout, profile.IdleTimeout, profile.AcctInterimInterval));
    }

    [Fact]
    public void Texts_of_mschap_lose_their_ident()
    {
        byte[] success = [26, 16, 0, 0, 1, 55, 26, 10, 7, .. "S=12345"u8];
        byte[] error = [26, 14, 0, 0, 1, 55, 2, 8, 7, .. "E=691"u8];
        var profile = SubscriberProfile.Read([.. success, .. error]);
        Assert.Equal(("S=12345", "E=691"), (profile.MsChap2Success, profile.MsChapError));
    }

    [Fact]
    public void The_text_of_a_profile_shows_no_octets()
    {
        byte[] octets = [.. Encode("Class = topsecretclass"), 26, 24, 0, 0, 1, 55, 16, 18, .. "keykeykeykeykeyk"u8];
        var text = SubscriberProfile.Read(octets).ToString();
        Assert.DoesNotContain("keykey", text, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", text, StringComparison.Ordinal);
    }

    [Fact] // law
    public void Any_octets_never_throw() => Gen.Byte.Array[0, 120].Sample(octets =>
    {
        var profile = SubscriberProfile.Read(octets);
        Assert.Equal(octets.Length, profile.Raw.Length);
    });

    [Fact] // law
    public void Any_text_is_a_route_or_not() => Gen.String.Sample(text => { _ = SubscriberProfile.TryReadRoute(text, out _); });

    [Theory]
    [InlineData("1a0c000030359a0600000001", true)]
    [InlineData("1a0c000030359a0600000000", false)]
    [InlineData("1a0b000030359a05000001", false)]
    [InlineData("", false)]
    public void An_accounting_server_can_ask_to_drop_a_user(string attributes, bool drop)
    {
        var octets = Convert.FromHexString("05010000" + new string('0', 32) + attributes);
        octets[3] = (byte)octets.Length;
        Assert.True(RadiusPacketView.TryRead(octets, out var packet, out _));
        Assert.Equal(drop, AccountingReply.WantsDrop(packet));
    }

    [Fact]
    public void Text_that_is_no_utf8_keeps_its_octets() =>
        Assert.Equal("FF", Convert.ToHexString(PeerText.Encode(SubscriberProfile.Read([18, 3, 0xff]).ReplyMessage)));
}

using System.Text;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Tests.Subscriber;

public class FramedNetworkTests
{
    private static byte[] Attribute(byte type, params ReadOnlySpan<byte> value) => [type, (byte)(value.Length + 2), .. value];

    private static byte[] Address(byte type, string address)
    {
        var value = new byte[4];
        Ipv4Address.Parse(address).WriteTo(value);
        return Attribute(type, value);
    }

    private static byte[] Route(string text) => Attribute(22, Encoding.Latin1.GetBytes(text));

    private static SubscriberProfile Read(params byte[][] attributes) => SubscriberProfile.Read([.. attributes.SelectMany(static a => a)]);

    private static string Networks(SubscriberProfile profile) => string.Join(' ', profile.Networks);

    [Theory]
    [InlineData("10.9.0.0/255.255.255.0", "10.9.0.0/24")]
    [InlineData("10.9.0.0/255.255.255.0 10.0.0.1 3", "10.9.0.0/24")]
    [InlineData("10.9.0.0/255.255.255.255", "10.9.0.0/32")]
    [InlineData("10.9.0.0 255.255.255.0 10.0.0.1", "10.9.0.0/24")] // as routers write it
    [InlineData("10.9.0.0 255.255.255.0", "10.9.0.0/24")]
    [InlineData("10.9.0.7", "10.9.0.7/32")] // host bits: a host, not the network of its class
    [InlineData("10.9.0.7 0.0.0.0 1", "10.9.0.7/32")]
    [InlineData("192.168.1.0/24  192.168.1.1  1 2 -1 3 400", "192.168.1.0/24")] // the example of RFC 2865 section 5.22
    [InlineData("192.168.1.0/24 192.168.1.1 -1", "192.168.1.0/24")]
    [InlineData("\t10.9.0.0/24\t0.0.0.0\t1 ", "10.9.0.0/24")]
    [InlineData("10.9.0.0/24\0", "10.9.0.0/24")]
    [InlineData("10.9.0.0/24 0.0.0.0 1\0\0", "10.9.0.0/24")]
    public void Each_way_to_write_a_route_is_understood(string text, string network)
    {
        var profile = Read(Route(text));
        Assert.Equal((network, ""), (Networks(profile), string.Join(' ', profile.Problems)));
    }

    [Theory, InlineData("10.9.0.0/255.0.255.0"), InlineData("10.9.0.0/255.255.255"), InlineData("10.9.0.0/"), InlineData("10.9.0.0/24 x"),
        InlineData("10.9.0.0/24 10.0.0.1 1.5"), InlineData("10.9.0.0/24,"), InlineData("/24"), InlineData("\0")]
    public void A_route_that_is_none_is_a_problem_and_nothing_is_routed(string text)
    {
        var profile = Read(Route(text));
        Assert.Equal((0, 1), (profile.Networks.Length, profile.Problems.Length));
    }

    [Theory]
    [InlineData("0.0.0.0", FramedAddressChoice.Nas), InlineData("255.255.255.254", FramedAddressChoice.Nas),
        InlineData("255.255.255.255", FramedAddressChoice.User), InlineData("10.68.0.9", FramedAddressChoice.Fixed)]
    public void The_address_says_who_chooses(string address, FramedAddressChoice choice) =>
        Assert.Equal(choice, Read(Address(8, address)).AddressChoice);

    [Theory]
    [InlineData("255.255.255.248", "10.68.0.8/29"), InlineData("255.255.255.0", "10.68.0.0/24"), InlineData("255.255.255.255", ""),
        InlineData("255.255.255.254", "10.68.0.8/31")]
    public void The_network_of_the_mask_around_a_fixed_address_is_the_subscribers(string mask, string networks)
    {
        var profile = Read(Address(8, "10.68.0.9"), Address(9, mask));
        Assert.Equal((networks, Ipv4Address.Parse(mask)), (Networks(profile), profile.FramedIpNetmask));
        Assert.Empty(profile.Problems);
    }

    [Theory, InlineData("255.255.255.254"), InlineData("0.0.0.0"), InlineData("255.255.255.255")]
    public void A_mask_without_a_fixed_address_routes_nothing(string address) =>
        Assert.Equal("", Networks(Read(Address(8, address), Address(9, "255.255.255.0"))));

    [Theory, InlineData("0.0.0.0"), InlineData("255.0.255.0"), InlineData("0.0.0.255")]
    public void A_mask_that_is_none_is_ignored_and_told(string mask)
    {
        var profile = Read(Address(8, "10.68.0.9"), Address(9, mask));
        Assert.Equal(("", null), (Networks(profile), profile.FramedIpNetmask));
        Assert.Equal([$"Framed-IP-Netmask {mask} is ignored: it is not a mask of 1 to 32 bits"], profile.Problems.ToArray());
    }

    [Fact]
    public void Each_network_is_there_once_and_the_own_address_is_none()
    {
        var profile = Read(Address(8, "10.68.0.9"), Address(9, "255.255.255.248"), Route("10.68.0.8/29 10.68.0.9 1"),
            Route("10.68.0.9/32"), Route("192.0.2.0/24"), Route("192.0.2.1/24"));
        Assert.Equal("10.68.0.8/29 192.0.2.0/24", Networks(profile));
    }

    [Fact]
    public void A_name_server_that_is_no_host_is_ignored_and_told()
    {
        static byte[] Vendor(byte type, string address) => Attribute(26, [0, 0, 1, 55, .. Address(type, address)]);
        var profile = Read(Vendor(28, "127.0.0.53"), Vendor(29, "192.0.2.53"), Vendor(30, "224.0.0.1"), Vendor(31, "0.0.0.0"));
        Assert.Equal((null, Ipv4Address.Parse("192.0.2.53"), null, default(Ipv4Address)),
            (profile.PrimaryDns, profile.SecondaryDns, profile.PrimaryNbns, profile.SecondaryNbns!.Value));
        Assert.Equal(["the name server 127.0.0.53 is ignored: it is in 127.0.0.0/8 (loopback), where no host has an address",
            "the name server 224.0.0.1 is ignored: it is in 224.0.0.0/4 (multicast), where no host has an address"],
            profile.Problems.ToArray());
    }
}

using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Addressing;

public class AddressGuardTests
{
    private static readonly AddressGuard Guard = new(
        [new(Net("10.78.0.2"), "the RADIUS server 'a'"), new(Net("10.78.0.2"), "something else"),
            new(Net("10.78.0.1"), "an address of this host")],
        [new(Net("10.66.1.0/24"), "eth1"), new(Net("10.90.0.0/16"), ""), new(Net("10.91.0.0/16"), "eth2")]);

    private static IpPrefix Net(string text) =>
        Ipv4Prefix.TryParse(text, out var prefix) ? new IpPrefix(prefix) : throw new FormatException(text);

    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0 is in 0.0.0.0/8 (this network), where no host has an address")]
    [InlineData("0.0.0.7", "0.0.0.7 is in 0.0.0.0/8 (this network), where no host has an address")]
    [InlineData("127.0.0.1", "127.0.0.1 is in 127.0.0.0/8 (loopback), where no host has an address")]
    [InlineData("169.254.1.1", "169.254.1.1 is in 169.254.0.0/16 (link-local), where no host has an address")]
    [InlineData("224.0.0.5", "224.0.0.5 is in 224.0.0.0/4 (multicast), where no host has an address")]
    [InlineData("240.0.0.1", "240.0.0.1 is in 240.0.0.0/4 (reserved), where no host has an address")]
    [InlineData("255.255.255.255", "255.255.255.255 is in 240.0.0.0/4 (reserved), where no host has an address")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0 covers 0.0.0.0/8 (this network), where no host has an address")]
    [InlineData("126.0.0.0/7", "126.0.0.0/7 covers 127.0.0.0/8 (loopback), where no host has an address")]
    public void No_subscriber_gets_an_address_that_no_host_may_have(string wanted, string why) =>
        Assert.Equal(why, AddressGuard.Empty.Judge(Net(wanted)));

    [Theory, InlineData("10.0.0.1"), InlineData("172.16.0.0/12"), InlineData("192.168.0.0/16"), InlineData("100.64.0.0/10"),
        InlineData("1.0.0.0/8"), InlineData("223.255.255.255"), InlineData("126.255.255.255"), InlineData("128.0.0.0/3")]
    public void Private_and_shared_addresses_are_allowed(string wanted) => Assert.Null(AddressGuard.Empty.Judge(Net(wanted)));

    [Theory]
    [InlineData("10.78.0.2", "10.78.0.2 is the RADIUS server 'a'")]
    [InlineData("10.78.0.1", "10.78.0.1 is an address of this host")]
    [InlineData("10.78.0.2/31", "10.78.0.2/31 covers 10.78.0.2, the RADIUS server 'a'")]
    [InlineData("10.78.0.3", null), InlineData("10.78.0.4/30", null)]
    public void What_the_node_needs_is_refused_by_its_name(string wanted, string? why) => Assert.Equal(why, Guard.Judge(Net(wanted)));

    [Fact]
    public void The_address_of_a_lac_is_refused_while_the_lac_has_a_tunnel()
    {
        var lac = new ProtectedAddress(Net("192.0.2.9"), "the LAC 'x'");
        var with = Guard.WithLac(lac);
        Assert.Equal("192.0.2.9 is the LAC 'x'", with.Judge(Net("192.0.2.9")));
        Assert.Equal("192.0.2.0/24 covers 192.0.2.9, the LAC 'x'", with.With([], []).Judge(Net("192.0.2.0/24")));
        Assert.Equal([lac], with.Since(Guard));
        Assert.Empty(Guard.Since(with));
        Assert.Null(with.WithoutLac(lac.Address).Judge(Net("192.0.2.9")));
    }

    [Fact]
    public void Only_addresses_that_were_not_protected_before_are_new()
    {
        var next = Guard.With([new(Net("10.78.0.2"), "another name"), new(Net("10.78.0.7"), "a seed")], []);
        Assert.Equal([new ProtectedAddress(Net("10.78.0.7"), "a seed")], next.Since(Guard));
        Assert.Equal([Net("10.78.0.1")], Guard.Since(next).Select(static a => a.Address));
    }

    [Theory]
    [InlineData("10.66.1.0/24", "the host has a route to the same network on eth1: one of the two has no effect")]
    [InlineData("10.66.0.0/16", "the host has the route 10.66.1.0/24 on eth1, which goes first")]
    [InlineData("10.66.1.128/25", "it takes a part of the host's route 10.66.1.0/24 on eth1")]
    [InlineData("10.90.1.0/24", null)] // the host discards the rest of its own aggregate
    [InlineData("10.88.0.0/13", "the host has the route 10.90.0.0/16 that discards packets, which goes first")]
    [InlineData("10.67.0.0/16", null)]
    public void An_overlap_with_a_route_of_the_host_is_told(string granted, string? expected) =>
        Assert.Equal(expected, Guard.RouteOfHost(Net(granted)));

    [Fact] // law: an address is refused exactly when each network around it is refused too
    public void A_network_is_refused_when_an_address_in_it_is() =>
        Gen.Select(Gen.UInt, Gen.Int[0, 32], Gen.UInt).Sample((value, length, inside) =>
        {
            var network = new Ipv4Prefix(new Ipv4Address(value), length);
            var address = new Ipv4Address(network.Network.Value | (inside & ~network.Mask));
            return Guard.Judge(new IpPrefix(address)) is null || Guard.Judge(new IpPrefix(network)) is not null;
        });

    [Fact]
    public void Networks_of_both_versions_keep_their_order_and_text()
    {
        var (wide, narrow) = (Net("10.0.0.0/8"), Net("10.1.0.0/16"));
        Assert.True(wide.Contains(narrow) && !narrow.Contains(wide) && wide.Overlaps(narrow) && narrow.Overlaps(wide) && wide.IsIpv4);
        Assert.True(wide.CompareTo(narrow) < 0 && narrow.CompareTo(narrow.Last) < 0);
        Assert.Equal(("10.0.0.0/8", "10.1.255.255", "10.0.0.0/8"), (wide.ToString(), narrow.Last.ToString(), narrow.Wider(104).ToString()));
    }
}

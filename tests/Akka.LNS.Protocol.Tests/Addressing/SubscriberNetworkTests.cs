using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Protocol.Tests.Addressing;

public class SubscriberNetworkTests
{
    private readonly AddressPools _pools = Pools("10.0.0.0/24");

    private static Ipv4Address Ip(string text) => Ipv4Address.Parse(text);

    private static Ipv4Prefix Net(string text) => Ipv4Prefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);

    private static AddressPools Pools(params string[] ranges)
    {
        var settings = ranges.Select(static (text, i) =>
        {
            Assert.True(AddressRange.TryParse(text, out var range));
            return new AddressPoolSettings($"p{i}", [range], []);
        });
        var never = new AddressRange(Ip("10.9.9.9"), Ip("10.9.9.9"));
        Assert.True(AddressPools.TryCreate([.. settings], [never], out var pools, out var error), error);
        pools.Guard = new AddressGuard([new(new IpPrefix(Ip("10.78.0.2")), "the RADIUS server 'a'")], []);
        return pools;
    }

    [Theory]
    [InlineData("10.78.0.2", "10.78.0.2 is the RADIUS server 'a'"), InlineData("10.9.9.9", "10.9.9.9 belongs to the LNS"),
        InlineData("127.0.0.1", "127.0.0.1 is in 127.0.0.0/8 (loopback), where no host has an address")]
    public void An_address_that_the_guard_bars_is_refused_in_words(string address, string why) =>
        Assert.Equal(new Lease(LeaseOutcome.Excluded, Ip(address), why), _pools.Reserve(Ip(address), "h", "u"));

    [Theory]
    [InlineData("10.78.0.2/32", "10.78.0.2 is the RADIUS server 'a'"),
        InlineData("10.78.0.0/24", "10.78.0.0/24 covers 10.78.0.2, the RADIUS server 'a'"),
        InlineData("10.9.9.0/24", "10.9.9.0/24 covers 10.9.9.9, which belongs to the LNS"),
        InlineData("224.0.0.0/8", "224.0.0.0/8 is in 224.0.0.0/4 (multicast), where no host has an address")]
    public void A_network_that_the_guard_bars_is_refused_in_words(string network, string why) =>
        Assert.Equal(new RouteGrant(false, why), _pools.Grant(Net(network), "h", "u"));

    [Fact]
    public void Two_users_never_hold_the_same_network()
    {
        Assert.Equal(new RouteGrant(true, null), _pools.Grant(Net("10.66.0.0/24"), "a", "alice"));
        Assert.Equal(new RouteGrant(true, null), _pools.Grant(Net("10.66.0.0/24"), "a", "alice")); // a repetition
        Assert.Equal(new RouteGrant(false, "10.66.0.0/24 is a route of user 'alice', session a"),
            _pools.Grant(Net("10.66.0.0/24"), "b", "bob"));
        _pools.Release("a", out _);
        Assert.True(_pools.Grant(Net("10.66.0.0/24"), "b", "bob").IsGranted);
    }

    [Fact]
    public void A_newer_session_of_a_user_takes_its_network_over_and_keeps_it_when_the_older_one_ends()
    {
        Assert.True(_pools.Grant(Net("10.66.0.0/24"), "old", "alice").IsGranted);
        Assert.True(_pools.Grant(Net("10.66.0.0/24"), "new", "alice").IsGranted);
        _pools.Release("old", out _);
        Assert.False(_pools.Grant(Net("10.66.0.0/24"), "b", "bob").IsGranted);
        Assert.Equal((new IpPrefix(Net("10.66.0.0/24")), "new"), _pools.FindRoute(new IpPrefix(Ip("10.66.0.5"))));
        _pools.Release("new", out _);
        Assert.Null(_pools.FindRoute(new IpPrefix(Ip("10.66.0.5"))));
    }

    [Fact]
    public void Sessions_without_a_user_name_are_different_users()
    {
        Assert.True(_pools.Grant(Net("10.66.0.0/24"), "a").IsGranted);
        Assert.False(_pools.Grant(Net("10.66.0.0/24"), "b").IsGranted);
    }

    [Fact]
    public void The_address_of_another_subscriber_is_no_route_and_a_route_is_no_address()
    {
        _pools.Reserve(Ip("10.66.0.5"), "a", "alice");
        Assert.Equal(new RouteGrant(false, "10.66.0.5 is the address of another subscriber"),
            _pools.Grant(Net("10.66.0.5/32"), "b", "bob"));
        Assert.True(_pools.Grant(Net("10.66.0.6/32"), "b", "bob").IsGranted);
        Assert.Equal(new Lease(LeaseOutcome.Taken, Ip("10.66.0.6"), "10.66.0.6 is a route of user 'bob', session b"),
            _pools.Reserve(Ip("10.66.0.6"), "c", "carol"));
        Assert.Equal(LeaseOutcome.Leased, _pools.Reserve(Ip("10.66.0.6"), "d", "bob").Outcome);
    }

    [Fact]
    public void Of_networks_that_overlap_the_longer_one_has_its_part_whichever_came_first()
    {
        _pools.Reserve(Ip("10.66.0.5"), "a", "alice");
        Assert.Equal(new RouteGrant(true, "the address of another subscriber in it stays with that subscriber"),
            _pools.Grant(Net("10.66.0.0/16"), "b", "bob"));
        Assert.Equal(new RouteGrant(true, "it takes a part of 10.66.0.0/16 of user 'bob', session b"),
            _pools.Grant(Net("10.66.8.0/24"), "c", "carol"));
        Assert.Equal(new RouteGrant(true, "10.66.0.0/16 in it stays with user 'bob', session b"),
            _pools.Grant(Net("10.64.0.0/13"), "d", "dora"));
    }

    [Theory, InlineData("10.66.0.0/29"), InlineData("10.64.0.0/13")] // fewer addresses than leases, and more
    public void Addresses_of_others_in_a_network_are_counted(string network)
    {
        for (var i = 1; i < 4; i++) _pools.Reserve(Ip($"10.66.0.{i}"), $"h{i}", "");
        for (var i = 0; i < 20; i++) _pools.Lease("p0", $"p{i}");
        Assert.Equal(new RouteGrant(true, "2 addresses of other subscribers in it stay with them"),
            _pools.Grant(Net(network), "h1", "bob"));
    }

    [Fact]
    public void A_pool_leases_no_address_of_a_subscribers_network_to_another_user()
    {
        Assert.True(_pools.Grant(Net("10.0.0.0/25"), "a", "alice").IsGranted);
        Assert.Equal(Ip("10.0.0.128"), _pools.Lease("p0", "b", "bob").Address);
        for (var i = 0; i < 127; i++) Assert.Equal(LeaseOutcome.Leased, _pools.Lease("p0", $"h{i}", $"u{i}").Outcome);
        Assert.Equal(LeaseOutcome.Exhausted, _pools.Lease("p0", "last", "zoe").Outcome);
        Assert.Equal(Ip("10.0.0.0"), _pools.Lease("p0", "c", "alice").Address); // her own network
        _pools.Release("a", out _);
        Assert.Equal(LeaseOutcome.Leased, _pools.Lease("p0", "last", "zoe").Outcome);
    }

    [Fact]
    public void A_network_around_a_whole_pool_does_not_stop_the_pool()
    {
        Assert.True(_pools.Grant(Net("10.0.0.0/8"), "hub", "hub") is { IsGranted: false }); // it covers the RADIUS server
        _pools.Guard = AddressGuard.Empty;
        Assert.True(Pools("10.0.0.0/24").Grant(Net("10.0.0.0/16"), "hub", "hub").IsGranted);
        Assert.True(_pools.Grant(Net("10.0.0.0/16"), "hub", "hub").IsGranted);
        Assert.Equal(Ip("10.0.0.0"), _pools.Lease("p0", "b", "bob").Address);
        // a wider pool after a reload: the network is now a part of it
        Assert.True(AddressRange.TryParse("10.0.0.0/15", out var wider));
        Assert.True(_pools.TryChange([new AddressPoolSettings("p0", [wider], [])], [], out var error), error);
        Assert.Equal(Ip("10.1.0.0"), _pools.Lease("p0", "c", "carol").Address);
    }

    [Fact]
    public void A_pool_skips_what_the_guard_bars_and_gives_it_when_the_guard_changes()
    {
        var pools = Pools("10.78.0.1 - 10.78.0.3");
        Assert.Equal(["10.78.0.1", "10.78.0.3"], new[] { "a", "b" }.Select(h => pools.Lease("p0", h, h).Address.ToString()));
        Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("p0", "c", "c").Outcome);
        pools.Guard = AddressGuard.Empty;
        Assert.Equal(Ip("10.78.0.2"), pools.Lease("p0", "c", "c").Address);
        pools.Release("c", out _);
        pools.Guard = new AddressGuard([new(new IpPrefix(Ip("10.78.0.2")), "a LAC")], []);
        Assert.Equal(LeaseOutcome.Exhausted, pools.Lease("p0", "c", "c").Outcome); // not even as the last address of the user
        pools.Release("b", out _);
        Assert.Equal(Ip("10.78.0.3"), pools.Lease("p0", "c", "c").Address);
    }
}

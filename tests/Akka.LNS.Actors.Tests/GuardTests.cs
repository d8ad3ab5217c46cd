using System.Net;
using System.Text;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Tests;

/// <summary>What RADIUS may give to a subscriber.</summary>
public class GuardTests
{
    private const string Needed = "203.0.113.50";

    private sealed record Grant(string? Address = null, string? Mask = null, params string[] Routes);

    /// <summary>A site whose RADIUS server grants what the test says, by user name.</summary>
    private static async Task<Site> Open(params (string User, Grant Grant)[] grants)
    {
        var site = await Site.Open(static s => s with { Group = s.Group with { NasIpAddress = Ipv4Address.Parse(Needed) } });
        site.Radius.OnLogin = request =>
        {
            var grant = grants.FirstOrDefault(g => g.User == request.User).Grant;
            if (grant is null) Site.Judge(request);
            else request.Judge((ref RadiusPacketWriter w) => Write(ref w, grant));
        };
        return site;
    }

    private static void Write(ref RadiusPacketWriter w, Grant grant)
    {
        if (grant.Address is { } address) w.Ipv4(RadiusAttributeType.FramedIpAddress, Ipv4Address.Parse(address));
        if (grant.Mask is { } mask) w.Ipv4(RadiusAttributeType.FramedIpNetmask, Ipv4Address.Parse(mask));
        foreach (var route in grant.Routes) w.Octets(RadiusAttributeType.FramedRoute, Encoding.ASCII.GetBytes(route));
    }

    private static async Task<Inventory.BundleDescription> Describe(Site site, string user)
    {
        var call = Assert.Single(site.Node.Node.Find(user));
        return (await site.Node.Node.DescribeAsync(call, TimeSpan.FromSeconds(10))).Bundle!;
    }

    [Theory]
    [InlineData(Needed, $"address {Needed} is the NAS-IP-Address of the LNS")]
    [InlineData("127.0.0.1", "address 127.0.0.1 is in 127.0.0.0/8 (loopback), where no host has an address")]
    [InlineData("100.64.0.1", "address 100.64.0.1 belongs to the LNS")]
    public async Task An_address_that_no_subscriber_may_have_ends_the_session_in_words(string address, string why)
    {
        await using var site = await Open(("eve", new Grant(address)));
        var call = site.Lac.Dial("eve");
        await call.Over;
        await site.Node.Log.Line("no address", "'eve'", why);
        await site.NeighbourLives();
    }

    [Fact]
    public async Task The_address_of_a_lac_is_no_subscribers_also_while_the_lac_has_no_tunnel()
    {
        const string Lac = "203.0.113.77";
        await using var site = await Site.Open(static s => s with
        {
            Tunnels = s.Tunnels with { Peers = [.. s.Tunnels.Peers, new PeerSettings { Pattern = PeerPattern.Parse(Lac) }] },
        });
        site.Radius.OnLogin = static r => r.Judge(static (ref RadiusPacketWriter w) => Write(ref w, new Grant(Lac)));
        await site.Lac.Dial("eve").Over;
        await site.Node.Log.Line("no address", "'eve'", $"address {Lac} is the LAC '{Lac}' of tunnels.peers");
        await site.NeighbourLives();
    }

    // 255.255.255.255 lets the subscriber choose (RFC 2865 section 5.8); its choice is not asked for
    [Theory, InlineData("0.0.0.0"), InlineData("255.255.255.254"), InlineData("255.255.255.255")]
    public async Task An_address_that_leaves_the_choice_to_the_nas_is_one_of_the_pool(string address)
    {
        await using var site = await Open(("ann", new Grant(address, "255.255.255.0")), ("bob", new Grant(address, "255.255.255.0")));
        foreach (var user in (string[])["ann", "bob"])
        {
            Assert.InRange((await site.Lac.Dial(user).Up).Local.Value, Ipv4Address.Parse("100.64.0.2").Value,
                Ipv4Address.Parse("100.64.3.255").Value);
            await site.Node.Log.Line("user on", $"'{user}'");
            Assert.Empty((await Describe(site, user)).Networks);
        }
    }

    [Fact]
    public async Task A_refused_route_is_logged_counted_and_marked_and_the_session_goes_on_without_it()
    {
        await using var site = await Open(("eve", new Grant(null, null, $"{Needed}/32", "198.51.100.0/24 0.0.0.0 1", "203.0.113.0/24")));
        await site.Lac.Dial("eve").Up;
        await site.Node.Log.Line("user on", "'eve'");
        await site.Node.Log.Line("route problem", "'eve'", $"route {Needed}/32", "problem Refused",
            $"cause {Needed} is the NAS-IP-Address of the LNS");
        var bundle = await Describe(site, "eve");
        Assert.Equal("198.51.100.0/24", string.Join(' ', bundle.Networks));
        Assert.Equal([$"{Needed}/32: {Needed} is the NAS-IP-Address of the LNS",
            $"203.0.113.0/24: 203.0.113.0/24 covers {Needed}, the NAS-IP-Address of the LNS"], bundle.Warnings.ToArray());
        Assert.Equal((2, 0), (site.Node.Node.Counters.RouteProblems(RouteProblem.Refused),
            site.Node.Node.Counters.RouteProblems(RouteProblem.Overlap)));
    }

    [Fact]
    public async Task A_network_of_another_user_is_refused_until_that_session_ends()
    {
        var grant = new Grant("198.51.100.9", "255.255.255.248");
        await using var site = await Open(("ann", grant), ("bob", new Grant(null, null, "198.51.100.8/29")));
        var ann = site.Lac.Dial("ann");
        await ann.Up;
        await site.Node.Log.Line("user on", "'ann'");
        Assert.Equal("198.51.100.8/29", string.Join(' ', (await Describe(site, "ann")).Networks));
        var bob = site.Lac.Dial("bob");
        await bob.Up;
        await site.Node.Log.Line("route problem", "'bob'", "cause 198.51.100.8/29 is a route of user 'ann'");
        ann.HangUp();
        bob.HangUp();
        await Task.WhenAll(ann.Over, bob.Over);
        await site.Node.Log.Line("user off", "'ann'");
        await site.Node.Log.Line("user off", "'bob'");
        await site.Lac.Dial("bob").Up;
        await Wait.Until(() => site.Node.Node.Find("bob").Count == 1, site.Node.Log.ToString);
        Assert.Equal("198.51.100.8/29", string.Join(' ', (await Describe(site, "bob")).Networks));
        var start = site.Radius.Records("Start").Single(static r => r.User == "ann");
        Assert.True(start.View.TryFind(RadiusAttributeType.FramedIpNetmask, out var mask));
        Assert.Equal("FFFFFFF8", Convert.ToHexString(mask.Value));
    }

    [Fact]
    public async Task An_address_that_the_node_needs_later_stays_with_its_session_which_is_marked()
    {
        await using var site = await Open(("ann", new Grant("198.51.100.9")), ("bob", new Grant(null, null, "198.51.100.64/26")));
        await site.Lac.Dial("ann").Up;
        await site.Lac.Dial("bob").Up;
        await site.Node.Log.Line("user on", "'ann'");
        await site.Node.Log.Line("user on", "'bob'");
        site.Node.Node.Protect("cluster", [new NamedAddress(IPAddress.Parse("198.51.100.9"), "the cluster member x"),
            new NamedAddress(IPAddress.Parse("198.51.100.70"), "the cluster member y"),
            new NamedAddress(IPAddress.IPv6Loopback, "the member z")]);
        await site.Node.Log.Line("route problem", "'ann'", "route 198.51.100.9", "problem Needed",
            "198.51.100.9 is the cluster member x now");
        await site.Node.Log.Line("route problem", "'bob'", "route 198.51.100.64/26", "198.51.100.70 is the cluster member y now");
        Assert.Single((await Describe(site, "ann")).Warnings);
        site.Node.Node.Protect("cluster", []);
        await site.Node.Log.Line("route in order again", "'ann'");
        await site.Node.Log.Line("route in order again", "'bob'");
        Assert.Empty((await Describe(site, "bob")).Warnings);
        Assert.Equal(2, site.Node.Node.Counters.RouteProblems(RouteProblem.Needed));
    }

    [Fact]
    public async Task While_the_plane_does_not_forward_no_call_is_accepted_and_those_that_are_up_stay()
    {
        const string why = "the device is gone";
        await using var site = await Site.Open();
        var plane = site.Node.Plane.Observer!;
        plane.OnFailed(why);
        await site.Node.Log.Line("Error: data plane does not forward", $"cause {why}");
        Assert.Equal(RefusalReason.DataPlane, site.Node.Node.Admission.Reason);
        Assert.Contains($"the LNS cannot forward: {why}", (await site.Lac.Dial(Site.Victim).Over).Text, StringComparison.Ordinal);
        using (var other = new TestLac(site.Node.EndPoint))
            Assert.Contains($"the LNS cannot forward: {why}", (await other.Closed).Text, StringComparison.Ordinal);
        await site.NeighbourLives();
        plane.OnRecovered();
        await site.Node.Log.Line("Warning: data plane forwards again");
        Assert.Null(site.Node.Node.Admission.Reason);
        await site.Lac.Dial(Site.Victim).Up;
        using var later = new TestLac(site.Node.EndPoint);
        await later.Opened;
    }

    [Fact]
    public async Task Repairs_of_the_plane_and_routes_that_the_kernel_refused_are_logged_and_counted()
    {
        await using var site = await Site.Open();
        var plane = site.Node.Plane.Observer!;
        plane.OnRepaired("the device was down: brought up");
        await site.Node.Log.Line("Warning: data plane repaired: the device was down: brought up");
        Assert.Equal(1, site.Node.Node.Counters.PlaneRepairs);
        Assert.True(Ipv4Prefix.TryParse("198.51.100.0/24", out var network));
        plane.OnRouteRefused(network, "cannot route 198.51.100.0/24");
        await site.Node.Log.Line("Warning: data plane warning: cannot route 198.51.100.0/24");
        Assert.Equal(1, site.Node.Node.Counters.RouteProblems(RouteProblem.Kernel));
    }

    [Fact]
    public async Task Addresses_and_next_hops_of_the_host_are_no_subscribers()
    {
        await using var site = await Open(("eve", new Grant("198.51.100.1")), ("bob", new Grant("198.51.100.2")));
        Assert.True(Ipv4Prefix.TryParse("0.0.0.0/0", out var all));
        site.Node.Plane.Observer!.OnHost(new HostNetwork(
            [new HostAddress(Ipv4Address.Parse("198.51.100.1"), "eth0")],
            [new HostNetworkRoute(all, Ipv4Address.Parse("198.51.100.2"), "eth0")]));
        await site.Lac.Dial("eve").Over;
        await site.Node.Log.Line("no address", "'eve'", "198.51.100.1 is an address of this host on eth0");
        await site.Lac.Dial("bob").Over;
        await site.Node.Log.Line("no address", "'bob'", "198.51.100.2 is a next hop of this host on eth0");
    }
}

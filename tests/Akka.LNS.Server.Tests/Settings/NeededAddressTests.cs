using Akka.LNS.Server.Settings;

namespace Akka.LNS.Server.Tests.Settings;

/// <summary>No configuration gives subscribers what the node has or must reach.</summary>
public class NeededAddressTests
{
    private const string Radius = "lns.radius.servers = [{ name = a, address = 10.0.0.5, secret = s }]";
    private const string Client =
        "lns.radius.dynamic-authorization { enabled = on, clients = [{ name = c, address = 10.0.0.6, secret = s }] }";
    private const string Collector = "lns.metrics.otlp { enabled = on, endpoint = \"http://10.0.0.7:4317\" }";
    private const string Seed = "lns.cluster { seeds = [\"10.0.0.8:8711\"], remoting.hostname = 192.0.2.1 }";
    private const string Lac = "lns { tunnels.peers { \"10.0.0.10\" { } }, bundles.defaults.own-address = 192.0.2.1 }";
    private const string Pool = "lns.pools.p { ranges = [\"10.0.0.0/28\"]";
    private const string User = "lns.users.u { password = x, attributes";

    private static IReadOnlyList<string> Errors(params string[] lines) =>
        SettingsReader.Read(string.Join('\n', lines), "f.conf", static _ => null).Errors;

    [Theory]
    [InlineData(Radius, "10.0.0.5", "the RADIUS server 'a'")]
    [InlineData(Client, "10.0.0.6", "the client 'c' of dynamic authorization")]
    [InlineData(Collector, "10.0.0.7", "the collector of metrics")]
    [InlineData(Seed, "10.0.0.8", "the seed 10.0.0.8:8711 of the cluster")]
    [InlineData(Lac, "10.0.0.10", "the LAC '10.0.0.10' of tunnels.peers")]
    public void A_pool_or_route_around_what_the_node_must_reach_is_an_error_unless_the_pool_excludes_it(
        string needed, string address, string name)
    {
        var why = $"10.0.0.0/28 covers {address}, {name}";
        var without = Errors(needed).Count;
        Assert.EndsWith($"lns.pools: pool 'p': {why}", Assert.Single(Errors(needed, $"{Pool} }}").Skip(without)), StringComparison.Ordinal);
        Assert.Equal(without, Errors(needed, $"{Pool}, exclude = [{address}] }}").Count);
        Assert.EndsWith($"lns.tun: a route to the device: {why}",
            Assert.Single(Errors(needed, "lns.tun.routes = [\"10.0.0.0/28\"]").Skip(without)), StringComparison.Ordinal);
        Assert.EndsWith($"lns.users: user 'u': {address} is {name}",
            Assert.Single(Errors(needed, $"{User} = [\"Framed-IP-Address = {address}\"] }}").Skip(without)), StringComparison.Ordinal);
        Assert.EndsWith($"lns.users: user 'u': {why}",
            Assert.Single(Errors(needed, $"{User} = [\"Framed-Route = 10.0.0.0/28\"] }}").Skip(without)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lns.listen = [\"10.0.0.9:1701\"]", "an L2TP address of the LNS")]
    [InlineData("lns.group.nas-ip-address = 10.0.0.9", "the NAS-IP-Address of the LNS")]
    [InlineData("lns.api { listen = [\"10.0.0.9:8701\"], insecure = on }", "an API address of the LNS")]
    public void A_pool_may_lie_around_an_own_address_and_no_user_has_it(string own, string name)
    {
        var without = Errors(own).Count;
        Assert.Equal(without, Errors(own, $"{Pool} }}").Count);
        Assert.EndsWith($"lns.users: user 'u': 10.0.0.9 is {name}",
            Assert.Single(Errors(own, $"{User} = [\"Framed-IP-Address = 10.0.0.9\"] }}").Skip(without)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lns.pools.p.ranges = [\"127.0.0.0/24\"]", "loopback")]
    [InlineData("lns.pools.p.ranges = [\"224.0.0.0/24\"]", "multicast")]
    [InlineData("lns.tun.routes = [\"169.254.0.0/16\"]", "link-local")]
    [InlineData("lns.bundles.defaults.own-address = 127.0.0.1", "own-address: found '127.0.0.1'")]
    [InlineData("lns.bundles.defaults.own-address = 224.0.0.1", "own-address: found '224.0.0.1'")]
    [InlineData("lns.bundles.defaults.dns = [0.0.0.0]", "dns: found '0.0.0.0'")]
    [InlineData("lns.bundles.defaults.dns = [127.0.0.53]", "dns: found '127.0.0.53'")]
    [InlineData("lns.bundles.defaults.nbns = [255.255.255.255]", "nbns: found '255.255.255.255'")]
    public void An_address_that_no_host_may_have_is_an_error(string line, string why) =>
        Assert.Contains(why, Assert.Single(Errors(line)), StringComparison.Ordinal);
}

using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Akka.LNS.Server.Node;
using Akka.LNS.Server.Tests.Metrics;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>lnsd with a TUN device in a network name space, and an operator who changes the host under it.</summary>
public sealed class DeviceProgramTests : IDisposable
{
    private const string Password = "pass", Device = "lnsdev0", Pool = "100.64.0.0/24";
    private const string Network = "198.51.100.0/24", Part = "198.51.100.128/25";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken End => TestContext.Current.CancellationToken;

    private static async Task Ip(string space, string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", $"-n {space} {arguments}") { RedirectStandardError = true })!;
        var error = await ip.StandardError.ReadToEndAsync(End);
        await ip.WaitForExitAsync(End);
        Assert.True(ip.ExitCode == 0, $"ip {arguments}: {error}");
    }

    [Fact]
    public async Task Health_metrics_and_sessions_say_what_happened_to_device_and_routes()
    {
        if (NetworkNamespaces.Missing is { } why) Assert.Skip(why);
        if (!File.Exists("/dev/net/tun")) Assert.Skip("no /dev/net/tun");
        await using var network = await NetworkNamespaces.Make(1);
        var space = network[1];
        await Ip(space, $"route add {Part} dev lo");
        await using var lnsd = await LnsdProgram.Start(_folder.Path, $$"""
            lns {
              data-plane = tun, tun.device = {{Device}}, bundles.defaults.pool = p, pools.p.ranges = ["{{Pool}}"]
              users."{{Subscribers.Name(0)}}" { password = {{Password}}, attributes = ["Framed-Route = {{Network}}"] }
            }
            """, "ip", "netns", "exec", space);
        using var root = lnsd.OverSocket();
        async Task<double?> Metric(string series) => Scrape.Parse(await root.GetStringAsync("/metrics", End))[series];
        async Task<(HttpStatusCode, string)> Ready()
        {
            using var answer = await root.GetAsync("/ready", End);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(End));
        }

        await using var subscribers = await Subscribers.BringUp(lnsd, 1, 1, Password, networkNamespace: space);
        await ApiLab.Until(async () => await Metric("""akka_lns_route_problems_total{problem="Overlap"}""") >= 1);
        var row = JsonDocument.Parse(await root.GetStringAsync("/api/v1/sessions?state=up", End)).RootElement.GetProperty("sessions")[0];
        var session = await root.GetStringAsync($"/api/v1/sessions/{row.GetProperty("id").GetString()}", End);
        var warnings = JsonDocument.Parse(session).RootElement.GetProperty("bundle").GetProperty("warnings").EnumerateArray();
        Assert.Equal([$"{Network}: the host has the route {Part} on lo, which goes first"], warnings.Select(static w => w.GetString()));

        Assert.Equal((0d, 0d), (await Metric("akka_lns_dataplane_failed{}"), await Metric("akka_lns_dataplane_repairs_total{}")));
        await Ip(space, $"link set {Device} down");
        await ApiLab.Until(async () => await Metric("akka_lns_dataplane_repairs_total{}") >= 1);
        Assert.Equal(HttpStatusCode.OK, (await Ready()).Item1);

        await Ip(space, $"route replace {Pool} dev lo");
        await ApiLab.Until(async () => await Metric("akka_lns_dataplane_failed{}") == 1);
        var (status, text) = await Ready();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains($"the data plane does not forward: cannot route {Pool} to {Device}", text, StringComparison.Ordinal);
        await Ip(space, $"route del {Pool} dev lo");
        await ApiLab.Until(async () => await Metric("akka_lns_dataplane_failed{}") == 0);
        await ApiLab.Until(async () => (await Ready()).Item1 == HttpStatusCode.OK);
    }

    [Fact]
    public void Members_of_the_cluster_with_an_address_are_kept_from_subscribers() => Assert.Equal(
        ["198.51.100.7 the cluster member 198.51.100.7:8711", "2001:db8::7 the cluster member [2001:db8::7]:8711"],
        ClusteredNode.AddressesOf(["akka.tcp://lns@198.51.100.7:8711", "akka.tcp://lns@node.example:8711", "nonsense",
            "akka.tcp://lns@[2001:db8::7]:8711"]).Select(static a => $"{a.Address} {a.Name}"));

    public void Dispose() => _folder.Dispose();
}

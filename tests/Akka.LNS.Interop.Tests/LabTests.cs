using System.Text.RegularExpressions;

namespace Akka.LNS.Interop.Tests;

/// <summary>
/// Base of all tests with a real client: the lab of the class, the configuration, and the proof that nothing is left.
/// </summary>
public abstract class LabTests
{
    protected const string TunDevice = "lns0";

    protected LabTests(Lab lab)
    {
        Assert.SkipWhen(Lab.Missing is not null, Lab.Missing ?? string.Empty);
        Lab = lab;
    }

    protected Lab Lab { get; }

    /// <summary>A whole configuration file; <paramref name="more"/> comes last and so overrides.</summary>
    protected static string Configuration(IEnumerable<FreeRadius> servers, string more = "")
    {
        var radius = servers.Select(static (server, i) => $$"""
            {
              name = server{{i + 1}}, address = 127.0.0.1, priority = {{i + 1}}
              auth-port = {{server.Port}}, acct-port = {{server.Port + 1}}
            }
            """);
        return $$"""
            lns {
              node-name = lab-lns
              listen = ["{{Lab.LnsAddress}}:1701"]
              data-plane = tun
              # RADIUS gives addresses of this network
              tun { device = {{TunDevice}}, routes = ["10.66.0.0/24"] }
              tunnels.peers { "*" { } }
              bundles.defaults { own-address = 10.55.255.1, dns = [192.0.2.53, 192.0.2.54], pool = lab }
              pools.lab.ranges = ["10.55.0.0/24"]
              radius {
                server-defaults { secret = "{{FreeRadius.Secret}}", timeout = 3s, retries = 1 }
                servers = [
            {{string.Join(Environment.NewLine, radius)}}
                ]
              }
            }
            {{more}}
            """;
    }

    /// <summary>
    /// Proves that a subscriber is gone: the log has its end, no route is left, and its address does not answer.
    /// </summary>
    protected async Task Gone(Lnsd lns, string user, string address)
    {
        await lns.Logged($"user off: user '{user}', address {Regex.Escape(address)},");
        await lns.Logged($"interface down: .*'{user}', address {Regex.Escape(address)},");
        Assert.Empty(await Lab.HostRoutes(address));
        Assert.Equal(0, (await Lab.Ping(address, count: 1, inVain: true)).Received);
    }

    /// <summary>Sends SIGTERM: exit code 0 within ten seconds, and no device or route of the LNS is left in the kernel.</summary>
    protected async Task EndsCleanly(Lnsd lns)
    {
        var (exitCode, took) = await lns.Terminate();
        Assert.True(exitCode == 0, $"exit {exitCode}{Environment.NewLine}{lns.Log}");
        Assert.True(took < TimeSpan.FromSeconds(10), $"took {took}{Environment.NewLine}{lns.Log}");
        Assert.Empty(await Lab.ForeignInterfaces());
        Assert.Equal(lns.Count("user on: "), lns.Count("user off: "));
        Assert.Equal(lns.Count("interface up: "), lns.Count("interface down: "));
        Assert.Equal(lns.Count("session up: "), lns.Count("session down: "));
        Assert.Equal(lns.Count("tunnel up: "), lns.Count("tunnel down: "));
    }

    /// <summary>Each session has one Start, then Interims, then one Stop, and no record after it.</summary>
    protected static void InOrder(IEnumerable<RadiusRecord> records)
    {
        foreach (var session in records.Where(static r => r.Status is "Start" or "Interim-Update" or "Stop").GroupBy(
            static r => r.SessionId))
            Assert.Matches("^Start( Interim-Update)* Stop$", string.Join(' ', session.Select(static r => r.Status)));
    }
}

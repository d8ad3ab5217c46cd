using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Akka.LNS.Server.Tests.Metrics;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>lnsd with few file descriptors (RLIMIT_NOFILE of the child process).</summary>
public class FileDescriptorTests
{
    private const int Least = Server.Metrics.FileDescriptors.Least;
    private const string Password = "of all";

    /// <summary>A program that sets the limit and executes lnsd.</summary>
    private static string[] Limit(int descriptors) => ["bash", "-c", $"ulimit -n {descriptors}; exec \"$@\"", "--"];

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(320)]
    [InlineData(Least - 1)]
    public async Task A_limit_that_is_too_low_gives_one_line_with_the_limit_the_need_and_the_remedy(int limit)
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = LnsdProgram.Launch(folder.Path, "", Limit(limit));
        Assert.Equal(2, await lnsd.Exited());
        Assert.Equal($"lnsd: the limit of open files is {limit}, and lnsd needs at least {Least}: set LimitNOFILE= in the unit of systemd, "
            + "or raise the limit with ulimit -n", lnsd.Output);
    }

    [Fact]
    public async Task A_node_without_a_free_descriptor_serves_calls_does_not_spin_and_says_it_once()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await LnsdProgram.Start(folder.Path, $$"""
            lns {
              api.limits { connections = 10000, requests-per-second = 10000 }
              bundles.defaults.pool = p
              pools.p.ranges = ["100.64.0.2 - 100.64.0.101"]
            }
            {{Subscribers.Users(5, Password)}}
            """, Limit(Least));
        using var api = lnsd.OverSocket();
        await api.GetStringAsync("/metrics", TestContext.Current.CancellationToken); // the code of this route is loaded
        await using var before = await Subscribers.BringUp(lnsd, 5, 1, Password);
        var clock = Stopwatch.StartNew();
        var clients = new List<Socket>();
        try
        {
            await ApiLab.Until(() =>
            {
                if (lnsd.Output.Contains("cannot accept connections", StringComparison.Ordinal)) return Task.FromResult(true);
                for (var i = 0; i < 50 && clients.Count < 500; i++) clients.Add(Connect(lnsd));
                return Task.FromResult(false);
            });
            const int Most = Least - Server.Metrics.FileDescriptors.Reserve; // threads that start need some
            Assert.InRange(Directory.GetFileSystemEntries($"/proc/{lnsd.Id}/fd").Length, Most - 10, Most + 20);
            await using var during = await Subscribers.BringUp(lnsd, 5, 1, Password, lac: "late-");
            foreach (var client in clients) client.Dispose();
            await ApiLab.Until(() =>
            {
                Connect(lnsd).Dispose();
                return Task.FromResult(lnsd.Output.Contains("accepts connections on", StringComparison.Ordinal));
            }, () => lnsd.Output);
            var sessions = JsonDocument.Parse(await api.GetStringAsync("/api/v1/sessions?state=up",
                TestContext.Current.CancellationToken)).RootElement;
            Assert.Equal(10, sessions.GetProperty("total").GetInt32());
            var failed = Scrape.Parse(await api.GetStringAsync("/metrics", TestContext.Current.CancellationToken))
                ["""akka_lns_api_refusals_total{reason="Accept"}"""]!.Value;
            Assert.InRange(failed, 1, 50 + (10 * clock.Elapsed.TotalSeconds)); // a loop without a pause fails thousands of times a second
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
        var lines = lnsd.Output.Split('\n');
        Assert.EndsWith($"api: cannot accept connections on {lnsd.Socket}: too many open files (LimitNOFILE, ulimit -n). lnsd tries again "
            + "each second; calls go on", Assert.Single(lines, static l => l.Contains("cannot accept", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.DoesNotContain(lines, static l => l.Contains("refused since", StringComparison.Ordinal)
            || l.Contains("ERROR", StringComparison.Ordinal) || l.Contains("Exception", StringComparison.Ordinal));
    }

    private static Socket Connect(LnsdProgram lnsd)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(lnsd.Socket));
        return socket;
    }
}

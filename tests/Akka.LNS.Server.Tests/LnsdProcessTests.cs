using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Server.Tests;

/// <summary>The program as a process: arguments, exit codes, output. No test needs root rights or the port of L2TP.</summary>
public class LnsdProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Checks a setting of the runtime in the build. Without it a web project has one heap per core, which needs a quarter more memory per
    /// session.
    /// </summary>
    [Fact]
    public void Lnsd_uses_the_workstation_garbage_collector()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(Repository.Lnsd, ".runtimeconfig.json")));
        Assert.False(settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.GC.Server")
            .GetBoolean());
    }

    [Theory]
    [InlineData("demo.conf")]
    [InlineData("isp.conf")]
    [InlineData("mpd-like.conf")]
    public async Task Check_prints_ok_and_exits_with_0(string example)
    {
        var file = Path.Combine(Repository.Root, "hocon", "examples", example);
        var (code, output, error) = await Run("--check", "--config", file);
        Assert.Equal((0, $"{file}: ok", ""), (code, output.Split('\n')[0], error));
    }

    [Fact]
    public async Task Check_says_which_keys_make_nodes_one_nas()
    {
        var (_, output, _) = await Run("--check", "--config", Path.Combine(Repository.Root, "hocon", "examples", "isp.conf"));
        Assert.Contains("note: RADIUS servers know this node by NAS-IP-Address 192.0.2.10 and NAS-Identifier lns1.example.net; nodes with "
            + "the same lns.group.nas-ip-address or nas-identifier are one NAS", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_without_a_file_checks_the_embedded_demo()
    {
        var (code, output, _) = await Run("--check");
        Assert.Equal((0, "demo.conf: ok"), (code, output.Trim()));
    }

    [Fact]
    public async Task Check_prints_every_error_and_exits_with_1()
    {
        using var file = new ConfigFile("lns {\n  tun.mtu = 1\n  listenn = []\n}\n");
        var (code, output, error) = await Run("--check", "--config", file.Path);
        Assert.Equal((1, ""), (code, output));
        Assert.Equal([$"{file.Path}:2: lns.tun.mtu", $"{file.Path}:3: lns.listenn", $"lnsd: {file.Path}: 2 errors"],
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(": found")[0].Split(": unknown")[0]));
    }

    [Fact]
    public async Task A_start_with_an_invalid_file_exits_with_2()
    {
        using var file = new ConfigFile("lns { tun.mtu = 1 }");
        var (code, output, error) = await Run("--config", file.Path);
        Assert.Equal((2, ""), (code, output));
        Assert.EndsWith($"lnsd: {file.Path}: 1 error\n", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1, "--check")]
    public async Task A_missing_file_is_one_line(int expected, params string[] more)
    {
        var (code, _, error) = await Run([.. more, "--config", "/nowhere/lns.conf"]);
        Assert.Equal(expected, code);
        Assert.StartsWith("lnsd: cannot read /nowhere/lns.conf: ", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_argument_exits_with_2()
    {
        var (code, _, error) = await Run("--conifg", "x");
        Assert.Equal(2, code);
        Assert.Contains("usage: lnsd", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        var (code, output, _) = await Run("--version");
        Assert.Equal(0, code);
        Assert.Matches(@"^0\.\d+\.\d+\S*\s*$", output);
    }

    [Fact]
    public async Task Null_plane_serves_on_a_free_port_until_sigterm()
    {
        using var file = new ConfigFile("""
            lns {
              listen = ["127.0.0.1:0"], data-plane = null, api.enabled = off
              tunnels.peers."*" { }
              bundles.defaults.own-address = 100.64.0.1
            }
            """);
        using var lnsd = Start("--config", file.Path);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            string? ready;
            do ready = await lnsd.StandardOutput.ReadLineAsync(limit.Token);
            while (ready?.StartsWith("Akka.LNS ready", StringComparison.Ordinal) == false);
            Assert.NotNull(ready);
            Assert.Contains("127.0.0.1:", ready, StringComparison.Ordinal);
            Assert.Contains("data plane null", ready, StringComparison.Ordinal);
            using (var kill = Process.Start("kill", ["-TERM", $"{lnsd.Id}"])) await kill.WaitForExitAsync(limit.Token);
            await lnsd.WaitForExitAsync(limit.Token);
            Assert.Equal((0, ""), (lnsd.ExitCode, await lnsd.StandardError.ReadToEndAsync(limit.Token)));
        }
        finally
        {
            if (!lnsd.HasExited) lnsd.Kill();
        }
    }

    [Fact]
    public async Task Sigusr1_drains_and_exits_with_0_after_the_last_session_unless_sigusr2_cancels_it()
    {
        using var file = new ConfigFile("""
            lns {
              listen = ["127.0.0.1:0"], data-plane = null
              tunnels.peers."*" { }
              links.defaults.auth = [chap]
              bundles.defaults { own-address = 100.64.0.1, pool = p }
              pools.p { ranges = ["100.64.0.2 - 100.64.0.9"] }
              users { "u000000@example.net" { password = secret } }
            }
            """);
        using var lnsd = Start("--config", file.Path);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var ready = await Line(lnsd, "Akka.LNS ready", limit.Token);
            var port = ushort.Parse(Regex.Match(ready, @"127\.0\.0\.1:(\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
            using var load = new LoadGenerator(new LoadSettings { Lns = new UdpEndpoint(new Ipv4Address(0x7F000001), port), Sessions = 1 });
            Assert.True(load.OpenTunnels(Limit, limit.Token) && load.BringUp(Limit, limit.Token));

            await Signal(lnsd, "USR1", limit.Token);
            await Line(lnsd, "drain begins: sessions 1", limit.Token);
            await Signal(lnsd, "USR2", limit.Token);
            await Line(lnsd, "drain cancelled", limit.Token);
            await Signal(lnsd, "USR1", limit.Token);
            await Line(lnsd, "drain begins: sessions 1", limit.Token);
            using (var late = new LoadGenerator(
                new LoadSettings { Lns = new UdpEndpoint(new Ipv4Address(0x7F000001), port), Sessions = 1 }))
                Assert.False(late.OpenTunnels(Limit, limit.Token)); // refused, not unanswered: it ends at once
            Assert.Equal((1, false), (load.Report().Up, lnsd.HasExited));

            Assert.True(load.TakeDown(HangUp.TerminateRequest, Limit, limit.Token));
            // the node sends StopCCN to its tunnels, and the LACs acknowledge it
            load.HoldUntil(() => lnsd.HasExited, Limit, limit.Token);
            await lnsd.WaitForExitAsync(limit.Token);
            Assert.Equal((0, ""), (lnsd.ExitCode, await lnsd.StandardError.ReadToEndAsync(limit.Token)));
            Assert.Contains("node drained", await lnsd.StandardOutput.ReadToEndAsync(limit.Token), StringComparison.Ordinal);
        }
        finally
        {
            if (!lnsd.HasExited) lnsd.Kill();
        }
    }

    private static async Task<string> Line(Process lnsd, string part, CancellationToken cancel)
    {
        while (await lnsd.StandardOutput.ReadLineAsync(cancel) is { } line)
            if (line.Contains(part, StringComparison.Ordinal)) return line;
        throw new InvalidOperationException($"lnsd ended before it said '{part}': {await lnsd.StandardError.ReadToEndAsync(cancel)}");
    }

    private static async Task Signal(Process lnsd, string name, CancellationToken cancel)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{lnsd.Id}"]);
        await kill.WaitForExitAsync(cancel);
    }

    [Fact]
    public async Task A_port_in_use_gives_one_line_and_exit_code_2()
    {
        using var taken = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var port = ((System.Net.IPEndPoint)taken.Client.LocalEndPoint!).Port;
        using var file = new ConfigFile($$"""
            lns {
              listen = ["127.0.0.1:{{port}}"], data-plane = null, api.enabled = off
              tunnels.peers."*" { }
              bundles.defaults.own-address = 100.64.0.1
            }
            """);
        var (code, output, error) = await Run("--config", file.Path);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"127.0.0.1:{port}", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            RedirectStandardInput = true
        };
        foreach (var argument in (string[])["exec", Repository.Lnsd, .. arguments]) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using var process = Start(arguments);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private sealed class ConfigFile : IDisposable
    {
        public ConfigFile(string text) => File.WriteAllText(Path, text);
        public string Path { get; } = System.IO.Path.GetTempFileName();
        public void Dispose() => File.Delete(Path);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Settings;

/// <summary>Reload of a running lnsd by SIGHUP and by the API.</summary>
public sealed class ReloadProcessTests : IAsyncDisposable
{
    private const string Secret = "5ecret", Password = $"pass-{Secret}", ReadToken = $"reader-{Secret}-token",
        OperateToken = $"operator-{Secret}-token";
    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _seen = new();
    private LnsdProgram? _lnsd;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private LnsdProgram Lnsd => _lnsd!;
    private string ConfigPath => Path.Combine(_folder.Path, "lns.conf");

    private async Task Start(int users = 0) => _lnsd = await LnsdProgram.Start(_folder.Path, $$"""
        lns {
          bundles.defaults.pool = p
          pools.p { ranges = ["100.64.0.2 - 100.64.0.50"] }
          tunnels.defaults.secret = none
          overload.refuse-from = 70000
          api.tokens { viewer { role = read, token = "{{ReadToken}}" }, operator { role = operate, token = "{{OperateToken}}" } }
        }
        {{Subscribers.Users(users, Password)}}
        """);

    public async ValueTask DisposeAsync()
    {
        if (_lnsd is not null)
        {
            Assert.DoesNotContain(Secret, _lnsd.Output, StringComparison.Ordinal);
            await _lnsd.DisposeAsync();
        }
        Assert.DoesNotContain(Secret, _seen.ToString(), StringComparison.Ordinal);
        _folder.Dispose();
    }

    private void Edit(string from, string to)
    {
        var text = File.ReadAllText(ConfigPath);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(ConfigPath, text.Replace(from, to, StringComparison.Ordinal));
    }

    private async Task HangUp()
    {
        using var kill = Process.Start("kill", ["-HUP", $"{Lnsd.Id}"]);
        await kill.WaitForExitAsync(Cancel);
    }

    private Task Line(string text) => ApiLab.Until(() => Task.FromResult(Lnsd.Output.Contains(text, StringComparison.Ordinal)));

    private async Task<JsonElement> Json(HttpClient client, HttpMethod method, string path, HttpStatusCode expected = HttpStatusCode.OK,
        HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}") { Content = body };
        request.Headers.ExpectContinue = body is not null; // a body that is too large is not sent
        using var response = await client.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        _seen.AppendLine(text);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    [Fact]
    public async Task Sighup_applies_all_of_the_file_or_nothing_and_logs_it()
    {
        await Start(users: 3);
        await using (await Subscribers.BringUp(Lnsd, 3, 1, Password))
        {
            await HangUp();
            await Line($"configuration {ConfigPath} read again: nothing changed");

            Edit("100.64.0.50", "100.64.0.60");
            Edit("70000", "many");
            await HangUp();
            await Line("everything stays as it is: 1 error");
            Assert.Matches($@"configuration: {ConfigPath}:\d+: lns\.overload\.refuse-from: found 'many'; allowed: ", Lnsd.Output);
            using var root = Lnsd.OverSocket();
            Assert.Equal(49, (await Json(root, HttpMethod.Get, "pools")).GetProperty("pools")[0].GetProperty("size").GetInt32());

            Edit("many", "75000");
            Edit("api.sock", "other.sock");
            await HangUp();
            await Line("reloaded: 2 keys changed, 1 wait for a restart");
            Assert.Contains("configuration: lns.pools.p.ranges: [\"100.64.0.2 - 100.64.0.50\"] -> [\"100.64.0.2 - 100.64.0.60\"]",
                Lnsd.Output, StringComparison.Ordinal);
            Assert.Contains("configuration: lns.overload.refuse-from: 70000 -> 75000", Lnsd.Output, StringComparison.Ordinal);
            Assert.Matches(@"configuration: lns\.api\.listen: .*other\.sock.* \(needs a restart\)", Lnsd.Output);
            Assert.Equal(59, (await Json(root, HttpMethod.Get, "pools")).GetProperty("pools")[0].GetProperty("size").GetInt32());
            Assert.Equal(3, (await Json(root, HttpMethod.Get, "sessions?state=up")).GetProperty("total").GetInt32());

            File.Delete(ConfigPath);
            await HangUp();
            await Line($"configuration: cannot read {ConfigPath}: ");
        }
        await Lnsd.Terminate();
        Assert.Equal(0, await Lnsd.Exited());
    }

    [Fact]
    public async Task Routes_to_the_device_follow_the_ranges_of_the_pools()
    {
        if (NetworkNamespaces.Missing is { } missing) Assert.Skip(missing);
        if (!File.Exists("/dev/net/tun")) Assert.Skip("no /dev/net/tun");
        _lnsd = await LnsdProgram.Start(_folder.Path, """
            lns {
              data-plane = tun
              tun { device = lnstest0, routes = ["198.51.100.0/24"] }
              bundles.defaults.pool = p
              pools.p { ranges = ["100.64.0.0/24", "100.65.0.0/24"] }
            }
            """, "unshare", "-n", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh");
        Assert.Equal(["100.64.0.0/24", "100.65.0.0/24", "198.51.100.0/24"], await Routes());

        Edit("\"100.65.0.0/24\"", "\"100.66.0.0/16\", \"203.0.113.0/25\"");
        Edit("\"198.51.100.0/24\"", "\"192.0.2.0/24\""); // lns.tun needs a restart
        using var root = Lnsd.OverSocket();
        var done = await Json(root, HttpMethod.Post, "config/reload");
        Assert.True(done.GetProperty("applied").GetBoolean());
        Assert.Equal(["100.64.0.0/24", "100.66.0.0/16", "198.51.100.0/24", "203.0.113.0/25"], await Routes());

        // a route that this host has already gives a note and stays
        Assert.Equal(0, (await InNamespace("ip", "route", "add", "203.0.113.128/25", "dev", "lo")).ExitCode);
        Edit("203.0.113.0/25", "203.0.113.128/25");
        var noted = await Json(root, HttpMethod.Post, "config/reload");
        Assert.StartsWith("cannot route 203.0.113.128/25 to lnstest0: ",
            Assert.Single(noted.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal(["100.64.0.0/24", "100.66.0.0/16", "198.51.100.0/24"], await Routes());

        Task<(int ExitCode, string Output)> InNamespace(params string[] command) =>
            Commands.Run("nsenter", ["-t", $"{Lnsd.Id}", "-n", .. command]);

        async Task<string[]> Routes() =>
            [.. (await InNamespace("ip", "-4", "route", "show", "dev", "lnstest0"))
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => l.Split(' ')[0]).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task The_api_shows_checks_compares_and_reloads()
    {
        await Start();
        using HttpClient reader = Lnsd.OverTcp(ReadToken), @operator = Lnsd.OverTcp(OperateToken);
        var shown = (await Json(reader, HttpMethod.Get, "config")).GetProperty("hocon").GetString()!;
        Assert.Contains("refuse-from = 70000", shown, StringComparison.Ordinal);
        Assert.Contains("token = \"***\"", shown, StringComparison.Ordinal);
        await Json(reader, HttpMethod.Post, "config/reload", HttpStatusCode.Forbidden);
        await Json(reader, HttpMethod.Post, "config/check", HttpStatusCode.Forbidden);

        var ok = await Json(@operator, HttpMethod.Post, "config/check");
        Assert.Equal((true, ConfigPath), (ok.GetProperty("ok").GetBoolean(), ok.GetProperty("file").GetString()));
        var wrong =
            await Json(@operator, HttpMethod.Post, "config/check?name=/x/mine.conf",
            body: new StringContent($"lns {{\n  tun.mtu = 1\n  users.a.password = {Secret}\n}}"));
        Assert.False(wrong.GetProperty("ok").GetBoolean());
        Assert.Equal("/x/mine.conf:2: lns.tun.mtu: found '1'; allowed: a whole number from 576 to 9000",
            Assert.Single(wrong.GetProperty("errors").EnumerateArray()).GetString());
        // beyond lns.api.limits.body
        var large = string.Join('\n', Enumerable.Range(0, 10_000).Select(static i => $"lns.users.u{i}.password = {Password}"));
        Assert.True((await Json(@operator, HttpMethod.Post, "config/check?name=large.conf", body: new StringContent(large)))
            .GetProperty("ok").GetBoolean());
        await Json(@operator, HttpMethod.Post, "config/check?name=larger.conf", HttpStatusCode.RequestEntityTooLarge,
            new StringContent(new string('#', 5 << 20)));

        Edit("70000", "75000");
        Edit(ReadToken, $"changed-{ReadToken}");
        Edit("data-plane = null", "data-plane = null, node-name = other");
        var diff = await Json(reader, HttpMethod.Get, "config/diff");
        Assert.Equal(["lns.api.tokens.viewer.token", "lns.node-name", "lns.overload.refuse-from"],
            diff.GetProperty("changes").EnumerateArray().Select(static c => c.GetProperty("key").GetString()).Order());
        var strict =
            await Json(@operator, HttpMethod.Post, "config/reload", HttpStatusCode.UnprocessableEntity,
            JsonContent.Create(new { strict = true }));
        Assert.Equal((false, 1), (strict.GetProperty("applied").GetBoolean(), strict.GetProperty("waiting").GetInt32()));
        Assert.Equal(3, (await Json(reader, HttpMethod.Get, "config/diff")).GetProperty("changed").GetInt32());

        var done = await Json(@operator, HttpMethod.Post, "config/reload");
        Assert.Equal((true, 1), (done.GetProperty("applied").GetBoolean(), done.GetProperty("waiting").GetInt32()));
        await Line($"audit: operator by 127.0.0.1: config reload {ConfigPath}: 2 keys changed: ");
        Assert.Matches("config reload .*: 2 keys changed: .*; 1 wait for a restart: lns.node-name", Lnsd.Output);
        using (var gone = await reader.GetAsync("/api/v1/load", Cancel)) Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);
        using var changed = Lnsd.OverTcp($"changed-{ReadToken}");
        Assert.Contains("refuse-from = 75000", (await Json(changed, HttpMethod.Get, "config")).GetProperty("hocon").GetString(),
            StringComparison.Ordinal);
        var rest = Assert.Single((await Json(changed, HttpMethod.Get, "config/diff")).GetProperty("changes").EnumerateArray());
        Assert.Equal(("lns.node-name", true), (rest.GetProperty("key").GetString(), rest.GetProperty("needsRestart").GetBoolean()));
        Assert.Matches($@"^{ConfigPath}:\d+$", rest.GetProperty("at").GetString());
    }

    [Fact]
    public async Task A_log_level_set_by_lnsctl_stays_until_the_file_has_a_new_one()
    {
        await Start();
        using var root = Lnsd.OverSocket();
        async Task<string?> Level(string source) => (await Json(root, HttpMethod.Get, "log/levels")).GetProperty("levels").EnumerateArray()
            .Single(l => l.TryGetProperty("source", out var s) && s.GetString() == source).GetProperty("level").GetString();
        await Json(root, HttpMethod.Put, "log/level", body: JsonContent.Create(new { source = "Microsoft", level = "error" }));
        await Json(root, HttpMethod.Put, "log/level", body: JsonContent.Create(new { source = "Akka", level = "error" }));
        Edit("70000", "75000\n log.levels.Akka = off");
        await Json(root, HttpMethod.Post, "config/reload");
        Assert.Equal(("off", "error"), (await Level("Akka"), await Level("Microsoft")));
    }
}

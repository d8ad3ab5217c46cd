using Akka.LNS.Ctl.Terminal;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Ctl.Tests;

/// <summary>lnsctl config against lnsd while its file changes.</summary>
public sealed class ConfigTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private LnsdProgram _lnsd = null!;

    private string ConfigPath => Path.Combine(_folder.Path, "lns.conf");

    public async ValueTask InitializeAsync() => _lnsd = await LnsdProgram.Start(_folder.Path, $$"""
        lns {
          bundles.defaults.pool = p
          pools.p { ranges = ["100.64.0.0/24"] }
          tunnels.peers.lac1 { secret = "tunnel-{{CtlLab.Secret}}" }
          api.tokens.viewer { role = read, token = "{{CtlLab.ReadToken}}" }
        }
        """);

    public async ValueTask DisposeAsync()
    {
        await _lnsd.DisposeAsync();
        Assert.DoesNotContain(CtlLab.Secret, _lnsd.Output, StringComparison.Ordinal);
        _folder.Dispose();
    }

    private Task<Ran> Config(params string[] arguments) => CtlLab.Raw(["--api", $"unix:{_lnsd.Socket}", "config", .. arguments]);

    private void Edit(string from, string to) =>
        File.WriteAllText(ConfigPath, File.ReadAllText(ConfigPath).Replace(from, to, StringComparison.Ordinal));

    [Fact]
    public async Task Settings_in_force_are_shown_without_secrets()
    {
        var text = await Config("show");
        Assert.Equal((ExitCode.Ok, ""), (text.Code, text.Error));
        Assert.Equal(("lns {", "}"), (text.Lines[0], text.Lines[^1]));
        Assert.Contains("        secret = \"***\"", text.Lines);
        Assert.Contains("    refuse-from = 80000", text.Lines); // a default
        var json = (await Config("show", "--json")).Json;
        Assert.Equal(ConfigPath, json.GetProperty("file").GetString());
        Assert.Equal(text.Out, json.GetProperty("hocon").GetString());
    }

    [Fact]
    public async Task Check_reads_the_file_of_lnsd_or_a_local_file()
    {
        var mine = await Config("check");
        Assert.Equal((ExitCode.Ok, $"{ConfigPath}: ok\n", ""), (mine.Code, mine.Out, mine.Error));
        var other = Path.Combine(_folder.Path, "other.conf");
        File.WriteAllText(other, $"lns {{\n  users.a.password = {CtlLab.Secret}\n  tun.mtu = 1\n  listenn = []\n}}\n");
        var wrong = await Config("check", other);
        Assert.Equal((ExitCode.Failed, ""), (wrong.Code, wrong.Out));
        Assert.Equal(
            [
                $"{other}:3: lns.tun.mtu: found '1'; allowed: a whole number from 576 to 9000",
                $"{other}:4: lns.listenn: unknown key; did you mean listen?", $"lnsctl: {other}: 2 errors",
            ],
            wrong.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => l.Split("; allowed: api")[0]));
        var json = await Config("check", other, "--json");
        Assert.Equal((ExitCode.Failed, false, 2),
            (json.Code, json.Json.GetProperty("ok").GetBoolean(), json.Json.GetProperty("errors").GetArrayLength()));
        Assert.Equal(ExitCode.NotFound, (await Config("check", "/nowhere/lns.conf")).Code);
        var large = Path.Combine(_folder.Path, "large.conf");
        File.WriteAllText(large, new string('#', 5 << 20));
        var refused = await Config("check", large);
        Assert.Equal((ExitCode.Failed, $"lnsctl: {large} is larger than 4 MiB; use lnsd --check\n"), (refused.Code, refused.Error));
        var denied = await CtlLab.Raw(["--api", _lnsd.Address.ToString(), "--token-file", TokenFile(), "config", "check", other]);
        Assert.Equal(ExitCode.NotAllowed, denied.Code);
        Assert.Equal(ExitCode.Ok, (await CtlLab.Raw(["--api", _lnsd.Address.ToString(), "--token-file", TokenFile(), "config", "diff"]))
            .Code);
    }

    private string TokenFile()
    {
        var file = Path.Combine(_folder.Path, "token");
        File.WriteAllText(file, CtlLab.ReadToken);
        return file;
    }

    [Fact]
    public async Task Reload_applies_what_diff_shows_or_nothing()
    {
        foreach (var verb in new[] { "diff", "reload" })
        {
            var same = await Config(verb);
            Assert.Equal((ExitCode.Ok, "no changes\n", ""), (same.Code, same.Out, same.Error));
        }

        Edit("100.64.0.0/24", "100.64.0.0/25");
        Edit("tunnel-", "other-");
        string[] live = ["lns.tunnels.peers.lac1.secret: changed", "lns.pools.p.ranges: [100.64.0.0/24] -> [100.64.0.0/25]"];
        Assert.Equal(live, (await Config("diff")).Lines);
        Edit("bundles.defaults.pool", "tun.mtu = 1400\n  bundles.defaults.pool");
        var strict = await Config("reload", "--strict");
        Assert.Equal((ExitCode.Failed, "lnsctl: 1 key needs a restart: nothing was applied\n"), (strict.Code, strict.Error));
        Assert.Equal(live.Append("lns.tun.mtu: 1500 -> 1400 (needs a restart)").Order(), (await Config("diff")).Lines.Order());
        var done = await Config("reload");
        Assert.Equal((ExitCode.Ok, "applied: 2 changed, 1 waiting for a restart"), (done.Code, done.Lines[^1]));
        Assert.Equal(["lns.tun.mtu: 1500 -> 1400 (needs a restart)"], (await Config("diff")).Lines);
        var again = await Config("reload", "--json");
        Assert.Equal((ExitCode.Ok, true, 1),
            (again.Code, again.Json.GetProperty("applied").GetBoolean(), again.Json.GetProperty("waiting").GetInt32()));

        Edit("100.64.0.0/25", "100.64.0.0/33");
        foreach (var verb in new[] { "diff", "reload" })
        {
            var wrong = await Config(verb);
            Assert.Equal((ExitCode.Failed, ""), (wrong.Code, wrong.Out));
            Assert.Matches($@"^{ConfigPath}:\d+: lns\.pools\.p\.ranges: found '100\.64\.0\.0/33'; allowed: ", wrong.Error);
        }
        Assert.Equal(ExitCode.Failed, (await Config("reload", "--json")).Code);
        Assert.Equal(["p", "125"], (await CtlLab.Raw(["--api", $"unix:{_lnsd.Socket}", "pools"])).Lines[1]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2));
    }
}

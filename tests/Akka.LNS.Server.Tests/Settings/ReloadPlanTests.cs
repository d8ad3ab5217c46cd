using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Settings.Reload;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Settings;

/// <summary>Changes that a new configuration makes to the one in force.</summary>
public sealed class ReloadPlanTests : IDisposable
{
    private const string Hidden = "5ecret", Other = "an0ther-5ecret";

    private const string Running = $$"""
        lns {
          node-name = lab
          listen = ["127.0.0.1:1701"]
          tunnels.peers { lac1 { secret = "{{Hidden}}" }, lac2 { } }
          bundles.defaults { own-address = 100.64.0.1, pool = p, session-timeout = 60s }
          pools.p { ranges = ["100.64.0.0/24"] }
          users.alice { password = "{{Hidden}}", attributes = ["Framed-IP-Address = 203.0.113.7"] }
          radius.servers = [{ name = first, address = 192.0.2.1, secret = "{{Hidden}}" }
            { name = second, address = 192.0.2.2, secret = "{{Hidden}}" }]
          api.tokens.viewer { role = read, token = "{{Hidden}}-long-enough" }
          log.levels { Akka = error, Own = debug }
        }
        """;

    private static readonly RunningFacts Facts = new(ListensForDynamicAuthorization: true);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static SettingsResult Read(string text)
    {
        var read = SettingsReader.Read(text, "f.conf", static _ => null);
        Assert.Empty(read.Errors);
        return read;
    }

    private static ReloadPlan Plan(string running, string next, RunningFacts? facts = null)
    {
        var plan = ReloadPlan.Make(Read(running), SettingsReader.Read(next, "f.conf", static _ => null), facts ?? Facts);
        Assert.All(plan.Changes, static c => Assert.DoesNotContain("5ecret", $"{c} {c.From} {c.To} {c.At}", StringComparison.Ordinal));
        return plan;
    }

    private static string[] Changes(string running, string next) => [.. Plan(running, next).Changes.Select(static c => c.ToString())];

    [Theory]
    [InlineData("", "")]
    [InlineData("= 60s", "= 1m")]
    [InlineData("[\"127.0.0.1:1701\"]", "[ \"127.0.0.1:1701\" ] # the same")]
    [InlineData("lns {",
        "lns.overload.hold = 1000 ms\nlns.socket.receive-buffer = 8192 KiB\nlns.tun.mtu = 1500\nlns.api.enabled = true\nlns {")]
    public void A_value_with_the_same_meaning_is_no_change(string from, string to) =>
        Assert.Empty(Changes(Running, from.Length == 0 ? Running : Running.Replace(from, to, StringComparison.Ordinal)));

    [Theory]
    [InlineData("= 60s", "= 90s", "lns.bundles.defaults.session-timeout: 1m -> 90s")]
    [InlineData("100.64.0.0/24\"", "100.64.0.0/25\", 10.0.0.1", "lns.pools.p.ranges: [100.64.0.0/24] -> [100.64.0.0/25, 10.0.0.1]")]
    [InlineData(", lac2 { }", "", "lns.tunnels.peers.lac2: removed")]
    [InlineData(", lac2 { }", ", lac2 { max-sessions = 5 }", "lns.tunnels.peers.lac2.max-sessions: added: 5")]
    [InlineData("lac2 {", "\"10.0.0.0/8\" { secret = " + Other + ", max-sessions = 5 }, lac2 {",
        "lns.tunnels.peers.\"10.0.0.0/8\": added: { secret = \"***\", max-sessions = 5 }")]
    [InlineData("lac1 { secret = \"" + Hidden, "lac1 { secret = \"" + Other, "lns.tunnels.peers.lac1.secret: changed")]
    [InlineData("lac1 { secret = \"" + Hidden + "\"", "lac1 { secret = none", "lns.tunnels.peers.lac1.secret: *** -> none")]
    [InlineData("users.alice { password = \"" + Hidden, "users.alice { password = \"" + Other, "lns.users.alice.password: changed")]
    [InlineData("203.0.113.7", "203.0.113.8",
        "lns.users.alice.attributes: [\"Framed-IP-Address = 203.0.113.7\"] -> [\"Framed-IP-Address = 203.0.113.8\"]")]
    [InlineData("node-name = lab", "node-name = lab, data-plane = null", "lns.data-plane: tun -> null (needs a restart)")]
    [InlineData("192.0.2.2, secret = \"" + Hidden, "192.0.2.2, weight = 3, secret = \"" + Other,
        "lns.radius.servers[second].secret: changed", "lns.radius.servers[second].weight: added: 3")]
    [InlineData("{ name = first, address = 192.0.2.1, secret = \"" + Hidden + "\" }\n", "", "lns.radius.servers[first]: removed")]
    [InlineData("token = \"" + Hidden, "token = \"" + Other, "lns.api.tokens.viewer.token: changed")]
    [InlineData("node-name = lab", "node-name = lab2", "lns.node-name: lab -> lab2 (needs a restart)")]
    [InlineData("Own = debug", "Own = error, New = debug", "lns.log.levels.Own: debug -> error",
        "lns.log.levels.New: added: debug")]
    [InlineData(", Own = debug", "", "lns.log.levels.Own: removed")]
    [InlineData("lns {", "akka.remote.dot-netty.tcp.ssl.password = " + Other + "\nlns {",
        "akka.remote: added: { dot-netty { tcp { ssl { password = \"***\" } } } } (needs a restart)")]
    public void Each_key_is_named_with_both_values(string from, string to, params string[] expected)
    {
        var next = Running.Replace(from, to, StringComparison.Ordinal);
        Assert.Equal(expected.Order(), Changes(Running, next).Order());
        Assert.Equal(expected.Length, Plan(next, Running).Changes.Length); // and back
    }

    [Fact]
    public void Keys_that_need_a_restart_keep_their_values_and_the_others_change()
    {
        var next = Running.Replace("lab", "lab2", StringComparison.Ordinal).Replace("1701", "1702", StringComparison.Ordinal)
            .Replace("60s", "90s", StringComparison.Ordinal).Replace("lac2", "lac3", StringComparison.Ordinal);
        var plan = Plan(Running, next);
        Assert.Empty(plan.Errors);
        Assert.Equal(["lns.listen", "lns.node-name"], plan.Waiting.Select(static c => c.Key).Order());
        Assert.True(plan.HasLive);
        var now = plan.Now.Settings.Node;
        Assert.Equal(("lab", 1701, TimeSpan.FromSeconds(90)),
            (now.NodeName, now.Listen.Endpoints[0].Port, now.Bundles["default"].SessionTimeout));
        Assert.Equal(["lac1", "lac3"], now.Tunnels.Peers.Select(static p => p.Pattern.Text));
        Assert.All(now.Tunnels.Peers, static p => Assert.Equal("lab", p.Connection.HostName)); // follows the node's name
        // and they wait on
        Assert.Equal(["lns.listen", "lns.node-name"],
            ReloadPlan.Make(plan.Now, Read(next), Facts).Changes.Select(static c => c.Key).Order());
        Assert.Empty(ReloadPlan.Make(plan.Now,
            Read(Running.Replace("60s", "90s", StringComparison.Ordinal).Replace("lac2", "lac3", StringComparison.Ordinal)), Facts)
            .Changes);
    }

    [Fact]
    public void A_file_with_errors_changes_nothing()
    {
        var plan =
            Plan(Running,
            Running.Replace("60s", "90 parsecs", StringComparison.Ordinal).Replace("pool = p", "pool = q", StringComparison.Ordinal));
        Assert.Empty(plan.Changes);
        Assert.Equal(2, plan.Errors.Count);
        Assert.StartsWith("f.conf:5: lns.bundles.defaults.pool: there is no pool 'q'",
            plan.Errors.Single(static e => e.Contains("pool", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("f.conf:3: ", Plan(Running, "lns {\n\n").Errors[0].Replace("f.conf:1", "f.conf:3", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_right_only_after_a_restart_is_not_applied()
    {
        using var ca = new TestCa("ca.test");
        using var server = ca.Server();
        TestCa.Write(_folder.Path, server);
        var root = Path.Combine(_folder.Path, "ca.pem");
        File.WriteAllText(root, ca.Certificate.ExportCertificatePem());
        var next = $$"""
            {{Running}}
            lns.api.tls { certificate = "{{_folder.Path}}/server.pem", key = "{{_folder.Path}}/server.key", client-ca = "{{root}}" }
            lns.api { certificates.bob { role = read, common-name = bob } }
            """;
        var error = Assert.Single(Plan(Running, next).Errors);
        Assert.Contains("lns.api.certificates: no certificate of a client is asked for", error, StringComparison.Ordinal);
        Assert.EndsWith("(with the keys that need a restart as they are)", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_in_an_attribute_of_a_user_is_compared_and_never_shown()
    {
        const string attributes = "\"Framed-IP-Address = 203.0.113.7\"";
        string With(string secret) =>
            Running.Replace(attributes,
            $"{attributes}, \"Cisco-AVPair = 'vpdn:l2tp-tunnel-password={secret}'\", \"Cisco-AVPair = ip:addr-pool=gold\"",
            StringComparison.Ordinal);
        var running = Read(With(Hidden));
        var shown = running.Effective.ToHocon();
        Assert.DoesNotContain(Hidden, shown, StringComparison.Ordinal);
        Assert.Contains("attributes = [\"Framed-IP-Address = 203.0.113.7\", \"Cisco-AVPair = ***\", \"Cisco-AVPair = ip:addr-pool=gold\"]",
            shown, StringComparison.Ordinal);
        Assert.Empty(ReloadPlan.Make(running, Read(With(Hidden)), Facts).Changes);
        var change = Assert.Single(Plan(With(Hidden), With(Other)).Changes);
        Assert.Equal("lns.users.alice.attributes: [\"Framed-IP-Address = 203.0.113.7\", \"Cisco-AVPair = ***\", " +
            "\"Cisco-AVPair = ip:addr-pool=gold\"], which holds something else", change.ToString());
        Assert.True(change.IsHidden);
        // nor in an error
        var wrong = SettingsReader.Read(With(new string('x', 300) + Hidden), "f.conf", static _ => null).Errors;
        Assert.Contains("Cisco-AVPair = '***'; allowed: ", Assert.Single(wrong), StringComparison.Ordinal);
    }

    [Fact]
    public void The_content_of_a_secret_file_is_compared_and_never_shown()
    {
        var file = Path.Combine(_folder.Path, "lac1.secret");
        File.WriteAllText(file, Hidden);
        var text = Running.Replace($"lac1 {{ secret = \"{Hidden}\"", $"lac1 {{ secret-file = \"{file}\"", StringComparison.Ordinal);
        var running = Read(text);
        Assert.Empty(ReloadPlan.Make(running, Read(text), Facts).Changes);
        File.WriteAllText(file, Other);
        var change = Assert.Single(ReloadPlan.Make(running, Read(text), Facts).Changes);
        Assert.Equal($"lns.tunnels.peers.lac1.secret-file: \"{file}\", which holds something else".Replace("\"", "",
            StringComparison.Ordinal), change.ToString().Replace("\"", "", StringComparison.Ordinal));
        Assert.Equal(Other, ReloadPlan.Make(running, Read(text), Facts).Now.Settings.Node.Tunnels.Peers[0].Connection.Secret);
    }

    [Fact]
    public void Clients_of_coa_are_live_while_the_socket_is_open()
    {
        const string clients = "lns.radius.dynamic-authorization.clients = [{ address = 192.0.2.8, secret = " + Other + " }]";
        var live = Assert.Single(Plan(Running, $"{Running}\n{clients}").Changes);
        var waiting = Assert.Single(Plan(Running, $"{Running}\n{clients}", Facts with { ListensForDynamicAuthorization = false }).Changes);
        Assert.Equal((false, true), (live.NeedsRestart, waiting.NeedsRestart));
        Assert.Equal("lns.radius.dynamic-authorization.clients[192.0.2.8]: added: { address = 192.0.2.8, secret = \"***\" }",
            live.ToString());
    }

    [Fact]
    public void The_shown_configuration_can_be_read_and_differs_only_in_secrets()
    {
        var running =
            Read(Running.Replace($"token = \"{Hidden}-long-enough\"", "token-sha256 = \"" + new string('a', 64) + "\"",
            StringComparison.Ordinal));
        var shown = running.Effective.ToHocon();
        Assert.DoesNotContain("5ecret", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("aaaa", shown, StringComparison.Ordinal);
        Assert.Contains("\n  node-name = lab\n", shown, StringComparison.Ordinal);
        Assert.Contains("session-timeout = 1m\n", shown, StringComparison.Ordinal);
        Assert.Contains("hello-interval = ", shown, StringComparison.Ordinal); // defaults, too
        var again =
            Read(shown.Replace("token-sha256 = \"***\"", "token-sha256 = \"" + new string('a', 64) + "\"", StringComparison.Ordinal));
        var differ = ReloadPlan.Make(running, again, Facts).Changes;
        Assert.All(differ, static c => Assert.Contains("***", c.To, StringComparison.Ordinal));
        Assert.Equal(4, differ.Length);
    }

    [Theory]
    [InlineData("demo.conf")]
    [InlineData("isp.conf")]
    [InlineData("mpd-like.conf")]
    public void Examples_are_shown_and_can_be_read(string name)
    {
        var read = SettingsReader.Read(Repository.Read("hocon", "examples", name), name, static _ => null);
        Assert.All(ReloadPlan.Make(read, Read(read.Effective.ToHocon()), Facts).Changes, static c =>
            Assert.True(c.IsHidden || c.To!.Contains("***", StringComparison.Ordinal), c.ToString()));
    }

    [Fact]
    public void The_text_of_a_client_includes_no_file_and_shows_no_environment_variable()
    {
        var file = Path.Combine(_folder.Path, "other.conf");
        File.WriteAllText(file, $"lns.{Hidden} = 1");
        Assert.Contains("no file is included in a text that is sent",
            Assert.Single(SettingsReader.ReadForeign($"include \"{file}\"", "f.conf").Errors), StringComparison.Ordinal);
        Environment.SetEnvironmentVariable("LNS_RELOAD_TEST", Hidden);
        var error = Assert.Single(SettingsReader.ReadForeign("lns.tun.mtu = ${LNS_RELOAD_TEST}", "f.conf").Errors);
        Assert.StartsWith("f.conf:1: lns.tun.mtu: found '${LNS_RELOAD_TEST}'; allowed: ", error, StringComparison.Ordinal);
    }
}

using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Settings;

public class SettingsReaderTests
{
    private const string Password = "p4ssw0rd-that-no-output-has";

    private static SettingsResult Read(string text, params (string Name, string Value)[] environment) =>
        SettingsReader.Read(text, "f.conf", name => environment.FirstOrDefault(e => e.Name == name).Value);

    private static LnsdSettings Everything(string text, params (string, string)[] environment)
    {
        var read = Read(text, environment);
        Assert.Empty(read.Errors);
        return read.Settings;
    }

    private static LnsSettings Right(string text, params (string, string)[] environment) => Everything(text, environment).Node;

    [Fact]
    public void An_empty_file_gives_the_defaults_of_the_settings_records()
    {
        // the default of the record accepts every LAC, for tests; a file must name its LACs
        var expected = new LnsdSettings { Node = new LnsSettings { Tunnels = new TunnelsSettings { Peers = [] } } };
        Assert.Equal(Dump(expected), Dump(Everything("")));
    }

    [Theory]
    [InlineData("demo.conf")]
    [InlineData("isp.conf")]
    [InlineData("mpd-like.conf")]
    public void Examples_are_right(string name)
    {
        var read = SettingsReader.Read(Repository.Read("hocon", "examples", name), name, static _ => null);
        Assert.Empty(read.Errors);
        Assert.NotEmpty(read.Settings.Node.Tunnels.Peers);
    }

    /// <summary>Numbers of the HOCON blocks of hocon/README.md.</summary>
    public static TheoryData<int> BlocksOfReadme => [.. Enumerable.Range(0, ReadmeBlocks.Length)];

    private static string[] ReadmeBlocks { get; } =
        [.. Regex.Matches(Repository.Read("hocon", "README.md"), @"```hocon\n(.*?)```", RegexOptions.Singleline)
            .Select(static m => m.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(BlocksOfReadme))]
    public void Each_example_of_the_readme_is_right(int block)
    {
        using var files = new TemporaryFolder();
        var text = $"lns.bundles.defaults.own-address = 203.0.113.1\n{LnsConf.WithFiles(ReadmeBlocks[block], files)}";
        Assert.Empty(SettingsReader.Read(text, "README.md", static _ => null).Errors);
    }

    [Fact]
    public void Two_keys_of_one_user_are_an_error_and_an_escape_is_an_octet()
    {
        const string head = "lns.bundles.defaults.own-address = 203.0.113.1\n";
        var read = SettingsReader.Read($"{head}lns.users {{ \"m\\\\xC3\\\\xBC\" {{ password = a }}, \"m\u00FC\" {{ password = b }} }}", "t",
            static _ => null);
        Assert.Contains("two keys are the same user 'm\u00FC'", Assert.Single(read.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_the_configuration_files_and_their_readme_have_at_most_120_characters()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(Repository.Root, "hocon"), "*", SearchOption.AllDirectories)];
        Assert.True(files.Length > 4);
        Assert.Empty(files.SelectMany(static f => File.ReadAllLines(f).Select((line, i) => (f, i, line)))
            .Where(static l => l.line.Length > 120)
            .Select(static l => $"{l.f}:{l.i + 1}"));
    }

    [Fact]
    public void The_demo_has_the_users_pool_and_addresses_that_the_readme_describes()
    {
        var demo = Right(EmbeddedConfiguration.Demo);
        Assert.Equal(Repository.Read("hocon", "examples", "demo.conf"), EmbeddedConfiguration.Demo);
        Assert.Equal(["0.0.0.0:1701", "[::]:1701"], demo.Listen.Endpoints.Select(static e => e.ToString()));
        Assert.Equal(["demo", "demo2"], demo.Users.Keys.Order());
        Assert.All(demo.Users.Values, static u => Assert.Equal("demo", u.Password.Value));
        Assert.Equal(["100.64.0.0/16"], demo.Tun.Routes.Select(static r => r.ToString()));
        Assert.Equal(["100.64.0.1"], demo.Tun.Addresses.Select(static a => a.ToString()));
        Assert.Equal("100.64.0.1-100.64.255.254", demo.Pools["demo"].Ranges.Single().ToString());
        Assert.Null(demo.Tunnels.For("any", IPAddress.Loopback)!.Connection.Secret);
        Assert.Empty(demo.Radius.Servers);
    }

    [Theory]
    [InlineData("\nlns.tunnels.defaults.hello-intervall = 60s",
        "f.conf:2: lns.tunnels.defaults.hello-intervall: unknown key; did you mean hello-interval?; allowed: ack-delay, ")]
    [InlineData("lns {\n tunnels {\n  peers {\n   \"*\" { secrett = x }\n  }\n }\n}",
        "f.conf:4: lns.tunnels.peers.\"*\".secrett: unknown key; did you mean secret?; allowed: ")]
    [InlineData("lnss {}", "f.conf:1: lnss: unknown key; did you mean lns?; allowed: akka, lns")]
    [InlineData("lns = 5", "f.conf:1: lns: found '5'; a section { } is expected")]
    [InlineData("lns.tun = 5", "f.conf:1: lns.tun: found '5'; a section { } is expected")]
    [InlineData("lns.tun.mtu = 60000", "f.conf:1: lns.tun.mtu: found '60000'; allowed: a whole number from 576 to 9000")]
    [InlineData("lns.tun.mtu = many", "f.conf:1: lns.tun.mtu: found 'many'; allowed: a whole number")]
    [InlineData("lns.tun.mtu = [1500]", "f.conf:1: lns.tun.mtu: found a list; allowed: a whole number")]
    [InlineData("lns.tun.mtu { }", "f.conf:1: lns.tun.mtu: found a section { }; allowed: a whole number")]
    [InlineData("lns.tunnels.defaults.hello-interval = 60",
        "f.conf:1: lns.tunnels.defaults.hello-interval: found '60'; allowed: a duration with unit (ms, s, m, h, d) from 0s to 1d")]
    [InlineData("lns.tunnels.defaults.hello-interval = 60 parsecs",
        "f.conf:1: lns.tunnels.defaults.hello-interval: found '60 parsecs'; allowed: a duration")]
    [InlineData("lns.tunnels.defaults.hello-interval = 2d",
        "f.conf:1: lns.tunnels.defaults.hello-interval: found '2d'; allowed: a duration")]
    [InlineData("lns.socket.receive-buffer = 4194304",
        "f.conf:1: lns.socket.receive-buffer: found '4194304'; " +
        "allowed: a size with unit (B, KiB, MiB, GiB, kB, MB, GB) from 64 KiB to 1 GiB")]
    [InlineData("lns.data-plane = tunn", "f.conf:1: lns.data-plane: found 'tunn'; allowed: tun, null; did you mean tun?")]
    [InlineData("lns.radius.accounting.enabled = maybe", "f.conf:1: lns.radius.accounting.enabled: found 'maybe'; allowed: on, off")]
    [InlineData("lns.overload.sample-interval = \"\"", "f.conf:1: lns.overload.sample-interval: found ''; allowed: a duration")]
    [InlineData("lns.tunnels.defaults.refuse-with = \"2/5\"",
        "f.conf:1: lns.tunnels.defaults.refuse-with: found '2/5'; allowed: 2/7, 2/4, 4")]
    [InlineData("lns.tunnels.defaults.calls-per-second = 0",
        "f.conf:1: lns.tunnels.defaults.calls-per-second: found '0'; allowed: a number from 0.01 to 1000000, or none")]
    [InlineData("lns.overload { refuse-from = 500\n refuse-all = 500, reopen-below = 100 }",
        "f.conf:2: lns.overload.refuse-all: 500 is not above refuse-from, 500")]
    [InlineData("lns.overload.reopen-below = 120001", "f.conf:1: lns.overload.reopen-below: 120001 is above refuse-all, ")]
    [InlineData("lns.overload.max-login-wait = 21s", "f.conf:1: lns.overload.max-login-wait: 21s is more than radius.login-timeout, 20s")]
    [InlineData("lns.radius.dynamic-authorization.listen = 3799",
        "f.conf:1: lns.radius.dynamic-authorization.listen: found '3799'; allowed: ADDRESS:PORT")]
    [InlineData("lns.radius.dynamic-authorization.clients = [{ address = 192.0.2.1 }]",
        "f.conf:1: lns.radius.dynamic-authorization.clients[0].secret: missing; allowed: a text, or secret-file")]
    [InlineData("lns.radius.dynamic-authorization.clients = [{ address = 192.0.2.1/24, secret = x }]",
        "f.conf:1: lns.radius.dynamic-authorization.clients[0].address: found '192.0.2.1/24'; " +
        "allowed: an address, or a network without host bits")]
    [InlineData("lns.radius.dynamic-authorization.clients = [{ address = 192.0.2.1, secret = x }, { address = 192.0.2.1/32, secret = y }]",
        "f.conf:1: lns.radius.dynamic-authorization.clients: 192.0.2.1/32 stands there twice")]
    [InlineData("lns.radius.dynamic-authorization.replay-window = 2h",
        "f.conf:1: lns.radius.dynamic-authorization.replay-window: found '2h'; " +
        "allowed: a duration with unit (ms, s, m, h, d) from 1s to 1h")]
    [InlineData("lns.drain.deadline = 0s",
        "f.conf:1: lns.drain.deadline: found '0s'; allowed: a duration with unit (ms, s, m, h, d) from 1s to 30d, or none")]
    [InlineData("lns.node-name = \"\"", "f.conf:1: lns.node-name: found ''; allowed: a text of 1 to 64 octets")]
    [InlineData("lns.listen = []", "f.conf:1: lns.listen: nothing to listen on; allowed: at least one ADDRESS:PORT")]
    [InlineData("lns.listen = [1701]", "f.conf:1: lns.listen: found '1701'; allowed: a list of ADDRESS:PORT")]
    [InlineData("lns.listen = [192.0.2.1, \"192.0.2.1:1701\"]", "f.conf:1: lns.listen: an address and port stands there twice")]
    [InlineData("lns.links.defaults.auth = [chap, papp]",
        "f.conf:1: lns.links.defaults.auth: found 'papp'; allowed: a list of pap, chap, mschap-v2")]
    [InlineData("lns.links.defaults.auth-by = []", "f.conf:1: lns.links.defaults.auth-by: no source is asked")]
    [InlineData("lns.links.defaults.bundle = nope",
        "f.conf:1: lns.links.defaults.bundle: there is no bundle template 'nope'; there are: default")]
    [InlineData("lns.links.templates.x.bundle = defualt",
        "f.conf:1: lns.links.templates.x.bundle: there is no bundle template 'defualt'; did you mean default?; there are: default")]
    [InlineData("lns.links.templates.default.mru = 1400", "f.conf:1: lns.links.templates: no template may be called 'default'")]
    [InlineData("lns.tunnels.defaults.link = x", "f.conf:1: lns.tunnels.defaults.link: there is no link template 'x'")]
    [InlineData("lns.bundles.defaults.pool = x", "f.conf:1: lns.bundles.defaults.pool: there is no pool 'x'; there is none at all")]
    [InlineData("lns.bundles.defaults.dns = [1.1.1.1, 1.0.0.1, 8.8.8.8]",
        "f.conf:1: lns.bundles.defaults.dns: found a list; allowed: at most 2 of")]
    [InlineData("lns.realms.\"example.net\" { bundle = defualt }",
        "f.conf:1: lns.realms.\"example.net\".bundle: there is no bundle template 'defualt'; did you mean default?")]
    [InlineData("lns.realms.x { servers = [fisrt] }\nlns.radius.servers = [{ name = first, address = 192.0.2.1, secret = x }]",
        "f.conf:1: lns.realms.x.servers: there is no RADIUS server 'fisrt'; did you mean first?; there are: first")]
    [InlineData("lns.realms.x { servers = [y] }", "f.conf:1: lns.realms.x.servers: there is no RADIUS server 'y'; there is none at all")]
    [InlineData("lns.realms.x { servers = [\"\"] }\nlns.radius.servers = [{ name = first, address = 192.0.2.1, secret = x }]",
        "f.conf:1: lns.realms.x.servers: there is no RADIUS server ''; there are: first")]
    [InlineData("lns.realms.x { auth-by = [radius, radius] }", "f.conf:1: lns.realms.x.auth-by: a source stands there twice")]
    [InlineData("lns.realms.x { strip = maybe }", "f.conf:1: lns.realms.x.strip: found 'maybe'; allowed: on, off, or none")]
    [InlineData("lns.pools.x { ranges = [10.0.0.0/24], sticky = maybe }",
        "f.conf:1: lns.pools.x.sticky: found 'maybe'; allowed: on, off, or none")]
    [InlineData("lns.realms.x { bundel = y }", "f.conf:1: lns.realms.x.bundel: unknown key; did you mean bundle?")]
    [InlineData("lns.realms.\"*net\" { }", "f.conf:1: lns.realms.\"*net\": '*net' is no realm; allowed: a realm, \"*.SUFFIX\"")]
    [InlineData("lns.realms { A { }, a { } }", "f.conf:1: lns.realms: 'A' stands there twice")]
    [InlineData("lns.radius.backlog = 5", "f.conf:1: lns.radius.backlog: found '5'; a section { } is expected")]
    [InlineData("lns.radius.server-defaults.requests-per-second = 0",
        "f.conf:1: lns.radius.server-defaults.requests-per-second: found '0'; allowed: a number from 0.1 to 1000000, or none")]
    [InlineData("lns.radius.server-defaults.status-server = yes",
        "f.conf:1: lns.radius.server-defaults.status-server: found 'yes'; allowed: auto, on, off")]
    [InlineData("lns.users.x { }", "f.conf:1: lns.users.x.password: missing; allowed: a text, or password-file")]
    [InlineData("lns.users.x = secret", "f.conf:1: lns.users.x: found a text; a section { } is expected")]
    [InlineData("lns.users.x { password = x, attributes = [\"Framed-Pool = y\"] }",
        "f.conf:1: lns.users.x.attributes: Framed-Pool: there is no pool 'y'")]
    [InlineData("lns.users.x { password = x, attributes = [\"Framed-IP-Address = 1.2.3\"] }", "f.conf:1: lns.users.x.attributes: ")]
    [InlineData("lns.users.x { password = x, attributes = [\n\"Framed-IP-Adress = 1.2.3.4\"] }", "f.conf:2: lns.users.x.attributes: ")]
    [InlineData("lns.users.x { password = x, attributes = [\"Service-Type = Login-User\"] }",
        "f.conf:1: lns.users.x.attributes: Service-Type 1 is not offered")]
    [InlineData("lns.users.x { password = x, attributes = [\"Framed-Route = here\"] }",
        "f.conf:1: lns.users.x.attributes: Framed-Route 'here' is not")]
    [InlineData("lns.pools.x { }", "f.conf:1: lns.pools.x.ranges: no address")]
    [InlineData("lns.pools.x.ranges = [10.0.0.9 - 10.0.0.1]",
        "f.conf:1: lns.pools.x.ranges: found '10.0.0.9 - 10.0.0.1'; allowed: a list of IPv4 networks")]
    [InlineData("lns.pools { a.ranges = 10.0.0.0/24, b.ranges = 10.0.0.128/25 }",
        "f.conf:1: lns.pools: 10.0.0.1-10.0.0.254 of 'a' and 10.0.0.129-10.0.0.254 of 'b' overlap")]
    [InlineData("lns.radius.server-defaults.address = 192.0.2.1",
        "f.conf:1: lns.radius.server-defaults.address: each entry has its own; not allowed in the defaults")]
    [InlineData("lns.radius.dynamic-authorization.client-defaults.name = x",
        "f.conf:1: lns.radius.dynamic-authorization.client-defaults.name: each entry has its own; not allowed in the defaults")]
    [InlineData("lns.radius.servers = [{ secret = x }]",
        "f.conf:1: lns.radius.servers[0].address: missing; allowed: an IPv4 or IPv6 address")]
    [InlineData("lns.radius.servers = [\n{ address = 192.0.2.1 }]", "f.conf:2: lns.radius.servers[0].secret: missing")]
    [InlineData("lns.radius.servers = [{ address = 192.0.2.1, secret = x, prioritty = 1 }]",
        "f.conf:1: lns.radius.servers[0].prioritty: unknown key; did you mean priority?")]
    [InlineData("lns.radius.servers { address = 192.0.2.1 }",
        "f.conf:1: lns.radius.servers: found a section { }; allowed: a list of sections")]
    [InlineData("lns.radius.servers = [5]", "f.conf:1: lns.radius.servers[0]: found '5'; a section { } is expected")]
    [InlineData("lns.radius.server-defaults.timeout = 2", "f.conf:1: lns.radius.server-defaults.timeout: found '2'; allowed: a duration")]
    [InlineData("lns.tunnels.peers.\"*\" { hide-avps = on }",
        "f.conf:1: lns.tunnels.peers.\"*\".hide-avps: AVPs can be hidden only with a secret")]
    [InlineData("lns.tunnels.peers.\"192.0.2.1/24\" { }", "f.conf:1: lns.tunnels.peers.\"192.0.2.1/24\": '192.0.2.1/24' is not a network")]
    [InlineData("lns.tunnels.peers.\"*\" { }", "own-address: missing: the LNS needs an address of its own in the tunnel")]
    [InlineData("lns.tunnels.peers.\"*\" { secret-file = nowhere/x }",
        "f.conf:1: lns.tunnels.peers.\"*\".secret-file: cannot read nowhere/x")]
    [InlineData("lns.tunnels.peers.\"*\" { secret-file = \"/dev/zero\" }",
        "f.conf:1: lns.tunnels.peers.\"*\".secret-file: cannot read /dev/zero: it is not a regular file")]
    [InlineData("lns.tunnels.peers.\"*\" { secret = a, secret-file = b }",
        "f.conf:1: lns.tunnels.peers.\"*\".secret: both secret and secret-file are there; one is allowed")]
    [InlineData("lns.api.listen = []", "f.conf:1: lns.api.listen: nothing to listen on; allowed: at least one of unix:PATH, ADDRESS:PORT")]
    [InlineData("lns.api.listen = [8701]", "f.conf:1: lns.api.listen: found '8701'; allowed: a list of unix:PATH, ADDRESS:PORT")]
    [InlineData("lns.api.listen = [127.0.0.1]", "f.conf:1: lns.api.listen: found '127.0.0.1'; allowed: a list of")]
    [InlineData("lns.api.listen = [\"unix:\"]", "f.conf:1: lns.api.listen: found 'unix:'; allowed: a list of")]
    [InlineData("lns.api.listen = [\"192.0.2.1:8701\"]", "f.conf:1: lns.api.listen: 192.0.2.1:8701 is beyond loopback")]
    [InlineData("lns.api.listen = [\"127.0.0.1:1\", \"127.0.0.1:1\"]",
        "f.conf:1: lns.api.listen: an address and port or path stands there twice")]
    [InlineData("lns.api.unix.mode = 0999", "f.conf:1: lns.api.unix.mode: found '0999'; allowed: an octal file mode from 0600 to 0777")]
    [InlineData("lns.api.unix.mode = 0060", "f.conf:1: lns.api.unix.mode: found '0060'; allowed: an octal file mode")]
    [InlineData("lns.api.tokens.x { role = write, token = 0123456789abcdef }",
        "f.conf:1: lns.api.tokens.x.role: found 'write'; allowed: read, operate")]
    [InlineData("lns.api.tokens.x { token = 0123456789abcdef }", "f.conf:1: lns.api.tokens.x.role: missing; allowed: read, operate")]
    [InlineData("lns.api.tokens.x { role = read }",
        "f.conf:1: lns.api.tokens.x.token: missing; allowed: one of token, token-file, token-sha256")]
    [InlineData("lns.api.tokens.x { role = read, token = short }",
        "f.conf:1: lns.api.tokens.x.token: too short to be safe; allowed: at least 16 octets")]
    [InlineData("lns.api.tokens.x { role = read, token-sha256 = ab }",
        "f.conf:1: lns.api.tokens.x.token-sha256: not the SHA-256 of a token; allowed: 64 hexadecimal digits")]
    [InlineData("lns.api.tls.certificate = x.pem",
        "f.conf:1: lns.api.tls.key: missing; allowed: the path of a file in PEM with the key of the certificate")]
    [InlineData("lns.api.tls.client-ca = x.pem", "f.conf:1: lns.api.tls.certificate: missing; allowed: the path of a file in PEM")]
    [InlineData("lns.api.certificates.x { role = read, common-name = y }",
        "f.conf:1: lns.api.certificates: no certificate of a client is asked for; allowed: with lns.api.tls.client-ca")]
    [InlineData("lns.api.certificates.x { role = read }",
        "f.conf:1: lns.api.certificates.x.common-name: missing; allowed: one of common-name, fingerprint")]
    [InlineData("lns.api.certificates.x { role = read, common-name = y, fingerprint = \"00\" }",
        "f.conf:1: lns.api.certificates.x.common-name: there is a fingerprint, too; allowed: one of")]
    [InlineData("lns.api.certificates.x { role = read, fingerprint = \"00:11\" }",
        "f.conf:1: lns.api.certificates.x.fingerprint: not the SHA-256 of a certificate; allowed: 64 hexadecimal digits")]
    [InlineData("lns.metrics.otlp.endpoint = \"collector:4317\"",
        "f.conf:1: lns.metrics.otlp.endpoint: found 'collector:4317'; allowed: none, or a URL: http://HOST:PORT")]
    [InlineData("lns.metrics.otlp.endpoint = \"http://a:b@collector:4317\"",
        "f.conf:1: lns.metrics.otlp.endpoint: found a name in front of the host; allowed: none, or a URL")]
    [InlineData("lns.metrics.otlp.interval = 0s", "f.conf:1: lns.metrics.otlp.interval: found '0s'; allowed: a duration")]
    [InlineData("lns.metrics.otlp.protocol = udp", "f.conf:1: lns.metrics.otlp.protocol: found 'udp'; allowed: grpc, http")]
    [InlineData("lns.log.levels.Akka = loud",
        "f.conf:1: lns.log.levels.Akka: found 'loud'; allowed: debug, information, warning, error, off")]
    [InlineData("lns {\n tun {\n", "f.conf:2: this brace { is never closed")]
    public void An_error_has_line_path_found_and_allowed(string text, string expected) =>
        Assert.Contains(Read(text).Errors, e => e.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void All_errors_are_reported_once_in_the_order_of_the_file()
    {
        var errors = Read("""
            lns {
              links.defaults.mru = big
              links.templates { a { }, b { } }
              tun.mtu = 1
              pols { }
              users.x { }
            }
            akk { }
            """).Errors;
        Assert.Equal(["f.conf:2", "f.conf:4", "f.conf:5", "f.conf:6", "f.conf:8"], errors.Select(static e => e[..8]));
    }

    [Fact]
    public void A_secret_comes_from_the_file_an_environment_variable_or_a_file_of_its_own()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "of the file\nnot this\n");
            var settings = Right($$"""
                lns.bundles.defaults.own-address = 10.0.0.1
                lns.tunnels.defaults.secret = "of the defaults"
                lns.tunnels.peers {
                  a { }
                  b { secret-file = "{{file}}" }
                  c { secret = "replaced", secret = ${?LAC_SECRET} }
                  d { secret = "stays", secret = ${?NOT_THERE} }
                  e { secret = none }
                }
                """, ("LAC_SECRET", "of the environment"));
            Assert.Equal(["of the defaults", "of the file", "of the environment", "stays", null],
                settings.Tunnels.Peers.Select(static p => p.Connection.Secret));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_file_that_is_a_fifo_or_too_long_is_an_error_and_blocks_nothing()
    {
        using var folder = new Api.TemporaryFolder();
        var (fifo, file) = (Path.Combine(folder.Path, "fifo"), Path.Combine(folder.Path, "f.conf"));
        Assert.Equal(0, (await Commands.Run("mkfifo", [fifo])).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "long"), new string('x', 4096), TestContext.Current.CancellationToken);
        foreach (var (text, expected) in new[]
        {
            ("lns.tunnels.peers.x { secret-file = fifo }",
                $"lns.tunnels.peers.x.secret-file: cannot read {fifo}: it is not a regular file"),
            ("lns.tunnels.peers.x { secret-file = long }",
                $"lns.tunnels.peers.x.secret-file: the first line of {folder.Path}/long is longer than 4095 octets"),
            ("lns.api.tls { certificate = fifo, key = fifo }", $"lns.api.tls.certificate: cannot read {fifo}: it is not a regular file"),
            ("include \"fifo\"", $"include \"fifo\": cannot read {fifo}: it is not a regular file"),
        })
        {
            var read = await Task.Run(() => SettingsReader.Read(text, file), TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.Contains($"{file}:1: {expected}", read.Errors);
        }
    }

    [Fact]
    public void Secrets_are_never_printed()
    {
        var all = Everything($$"""
            lns.bundles.defaults.own-address = 10.0.0.1
            lns.tunnels.peers."*" { secret = "{{Password}}" }
            lns.users.x { password = "{{Password}}" }
            lns.radius.servers = [{ address = 192.0.2.1, secret = "{{Password}}" }]
            lns.api.tokens.x { role = read, token = "{{Password}}" }
            """);
        var settings = all.Node;
        object[] printed =
            [all, settings, all.Api, all.Api.Tokens[0], settings.Tunnels, settings.Tunnels.Peers[0], settings.Tunnels.Peers[0].Connection,
            settings.Users["x"], settings.Users["x"].Password, settings.Radius, settings.Radius.Servers[0]];
        Assert.All(printed, static o => Assert.DoesNotContain(Password, o.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lns.tunnels.peers.\"*\" { secret = [\"{0}\"] }")]
    [InlineData("lns.tunnels.peers.\"*\" { secret { x = \"{0}\" } }")]
    [InlineData("lns.users.x { password = [\"{0}\"] }")]
    [InlineData("lns.radius.servers = [{ address = 192.0.2.1, secret = [\"{0}\"] }]")]
    public void Errors_do_not_print_secrets(string text)
    {
        var errors = Read(text.Replace("{0}", Password, StringComparison.Ordinal)).Errors;
        Assert.NotEmpty(errors);
        Assert.All(errors, static e => Assert.DoesNotContain(Password, e, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lac1.example.net", "192.0.2.17", "192.0.2.17")]
    [InlineData("lac1.example.net", "192.0.2.18", "192.0.2.16/28")]
    [InlineData("lac1.example.net", "192.0.2.40", "192.0.2.0/24")]
    [InlineData("lac1.example.net", "198.51.100.1", "lac1.example.net")]
    [InlineData("LAC1.Example.NET", "198.51.100.1", "lac1.example.net")]
    [InlineData("lac2.example.net", "198.51.100.1", "lac*.example.net")]
    [InlineData("x.example.net", "198.51.100.1", "*.example.net")]
    [InlineData("x.example.org", "198.51.100.1", "*")]
    [InlineData("x.example.org", "2001:db8::1", "2001:db8::/32")]
    [InlineData("x.example.org", "::ffff:192.0.2.17", "192.0.2.17")]
    public void The_most_specific_peer_counts(string hostName, string address, string expected)
    {
        var settings = Right("""
            lns.bundles.defaults.own-address = 10.0.0.1
            lns.tunnels.peers {
              "*" { }, "*.example.net" { }, "lac*.example.net" { }, "lac1.example.net" { }
              "192.0.2.0/24" { }, "192.0.2.16/28" { }, "192.0.2.17" { }, "2001:db8::/32" { }
            }
            """);
        Assert.Equal(expected, settings.Tunnels.For(hostName, IPAddress.Parse(address))!.Pattern.Text);
    }

    [Fact]
    public void A_lac_without_an_entry_has_no_settings() =>
        Assert.Null(Right("lns.bundles.defaults.own-address = 10.0.0.1\nlns.tunnels.peers.lac1 { }")
            .Tunnels.For("lac2", IPAddress.Loopback));

    [Fact]
    public void Templates_have_the_values_of_defaults_and_these_those_of_lns_conf()
    {
        var settings = Right("""
            lns.links { defaults { mru = 1400, auth = [pap] }, templates { x { auth = chap }, y { mru = 1300, auth = [] } } }
            """);
        Assert.Equal((1400, "Pap"), (settings.Links["default"].Policy.Mru, string.Join(' ', settings.Links["default"].Policy.AuthMethods)));
        Assert.Equal((1400, "ChapMd5"), (settings.Links["x"].Policy.Mru, string.Join(' ', settings.Links["x"].Policy.AuthMethods)));
        Assert.Equal((1300, ""), (settings.Links["y"].Policy.Mru, string.Join(' ', settings.Links["y"].Policy.AuthMethods)));
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Links["y"].Policy.EchoInterval);
        Assert.Equal<AuthMethod>([AuthMethod.MsChapV2, AuthMethod.ChapMd5, AuthMethod.Pap], Right("").Links["default"].Policy.AuthMethods);
    }

    [Fact]
    public void None_at_a_switch_of_a_realm_or_pool_is_its_default()
    {
        var settings = Right("lns.realms.x { strip = none }\nlns.pools.x { ranges = [10.0.0.0/24], sticky = none }");
        Assert.False(settings.Realms.Find("x")!.Strip);
        Assert.True(settings.Pools["x"].Sticky);
    }

    [Fact]
    public void Routes_are_the_widest_networks_of_pools_users_and_the_file()
    {
        var settings = Right("""
            lns.pools.a.ranges = ["10.0.0.0/24", "10.1.0.1 - 10.1.0.6"]
            lns.users.x { password = x, attributes = ["Framed-IP-Address = 10.0.0.7", "Framed-Route = 10.9.0.0/29"] }
            lns.tun.routes = ["10.9.0.0/16"]
            """);
        Assert.Equal(["10.0.0.0/24", "10.1.0.1/32", "10.1.0.2/31", "10.1.0.4/31", "10.1.0.6/32", "10.9.0.0/16"],
            settings.Tun.Routes.Select(static r => r.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_akka_section_of_the_file_goes_before_that_of_lns_conf()
    {
        var hocon = Akka.Configuration.ConfigurationFactory.ParseString(Read("akka { loglevel = DEBUG }").AkkaHocon);
        Assert.Equal("DEBUG", hocon.GetString("akka.loglevel"));
        Assert.Equal("off", hocon.GetString("akka.log-dead-letters"));
    }

    private static readonly JsonSerializerOptions AsText = new()
    {
        WriteIndented = true,
        Converters = { new TextConverter<IPEndPoint>(), new TextConverter<IPAddress>(), new TextConverter<PeerPattern>() },
    };

    private static string Dump(object value) => JsonSerializer.Serialize(value, AsText);

    private sealed class TextConverter<T> : System.Text.Json.Serialization.JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value?.ToString());
    }
}

using Akka.LNS.Clustering;
using Akka.LNS.Clustering.Tests;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Settings;

public class ClusterSettingsTests
{
    private static SettingsResult Read(string text, string file = "f.conf") => SettingsReader.Read(text, file, static _ => null);

    [Fact]
    public void A_node_of_three_is_read()
    {
        var read = Read("""
            lns.cluster {
              name = isp-1, roles = [lns, east, lns], seeds = ["127.0.0.1:8711", "lns2.example.net:8711"]
              remoting { hostname = localhost, port = 8711 }
              seed-timeout = 2s, heartbeat-pause = 3s, stable-after = 4s, quorum = 3, rejoin-after = 6s, keep-lost = 7m
            }
            """);
        Assert.Empty(read.Errors);
        var found = read.Settings.Cluster;
        Assert.Equal<string>(["lns", "east"], found.Roles);
        Assert.Equal<ClusterEndpoint>([new("127.0.0.1", 8711), new("lns2.example.net", 8711)], found.Seeds);
        Assert.Equal(new ClusterSettings
        {
            Name = "isp-1", Roles = found.Roles, Seeds = found.Seeds,
            Remoting = new RemotingSettings { Hostname = "localhost", Port = 8711 }, SeedTimeout = TimeSpan.FromSeconds(2),
            HeartbeatPause = TimeSpan.FromSeconds(3), StableAfter = TimeSpan.FromSeconds(4), Quorum = 3,
            RejoinAfter = TimeSpan.FromSeconds(6), KeepLost = TimeSpan.FromMinutes(7),
        }, found);
    }

    [Theory]
    [InlineData("lns.cluster.name = \"a b\"", "f.conf:1: lns.cluster.name: found 'a b'; allowed: letters, digits, - and _")]
    [InlineData("lns.cluster.seeds = [\"127.0.0.1\"]", "f.conf:1: lns.cluster.seeds: found '127.0.0.1'; allowed: a list of HOST:PORT")]
    [InlineData("lns.cluster.seeds = [\"127.0.0.1:0\"]", "f.conf:1: lns.cluster.seeds: found '127.0.0.1:0'; allowed: a list of HOST:PORT")]
    [InlineData("lns.cluster.seeds = [\"akka.tcp://lns@a:1\"]",
        "f.conf:1: lns.cluster.seeds: found 'akka.tcp://lns@a:1'; allowed: a list of HOST:PORT")]
    [InlineData("lns.cluster.seeds = [\"a:1\", \"a:1\"]", "f.conf:1: lns.cluster.seeds: a node stands there twice")]
    [InlineData("lns.cluster.roles = [\"a,b\"]", "f.conf:1: lns.cluster.roles: found 'a,b'; allowed: words of at most 64 letters")]
    [InlineData("lns.cluster.quorum = 0", "f.conf:1: lns.cluster.quorum: found '0'; allowed: a whole number from 1 to 64")]
    [InlineData("lns.cluster { seeds = [\"a:1\", \"b:1\", \"c:1\", \"d:1\"] }",
        "lns.cluster.quorum: found 2 with 4 seeds, of which two parts could both go on; allowed: more than half of all nodes, at least 3")]
    [InlineData("lns.cluster.stable-after = 10", "f.conf:1: lns.cluster.stable-after: found '10'; allowed: a duration with unit")]
    [InlineData("lns.cluster.remoting.hostname = \"a b\"",
        "f.conf:1: lns.cluster.remoting.hostname: found 'a b'; allowed: an IPv4 address of this machine, or its name")]
    [InlineData("lns.cluster.remoting.hostname = 0.0.0.0",
        "f.conf:1: lns.cluster.remoting.hostname: found '0.0.0.0'; allowed: an IPv4 address of this machine, or its name")]
    [InlineData("lns {\n cluster.remoting.hostname = 192.0.2.1\n}",
        "f.conf:2: lns.cluster.remoting.hostname: found '192.0.2.1', which is beyond loopback, without TLS; " +
        "allowed: an address of loopback, or remoting.tls with certificate, key and ca")]
    [InlineData("lns.cluster.remoting.hostname = lns1.example.net",
        "f.conf:1: lns.cluster.remoting.hostname: found 'lns1.example.net', which is beyond loopback, without TLS")]
    [InlineData("lns.cluster.remoting.tls.certificate = nowhere.pem",
        "f.conf:1: lns.cluster.remoting.tls.certificate: cannot read nowhere.pem")]
    [InlineData("lns.cluster.remoting.tls.certificate = nowhere.pem",
        "lns.cluster.remoting.tls.key: missing; allowed: the path of a PEM file: certificate, key and ca belong together")]
    public void An_error_has_line_path_found_and_allowed(string text, string expected) =>
        Assert.Contains(Read(text).Errors, e => e.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void The_file_in_deploy_is_right_on_each_node()
    {
        using var folder = new TemporaryFolder();
        using var authority = new Authority();
        var tls = authority.Issue("n2");
        var pem = Directory.CreateDirectory(Path.Combine(folder.Path, "cluster")).FullName;
        File.WriteAllText(Path.Combine(pem, "node.pem"), tls.Certificate);
        File.WriteAllText(Path.Combine(pem, "node.key"), tls.Key.Value);
        File.WriteAllText(Path.Combine(pem, "ca.pem"), tls.Authority);
        File.WriteAllText(Path.Combine(folder.Path, "carrier.secret"), "secret");
        var read =
            SettingsReader.Read(Repository.Read("deploy", "cluster", "lns.conf"), Path.Combine(folder.Path, "lns.conf"), static name =>
            name == "LNS_NODE" ? "n2" : "10.0.0.2");
        Assert.Empty(read.Errors);
        Assert.Equal(("n2", 3, "10.0.0.2", 8711, tls),
            (read.Settings.Node.NodeName, read.Settings.Cluster.Seeds.Length, read.Settings.Cluster.Remoting.Hostname,
            read.Settings.Cluster.Remoting.Port,
            read.Settings.Cluster.Remoting.Tls));
    }

    [Fact]
    public void An_address_beyond_loopback_needs_certificate_key_and_authority_that_belong_together()
    {
        using var folder = new TemporaryFolder();
        using var authority = new Authority();
        var (right, other) = (authority.Issue("n1"), authority.Issue("n2"));
        File.WriteAllText(Path.Combine(folder.Path, "n1.pem"), right.Certificate);
        File.WriteAllText(Path.Combine(folder.Path, "n1.key"), right.Key.Value);
        File.WriteAllText(Path.Combine(folder.Path, "n2.key"), other.Key.Value);
        File.WriteAllText(Path.Combine(folder.Path, "ca.pem"), right.Authority);
        File.WriteAllText(Path.Combine(folder.Path, "empty.pem"), "");
        var file = Path.Combine(folder.Path, "lns.conf");
        string Text(string key, string ca = "ca.pem") =>
            $$"""lns.cluster.remoting { hostname = 192.0.2.1, tls { certificate = n1.pem, key = {{key}}, ca = {{ca}} } }""";

        var read = Read(Text("n1.key"), file);
        Assert.Empty(read.Errors);
        Assert.Equal(right, read.Settings.Cluster.Remoting.Tls);
        Assert.DoesNotContain("PRIVATE", read.Settings.ToString(), StringComparison.Ordinal);

        Assert.StartsWith($"{file}:1: lns.cluster.remoting.tls.key: not the private key of the certificate",
            Assert.Single(Read(Text("n2.key"), file).Errors), StringComparison.Ordinal);
        Assert.StartsWith($"{file}:1: lns.cluster.remoting.tls.ca: no certificate of an authority in it",
            Assert.Single(Read(Text("n1.key", "n1.pem"), file).Errors), StringComparison.Ordinal);
        Assert.EndsWith("empty.pem is empty, or larger than 1 MiB", Assert.Single(Read(Text("n1.key", "empty.pem"), file).Errors),
            StringComparison.Ordinal);
    }
}

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Tests.Metrics;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>The API over TLS: client certificates, faulty files, renewed files.</summary>
public class ApiTlsTests
{
    private const string Token = "a-token-beside-certificates";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Roles_come_from_certificates_and_the_audit_names_them()
    {
        using var folder = new TemporaryFolder();
        using var ca = new TestCa("clients");
        using var stranger = new TestCa("clients"); // the same name, another key
        using var server = ca.Server();
        using var alice = ca.Client("CN=alice,O=Operators");
        TestCa.Write(folder.Path, server);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "ca.pem"), ca.Certificate.ExportCertificatePem(), Cancel);
        var fingerprint = string.Join(':', alice.GetCertHash(HashAlgorithmName.SHA256).Select(static o => $"{o:x2}"));
        await using var lnsd = await LnsdProgram.Start(folder.Path, $$"""
            lns.api {
              tls { certificate = server.pem, key = server.key, client-ca = ca.pem }
              certificates {
                graphs { role = read, common-name = "prometheus.example.net" }
                alice-of-the-noc { role = operate, fingerprint = "{{fingerprint}}" }
              }
              tokens.script { role = read, token = "{{Token}}" }
            }
            """);
        Assert.StartsWith("https://127.0.0.1:", lnsd.Address.ToString(), StringComparison.Ordinal);

        using var nobody = Client(lnsd, server);
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(nobody.GetAsync("/api/v1/load", Cancel)));
        Assert.Equal(HttpStatusCode.OK, await Status(nobody.GetAsync("/alive", Cancel)));
        nobody.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        Assert.Equal(HttpStatusCode.OK, await Status(nobody.GetAsync("/api/v1/load", Cancel)));

        using var graphs = Client(lnsd, server, ca.Client("CN=prometheus.example.net"));
        Assert.Equal(HttpStatusCode.OK, await Status(graphs.GetAsync("/api/v1/load", Cancel)));
        var scrape = Scrape.Parse(await graphs.GetStringAsync("/metrics", Cancel));
        Assert.Equal(new DateTimeOffset(server.NotAfter).ToUnixTimeSeconds(), scrape["akka_lns_api_certificate_expiry_seconds{}"]);
        using var forbidden = await graphs.PostAsync("/api/v1/drain", null, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Contains("'graphs' has the role read", await forbidden.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        using var operates = Client(lnsd, server, alice);
        Assert.Equal(HttpStatusCode.Accepted, await Status(operates.PostAsync("/api/v1/drain", null, Cancel)));
        await ApiLab.Until(() => Task.FromResult(lnsd.Output.Contains("audit: alice-of-the-noc by 127.0.0.1: ", StringComparison.Ordinal)));

        // signed by the right CA but not a known user: a certificate with two names has no name
        foreach (var subject in new[] { "CN=bob", "CN=prometheus.example.net,CN=bob", "O=prometheus.example.net" })
        {
            using var unknown = Client(lnsd, server, ca.Client(subject));
            Assert.Equal((subject, HttpStatusCode.Unauthorized), (subject, await Status(unknown.GetAsync("/api/v1/load", Cancel))));
        }
        // another CA, past its time, not for clients: refused before anything is read
        foreach (var wrong in new[] { stranger.Client("CN=prometheus.example.net"), ca.Client("CN=prometheus.example.net", days: -1),
            ca.Server() })
        {
            using var refused = Client(lnsd, server, wrong);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => refused.GetAsync("/alive", Cancel));
        }
        using var plain = new HttpClient { BaseAddress = new UriBuilder(lnsd.Address) { Scheme = "http" }.Uri };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => plain.GetAsync("/alive", Cancel));
        using var local = lnsd.OverSocket();
        Assert.Equal(HttpStatusCode.OK, await Status(local.GetAsync("/api/v1/load", Cancel)));
    }

    [Fact]
    public async Task A_renewed_certificate_is_for_new_connections_and_half_a_renewal_is_not()
    {
        using var folder = new TemporaryFolder();
        using var ca = new TestCa("servers");
        using var first = ca.Server();
        using var second = ca.Server(days: 90);
        TestCa.Write(folder.Path, first);
        await using var lnsd = await LnsdProgram.Start(folder.Path, "lns.api.tls { certificate = server.pem, key = server.key }");
        using var before = Client(lnsd, first);
        Assert.Equal(HttpStatusCode.OK, await Status(before.GetAsync("/alive", Cancel)));

        TestCa.Replace(Path.Combine(folder.Path, "server.pem"), second.ExportCertificatePem());
        using var between = Client(lnsd, first);
        Assert.Equal(HttpStatusCode.OK, await Status(between.GetAsync("/alive", Cancel)));
        await ApiLab.Until(() =>
            Task.FromResult(lnsd.Output.Contains("changed certificate files not used: the private key in", StringComparison.Ordinal)));

        TestCa.Replace(Path.Combine(folder.Path, "server.key"), TestCa.KeyOf(second));
        using var after = Client(lnsd, second);
        Assert.Equal(HttpStatusCode.OK, await Status(after.GetAsync("/alive", Cancel)));
        Assert.Equal(HttpStatusCode.OK, await Status(before.GetAsync("/alive", Cancel))); // on its old connection
        var expires = second.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        await ApiLab.Until(() =>
            Task.FromResult(lnsd.Output.Contains($"certificate renewed for new connections: expires {expires}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("nothing", "certificate: cannot read ")]
    [InlineData("no certificate", "certificate: there is no certificate in PEM in ")]
    [InlineData("no key", "key: there is no private key in PEM in ")]
    [InlineData("passphrase", "key: the private key in {0}/server.key has a passphrase; allowed: one without")]
    [InlineData("other key", "key: the private key in {0}/server.key does not fit the certificate in {0}/server.pem")]
    [InlineData("expired", "certificate: the certificate in {0}/server.pem expired at ")]
    [InlineData("too early", "certificate: the certificate in {0}/server.pem is valid only from ")]
    [InlineData("no ca", "client-ca: there is no certificate in PEM in ")]
    public void An_unusable_file_is_reported(string what, string expected)
    {
        using var folder = new TemporaryFolder();
        using var ca = new TestCa("servers");
        using var server = ca.Server(days: what == "expired" ? -1 : 30);
        TestCa.Write(folder.Path, server);
        var (pem, key) = (Path.Combine(folder.Path, "server.pem"), Path.Combine(folder.Path, "server.key"));
        var own = server.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder.Path, "ca.pem"), what == "no ca"
            ? "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" : ca.Certificate.ExportCertificatePem());
        switch (what)
        {
            case "nothing": File.Delete(pem); break;
            case "no certificate": File.WriteAllText(pem, "none"); break;
            case "no key": File.WriteAllText(key, own.ExportSubjectPublicKeyInfoPem()); break;
            case "passphrase":
                File.WriteAllText(key,
                own.ExportEncryptedPkcs8PrivateKeyPem("secret",
                new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 100))); break;
            case "other key": using (var other = ca.Server()) File.WriteAllText(key, TestCa.KeyOf(other)); break;
            case "too early":
                using (var future = new CertificateRequest("CN=future", own, HashAlgorithmName.SHA256)
                    .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(1), DateTimeOffset.UtcNow.AddDays(2)))
                    File.WriteAllText(pem, future.ExportCertificatePem());
                break;
        }
        var file = Path.Combine(folder.Path, "f.conf");
        var read = SettingsReader.Read("lns.api.tls {\n certificate = server.pem\n key = server.key\n client-ca = ca.pem\n}", file);
        var line = expected[0] == 'k' ? 3 : expected.StartsWith("client", StringComparison.Ordinal) ? 4 : 2;
        Assert.StartsWith($"{file}:{line}: lns.api.tls.{string.Format(CultureInfo.InvariantCulture, expected, folder.Path)}",
            Assert.Single(read.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Beyond_loopback_is_allowed_with_a_certificate()
    {
        using var folder = new TemporaryFolder();
        using var ca = new TestCa("servers");
        using var server = ca.Server();
        TestCa.Write(folder.Path, server);
        var read = SettingsReader.Read(
            """lns.api { listen = ["0.0.0.0:8701", "[2001:db8::1]:8701"], tls { certificate = server.pem, key = server.key } }""",
            Path.Combine(folder.Path, "f.conf"));
        Assert.Empty(read.Errors);
        Assert.Equal(Path.Combine(folder.Path, "server.pem"), read.Settings.Api.Tls?.Certificate);
    }

    /// <summary>One that takes this certificate of the server, and no other.</summary>
    private static HttpClient Client(LnsdProgram lnsd, X509Certificate2 server, X509Certificate2? own = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate?.GetCertHashString() == server.GetCertHashString();
        if (own is not null) handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => own;
        return new HttpClient(handler) { BaseAddress = lnsd.Address };
    }

    private static async Task<HttpStatusCode> Status(Task<HttpResponseMessage> request)
    {
        using var response = await request;
        return response.StatusCode;
    }
}

using System.Security.Cryptography.X509Certificates;
using Akka.LNS.Ctl.Terminal;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Ctl.Tests;

/// <summary>lnsctl over https to lnsd with a certificate of a private authority: trust, client certificates, error messages.</summary>
public sealed class HttpsTests : IAsyncLifetime, IDisposable
{
    private const string Token = $"a-{CtlLab.Secret}-token-beside-certificates";
    private readonly TemporaryFolder _folder = new();
    private readonly TestCa _servers = new("servers"), _clients = new("clients"), _stranger = new("clients");
    private LnsdProgram _lnsd = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Api => _lnsd.Address.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync()
    {
        using var server = _servers.Server();
        TestCa.Write(_folder.Path, server);
        foreach (var (name, text) in new[]
        {
            ("servers.pem", _servers.Certificate.ExportCertificatePem()), ("clients.pem", _clients.Certificate.ExportCertificatePem()),
            ("nothing.pem", "no certificate\n"),
        }) File(name, text);
        Write("alice", _clients.Client("CN=alice"));
        Write("viewer", _clients.Client("CN=viewer"));
        Write("bob", _clients.Client("CN=bob"));
        Write("stranger", _stranger.Client("CN=alice"));
        Write("old", _clients.Client("CN=alice", days: -1));
        _lnsd = await LnsdProgram.Start(_folder.Path, $$"""
            lns.node-name = far
            lns.api {
              tls { certificate = server.pem, key = server.key, client-ca = clients.pem }
              certificates { alice { role = operate, common-name = alice }, viewer { role = read, common-name = viewer } }
              tokens.script { role = read, token = "{{Token}}" }
            }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lnsd is not null) await _lnsd.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        _servers.Dispose();
        _clients.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_client_certificate_or_a_token_identifies_the_user()
    {
        var status = await Ctl("status", "--json", "--cacert", At("servers.pem"), "--cert", At("alice.pem"), "--key", At("alice.key"));
        Assert.Equal((ExitCode.Ok, "far", ""), (status.Code, status.Json.GetProperty("node").GetString(), status.Error));
        // certificate and key in one file
        var both = File("both.pem", System.IO.File.ReadAllText(At("alice.pem")) + "\n" + System.IO.File.ReadAllText(At("alice.key")));
        Assert.Equal(ExitCode.Ok, (await Ctl("log", "level", "Microsoft", "error", "--cacert", At("servers.pem"), "--cert", both)).Code);
        await CtlLab.Until(() => Task.FromResult(_lnsd.Output.Contains("audit: alice by 127.0.0.1: ", StringComparison.Ordinal)));

        var environment = new[] { ("LNSCTL_API", Api), ("LNSCTL_CACERT", At("servers.pem")), ("LNSCTL_CERT", At("viewer.pem")),
            ("LNSCTL_KEY", At("viewer.key")) };
        Assert.Equal(ExitCode.Ok, (await CtlLab.Raw(["load", "--json"], environment)).Code);
        Says(await CtlLab.Raw(["undrain"], environment), ExitCode.NotAllowed, "'viewer' has the role read; this needs the role operate");
        // the command line takes precedence over the environment, with its own key
        Assert.Equal(ExitCode.Ok, (await CtlLab.Raw(["undrain", "--cert", both], environment)).Code);
        // variables for https do not affect the socket
        Assert.Equal(ExitCode.Ok, (await CtlLab.Raw(["undrain", "--api", $"unix:{_lnsd.Socket}"], environment[1..])).Code);

        var token = File("token", Token);
        Assert.Equal(ExitCode.Ok, (await Ctl("status", "--cacert", At("servers.pem"), "--token-file", token)).Code);
        Says(await Ctl("load", "--cacert", At("servers.pem")), ExitCode.NotAllowed, "a token of lns.api.tokens is needed");
        // signed by the right authority, but not listed in lns.api.certificates
        Says(await Ctl("load", "--cacert", At("servers.pem"), "--cert", At("bob.pem"), "--key", At("bob.key")), ExitCode.NotAllowed,
            "a token of lns.api.tokens is needed");
    }

    [Fact]
    public async Task Untrusted_lnsd_receives_no_request_and_the_message_has_the_reason()
    {
        var token = File("token", Token);
        var untrusted = $"lnsctl: no answer from {Api}: the certificate of lnsd is not trusted: ";
        // neither the authorities of the system nor those of the clients have signed it
        Says(await Ctl("load", "--token-file", token), ExitCode.Unreachable,
            $"{untrusted}its issuer 'CN=servers' is not a trusted authority");
        Says(await Ctl("load", "--token-file", token, "--cacert", At("clients.pem")), ExitCode.Unreachable,
            $"{untrusted}its issuer 'CN=servers' is not a trusted authority");
        // a host name that is not in the certificate
        var localhost = $"https://localhost:{_lnsd.Address.Port}";
        Says(await CtlLab.Raw(["load", "--api", localhost, "--cacert", At("servers.pem"), "--token-file", token]), ExitCode.Unreachable,
            $"lnsctl: no answer from {localhost}: the certificate of lnsd is not trusted: it is not for 'localhost' but for '127.0.0.1'");
        // http on a port for https
        Assert.Equal(ExitCode.Unreachable, (await CtlLab.Raw(["load", "--api", $"http://127.0.0.1:{_lnsd.Address.Port}"])).Code);
        Assert.DoesNotContain("/api/v1/load", _lnsd.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("old")]
    [InlineData("server")] // not for clients
    public async Task Client_certificate_that_lnsd_refuses_is_reported(string who) =>
        Says(await Ctl("load", "--cacert", At("servers.pem"), "--cert", At($"{who}.pem"), "--key", At($"{who}.key")), ExitCode.Unreachable,
            $"lnsctl: no answer from {Api}: lnsd closed the connection after it received the client certificate: it is not "
            + "signed for clients by an authority of lns.api.tls.client-ca, "
            + "or it is not valid now");

    [Theory]
    [InlineData("--cacert /nowhere/ca.pem", "--cacert: cannot read /nowhere/ca.pem: ")]
    [InlineData("--cacert {0}/nothing.pem", "--cacert: no certificate in PEM format in {0}/nothing.pem")]
    [InlineData("--cert {0}/nothing.pem", "--cert: no certificate in PEM format in {0}/nothing.pem")]
    [InlineData("--cert {0}/alice.pem", "--cert: no private key in PEM format in {0}/alice.pem")]
    [InlineData("--cert {0}/alice.pem --key {0}/nothing.pem", "--key: no private key in PEM format in {0}/nothing.pem")]
    [InlineData("--cert {0}/alice.pem --key {0}/bob.key",
        "--key: the private key in {0}/bob.key does not match the certificate in {0}/alice.pem")]
    [InlineData("--key {0}/alice.key", "--key without --cert; needed: ")]
    public async Task Unusable_file_is_reported_with_its_option(string options, string message)
    {
        string[] words = [.. options.Split(' ').Select(Filled)];
        Says(await Ctl(["load", .. words]), ExitCode.Usage, $"lnsctl: {Filled(message)}");
        Says(await CtlLab.Raw(["load", "--api", $"unix:{_lnsd.Socket}", .. words]), ExitCode.Usage,
            "lnsctl: --cacert, --cert and --key need an https:// address; the address is unix:");

        string Filled(string text) => text.Replace("{0}", _folder.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unusable_file_of_the_environment_is_reported_with_its_variable()
    {
        Says(await CtlLab.Raw(["load", "--api", Api], ("LNSCTL_CACERT", "/nowhere")), ExitCode.Usage,
            "lnsctl: LNSCTL_CACERT: cannot read /nowhere: ");
        Says(await CtlLab.Raw(["load", "--api", Api], ("LNSCTL_CERT", At("alice.pem")), ("LNSCTL_KEY", At("bob.key"))), ExitCode.Usage,
            "lnsctl: LNSCTL_KEY: the private key in ");
        Says(await CtlLab.Raw(["load", "--api", Api], ("LNSCTL_CERT", At("alice.pem"))), ExitCode.Usage,
            "lnsctl: LNSCTL_CERT: no private key in PEM format in ");
    }

    private Task<Ran> Ctl(params string[] arguments) => CtlLab.Raw(["--api", Api, .. arguments]);

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string File(string name, string text)
    {
        System.IO.File.WriteAllText(At(name), text);
        return At(name);
    }

    private void Write(string name, X509Certificate2 certificate)
    {
        File($"{name}.pem", certificate.ExportCertificatePem());
        File($"{name}.key", TestCa.KeyOf(certificate));
        certificate.Dispose();
    }

    private static void Says(Ran ran, int code, string message)
    {
        Assert.Equal((code, ""), (ran.Code, ran.Out));
        Assert.Contains(message, ran.Error, StringComparison.Ordinal);
    }
}

using System.Security.Cryptography.X509Certificates;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Ctl.Tests;

/// <summary>lnsctl over https against an lnsd with a certificate of the operator's own authority: whom it trusts, who it is, and what it says when either is not so.</summary>
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
            ("servers.pem", _servers.Certificate.ExportCertificatePem()), ("clients.pem", _clients.Certificate.ExportCertificatePem()), ("nothing.pem", "no certificate\n"),
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
    public async Task A_client_certificate_says_who_asks_and_a_token_does_too()
    {
        var status = await Ctl("status", "--json", "--cacert", At("servers.pem"), "--cert", At("alice.pem"), "--key", At("alice.key"));
        Assert.Equal((ExitCode.Ok, "far", ""), (status.Code, status.Json.GetProperty("node").GetString(), status.Error));
        // certificate and key in one file
        var both = File("both.pem", System.IO.File.ReadAllText(At("alice.pem")) + "\n" + System.IO.File.ReadAllText(At("alice.key")));
        Assert.Equal(ExitCode.Ok, (await Ctl("log", "level", "Microsoft", "error", "--cacert", At("servers.pem"), "--cert", both)).Code);
        await CtlLab.Until(() => Task.FromResult(_lnsd.Output.Contains("audit: alice by 127.0.0.1: ", StringComparison.Ordinal)));

        var environment = new[] { ("LNSCTL_API", Api), ("LNSCTL_CACERT", At("servers.pem")), ("LNSCTL_CERT", At("viewer.pem")), ("LNSCTL_KEY", At("viewer.key")) };
        Assert.Equal(ExitCode.Ok, (await CtlLab.Raw(["load", "--json"], environment)).Code);
        Says(await CtlLab.Raw(["undrain"], environment), ExitCode.NotAllowed, "'viewer' has the role read; this needs the role operate");
        // the command line goes before the environment, with its own key
        Assert.Equal(ExitCode.Ok, (await CtlLab.Raw(["undrain", "--cert", both], environment)).Code);
        // what is there for https does not disturb the socket
        Assert.Equal(ExitCode.Ok, (await CtlLab.Raw(["undrain", "--api", $"unix:{_lnsd.Socket}"], environment[1..])).Code);

        var token = File("token", Token);
        Assert.Equal(ExitCode.Ok, (await Ctl("status", "--cacert", At("servers.pem"), "--token-file", token)).Code);
        Says(await Ctl("load", "--cacert", At("servers.pem")), ExitCode.NotAllowed, "a token of lns.api.tokens is needed");
        // signed by the right authority, but nobody knows it
        Says(await Ctl("load", "--cacert", At("servers.pem"), "--cert", At("bob.pem"), "--key", At("bob.key")), ExitCode.NotAllowed, "a token of lns.api.tokens is needed");
    }

    [Fact]
    public async Task An_lnsd_that_is_not_trusted_is_asked_nothing_and_it_is_said_why()
    {
        var token = File("token", Token);
        var untrusted = $"lnsctl: no answer from {Api}: the certificate of lnsd is not trusted: ";
        // the system's authorities do not know ours; those of another do not either
        Says(await Ctl("load", "--token-file", token), ExitCode.Unreachable, $"{untrusted}no authority that is trusted here has signed it; it names 'CN=servers'");
        Says(await Ctl("load", "--token-file", token, "--cacert", At("clients.pem")), ExitCode.Unreachable, $"{untrusted}no authority that is trusted here has signed it; it names 'CN=servers'");
        // by a name that the certificate does not have
        var localhost = $"https://localhost:{_lnsd.Address.Port}";
        Says(await CtlLab.Raw(["load", "--api", localhost, "--cacert", At("servers.pem"), "--token-file", token]), ExitCode.Unreachable,
            $"lnsctl: no answer from {localhost}: the certificate of lnsd is not trusted: it is not for 'localhost' but for '127.0.0.1'");
        // http where https is spoken, and the other way round
        Assert.Equal(ExitCode.Unreachable, (await CtlLab.Raw(["load", "--api", $"http://127.0.0.1:{_lnsd.Address.Port}"])).Code);
        Assert.DoesNotContain("/api/v1/load", _lnsd.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("old")]
    [InlineData("server")] // not for clients
    public async Task A_certificate_that_lnsd_refuses_is_told(string who) =>
        Says(await Ctl("load", "--cacert", At("servers.pem"), "--cert", At($"{who}.pem"), "--key", At($"{who}.key")), ExitCode.Unreachable,
            $"lnsctl: no answer from {Api}: lnsd ended the connection when it had seen our certificate: no authority of lns.api.tls.client-ca has signed it for clients, or it is not valid now");

    [Theory]
    [InlineData("--cacert /nowhere/ca.pem", "--cacert: cannot read /nowhere/ca.pem: ")]
    [InlineData("--cacert {0}/nothing.pem", "--cacert: there is no certificate in PEM in {0}/nothing.pem")]
    [InlineData("--cert {0}/nothing.pem", "--cert: there is no certificate in PEM in {0}/nothing.pem")]
    [InlineData("--cert {0}/alice.pem", "--cert: there is no private key in PEM in {0}/alice.pem")]
    [InlineData("--cert {0}/alice.pem --key {0}/nothing.pem", "--key: there is no private key in PEM in {0}/nothing.pem")]
    [InlineData("--cert {0}/alice.pem --key {0}/bob.key", "--key: the private key in {0}/bob.key does not fit the certificate in {0}/alice.pem")]
    [InlineData("--key {0}/alice.key", "--key without --cert; needed: ")]
    public async Task A_file_that_cannot_be_used_is_told(string options, string message)
    {
        string[] words = [.. options.Split(' ').Select(Filled)];
        Says(await Ctl(["load", .. words]), ExitCode.Usage, $"lnsctl: {Filled(message)}");
        Says(await CtlLab.Raw(["load", "--api", $"unix:{_lnsd.Socket}", .. words]), ExitCode.Usage, "lnsctl: --cacert, --cert and --key are for an address with https://; this is unix:");

        string Filled(string text) => text.Replace("{0}", _folder.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_the_environment_that_cannot_be_used_is_told_by_the_name_of_the_variable()
    {
        Says(await CtlLab.Raw(["load", "--api", Api], ("LNSCTL_CACERT", "/nowhere")), ExitCode.Usage, "lnsctl: LNSCTL_CACERT: cannot read /nowhere: ");
        Says(await CtlLab.Raw(["load", "--api", Api], ("LNSCTL_CERT", At("alice.pem")), ("LNSCTL_KEY", At("bob.key"))), ExitCode.Usage, "lnsctl: LNSCTL_KEY: the private key in ");
        Says(await CtlLab.Raw(["load", "--api", Api], ("LNSCTL_CERT", At("alice.pem"))), ExitCode.Usage, "lnsctl: LNSCTL_CERT: there is no private key in PEM in ");
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

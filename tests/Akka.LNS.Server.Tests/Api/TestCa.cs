using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>A CA of a test, and its certificates.</summary>
internal sealed class TestCa : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1", ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    public TestCa(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Certificate = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(5));
    }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Server(int days = 30) => Sign("CN=lns.test", ServerAuthentication, Now.AddDays(-60), Now.AddDays(days));

    /// <param name="subject">A distinguished name.</param>
    public X509Certificate2 Client(string subject, int days = 30) =>
        Sign(subject, ClientAuthentication, Now.AddDays(-60), Now.AddDays(days));

    private X509Certificate2 Sign(string subject, string purpose, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(Certificate, from, until, RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }

    public static string KeyOf(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    /// <summary>server.pem and server.key.</summary>
    public static void Write(string folder, X509Certificate2 certificate)
    {
        Replace(Path.Combine(folder, "server.pem"), certificate.ExportCertificatePem());
        Replace(Path.Combine(folder, "server.key"), KeyOf(certificate));
    }

    /// <summary>Replaces a file by a rename, as tools for certificates do: a reader never sees half a file.</summary>
    public static void Replace(string file, string text)
    {
        File.WriteAllText($"{file}.new", text);
        File.Move($"{file}.new", file, overwrite: true);
    }

    public void Dispose() => Certificate.Dispose();
}

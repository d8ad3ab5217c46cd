using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Clustering.Tests;

/// <summary>An operator's own authority.</summary>
internal sealed class Authority : IDisposable
{
    public static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1), To = From.AddDays(30);
    private readonly X509Certificate2 _root;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public Authority(string name = "Test CA")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        _root = request.CreateSelfSigned(From, To);
    }

    public string Pem => _root.ExportCertificatePem();

    public RemotingTls Issue(string name, DateTimeOffset? to = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(_root, From, to ?? To, RandomNumberGenerator.GetBytes(8));
        return new RemotingTls(certificate.ExportCertificatePem(), new Secret(key.ExportPkcs8PrivateKeyPem()), Pem);
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}

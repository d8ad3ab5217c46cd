using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Akka.LNS.Clustering;

/// <summary>
/// Certificate of the node, and the check of the other nodes. Only certificates of the operator's authority are accepted; authorities of
/// the system are not.
/// </summary>
public sealed class ClusterTls
{
    private readonly X509Certificate2Collection _roots = [], _between = [];

    private ClusterTls(X509Certificate2 own, X509Certificate2Collection authority)
    {
        Own = own;
        // the operator trusts the authority by its file, which also contains intermediate certificates
        foreach (var certificate in authority)
            (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) ? _roots : _between).Add(certificate);
    }

    /// <summary>Certificate of the node with its private key.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>
    /// Reads the three PEM texts. False: <paramref name="error"/> is the reason, without parts of the key, and <paramref name="part"/> the
    /// wrong text.
    /// </summary>
    public static bool TryRead(
        RemotingTls settings, DateTimeOffset now, [NotNullWhen(true)] out ClusterTls? tls, out string part, out string error)
    {
        tls = null;
        part = "certificate";
        try
        {
            using var alone = X509Certificate2.CreateFromPem(settings.Certificate);
            part = "key";
            var own = X509Certificate2.CreateFromPem(settings.Certificate, settings.Key.Value);
            part = "ca";
            var authority = new X509Certificate2Collection();
            authority.ImportFromPem(settings.Authority);
            var read = new ClusterTls(own, authority);
            if (read._roots.Count == 0)
            {
                error = "no certificate of an authority in it; allowed: a PEM file with that of your own authority";
                return false;
            }
            part = "certificate";
            if (!read.IsTrusted(own, now, out error)) return false;
            tls = read;
            return true;
        }
        catch (CryptographicException e)
        {
            error = part == "key" ? $"not the private key of the certificate: {e.Message}" : $"not a certificate in PEM: {e.Message}";
            return false;
        }
        catch (ArgumentException)
        {
            error = part == "key" ? "not the private key of the certificate; allowed: a PEM file with it, not encrypted"
                : "not a certificate in PEM";
            return false;
        }
    }

    /// <summary>True: the authority issued the certificate, and it is valid now.</summary>
    public bool IsTrusted(X509Certificate2? certificate, DateTimeOffset now, out string error)
    {
        error = "no certificate";
        if (certificate is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.ExtraStore.AddRange(_between);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a private authority has no revocation list
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (chain.Build(certificate))
        {
            error = "";
            return true;
        }
        var faults = chain.ChainStatus.Select(static s => s.StatusInformation.Trim().TrimEnd('.'));
        error = $"not trusted by the authority: {string.Join("; ", faults)}";
        return false;
    }
}

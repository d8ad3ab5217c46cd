using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Akka.LNS.Clustering;

/// <summary>The node's certificate, and who else is let in: whoever shows one of the operator's own authority, and nobody of the system's.</summary>
public sealed class ClusterTls
{
    private readonly X509Certificate2Collection _roots = [], _between = [];

    private ClusterTls(X509Certificate2 own, X509Certificate2Collection authority)
    {
        Own = own;
        // an authority is trusted because the operator names it; what is between it and a node stands in the same file
        foreach (var certificate in authority) (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) ? _roots : _between).Add(certificate);
    }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>False: <paramref name="error"/> says what is wrong, nothing of the key in it, and <paramref name="part"/> with which of the three.</summary>
    public static bool TryRead(RemotingTls settings, DateTimeOffset now, [NotNullWhen(true)] out ClusterTls? tls, out string part, out string error)
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
            error = part == "key" ? "not the private key of the certificate; allowed: a PEM file with it, not encrypted" : "not a certificate in PEM";
            return false;
        }
    }

    /// <summary>Issued by the authority and valid now.</summary>
    public bool IsTrusted(X509Certificate2? certificate, DateTimeOffset now, out string error)
    {
        error = "no certificate";
        if (certificate is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.ExtraStore.AddRange(_between);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // an own authority has no list that could be asked
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (chain.Build(certificate))
        {
            error = "";
            return true;
        }
        error = $"not trusted by the authority: {string.Join("; ", chain.ChainStatus.Select(static s => s.StatusInformation.Trim().TrimEnd('.')))}";
        return false;
    }
}

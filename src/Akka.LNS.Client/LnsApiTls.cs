using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Akka.LNS.Client;

/// <summary>A file of <see cref="LnsApiTls"/> cannot be used. The message is one line for people.</summary>
public sealed class LnsApiTlsException(LnsApiTlsFile file, string message) : Exception(message)
{
    public LnsApiTlsFile File => file;
}

/// <summary>A file of <see cref="LnsApiTls"/>.</summary>
public enum LnsApiTlsFile
{
    /// <summary>Certificates of the authorities.</summary>
    Ca,
    Certificate,
    Key,
}

/// <summary>Trusted authorities and client certificate for https.</summary>
public sealed class LnsApiTls
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280 section 4.2.1.12
    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _own;

    private LnsApiTls(X509Certificate2Collection? authorities, SslStreamCertificateContext? own) =>
        (_authorities, _own) = (authorities, own);

    /// <summary>The client has a certificate, which it shows when lnsd asks for one.</summary>
    internal bool HasCertificate => _own is not null;

    /// <summary>Reads files in PEM.</summary>
    /// <param name="ca">Certificates of the only trusted authorities; null: the authorities of the system.</param>
    /// <param name="certificate">Client certificate, followed by the certificates between it and its authority; null: none.</param>
    /// <param name="key">Private key of the certificate, without a passphrase; null: it is in the file of the certificate.</param>
    /// <exception cref="LnsApiTlsException">A file cannot be read, or does not contain what is needed.</exception>
    public static LnsApiTls Load(string? ca, string? certificate, string? key) =>
        new(
            ca is null ? null : Certificates(LnsApiTlsFile.Ca, ca, Read(LnsApiTlsFile.Ca, ca)),
            certificate is null ? null : Own(certificate, key ?? certificate));

    /// <param name="onLooked">Called with the reason why the certificate of lnsd is not trusted; null: it is trusted.</param>
    internal SslClientAuthenticationOptions ToOptions(Action<string?> onLooked) => new()
    {
        ClientCertificateContext = _own,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = _authorities is null ? null : Policy(_authorities),
        RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            var isTrusted = errors == SslPolicyErrors.None;
            onLooked(isTrusted ? null : Why((sender as SslStream)?.TargetHostName, certificate as X509Certificate2, chain, errors));
            return isTrusted;
        },
    };

    private static X509ChainPolicy Policy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        return policy;
    }

    private static string Why(string? host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        const string untrusted = "the certificate of lnsd is not trusted";
        if (certificate is null) return "lnsd shows no certificate";
        var status = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, static (all, s) => all | s.Status);
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return $"{untrusted}: it is valid from {Time(certificate.NotBefore)} until {Time(certificate.NotAfter)}";
        if ((status & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0)
            return $"{untrusted}: its issuer '{certificate.Issuer}' is not a trusted authority";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"{untrusted}: it is not for '{host}' but for {Names(certificate)}";
        return $"{untrusted}: {(status == X509ChainStatusFlags.NoError ? $"{errors}" : $"{status}")}";
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        string[] found = names is null
            ? []
            : [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(static a => a.ToString())];
        return found.Length > 0 ? $"'{string.Join("', '", found)}'" : "no host";
    }

    private static string Time(DateTime at) =>
        at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);

    private static SslStreamCertificateContext Own(string file, string keyFile)
    {
        var text = Read(LnsApiTlsFile.Certificate, file);
        var chain = Certificates(LnsApiTlsFile.Certificate, file, text);
        var key = file == keyFile ? text : Read(LnsApiTlsFile.Key, keyFile);
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new LnsApiTlsException(LnsApiTlsFile.Key, $"no private key in PEM format in {keyFile}");
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw new LnsApiTlsException(LnsApiTlsFile.Key, $"the private key in {keyFile} has a passphrase; allowed: a key without one");
        try
        {
            var own = X509Certificate2.CreateFromPem(text, key);
            chain.RemoveAt(0);
            return SslStreamCertificateContext.Create(own, chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new LnsApiTlsException(LnsApiTlsFile.Key, $"the private key in {keyFile} does not match the certificate in {file}");
        }
    }

    private static X509Certificate2Collection Certificates(LnsApiTlsFile which, string file, string text)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            found.Clear();
        }
        return found.Count > 0 ? found : throw new LnsApiTlsException(which, $"no certificate in PEM format in {file}");
    }

    private static string Read(LnsApiTlsFile which, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new LnsApiTlsException(which, $"cannot read {file}: {e.Message}");
        }
    }
}

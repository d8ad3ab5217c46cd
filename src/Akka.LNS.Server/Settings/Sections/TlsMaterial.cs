using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>A file of <c>lns.api.tls</c> is wrong. The message is one line for the operator.</summary>
/// <param name="key">The key that names the file.</param>
internal sealed class TlsFileException(string key, string message) : Exception(message)
{
    public string Key { get; } = key;
}

/// <summary>Checked content of the files of <c>lns.api.tls</c>.</summary>
/// <param name="ClientCas">Authorities of client certificates; null: none is requested.</param>
/// <param name="Expires">When the certificate of the node expires, UTC.</param>
internal sealed record TlsMaterial(SslStreamCertificateContext Certificate, X509Certificate2Collection? ClientCas, DateTimeOffset Expires)
{
    private const int MaxOctets = 1 << 20; // of a file
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // RFC 5280 section 4.2.1.12

    /// <exception cref="TlsFileException">A file cannot be read, has other content, or its certificate is not valid now.</exception>
    public static TlsMaterial Load(ApiTlsSettings files, DateTimeOffset now)
    {
        var (text, chain) = Certificates("certificate", files.Certificate);
        var key = Read("key", files.Key);
        var labels = Labels(key);
        if (labels.Contains("ENCRYPTED PRIVATE KEY") || key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw new TlsFileException("key", $"the private key in {files.Key} has a passphrase; allowed: one without");
        if (!labels.Any(static l => l.EndsWith("PRIVATE KEY", StringComparison.Ordinal)))
            throw new TlsFileException("key", $"there is no private key in PEM in {files.Key}");
        X509Certificate2 own;
        try
        {
            own = X509Certificate2.CreateFromPem(text, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TlsFileException("key", $"the private key in {files.Key} does not fit the certificate in {files.Certificate}");
        }
        CheckTime("certificate", files.Certificate, own, now);
        X509Certificate2Collection? cas = null;
        if (files.ClientCa is { } ca)
        {
            (_, cas) = Certificates("client-ca", ca);
            if (cas.All(c => c.NotAfter < now.LocalDateTime)) CheckTime("client-ca", ca, cas[0], now); // a bundle may hold old ones
        }
        chain.RemoveAt(0);
        return new TlsMaterial(SslStreamCertificateContext.Create(own, chain, offline: true), cas, own.NotAfter.ToUniversalTime());
    }

    /// <summary>One of our CAs has signed the certificate for clients, and it is valid now.</summary>
    public bool Trusts(X509Certificate2 client)
    {
        if (ClientCas is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(ClientCas);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(client);
    }

    private static (string Text, X509Certificate2Collection Found) Certificates(string key, string file)
    {
        var text = Read(key, file);
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            found.Clear();
        }
        return found.Count > 0 ? (text, found) : throw new TlsFileException(key, $"there is no certificate in PEM in {file}");
    }

    private static void CheckTime(string key, string file, X509Certificate2 certificate, DateTimeOffset now)
    {
        if (certificate.NotAfter.ToUniversalTime() < now)
            throw new TlsFileException(key, $"the certificate in {file} expired at {Show(certificate.NotAfter)}");
        if (certificate.NotBefore.ToUniversalTime() > now)
            throw new TlsFileException(key, $"the certificate in {file} is valid only from {Show(certificate.NotBefore)} on");

        static string Show(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
    }

    private static string Read(string key, string file)
    {
        try
        {
            return RegularFile.ReadText(file, MaxOctets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TlsFileException(key, $"cannot read {file}: {e.Message}");
        }
    }

    private static List<string> Labels(string text)
    {
        var labels = new List<string>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            labels.Add(rest[fields.Label].ToString());
            rest = rest[fields.Location.End..];
        }
        return labels;
    }
}

using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.api.tls</c></summary>
internal static class ApiTlsSection
{
    public static readonly Section Keys = new();
    private static readonly Key<string?> Certificate = Keys.Path("certificate", Apply.Restart);
    private static readonly Key<string?> PrivateKey = Keys.Path("key", Apply.Restart);
    private static readonly Key<string?> ClientCa = Keys.Path("client-ca", Apply.Restart);

    /// <param name="isUsed">The API is enabled: the files are checked.</param>
    public static ApiTlsSettings? Read(SectionReader s, bool isUsed)
    {
        var (certificate, key, ca) = (s.Get(Certificate), s.Get(PrivateKey), s.Get(ClientCa));
        if (certificate is null || key is null)
        {
            if (certificate is not null) s.Fail(PrivateKey, "missing; allowed: the path of a file in PEM with the key of the certificate");
            else if (key is not null || ca is not null) s.Fail(Certificate, "missing; allowed: the path of a file in PEM");
            return null;
        }
        var tls = new ApiTlsSettings(certificate, key, ca);
        try
        {
            if (isUsed) TlsMaterial.Load(tls, DateTimeOffset.UtcNow);
        }
        catch (TlsFileException e)
        {
            s.Fail(e.Key, e.Message);
        }
        return tls;
    }
}

/// <summary>Each entry of <c>lns.api.certificates</c></summary>
internal static class ApiCertificateSection
{
    public static readonly Section Keys = new();
    private static readonly Key<ApiRole> Role = Keys.Word("role", default, Apply.Live, ApiRoles.Words);
    // RFC 5280, upper bound of a common name
    private static readonly Key<string?> CommonName = Keys.OptionalText("common-name", 64, Apply.Live);
    private static readonly Key<string?> Fingerprint = Keys.OptionalText("fingerprint", 95, Apply.Live);

    public static ApiCertificate Read(string name, SectionReader s)
    {
        var role = s.Get(Role);
        var common = s.Get(CommonName);
        var fingerprint = s.Get(Fingerprint)?.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
        if (common is null == fingerprint is null)
        {
            var fault = common is null ? "missing" : "there is a fingerprint, too";
            s.Fail(CommonName, $"{fault}; allowed: one of common-name, fingerprint");
        }
        if (fingerprint is not null && (fingerprint.Length != 64 || !fingerprint.All(char.IsAsciiHexDigit)))
            s.Fail(Fingerprint, "not the SHA-256 of a certificate; allowed: 64 hexadecimal digits, colons between octets or not");
        return new ApiCertificate(name, role, common, fingerprint);
    }
}

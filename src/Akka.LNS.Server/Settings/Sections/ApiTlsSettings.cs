namespace Akka.LNS.Server.Settings.Sections;

/// <summary>Files in PEM; they are read anew when they change.</summary>
/// <param name="Certificate">The node's certificate, those of intermediate CAs behind it.</param>
/// <param name="Key">Its private key.</param>
/// <param name="ClientCa">Who signs client certificates; null: none is asked for.</param>
public sealed record ApiTlsSettings(string Certificate, string Key, string? ClientCa);

/// <summary>Who comes with a certificate of <see cref="ApiTlsSettings.ClientCa"/>: one of <paramref name="CommonName"/> and <paramref name="Fingerprint"/> is set.</summary>
/// <param name="Name">Names the caller in the audit log.</param>
/// <param name="CommonName">The one CN of its subject.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, 64 upper-case hexadecimal digits.</param>
public sealed record ApiCertificate(string Name, ApiRole Role, string? CommonName, string? Fingerprint);

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>PEM files of the API's TLS. They are read again when they change.</summary>
/// <param name="Certificate">Certificate of the node, followed by those of intermediate CAs.</param>
/// <param name="Key">Private key of the certificate.</param>
/// <param name="ClientCa">Authorities of client certificates; null: no client certificate is requested.</param>
public sealed record ApiTlsSettings(string Certificate, string Key, string? ClientCa);

/// <summary>
/// A client with a certificate of <see cref="ApiTlsSettings.ClientCa"/>. Either its common name or its fingerprint is set.
/// </summary>
/// <param name="Name">Name of the client in the audit log.</param>
/// <param name="CommonName">The only CN of the subject.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, 64 upper-case hexadecimal digits.</param>
public sealed record ApiCertificate(string Name, ApiRole Role, string? CommonName, string? Fingerprint);

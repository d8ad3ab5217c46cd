using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Akka.LNS.Server.Settings.Sections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Server.Api.Hosting;

/// <summary>
/// TLS of the API. A new connection uses the current content of the files. Faulty files, for example half replaced ones, are not used.
/// </summary>
internal sealed partial class ApiTls
{
    private readonly ApiTlsSettings _files;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private TlsMaterial _current;
    private string _stamp;

    /// <exception cref="ApiStartException">The files are faulty.</exception>
    public ApiTls(ApiTlsSettings files, TimeProvider clock, ILoggerFactory log)
    {
        (_files, _clock, _log) = (files, clock, log.CreateLogger("Akka.LNS.Api"));
        _stamp = Stamp();
        try
        {
            _current = TlsMaterial.Load(files, clock.GetUtcNow());
        }
        catch (TlsFileException e)
        {
            throw new ApiStartException($"{e.Message} (lns.api.tls.{e.Key})");
        }
    }

    /// <summary>Expiry of the certificate in use, UTC.</summary>
    public DateTimeOffset Expires => Current().Expires;

    /// <summary>Options for Kestrel.</summary>
    public TlsHandshakeCallbackOptions ToOptions(TimeSpan handshakeTimeout) => new()
    {
        HandshakeTimeout = handshakeTimeout,
        OnConnection = _ => ValueTask.FromResult(ToServerOptions(Current())),
    };

    private static SslServerAuthenticationOptions ToServerOptions(TlsMaterial now) => new()
    {
        ServerCertificateContext = now.Certificate,
        ClientCertificateRequired = now.ClientCas is not null, // requested, not required: a client without one needs a token
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is null || (certificate is X509Certificate2 client && now.Trusts(client)),
        AllowTlsResume = false, // a resumed session would not check the certificate against the current authorities
    };

    private TlsMaterial Current()
    {
        lock (_lock)
        {
            var stamp = Stamp();
            if (stamp == _stamp) return _current;
            _stamp = stamp; // faulty files are read once, too
            try
            {
                _current = TlsMaterial.Load(_files, _clock.GetUtcNow());
                LogRenewed(_log, $"{_current.Expires:yyyy-MM-dd HH:mm:ss} UTC");
            }
            catch (TlsFileException e)
            {
                LogNotRenewed(_log, e.Message, $"lns.api.tls.{e.Key}");
            }
            return _current;
        }
    }

    /// <summary>A text that changes with each of the files.</summary>
    private string Stamp() => string.Join(';', new[] { _files.Certificate, _files.Key, _files.ClientCa }.OfType<string>()
        .Select(static f => new FileInfo(f)).Select(static f => f.Exists ? $"{f.LastWriteTimeUtc.Ticks}:{f.Length}" : ""));

    [LoggerMessage(EventId = 191, Level = LogLevel.Information,
        Message = "api: certificate renewed for new connections: expires {Expires}")]
    private static partial void LogRenewed(ILogger log, string expires);

    [LoggerMessage(EventId = 192, Level = LogLevel.Warning, Message = "api: changed certificate files not used: {Why} ({Key})")]
    private static partial void LogNotRenewed(ILogger log, string why, string key);
}

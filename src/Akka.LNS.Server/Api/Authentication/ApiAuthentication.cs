using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Dashboard;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Akka.LNS.Server.Api.Guard;
using Akka.LNS.Server.Node;

namespace Akka.LNS.Server.Api.Authentication;

/// <summary>Finds caller and role of a request: by a bearer token (RFC 6750), a client certificate, or the Unix socket.</summary>
internal sealed class ApiAuthentication(RunningConfiguration configuration, RequestGuard guard) : IAuthenticationHandler
{
    public const string Scheme = "lns";
    private const string Bearer = "Bearer ";

    /// <summary>
    /// Claim with the SHA-256 of the token, or with the identity of the certificate. A login ends when its token or certificate changes.
    /// </summary>
    private const string ProofClaim = "lns:proof";
    private readonly ApiSettings _settings = configuration.Settings.Api; // of this request: a reload may change them
    private HttpContext _context = null!; // InitializeAsync runs first
    private ApiRefusal _failure = ApiRefusal.NoToken;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync()
    {
        if (_context.Features.Get<OwnCaller>() is { } own)
            return Task.FromResult(own.Who is { } who && IsKnown(who) ? AuthenticateResult.Success(new AuthenticationTicket(who, Scheme))
                : AuthenticateResult.Fail("the login has ended"));
        var header = _context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return Task.FromResult(ByToken(header[Bearer.Length..].Trim()));
        if (_context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate)
            return Task.FromResult(ByCertificate(certificate));
        return Task.FromResult(_context.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix } socket
            ? Known(UnixPeer.Of(socket), _settings.Unix.Role, "")
            : AuthenticateResult.NoResult());
    }

    /// <summary>True while the token or certificate of a login is still in the settings, with at least the role of the login.</summary>
    private bool IsKnown(ClaimsPrincipal who)
    {
        if (who.HasClaim(static c => c.Type == DashboardRoles.SamplerClaim)) return true;
        var (proof, operates) = (who.FindFirst(ProofClaim)?.Value, who.IsInRole(nameof(ApiRole.Operate)));
        return _settings.Tokens.Where(t => t.Sha256.Value == proof).Select(static t => t.Role)
            .Concat(_settings.Certificates.Where(c => ProofOf(c) == proof).Select(static c => c.Role))
            .Any(r => !operates || r == ApiRole.Operate);
    }

    public async Task ChallengeAsync(AuthenticationProperties? properties)
    {
        // many wrong tokens of a client are answered slowly
        if (_context.Features.Get<OwnCaller>() is null
            && !await guard.FailedAsync(_failure, _context.Connection.RemoteIpAddress, _context.RequestAborted))
        {
            await Problem.Write(_context, StatusCodes.Status429TooManyRequests, "too many requests without a valid token");
            return;
        }
        _context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        await Problem.Write(_context, StatusCodes.Status401Unauthorized,
            "a token of lns.api.tokens is needed, 'Authorization: Bearer TOKEN', or a client certificate of lns.api.certificates; " +
            "the Unix socket needs none");
    }

    public Task ForbidAsync(AuthenticationProperties? properties)
    {
        guard.Refused(ApiRefusal.Role, _context.Connection.RemoteIpAddress);
        return Problem.Write(_context, StatusCodes.Status403Forbidden,
            $"'{_context.User.Identity?.Name}' has the role read; this needs the role operate");
    }

    private AuthenticateResult ByToken(string token)
    {
        if (Find(_settings, token) is { } found) return Known(found.Name, found.Role, found.Sha256.Value);
        _failure = ApiRefusal.UnknownToken;
        return AuthenticateResult.Fail("unknown token");
    }

    /// <summary>Finds a token. The time does not depend on the token, nor on whether it is known.</summary>
    public static ApiToken? Find(ApiSettings settings, string token)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), given);
        ApiToken? found = null;
        foreach (var candidate in settings.Tokens)
            if (CryptographicOperations.FixedTimeEquals(given, Convert.FromHexString(candidate.Sha256.Value))) found = candidate;
        return found;
    }

    /// <summary>Finds the entry of a certificate. The handshake has verified that an authority of client-ca signed it.</summary>
    private AuthenticateResult ByCertificate(X509Certificate2 certificate)
    {
        var fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        var common = CommonName(certificate);
        foreach (var known in _settings.Certificates)
            if (known.Fingerprint is { } f ? f == fingerprint : known.CommonName == common)
                return Known(known.Name, known.Role, ProofOf(known), _context.Connection.RemoteIpAddress);
        _failure = ApiRefusal.UnknownCertificate;
        return AuthenticateResult.Fail("unknown certificate");
    }

    /// <summary>The common name; null: the subject has none, or more than one.</summary>
    private static string? CommonName(X509Certificate2 certificate)
    {
        const string CommonNameType = "2.5.4.3"; // RFC 4519 section 2.3
        string? found = null;
        foreach (var name in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (name.HasMultipleElements) return null;
            if (name.GetSingleElementType().Value != CommonNameType) continue;
            if (found is not null) return null;
            found = name.GetSingleElementValue();
        }
        return found;
    }

    private static string ProofOf(ApiCertificate certificate) => certificate.Fingerprint ?? $"CN={certificate.CommonName}";

    private static AuthenticateResult Known(string name, ApiRole role, string proof, IPAddress? from = null) =>
        AuthenticateResult.Success(new AuthenticationTicket(Caller(name, role, proof, from), Scheme));

    /// <param name="from">Address of the client, for a login of the dashboard; null: not needed.</param>
    public static ClaimsPrincipal Caller(string name, ApiRole role, string proof, IPAddress? from = null)
    {
        var identity = new ClaimsIdentity(Scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, name));
        identity.AddClaim(new Claim(ProofClaim, proof));
        identity.AddClaim(new Claim(ClaimTypes.Role, nameof(ApiRole.Read)));
        if (role == ApiRole.Operate) identity.AddClaim(new Claim(ClaimTypes.Role, nameof(ApiRole.Operate)));
        if (from is not null) identity.AddClaim(new Claim(DashboardRoles.FromClaim, from.ToString()));
        return new ClaimsPrincipal(identity);
    }
}

/// <summary>The process at the other end of a Unix socket.</summary>
internal static class UnixPeer
{
    private const string Prefix = "uid ";
    private const int SolSocket = 1, SoPeerCred = 17; // socket(7), the same on every Linux that .NET runs on

    /// <summary>User id of the connected process, as in <c>uid 0</c> (SO_PEERCRED, unix(7)).</summary>
    public static string Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12]; // struct ucred: pid, uid, gid
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == credentials.Length
            ? $"{Prefix}{BitConverter.ToUInt32(credentials[4..])}"
            : "unix socket";
    }
}

using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>Settings of the HTTP API.</summary>
public sealed record ApiSettings
{
    public bool Enabled { get; init; } = true;

    public ImmutableArray<ApiListen> Listen { get; init; } =
        [ApiListen.Unix("api.sock"), new ApiListen(null, new IPEndPoint(IPAddress.Loopback, 8701))];

    public ApiUnixSettings Unix { get; init; } = new();

    public ApiLimits Limits { get; init; } = new();

    /// <summary>Tokens of clients over TCP.</summary>
    public ImmutableArray<ApiToken> Tokens { get; init; } = [];

    /// <summary>TLS on all TCP addresses; null: no TLS.</summary>
    public ApiTlsSettings? Tls { get; init; }

    /// <summary>Clients with a certificate.</summary>
    public ImmutableArray<ApiCertificate> Certificates { get; init; } = [];
}

/// <summary>Address of the API: a path or a TCP address.</summary>
/// <param name="UnixPath">Path of a Unix socket. A relative path starts at the runtime directory.</param>
public readonly record struct ApiListen(string? UnixPath, IPEndPoint? EndPoint)
{
    public const string UnixPrefix = "unix:";

    public static ApiListen Unix(string path) => new(path, null);

    public override string ToString() => UnixPath is null ? $"{EndPoint}" : UnixPrefix + UnixPath;
}

/// <summary>Unix socket of the API. A process that may open its file needs no token.</summary>
public sealed record ApiUnixSettings
{
    public UnixFileMode Mode { get; init; } =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Group of the socket file; null: the group of the process.</summary>
    public string? Group { get; init; }

    public ApiRole Role { get; init; } = ApiRole.Operate;
}

/// <summary>Limits of connections and requests.</summary>
public sealed record ApiLimits
{
    /// <summary>Maximum number of connections. The next one is closed at once.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>Maximum size of a request body in octets.</summary>
    public long BodyOctets { get; init; } = 64 << 10;

    /// <summary>Maximum time to receive the headers of a request.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time after which a connection without a request is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests, and new connections, of one client per second. All clients together have four times as many.</summary>
    public int RequestsPerSecond { get; init; } = 200;

    /// <summary>Maximum number of requests that run at a time.</summary>
    public int RequestsInWork { get; init; } = 32;

    /// <summary>Answers to wrong or missing tokens of one client per second. All clients together have four times as many.</summary>
    public int FailuresPerSecond { get; init; } = 10;
}

public enum ApiRole
{
    /// <summary>Reads.</summary>
    Read,
    /// <summary>Reads and changes.</summary>
    Operate,
}

/// <summary>One bearer token.</summary>
/// <param name="Name">Name of the client in the audit log.</param>
/// <param name="Sha256">
/// SHA-256 of the token, 64 hexadecimal digits; empty: no request matches it. The token itself is not kept.
/// </param>
public sealed record ApiToken(string Name, ApiRole Role, Secret Sha256)
{
    /// <summary>Path of <c>token-file</c>; null: none.</summary>
    public string? File { get; init; }

    /// <summary><see cref="File"/> does not exist, and lnsd must create it.</summary>
    public bool IsFileMissing { get; init; }
}

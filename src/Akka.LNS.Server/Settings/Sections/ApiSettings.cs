using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>The HTTP API of the node.</summary>
public sealed record ApiSettings
{
    public bool Enabled { get; init; } = true;

    public ImmutableArray<ApiListen> Listen { get; init; } = [ApiListen.Unix("api.sock"), new ApiListen(null, new IPEndPoint(IPAddress.Loopback, 8701))];

    public ApiUnixSettings Unix { get; init; } = new();

    public ApiLimits Limits { get; init; } = new();

    /// <summary>Who may come by TCP.</summary>
    public ImmutableArray<ApiToken> Tokens { get; init; } = [];

    /// <summary>Not null: all of TCP speaks TLS, and nothing else.</summary>
    public ApiTlsSettings? Tls { get; init; }

    /// <summary>Who may come with a client certificate.</summary>
    public ImmutableArray<ApiCertificate> Certificates { get; init; } = [];
}

/// <summary>Where the API listens: one of the two is set.</summary>
/// <param name="UnixPath">A relative one stands in the runtime directory.</param>
public readonly record struct ApiListen(string? UnixPath, IPEndPoint? EndPoint)
{
    public const string UnixPrefix = "unix:";

    public static ApiListen Unix(string path) => new(path, null);

    public override string ToString() => UnixPath is null ? $"{EndPoint}" : UnixPrefix + UnixPath;
}

/// <summary>The Unix socket of the API: who may open the file needs no token.</summary>
public sealed record ApiUnixSettings
{
    public UnixFileMode Mode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Null: that of the process.</summary>
    public string? Group { get; init; }

    public ApiRole Role { get; init; } = ApiRole.Operate;
}

/// <summary>What one client may cost.</summary>
public sealed record ApiLimits
{
    /// <summary>At a time; one more is closed at once.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>Of a request.</summary>
    public long BodyOctets { get; init; } = 64 << 10;

    /// <summary>From the first octet of a request to the end of its headers.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of a connection without a request.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);
}

public enum ApiRole
{
    /// <summary>May look.</summary>
    Read,
    /// <summary>May look and change.</summary>
    Operate,
}

/// <summary>One bearer token.</summary>
/// <param name="Name">Names the caller in the audit log.</param>
/// <param name="Sha256">Of the token's octets, 64 hexadecimal digits: the token itself is not kept.</param>
public sealed record ApiToken(string Name, ApiRole Role, Secret Sha256);

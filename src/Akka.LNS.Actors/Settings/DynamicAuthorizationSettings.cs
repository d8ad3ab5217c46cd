using System.Collections.Immutable;
using System.Net;

namespace Akka.LNS.Actors.Settings;

/// <summary>CoA and Disconnect by RADIUS (RFC 5176).</summary>
public sealed record DynamicAuthorizationSettings
{
    /// <summary>RFC 5176 section 2.3.</summary>
    public const int DefaultPort = 3799;

    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>How far Event-Timestamp may be from the node's time, either way.</summary>
    public TimeSpan ReplayWindow { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>A request without Event-Timestamp is dropped.</summary>
    public bool RequireEventTimestamp { get; init; }

    /// <summary>Requests remembered at a time, so that none is done twice; about 200 octets each.</summary>
    public int Remember { get; init; } = 50_000;

    /// <summary>Empty: nothing listens.</summary>
    public ImmutableArray<DynamicAuthorizationClient> Clients { get; init; } = [];
}

/// <summary>Who may send requests.</summary>
public sealed record DynamicAuthorizationClient
{
    public string Name { get; init; } = "";

    /// <summary>Of the networks that a request's source is in, the longest counts.</summary>
    public IPNetwork Network { get; init; }

    public Secret Secret { get; init; } = new("");

    /// <summary>A request without a Message-Authenticator is dropped.</summary>
    public bool RequireMessageAuthenticator { get; init; }
}

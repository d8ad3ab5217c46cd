using System.Collections.Immutable;
using System.Net;

namespace Akka.LNS.Actors.Settings;

/// <summary>Settings of CoA and Disconnect. RFC 5176.</summary>
public sealed record DynamicAuthorizationSettings
{
    /// <summary>RFC 5176 section 2.3.</summary>
    public const int DefaultPort = 3799;

    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>Maximum difference between Event-Timestamp and the time of the node, in both directions.</summary>
    public TimeSpan ReplayWindow { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>A request without Event-Timestamp is dropped.</summary>
    public bool RequireEventTimestamp { get; init; }

    /// <summary>Maximum number of remembered requests, so that none is executed twice; about 200 octets each.</summary>
    public int Remember { get; init; } = 50_000;

    /// <summary>A CoA with an Acct-Interim-Interval below 60 s sets 60 s, instead of a refusal.</summary>
    public bool RaiseInterimInterval { get; init; }

    /// <summary>Clients that may send requests; empty: nothing listens.</summary>
    public ImmutableArray<DynamicAuthorizationClient> Clients { get; init; } = [];
}

/// <summary>A client that may send requests.</summary>
public sealed record DynamicAuthorizationClient
{
    public string Name { get; init; } = "";

    /// <summary>Network of the client. The longest network that contains the source of a request counts.</summary>
    public IPNetwork Network { get; init; }

    public Secret Secret { get; init; } = new("");

    /// <summary>A request without a Message-Authenticator is dropped.</summary>
    public bool RequireMessageAuthenticator { get; init; }
}

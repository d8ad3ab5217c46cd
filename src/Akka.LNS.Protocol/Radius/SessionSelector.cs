using System.Globalization;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Names and numbers of a session.</summary>
/// <param name="User">User name as the subscriber sent it.</param>
/// <param name="RadiusUser">User name that RADIUS got: without the realm where it is stripped.</param>
public readonly record struct SessionIdentity(string AcctSessionId, string User, string RadiusUser, Ipv4Address Address, string Calling,
    string Called, uint Port)
{
    /// <summary>Name that the subscriber sent, when the session has another; else null.</summary>
    public string? Login { get; init; }
}

/// <summary>Sessions that a request is about: each attribute given must match (RFC 5176 section 3). null: not given.</summary>
public sealed record SessionSelector
{
    public static readonly SessionSelector Empty = new();

    public string? UserName { get; init; }
    public string? AcctSessionId { get; init; }
    /// <summary>Identifier of the bundle, which is that of its call.</summary>
    public string? AcctMultiSessionId { get; init; }
    public Ipv4Address? FramedIpAddress { get; init; }
    public string? CallingStationId { get; init; }
    public string? CalledStationId { get; init; }
    public uint? NasPort { get; init; }
    /// <summary>Number in NAS-Port-Id, mpd-link, mpd-bundle and mpd-iface.</summary>
    public uint? NamedPort { get; init; }
    /// <summary>Two attributes contradict each other, or the name of a port is not one of this node: no session matches.</summary>
    public bool IsContradictory { get; init; }

    public bool IsEmpty => this == Empty;

    /// <summary>Acct-Session-Id to look up instead of a search; null: search.</summary>
    public string? OnlyId => AcctSessionId ?? AcctMultiSessionId;

    /// <summary>Whether the session is meant.</summary>
    public bool Matches(in SessionIdentity session) => !IsContradictory
        && (FramedIpAddress is not { } address || address == session.Address)
        && (NasPort is not { } port || port == session.Port)
        && (NamedPort is not { } named || named == session.Port)
        && (AcctSessionId is null || AcctSessionId == session.AcctSessionId)
        && (AcctMultiSessionId is null || AcctMultiSessionId == session.AcctSessionId)
        && (CallingStationId is null || TextAttribute.Names(CallingStationId, session.Calling))
        && (CalledStationId is null || TextAttribute.Names(CalledStationId, session.Called))
        && (UserName is null || UserName == session.User || UserName == session.RadiusUser || UserName == session.Login);

    /// <summary>The attributes given and their values, for the log.</summary>
    public string Describe() => string.Join(", ", new[]
    {
        Quoted("User-Name", UserName), Quoted("Acct-Session-Id", AcctSessionId), Quoted("Acct-Multi-Session-Id", AcctMultiSessionId),
        FramedIpAddress is { } address ? $"Framed-IP-Address {address}" : null,
        Quoted("Calling-Station-Id", CallingStationId), Quoted("Called-Station-Id", CalledStationId),
        NasPort is { } port ? string.Create(CultureInfo.InvariantCulture, $"NAS-Port {port}") : null,
        NamedPort is { } named ? string.Create(CultureInfo.InvariantCulture, $"named port {named}") : null,
        IsContradictory ? "with attributes that contradict each other" : null,
    }.Where(static s => s is not null));

    private static string? Quoted(string name, string? value) => value is null ? null : $"{name} '{value}'";
}

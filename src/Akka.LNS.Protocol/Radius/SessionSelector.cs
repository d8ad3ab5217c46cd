using System.Globalization;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Radius;

/// <summary>NAS-Port and NAS-Port-Id of a call: tunnel and session id as they stand in the L2TP header. mpd-link, mpd-bundle and mpd-iface are the latter too.</summary>
public static class PortName
{
    private const string Prefix = "l2tp-";

    public static string Of(ushort tunnel, ushort session) => $"{Prefix}{tunnel}-{session}";

    /// <summary>Both ids in one number, unique on the node while the call lives.</summary>
    public static uint Number(ushort tunnel, ushort session) => ((uint)tunnel << 16) | session;

    /// <summary>The number of a name that <see cref="Of"/> made.</summary>
    public static bool TryRead(ReadOnlySpan<char> name, out uint port)
    {
        port = 0;
        if (!name.StartsWith(Prefix)) return false;
        name = name[Prefix.Length..];
        var dash = name.IndexOf('-');
        if (dash < 0 || !Id(name[..dash], out var tunnel) || !Id(name[(dash + 1)..], out var session)) return false;
        port = Number(tunnel, session);
        return true;
    }

    private static bool Id(ReadOnlySpan<char> text, out ushort id) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && (text.Length == 1 || text[0] != '0');
}

/// <summary>What a session is known by.</summary>
/// <param name="User">As the subscriber calls itself.</param>
/// <param name="RadiusUser">As RADIUS knows it: without the realm, where that is stripped.</param>
public readonly record struct SessionIdentity(string AcctSessionId, string User, string RadiusUser, Ipv4Address Address, string Calling, string Called, uint Port);

/// <summary>Which sessions a request means: all that is given must match (RFC 5176 section 3). null: not given.</summary>
public sealed record SessionSelector
{
    public static readonly SessionSelector Empty = new();

    public string? UserName { get; init; }
    public string? AcctSessionId { get; init; }
    /// <summary>The bundle's id, which is that of its call.</summary>
    public string? AcctMultiSessionId { get; init; }
    public Ipv4Address? FramedIpAddress { get; init; }
    public string? CallingStationId { get; init; }
    public string? CalledStationId { get; init; }
    public uint? NasPort { get; init; }
    /// <summary>From NAS-Port-Id, mpd-link, mpd-bundle and mpd-iface, which say the same in letters.</summary>
    public uint? NamedPort { get; init; }
    /// <summary>Two attributes say different things, or a port's name is none of ours: no session can match.</summary>
    public bool IsContradictory { get; init; }

    public bool IsEmpty => this == Empty;

    /// <summary>The one Acct-Session-Id that it can be, for a look-up instead of a search; null: any.</summary>
    public string? OnlyId => AcctSessionId ?? AcctMultiSessionId;

    public bool Matches(in SessionIdentity session) => !IsContradictory
        && (FramedIpAddress is not { } address || address == session.Address)
        && (NasPort is not { } port || port == session.Port)
        && (NamedPort is not { } named || named == session.Port)
        && (AcctSessionId is null || AcctSessionId == session.AcctSessionId)
        && (AcctMultiSessionId is null || AcctMultiSessionId == session.AcctSessionId)
        && (CallingStationId is null || CallingStationId == session.Calling)
        && (CalledStationId is null || CalledStationId == session.Called)
        && (UserName is null || UserName == session.User || UserName == session.RadiusUser);
}

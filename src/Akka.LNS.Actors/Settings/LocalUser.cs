using System.Collections.Immutable;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Settings;

/// <summary>A user that needs no RADIUS, with the attributes RADIUS would give. Null: not given.</summary>
public sealed record LocalUser
{
    public string Name { get; init; } = "";
    public Secret Password { get; init; } = new("");

    /// <summary>Framed-IP-Address; null: from the pool.</summary>
    public Ipv4Address? FramedIpAddress { get; init; }

    /// <summary>Framed-Route: networks behind the subscriber.</summary>
    public ImmutableArray<Ipv4Prefix> FramedRoutes { get; init; } = [];

    /// <summary>Framed-Pool: instead of the template's.</summary>
    public string? Pool { get; init; }

    /// <summary>Session-Timeout.</summary>
    public TimeSpan? SessionTimeout { get; init; }

    /// <summary>Idle-Timeout.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Reply-Message: said to the user in PAP and CHAP.</summary>
    public string? ReplyMessage { get; init; }
}

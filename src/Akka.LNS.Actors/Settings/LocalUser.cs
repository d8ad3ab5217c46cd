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

/// <summary>Addresses for subscribers.</summary>
public sealed record PoolSettings
{
    public string Name { get; init; } = "";

    /// <summary>First and last address of each range, both given out.</summary>
    public ImmutableArray<AddressRange> Ranges { get; init; } = [];

    /// <summary>Never given out, though in a range. The own addresses of the bundle templates need not stand here: they are added when read.</summary>
    public ImmutableArray<AddressRange> Exclude { get; init; } = [];

    /// <summary>A freed address rests so long before it is given again.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>From first to last, both included. Of a network in the file: all but its first (network) and last (broadcast) address when it is shorter than /31.</summary>
public readonly record struct AddressRange(Ipv4Address First, Ipv4Address Last)
{
    public long Count => (long)Last.Value - First.Value + 1;
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}

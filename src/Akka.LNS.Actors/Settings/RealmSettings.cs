using System.Collections.Immutable;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Settings;

/// <summary>What holds for the users of one realm.</summary>
public sealed record RealmSettings
{
    /// <summary>A realm, *.SUFFIX, none (names without a realm) or * (everything else).</summary>
    public string Name { get; init; } = "";

    /// <summary>Names of the RADIUS servers; empty: all. A service that none of them has is asked of all.</summary>
    public ImmutableArray<string> Servers { get; init; } = [];

    /// <summary>Goes before <see cref="LinkTemplate.AuthBy"/>; empty: as there.</summary>
    public ImmutableArray<AuthSource> AuthBy { get; init; } = [];

    /// <summary>Goes before <see cref="LinkTemplate.Bundle"/>; null: as there.</summary>
    public string? Bundle { get; init; }

    /// <summary>RADIUS gets the name without the realm. Not in a login by MS-CHAPv2 as user@realm: its proof is over the whole name.</summary>
    public bool Strip { get; init; }

    /// <summary>Nobody is asked, and the subscriber is told this; null: not refused.</summary>
    public string? Reject { get; init; }
}

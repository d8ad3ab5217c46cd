using System.Collections.Immutable;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Settings;

/// <summary>Settings for the users of one realm.</summary>
public sealed record RealmSettings
{
    /// <summary>A realm, *.SUFFIX, none (names without a realm) or * (everything else).</summary>
    public string Name { get; init; } = "";

    /// <summary>Names of the RADIUS servers; empty: all. All servers are asked for a service that none of these has.</summary>
    public ImmutableArray<string> Servers { get; init; } = [];

    /// <summary>Replaces <see cref="LinkTemplate.AuthBy"/>; empty: it does not.</summary>
    public ImmutableArray<AuthSource> AuthBy { get; init; } = [];

    /// <summary>Replaces <see cref="LinkTemplate.Bundle"/>; null: it does not.</summary>
    public string? Bundle { get; init; }

    /// <summary>RADIUS gets the name without the realm, except in a login with MS-CHAPv2: its proof covers the whole name.</summary>
    public bool Strip { get; init; }

    /// <summary>Text with which the users are refused at once; null: they are not.</summary>
    public string? Reject { get; init; }
}

using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Membership;

/// <summary>Whether a node takes what is new, as it says itself.</summary>
public enum NodeDrain
{
    Serving = 0,
    Draining = 1,
    Drained = 2,
}

/// <summary>What each node of a cluster tells all others once a second.</summary>
/// <param name="Name">lns.node-name.</param>
/// <param name="Version">Of its program.</param>
/// <param name="Verdict">Of its admission: open, early, closed, draining.</param>
/// <param name="Started">UTC.</param>
/// <param name="IsMember">It is in a cluster; else it looks for one.</param>
/// <param name="Silent">Addresses of members that it hears nothing of.</param>
public sealed record NodeReport(
    string Name, string Version, int Sessions, int Tunnels, long Load, string Verdict, NodeDrain Drain, DateTimeOffset Started,
    bool IsMember,
    ImmutableArray<string> Silent)
{
    /// <summary>Most octets of a text in it; what is longer is cut by its sender and refused by who reads it.</summary>
    public const int MostOctets = 255;

    /// <summary>Most of <see cref="Silent"/>.</summary>
    public const int MostSilent = 64;
}

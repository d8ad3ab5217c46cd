using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Membership;

/// <summary>State of the drain of a node, from its own report.</summary>
public enum NodeDrain
{
    Serving = 0,
    Draining = 1,
    Drained = 2,
}

/// <summary>Report of a node to all others, once a second.</summary>
/// <param name="Name">lns.node-name.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="Verdict">State of admission: open, early, closed, draining.</param>
/// <param name="Started">Time of the start, UTC.</param>
/// <param name="IsMember">True: the node is in a cluster.</param>
/// <param name="Silent">Addresses of members without a recent report.</param>
/// <param name="Nas">What RADIUS servers take the node for.</param>
public sealed record NodeReport(
    string Name, string Version, int Sessions, int Tunnels, long Load, string Verdict, NodeDrain Drain, DateTimeOffset Started,
    bool IsMember,
    ImmutableArray<string> Silent, NasIdentity Nas = default)
{
    /// <summary>Maximum length of a text in octets. The sender cuts longer texts, and the receiver refuses them.</summary>
    public const int MostOctets = 255;

    /// <summary>Maximum number of addresses in <see cref="Silent"/>.</summary>
    public const int MostSilent = 64;
}

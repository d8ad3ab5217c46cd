using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>The node behind a member: what it says of itself, and what it can be told. Called by an actor of the cluster: nothing here waits.</summary>
public interface IClusteredNode
{
    string Name { get; }
    string Version { get; }
    int Sessions { get; }
    int Tunnels { get; }
    long Load { get; }

    /// <summary>Of its admission: open, early, closed, draining.</summary>
    string Verdict { get; }

    NodeDrain Drain { get; }

    /// <summary>UTC.</summary>
    DateTimeOffset Started { get; }

    /// <summary>Takes nothing new any more.</summary>
    /// <param name="within">The sessions that remain are ended after so long; null: never.</param>
    void BeginDrain(TimeSpan? within);

    void CallOffDrain();
}

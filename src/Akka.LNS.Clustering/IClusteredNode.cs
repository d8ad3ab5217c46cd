using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>The node of a member: its state and its commands. An actor of the cluster calls it, so no member may block.</summary>
public interface IClusteredNode
{
    string Name { get; }
    string Version { get; }
    int Sessions { get; }
    int Tunnels { get; }
    long Load { get; }

    /// <summary>State of admission: open, early, closed, draining.</summary>
    string Verdict { get; }

    NodeDrain Drain { get; }

    /// <summary>Time of the start, UTC.</summary>
    DateTimeOffset Started { get; }

    /// <summary>What RADIUS servers take the node for.</summary>
    NasIdentity Nas { get; }

    /// <summary>The node is the only one of its NAS, or is not. Called once a second.</summary>
    void NasIs(NasVerdict verdict);

    /// <summary>Starts a drain: the node accepts no new calls.</summary>
    /// <param name="within">Time after which remaining sessions end; null: never.</param>
    void BeginDrain(TimeSpan? within);

    void CallOffDrain();

    /// <summary>Addresses of the members, whenever they may have changed.</summary>
    /// <param name="members">Of the form akka.tcp://NAME@HOST:PORT.</param>
    void Meet(IEnumerable<string> members);
}

using System.Collections.Immutable;

using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Clustering;

/// <summary>Settings of the cluster.</summary>
public sealed record ClusterSettings
{
    public bool Enabled { get; init; } = true;

    /// <summary>Name of the cluster, the same on all nodes.</summary>
    public string Name { get; init; } = "lns";

    /// <summary>Nodes that this one asks for the cluster; empty: it is a cluster of one until another node joins.</summary>
    public ImmutableArray<ClusterEndpoint> Seeds { get; init; } = [];

    /// <summary>Seeds without this node.</summary>
    public ImmutableArray<ClusterEndpoint> OtherSeeds =>
        Seeds.Remove(new ClusterEndpoint(Remoting.Hostname, Remoting.Port));

    /// <summary>
    /// Other nodes may join: the settings have seeds, or certificates that keep strangers out. Otherwise no port is open until an operator
    /// joins this node to a cluster.
    /// </summary>
    public bool Listens => !Seeds.IsEmpty || Remoting.Tls is not null;

    public ImmutableArray<string> Roles { get; init; } = [];

    public RemotingSettings Remoting { get; init; } = new();

    /// <summary>Time that the first seed waits for the other seeds before it forms a cluster.</summary>
    public TimeSpan SeedTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time without a heartbeat after which a node counts as unreachable.</summary>
    public TimeSpan HeartbeatPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time without a change after which it is decided which nodes stay.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Minimum number of nodes that reach each other and stay: more than half of all nodes.</summary>
    public int Quorum { get; init; } = 2;

    /// <summary>Time after which a node that was removed tries to join again.</summary>
    public TimeSpan RejoinAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for which a lost node is shown.</summary>
    public TimeSpan KeepLost { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>Address of a node, letter by letter as in its <see cref="RemotingSettings"/>.</summary>
public readonly record struct ClusterEndpoint(string Host, int Port)
{
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>TCP address at which the other nodes reach this one.</summary>
public sealed record RemotingSettings
{
    /// <summary>IPv4 address or name of this node.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>TCP port; 0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>TLS; null: none, which is allowed on loopback only.</summary>
    public RemotingTls? Tls { get; init; }
}

/// <summary>TLS with certificates of one authority on both sides, as PEM texts.</summary>
public sealed record RemotingTls(string Certificate, Secret Key, string Authority);

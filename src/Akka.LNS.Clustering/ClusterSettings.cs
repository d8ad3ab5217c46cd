using System.Collections.Immutable;

using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Clustering;

/// <summary>Which nodes this one works together with.</summary>
public sealed record ClusterSettings
{
    public bool Enabled { get; init; } = true;

    /// <summary>The same on every node of a cluster.</summary>
    public string Name { get; init; } = "lns";

    /// <summary>Nodes to ask for the cluster; none: this one is a cluster of one, until somebody joins it.</summary>
    public ImmutableArray<ClusterEndpoint> Seeds { get; init; } = [];

    public ImmutableArray<string> Roles { get; init; } = [];

    public RemotingSettings Remoting { get; init; } = new();

    /// <summary>The first seed forms a cluster when no other seed has answered for so long.</summary>
    public TimeSpan SeedTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence of a node that counts as a pause, not as its end.</summary>
    public TimeSpan HeartbeatPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Nothing has changed for so long: then it is decided who stays.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Nodes that must see each other for a part of the cluster to stay: more than half of all.</summary>
    public int Quorum { get; init; } = 2;

    /// <summary>A node that was put out tries to come back after so long.</summary>
    public TimeSpan RejoinAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A node that was lost is shown for so long.</summary>
    public TimeSpan KeepLost { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>A node as others reach it: both exactly as its <see cref="RemotingSettings"/> have it.</summary>
public readonly record struct ClusterEndpoint(string Host, int Port)
{
    public override string ToString() => $"{Host}:{Port}";
}

public sealed record RemotingSettings
{
    /// <summary>IPv4 address or name by which the others reach this node.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>TCP; 0: any that is free.</summary>
    public int Port { get; init; }

    /// <summary>Null: plain, which is for loopback only.</summary>
    public RemotingTls? Tls { get; init; }
}

/// <summary>TLS in which both sides show a certificate of the same authority. All of it as PEM.</summary>
public sealed record RemotingTls(string Certificate, Secret Key, string Authority);

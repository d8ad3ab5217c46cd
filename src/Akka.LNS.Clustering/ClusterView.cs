using System.Collections.Immutable;
using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>State of this node in the cluster.</summary>
public enum ClusterStanding
{
    /// <summary>It looks for a cluster, or waits to be accepted.</summary>
    Joining,
    Member,
    /// <summary>It drains before it leaves.</summary>
    Draining,
    Leaving,
    /// <summary>It has left and serves its remaining sessions alone until an order to join.</summary>
    Left,
    /// <summary>It was removed by a split or an order. It keeps its sessions and tries to join again.</summary>
    Down,
}

/// <summary>Snapshot of the cluster as this node sees it.</summary>
/// <param name="Self">Address and uid of this node; the uid is 0 outside a cluster.</param>
/// <param name="Since">Start of this state, UTC.</param>
/// <param name="Unreadable">Number of unreadable messages of other nodes since the start.</param>
public sealed record ClusterView(NodeKey Self, ClusterStanding Standing, DateTimeOffset Since, NodeTable Nodes, long Unreadable)
{
    public bool IsMember => Standing is ClusterStanding.Member or ClusterStanding.Draining;

    /// <summary>Roles of the members, each with the oldest member that has it.</summary>
    public ImmutableSortedDictionary<string, string> OldestPerRole =>
        Nodes.Members.Values.SelectMany(static m => m.Roles).Distinct(StringComparer.Ordinal)
        .Select(role => (role, oldest: Nodes.Oldest(role))).Where(static r => r.oldest is not null)
        .ToImmutableSortedDictionary(static r => r.role, static r => r.oldest!, StringComparer.Ordinal);
}

/// <summary>A membership event, with the names of Akka.Cluster.</summary>
/// <param name="Kind">MemberUp, UnreachableMember, LeaderChanged, ...</param>
/// <param name="Member">Member of the event; null: the event concerns the leader or the cluster.</param>
/// <param name="Address">Address of the leader; null: none.</param>
/// <param name="Role">Role of the leader.</param>
/// <param name="Previous">Phase before the removal.</param>
public sealed record ClusterHappening(string Kind, ClusterEventMember? Member, string? Address, string? Role, MemberPhase? Previous);

public sealed record ClusterEventMember(NodeKey Key, MemberPhase Phase, ImmutableArray<string> Roles);

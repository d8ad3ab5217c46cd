using System.Collections.Immutable;
using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>How this node stands towards the cluster.</summary>
public enum ClusterStanding
{
    /// <summary>It looks for one, or waits to be let in.</summary>
    Joining,
    Member,
    /// <summary>It is being emptied, to leave then.</summary>
    Draining,
    Leaving,
    /// <summary>It has left, and serves alone what it still has, until it is told to join.</summary>
    Left,
    /// <summary>It was put out (a split, or somebody's order), keeps its sessions, and tries to come back.</summary>
    Down,
}

/// <summary>All that this node knows of the cluster, at one moment.</summary>
/// <param name="Self">Address and number of this node; the number is 0 while it is outside.</param>
/// <param name="Since">It has stood so, UTC.</param>
/// <param name="Unreadable">Messages of other nodes that could not be read, since the start.</param>
public sealed record ClusterView(NodeKey Self, ClusterStanding Standing, DateTimeOffset Since, NodeTable Nodes, long Unreadable)
{
    public bool IsMember => Standing is ClusterStanding.Member or ClusterStanding.Draining;

    /// <summary>Every role that a member has, with the member that has had it longest.</summary>
    public ImmutableSortedDictionary<string, string> OldestPerRole => Nodes.Members.Values.SelectMany(static m => m.Roles).Distinct(StringComparer.Ordinal)
        .Select(role => (role, oldest: Nodes.Oldest(role))).Where(static r => r.oldest is not null)
        .ToImmutableSortedDictionary(static r => r.role, static r => r.oldest!, StringComparer.Ordinal);
}

/// <summary>Something that has happened in the cluster, in the words of Akka.Cluster.</summary>
/// <param name="Kind">MemberUp, UnreachableMember, LeaderChanged, ...</param>
/// <param name="Member">Whom it is about; null: the leader, or the cluster.</param>
/// <param name="Address">Of a leader; null: there is none.</param>
/// <param name="Role">Of which it is leader.</param>
/// <param name="Previous">Phase before it was removed.</param>
public sealed record ClusterHappening(string Kind, ClusterEventMember? Member, string? Address, string? Role, MemberPhase? Previous);

public sealed record ClusterEventMember(NodeKey Key, MemberPhase Phase, ImmutableArray<string> Roles);

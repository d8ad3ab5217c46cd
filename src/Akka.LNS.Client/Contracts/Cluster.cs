using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <summary>The cluster as the node that is asked sees it.</summary>
/// <param name="Enabled">lns.cluster.enabled; when off there is nothing else.</param>
/// <param name="Self">Address of this node.</param>
/// <param name="Standing">joining, member, draining (to leave), leaving, left, down (put out: it keeps its sessions and tries to come back).</param>
/// <param name="Since">It has stood so, UTC.</param>
/// <param name="Quorum">Members that must see each other.</param>
/// <param name="Lost">Nodes that did not say good-bye, for lns.cluster.keep-lost, or until they are back.</param>
/// <param name="Unreadable">Messages of other nodes that could not be read, since the start.</param>
public sealed record ClusterReport(bool Enabled, string? Self, string? Standing, DateTimeOffset? Since, string? Leader, string? Oldest, int Quorum,
    IReadOnlyList<ClusterMemberRow> Members, IReadOnlyList<ClusterLostRow> Lost, long Unreadable);

/// <param name="Status">joining, weakly-up, up, leaving, exiting, down.</param>
/// <param name="Since">It has had this status, UTC, by the clock of the node that is asked.</param>
/// <param name="Reachable">Members hear of it; else what follows is old.</param>
/// <param name="UnreachableSince">UTC; absent: it can be reached.</param>
/// <param name="HeardAgoSeconds">Since it last said what follows; absent: it has not yet.</param>
/// <param name="Drain">serving, draining, drained.</param>
/// <param name="Started">UTC.</param>
public sealed record ClusterMemberRow(string Address, string? Name, string Status, IReadOnlyList<string> Roles, DateTimeOffset Since, bool Reachable, DateTimeOffset? UnreachableSince,
    double? HeardAgoSeconds, long? Load, string? Verdict, int? Sessions, int? Tunnels, string? Drain, string? Version, DateTimeOffset? Started);

/// <param name="Since">Nobody could reach it any more, UTC.</param>
/// <param name="Sessions">That it had when it was last heard.</param>
public sealed record ClusterLostRow(string Address, string? Name, IReadOnlyList<string> Roles, DateTimeOffset Since, int? Sessions, int? Tunnels);

/// <param name="Address">Of the member; absent: this node.</param>
/// <param name="DeadlineSeconds">The sessions that remain are ended after so long; absent: lns.drain.deadline of the node that is asked.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ClusterLeaveRequest(string? Address = null, double? DeadlineSeconds = null);

/// <summary>GET /cluster/members of Akka Management.</summary>
/// <param name="Unreachable">Members that others cannot reach, and which.</param>
/// <param name="Oldest">Absent: there is none.</param>
public sealed record ManagementMembers(string SelfNode, IReadOnlyList<ManagementMember> Members, IReadOnlyList<ManagementUnreachable> Unreachable, string? Leader, string? Oldest,
    IReadOnlyDictionary<string, string> OldestPerRole);

/// <param name="NodeUid">Another at each start of a node.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting, Down.</param>
public sealed record ManagementMember(string Node, string NodeUid, string Status, IReadOnlyList<string> Roles);

public sealed record ManagementUnreachable(string Node, IReadOnlyList<string> ObservedBy);

public sealed record ManagementMessage(string Message);

/// <summary>What GET /cluster/domain-events of Akka Management tells.</summary>
public sealed record ManagementEvent(string Type, ManagementEventMember? Member, string? Address, string? Role, string? PreviousStatus);

public sealed record ManagementEventMember(string DataCenter, IReadOnlyList<string> Roles, string Status, ManagementUniqueAddress UniqueAddress);

public sealed record ManagementUniqueAddress(string Address, long LongUid);

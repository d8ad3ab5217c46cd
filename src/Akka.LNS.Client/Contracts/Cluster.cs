using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <summary>The cluster as seen by the node that answers.</summary>
/// <param name="Enabled">lns.cluster.enabled. When it is off, the other values are empty.</param>
/// <param name="Self">Address of this node.</param>
/// <param name="Standing">
/// joining, member, draining (before it leaves), leaving, left, down. A node that is down keeps its sessions and tries to join again.
/// </param>
/// <param name="Since">Time of the last change of Standing, UTC.</param>
/// <param name="Quorum">Number of members that must reach each other.</param>
/// <param name="Lost">Nodes that disappeared without leaving. They are listed for lns.cluster.keep-lost, or until they join again.</param>
/// <param name="Unreadable">Messages of other nodes that could not be read, since the start.</param>
public sealed record ClusterReport(
    bool Enabled, string? Self, string? Standing, DateTimeOffset? Since, string? Leader, string? Oldest, int Quorum,
    IReadOnlyList<ClusterMemberRow> Members, IReadOnlyList<ClusterLostRow> Lost, long Unreadable);

/// <summary>One member.</summary>
/// <param name="Status">joining, weakly-up, up, leaving, exiting, down.</param>
/// <param name="Since">Time of the last change of Status, UTC, by the clock of the node that answers.</param>
/// <param name="Reachable">The other members reach it. False: the values of its last report are out of date.</param>
/// <param name="UnreachableSince">UTC; absent: it is reachable.</param>
/// <param name="HeardAgoSeconds">Age of its last report; absent: no report yet.</param>
/// <param name="Drain">serving, draining, drained.</param>
/// <param name="Started">UTC.</param>
public sealed record ClusterMemberRow(
    string Address, string? Name, string Status, IReadOnlyList<string> Roles, DateTimeOffset Since, bool Reachable,
    DateTimeOffset? UnreachableSince, double? HeardAgoSeconds, long? Load, string? Verdict, int? Sessions, int? Tunnels, string? Drain,
    string? Version, DateTimeOffset? Started);

/// <summary>One lost node.</summary>
/// <param name="Since">When it became unreachable, UTC.</param>
/// <param name="Sessions">Sessions in its last report.</param>
/// <param name="Tunnels">Tunnels in its last report.</param>
public sealed record ClusterLostRow(
    string Address, string? Name, IReadOnlyList<string> Roles, DateTimeOffset Since, int? Sessions, int? Tunnels);

/// <summary>Order to drain a member and let it leave the cluster.</summary>
/// <param name="Address">Address of the member; absent: the node that answers.</param>
/// <param name="DeadlineSeconds">
/// Time after which the remaining sessions are ended; absent: lns.drain.deadline of the node that answers.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ClusterLeaveRequest(string? Address = null, double? DeadlineSeconds = null);

/// <summary>GET /cluster/members of Akka Management.</summary>
/// <param name="Unreachable">Unreachable members, each with the members that report it.</param>
/// <param name="Oldest">Absent: there is none.</param>
public sealed record ManagementMembers(
    string SelfNode, IReadOnlyList<ManagementMember> Members, IReadOnlyList<ManagementUnreachable> Unreachable, string? Leader,
    string? Oldest, IReadOnlyDictionary<string, string> OldestPerRole);

/// <summary>One member in Akka Management.</summary>
/// <param name="NodeUid">Number that changes at each start of a node.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting, Down.</param>
public sealed record ManagementMember(string Node, string NodeUid, string Status, IReadOnlyList<string> Roles);

/// <summary>One unreachable member in Akka Management.</summary>
public sealed record ManagementUnreachable(string Node, IReadOnlyList<string> ObservedBy);

/// <summary>Confirmation of an order to Akka Management.</summary>
public sealed record ManagementMessage(string Message);

/// <summary>One event of GET /cluster/domain-events of Akka Management.</summary>
public sealed record ManagementEvent(string Type, ManagementEventMember? Member, string? Address, string? Role, string? PreviousStatus);

/// <summary>The member of a <see cref="ManagementEvent"/>.</summary>
public sealed record ManagementEventMember(
    string DataCenter, IReadOnlyList<string> Roles, string Status, ManagementUniqueAddress UniqueAddress);

/// <summary>Address of one start of a node.</summary>
public sealed record ManagementUniqueAddress(string Address, long LongUid);

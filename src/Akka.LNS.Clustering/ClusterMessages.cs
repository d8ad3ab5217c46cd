using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>What goes from node to node, in octets of <see cref="ClusterWire"/>.</summary>
internal interface IClusterWireMessage;

/// <summary>Of one node to all, once a second.</summary>
internal sealed record NodeReported(NodeReport Report) : IClusterWireMessage;

/// <summary>Be emptied, then leave.</summary>
/// <param name="Within">As of a drain: whole milliseconds.</param>
/// <param name="By">Who wants it, for the log of the node that is told.</param>
internal sealed record LeaveOrder(TimeSpan? Within, string By) : IClusterWireMessage;

/// <param name="Why">Not; empty when it does.</param>
internal sealed record LeaveAnswer(bool Accepted, string Why) : IClusterWireMessage;

/// <summary>Octets that are none of these, or of a version that cannot be read.</summary>
internal sealed record Unreadable(string Manifest) : IClusterWireMessage;

using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>A message between nodes, encoded by <see cref="ClusterWire"/>.</summary>
internal interface IClusterWireMessage;

/// <summary>Report of one node to all others, once a second.</summary>
internal sealed record NodeReported(NodeReport Report) : IClusterWireMessage;

/// <summary>Order to drain and then leave.</summary>
/// <param name="Within">Deadline of the drain, in whole milliseconds on the wire.</param>
/// <param name="By">Origin of the order, for the log of the receiver.</param>
internal sealed record LeaveOrder(TimeSpan? Within, string By) : IClusterWireMessage;

/// <summary>Answer to a <see cref="LeaveOrder"/>.</summary>
/// <param name="Why">Reason of a refusal; empty when accepted.</param>
internal sealed record LeaveAnswer(bool Accepted, string Why) : IClusterWireMessage;

/// <summary>An unknown message, or one of an unreadable version.</summary>
internal sealed record Unreadable(string Manifest) : IClusterWireMessage;

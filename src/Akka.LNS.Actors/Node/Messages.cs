using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Actors.Node;

/// <summary>Host to the supervisor: accept no new tunnel, stop the existing ones, and answer with <see cref="NodeStopped"/>.</summary>
internal sealed record StopNode(EndReason Why, TimeSpan Within);

/// <param name="Clean">False: the deadline passed first.</param>
internal sealed record NodeStopped(bool Clean);

/// <summary>Host to the supervisor: whether the node is the only one of its NAS.</summary>
internal sealed record NasDecided(NasVerdict Verdict);

/// <summary>Host to the supervisor: drain the node, or cancel the drain.</summary>
internal sealed record DrainOrdered(DrainEvent What);

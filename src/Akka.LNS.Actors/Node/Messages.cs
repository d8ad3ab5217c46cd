using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Node;

/// <summary>Host to the supervisor: take no new tunnel, stop those that are up, and answer with <see cref="NodeStopped"/>.</summary>
internal sealed record StopNode(EndReason Why, TimeSpan Within);

/// <param name="Clean">False: time was up.</param>
internal sealed record NodeStopped(bool Clean);

/// <summary>Host to the supervisor: empty the node, or call it off.</summary>
internal sealed record DrainOrdered(DrainEvent What);

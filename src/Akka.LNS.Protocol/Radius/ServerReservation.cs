using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Outcome of <see cref="ServerPool.Reserve"/>.</summary>
/// <param name="Pool">The pool without the token that was taken.</param>
/// <param name="IsGranted">False: the request waits, because no server that it may ask has a token.</param>
/// <param name="Order">
/// Servers in the order in which the request asks them. A token of the first one is taken. Empty: no server may be asked.
/// </param>
/// <param name="NextToken">When a server that was passed over has a token again; null: none was passed over.</param>
public readonly record struct ServerReservation(ServerPool Pool, bool IsGranted, ImmutableArray<ServerCandidate> Order, Instant? NextToken);

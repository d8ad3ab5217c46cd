namespace Akka.LNS.DataPlane;

/// <summary>Names one session in the plane: our ids in the L2TP header, and which use of these ids it is.</summary>
/// <param name="TunnelId">Our tunnel id.</param>
/// <param name="SessionId">Our session id.</param>
/// <param name="Incarnation">Tells reuses of the same two ids apart; an order with an old one is ignored.</param>
public readonly record struct PathKey(ushort TunnelId, ushort SessionId, uint Incarnation);

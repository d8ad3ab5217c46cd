namespace Akka.LNS.DataPlane.Contract;

/// <summary>Identifies one session in the plane: our ids in the L2TP header, and which use of them it is.</summary>
/// <param name="TunnelId">Our tunnel id.</param>
/// <param name="SessionId">Our session id.</param>
/// <param name="Incarnation">Distinguishes reuses of the same two ids. An order with an old one is ignored.</param>
public readonly record struct PathKey(ushort TunnelId, ushort SessionId, uint Incarnation);

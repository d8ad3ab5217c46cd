using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>A PPP frame on its slow way to a subscriber.</summary>
/// <param name="ArrivesAt">In Stopwatch ticks.</param>
/// <param name="Tunnel">Tunnel that it came in.</param>
/// <param name="Session">Session id of the LAC.</param>
/// <param name="Frame">Octets from the address field on.</param>
internal readonly record struct DelayedFrame(long ArrivesAt, LacTunnel Tunnel, SessionId Session, byte[] Frame);

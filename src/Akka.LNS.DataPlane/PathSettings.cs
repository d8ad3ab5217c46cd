namespace Akka.LNS.DataPlane;

/// <summary>What the plane must know to carry PPP of one session to and from its LAC.</summary>
/// <param name="Flow">The LAC; only datagrams of this peer are taken for the path, and its datagrams leave from the flow's local address.</param>
/// <param name="PeerTunnelId">The LAC's tunnel id.</param>
/// <param name="PeerSessionId">The LAC's session id.</param>
/// <param name="Sequencing">The LAC sent the Sequencing Required AVP: every data message carries Ns (RFC 2661 §5.4).</param>
public readonly record struct PathSettings(UdpFlow Flow, ushort PeerTunnelId, ushort PeerSessionId, bool Sequencing = false);

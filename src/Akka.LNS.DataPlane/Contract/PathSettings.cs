namespace Akka.LNS.DataPlane.Contract;

/// <summary>What the plane needs to carry PPP of one session to and from its LAC.</summary>
/// <param name="Flow">The LAC. Data messages from another peer are dropped; data messages to the LAC leave from the flow's local
/// address.</param>
/// <param name="PeerTunnelId">The LAC's tunnel id.</param>
/// <param name="PeerSessionId">The LAC's session id.</param>
/// <param name="Sequencing">The LAC sent the Sequencing Required AVP: every data message carries Ns (RFC 2661 section 5.4).</param>
public readonly record struct PathSettings(UdpFlow Flow, ushort PeerTunnelId, ushort PeerSessionId, bool Sequencing = false);

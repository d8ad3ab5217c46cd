using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>Receive thread to a tunnel or the listener: an L2TP control message.</summary>
/// <param name="Octets">A copy that belongs to the receiver.</param>
internal sealed record ControlArrived(UdpFlow Flow, byte[] Octets) : INoSerializationVerificationNeeded;

/// <summary>Supervisor to all tunnels: end with StopCCN, because the node stops.</summary>
internal sealed record StopTunnels(EndReason Why);

/// <summary>Supervisor to all tunnels: end all calls and keep the tunnels.</summary>
internal sealed record EndCalls(EndReason Why);

/// <summary>Tunnel to listener: the tunnel is established.</summary>
internal sealed record TunnelOpened(ushort Local);

/// <summary>Tunnel to listener: the calls have ended, and the tunnel only finishes the protocol.</summary>
internal sealed record TunnelClosing(ushort Local);

/// <summary>Death watch to listener: the tunnel's actor has ended.</summary>
internal sealed record TunnelGone(ushort Local);

/// <summary>
/// Listener to tunnel: the LAC restarted with the same tunnel id. End without a StopCCN, which would reach the new tunnel.
/// </summary>
internal sealed record TunnelSuperseded
{
    public static readonly TunnelSuperseded Instance = new();
}

/// <summary>Listener to tunnel: the LAC may have restarted. Ask it at once.</summary>
internal sealed record ProbeTunnel
{
    public static readonly ProbeTunnel Instance = new();
}

/// <summary>Listener to tunnel: it never came up, or only finishes the protocol, and its place is needed. End without a message.</summary>
internal sealed record TunnelEvicted
{
    public static readonly TunnelEvicted Instance = new();
}

/// <summary>Listener to tunnel: it has come up, but a limit does not allow it.</summary>
internal sealed record TunnelOverLimit(Refused Refused);

/// <summary>Listener to tunnel: the settings have changed. The tunnel keeps its negotiated values; new calls use these templates.</summary>
/// <param name="Templates">Null: no entry of <c>tunnels.peers</c> matches the LAC any more.</param>
internal sealed record TunnelSettingsChanged(LacAccount Lac, CallTemplates? Templates);

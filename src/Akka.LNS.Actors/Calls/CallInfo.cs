using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Calls;

/// <summary>One call, for its link and its bundle.</summary>
/// <param name="Id">Acct-Session-Id: names the call in log, RADIUS and commands.</param>
/// <param name="TxSpeed">Bits per second to the subscriber.</param>
/// <param name="RxSpeed">Bits per second from the subscriber.</param>
internal sealed record CallInfo(
    string Id, PathKey Path, TunnelInfo Tunnel, string Calling, string Called, uint SerialNumber, uint TxSpeed, uint RxSpeed,
    CallEntry Entry)
{
    /// <summary>mpd-link, NAS-Port-Id and interface: tunnel id and session id of the L2TP header.</summary>
    public string LinkName { get; } = PortName.Of(Path.TunnelId, Path.SessionId);

    /// <summary>NAS-Port: both ids in one number, unique on the node while the call is up.</summary>
    public uint Port => PortName.Number(Path.TunnelId, Path.SessionId);

    /// <summary>The port for Access-Request and accounting.</summary>
    /// <param name="peerIdentification">Text of LCP Identification; null: the subscriber sent none.</param>
    public NasPort ToNasPort(GroupSettings group, string? peerIdentification)
    {
        var speed = TxSpeed == 0 ? "" : $"{TxSpeed}/{RxSpeed}";
        return new NasPort(
            group.NasIdentifier, group.NasIpAddress, null, Port, LinkName, Called, Calling, speed, LinkName, peerIdentification ?? "",
            new TunnelAttributes(Tunnel.LacAddress, Tunnel.OwnAddress, Tunnel.Lac, Tunnel.Settings.Connection.HostName, $"{SerialNumber}"));
    }
}

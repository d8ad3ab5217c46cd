using Akka.LNS.Actors.Inventory;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Calls;

/// <summary>One call, as link and bundle need to know it.</summary>
/// <param name="Id">Acct-Session-Id: what names the call in log, RADIUS and commands.</param>
/// <param name="TxSpeed">Bits per second to the subscriber.</param>
/// <param name="RxSpeed">Bits per second from the subscriber.</param>
internal sealed record CallInfo(
    string Id, PathKey Path, TunnelInfo Tunnel, string Calling, string Called, uint SerialNumber, uint TxSpeed, uint RxSpeed, CallEntry Entry)
{
    /// <summary>mpd-link, NAS-Port-Id, interface: tunnel and session as they stand in the L2TP header.</summary>
    public string LinkName { get; } = PortName.Of(Path.TunnelId, Path.SessionId);

    /// <summary>NAS-Port: both ids in one number, unique on the node while the call lives.</summary>
    public uint Port => PortName.Number(Path.TunnelId, Path.SessionId);

    /// <summary>What Access-Request and accounting say of the port.</summary>
    public NasPort ToNasPort(LnsNodeContext node, string? peerIdentification)
    {
        var group = node.Settings.Group;
        var speed = TxSpeed == 0 ? "" : $"{TxSpeed}/{RxSpeed}";
        return new NasPort(group.NasIdentifier, group.NasIpAddress, null, Port, LinkName, Called, Calling, speed, LinkName, peerIdentification ?? "",
            new TunnelAttributes(Tunnel.LacAddress, Tunnel.OwnAddress, Tunnel.Lac, Tunnel.Settings.Connection.HostName, $"{SerialNumber}"));
    }
}

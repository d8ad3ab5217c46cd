using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Forwarding;
using Akka.LNS.DataPlane.L2tpSockets;
using Akka.LNS.DataPlane.Null;
using Akka.LNS.DataPlane.Tun;

namespace Akka.LNS.DataPlane;

/// <summary>Makes the data planes of their parts.</summary>
public static class Planes
{
    /// <summary>A plane without a device: packets of subscribers are checked, counted and discarded.</summary>
    public static IDataPlane Null(ListenSettings listen, PolicingSettings policing) =>
        new Forwarder(new UdpTransport(listen), new NullDevice(), [], policing);

    /// <summary>A plane that forwards IPv4 through one TUN device. The kernel routes the pools to it;
    /// a subscriber costs no interface.</summary>
    public static IDataPlane Tun(ListenSettings listen, PolicingSettings policing, TunSettings tun) =>
        new Forwarder(new UdpTransport(listen), new TunDevice(tun), tun.Routes, policing);
}

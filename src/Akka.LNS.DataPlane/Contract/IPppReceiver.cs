using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>Receives the PPP frames of one path that are not forwarded: LCP, authentication, NCPs, unknown protocols.</summary>
public interface IPppReceiver
{
    /// <summary>Called on a receive thread: must not block, and must copy what it keeps.</summary>
    /// <param name="protocol">PPP protocol number.</param>
    /// <param name="payload">The frame after the protocol field.</param>
    void OnPpp(ushort protocol, ReadOnlySpan<byte> payload);

    /// <summary>The kernel refuses a route of the path. Called under the plane's lock: must not block or call the plane.</summary>
    /// <param name="network">A prefix of the path.</param>
    /// <param name="why">Why there is no route, or why it is left over; null: the route is there after all.</param>
    void OnRoute(Ipv4Prefix network, string? why) { }
}

using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>State of <see cref="Ipcp"/>. Opaque to the shell.</summary>
public sealed record IpcpState(IpcpPolicy Policy, Ipv4Address PeerAddress);

/// <summary>IPCP of one bundle (RFC 1332, RFC 1877). No clock, no I/O, no Akka.</summary>
public static class Ipcp
{
    /// <summary>Begins: our first Configure-Request goes out at once.</summary>
    /// <param name="peerAddress">Server: the address assigned to the subscriber. Client: none.</param>
    public static Transition<IpcpState, NetworkEffect> Start(IpcpPolicy policy, Ipv4Address peerAddress, ulong seed, Instant now) =>
        new(new IpcpState(policy, peerAddress));

    public static Transition<IpcpState, NetworkEffect> On(IpcpState state, NetworkEvent ev, Instant now) => new(state);

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(IpcpState state) => null;
}

using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>Entrance of one tunnel for control messages. Bounded: what exceeds the bound is dropped, and the peer sends it again.</summary>
/// <param name="local">Our tunnel id.</param>
/// <param name="window">Receive window that the peer was promised.</param>
internal sealed class TunnelPort(ushort local, UdpFlow flow, ushort window)
{
    public ushort Local { get; } = local;
    public UdpFlow Flow { get; } = flow;
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>Room for twice the promised window and for acknowledgements.</summary>
    public Intake Intake { get; } = new((window * 2) + 64);
}

using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>Entrance of one tunnel for control messages.</summary>
/// <param name="id">Our tunnel id.</param>
/// <param name="intake">Bound of the messages: what exceeds it is dropped, and the peer sends it again.</param>
internal sealed class TunnelPort(ushort id, UdpFlow flow, Intake intake, IActorRef actor)
{
    public ushort Id { get; } = id;
    public UdpFlow Flow { get; } = flow;
    public Intake Intake { get; } = intake;
    public IActorRef Actor { get; } = actor;

    /// <summary>Room for twice the window that the peer was promised, and for acknowledgements.</summary>
    public static Intake IntakeOf(ushort window) => new((window * 2) + 64);
}

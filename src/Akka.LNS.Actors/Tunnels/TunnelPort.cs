using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>Receiver of the control messages of one tunnel, on the receive thread.</summary>
/// <param name="id">Our tunnel id.</param>
/// <param name="intake">Bound of the messages. Messages above it are dropped, and the peer sends them again.</param>
internal sealed class TunnelPort(ushort id, UdpFlow flow, Intake intake, IActorRef actor)
{
    public ushort Id { get; } = id;
    public UdpFlow Flow { get; } = flow;
    public Intake Intake { get; } = intake;
    public IActorRef Actor { get; } = actor;

    /// <summary>Room for twice our receive window, and for acknowledgements.</summary>
    public static Intake IntakeOf(ushort window) => new((window * 2) + 64);
}

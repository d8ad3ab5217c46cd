using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>
/// Receives control messages on the receive threads: reads the header, finds the tunnel and sends it a copy. A tunnel gets messages of
/// its own peer only.
/// </summary>
internal sealed class ControlIntake(NodeCounters counters) : IControlReceiver
{
    /// <summary>SCCRQs that may wait, far more than LACs send at a time.</summary>
    private const int NewTunnelsLimit = 4096;
    private readonly TunnelPort?[] _ports = new TunnelPort?[ushort.MaxValue + 1];
    private volatile IActorRef? _listener;
    private ushort _refusing;

    /// <summary>Bound of messages for tunnel id 0.</summary>
    public Intake NewTunnels { get; } = new(NewTunnelsLimit);

    /// <summary>Starts to accept messages for tunnel id 0. Earlier ones were dropped, and the LACs send them again.</summary>
    /// <param name="listener">The actor that receives them.</param>
    /// <param name="refusing">Tunnel id of refusals. Messages for it acknowledge a refusal and are not counted as unknown.</param>
    public void Begin(IActorRef listener, ushort refusing)
    {
        Volatile.Write(ref _refusing, refusing);
        _listener = listener;
    }

    public void OnControl(in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        if (!L2tpHeaderView.TryRead(datagram, out var header, out var error))
        {
            counters.CountDropped(error);
            return;
        }
        if (header.TunnelId.IsZero)
        {
            if (_listener is not { } listener) counters.CountNotReady();
            else if (NewTunnels.TryEnter()) listener.Tell(new ControlArrived(flow, datagram.ToArray()), ActorRefs.NoSender);
            else counters.CountNewTunnelsQueueFull();
            return;
        }
        if (Volatile.Read(ref _ports[header.TunnelId.Value]) is not { } port)
        {
            if (header.TunnelId.Value != Volatile.Read(ref _refusing)) counters.CountUnknownTunnel();
        }
        else if (port.Flow != flow) counters.CountWrongPeer();
        else if (port.Intake.TryEnter()) port.Actor.Tell(new ControlArrived(flow, datagram.ToArray()), ActorRefs.NoSender);
        else counters.CountTunnelQueueFull();
    }

    public void Publish(TunnelPort port) => Volatile.Write(ref _ports[port.Id], port);

    public void Withdraw(ushort local) => Volatile.Write(ref _ports[local], null);
}

using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>One L2TP control message on its way to an actor.</summary>
/// <param name="Octets">A copy: the actor's own.</param>
internal sealed record ControlArrived(UdpFlow Flow, byte[] Octets) : INoSerializationVerificationNeeded;

/// <summary>Where the control messages of one tunnel go. Bounded: a peer that floods is cut off here and sends again.</summary>
internal sealed class TunnelPort(ushort local, UdpFlow flow, ushort window)
{
    public ushort Local { get; } = local;
    public UdpFlow Flow { get; } = flow;
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>Twice the promised window, and room for acknowledgements.</summary>
    public Intake Intake { get; } = new((window * 2) + 64);
}

/// <summary>
/// The receive thread's side of all tunnels: reads the header, no more, finds the tunnel, and hands it a copy. A tunnel hears only its own peer.
/// </summary>
internal sealed class ControlIntake(LnsNodeContext node) : IControlReceiver
{
    /// <summary>SCCRQs that may wait: a window of new tunnels, far above what any LAC does at once.</summary>
    private const int NewTunnelsLimit = 4096;
    private ushort _refusing;
    private readonly TunnelPort?[] _ports = new TunnelPort?[ushort.MaxValue + 1];

    /// <summary>Gate of messages with tunnel id 0.</summary>
    public Intake NewTunnels { get; } = new(NewTunnelsLimit);

    /// <summary>The tunnel id of refusals: what comes for it acknowledges one.</summary>
    public ushort Refusing { set => Volatile.Write(ref _refusing, value); }

    public void OnControl(in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        if (!L2tpHeaderView.TryRead(datagram, out var header, out var error))
        {
            node.Counters.CountDropped(error);
            return;
        }
        if (header.TunnelId.IsZero)
        {
            // at the start, before there is anybody to take it: it comes again
            if (!node.Tunnels.IsNobody() && NewTunnels.TryEnter()) node.Tunnels.Tell(new ControlArrived(flow, datagram.ToArray()), ActorRefs.NoSender);
            return;
        }
        if (Volatile.Read(ref _ports[header.TunnelId.Value]) is not { } port)
        {
            if (header.TunnelId.Value != Volatile.Read(ref _refusing)) node.Counters.CountUnknownTunnel();
        }
        else if (port.Flow != flow) node.Counters.CountWrongPeer();
        else if (port.Intake.TryEnter()) port.Actor.Tell(new ControlArrived(flow, datagram.ToArray()), ActorRefs.NoSender);
    }

    public void Publish(TunnelPort port) => Volatile.Write(ref _ports[port.Local], port);

    public void Withdraw(ushort local) => Volatile.Write(ref _ports[local], null);
}

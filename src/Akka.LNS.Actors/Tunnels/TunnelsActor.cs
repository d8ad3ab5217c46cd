using System.Security.Cryptography;
using System.Text;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>Stop all tunnels: the node goes.</summary>
internal sealed record StopTunnels(EndReason Why, ResultCode Code);

/// <summary>The LAC has proved itself, calls may come.</summary>
internal sealed record TunnelOpened
{
    public static readonly TunnelOpened Instance = new();
}

/// <summary>A tunnel's calls are dead; it only finishes the protocol, and a new SCCRQ from the same place is a new tunnel.</summary>
internal sealed record TunnelClosing(ushort Local);

/// <summary>
/// The listener: takes what comes for tunnel id 0, and is the parent of all tunnels. It tells a repeated SCCRQ from a new one, gives out
/// tunnel ids, and chooses the settings by the LAC's address and host name.
/// </summary>
internal sealed class TunnelsActor(LnsNodeContext node, ControlIntake intake) : UntypedActor
{
    /// <summary>A repeated SCCRQ comes within a retransmission cycle; one that comes later with the same tunnel id is a LAC that began anew.</summary>
    private static readonly TimeSpan SccrqHorizon = TimeSpan.FromSeconds(35);

    private readonly record struct Origin(UInt128 Address, ushort Port, ushort PeerTunnelId);

    private sealed record Entry(TunnelPort Port, Origin Origin, Instant Began)
    {
        public bool IsClosing { get; set; }

        /// <summary>The tunnel of the same LAC and id that this one takes the place of when the LAC has proved itself; not before, for anybody can send an SCCRQ.</summary>
        public Entry? Before { get; set; }
    }

    private readonly IdAllocator _ids = new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), node.Settings.Sessions.IdQuarantine);
    private readonly Dictionary<Origin, Entry> _byOrigin = [];
    private readonly Dictionary<IActorRef, Entry> _byActor = [];
    private StopTunnels? _stopping;

    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailed;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ControlArrived m:
                intake.NewTunnels.Done();
                OnTunnelIdZero(m);
                break;
            case TunnelOpened:
                if (_byActor.TryGetValue(Sender, out var opened) && opened.Before is { } before)
                {
                    opened.Before = null;
                    before.Port.Actor.Tell(TunnelSuperseded.Instance);
                }
                break;
            case TunnelClosing:
                if (_byActor.TryGetValue(Sender, out var closing) && !closing.IsClosing)
                {
                    closing.IsClosing = true;
                    node.Counters.TunnelClosing(+1);
                    Forget(closing);
                }
                break;
            case Terminated t:
                if (_byActor.Remove(t.ActorRef, out var gone))
                {
                    Forget(gone);
                    intake.Withdraw(gone.Port.Local);
                    _ids.Release(gone.Port.Local, node.Clock.Now);
                    node.Counters.Tunnel(-1);
                    if (gone.IsClosing) node.Counters.TunnelClosing(-1);
                }
                break;
            case StopTunnels stop:
                _stopping = stop;
                foreach (var tunnel in _byActor.Keys) tunnel.Tell(stop);
                break;
            default: Unhandled(message); break;
        }
    }

    private void OnTunnelIdZero(ControlArrived m)
    {
        if (!SccrqPeek.TryPeek(m.Octets, default, out var peek, out var error))
        {
            node.Counters.CountDropped(error); // nothing but SCCRQ may come for tunnel 0
            return;
        }
        var peer = node.Settings.Tunnels.For(peek.HostName, m.Flow.Remote.Address);
        // the tunnel id may be hidden, the host name never is (RFC 2661 §4.4.3): with the name comes the secret
        if (peer?.Connection.Secret is { } secret) SccrqPeek.TryPeek(m.Octets, Encoding.UTF8.GetBytes(secret), out peek, out _);
        var now = node.Clock.Now;
        var origin = new Origin(m.Flow.RemoteAddress, m.Flow.RemotePort, peek.AssignedTunnelId.Value);
        if (_byOrigin.TryGetValue(origin, out var known))
        {
            if (now - known.Began < SccrqHorizon)
            {
                if (known.Port.Intake.TryEnter()) known.Port.Actor.Tell(m);
                return;
            }
        }
        Create(m, origin, peek.HostName, peer, now, known);
    }

    private void Create(ControlArrived m, Origin origin, string hostName, PeerSettings? peer, Instant now, Entry? before)
    {
        if (!_ids.TryAllocate(now, out var local)) return; // 65,535 tunnels: the LAC asks again
        var port = new TunnelPort(local, m.Flow, (peer ?? Strangers).Connection.ReceiveWindow);
        var refusal = Refuse(peer, hostName, m.Flow); // here, not where the actor is made: that is another thread
        port.Actor = Context.ActorOf(LnsProps.Serial(() => new TunnelActor(node, port, peer ?? Strangers, hostName, refusal)));
        Context.Watch(port.Actor);
        var entry = new Entry(port, origin, now) { Before = before };
        _byOrigin[origin] = entry;
        _byActor[port.Actor] = entry;
        node.Counters.Tunnel(+1);
        intake.Publish(port);
        if (port.Intake.TryEnter()) port.Actor.Tell(m);
    }

    private static readonly PeerSettings Strangers = new();

    private Refusal? Refuse(PeerSettings? peer, string hostName, UdpFlow flow)
    {
        if (_stopping is { } stop) return new Refusal(stop.Code, stop.Why);
        var most = node.Settings.Tunnels.Max;
        if (peer is not null && _byOrigin.Count >= most) // those that only close are not counted
            return new Refusal(new ResultCode(ResultCode.StopCcn.GeneralError, ResultCode.ErrorCode.NoResources, $"limit of {most} tunnels"),
                new EndReason(EndParty.Lns, EndLayer.Tunnel, EndCause.Refused, $"limit of {most} tunnels on this node"));
        if (peer is not null) return null;
        return new Refusal(new ResultCode(ResultCode.StopCcn.NotAuthorized, null, "unknown LAC"),
            new EndReason(EndParty.Lns, EndLayer.Tunnel, EndCause.Refused, $"no tunnels.peers entry fits host name '{hostName}' at {flow}"));
    }

    private void Forget(Entry entry)
    {
        if (_byOrigin.TryGetValue(entry.Origin, out var current) && ReferenceEquals(current, entry)) _byOrigin.Remove(entry.Origin);
    }
}

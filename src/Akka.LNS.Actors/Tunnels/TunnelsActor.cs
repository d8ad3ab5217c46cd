using System.Net;
using System.Security.Cryptography;
using System.Text;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Threads;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>
/// Shell of the <see cref="Listener"/>: receives control messages for tunnel id 0 and is the parent of all tunnels. Chooses the settings of
/// a tunnel by address and Host Name of the LAC.
/// </summary>
internal sealed class TunnelsActor(TunnelContext node, ControlIntake intake) : UntypedActor, IWithTimers
{
    private sealed record TellOld
    {
        public static readonly TellOld Instance = new();
    }

    private sealed class Tunnel(TunnelPort port, LacAccount lac)
    {
        public TunnelPort Port { get; } = port;
        public LacAccount Lac { get; set; } = lac;

        /// <summary>It was established: no subscriber may have the address of its LAC.</summary>
        public bool IsNeeded { get; set; }

        /// <summary>The tunnel is up, and counts against the limits.</summary>
        public bool IsCounted { get; set; }

        /// <summary>No entry of <c>tunnels.peers</c> matches the LAC any more.</summary>
        public bool IsUnknown { get; set; }
    }

    /// <summary>An SCCRQ with the settings that apply to it, or another message for tunnel id 0.</summary>
    /// <param name="Peer">Null: the LAC is unknown.</param>
    private readonly record struct Sccrq(ControlArrived Datagram, string HostName, PeerSettings? Peer, LnsSettings Settings);

    private static readonly PeerSettings Strangers = new();
    private readonly Listener _listener = new(
        BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), node.Settings.Sessions.IdQuarantine, node.Settings.Tunnels.Listener,
        node.Clock.Now, (node.State?.Old ?? []).Select(static old => old.Local));
    private readonly OldTunnels _old = new(node, intake);
    private readonly Dictionary<ushort, Tunnel> _tunnels = [];

    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailed;

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the first message

    protected override void PreStart()
    {
        intake.Begin(Self, _listener.Refusing.Value);
        _old.Begin(Self);
        OnTellOld();
    }

    private void OnTellOld()
    {
        if (_old.TellSome()) Timers.StartSingleTimer(nameof(TellOld), TellOld.Instance, OldTunnels.Interval);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ControlArrived datagram when _old.TryAnswer(datagram): break;
            case TellOld: OnTellOld(); break;
            case ControlArrived datagram:
                intake.NewTunnels.Done();
                OnControl(datagram);
                break;
            case TunnelOpened opened: OnOpened(opened.Local); break;
            case TunnelClosing closing: Step(new ListenerEvent.Closing(closing.Local)); break;
            case TunnelGone gone: Step(new ListenerEvent.Gone(gone.Local)); break;
            case SettingsChanged change: OnSettings(change); break;
            case StopTunnels or EndCalls: TellAll(message); break;
            default: Unhandled(message); break;
        }
    }

    private void OnOpened(ushort local)
    {
        if (!_tunnels.TryGetValue(local, out var tunnel) || _listener.IsClosing(local)) return; // it ends
        if (node.Admission.TunnelOpened(tunnel.Lac) is { } refused)
        {
            Tell(local, new TunnelOverLimit(refused));
            return;
        }
        tunnel.IsCounted = tunnel.IsNeeded = true;
        node.Needed.AddTunnel(tunnel.Port.Flow.Remote.Address, tunnel.Lac.HostName);
        Step(new ListenerEvent.Opened(local));
    }

    private void TellAll(object message)
    {
        foreach (var tunnel in _tunnels.Values) tunnel.Port.Actor.Tell(message);
    }

    /// <summary>Existing tunnels stay, also when their LAC has no entry any more. Their new calls use the new settings.</summary>
    private void OnSettings(SettingsChanged change)
    {
        try
        {
            var peers = change.Settings.Tunnels;
            _listener.Limits = peers.Listener;
            var templates = new Dictionary<PeerSettings, CallTemplates>(ReferenceEqualityComparer.Instance);
            foreach (var one in peers.Peers) templates.Add(one, CallTemplates.Of(one, change.Settings));
            var found = new Dictionary<(string HostName, IPAddress Remote), PeerSettings?>(); // a LAC may have many tunnels
            var unknown = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var (local, tunnel) in _tunnels)
            {
                var lac = (tunnel.Lac.HostName, tunnel.Port.Flow.Remote.Address);
                var isClosing = _listener.IsClosing(local);
                if (!found.TryGetValue(lac, out var peer)) found.Add(lac, peer = peers.For(lac.HostName, lac.Address));
                if (peer is not null && peer.Pattern.Text == tunnel.Lac.Policy.Entry) node.Admission.Change(tunnel.Lac, peer);
                else if (peer is not null) tunnel.Lac = node.Admission.Move(tunnel.Lac, peer, _listener.IsOpen(local), tunnel.IsCounted);
                else if (!tunnel.IsUnknown && !isClosing) unknown[tunnel.Lac.HostName] = unknown.GetValueOrDefault(tunnel.Lac.HostName) + 1;
                tunnel.IsUnknown = peer is null;
                tunnel.Port.Actor.Tell(new TunnelSettingsChanged(tunnel.Lac, peer is null ? null : templates[peer]));
            }
            foreach (var (lac, tunnels) in unknown) node.Log.LacIsGone(lac, tunnels);
        }
        finally
        {
            change.Applied.Done();
        }
    }

    private void OnControl(ControlArrived datagram)
    {
        if (SccrqPeek.TryPeek(datagram.Octets, default, out var peek, out var error)) OnSccrq(datagram, peek);
        else if (error == L2tpError.Unexpected && StopCcnOf(datagram) is { } stop)
            Step(new ListenerEvent.StopReceived(OriginOf(datagram.Flow, stop.AssignedTunnelId)),
                new Sccrq(datagram, "", null, node.Settings));
        else node.Counters.CountDropped(error); // nothing else may come for tunnel id 0
    }

    /// <summary>A StopCCN for tunnel id 0. It names no host, so a hidden Assigned Tunnel ID needs an entry by address.</summary>
    private ControlMessage.StopCcn? StopCcnOf(ControlArrived datagram)
    {
        var secret = node.Settings.Tunnels.For("", datagram.Flow.Remote.Address)?.Connection.Secret ?? "";
        return L2tpHeaderView.TryRead(datagram.Octets, out var header, out _)
            && ControlMessage.TryParse(header.Payload, Encoding.UTF8.GetBytes(secret), out var message, out _)
            ? message as ControlMessage.StopCcn : null;
    }

    private static SccrqOrigin OriginOf(UdpFlow flow, TunnelId peer) => new(flow.RemoteAddress, flow.RemotePort, peer);

    private void OnSccrq(ControlArrived datagram, SccrqPeek peek)
    {
        var settings = node.Settings;
        var peer = settings.Tunnels.For(peek.HostName, datagram.Flow.Remote.Address);
        // the Assigned Tunnel ID may be hidden, the Host Name never is (RFC 2661 section 4.4.3): the name gives the secret
        if (peer?.Connection.Secret is { } secret) SccrqPeek.TryPeek(datagram.Octets, Encoding.UTF8.GetBytes(secret), out peek, out _);
        var key = SccrqKey.Of(OriginOf(datagram.Flow, peek.AssignedTunnelId), peek.HostName, datagram.Octets);
        Step(new ListenerEvent.SccrqReceived(key), new Sccrq(datagram, peek.HostName, peer, settings));
    }

    private void Step(ListenerEvent ev, Sccrq sccrq = default, LacAccount? lac = null)
    {
        foreach (var effect in _listener.On(ev, node.Clock.Now)) Run(effect, sccrq, lac);
    }

    private void Run(ListenerEffect effect, Sccrq sccrq, LacAccount? lac)
    {
        switch (effect)
        {
            case ListenerEffect.Forward f when _tunnels.TryGetValue(f.Local, out var known): Deliver(known.Port, sccrq.Datagram); break;
            case ListenerEffect.Offer offer: Judge(offer, sccrq); break;
            case ListenerEffect.Create c: Create(c, sccrq, lac!); break;
            case ListenerEffect.Answer a: node.Plane.GatherControl(sccrq.Datagram.Flow, a.StopCcn); break;
            case ListenerEffect.Ignore i: node.Counters.CountDropped(i.Why); break;
            case ListenerEffect.Probe p: Tell(p.Local, ProbeTunnel.Instance); break;
            case ListenerEffect.Supersede s: Tell(s.Local, TunnelSuperseded.Instance); break;
            case ListenerEffect.Evict e:
                node.Counters.CountTunnelEvicted();
                Tell(e.Local, TunnelEvicted.Instance);
                break;
            case ListenerEffect.Down d when _tunnels.TryGetValue(d.Local, out var down):
                if (down.IsCounted) node.Admission.TunnelDown(down.Lac);
                down.IsCounted = false;
                if (d.Lingers) node.Counters.TunnelClosing(+1);
                break;
            case ListenerEffect.Remove r: Remove(r); break;
            default: break; // the actor of the tunnel could not be created
        }
    }

    private void Tell(ushort local, object message)
    {
        if (_tunnels.TryGetValue(local, out var tunnel)) tunnel.Port.Actor.Tell(message);
    }

    private void Judge(ListenerEffect.Offer offer, Sccrq sccrq)
    {
        var flow = sccrq.Datagram.Flow;
        if (node.Admission.TryTakeTunnel(sccrq.Peer, sccrq.HostName, offer.Local is not null, out var lac, flow) is not { } refused)
        {
            Step(new ListenerEvent.Admitted(offer), sccrq, lac);
            return;
        }
        var why = new RefusedTunnel(sccrq.HostName, flow, sccrq.Peer?.Pattern.Text, refused).Why;
        node.Log.NewTunnelRefused(sccrq.HostName, flow, why);
        var ns = L2tpHeaderView.TryRead(sccrq.Datagram.Octets, out var header, out _) ? header.Ns : (ushort)0;
        var code = Hangup.StopCcn(refused, (sccrq.Peer ?? Strangers).RefuseWith);
        foreach (var effect in _listener.On(new ListenerEvent.Refused(offer, ns, code), node.Clock.Now))
        {
            Run(effect, sccrq, null);
            if (effect is ListenerEffect.Answer answer) TraceRefusal(sccrq, answer.StopCcn, why);
        }
    }

    private void TraceRefusal(Sccrq sccrq, byte[] answer, EndReason why)
    {
        if (node.Traces.On is not { } taps) return;
        var traced = new TracedTunnel(0, sccrq.Datagram.Flow, sccrq.HostName, sccrq.Peer?.Connection.Secret);
        taps.Control(traced, isSent: false, sccrq.Datagram.Octets);
        taps.Control(traced, isSent: true, answer);
        taps.TunnelRefused(traced, why);
    }

    private void Create(ListenerEffect.Create create, Sccrq sccrq, LacAccount lac)
    {
        var local = create.Local;
        var peer = sccrq.Peer!; // a LAC without settings is refused
        var templates = CallTemplates.Of(peer, sccrq.Settings);
        var (flow, bound) = (sccrq.Datagram.Flow, TunnelPort.IntakeOf(peer.Connection.ReceiveWindow));
        var connection = create.IsProven || peer.Connection.SetupTimeout < sccrq.Settings.Tunnels.HalfOpen.Timeout ? peer.Connection
            : peer.Connection with { SetupTimeout = sccrq.Settings.Tunnels.HalfOpen.Timeout };
        var actor = Context.ActorOf(LnsProps.Serial(() => new TunnelActor(node, local, flow, bound, lac, templates, connection)));
        var port = new TunnelPort(local, flow, bound, actor);
        Context.WatchWith(actor, new TunnelGone(local));
        _tunnels.Add(local, new Tunnel(port, lac));
        node.Counters.Tunnel(+1);
        intake.Publish(port);
        Deliver(port, sccrq.Datagram);
    }

    private void Deliver(TunnelPort port, ControlArrived datagram)
    {
        if (port.Intake.TryEnter()) port.Actor.Tell(datagram);
        else node.Counters.CountTunnelQueueFull();
    }

    private void Remove(ListenerEffect.Remove remove)
    {
        if (!_tunnels.Remove(remove.Local, out var tunnel)) return;
        intake.Withdraw(remove.Local);
        if (tunnel.IsNeeded) node.Needed.RemoveTunnel(tunnel.Port.Flow.Remote.Address);
        node.Counters.Tunnel(-1);
        if (remove.Lingered) node.Counters.TunnelClosing(-1);
        node.Admission.TunnelGone(tunnel.Lac);
    }
}

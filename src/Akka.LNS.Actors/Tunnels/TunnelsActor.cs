using System.Net;
using System.Security.Cryptography;
using System.Text;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>
/// Shell of the <see cref="Listener"/>: receives control messages for tunnel id 0 and is the parent of all tunnels. Chooses the settings of
/// a tunnel by address and Host Name of the LAC.
/// </summary>
internal sealed class TunnelsActor(TunnelContext node, ControlIntake intake) : UntypedActor
{
    private sealed class Tunnel(TunnelPort port, LacAccount lac)
    {
        public TunnelPort Port { get; } = port;
        public LacAccount Lac { get; set; } = lac;

        /// <summary>It was established: no subscriber may have the address of its LAC.</summary>
        public bool IsNeeded { get; set; }

        /// <summary>No entry of <c>tunnels.peers</c> matches the LAC any more.</summary>
        public bool IsUnknown { get; set; }
    }

    /// <summary>An SCCRQ with the settings that apply to it. <paramref name="Peer"/> null: the LAC is unknown.</summary>
    private readonly record struct Sccrq(ControlArrived Datagram, string HostName, PeerSettings? Peer, LnsSettings Settings);

    private static readonly PeerSettings Strangers = new();
    private readonly Listener _listener = new(
        BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), node.Settings.Sessions.IdQuarantine, node.Clock.Now);
    private readonly Dictionary<ushort, Tunnel> _tunnels = [];

    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailed;

    protected override void PreStart() => intake.Begin(Self, _listener.Refusing.Value);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ControlArrived datagram:
                intake.NewTunnels.Done();
                OnSccrq(datagram);
                break;
            case TunnelOpened opened:
                if (_tunnels.TryGetValue(opened.Local, out var tunnel))
                {
                    node.Admission.TunnelOpened(tunnel.Lac);
                    tunnel.IsNeeded = true;
                    node.Needed.AddTunnel(tunnel.Port.Flow.Remote.Address, tunnel.Lac.HostName);
                }
                Step(new ListenerEvent.Opened(opened.Local));
                break;
            case TunnelClosing closing:
                if (_tunnels.ContainsKey(closing.Local) && !_listener.IsClosing(closing.Local)) node.Counters.TunnelClosing(+1);
                Step(new ListenerEvent.Closing(closing.Local));
                break;
            case TunnelGone gone: Step(new ListenerEvent.Gone(gone.Local)); break;
            case SettingsChanged change: OnSettings(change); break;
            case StopTunnels or EndCalls: TellAll(message); break;
            default: Unhandled(message); break;
        }
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
                else if (peer is not null) tunnel.Lac = node.Admission.Move(tunnel.Lac, peer, _listener.IsOpen(local), isClosing);
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

    private void OnSccrq(ControlArrived datagram)
    {
        if (!SccrqPeek.TryPeek(datagram.Octets, default, out var peek, out var error))
        {
            node.Counters.CountDropped(error); // only an SCCRQ may come for tunnel id 0
            return;
        }
        var settings = node.Settings;
        var peer = settings.Tunnels.For(peek.HostName, datagram.Flow.Remote.Address);
        // the Assigned Tunnel ID may be hidden, the Host Name never is (RFC 2661 section 4.4.3): the name gives the secret
        if (peer?.Connection.Secret is { } secret) SccrqPeek.TryPeek(datagram.Octets, Encoding.UTF8.GetBytes(secret), out peek, out _);
        var origin = new SccrqOrigin(datagram.Flow.RemoteAddress, datagram.Flow.RemotePort, peek.AssignedTunnelId);
        Step(new ListenerEvent.SccrqReceived(origin), new Sccrq(datagram, peek.HostName, peer, settings));
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
            case ListenerEffect.Create c: Create(c.Local, sccrq, lac!); break;
            case ListenerEffect.Answer a: node.Plane.SendControl(sccrq.Datagram.Flow, a.StopCcn); break;
            case ListenerEffect.Supersede s when _tunnels.TryGetValue(s.Local,
                out var old):
                old.Port.Actor.Tell(TunnelSuperseded.Instance); break;
            case ListenerEffect.Down d when _tunnels.TryGetValue(d.Local, out var down): node.Admission.TunnelDown(down.Lac); break;
            case ListenerEffect.Remove r: Remove(r); break;
            default: break; // the actor of the tunnel could not be created
        }
    }

    private void Judge(ListenerEffect.Offer offer, Sccrq sccrq)
    {
        if (node.Admission.TryTakeTunnel(sccrq.Peer, sccrq.HostName, offer.Local is not null, out var lac) is not { } refused)
        {
            Step(new ListenerEvent.Admitted(offer), sccrq, lac);
            return;
        }
        var flow = sccrq.Datagram.Flow;
        var why = refused.Reason == RefusalReason.UnknownLac
            ? new EndReason(EndParty.Lns, EndLayer.Tunnel, EndCause.Refused,
            $"no tunnels.peers entry matches host name '{sccrq.HostName}' at {flow}")
            : refused.ToEndReason(EndLayer.Tunnel);
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

    private void Create(ushort local, Sccrq sccrq, LacAccount lac)
    {
        var peer = sccrq.Peer!; // a LAC without settings is refused
        var templates = CallTemplates.Of(peer, sccrq.Settings);
        var (flow, bound) = (sccrq.Datagram.Flow, TunnelPort.IntakeOf(peer.Connection.ReceiveWindow));
        var actor = Context.ActorOf(LnsProps.Serial(() => new TunnelActor(node, local, flow, bound, lac, templates)));
        var port = new TunnelPort(local, flow, bound, actor);
        Context.WatchWith(actor, new TunnelGone(local));
        _tunnels.Add(local, new Tunnel(port, lac));
        node.Counters.Tunnel(+1);
        intake.Publish(port);
        Deliver(port, sccrq.Datagram);
    }

    private static void Deliver(TunnelPort port, ControlArrived datagram)
    {
        if (port.Intake.TryEnter()) port.Actor.Tell(datagram);
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

using System.Net;
using System.Security.Cryptography;
using System.Text;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>Stop all tunnels: the node goes.</summary>
internal sealed record StopTunnels(EndReason Why);

/// <summary>End all calls, and leave the tunnels.</summary>
internal sealed record EndCalls(EndReason Why);

/// <summary>The LAC has proved itself, calls may come.</summary>
internal sealed record TunnelOpened
{
    public static readonly TunnelOpened Instance = new();
}

/// <summary>What new calls of a tunnel go by.</summary>
/// <param name="Entry">Of <c>tunnels.peers</c>.</param>
/// <param name="Link">That of the entry.</param>
/// <param name="Bundle">That of the link template; a call needs it only when the name is not in the settings any more.</param>
internal sealed record CallTemplates(PeerSettings Entry, LinkTemplate Link, BundleTemplate? Bundle)
{
    public static CallTemplates Of(PeerSettings entry, LnsSettings settings)
    {
        var link = settings.Links[entry.Link];
        return new CallTemplates(entry, link, settings.Bundles.GetValueOrDefault(link.Bundle));
    }
}

/// <summary>The settings have changed. The tunnel stays as it was agreed, new calls go by this.</summary>
/// <param name="Templates">Null: no entry fits the LAC any more.</param>
internal sealed record TunnelSettingsChanged(LacAccount Lac, CallTemplates? Templates);

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
        public required LacAccount Lac { get; set; }
        public bool IsOpen { get; set; }
        public bool IsClosing { get; set; }

        /// <summary>No entry of <c>tunnels.peers</c> fits it any more.</summary>
        public bool IsUnknown { get; set; }

        /// <summary>The tunnel of the same LAC and id that this one takes the place of when the LAC has proved itself; not before, for anybody can send an SCCRQ.</summary>
        public Entry? Before { get; set; }
    }

    private readonly IdAllocator _ids = new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), node.Settings.Sessions.IdQuarantine);
    private readonly Dictionary<Origin, Entry> _byOrigin = [];
    private readonly Dictionary<IActorRef, Entry> _byActor = [];
    private TunnelId _refusing; // what is refused gets this id: no tunnel ever has it

    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailed;

    protected override void PreStart()
    {
        _ids.TryAllocate(node.Clock.Now, out var id);
        _refusing = new TunnelId(id);
        intake.Refusing = id;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ControlArrived m:
                intake.NewTunnels.Done();
                OnTunnelIdZero(m);
                break;
            case TunnelOpened:
                if (!_byActor.TryGetValue(Sender, out var opened)) break;
                opened.IsOpen = true;
                node.Admission.TunnelOpened(opened.Lac);
                if (opened.Before is { } before)
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
                    node.Admission.TunnelDown(closing.Lac);
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
                    else node.Admission.TunnelDown(gone.Lac);
                    node.Admission.TunnelGone(gone.Lac);
                }
                break;
            case SettingsChanged change: OnSettings(change); break;
            case StopTunnels stop:
                foreach (var tunnel in _byActor.Keys) tunnel.Tell(stop);
                break;
            case EndCalls end:
                foreach (var tunnel in _byActor.Keys) tunnel.Tell(end);
                break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>Tunnels that are up stay, whatever their LAC's settings are now; what they allow to new calls is looked up again.</summary>
    private void OnSettings(SettingsChanged change)
    {
        try
        {
            var peers = change.Settings.Tunnels;
            var templates = new Dictionary<PeerSettings, CallTemplates>(ReferenceEqualityComparer.Instance);
            foreach (var one in peers.Peers) templates.Add(one, CallTemplates.Of(one, change.Settings));
            var found = new Dictionary<(string HostName, IPAddress Remote), PeerSettings?>(); // a LAC may have many tunnels
            var unknown = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var entry in _byActor.Values)
            {
                var lac = (entry.Lac.HostName, entry.Port.Flow.Remote.Address);
                if (!found.TryGetValue(lac, out var peer)) found.Add(lac, peer = peers.For(lac.HostName, lac.Address));
                if (peer is not null && peer.Pattern.Text == entry.Lac.Policy.Entry) node.Admission.Change(entry.Lac, peer);
                else if (peer is not null) entry.Lac = node.Admission.Move(entry.Lac, peer, entry.IsOpen, entry.IsClosing);
                else if (!entry.IsUnknown && !entry.IsClosing) unknown[entry.Lac.HostName] = unknown.GetValueOrDefault(entry.Lac.HostName) + 1;
                entry.IsUnknown = peer is null;
                entry.Port.Actor.Tell(new TunnelSettingsChanged(entry.Lac, peer is null ? null : templates[peer]));
            }
            foreach (var (lac, tunnels) in unknown) node.Log.LacIsGone(lac, tunnels);
        }
        finally
        {
            change.Applied.Done();
        }
    }

    private void OnTunnelIdZero(ControlArrived m)
    {
        if (!SccrqPeek.TryPeek(m.Octets, default, out var peek, out var error))
        {
            node.Counters.CountDropped(error); // nothing but SCCRQ may come for tunnel 0
            return;
        }
        var settings = node.Settings;
        var peer = settings.Tunnels.For(peek.HostName, m.Flow.Remote.Address);
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
        Create(m, origin, peek.HostName, peer, settings, now, known);
    }

    private void Create(ControlArrived m, Origin origin, string hostName, PeerSettings? peer, LnsSettings settings, Instant now, Entry? before)
    {
        var hasId = _ids.TryAllocate(now, out var local);
        if (node.Admission.TryTakeTunnel(peer, hostName, hasId, out var lac) is { } refused)
        {
            if (hasId) _ids.Free(local); // nobody has seen it
            Refuse(m, origin, hostName, peer, refused);
            return;
        }
        var templates = CallTemplates.Of(peer!, settings);
        var port = new TunnelPort(local, m.Flow, peer!.Connection.ReceiveWindow);
        port.Actor = Context.ActorOf(LnsProps.Serial(() => new TunnelActor(node, port, lac!, templates)));
        Context.Watch(port.Actor);
        var entry = new Entry(port, origin, now) { Lac = lac!, Before = before };
        _byOrigin[origin] = entry;
        _byActor[port.Actor] = entry;
        node.Counters.Tunnel(+1);
        intake.Publish(port);
        if (port.Intake.TryEnter()) port.Actor.Tell(m);
    }

    /// <summary>No actor, no state, no timer: <see cref="SccrqRefusal"/>.</summary>
    private void Refuse(ControlArrived m, Origin origin, string hostName, PeerSettings? peer, Refused refused)
    {
        var why = refused.Reason == RefusalReason.UnknownLac
            ? new EndReason(EndParty.Lns, EndLayer.Tunnel, EndCause.Refused, $"no tunnels.peers entry fits host name '{hostName}' at {m.Flow}")
            : refused.ToEndReason(EndLayer.Tunnel);
        node.Log.NewTunnelRefused(hostName, m.Flow, why);
        if (origin.PeerTunnelId == 0) return; // hidden by a secret that we do not have: nobody to answer to
        var ns = L2tpHeaderView.TryRead(m.Octets, out var header, out _) ? header.Ns : (ushort)0;
        var refusal = SccrqRefusal.Encode(_refusing, new TunnelId(origin.PeerTunnelId), ns, Hangup.StopCcn(refused, (peer ?? Strangers).RefuseWith));
        node.Plane.SendControl(m.Flow, refusal);
        if (node.Traces.On is not { } taps) return;
        var tunnel = new TracedTunnel(0, m.Flow, hostName, peer?.Connection.Secret);
        taps.Control(node, tunnel, isSent: false, m.Octets);
        taps.Control(node, tunnel, isSent: true, refusal);
        taps.Tunnel(tunnel, $"refused: {why}");
    }

    private static readonly PeerSettings Strangers = new();

    private void Forget(Entry entry)
    {
        if (_byOrigin.TryGetValue(entry.Origin, out var current) && ReferenceEquals(current, entry)) _byOrigin.Remove(entry.Origin);
    }
}

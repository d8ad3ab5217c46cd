using System.Buffers;
using System.Security.Cryptography;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Threads;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>
/// Shell of one L2TP control connection: runs the effects of <see cref="ControlConnection"/>. Parent of the calls of the tunnel.
/// </summary>
/// <remarks>Never restarted. When it fails, it sends StopCCN once, and its calls end.</remarks>
internal sealed class TunnelActor : UntypedActor
{
    private const string InternalError = "internal error"; // text for the LAC
    private static readonly EndReason Failed =
        new(EndParty.Lns, EndLayer.Tunnel, EndCause.InternalError, "exception in the actor of the tunnel");
    private static readonly EndReason Superseded =
        new(EndParty.Peer, EndLayer.Tunnel, EndCause.TunnelStopped, "the LAC restarted: it opened a new tunnel with the same tunnel id");
    private static readonly EndReason Evicted =
        new(EndParty.Lns, EndLayer.Tunnel, EndCause.Refused, "half-open tunnel replaced by a newer one");

    private readonly TunnelContext _node;
    private readonly ushort _id;
    private readonly UdpFlow _flow;
    private readonly Intake _intake;
    private readonly ControlConnectionSettings _connection; // of the tunnel
    private readonly Instant _began;
    private readonly TunnelEntry _entry;
    private readonly TunnelCalls _calls;
    private CallTemplates _templates;     // settings of new calls
    private LacAccount _lac;
    private bool _isUnknown;              // no entry of tunnels.peers matches the LAC any more
    private ControlConnectionState _state = null!; // from PreStart on
    private TunnelInfo? _info;            // set when the tunnel is established
    private PeerEntry? _peerEntry;        // counts the established tunnel
    private Instant _opened;
    private StopTunnels? _stopping;
    private bool _closed;
    private bool _finished;
    private DeadlineTimer _timer;

    /// <param name="id">Our tunnel id.</param>
    /// <param name="intake">Bound of the control messages that wait.</param>
    /// <param name="templates">Settings of calls.</param>
    /// <param name="connection">Settings of the control connection.</param>
    public TunnelActor(TunnelContext node, ushort id, UdpFlow flow, Intake intake, LacAccount lac, CallTemplates templates,
        ControlConnectionSettings connection)
    {
        (_node, _id, _flow, _intake, _lac, _templates, _connection) = (node, id, flow, intake, lac, templates, connection);
        _began = node.Clock.Now;
        _entry = new TunnelEntry(id, lac.HostName, flow, node.Clock.UtcNow, Self);
        _calls = new TunnelCalls(node, _entry);
    }

    /// <summary>Made only while a trace runs.</summary>
    private TracedTunnel Traced => new(_id, _flow, _lac.HostName, _connection.Secret);

    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailed;

    protected override void PreStart()
    {
        _node.Table.Add(_entry);
        var begin = ControlConnection.Listen(_connection, new TunnelId(_id), RandomNumberGenerator.GetBytes(32), _began);
        _state = begin.State;
        Apply(begin, _began);
    }

    protected override void PostStop()
    {
        _timer.Stop(Context);
        _calls.Close(); // the tunnel may have failed with open calls
        _node.Table.Remove(_entry);
        if (!_finished)
        {
            // an exception or the end of the actor system: send StopCCN, and before it what the peer has not acknowledged
            var now = _node.Clock.Now;
            foreach (var last in ControlConnection.LastWords(_state, Failed, Hangup.StopCcn(Failed, InternalError), now)) Transmit(last);
            if (!_closed) LogDown(Failed);
        }
        _node.Traces.On?.TunnelGone(Traced);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ControlArrived m:
                _intake.Done();
                _node.Traces.On?.Control(Traced, isSent: false, m.Octets);
                Step(new ConnectionEvent.DatagramReceived(m.Octets));
                break;
            case SendCall s: Step(new ConnectionEvent.SendCallMessage(s.Local, s.Peer, s.Message)); break;
            case DeadlineReached due: if (_timer.Fired(due)) OnDeadline(); break;
            case CallOver over: Forget(over.Local); break;
            case Terminated gone: OnCallFailed(gone.ActorRef); break;
            case TunnelSettingsChanged change: OnSettings(change); break;
            case StopTunnels stop: OnStop(stop); break;
            case EndCalls end: _calls.TellAll(Hangup.Call(end.Why)); break;
            case TunnelSuperseded: EndSilently(Superseded); break;
            case ProbeTunnel: Step(ConnectionEvent.ProbeRequested.Instance); break;
            case TunnelEvicted: OnEvicted(); break;
            case TunnelOverLimit over: OnOverLimit(over.Refused); break;
            case Describe: Sender.Tell(ToDescription()); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>Data of the calls shows that the LAC lives, too. The plane is asked only when a Hello is due.</summary>
    private void OnDeadline()
    {
        var now = _node.Clock.Now;
        if (ControlConnection.HelloAt(_state) <= now && _calls.LastData() is { } data) Step(new ConnectionEvent.DataSeen(data));
        Step(ConnectionEvent.Tick.Instance);
    }

    private void Step(ConnectionEvent ev)
    {
        if (_finished) return; // only its calls are still ending
        var now = _node.Clock.Now;
        Apply(ControlConnection.On(_state, ev, now), now);
    }

    private void Apply(Transition<ControlConnectionState, ConnectionEffect> transition, Instant now)
    {
        var retransmits = transition.State.Channel.Retransmits - _state.Channel.Retransmits;
        if (retransmits > 0) _node.Counters.CountControlRetransmits(retransmits);
        _state = transition.State;
        _entry.MoveTo(_state.PeerTunnelId, _state.Channel.FirstUnacked, _state.Channel.Expected);
        foreach (var effect in transition.Effects) Run(effect);
        if (!StopWhenDone()) _timer.Rearm(Context, ControlConnection.NextDeadline(_state), now);
    }

    private void Run(ConnectionEffect effect)
    {
        switch (effect)
        {
            case ConnectionEffect.Transmit t: Transmit(t); break;
            case ConnectionEffect.Acknowledge a: Acknowledge(a); break;
            case ConnectionEffect.CallMessageReceived { Local.IsZero: true, Message: ControlMessage.Icrq icrq }: OnIcrq(icrq); break;
            case ConnectionEffect.CallMessageReceived m:
                if (_calls.Of(m) is { } call) call.Actor.Tell(new CallEvent.MessageReceived(m.Message));
                else _node.Counters.CountUnknownSession();
                break;
            case ConnectionEffect.CallMessageBroken b:
                _calls.Find(b.Local.Value)?.Actor.Tell(new CallEvent.MessageBroken(b.Error, b.Code));
                break;
            case ConnectionEffect.Dropped d: _node.Counters.CountDropped(d.Error); break;
            case ConnectionEffect.Opened o: OnOpened(o.Peer); break;
            case ConnectionEffect.Closed c: OnClosed(c.Why); break;
            case ConnectionEffect.Finished: _finished = true; break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    // ---- sending ------------------------------------------------------------------------------------------------------

    private void Transmit(ConnectionEffect.Transmit transmit)
    {
        var length = transmit.Message.Length;
        byte[]? rented = null;
        var octets = length <= 512 ? stackalloc byte[length] : (rented = ArrayPool<byte>.Shared.Rent(length)).AsSpan(0, length);
        transmit.WriteTo(octets);
        Send(octets);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private void Acknowledge(ConnectionEffect.Acknowledge a)
    {
        Span<byte> zlb = stackalloc byte[L2tpControlHeader.Length];
        L2tpControlHeader.WriteAcknowledgement(zlb, a.Peer, a.Ns, a.Nr);
        Send(zlb);
    }

    private void Send(ReadOnlySpan<byte> octets)
    {
        _node.Plane.GatherControl(_flow, octets);
        _node.Traces.On?.Control(Traced, isSent: true, octets);
    }

    // ---- tunnel -------------------------------------------------------------------------------------------------------

    private void OnOpened(PeerInfo peer)
    {
        Context.Parent.Tell(new TunnelOpened(_id));
        var entry = _node.Table.Peer(_templates.Entry.Pattern.Text);
        _info = new TunnelInfo(_id, peer.TunnelId.Value, _flow, peer.HostName, _templates, _node.Table.Lac(peer.HostName), entry);
        (_peerEntry, _opened) = (entry, _node.Clock.Now);
        entry.Tunnel(+1);
        _info.LacEntry.TunnelUp(_opened, _node.Clock.UtcNow);
        _entry.Phase = TunnelPhase.Up;
        _node.Traces.On?.TunnelUp(Traced, peer.TunnelId);
        _node.Counters.CountTunnelOpened();
        _node.Log.TunnelUp(peer.HostName, _flow, _id, peer.TunnelId.Value, peer.VendorName, peer.ReceiveWindow);
    }

    private void OnClosed(EndReason why)
    {
        _closed = true;
        _entry.Phase = TunnelPhase.Closing;
        Context.Parent.Tell(new TunnelClosing(_id));
        _calls.TellAll(new CallEvent.TunnelClosed(why));
        LogDown(why);
    }

    private void LogDown(EndReason why)
    {
        _node.Traces.On?.TunnelDown(Traced, why);
        _node.Counters.CountTunnelEnded(why.Cause);
        if (_info is null)
        {
            LogFailed(why);
            return;
        }
        _peerEntry!.Tunnel(-1);
        _info.LacEntry.TunnelDown(why, _opened, _state.LastHeardAt);
        _node.Log.TunnelDown(_info.Lac, _flow, _id, (long)(_node.Clock.Now - _began).TotalSeconds, _calls.Ever, why);
    }

    private void LogFailed(EndReason why)
    {
        _node.Log.NewTunnelRefused(_lac.HostName, _flow, why);
        _node.Admission.TunnelFailed(_lac, _flow, why);
    }

    /// <summary>
    /// Ends the calls first, then the tunnel. A LAC that gets StopCCN hangs up its subscribers, and their Terminate-Requests would
    /// otherwise replace our reason. A closed tunnel only lingers, and ends at once.
    /// </summary>
    private void OnStop(StopTunnels stop)
    {
        if (_closed)
        {
            _finished = true;
            StopWhenDone();
            return;
        }
        _stopping = stop;
        _calls.TellAll(new CallEvent.TunnelClosed(stop.Why));
        CloseWhenStopping();
    }

    private void CloseWhenStopping()
    {
        if (_stopping is { } stop && !_closed && _calls.Count == 0) Step(Hangup.Tunnel(stop.Why));
    }

    private void OnOverLimit(Refused refused) => Step(new ConnectionEvent.CloseRequested(
        refused.ToEndReason(EndLayer.Tunnel), Hangup.StopCcn(refused, _templates.Entry.RefuseWith)));

    /// <summary>A tunnel that has come up meanwhile ends as usual.</summary>
    private void OnEvicted()
    {
        if (_info is not null && !_closed) Step(Hangup.Tunnel(Evicted));
        else EndSilently(Evicted);
    }

    /// <summary>
    /// Ends without a StopCCN. It would reach the new tunnel of a LAC that has the same id, or an address that was forged.
    /// </summary>
    private void EndSilently(EndReason why)
    {
        if (!_closed) OnClosed(why);
        _finished = true;
        StopWhenDone();
    }

    private bool StopWhenDone()
    {
        if (!_finished || _calls.Count > 0) return false;
        Context.Stop(Self);
        return true;
    }

    private void OnSettings(TunnelSettingsChanged change)
    {
        _lac = change.Lac;
        _calls.MoveTo(_lac);
        _isUnknown = change.Templates is null;
        if (change.Templates is not { } templates) return;
        _templates = templates;
        if (_info is not null) _info = _info with { Templates = templates, PeerEntry = _node.Table.Peer(templates.Entry.Pattern.Text) };
    }

    private TunnelDescription ToDescription()
    {
        var now = _node.Clock.Now;
        return new TunnelDescription(
            _state.Tunnel.GetType().Name, _state.PeerTunnelId.Value, _state.Peer, _templates.Entry.Pattern.Text, _templates.Link.Name,
            now - _state.LastHeardAt, _connection, ControlConnection.NextDeadline(_state) - now);
    }

    // ---- calls --------------------------------------------------------------------------------------------------------

    private void OnIcrq(ControlMessage.Icrq icrq)
    {
        if (_info is not { } info) return; // the machine delivers none before
        if (_calls.TryTake(_lac, !_isUnknown, out var local, out var ticket) is { } refused)
        {
            var why = refused.ToEndReason(EndLayer.Session);
            _node.Log.NewSessionRefused(info.Lac, _id, icrq.CallingNumber, icrq.CalledNumber, why);
            var cdn = new ControlMessage.Cdn(ControlConnection.RefusedCall, Hangup.Cdn(refused, _templates.Entry.RefuseWith));
            Self.Tell(new SendCall(default, icrq.AssignedSessionId, cdn));
            return;
        }
        var calls = _node.Calls;
        var path = new PathKey(_id, local, calls.SessionIds.NextIncarnation());
        var actor = Context.ActorOf(LnsProps.Call(() => new SessionActor(calls, info, path, ticket!, icrq)));
        Context.Watch(actor);
        _calls.Add(local, new TunnelCall(actor, icrq.AssignedSessionId, ticket!, path));
    }

    private void OnCallFailed(IActorRef actor)
    {
        if (!_calls.TryFind(actor, out var local, out var peer)) return;
        var id = new SessionId(local);
        _node.Log.Failed(null, "session", $"tunnel {_id} session {local}");
        Step(new ConnectionEvent.SendCallMessage(id, peer, new ControlMessage.Cdn(id, Hangup.Cdn(Failed, InternalError))));
        Forget(local);
    }

    private void Forget(ushort local)
    {
        if (_calls.Remove(local) is not { } call) return;
        Context.Unwatch(call.Actor);
        if (!StopWhenDone()) CloseWhenStopping();
    }
}

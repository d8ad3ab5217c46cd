using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>
/// Shell of one L2TP control connection: runs the effects of <see cref="ControlConnection"/>. Parent of the calls of the tunnel.
/// </summary>
/// <remarks>Never restarted. When it fails, it sends StopCCN once, and its calls end.</remarks>
internal sealed class TunnelActor(LnsNodeContext node, TunnelPort port, LacAccount lac, CallTemplates templates) : UntypedActor
{
    private sealed record Call(IActorRef Actor, SessionId Peer, CallTicket Ticket);

    private readonly PeerSettings _peer = templates.Entry; // settings of the tunnel
    private CallTemplates _templates = templates; // settings of new calls
    private bool _isUnknown; // no entry of tunnels.peers fits the LAC any more
    private readonly Dictionary<ushort, Call> _calls = [];
    private IdAllocator? _ids; // made for the first call: many tunnels have none
    private ControlConnectionState _state = null!;
    private TunnelEntry _entry = null!;
    private TunnelInfo? _info; // set when the tunnel is established
    private Instant _began;
    private long _callsEver;
    private DeadlineTimer _timer;
    private StopTunnels? _stopping;
    private bool _closed;
    private bool _finished;

    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailed;

    protected override void PreStart()
    {
        _began = node.Clock.Now;
        node.TunnelTable.Add(_entry = new TunnelEntry(port.Local, lac.HostName, port.Flow, node.Clock.UtcNow, Self));
        var begin = ControlConnection.Listen(_peer.Connection, new TunnelId(port.Local), RandomNumberGenerator.GetBytes(32), _began);
        _state = begin.State;
        Apply(begin, _began);
    }

    protected override void PostStop()
    {
        _timer.Stop();
        foreach (var call in _calls.Values) node.Admission.CallOver(call.Ticket); // of a tunnel that failed
        node.TunnelTable.Remove(_entry);
        if (_finished)
        {
            node.Traces.On?.Tunnel(Traced, "gone", isGone: true);
            return;
        }
        // an exception or the end of the actor system: send StopCCN, and before it what the peer has not acknowledged
        var now = node.Clock.Now;
        foreach (var transmit in ControlConnection.LastWords(_state, Failed, Hangup.StopCcn(Failed, InternalError), now)) Transmit(transmit);
        if (!_closed) LogDown(Failed);
        node.Traces.On?.Tunnel(Traced, "gone", isGone: true);
    }

    private const string InternalError = "internal error"; // text for the LAC
    private static readonly EndReason Failed = new(EndParty.Lns, EndLayer.Tunnel, EndCause.InternalError, "the tunnel's actor failed");

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ControlArrived m:
                port.Intake.Done();
                node.Traces.On?.Control(node, Traced, isSent: false, m.Octets);
                Step(new ConnectionEvent.DatagramReceived(m.Octets));
                break;
            case SendCall s:
                Step(new ConnectionEvent.SendCallMessage(s.Local, s.Peer, s.Message));
                break;
            case DeadlineReached due:
                if (_timer.Fired(due)) Step(ConnectionEvent.Tick.Instance);
                break;
            case Describe:
                Sender.Tell(ToDescription());
                break;
            case CallOver over:
                Forget(over.Local);
                break;
            case Terminated t:
                OnCallFailed(t.ActorRef);
                break;
            case TunnelSettingsChanged change: OnSettings(change); break;
            case StopTunnels when _closed: // it only lingers
                _finished = true;
                StopWhenDone();
                break;
            case StopTunnels stop:
                OnStop(stop);
                break;
            case EndCalls end:
                foreach (var call in _calls.Values) call.Actor.Tell(Hangup.Call(end.Why));
                break;
            case TunnelSuperseded:
                // without a StopCCN: it would reach the new tunnel of the LAC, which has the same id
                if (!_closed) OnClosed(new EndReason(EndParty.Peer, EndLayer.Tunnel, EndCause.TunnelStopped, "the LAC began anew with the same tunnel id"));
                Finish();
                break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>
    /// Ends the calls first, then the tunnel. A LAC that gets StopCCN hangs up its subscribers, and their Terminate-Requests would
    /// otherwise
    /// replace our reason.
    /// </summary>
    private void OnStop(StopTunnels stop)
    {
        _stopping = stop;
        foreach (var call in _calls.Values) call.Actor.Tell(new CallEvent.TunnelClosed(stop.Why));
        CloseWhenStopping();
    }

    private void CloseWhenStopping()
    {
        if (_stopping is { } stop && !_closed && _calls.Count == 0) Step(Hangup.Tunnel(stop.Why));
    }

    private void Step(ConnectionEvent ev)
    {
        if (_finished) return; // only its calls are still ending
        var now = node.Clock.Now;
        Apply(ControlConnection.On(_state, ev, now), now);
    }

    private void Apply(Transition<ControlConnectionState, ConnectionEffect> transition, Instant now)
    {
        if (transition.State.Channel.Retransmits - _state.Channel.Retransmits is > 0 and var again) node.Counters.CountControlRetransmits(again);
        _state = transition.State;
        foreach (var effect in transition.Effects) Run(effect);
        if (!StopWhenDone()) _timer.Rearm(Context, ControlConnection.NextDeadline(_state), now);
    }

    private bool StopWhenDone()
    {
        if (!_finished || _calls.Count > 0) return false;
        Context.Stop(Self);
        return true;
    }

    private void Finish()
    {
        _finished = true;
        if (_calls.Count == 0) Context.Stop(Self);
    }

    private void Run(ConnectionEffect effect)
    {
        switch (effect)
        {
            case ConnectionEffect.Transmit t: Transmit(t); break;
            case ConnectionEffect.Acknowledge a: Acknowledge(a); break;
            case ConnectionEffect.CallMessageReceived { Local.IsZero: true, Message: ControlMessage.Icrq icrq }: OnIcrq(icrq); break;
            case ConnectionEffect.CallMessageReceived m: OnCallMessage(m); break;
            case ConnectionEffect.CallMessageBroken b:
                if (_calls.TryGetValue(b.Local.Value, out var broken)) broken.Actor.Tell(new CallEvent.MessageBroken(b.Error, b.Code));
                break;
            case ConnectionEffect.Dropped d: node.Counters.CountDropped(d.Error); break;
            case ConnectionEffect.Opened o: OnOpened(o.Peer); break;
            case ConnectionEffect.Closed c: OnClosed(c.Why); break;
            case ConnectionEffect.Finished: _finished = true; break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    private void Transmit(ConnectionEffect.Transmit transmit)
    {
        // the machine keeps the octets for retransmission: Nr goes into a copy
        var octets = transmit.Message;
        byte[]? rented = null;
        var copy = octets.Length <= 512 ? stackalloc byte[octets.Length] : (rented = ArrayPool<byte>.Shared.Rent(octets.Length)).AsSpan(0, octets.Length);
        octets.CopyTo(copy);
        BinaryPrimitives.WriteUInt16BigEndian(copy[L2tpControlHeader.NrOffset..], transmit.Nr);
        node.Plane.SendControl(port.Flow, copy);
        node.Traces.On?.Control(node, Traced, isSent: true, copy);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private void Acknowledge(ConnectionEffect.Acknowledge a)
    {
        Span<byte> zlb = stackalloc byte[L2tpControlHeader.Length];
        L2tpControlHeader.WriteAcknowledgement(zlb, a.Peer, a.Ns, a.Nr);
        node.Plane.SendControl(port.Flow, zlb);
        node.Traces.On?.Control(node, Traced, isSent: true, zlb);
    }

    /// <summary>Made only while a trace runs.</summary>
    private TracedTunnel Traced => new(port.Local, port.Flow, lac.HostName, _peer.Connection.Secret);

    private void OnOpened(PeerInfo info)
    {
        Context.Parent.Tell(new TunnelOpened(port.Local));
        _info = new TunnelInfo(port.Local, info.TunnelId.Value, port.Flow, info.HostName, _templates, node.TunnelTable.Lac(info.HostName));
        _entry.Phase = TunnelPhase.Up;
        node.Traces.On?.Tunnel(Traced, $"up: tunnel {port.Local}, the peer calls it {info.TunnelId.Value}");
        node.Counters.CountTunnelOpened();
        node.Log.TunnelUp(info.HostName, port.Flow, port.Local, info.TunnelId.Value, info.VendorName, info.ReceiveWindow);
    }

    private void OnClosed(EndReason why)
    {
        _closed = true;
        _entry.Phase = TunnelPhase.Closing;
        Context.Parent.Tell(new TunnelClosing(port.Local));
        foreach (var call in _calls.Values) call.Actor.Tell(new CallEvent.TunnelClosed(why));
        LogDown(why);
    }

    private void LogDown(EndReason why)
    {
        node.Traces.On?.Tunnel(Traced, $"down: {why}");
        node.Counters.CountTunnelEnded(why.Cause);
        if (_info is null) node.Log.TunnelRefused(lac.HostName, port.Flow, why);
        else node.Log.TunnelDown(_info.Lac, port.Flow, port.Local, (long)(node.Clock.Now - _began).TotalSeconds, _callsEver, why);
    }

    private TunnelDescription ToDescription()
    {
        var now = node.Clock.Now;
        return new TunnelDescription(_state.Tunnel.GetType().Name, _state.PeerTunnelId.Value, _state.Peer, _templates.Entry.Pattern.Text, _templates.Link.Name, now - _state.LastHeardAt,
            _peer.Connection, ControlConnection.NextDeadline(_state) - now);
    }

    private void OnSettings(TunnelSettingsChanged change)
    {
        lac = change.Lac;
        foreach (var call in _calls.Values) node.Admission.Move(call.Ticket, lac);
        _isUnknown = change.Templates is null;
        if (change.Templates is not { } templates) return;
        _templates = templates;
        if (_info is not null) _info = _info with { Templates = templates };
    }

    private void OnIcrq(ControlMessage.Icrq icrq)
    {
        if (_info is null) return; // the machine delivers none before
        _ids ??= new IdAllocator(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), node.Settings.Sessions.IdQuarantine);
        var hasId = _ids.TryAllocate(node.Clock.Now, out var local);
        if (node.Admission.TryTakeCall(lac, _calls.Count, hasId, out var ticket, !_isUnknown) is { } refused)
        {
            if (hasId) _ids.Free(local); // nobody has seen it: no quarantine
            node.Log.NewSessionRefused(_info.Lac, port.Local, icrq.CallingNumber, icrq.CalledNumber, refused.ToEndReason(EndLayer.Session));
            Self.Tell(new SendCall(default, icrq.AssignedSessionId, new ControlMessage.Cdn(default, Hangup.Cdn(refused, _templates.Entry.RefuseWith)))); // it never had an id of ours
            return;
        }
        var info = _info;
        var actor = Context.ActorOf(LnsProps.Serial(() => new SessionActor(node.Calling, info, new SessionId(local), ticket!, icrq)));
        Context.Watch(actor);
        _calls.Add(local, new Call(actor, icrq.AssignedSessionId, ticket!));
        _callsEver++;
        _entry.Count(_calls.Count, _callsEver);
    }

    private void OnCallMessage(ConnectionEffect.CallMessageReceived m)
    {
        var local = m.Local.Value;
        // a CDN of a LAC that does not know our id names the call by the id of the LAC
        if (local == 0 && m.Message is ControlMessage.Cdn cdn)
            foreach (var (id, candidate) in _calls)
                if (candidate.Peer == cdn.AssignedSessionId) local = id;
        if (_calls.TryGetValue(local, out var call)) call.Actor.Tell(new CallEvent.MessageReceived(m.Message));
        else node.Counters.CountUnknownSession();
    }

    private void OnCallFailed(IActorRef actor)
    {
        foreach (var (local, call) in _calls)
        {
            if (!call.Actor.Equals(actor)) continue;
            node.Log.Failed(null, "session", $"tunnel {port.Local} session {local}");
            Step(new ConnectionEvent.SendCallMessage(new SessionId(local), call.Peer, new ControlMessage.Cdn(new SessionId(local), Hangup.Cdn(Failed, InternalError))));
            Forget(local);
            return;
        }
    }

    private void Forget(ushort local)
    {
        if (!_calls.Remove(local, out var call)) return;
        node.Admission.CallOver(call.Ticket);
        _entry.Count(_calls.Count, _callsEver);
        Context.Unwatch(call.Actor);
        _ids!.Release(local, node.Clock.Now);
        if (!StopWhenDone()) CloseWhenStopping();
    }
}

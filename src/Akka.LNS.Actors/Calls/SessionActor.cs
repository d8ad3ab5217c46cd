using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Overload;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Calls;

/// <summary>
/// Shell of one L2TP call: opens its path, then answers the ICRQ, and is the parent of the PPP link. The decisions are in <see cref="IncomingCall"/>.
/// </summary>
/// <remarks>The path is open before ICRP goes out: the subscriber's first PPP frames may overtake the LAC's ICCN.</remarks>
internal sealed class SessionActor : UntypedActor
{
    private readonly LnsNodeContext _node;
    private readonly TunnelInfo _tunnel;
    private readonly SessionId _local;
    private readonly PathKey _path;
    private readonly CallEntry _entry;
    private readonly SubscriberPort _port;
    private ControlMessage.Icrq? _request; // until ICCN
    private CallState _state = CallState.Idle.Instance;
    private IActorRef? _link;
    private EarlyFrames _early;
    private DeadlineTimer _timer;
    private bool _pathOpened;
    private EndReason? _linkEnd; // why PPP ended, when that came first
    private bool _over;
    private bool _finished;

    public SessionActor(LnsNodeContext node, TunnelInfo tunnel, SessionId local, CallTicket ticket, ControlMessage.Icrq request)
    {
        (_node, _tunnel, _local, _request) = (node, tunnel, local, request);
        _path = new PathKey(tunnel.Local, local.Value, node.NextIncarnation());
        _entry = new CallEntry(node.SessionIds.Next(), _path, request.AssignedSessionId.Value, tunnel, request.CallingNumber, request.CalledNumber, node.Clock.UtcNow, node.Clock.Now, Self);
        _port = new SubscriberPort(Self, ticket);
    }

    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailed;

    protected override void PreStart()
    {
        _node.Calls.Add(_entry);
        _node.Traces.On?.CallBegan(_entry);
        _node.Gate.Tell(new GateOrder.OpenPath(_path, new PathSettings(_tunnel.Flow, _tunnel.Peer, _request!.AssignedSessionId.Value), _port, Self));
    }

    protected override void PostStop()
    {
        _timer.Stop();
        _node.Plane.TryReadCounters(_path, out var counters); // before it closes; forwarding has stopped
        _node.Gate.Tell(new GateOrder.ClosePath(_path));
        _node.Calls.Remove(_entry);
        var why = _state is CallState.Over over ? _linkEnd ?? over.Why : new EndReason(EndParty.Lns, EndLayer.Session, EndCause.InternalError, "the session's actor failed");
        _node.Traces.On?.CallOver(_entry, why);
        _node.Counters.CountEnded(why);
        _tunnel.LacEntry.CountEnded();
        var now = _node.Clock.Now;
        _node.Disconnects.Add(new Disconnect(_node.Clock.UtcNow, _entry.Id, _entry.User, _tunnel.Lac, _entry.Calling, _entry.Address, _entry.On is not null, why,
            now - _entry.BeganAt, counters.InOctets, counters.OutOctets));
        if (_request is { } never) _node.Log.SessionRefused(_tunnel.Lac, _tunnel.Local, never.CallingNumber, never.CalledNumber, why);
        else _node.Log.SessionDown(_entry.Id, _tunnel.Lac, _tunnel.Local, _local.Value, (long)(now - _entry.BeganAt).TotalSeconds, why);
        if (_finished) Context.Parent.Tell(new CallOver(_local.Value)); // last: the tunnel may say good-bye now; it finds out by itself about a call that failed
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CallEvent ev: Step(ev); break;
            case PppArrived frame when _link is null: _early.Keep(frame); break;
            case PppArrived frame: _link.Tell(frame); break;
            case PathOpened when !_pathOpened:
                _pathOpened = true;
                if (!_over) Step(new CallEvent.Offered(_local, _request!, null));
                break;
            case PathFailed failed: OnPathFailed(failed.Why); break;
            case LinkClosing closing: _linkEnd ??= closing.Why; break;
            case LinkEnded ended: Step(Hangup.Call(ended.Why)); break;
            case DeadlineReached due:
                if (_timer.Fired(due)) Step(CallEvent.Tick.Instance);
                break;
            case Terminated: OnLinkGone(); break;
            case Describe: Sender.Tell(ToDescription()); break;
            default: Unhandled(message); break;
        }
    }

    private void Step(CallEvent ev)
    {
        var now = _node.Clock.Now;
        var (next, effects) = IncomingCall.On(_state, ev, now, _node.CallSettings);
        _state = next;
        foreach (var effect in effects) Run(effect);
        _timer.Rearm(Context, IncomingCall.NextDeadline(next), now);
    }

    private void Run(CallEffect effect)
    {
        switch (effect)
        {
            case CallEffect.Send s: Context.Parent.Tell(new SendCall(s.Local, s.Peer, s.Message)); break;
            case CallEffect.OpenPath o: OnConnected(o.Connect); break;
            case CallEffect.ClosePath: break; // when the link is gone: it still reads its counters
            case CallEffect.Ended e: OnOver(e.Why); break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    private void OnConnected(ControlMessage.Iccn iccn)
    {
        if (iccn.SequencingRequired)
            _node.Gate.Tell(new GateOrder.ChangePath(_path, new PathSettings(_tunnel.Flow, _tunnel.Peer, _request!.AssignedSessionId.Value, Sequencing: true), _port, Self));
        var call = new CallInfo(_entry.Id, _path, _tunnel, _entry.Calling, _entry.Called, _request!.CallSerialNumber,
            iccn.TxConnectSpeed, iccn.RxConnectSpeed ?? iccn.TxConnectSpeed, _entry);
        _request = null;
        _node.Traces.On?.Event(_entry, "session", "up");
        _node.Log.SessionUp(_entry.Id, _tunnel.Lac, _tunnel.Local, _local.Value, call.Calling, call.Called);
        var (node, port) = (_node, _port);
        _link = Context.ActorOf(LnsProps.Serial(() => new LinkActor(node, call, port)), "link");
        Context.Watch(_link);
        _port.Link = _link;
        _entry.Link = _link;
        _node.Meter.Reach(_entry, CallPhase.Link, _node.Clock.Now);
        _early.ReleaseTo(_link);
    }

    private void OnPathFailed(string why)
    {
        var reason = new EndReason(EndParty.Lns, EndLayer.DataPlane, EndCause.DataPlaneFailed, why);
        if (_state is CallState.Idle)
            Step(new CallEvent.Offered(_local, _request!, Hangup.Refusal(reason)));
        else Step(Hangup.Call(reason));
    }

    private void OnOver(EndReason why)
    {
        _over = true;
        _entry.Phase = CallPhase.Closing;
        if (_link is null) Finish();
        else _link.Tell(new CarrierLost(why));
    }

    private void OnLinkGone()
    {
        _link = null;
        _entry.Link = null;
        if (!_over)
        {
            var why = new EndReason(EndParty.Lns, EndLayer.Link, EndCause.InternalError, "the link's actor failed");
            _node.Log.Failed(null, "link", _entry.Id);
            Step(Hangup.Call(why));
            return;
        }
        Finish();
    }

    private SessionDescription ToDescription()
    {
        var (state, peer, due) = _state switch
        {
            CallState.WaitConnect w => ("wait-connect", w.Peer, (Instant?)w.GiveUpAt),
            CallState.Established e => ("established", e.Peer, null),
            CallState.Over => ("over", default, null),
            _ => ("idle", _request?.AssignedSessionId ?? default, null),
        };
        return new SessionDescription(state, peer.Value, due is { } at ? at - _node.Clock.Now : null);
    }

    private void Finish()
    {
        _finished = true;
        Context.Stop(Self);
    }
}

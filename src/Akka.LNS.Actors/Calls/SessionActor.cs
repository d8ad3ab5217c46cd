using Akka.LNS.Actors.Gate;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Calls;

/// <summary>
/// Shell of one L2TP call. <see cref="IncomingCall"/> decides. The session opens the path, then answers the ICRQ, and is the parent of the
/// PPP link.
/// </summary>
/// <remarks>
/// The path is open before the ICRP goes out, because the subscriber's first PPP frames may overtake the LAC's ICCN. PostStop closes the
/// path, also after an exception.
/// </remarks>
internal sealed class SessionActor : UntypedActor
{
    private static readonly EndReason Failed =
        new(EndParty.Lns, EndLayer.Session, EndCause.InternalError, "exception in the actor of the session");
    private static readonly EndReason LinkFailed =
        new(EndParty.Lns, EndLayer.Link, EndCause.InternalError, "exception in the actor of the link");

    private readonly LinkContext _node;
    private readonly TunnelInfo _tunnel;
    private readonly SessionId _local;
    private readonly CallEntry _entry;
    private readonly SubscriberPort _port;
    private ControlMessage.Icrq? _request; // until ICCN
    private CallState _state = CallState.Idle.Instance;
    private IActorRef? _link;
    private EndReason? _linkEnd;           // reason of PPP; it counts even when a CDN of the LAC comes first
    private bool _isFinished;              // the call ended in order
    private EarlyFrames _early;
    private DeadlineTimer _timer;

    public SessionActor(LinkContext node, TunnelInfo tunnel, PathKey path, CallTicket ticket, ControlMessage.Icrq request)
    {
        (_node, _tunnel, _local, _request) = (node, tunnel, new SessionId(path.SessionId), request);
        _entry = new CallEntry(
            node.SessionIds.Next(), path, request.AssignedSessionId.Value, tunnel, request.CallingNumber, request.CalledNumber,
            node.Clock.UtcNow, node.Clock.Now, Self);
        _port = new SubscriberPort(Self, ticket);
    }

    protected override SupervisorStrategy SupervisorStrategy() => LnsProps.StopFailedAndTell;

    protected override void PreStart()
    {
        _node.Table.Add(_entry);
        _tunnel.CountSession();
        _node.Traces.On?.CallBegan(_entry);
        _node.Gate.Tell(new GateOrder.OpenPath(_entry.Path, PathTo(sequencing: false), _port, Self));
    }

    protected override void PostStop()
    {
        _timer.Stop(Context);
        _node.Plane.TryReadCounters(_entry.Path, out var counters); // before the path closes; forwarding has stopped
        _node.Gate.Tell(new GateOrder.ClosePath(_entry.Path));
        _node.Table.Remove(_entry);
        var why = _state is CallState.Over over ? _linkEnd ?? over.Why : Failed;
        _node.Traces.On?.CallOver(_entry, why);
        _node.Counters.CountEnded(why);
        var now = _node.Clock.Now;
        _tunnel.CountEnded(why.Cause, _entry.On is not null, now);
        var after = now - _entry.BeganAt;
        _node.Disconnects.Add(new Disconnect(
            _node.Clock.UtcNow, _entry.Id, _entry.User, _tunnel.Lac, _entry.Calling, _entry.Address, _entry.On is not null, why, after,
            counters.InOctets, counters.OutOctets));
        if (_request is not null) _node.Log.SessionRefused(_tunnel.Lac, _tunnel.Local, _entry.Calling, _entry.Called, why);
        else _node.Log.SessionDown(_entry.Id, _tunnel.Lac, _tunnel.Local, _local.Value, (long)after.TotalSeconds, why);
        if (_isFinished) Context.Parent.Tell(new CallOver(_local.Value)); // last, because the tunnel may send its StopCCN after it
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CallEvent ev: Step(ev); break;
            case PppArrived frame when _link is null: _early.Keep(frame); break;
            case PppArrived frame: _link.Tell(frame); break;
            case PathOpened when _state is CallState.Idle: Step(new CallEvent.Offered(_local, _request!, null)); break;
            case PathOpened: break; // the call ended before
            case PathFailed failed: OnPathFailed(failed.Why); break;
            case LinkClosing closing: _linkEnd ??= closing.Why; break;
            case LinkEnded ended: Step(Hangup.Call(ended.Why)); break;
            case DeadlineReached due: if (_timer.Fired(due)) Step(CallEvent.Tick.Instance); break;
            case LnsProps.ChildGone: OnLinkGone(); break;
            case Describe: Sender.Tell(ToDescription()); break;
            default: Unhandled(message); break;
        }
    }

    private void Step(CallEvent ev)
    {
        var now = _node.Clock.Now;
        (_state, var effects) = IncomingCall.On(_state, ev, now, _node.Live.Calls);
        foreach (var effect in effects) Run(effect);
        _timer.Rearm(Context, IncomingCall.NextDeadline(_state), now);
    }

    private void Run(CallEffect effect)
    {
        _node.Traces.On?.Effect(_entry, effect);
        switch (effect)
        {
            case CallEffect.Send s: Context.Parent.Tell(new SendCall(s.Local, s.Peer, s.Message)); break;
            case CallEffect.OpenPath o: OnConnected(o.Connect); break;
            case CallEffect.ClosePath: break; // in PostStop: the link still reads its counters
            case CallEffect.Ended e: OnOver(e.Why); break;
            default: throw new InvalidOperationException($"no shell for {effect}");
        }
    }

    private PathSettings PathTo(bool sequencing) => new(_tunnel.Flow, _tunnel.Peer, _entry.PeerSessionId, sequencing);

    private void OnConnected(ControlMessage.Iccn iccn)
    {
        if (iccn.SequencingRequired) _node.Gate.Tell(new GateOrder.ChangePath(_entry.Path, PathTo(sequencing: true), _port, Self));
        var call = new CallInfo(
            _entry.Id, _entry.Path, _tunnel, _entry.Calling, _entry.Called, _request!.CallSerialNumber,
            iccn.TxConnectSpeed, iccn.RxConnectSpeed ?? iccn.TxConnectSpeed, _entry);
        _request = null;
        _node.Log.SessionUp(_entry.Id, _tunnel.Lac, _tunnel.Local, _local.Value, call.Calling, call.Called);
        var (node, port) = (_node, _port);
        _link = Context.ActorOf(LnsProps.Call(() => new LinkActor(node, call, port)), "link");
        _port.Link = _link;
        _entry.Link = _link;
        _node.Meter.Reach(_entry, CallPhase.Link, _node.Clock.Now);
        _early.ReleaseTo(_link);
    }

    private void OnPathFailed(string text)
    {
        var why = new EndReason(EndParty.Lns, EndLayer.DataPlane, EndCause.DataPlaneFailed, text);
        Step(_state is CallState.Idle ? new CallEvent.Offered(_local, _request!, Hangup.Refusal(why)) : Hangup.Call(why));
    }

    private void OnOver(EndReason why)
    {
        _entry.Phase = CallPhase.Closing;
        if (_link is null) Finish();
        else _link.Tell(new CarrierLost(why));
    }

    private void OnLinkGone()
    {
        _link = null;
        _entry.Link = null;
        if (_state is CallState.Over)
        {
            Finish();
            return;
        }
        _node.Log.Failed(null, "link", _entry.Id);
        Step(Hangup.Call(LinkFailed));
    }

    private void Finish()
    {
        _isFinished = true;
        Context.Stop(Self);
    }

    private SessionDescription ToDescription()
    {
        var (state, peer, due) = _state switch
        {
            CallState.WaitConnect w => ("wait-connect", w.Peer.Value, (Instant?)w.GiveUpAt),
            CallState.Established e => ("established", e.Peer.Value, null),
            CallState.Over => ("over", default, null),
            _ => ("idle", _entry.PeerSessionId, null),
        };
        return new SessionDescription(state, peer, due - _node.Clock.Now);
    }
}

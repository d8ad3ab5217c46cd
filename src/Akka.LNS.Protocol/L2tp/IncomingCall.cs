using System.Collections.Immutable;
using System.Globalization;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>LNS side of an incoming call (RFC 2661 section 7.4.2).</summary>
public static class IncomingCall
{
    /// <summary>Applies an event. The arms follow the rows of the table in the RFC. Cases that the RFC does not define come last.</summary>
    public static Transition<CallState, CallEffect> On(CallState state, CallEvent ev, Instant now, CallSettings settings) =>
        (state, ev) switch
        {
            // idle
            (CallState.Idle, CallEvent.Offered { Refused: null } o) => new(
                new CallState.WaitConnect(o.Local, o.Request.AssignedSessionId, now + settings.ConnectTimeout),
                new CallEffect.Send(o.Local, o.Request.AssignedSessionId, new ControlMessage.Icrp(o.Local))),
            (CallState.Idle, CallEvent.Offered { Refused: { } no } o) =>
                CallEnd.HangUp(o.Local, o.Request.AssignedSessionId, no.Why, no.Code),
            (CallState.Idle, CallEvent.MessageReceived { Message: ControlMessage.Icrp p }) =>
                CallEnd.HangUp(ControlConnection.RefusedCall, p.AssignedSessionId, CallEnd.Unexpected(p), CallEnd.BadState),
            (CallState.Idle, CallEvent.MessageReceived { Message: ControlMessage.Iccn m }) => CallEnd.End(CallEnd.Unexpected(m)),
            // wait-connect
            (CallState.WaitConnect w, CallEvent.MessageReceived { Message: ControlMessage.Iccn m }) => new(
                new CallState.Established(w.Local, w.Peer), new CallEffect.OpenPath(w.Local, w.Peer, m)),
            (CallState.WaitConnect w, CallEvent.MessageBroken b) => CallEnd.HangUp(w.Local, w.Peer, CallEnd.Broken(b), b.Code),
            (CallState.WaitConnect w, CallEvent.MessageReceived { Message: ControlMessage.Icrq or ControlMessage.Icrp } m) =>
                CallEnd.HangUp(w.Local, w.Peer, CallEnd.Unexpected(m.Message), CallEnd.BadState),
            // idle, wait-connect, established
            (CallState.Idle or CallState.WaitConnect, CallEvent.MessageReceived { Message: ControlMessage.Cdn c }) =>
                CallEnd.End(CallEnd.Disconnected(c)),
            (CallState.Established e, CallEvent.MessageReceived { Message: ControlMessage.Cdn c }) =>
                CallEnd.End(CallEnd.Disconnected(c), new CallEffect.ClosePath(e.Local)),
            // wait-connect, established: local close request
            (CallState.WaitConnect w, CallEvent.CloseRequested c) => CallEnd.HangUp(w.Local, w.Peer, c.Why, c.Code, c.Cause),
            (CallState.Established e, CallEvent.CloseRequested c) =>
                CallEnd.HangUp(e.Local, e.Peer, c.Why, c.Code, c.Cause, new CallEffect.ClosePath(e.Local)),
            // established
            (CallState.Established e,
                CallEvent.MessageReceived { Message: ControlMessage.Icrq or ControlMessage.Icrp or ControlMessage.Iccn } m) =>
                CallEnd.HangUp(e.Local, e.Peer, CallEnd.Unexpected(m.Message), CallEnd.BadState, null, new CallEffect.ClosePath(e.Local)),
            // not in the RFC: a malformed message of an established call, the end of the tunnel, the time limit
            (CallState.Established e, CallEvent.MessageBroken b) =>
                CallEnd.HangUp(e.Local, e.Peer, CallEnd.Broken(b), b.Code, null, new CallEffect.ClosePath(e.Local)),
            (CallState.Established e, CallEvent.TunnelClosed t) => CallEnd.End(t.Why, new CallEffect.ClosePath(e.Local)),
            (CallState.WaitConnect or CallState.Idle, CallEvent.TunnelClosed t) => CallEnd.End(t.Why),
            (CallState.Idle, CallEvent.CloseRequested c) => CallEnd.End(c.Why),
            (CallState.WaitConnect w, CallEvent.Tick) when now >= w.GiveUpAt =>
                CallEnd.NoIccn(w, settings),
            _ => new(state), // WEN, an early tick and events after the end change nothing
        };

    /// <summary>Time of the next Tick; null: none.</summary>
    public static Instant? NextDeadline(CallState state) => (state as CallState.WaitConnect)?.GiveUpAt;
}

/// <summary>Ends of a call that are the same for the LNS and the LAC.</summary>
internal static class CallEnd
{
    /// <summary>A message in the wrong state.</summary>
    internal static readonly ResultCode BadState = Hangup.Cdn(Violation("message not allowed in this state of the call"));

    /// <summary>Setup timeout of a call.</summary>
    internal static Transition<CallState, CallEffect> NoIccn(CallState.WaitConnect call, CallSettings settings)
    {
        var why = TimedOut(string.Create(CultureInfo.InvariantCulture, $"no ICCN within {settings.ConnectTimeout.TotalSeconds} s"));
        return HangUp(call.Local, call.Peer, why, Hangup.Cdn(why));
    }

    internal static Transition<CallState, CallEffect> HangUp(
        SessionId local, SessionId peer, EndReason why, ResultCode code, PppDisconnectCause? cause = null,
        params ReadOnlySpan<CallEffect> first) =>
        End(why, [.. first, new CallEffect.Send(local, peer, new ControlMessage.Cdn(local, code) { PppDisconnectCause = cause })]);

    internal static Transition<CallState, CallEffect> End(EndReason why, params ReadOnlySpan<CallEffect> first) =>
        new(new CallState.Over(why), ImmutableArray.Create<CallEffect>([.. first, new CallEffect.Ended(why)]));

    internal static EndReason Unexpected(ControlMessage message) => Violation($"unexpected {message.Type}");
    internal static EndReason Broken(CallEvent.MessageBroken broken) =>
        Violation($"{broken.Error}: {broken.Code.Describe(MessageType.Cdn)}");
    private static EndReason Violation(string what) => new(EndParty.Peer, EndLayer.Session, EndCause.ProtocolViolation, what);
    internal static EndReason TimedOut(string what) => new(EndParty.Lns, EndLayer.Session, EndCause.SetupTimeout, what);

    internal static EndReason Disconnected(ControlMessage.Cdn cdn)
    {
        var result = cdn.Result.Describe(MessageType.Cdn);
        return new EndReason(EndParty.Peer, EndLayer.Session, EndCause.CallDisconnected,
            cdn.PppDisconnectCause is { } p ? $"{result}, PPP cause {p.Code} of protocol 0x{p.ControlProtocol:X4} {p.Text}"
            : cdn.Q931Cause is { } q ? $"{result}, Q.931 cause {q.Code} {q.Advisory}" : result);
    }
}

using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.Peers;

/// <summary>The LAC's side of an incoming call (RFC 2661 section 7.4.1). States, events and effects beside those of the LNS's side are
/// nested here.</summary>
public static class LacCall
{
    /// <summary>The call waits for its tunnel.</summary>
    public sealed record WaitTunnel(SessionId Local, ControlMessage.Icrq Request, ControlMessage.Iccn Connect) : CallState;

    /// <summary>ICRQ is sent, no ICRP yet.</summary>
    public sealed record WaitReply(SessionId Local, ControlMessage.Iccn Connect, Instant GiveUpAt) : CallState;

    /// <summary>A subscriber calls; the tunnel may not be open yet.</summary>
    public sealed record Dial(SessionId Local, ControlMessage.Icrq Request, ControlMessage.Iccn Connect) : CallEvent;

    /// <summary>The tunnel is established.</summary>
    public sealed record TunnelOpened : CallEvent
    {
        public static readonly TunnelOpened Instance = new();
    }

    /// <summary>The call needs its tunnel and waits for <see cref="TunnelOpened"/>.</summary>
    public sealed record OpenTunnel : CallEffect
    {
        public static readonly OpenTunnel Instance = new();
    }

    private static readonly ResultCode NoIcrp = new(ResultCode.Cdn.Timeout, null, "no ICRP in time");

    /// <summary>One row of the RFC's table per arm, in its order; then what the RFC leaves open.</summary>
    public static Transition<CallState, CallEffect> On(CallState state, CallEvent ev, Instant now, CallSettings settings) =>
        (state, ev) switch
        {
            // idle
            (CallState.Idle, Dial d) => new(new WaitTunnel(d.Local, d.Request, d.Connect), OpenTunnel.Instance),
            (CallState.Idle, CallEvent.MessageReceived { Message: ControlMessage.Iccn or ControlMessage.Icrp } m) =>
                CallEnd.End(CallEnd.Unexpected(m.Message)),
            (CallState.Idle, CallEvent.MessageReceived { Message: ControlMessage.Cdn c }) => CallEnd.End(CallEnd.Disconnected(c)),
            // wait-tunnel
            (WaitTunnel, CallEvent.CloseRequested c) => CallEnd.End(c.Why),
            (WaitTunnel w, TunnelOpened) => new(
                new WaitReply(w.Local, w.Connect, now + settings.ConnectTimeout),
                new CallEffect.Send(w.Local, default, w.Request with { AssignedSessionId = w.Local })),
            // wait-reply
            (WaitReply w, CallEvent.MessageReceived { Message: ControlMessage.Icrp p }) => new(
                new CallState.Established(w.Local, p.AssignedSessionId),
                new CallEffect.Send(w.Local, p.AssignedSessionId, w.Connect),
                new CallEffect.OpenPath(w.Local, p.AssignedSessionId, w.Connect)),
            (WaitReply w, CallEvent.MessageBroken b) => CallEnd.HangUp(w.Local, default, CallEnd.Broken(b), b.Code),
            (WaitReply w, CallEvent.MessageReceived { Message: ControlMessage.Icrq m }) =>
                CallEnd.HangUp(w.Local, default, CallEnd.Unexpected(m), CallEnd.BadState),
            (WaitReply, CallEvent.MessageReceived { Message: ControlMessage.Cdn c }) => CallEnd.End(CallEnd.Disconnected(c)),
            (WaitReply, CallEvent.MessageReceived { Message: ControlMessage.Iccn m }) => CallEnd.End(CallEnd.Unexpected(m)),
            (WaitReply w, CallEvent.CloseRequested c) => CallEnd.HangUp(w.Local, default, c.Why, c.Code, c.Cause),
            // ours: the tunnel's end, the time limit
            (WaitTunnel or WaitReply, CallEvent.TunnelClosed t) => CallEnd.End(t.Why),
            (WaitReply w, CallEvent.Tick) when now >= w.GiveUpAt => CallEnd.HangUp(w.Local, default, CallEnd.TimedOut("no ICRP"), NoIcrp),
            // established, and the ends of an idle call: as on the LNS's side
            (CallState.Established, _) or (CallState.Idle, CallEvent.TunnelClosed or CallEvent.CloseRequested) =>
                IncomingCall.On(state, ev, now, settings),
            _ => new(state), // SLI and other messages change nothing, nor does a tick too early, nor anything after the end
        };

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(CallState state) => (state as WaitReply)?.GiveUpAt;
}

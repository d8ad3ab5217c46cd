using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>State of a control connection. The names are those of RFC 2661 section 7.2.1.</summary>
public abstract record TunnelState
{
    internal TunnelState() { } // the LAC side adds WaitCtlReply

    /// <summary>Waits for the SCCRQ. <paramref name="Refused"/> not null: the SCCRQ will be refused.</summary>
    public sealed record Idle(Instant GiveUpAt, Refusal? Refused) : TunnelState;
    /// <summary>The SCCRP is sent.</summary>
    public sealed record WaitCtlConn(Instant GiveUpAt, PeerInfo Peer) : TunnelState;
    public sealed record Established(PeerInfo Peer) : TunnelState;
    /// <summary>This side stopped the tunnel. Lasts until the StopCCN is acknowledged or the peer is considered dead.</summary>
    public sealed record Stopping : TunnelState
    {
        public static readonly Stopping Instance = new();
    }
    /// <summary>Stopped by the peer. Retransmissions are acknowledged for a full retransmission cycle (RFC 2661 section 5.7).</summary>
    public sealed record Stopped(Instant Until) : TunnelState;
    /// <summary>Final state.</summary>
    public sealed record Over : TunnelState
    {
        public static readonly Over Instance = new();
    }
}

/// <summary>Event of the control connection itself.</summary>
public abstract record TunnelEvent
{
    internal TunnelEvent() { } // the LAC side adds OpenRequested

    public sealed record MessageReceived(ControlMessage Message) : TunnelEvent;
    /// <summary>A malformed message whose fault ends the tunnel.</summary>
    /// <param name="Peer">The peer's tunnel id, if a malformed SCCRQ contains it.</param>
    public sealed record MessageBroken(MessageFault Fault, TunnelId Peer) : TunnelEvent;
    public sealed record CloseRequested(EndReason Why, ResultCode Code) : TunnelEvent;
    /// <summary>All messages of this side are acknowledged.</summary>
    public sealed record Acknowledged : TunnelEvent
    {
        public static readonly Acknowledged Instance = new();
    }
    /// <summary>The reliable channel considers the peer dead.</summary>
    /// <param name="IsRestart">The peer asked for another tunnel, and then did not acknowledge a Hello of this one.</param>
    public sealed record PeerDied(bool IsRestart) : TunnelEvent
    {
        public static readonly PeerDied Instance = new(false), AfterProbe = new(true);
    }
    /// <summary>The set-up has taken too long, and the peer has not answered our SCCRP at all.</summary>
    public sealed record Unanswered : TunnelEvent
    {
        public static readonly Unanswered Instance = new();
    }
    /// <summary>The peer acknowledges so slowly that too many messages wait, or one for too long.</summary>
    public sealed record Overrun(int Messages) : TunnelEvent;
    public sealed record Tick : TunnelEvent
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What <see cref="ControlConnection"/> must do for the tunnel machine, in order.</summary>
public abstract record TunnelEffect
{
    private TunnelEffect() { }

    /// <summary>Send all further messages to this tunnel id with this window.</summary>
    public sealed record PeerKnown(TunnelId Peer, ushort? Window) : TunnelEffect;
    public sealed record Send(ControlMessage Message) : TunnelEffect;
    /// <summary>Send a StopCCN before all messages that wait for the window.</summary>
    public sealed record SendStop(ResultCode Code) : TunnelEffect;
    public sealed record Opened(PeerInfo Peer) : TunnelEffect;
    public sealed record Closed(EndReason Why) : TunnelEffect;
    /// <summary>Send only acknowledgements from now on.</summary>
    public sealed record FallSilent : TunnelEffect
    {
        public static readonly FallSilent Instance = new();
    }
    /// <summary>The LAC lost the tie. Start again with a new channel and the same SCCRQ.</summary>
    public sealed record Requeue(ControlMessage.Sccrq Request) : TunnelEffect;
    public sealed record Drop(L2tpError Error) : TunnelEffect;
    public sealed record Finished : TunnelEffect
    {
        public static readonly Finished Instance = new();
    }
}

/// <summary>Constant input of the tunnel machine.</summary>
/// <param name="Secret">Empty: no tunnel authentication.</param>
/// <param name="Challenge">Random challenge of this side.</param>
public readonly record struct TunnelContext(ControlConnectionSettings Settings, TunnelId Local, AvpOctets Secret, AvpOctets Challenge);

/// <summary>The transitions that one side adds to the shared machine <see cref="ControlConnection"/>.</summary>
internal interface ITunnelSide
{
    static abstract Transition<TunnelState, TunnelEffect> On(TunnelState state, TunnelEvent ev, Instant now, TunnelContext context);
    static abstract Instant? NextDeadline(TunnelState state);
}

/// <summary>The LNS side: <see cref="Tunnel"/>. The LAC side is in Akka.LNS.Protocol.Peers.</summary>
internal readonly struct LnsSide : ITunnelSide
{
    public static Transition<TunnelState, TunnelEffect> On(TunnelState state, TunnelEvent ev, Instant now, TunnelContext context) =>
        Tunnel.On(state, ev, now, context);
    public static Instant? NextDeadline(TunnelState state) => Tunnel.NextDeadline(state);
}

/// <summary>
/// Establishment and teardown of a control connection, LNS side. RFC 2661 section 7.2.1. Tunnel authentication: RFC 2661 section 5.1.1.
/// </summary>
public static class Tunnel
{
    /// <summary>Framing Capabilities: synchronous and asynchronous. RFC 2661 section 4.4.3.</summary>
    public const uint BothFramings = 3;

    /// <summary>Applies an event. The arms follow the rows of the table in the RFC. Cases that the RFC does not define come last.</summary>
    public static Transition<TunnelState, TunnelEffect> On(TunnelState state, TunnelEvent ev, Instant now, TunnelContext context) =>
        (state, ev) switch
        {
            // idle
            (TunnelState.Idle i, TunnelEvent.MessageReceived { Message: ControlMessage.Sccrq m }) => Judge(i, m, context) is { } no
                ? Stop(no.Why, no.Code, new TunnelEffect.PeerKnown(m.AssignedTunnelId, m.ReceiveWindow))
                : Reply(i, m, context),
            (TunnelState.Idle, TunnelEvent.MessageReceived { Message: ControlMessage.Sccrp m }) =>
                Stop(Unexpected(m), BadState, new TunnelEffect.PeerKnown(m.AssignedTunnelId, m.ReceiveWindow)),
            (TunnelState.Idle, TunnelEvent.MessageReceived { Message: ControlMessage.Scccn m }) => End(Unexpected(m)),
            // wait-ctl-conn
            (TunnelState.WaitCtlConn w, TunnelEvent.MessageReceived { Message: ControlMessage.Scccn m }) => Judge(m, context) is { } no
                ? Stop(no.Why, no.Code)
                : new(new TunnelState.Established(w.Peer), new TunnelEffect.Opened(w.Peer)),
            (TunnelState.WaitCtlConn, TunnelEvent.MessageReceived { Message: ControlMessage.Sccrp or ControlMessage.Sccrq } m) =>
                Stop(Unexpected(m.Message), BadState),
            // established
            (TunnelState.Established, TunnelEvent.CloseRequested c) => Stop(c.Why, c.Code),
            (TunnelState.Established,
                TunnelEvent.MessageReceived { Message: ControlMessage.Sccrq or ControlMessage.Sccrp or ControlMessage.Scccn } m) =>
                Stop(Unexpected(m.Message), BadState),
            // idle, wait-ctl-conn, established
            (TunnelState.Idle or TunnelState.WaitCtlConn or TunnelState.Established,
                TunnelEvent.MessageReceived { Message: ControlMessage.StopCcn m }) =>
                StopByPeer(m, now, context, state is not TunnelState.Established && IsAboutTheSecret(m.Result)
                    ? SecretNotAccepted(m, context) : StoppedByPeer(m)),
            // not in the RFC: close, malformed message and deadline in the states before the end
            (TunnelState.Idle, TunnelEvent.CloseRequested c) => End(c.Why),
            (TunnelState.WaitCtlConn, TunnelEvent.CloseRequested c) => Stop(c.Why, c.Code),
            (TunnelState.Idle, TunnelEvent.MessageBroken { Peer.IsZero: false } b) =>
                Stop(Broken(b.Fault), b.Fault.Answer, new TunnelEffect.PeerKnown(b.Peer, null)),
            (TunnelState.Idle, TunnelEvent.MessageBroken b) => End(Broken(b.Fault)), // the peer has no id to answer to
            (TunnelState.WaitCtlConn or TunnelState.Established, TunnelEvent.MessageBroken b) =>
                Stop(Broken(b.Fault), b.Fault.Answer),
            (TunnelState.Idle i, TunnelEvent.Tick) when now >= i.GiveUpAt => End(TimedOut),
            (TunnelState.WaitCtlConn w, TunnelEvent.Tick) when now >= w.GiveUpAt => Stop(NoScccn(context), TooSlow),
            (TunnelState.WaitCtlConn, TunnelEvent.Unanswered) => End(NoAnswer), // nothing more goes to an address that may be forged
            (TunnelState.WaitCtlConn or TunnelState.Established, TunnelEvent.PeerDied d) => End(d.IsRestart ? Restarted : Dead),
            (TunnelState.WaitCtlConn or TunnelState.Established, TunnelEvent.Overrun o) => Overrun(o.Messages),
            // not in the RFC: after the end
            (TunnelState.Stopping, TunnelEvent.MessageReceived { Message: ControlMessage.StopCcn }) => new(
                new TunnelState.Stopped(now + context.Settings.ClosingLinger), TunnelEffect.FallSilent.Instance),
            (TunnelState.Stopping, TunnelEvent.Acknowledged or TunnelEvent.PeerDied or TunnelEvent.Overrun) =>
                new(TunnelState.Over.Instance, TunnelEffect.Finished.Instance),
            (TunnelState.Stopped s, TunnelEvent.Tick) when now >= s.Until => new(TunnelState.Over.Instance, TunnelEffect.Finished.Instance),
            (TunnelState.Stopping or TunnelState.Stopped or TunnelState.Over, TunnelEvent.MessageReceived or TunnelEvent.MessageBroken) =>
                new(state, new TunnelEffect.Drop(L2tpError.NoControlConnection)),
            (_, TunnelEvent.MessageReceived { Message: ControlMessage.Unknown }) =>
                new(state, new TunnelEffect.Drop(L2tpError.UnknownMessage)),
            _ => new(state), // a Hello is only acknowledged; an early tick changes nothing
        };

    /// <summary>Time of the next Tick for <see cref="On"/>; null: never.</summary>
    public static Instant? NextDeadline(TunnelState state) => state switch
    {
        TunnelState.Idle i => i.GiveUpAt,
        TunnelState.WaitCtlConn w => w.GiveUpAt,
        TunnelState.Stopped s => s.Until,
        _ => null,
    };

    internal static readonly EndReason TimedOut =
        new(EndParty.Lns, EndLayer.Tunnel, EndCause.SetupTimeout, "tunnel not established in time");
    internal static readonly ResultCode TooSlow = Hangup.StopCcn(TimedOut, "setup timeout");
    internal static readonly ResultCode BadState = Hangup.StopCcn(Violation("message not allowed in this state of the tunnel"));
    private static readonly EndReason NoAnswer =
        new(EndParty.Peer, EndLayer.Tunnel, EndCause.SetupTimeout, "no answer to the SCCRP");
    private static readonly EndReason Restarted = new(EndParty.Peer, EndLayer.Tunnel, EndCause.TunnelTimeout,
        "the LAC restarted: it opened a new tunnel and did not acknowledge a Hello of this one");
    internal static readonly EndReason Dead =
        new(EndParty.Lns, EndLayer.Tunnel, EndCause.TunnelTimeout, "the peer stopped acknowledging control messages");

    private static Transition<TunnelState, TunnelEffect> Reply(TunnelState.Idle idle, ControlMessage.Sccrq m, TunnelContext c)
    {
        var peer = new PeerInfo(
            m.AssignedTunnelId, m.HostName, m.VendorName, m.FirmwareRevision, m.FramingCapabilities, m.BearerCapabilities,
            m.ReceiveWindow ?? ControlChannel.DefaultWindow);
        return new(new TunnelState.WaitCtlConn(idle.GiveUpAt, peer),
            new TunnelEffect.PeerKnown(m.AssignedTunnelId, m.ReceiveWindow),
            new TunnelEffect.Send(new ControlMessage.Sccrp(c.Settings.HostName, c.Local, BothFramings)
            {
                FirmwareRevision = c.Settings.FirmwareRevision, VendorName = c.Settings.VendorName,
                ReceiveWindow = c.Settings.ReceiveWindow,
                BearerCapabilities = 0, Challenge = c.Secret.IsEmpty ? default : c.Challenge,
                ChallengeResponse = Answer(MessageType.Sccrp, m.Challenge, c),
            }));
    }

    internal static AvpOctets Answer(MessageType carrier, AvpOctets challenge, TunnelContext c) =>
        challenge.IsEmpty ? default : TunnelAuthentication.Respond(carrier, c.Secret.Span, challenge.Span);

    private static Refusal? Judge(TunnelState.Idle idle, ControlMessage.Sccrq m, TunnelContext c) =>
        m.ProtocolVersion >> 8 != ControlMessage.SupportedVersion >> 8 ? WrongVersion(m.ProtocolVersion)
        : idle.Refused ?? CannotAnswer(m.Challenge, c);

    private static Refusal? Judge(ControlMessage.Scccn m, TunnelContext c) => CheckResponse(MessageType.Scccn, m.ChallengeResponse, c);

    internal static Refusal WrongVersion(ushort version) => Refuse(EndParty.Lns, EndCause.NegotiationFailed,
        $"the peer uses L2TP version {version >> 8}.{version & 0xFF}", "only L2TP version 1.0 is supported");

    internal static Refusal? CannotAnswer(AvpOctets challenge, TunnelContext c) => challenge.IsEmpty || !c.Secret.IsEmpty ? null
        : NotAuthorized(EndParty.Lns, "the peer requires tunnel authentication, but no secret is configured for it");

    internal static Refusal? CheckResponse(MessageType carrier, AvpOctets response, TunnelContext c) =>
        c.Secret.IsEmpty || TunnelAuthentication.Verify(carrier, c.Secret.Span, c.Challenge.Span, response.Span) ? null
        : NotAuthorized(EndParty.Peer, response.IsEmpty
        ? "no Challenge Response from the peer" : "wrong Challenge Response from the peer: the secrets differ");

    private static Refusal NotAuthorized(EndParty by, string why) =>
        Refuse(by, EndCause.TunnelAuthenticationFailed, why, "tunnel authentication failed");

    private static Refusal Refuse(EndParty by, EndCause cause, string why, string text)
    {
        var reason = new EndReason(by, EndLayer.Tunnel, cause, why);
        return new Refusal(Hangup.StopCcn(reason, text), reason);
    }

    private static Transition<TunnelState, TunnelEffect> Overrun(int messages)
    {
        var why = new EndReason(EndParty.Peer, EndLayer.Tunnel, EndCause.TunnelTimeout,
            string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"the peer acknowledges too slowly: {messages} control messages wait"));
        return Stop(why, Hangup.StopCcn(why));
    }

    internal static Transition<TunnelState, TunnelEffect> StopByPeer(
        ControlMessage.StopCcn m, Instant now, TunnelContext c, EndReason? why = null) => new(
        new TunnelState.Stopped(now + c.Settings.ClosingLinger), new TunnelEffect.Closed(why ?? StoppedByPeer(m)),
        TunnelEffect.FallSilent.Instance);

    internal static Transition<TunnelState, TunnelEffect> Stop(EndReason why, ResultCode code, params ReadOnlySpan<TunnelEffect> first)
    {
        ReadOnlySpan<TunnelEffect> effects = [.. first, new TunnelEffect.Closed(why), new TunnelEffect.SendStop(code)];
        return new(TunnelState.Stopping.Instance, effects);
    }

    internal static Transition<TunnelState, TunnelEffect> End(EndReason why) =>
        new(TunnelState.Over.Instance, new TunnelEffect.Closed(why), TunnelEffect.FallSilent.Instance, TunnelEffect.Finished.Instance);

    internal static EndReason Unexpected(ControlMessage message) => Violation($"unexpected {message.Type}");
    internal static EndReason Broken(MessageFault fault) =>
        fault is { Error: L2tpError.BadHiddenAvp, Type: MessageType.Sccrq or MessageType.Scccn }
        ? new(EndParty.Peer, EndLayer.Tunnel, EndCause.TunnelAuthenticationFailed,
            $"hidden AVP in {fault.Type} cannot be read: no secret is configured, or the secrets differ")
        : Violation($"{fault.Error} in {fault.Type}: {fault.Answer.Text}");
    private static EndReason Violation(string what) => new(EndParty.Peer, EndLayer.Tunnel, EndCause.ProtocolViolation, what);
    /// <summary>
    /// True when a StopCCN in set-up says that the peer did not accept our proof of the secret. Its codes differ: 4 (RFC 2661 section
    /// 4.4.2) or a general error with a text (xl2tpd).
    /// </summary>
    private static bool IsAboutTheSecret(ResultCode result) => result.Result == ResultCode.StopCcn.NotAuthorized
        || SecretWords.Any(word => result.Text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] SecretWords = ["auth", "challenge", "secret"];

    private static EndReason SecretNotAccepted(ControlMessage.StopCcn stop, TunnelContext c) => new(EndParty.Peer, EndLayer.Tunnel,
        EndCause.TunnelAuthenticationFailed,
        $"the peer does not accept {(c.Secret.IsEmpty ? "this LNS" : "our tunnel secret")}: {stop.Result.Describe(MessageType.StopCcn)}");

    private static EndReason NoScccn(TunnelContext c) => TimedOut with
    {
        Text = c.Secret.IsEmpty ? "no SCCCN after the acknowledged SCCRP" : "no SCCCN after the acknowledged SCCRP; the secrets may differ",
    };

    private static EndReason StoppedByPeer(ControlMessage.StopCcn stop) =>
        new(EndParty.Peer, EndLayer.Tunnel, EndCause.TunnelStopped, stop.Result.Describe(MessageType.StopCcn));
}

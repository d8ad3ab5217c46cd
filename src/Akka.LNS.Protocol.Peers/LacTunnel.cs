using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.Peers;

/// <summary>The originator's rows of RFC 2661 section 7.2.1: local open and wait-ctl-reply. All others are those of
/// <see cref="Tunnel"/>.</summary>
public static class LacTunnel
{
    /// <summary>SCCRQ is sent, no reply yet.</summary>
    /// <param name="TieBreaker">Value of the Tie Breaker AVP of our SCCRQ; null: none was sent.</param>
    public sealed record WaitCtlReply(Instant GiveUpAt, ulong? TieBreaker) : TunnelState;

    /// <summary>Local open request.</summary>
    public sealed record OpenRequested : TunnelEvent
    {
        public static readonly OpenRequested Instance = new();
    }

    /// <summary>One row of the RFC's table per arm, in its order; then what the RFC leaves open.</summary>
    public static Transition<TunnelState, TunnelEffect> On(TunnelState state, TunnelEvent ev, Instant now, TunnelContext context) =>
        (state, ev) switch
        {
            // idle
            (TunnelState.Idle, OpenRequested) => SendRequest(now, context),
            // wait-ctl-reply
            (WaitCtlReply, TunnelEvent.MessageReceived { Message: ControlMessage.Sccrp m }) => Judge(m, context) is { } no
                ? Tunnel.Stop(no.Why, no.Code, new TunnelEffect.PeerKnown(m.AssignedTunnelId, m.ReceiveWindow))
                : Connect(m, context),
            (WaitCtlReply w, TunnelEvent.MessageReceived { Message: ControlMessage.Sccrq m }) => LosesTie(w.TieBreaker, m.TieBreaker)
                ? new(new TunnelState.Idle(w.GiveUpAt, null), new TunnelEffect.Requeue(m))
                // this side wins, and the peer cleans up its own connection (RFC 2661 section 4.4.3)
                : new(state, new TunnelEffect.Drop(L2tpError.Unexpected)),
            (WaitCtlReply, TunnelEvent.MessageReceived { Message: ControlMessage.Scccn m }) =>
                Tunnel.Stop(Tunnel.Unexpected(m), Tunnel.BadState),
            (WaitCtlReply, TunnelEvent.MessageReceived { Message: ControlMessage.StopCcn m }) => Tunnel.StopByPeer(m, now, context),
            // ours: the RFC has no row for these
            (WaitCtlReply, TunnelEvent.CloseRequested c) => Tunnel.Stop(c.Why, c.Code),
            (WaitCtlReply, TunnelEvent.MessageBroken b) => Tunnel.Stop(Tunnel.Broken(b.Fault), b.Fault.Answer),
            (WaitCtlReply w, TunnelEvent.Tick) when now >= w.GiveUpAt => Tunnel.Stop(Tunnel.TimedOut, Tunnel.TooSlow),
            (WaitCtlReply, TunnelEvent.PeerDied) => Tunnel.End(Tunnel.Dead),
            _ => Tunnel.On(state, ev, now, context),
        };

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(TunnelState state) => state is WaitCtlReply w ? w.GiveUpAt : Tunnel.NextDeadline(state);

    private static Transition<TunnelState, TunnelEffect> SendRequest(Instant now, TunnelContext c) => new(
        new WaitCtlReply(now + c.Settings.SetupTimeout, null),
        new TunnelEffect.Send(new ControlMessage.Sccrq(c.Settings.HostName, c.Local, Tunnel.BothFramings)
        {
            FirmwareRevision = c.Settings.FirmwareRevision, VendorName = c.Settings.VendorName, ReceiveWindow = c.Settings.ReceiveWindow,
            BearerCapabilities = 0, Challenge = c.Secret.IsEmpty ? default : c.Challenge,
        }));

    private static Transition<TunnelState, TunnelEffect> Connect(ControlMessage.Sccrp m, TunnelContext c)
    {
        var peer = new PeerInfo(m.AssignedTunnelId, m.HostName, m.VendorName, m.FirmwareRevision, m.FramingCapabilities,
            m.BearerCapabilities, m.ReceiveWindow ?? ControlChannel.DefaultWindow);
        return new(new TunnelState.Established(peer),
            new TunnelEffect.PeerKnown(m.AssignedTunnelId, m.ReceiveWindow),
            new TunnelEffect.Send(new ControlMessage.Scccn(Tunnel.Answer(MessageType.Scccn, m.Challenge, c))),
            new TunnelEffect.Opened(peer));
    }

    private static Refusal? Judge(ControlMessage.Sccrp m, TunnelContext c) =>
        m.ProtocolVersion >> 8 != ControlMessage.SupportedVersion >> 8 ? Tunnel.WrongVersion(m.ProtocolVersion)
        : Tunnel.CheckResponse(MessageType.Sccrp, m.ChallengeResponse, c) ?? Tunnel.CannotAnswer(m.Challenge, c);

    /// <summary>The lower value wins; a side without one loses to a side with one (RFC 2661 section 4.4.3). With equal values this side
    /// yields, where the RFC lets both start again.</summary>
    private static bool LosesTie(ulong? ours, ulong? theirs) => theirs is { } t && (ours is not { } o || t <= o);
}

using System.Collections.Immutable;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Peers;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.Tests.L2tp;

public class TunnelTests
{
    private static readonly Instant Now = new(5_000);
    private static readonly ControlConnectionSettings Settings = new() { HostName = "us" };
    private static readonly TunnelId Local = new(70), PeerId = new(30);
    private static readonly AvpOctets Secret = new("s3cret"u8), Challenge = new("0123456789abcdef"u8),
        TheirChallenge = new("their challenge"u8);
    private static readonly TunnelContext Open = new(Settings, Local, default, Challenge);
    private static readonly TunnelContext Guarded = new(Settings, Local, Secret, Challenge);
    private static readonly ControlMessage.Sccrq Sccrq = new("lac", PeerId, 3) { ReceiveWindow = 8, VendorName = "v" };
    private static readonly ControlMessage.Sccrp Sccrp = new("lac", PeerId, 3) { ReceiveWindow = 8, VendorName = "v" };
    private static readonly ControlMessage.Scccn Scccn = new();
    private static readonly ControlMessage.StopCcn StopCcn = new(PeerId, new ResultCode(6));
    private static readonly PeerInfo Peer = new(PeerId, "lac", "v", null, 3, null, 8);
    private static readonly EndReason Why = new(EndParty.Administrator, EndLayer.Tunnel, EndCause.AdministrativeReset, "test");
    private static readonly ResultCode Code = new(6);

    private static readonly TunnelState Idle = new TunnelState.Idle(Now + Settings.SetupTimeout, null);
    private static readonly TunnelState WaitReply = new LacTunnel.WaitCtlReply(Now + Settings.SetupTimeout, null);
    private static readonly TunnelState WaitConn = new TunnelState.WaitCtlConn(Now + Settings.SetupTimeout, Peer);
    private static readonly TunnelState Up = new TunnelState.Established(Peer);

    private static (TunnelState State, ImmutableArray<TunnelEffect> Effects) On(TunnelState state, TunnelEvent ev,
        TunnelContext? context = null, Instant? now = null)
    {
        var (next, effects) = IsLac(state) || ev is LacTunnel.OpenRequested
            ? LacTunnel.On(state, ev, now ?? Now, context ?? Open) : Tunnel.On(state, ev, now ?? Now, context ?? Open);
        return (next, effects);
    }

    private static bool IsLac(TunnelState state) => state is LacTunnel.WaitCtlReply;

    private static TunnelEvent.MessageReceived Got(ControlMessage message) => new(message);

    private static EndReason AssertStops((TunnelState State, ImmutableArray<TunnelEffect> Effects) got, ushort result)
    {
        Assert.IsType<TunnelState.Stopping>(got.State);
        Assert.Equal(result, Assert.Single(got.Effects.OfType<TunnelEffect.SendStop>()).Code.Result);
        return Assert.Single(got.Effects.OfType<TunnelEffect.Closed>()).Why;
    }

    [Fact]
    public void Idle_local_open_sends_sccrq()
    {
        var (state, effects) = On(Idle, LacTunnel.OpenRequested.Instance, Guarded);
        Assert.Equal(WaitReply, state);
        var sccrq = Assert.IsType<ControlMessage.Sccrq>(Assert.IsType<TunnelEffect.Send>(Assert.Single(effects)).Message);
        Assert.Equal(("us", Local, (ushort?)64, Challenge), (sccrq.HostName, sccrq.AssignedTunnelId, sccrq.ReceiveWindow, sccrq.Challenge));
    }

    [Fact]
    public void Idle_receives_sccrq_acceptable_and_sends_sccrp()
    {
        var (state, effects) = On(Idle, Got(Sccrq));
        Assert.Equal(WaitConn, state);
        Assert.Equal(new TunnelEffect.PeerKnown(PeerId, 8), effects[0]);
        var sccrp = Assert.IsType<ControlMessage.Sccrp>(Assert.IsType<TunnelEffect.Send>(effects[1]).Message);
        Assert.True(sccrp.Challenge.IsEmpty && sccrp.ChallengeResponse.IsEmpty);
    }

    [Fact]
    public void Idle_receives_sccrq_not_acceptable_and_sends_stopccn()
    {
        Assert.Equal(EndCause.NegotiationFailed, AssertStops(On(Idle, Got(Sccrq with { ProtocolVersion = 0x0200 })), 5).Cause);
        Assert.Equal(EndCause.TunnelAuthenticationFailed, AssertStops(On(Idle, Got(Sccrq with { Challenge = TheirChallenge })), 4).Cause);
        var refused = new TunnelState.Idle(Now + Settings.SetupTimeout, new Refusal(new ResultCode(2, 7, "busy"), Why));
        Assert.Equal(Why, AssertStops(On(refused, Got(Sccrq)), 2));
    }

    [Fact]
    public void Idle_receives_sccrp_and_sends_stopccn() =>
        Assert.Equal(EndCause.ProtocolViolation, AssertStops(On(Idle, Got(Sccrp)), 7).Cause);

    [Fact]
    public void Idle_receives_scccn_and_cleans_up()
    {
        var (state, effects) = On(Idle, Got(Scccn));
        Assert.IsType<TunnelState.Over>(state);
        Assert.Contains(TunnelEffect.Finished.Instance, effects);
        Assert.Empty(effects.OfType<TunnelEffect.SendStop>());
    }

    [Fact]
    public void Wait_ctl_reply_receives_sccrp_acceptable_and_sends_scccn()
    {
        var (state, effects) = On(WaitReply, Got(Sccrp));
        Assert.Equal(Up, state);
        Assert.Equal<TunnelEffect>(
            [new TunnelEffect.PeerKnown(PeerId, 8), new TunnelEffect.Send(new ControlMessage.Scccn()), new TunnelEffect.Opened(Peer)],
            effects);
    }

    [Fact]
    public void Wait_ctl_reply_receives_sccrp_not_acceptable_and_sends_stopccn()
    {
        AssertStops(On(WaitReply, Got(Sccrp with { ProtocolVersion = 0x0001 })), 5);
        AssertStops(On(WaitReply, Got(Sccrp), Guarded), 4);
        AssertStops(On(WaitReply, Got(Sccrp with { Challenge = TheirChallenge })), 4);
    }

    [Fact]
    public void Wait_ctl_reply_receives_sccrq_and_the_tie_breaker_decides()
    {
        var ours = new LacTunnel.WaitCtlReply(Now + Settings.SetupTimeout, 100);
        var (state, effects) = On(ours, Got(Sccrq with { TieBreaker = 99 }));
        Assert.IsType<TunnelState.Idle>(state);
        Assert.IsType<TunnelEffect.Requeue>(Assert.Single(effects));
        (state, effects) = On(ours, Got(Sccrq with { TieBreaker = 101 }));
        Assert.Equal(ours, state);
        Assert.Equal<TunnelEffect>([new TunnelEffect.Drop(L2tpError.Unexpected)], effects);
        Assert.Equal(ours, On(ours, Got(Sccrq)).State); // a side without a tie breaker loses to a side with one
        Assert.IsType<TunnelState.Idle>(On(WaitReply, Got(Sccrq with { TieBreaker = 5 })).State);
    }

    [Fact]
    public void Wait_ctl_reply_receives_scccn_and_sends_stopccn() => AssertStops(On(WaitReply, Got(Scccn)), 7);

    [Fact]
    public void Wait_ctl_conn_receives_scccn_acceptable_and_opens()
    {
        var (state, effects) = On(WaitConn, Got(Scccn));
        Assert.Equal(Up, state);
        Assert.Equal<TunnelEffect>([new TunnelEffect.Opened(Peer)], effects);
    }

    [Fact]
    public void Wait_ctl_conn_receives_scccn_not_acceptable_and_sends_stopccn()
    {
        Assert.Equal(EndCause.TunnelAuthenticationFailed, AssertStops(On(WaitConn, Got(Scccn), Guarded), 4).Cause);
        var wrong = TunnelAuthentication.Respond(MessageType.Scccn, "other"u8, Challenge.Span);
        Assert.Equal("wrong Challenge Response from the peer: the secrets differ",
            AssertStops(On(WaitConn, Got(new ControlMessage.Scccn(wrong)), Guarded), 4).Text);
    }

    [Fact]
    public void Wait_ctl_conn_receives_sccrp_or_sccrq_and_sends_stopccn()
    {
        AssertStops(On(WaitConn, Got(Sccrp)), 7);
        AssertStops(On(WaitConn, Got(Sccrq)), 7);
    }

    [Fact]
    public void Established_is_closed_by_us_and_sends_stopccn() =>
        Assert.Equal(Why, AssertStops(On(Up, new TunnelEvent.CloseRequested(Why, Code)), 6));

    [Fact]
    public void Established_receives_sccrq_sccrp_or_scccn_and_sends_stopccn()
    {
        foreach (ControlMessage message in new ControlMessage[] { Sccrq, Sccrp, Scccn }) AssertStops(On(Up, Got(message)), 7);
    }

    [Fact]
    public void Stopccn_cleans_up_in_every_state_and_lingers()
    {
        foreach (var state in new[] { Idle, WaitReply, WaitConn, Up })
        {
            var (next, effects) = On(state, Got(StopCcn));
            Assert.Equal(new TunnelState.Stopped(Now + Settings.ClosingLinger), next);
            Assert.Equal("StopCCN 6 (shutting down)", Assert.Single(effects.OfType<TunnelEffect.Closed>()).Why.Text);
            Assert.Contains(TunnelEffect.FallSilent.Instance, effects);
            var due = Tunnel.NextDeadline(next)!.Value;
            Assert.Equal(next, On(next, TunnelEvent.Tick.Instance, now: due - TimeSpan.FromTicks(1)).State);
            Assert.Equal<TunnelEffect>([TunnelEffect.Finished.Instance], On(next, TunnelEvent.Tick.Instance, now: due).Effects);
        }
    }

    [Fact, Trait("Rfc", "RFC2661-5.1.1-1")]
    public void Both_sides_prove_the_secret()
    {
        var (_, sent) = On(Idle, Got(Sccrq with { Challenge = TheirChallenge }), Guarded);
        var sccrp = (ControlMessage.Sccrp)((TunnelEffect.Send)sent[1]).Message;
        Assert.Equal(Challenge, sccrp.Challenge);
        Assert.Equal(TunnelAuthentication.Respond(MessageType.Sccrp, Secret.Span, TheirChallenge.Span), sccrp.ChallengeResponse);
        var right = TunnelAuthentication.Respond(MessageType.Scccn, Secret.Span, Challenge.Span);
        Assert.Equal(Up, On(WaitConn, Got(new ControlMessage.Scccn(right)), Guarded).State);
    }

    [Fact]
    public void Set_up_that_takes_too_long_ends_exactly_at_the_deadline()
    {
        foreach (var state in new[] { WaitReply, WaitConn })
        {
            var due = (IsLac(state) ? LacTunnel.NextDeadline(state) : Tunnel.NextDeadline(state))!.Value;
            Assert.Equal(state, On(state, TunnelEvent.Tick.Instance, now: due - TimeSpan.FromTicks(1)).State);
            Assert.Equal(EndCause.SetupTimeout, AssertStops(On(state, TunnelEvent.Tick.Instance, now: due), 1).Cause);
        }
        Assert.IsType<TunnelState.Over>(On(Idle, TunnelEvent.Tick.Instance, now: Tunnel.NextDeadline(Idle)).State);
    }

    [Fact]
    public void A_fault_of_tunnel_scope_stops_the_tunnel_with_its_code()
    {
        var fault = new MessageFault(L2tpError.UnknownMandatoryAvp, ErrorScope.Tunnel, MessageType.Hello, default, 0, 200);
        foreach (var state in new[] { WaitReply, WaitConn, Up }) AssertStops(On(state, new TunnelEvent.MessageBroken(fault, PeerId)), 2);
        AssertStops(On(Idle, new TunnelEvent.MessageBroken(fault, PeerId)), 2);
        Assert.IsType<TunnelState.Over>(On(Idle, new TunnelEvent.MessageBroken(fault, default)).State); // no peer to answer
    }

    [Fact]
    public void A_dead_peer_closes_and_an_acknowledged_stop_finishes()
    {
        Assert.Equal(EndCause.TunnelTimeout,
            On(Up, TunnelEvent.PeerDied.Instance).Effects.OfType<TunnelEffect.Closed>().Single().Why.Cause);
        Assert.IsType<TunnelState.Over>(On(TunnelState.Stopping.Instance, TunnelEvent.Acknowledged.Instance).State);
        Assert.IsType<TunnelState.Over>(On(TunnelState.Stopping.Instance, TunnelEvent.PeerDied.Instance).State);
        var (state, effects) = On(TunnelState.Stopping.Instance, Got(StopCcn)); // both stopped at once
        Assert.IsType<TunnelState.Stopped>(state);
        Assert.Empty(effects.OfType<TunnelEffect.Closed>());
    }
}

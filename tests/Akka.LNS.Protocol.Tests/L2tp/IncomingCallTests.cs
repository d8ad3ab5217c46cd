using System.Collections.Immutable;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Peers;
using Akka.LNS.Wire.L2tp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.L2tp;

public class IncomingCallTests
{
    internal static readonly SessionId Local = new(7), Peer = new(9);
    internal static readonly Instant Now = new(1_000);
    internal static readonly CallSettings Settings = CallSettings.Default;
    internal static readonly EndReason Why = new(EndParty.Administrator, EndLayer.Session, EndCause.AdministrativeReset, "test");
    internal static readonly ResultCode Code = new(3);
    internal static readonly ControlMessage.Icrq Icrq = new(Peer, 1);
    internal static readonly ControlMessage.Icrp Icrp = new(Peer);
    internal static readonly ControlMessage.Iccn Iccn = new(1_000_000, 1);
    internal static readonly ControlMessage.Cdn Cdn = new(Peer, new ResultCode(1));

    private static readonly CallState Waiting = new CallState.WaitConnect(Local, Peer, Now + Settings.ConnectTimeout);
    private static readonly CallState Up = new CallState.Established(Local, Peer);

    internal static CallEvent Got(ControlMessage message) => new CallEvent.MessageReceived(message);
    internal static readonly CallEvent Close = new CallEvent.CloseRequested(Why, Code);

    private static (CallState State, ImmutableArray<CallEffect> Effects) On(CallState state, CallEvent ev, Instant? now = null)
    {
        var (next, effects) = IncomingCall.On(state, ev, now ?? Now, Settings);
        return (next, effects);
    }

    /// <summary>CDN with <paramref name="code"/>, then the end, and the path closed first if it was open.</summary>
    internal static void AssertHangsUp((CallState State, ImmutableArray<CallEffect> Effects) got, ResultCode code, bool path,
        SessionId? peer = null)
    {
        var over = Assert.IsType<CallState.Over>(got.State);
        CallEffect[] want =
        [
            .. path ? new CallEffect[] { new CallEffect.ClosePath(Local) } : [],
            new CallEffect.Send(Local, peer ?? Peer, new ControlMessage.Cdn(Local, code)), new CallEffect.Ended(over.Why),
        ];
        Assert.Equal<CallEffect>(want, got.Effects);
    }

    internal static void AssertCleansUp((CallState State, ImmutableArray<CallEffect> Effects) got, EndCause cause, bool path = false)
    {
        var over = Assert.IsType<CallState.Over>(got.State);
        Assert.Equal(cause, over.Why.Cause);
        CallEffect[] want = [.. path ? new CallEffect[] { new CallEffect.ClosePath(Local) } : [], new CallEffect.Ended(over.Why)];
        Assert.Equal<CallEffect>(want, got.Effects);
    }

    [Fact]
    public void Idle_receives_icrq_acceptable_and_sends_icrp()
    {
        var (state, effects) = On(CallState.Idle.Instance, new CallEvent.Offered(Local, Icrq, null));
        Assert.Equal(Waiting, state);
        Assert.Equal<CallEffect>([new CallEffect.Send(Local, Peer, new ControlMessage.Icrp(Local))], effects);
    }

    [Fact]
    public void Idle_receives_icrq_not_acceptable_and_sends_cdn() => AssertHangsUp(
        On(CallState.Idle.Instance, new CallEvent.Offered(Local, Icrq, new Refusal(new ResultCode(2, 7, "busy"), Why))),
        new ResultCode(2, 7, "busy"), false);

    [Fact]
    public void Idle_receives_icrp_and_sends_cdn()
    {
        var (state, effects) = On(CallState.Idle.Instance, Got(Icrp));
        Assert.IsType<CallState.Over>(state);
        Assert.Equal(Peer, Assert.IsType<CallEffect.Send>(effects[0]).Peer);
    }

    [Fact]
    public void Idle_receives_iccn_and_cleans_up() => AssertCleansUp(On(CallState.Idle.Instance, Got(Iccn)), EndCause.ProtocolViolation);

    [Fact]
    public void Wait_connect_receives_iccn_and_prepares_for_data()
    {
        var (state, effects) = On(Waiting, Got(Iccn));
        Assert.Equal(Up, state);
        Assert.Equal<CallEffect>([new CallEffect.OpenPath(Local, Peer, Iccn)], effects);
    }

    [Fact]
    public void Wait_connect_receives_iccn_not_acceptable_and_sends_cdn() =>
        AssertHangsUp(On(Waiting, new CallEvent.MessageBroken(L2tpError.MissingAvp, new ResultCode(2, 3))), new ResultCode(2, 3), false);

    [Fact]
    public void Wait_connect_receives_icrq_or_icrp_and_sends_cdn()
    {
        AssertHangsUp(On(Waiting, Got(Icrq)), new ResultCode(2, 3, "message not allowed in this state of the call"), false);
        AssertHangsUp(On(Waiting, Got(Icrp)), new ResultCode(2, 3, "message not allowed in this state of the call"), false);
    }

    [Fact]
    public void Cdn_cleans_up_in_every_state()
    {
        AssertCleansUp(On(CallState.Idle.Instance, Got(Cdn)), EndCause.CallDisconnected);
        AssertCleansUp(On(Waiting, Got(Cdn)), EndCause.CallDisconnected);
        AssertCleansUp(On(Up, Got(Cdn)), EndCause.CallDisconnected, path: true);
    }

    [Fact]
    public void Local_close_request_sends_cdn_in_wait_connect_and_established()
    {
        AssertHangsUp(On(Waiting, Close), Code, false);
        AssertHangsUp(On(Up, Close), Code, true);
        AssertCleansUp(On(CallState.Idle.Instance, Close), Why.Cause);
    }

    [Fact]
    public void Established_receives_icrq_icrp_or_iccn_and_sends_cdn()
    {
        foreach (ControlMessage message in new ControlMessage[] { Icrq, Icrp, Iccn })
            AssertHangsUp(On(Up, Got(message)), new ResultCode(2, 3, "message not allowed in this state of the call"), true);
    }

    [Fact]
    public void Established_takes_wen_as_information()
    {
        var (state, effects) = On(Up, Got(new ControlMessage.Wen(1, 0, 0, 0, 0, 0)));
        Assert.Equal(Up, state);
        Assert.Empty(effects);
    }

    [Fact]
    public void The_end_of_the_tunnel_ends_the_call_without_cdn()
    {
        AssertCleansUp(On(Waiting, new CallEvent.TunnelClosed(Why)), Why.Cause);
        AssertCleansUp(On(Up, new CallEvent.TunnelClosed(Why)), Why.Cause, path: true);
    }

    [Fact] // thirty seconds pass in no time
    public void Missing_iccn_hangs_up_exactly_at_the_deadline()
    {
        var due = IncomingCall.NextDeadline(Waiting)!.Value;
        Assert.Equal(Waiting, On(Waiting, CallEvent.Tick.Instance, due - TimeSpan.FromTicks(1)).State);
        AssertHangsUp(On(Waiting, CallEvent.Tick.Instance, due), new ResultCode(10, null, "no ICCN within 30 s"), false);
    }

    [Fact]
    public void The_cause_of_the_ppp_link_goes_into_the_cdn()
    {
        var cause = new PppDisconnectCause(3, 0xC021, DisconnectDirection.AtPeer);
        var (_, effects) = On(Up, new CallEvent.CloseRequested(Why, Code, cause));
        Assert.Equal(cause, ((ControlMessage.Cdn)((CallEffect.Send)effects[1]).Message).PppDisconnectCause);
    }

    [Fact] // law: with any events on either side, a path is closed exactly as often as it is opened, and the end is reported once
    public void Every_opened_path_is_closed_and_every_call_ends_once() =>
        Gen.Select(Gen.Byte.Array[0, 30], Gen.Bool).Sample((script, lac) =>
    {
        var (state, open, ended) = ((CallState)CallState.Idle.Instance, 0, 0);
        foreach (var b in script.Append((byte)6))
        {
            CallEvent ev = (b % 9) switch
            {
                0 => Got(Iccn),
                1 => Got(Cdn),
                2 => lac ? new LacCall.Dial(Local, Icrq, Iccn) : new CallEvent.Offered(Local, Icrq, null),
                3 => Got(Icrp),
                4 => LacCall.TunnelOpened.Instance,
                5 => new CallEvent.MessageBroken(L2tpError.MissingAvp, Code),
                6 => Close,
                7 => CallEvent.Tick.Instance,
                _ => new CallEvent.TunnelClosed(Why),
            };
            var step = lac ? LacCall.On(state, ev, Now, Settings) : IncomingCall.On(state, ev, Now, Settings);
            state = step.State;
            foreach (var effect in step.Effects)
            {
                open += effect switch { CallEffect.OpenPath => 1, CallEffect.ClosePath => -1, _ => 0 };
                ended += effect is CallEffect.Ended ? 1 : 0;
                if (open is < 0 or > 1) return false;
            }
        }
        return state is CallState.Over && open == 0 && ended == 1;
    }, iter: 20_000);
}

public class IncomingCallLacTests
{
    private static readonly CallState WaitTunnel =
        new LacCall.WaitTunnel(IncomingCallTests.Local, IncomingCallTests.Icrq, IncomingCallTests.Iccn);
    private static readonly CallState WaitReply =
        new LacCall.WaitReply(IncomingCallTests.Local, IncomingCallTests.Iccn,
        IncomingCallTests.Now + IncomingCallTests.Settings.ConnectTimeout);
    private static readonly CallState Up = new CallState.Established(IncomingCallTests.Local, IncomingCallTests.Peer);
    private static readonly ResultCode BadState = new(2, 3, "message not allowed in this state of the call");

    private static (CallState State, ImmutableArray<CallEffect> Effects) On(CallState state, CallEvent ev, Instant? now = null)
    {
        var (next, effects) = LacCall.On(state, ev, now ?? IncomingCallTests.Now, IncomingCallTests.Settings);
        return (next, effects);
    }

    [Fact]
    public void Idle_is_ready_to_dial_and_opens_the_tunnel()
    {
        var (state, effects) = On(CallState.Idle.Instance,
            new LacCall.Dial(IncomingCallTests.Local, IncomingCallTests.Icrq, IncomingCallTests.Iccn));
        Assert.Equal(WaitTunnel, state);
        Assert.Equal<CallEffect>([LacCall.OpenTunnel.Instance], effects);
    }

    [Fact]
    public void Idle_receives_iccn_icrp_or_cdn_and_cleans_up()
    {
        IncomingCallTests.AssertCleansUp(On(CallState.Idle.Instance, IncomingCallTests.Got(IncomingCallTests.Iccn)),
            EndCause.ProtocolViolation);
        IncomingCallTests.AssertCleansUp(On(CallState.Idle.Instance, IncomingCallTests.Got(IncomingCallTests.Icrp)),
            EndCause.ProtocolViolation);
        IncomingCallTests.AssertCleansUp(On(CallState.Idle.Instance, IncomingCallTests.Got(IncomingCallTests.Cdn)),
            EndCause.CallDisconnected);
    }

    [Fact]
    public void Wait_tunnel_is_closed_and_cleans_up() =>
        IncomingCallTests.AssertCleansUp(On(WaitTunnel, IncomingCallTests.Close), EndCause.AdministrativeReset);

    [Fact]
    public void Wait_tunnel_receives_tunnel_open_and_sends_icrq()
    {
        var (state, effects) = On(WaitTunnel, LacCall.TunnelOpened.Instance);
        Assert.Equal(WaitReply, state);
        var icrq = IncomingCallTests.Icrq with { AssignedSessionId = IncomingCallTests.Local };
        Assert.Equal<CallEffect>([new CallEffect.Send(IncomingCallTests.Local, default, icrq)], effects);
    }

    [Fact]
    public void Wait_reply_receives_icrp_acceptable_and_sends_iccn()
    {
        var (state, effects) = On(WaitReply, IncomingCallTests.Got(IncomingCallTests.Icrp));
        Assert.Equal(Up, state);
        Assert.Equal<CallEffect>([
            new CallEffect.Send(IncomingCallTests.Local, IncomingCallTests.Peer, IncomingCallTests.Iccn),
            new CallEffect.OpenPath(IncomingCallTests.Local, IncomingCallTests.Peer, IncomingCallTests.Iccn)], effects);
    }

    [Fact]
    public void Wait_reply_receives_icrp_not_acceptable_and_sends_cdn() => IncomingCallTests.AssertHangsUp(
        On(WaitReply, new CallEvent.MessageBroken(L2tpError.MissingAvp, new ResultCode(2, 3))), new ResultCode(2, 3), false,
        default(SessionId));

    [Fact]
    public void Wait_reply_receives_icrq_and_sends_cdn() => IncomingCallTests.AssertHangsUp(
        On(WaitReply, IncomingCallTests.Got(IncomingCallTests.Icrq)), BadState, false, default(SessionId));

    [Fact]
    public void Wait_reply_receives_cdn_or_iccn_and_cleans_up()
    {
        IncomingCallTests.AssertCleansUp(On(WaitReply, IncomingCallTests.Got(IncomingCallTests.Cdn)), EndCause.CallDisconnected);
        IncomingCallTests.AssertCleansUp(On(WaitReply, IncomingCallTests.Got(IncomingCallTests.Iccn)), EndCause.ProtocolViolation);
    }

    [Fact]
    public void Wait_reply_is_closed_and_sends_cdn() =>
        IncomingCallTests.AssertHangsUp(On(WaitReply, IncomingCallTests.Close), IncomingCallTests.Code, false, default(SessionId));

    [Fact]
    public void Established_receives_cdn_and_cleans_up() =>
        IncomingCallTests.AssertCleansUp(On(Up, IncomingCallTests.Got(IncomingCallTests.Cdn)), EndCause.CallDisconnected, path: true);

    [Fact]
    public void Established_receives_icrq_icrp_or_iccn_and_sends_cdn()
    {
        foreach (ControlMessage message in new ControlMessage[] { IncomingCallTests.Icrq, IncomingCallTests.Icrp, IncomingCallTests.Iccn })
            IncomingCallTests.AssertHangsUp(On(Up, IncomingCallTests.Got(message)), BadState, true);
    }

    [Fact]
    public void Established_is_closed_and_sends_cdn() =>
        IncomingCallTests.AssertHangsUp(On(Up, IncomingCallTests.Close), IncomingCallTests.Code, true);

    [Fact]
    public void Missing_icrp_hangs_up_exactly_at_the_deadline()
    {
        var due = LacCall.NextDeadline(WaitReply)!.Value;
        Assert.Equal(WaitReply, On(WaitReply, CallEvent.Tick.Instance, due - TimeSpan.FromTicks(1)).State);
        IncomingCallTests.AssertHangsUp(On(WaitReply, CallEvent.Tick.Instance, due), new ResultCode(10, null, "no ICRP in time"), false,
            default(SessionId));
    }
}

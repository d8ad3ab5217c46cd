using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.Tests.L2tp;

public class HangupTests
{
    /// <summary>Cause, CDN, StopCCN, PPP Disconnect Cause Code (code, PPP protocol, direction).</summary>
    public static TheoryData<EndCause, string, string, string> Rows => new()
    {
        { EndCause.UserRequest, "CDN 1 (loss of carrier)", "StopCCN 1 (request to clear the control connection)", "3 C021 AtPeer" },
        { EndCause.EchoTimeout, "CDN 1 (loss of carrier)", "StopCCN 1 (request to clear the control connection)", "8 C021 AtPeer" },
        { EndCause.CallDisconnected, "CDN 3 (administrative)", "StopCCN 1 (request to clear the control connection)", "" },
        { EndCause.TunnelStopped, "CDN 3 (administrative)", "StopCCN 1 (request to clear the control connection)", "" },
        { EndCause.TunnelTimeout, "CDN 3 (administrative)", "StopCCN 1 (request to clear the control connection)", "" },
        { EndCause.SetupTimeout, "CDN 10 (timeout)", "StopCCN 1 (request to clear the control connection)", "" },
        { EndCause.IdleTimeout, "CDN 3 (administrative)", "StopCCN 1 (request to clear the control connection)", "3 C021 AtLocal" },
        { EndCause.SessionTimeout, "CDN 3 (administrative)", "StopCCN 1 (request to clear the control connection)", "3 C021 AtLocal" },
        { EndCause.AuthenticationFailed, "CDN 3 (administrative)", "StopCCN 1 (request to clear the control connection)",
            "16 0000 AtPeer" },
        { EndCause.AuthenticationUnavailable, "CDN 4 (no facilities now)", "StopCCN 1 (request to clear the control connection)", "" },
        { EndCause.TunnelAuthenticationFailed, "CDN 3 (administrative)", "StopCCN 4 (not authorized)", "" },
        { EndCause.NegotiationFailed, "CDN 11 (no appropriate framing)", "StopCCN 5/256 (protocol version not supported)", "" },
        { EndCause.NoAddress, "CDN 2/4 (no resources)", "StopCCN 1 (request to clear the control connection)", "" },
        { EndCause.ProtocolViolation, "CDN 3 (administrative)", "StopCCN 7 (state machine error)", "" },
        { EndCause.Refused, "CDN 3 (administrative)", "StopCCN 1 (request to clear the control connection)", "" },
        { EndCause.AdministrativeReset, "CDN 3 (administrative)", "StopCCN 6 (shutting down)", "1 0000 Global" },
        { EndCause.Shutdown, "CDN 3 (administrative)", "StopCCN 6 (shutting down)", "1 0000 Global" },
        { EndCause.DataPlaneFailed, "CDN 2/4 (no resources)", "StopCCN 1 (request to clear the control connection)", "" },
        { EndCause.InternalError, "CDN 2/6 (vendor specific)", "StopCCN 2/6 (vendor specific)", "" },
        { EndCause.NodeLost, "CDN 3 (administrative)", "StopCCN 1 (request to clear the control connection)", "" },
    };

    [Theory, MemberData(nameof(Rows))]
    public void Each_cause_has_its_codes_and_carries_the_text_of_its_reason(EndCause cause, string cdn, string stopCcn, string ppp)
    {
        var why = new EndReason(EndParty.Lns, EndLayer.Link, cause, "because");
        Assert.Equal($"{cdn} \"because\"", Hangup.Cdn(why).Describe(MessageType.Cdn));
        Assert.Equal($"{stopCcn} \"because\"", Hangup.StopCcn(why).Describe(MessageType.StopCcn));
        Assert.Equal(ppp, Hangup.PppCause(why) is { Text: "because" } p ? $"{p.Code} {p.ControlProtocol:X4} {p.Direction}" : "");

        Assert.Equal(new CallEvent.CloseRequested(why, Hangup.Cdn(why), Hangup.PppCause(why)), Hangup.Call(why));
        Assert.Equal(new ConnectionEvent.CloseRequested(why, Hangup.StopCcn(why)), Hangup.Tunnel(why));
        Assert.Equal(new Refusal(Hangup.Cdn(why), why), Hangup.Refusal(why));
    }

    [Fact]
    public void The_table_has_a_row_for_each_cause() =>
        Assert.Equal(Enum.GetValues<EndCause>().Order(), Rows.Select(static row => row.Data.Item1).Order());

    [Fact]
    public void L2tp_message_in_the_wrong_state_is_a_value_out_of_range_and_a_ppp_violation_is_administrative()
    {
        var why = new EndReason(EndParty.Peer, EndLayer.Session, EndCause.ProtocolViolation, "unexpected Icrp");
        Assert.Equal(new ResultCode(2, 3, "unexpected Icrp"), Hangup.Cdn(why));
        Assert.Equal(new ResultCode(3, null, "unexpected Icrp"), Hangup.Cdn(why with { Layer = EndLayer.Authentication }));
    }

    [Fact]
    public void Text_is_the_one_given_and_is_cut_at_its_limit()
    {
        var why = new EndReason(EndParty.Lns, EndLayer.Link, EndCause.Shutdown, new string('x', Hangup.MaxText + 1));
        Assert.Equal(new string('x', Hangup.MaxText), Hangup.Cdn(why).Text);
        Assert.Equal(new string('x', Hangup.MaxText), Hangup.StopCcn(why).Text);
        Assert.Equal(new string('x', Hangup.MaxText), Hangup.PppCause(why)!.Text);
        Assert.Equal(("a", "b"), (Hangup.Cdn(why, "a").Text, Hangup.StopCcn(why, "b").Text));
    }

    public static TheoryData<RefusalReason, RefuseWith, string, string> Refusals => new()
    {
        { RefusalReason.Load, RefuseWith.TryAnother, "CDN 2/7 (try another)", "StopCCN 2/7 (try another)" },
        { RefusalReason.Load, RefuseWith.NoResources, "CDN 2/4 (no resources)", "StopCCN 2/4 (no resources)" },
        { RefusalReason.Load, RefuseWith.NoFacilities, "CDN 4 (no facilities now)", "StopCCN 2/4 (no resources)" },
        { RefusalReason.LacSessions, RefuseWith.NoFacilities, "CDN 4 (no facilities now)", "StopCCN 2/4 (no resources)" },
        { RefusalReason.Draining, RefuseWith.NoFacilities, "CDN 2/7 (try another)", "StopCCN 2/7 (try another)" },
        { RefusalReason.Draining, RefuseWith.NoResources, "CDN 2/7 (try another)", "StopCCN 2/7 (try another)" },
        { RefusalReason.Stopping, RefuseWith.NoResources, "CDN 2/7 (try another)", "StopCCN 6 (shutting down)" },
        { RefusalReason.UnknownLac, RefuseWith.TryAnother, "CDN 2/7 (try another)", "StopCCN 4 (not authorized)" },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void Each_refusal_has_its_code_and_carries_its_text(RefusalReason reason, RefuseWith with, string cdn, string stopCcn)
    {
        var refused = new Refused(reason, 3);
        Assert.Equal($"{cdn} \"{refused.Text}\"", Hangup.Cdn(refused, with).Describe(MessageType.Cdn));
        Assert.Equal($"{stopCcn} \"{refused.Text}\"", Hangup.StopCcn(refused, with).Describe(MessageType.StopCcn));
    }
}

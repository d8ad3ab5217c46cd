using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Calls;

/// <summary>How an end is told to the LAC: Result Code (RFC 2661 §4.4.2) and PPP Disconnect Cause Code (RFC 3145 §2).</summary>
internal static class CallEnds
{
    public static ResultCode ToResult(EndReason why)
    {
        var text = Short(why);
        return why.Cause switch
        {
            EndCause.UserRequest or EndCause.EchoTimeout => new ResultCode(ResultCode.Cdn.LostCarrier, null, text),
            EndCause.SetupTimeout => new ResultCode(ResultCode.Cdn.Timeout, null, text),
            EndCause.NegotiationFailed => new ResultCode(ResultCode.Cdn.NoFraming, null, text),
            EndCause.NoAddress or EndCause.DataPlaneFailed => new ResultCode(ResultCode.Cdn.GeneralError, ResultCode.ErrorCode.NoResources, text),
            EndCause.InternalError => new ResultCode(ResultCode.Cdn.GeneralError, ResultCode.ErrorCode.VendorSpecific, text),
            EndCause.AuthenticationUnavailable => new ResultCode(ResultCode.Cdn.NoFacilitiesNow, null, text),
            _ => new ResultCode(ResultCode.Cdn.Administrative, null, text),
        };
    }

    public static PppDisconnectCause? ToPppCause(EndReason why) => why.Cause switch
    {
        // RFC 3145 §2.4: 1 administrative, 3 normal end by LCP Terminate-Request, 8 LCP echoes unanswered, 16 wrong name or password
        EndCause.AdministrativeReset or EndCause.Shutdown => new(1, 0, DisconnectDirection.Global, Short(why)),
        EndCause.UserRequest => new(3, PppProtocol.Lcp, DisconnectDirection.AtPeer, Short(why)),
        EndCause.SessionTimeout or EndCause.IdleTimeout => new(3, PppProtocol.Lcp, DisconnectDirection.AtLocal, Short(why)),
        EndCause.EchoTimeout => new(8, PppProtocol.Lcp, DisconnectDirection.AtPeer, Short(why)),
        EndCause.AuthenticationFailed => new(16, 0, DisconnectDirection.AtPeer, Short(why)),
        _ => null,
    };

    /// <summary>The text of a reason, cut to what fits an AVP comfortably.</summary>
    private static string Short(EndReason why) => why.Text.Length <= 200 ? why.Text : why.Text[..200];
}

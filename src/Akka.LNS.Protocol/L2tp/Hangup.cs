using Akka.LNS.Protocol.Admission;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>
/// Report of an end to the peer: Result Code of CDN and StopCCN (RFC 2661 section 4.4.2) and PPP Disconnect Cause Code (RFC 3145
/// section 2). The names of the codes are in <see cref="ResultNames"/>.
/// </summary>
public static class Hangup
{
    /// <summary>Maximum length of an Error Message in characters. An AVP can hold more, but some LACs do not show it.</summary>
    public const int MaxText = 200;

    /// <summary>The event that ends a call because of <paramref name="why"/>.</summary>
    public static CallEvent.CloseRequested Call(EndReason why) => new(why, Cdn(why), PppCause(why));

    /// <summary>The event that ends a tunnel because of <paramref name="why"/>.</summary>
    public static ConnectionEvent.CloseRequested Tunnel(EndReason why) => new(why, StopCcn(why));

    /// <summary>The refusal of a new call because of <paramref name="why"/>.</summary>
    public static Refusal Refusal(EndReason why) => new(Cdn(why), why);

    /// <summary>Result of the CDN that ends a call.</summary>
    /// <param name="text">Error Message for the LAC; null: the text of <paramref name="why"/>.</param>
    public static ResultCode Cdn(EndReason why, string? text = null) => (why.Layer, why.Cause) switch
    {
        (_, EndCause.UserRequest or EndCause.EchoTimeout) => new(ResultCode.Cdn.LostCarrier, null, Text(why, text)),
        (_, EndCause.SetupTimeout) => new(ResultCode.Cdn.Timeout, null, Text(why, text)),
        (_, EndCause.NegotiationFailed) => new(ResultCode.Cdn.NoFraming, null, Text(why, text)),
        (_, EndCause.NoAddress or EndCause.DataPlaneFailed) => General(ResultCode.ErrorCode.NoResources, Text(why, text)),
        (_, EndCause.InternalError) => General(ResultCode.ErrorCode.VendorSpecific, Text(why, text)),
        (_, EndCause.AuthenticationUnavailable) => new(ResultCode.Cdn.NoFacilitiesNow, null, Text(why, text)),
        // L2TP message in the wrong state: the error code "a field value was out of range" is the closest
        (EndLayer.Session, EndCause.ProtocolViolation) => General(ResultCode.ErrorCode.OutOfRange, Text(why, text)),
        _ => new(ResultCode.Cdn.Administrative, null, Text(why, text)),
    };

    /// <summary>Result of the StopCCN that ends a tunnel.</summary>
    /// <param name="text">Error Message for the LAC; null: the text of <paramref name="why"/>.</param>
    public static ResultCode StopCcn(EndReason why, string? text = null) => why.Cause switch
    {
        EndCause.Shutdown or EndCause.AdministrativeReset => new(ResultCode.StopCcn.ShuttingDown, null, Text(why, text)),
        EndCause.ProtocolViolation => new(ResultCode.StopCcn.StateMachineError, null, Text(why, text)),
        EndCause.TunnelAuthenticationFailed => new(ResultCode.StopCcn.NotAuthorized, null, Text(why, text)),
        // the error code of result 5 is the highest version that we support
        EndCause.NegotiationFailed => new(ResultCode.StopCcn.VersionNotSupported, ControlMessage.SupportedVersion, Text(why, text)),
        EndCause.InternalError => General(ResultCode.ErrorCode.VendorSpecific, Text(why, text)),
        _ => new(ResultCode.StopCcn.Clear, null, Text(why, text)),
    };

    /// <summary>PPP Disconnect Cause Code of the CDN; null: the CDN has none.</summary>
    /// <remarks>
    /// Codes of RFC 3145 section 2.4: 1 administrative, 3 normal end by LCP Terminate-Request, 8 LCP echoes unanswered, 16 wrong name or
    /// password.
    /// </remarks>
    public static PppDisconnectCause? PppCause(EndReason why) => why.Cause switch
    {
        EndCause.AdministrativeReset or EndCause.Shutdown => new(1, 0, DisconnectDirection.Global, Text(why, null)),
        EndCause.UserRequest => new(3, PppProtocol.Lcp, DisconnectDirection.AtPeer, Text(why, null)),
        EndCause.SessionTimeout or EndCause.IdleTimeout => new(3, PppProtocol.Lcp, DisconnectDirection.AtLocal, Text(why, null)),
        EndCause.EchoTimeout => new(8, PppProtocol.Lcp, DisconnectDirection.AtPeer, Text(why, null)),
        EndCause.AuthenticationFailed => new(16, 0, DisconnectDirection.AtPeer, Text(why, null)),
        _ => null,
    };

    /// <summary>Result of the CDN that refuses a call. Drain and stop always send 2/7, because only another LNS can accept it.</summary>
    public static ResultCode Cdn(Refused refused, RefuseWith with) => Choose(refused, with) switch
    {
        RefuseWith.NoResources => General(ResultCode.ErrorCode.NoResources, refused.Text),
        RefuseWith.NoFacilities => new(ResultCode.Cdn.NoFacilitiesNow, null, refused.Text),
        _ => General(ResultCode.ErrorCode.TryAnother, refused.Text),
    };

    /// <summary>
    /// Result of the StopCCN that refuses a tunnel. Result 4 of a StopCCN means "not authorized", so <see cref="RefuseWith.NoFacilities"/>
    /// sends 2/4. An unknown LAC gets 4, and a node that stops sends 6.
    /// </summary>
    public static ResultCode StopCcn(Refused refused, RefuseWith with) => refused.Reason switch
    {
        RefusalReason.UnknownLac => new(ResultCode.StopCcn.NotAuthorized, null, refused.Text),
        RefusalReason.Stopping => new(ResultCode.StopCcn.ShuttingDown, null, refused.Text),
        _ => General(Choose(refused, with) == RefuseWith.TryAnother ? ResultCode.ErrorCode.TryAnother : ResultCode.ErrorCode.NoResources,
            refused.Text),
    };

    private static RefuseWith Choose(Refused refused, RefuseWith with) =>
        refused.Reason is RefusalReason.Draining or RefusalReason.Stopping ? RefuseWith.TryAnother : with;

    /// <summary>Result 2 (general error), the same in CDN and StopCCN.</summary>
    private static ResultCode General(ushort error, string text) => new(ResultCode.Cdn.GeneralError, error, text);

    private static string Text(EndReason why, string? text)
    {
        text ??= why.Text;
        return text.Length <= MaxText ? text : text[..MaxText];
    }
}

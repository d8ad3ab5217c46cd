using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.Admission;

/// <summary>What a LAC is told when something is refused (<c>refuse-with</c>): LACs differ in what makes them go to their next LNS.</summary>
public enum RefuseWith
{
    /// <summary>2/7: general error, try another.</summary>
    TryAnother,
    /// <summary>2/4: general error, insufficient resources.</summary>
    NoResources,
    /// <summary>4: temporarily no facilities. Only a CDN has it; a StopCCN says 2/4.</summary>
    NoFacilities,
}

/// <summary>Refusals in the words of RFC 2661 §4.4.2.</summary>
public static class RefusalCodes
{
    /// <summary>Drain and stop always say 2/7: the LAC's next LNS is there, and this one will not be.</summary>
    public static ResultCode ToCdn(this Refused refused, RefuseWith with) => refused.Choose(with) switch
    {
        RefuseWith.NoResources => new ResultCode(ResultCode.Cdn.GeneralError, ResultCode.ErrorCode.NoResources, refused.Text),
        RefuseWith.NoFacilities => new ResultCode(ResultCode.Cdn.NoFacilitiesNow, null, refused.Text),
        _ => new ResultCode(ResultCode.Cdn.GeneralError, ResultCode.ErrorCode.TryAnother, refused.Text),
    };

    /// <summary>
    /// As <see cref="ToCdn"/>, but 4 of a StopCCN means "not authorized" and would be a lie: 2/4 stands for it. A LAC that nobody knows is told just that,
    /// and that the node stops has a code of its own, 6.
    /// </summary>
    public static ResultCode ToStopCcn(this Refused refused, RefuseWith with) => refused.Reason switch
    {
        RefusalReason.UnknownLac => new ResultCode(ResultCode.StopCcn.NotAuthorized, null, refused.Text),
        RefusalReason.Stopping => new ResultCode(ResultCode.StopCcn.ShuttingDown, null, refused.Text),
        _ => new ResultCode(ResultCode.StopCcn.GeneralError,
            refused.Choose(with) == RefuseWith.TryAnother ? ResultCode.ErrorCode.TryAnother : ResultCode.ErrorCode.NoResources, refused.Text),
    };

    private static RefuseWith Choose(this Refused refused, RefuseWith with) =>
        refused.Reason is RefusalReason.Draining or RefusalReason.Stopping ? RefuseWith.TryAnother : with;
}

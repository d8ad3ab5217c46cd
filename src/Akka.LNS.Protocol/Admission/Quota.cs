using Akka.LNS.Protocol.Pacing;

namespace Akka.LNS.Protocol.Admission;

/// <summary>Limits of a node or a LAC.</summary>
/// <param name="InSetup">Maximum number of calls between ICRQ and the end of their set-up.</param>
/// <param name="CallsPerSecond">Average number of new calls per second; null: no limit.</param>
/// <param name="CallsBurst">Maximum number of new calls at once after a pause.</param>
public sealed record QuotaLimits(int Tunnels, int Sessions, int InSetup, double? CallsPerSecond, int CallsBurst);

/// <summary>Use of the limits of a node or a LAC.</summary>
/// <remarks>Not a state record: it has one owner, which changes it in place. It holds plain data.</remarks>
public sealed class Quota(QuotaLimits limits, Instant now)
{
    private TokenBucket? _calls = limits.CallsPerSecond is { } rate ? TokenBucket.Of(rate, limits.CallsBurst, now) : null;

    public QuotaLimits Limits { get; private set; } = limits;
    public int Tunnels { get; private set; }
    public int Sessions { get; private set; }
    public int InSetup { get; private set; }

    /// <summary>True when the bucket of the call rate is full, or the rate has no limit.</summary>
    public bool IsRested(Instant now) => _calls is not { } bucket || bucket.Full <= now;

    /// <summary>Changes the limits. Existing tunnels and calls continue. Calls that used the old rate count against the new one.</summary>
    public void Change(QuotaLimits limits, Instant now)
    {
        if ((limits.CallsPerSecond, limits.CallsBurst) != (Limits.CallsPerSecond, Limits.CallsBurst))
        {
            _calls = limits.CallsPerSecond is not { } rate ? null
                : _calls?.Change(rate, limits.CallsBurst, now) ?? TokenBucket.Of(rate, limits.CallsBurst, now);
        }
        Limits = limits;
    }

    /// <summary>Moves a tunnel to another LAC, even above its limit.</summary>
    public void GiveTunnel(Quota to)
    {
        Tunnels--;
        to.Tunnels++;
    }

    /// <summary>Moves a call to another LAC, even above its limit.</summary>
    /// <param name="isInSetup"><see cref="EndSetup"/> was not called for it.</param>
    public void GiveCall(Quota to, bool isInSetup)
    {
        Sessions--;
        to.Sessions++;
        if (!isInSetup) return;
        InSetup--;
        to.InSetup++;
    }

    /// <summary>Counts a new tunnel for both node and LAC, or for neither.</summary>
    /// <returns>Null: taken.</returns>
    public static Refused? TryTakeTunnel(Quota node, Quota lac)
    {
        if (node.Tunnels >= node.Limits.Tunnels) return new Refused(RefusalReason.NodeTunnels, node.Limits.Tunnels);
        if (lac.Tunnels >= lac.Limits.Tunnels) return new Refused(RefusalReason.LacTunnels, lac.Limits.Tunnels);
        node.Tunnels++;
        lac.Tunnels++;
        return null;
    }

    public static void ReleaseTunnel(Quota node, Quota lac)
    {
        node.Tunnels--;
        lac.Tunnels--;
    }

    /// <summary>Counts a new call for both node and LAC, or for neither. A refused call takes no token of a call rate.</summary>
    /// <returns>Null: taken.</returns>
    public static Refused? TryTakeCall(Quota node, Quota lac, Instant now)
    {
        if (lac.Sessions >= lac.Limits.Sessions) return new Refused(RefusalReason.LacSessions, lac.Limits.Sessions);
        if (node.Sessions >= node.Limits.Sessions) return new Refused(RefusalReason.NodeSessions, node.Limits.Sessions);
        if (lac.InSetup >= lac.Limits.InSetup) return new Refused(RefusalReason.LacInSetup, lac.Limits.InSetup);
        if (node.InSetup >= node.Limits.InSetup) return new Refused(RefusalReason.NodeInSetup, node.Limits.InSetup);
        var (ofLac, ofNode) = (lac._calls, node._calls);
        if (ofLac is { } mine)
        {
            if (!mine.TryTake(now, out var left)) return new Refused(RefusalReason.LacCallRate, lac.Limits.CallsPerSecond!.Value);
            ofLac = left;
        }
        if (ofNode is { } all)
        {
            if (!all.TryTake(now, out var left)) return new Refused(RefusalReason.NodeCallRate, node.Limits.CallsPerSecond!.Value);
            ofNode = left;
        }
        (lac._calls, node._calls) = (ofLac, ofNode);
        foreach (var quota in (ReadOnlySpan<Quota>)[node, lac])
        {
            quota.Sessions++;
            quota.InSetup++;
        }
        return null;
    }

    /// <summary>The subscriber of a call is up, or the call has ended before that. Once per call.</summary>
    public static void EndSetup(Quota node, Quota lac)
    {
        node.InSetup--;
        lac.InSetup--;
    }

    /// <summary>A call has ended. Once per call, after <see cref="EndSetup"/>.</summary>
    public static void ReleaseCall(Quota node, Quota lac)
    {
        node.Sessions--;
        lac.Sessions--;
    }
}

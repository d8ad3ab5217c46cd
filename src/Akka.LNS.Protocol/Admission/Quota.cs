using Akka.LNS.Protocol.Pacing;

namespace Akka.LNS.Protocol.Admission;

/// <summary>What a node or a LAC may have at a time.</summary>
/// <param name="InSetup">Calls between ICRQ and the subscriber's coming up.</param>
/// <param name="CallsPerSecond">New calls in the long run; null: any number.</param>
/// <param name="CallsBurst">New calls at once when there were none for a while.</param>
public sealed record QuotaLimits(int Tunnels, int Sessions, int InSetup, double? CallsPerSecond, int CallsBurst);

/// <summary>What of its limits a node or a LAC has used up.</summary>
/// <remarks>Not a state record: it belongs to one owner, who changes it in place. What it holds is plain data.</remarks>
public sealed class Quota(QuotaLimits limits, Instant now)
{
    private TokenBucket? _calls = limits.CallsPerSecond is { } rate ? TokenBucket.Of(rate, limits.CallsBurst, now) : null;

    public QuotaLimits Limits { get; private set; } = limits;
    public int Tunnels { get; private set; }
    public int Sessions { get; private set; }
    public int InSetup { get; private set; }

    /// <summary>All tokens of its rate are there, or there is no limit.</summary>
    public bool IsRested(Instant now) => _calls is not { } bucket || bucket.Full <= now;

    /// <summary>Other limits. What is in use stays in use; calls that have used up a rate count against the new one.</summary>
    public void Change(QuotaLimits limits, Instant now)
    {
        if ((limits.CallsPerSecond, limits.CallsBurst) != (Limits.CallsPerSecond, Limits.CallsBurst))
            _calls = limits.CallsPerSecond is { } rate ? _calls?.Change(rate, limits.CallsBurst, now) ?? TokenBucket.Of(rate, limits.CallsBurst, now) : null;
        Limits = limits;
    }

    /// <summary>A tunnel of this LAC counts to another from now on, whatever the limits say.</summary>
    public void GiveTunnel(Quota to)
    {
        Tunnels--;
        to.Tunnels++;
    }

    /// <summary>As <see cref="GiveTunnel"/>, a call.</summary>
    /// <param name="isInSetup"><see cref="EndSetup"/> was not said of it.</param>
    public void GiveCall(Quota to, bool isInSetup)
    {
        Sessions--;
        to.Sessions++;
        if (!isInSetup) return;
        InSetup--;
        to.InSetup++;
    }

    /// <summary>Of the node and of the LAC together: both or, with the reason, neither.</summary>
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

    /// <summary>As <see cref="TryTakeTunnel"/>. A call that is refused takes no token of the rate.</summary>
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

    /// <summary>The subscriber is up, or the call is over before that; once per call.</summary>
    public static void EndSetup(Quota node, Quota lac)
    {
        node.InSetup--;
        lac.InSetup--;
    }

    /// <summary>The call is over; once, after <see cref="EndSetup"/>.</summary>
    public static void ReleaseCall(Quota node, Quota lac)
    {
        node.Sessions--;
        lac.Sessions--;
    }
}

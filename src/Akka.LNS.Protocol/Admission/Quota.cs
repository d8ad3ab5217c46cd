using Akka.LNS.Protocol.Pacing;

namespace Akka.LNS.Protocol.Admission;

/// <summary>Limits of a node or a LAC.</summary>
/// <param name="InSetup">Maximum number of calls between ICRQ and the end of their set-up.</param>
/// <param name="CallsPerSecond">Average number of new calls per second; null: no limit.</param>
/// <param name="CallsBurst">Maximum number of new calls at once after a pause.</param>
public sealed record QuotaLimits(int Tunnels, int Sessions, int InSetup, double? CallsPerSecond, int CallsBurst);

/// <summary>
/// Use of the limits of a node or a LAC. LACs share tunnels, calls in set-up and the call rate of the node (<see cref="FairShare"/>).
/// <c>sessions.max</c> is a limit of memory and addresses, so no LAC exceeds it.
/// </summary>
/// <remarks>Not a state record: it has one owner, which changes it in place. It holds plain data.</remarks>
public sealed class Quota(QuotaLimits limits, Instant now)
{
    private TokenBucket? _calls = limits.CallsPerSecond is { } rate ? TokenBucket.Of(rate, limits.CallsBurst, now) : null;

    private int _tunnelLacs, _setupLacs; // of a node: LACs with tunnels, and with calls in set-up
    private int _strangerTunnels; // of a node: tunnels of LACs without CountsAlone
    private long _period; // number of the period that the next three are of
    private int _periodCalls, _periodLacs, _lacsBefore;

    public QuotaLimits Limits { get; private set; } = limits;

    /// <summary>
    /// Of a LAC: it has had an established tunnel, so it has a share of the tunnels. All other LACs have one share together, since anybody
    /// can choose Host Names.
    /// </summary>
    public bool CountsAlone { get; private set; }
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

    /// <summary>A tunnel of the LAC is established.</summary>
    public static void Prove(Quota node, Quota lac)
    {
        if (lac.CountsAlone) return;
        node._strangerTunnels -= lac.Tunnels;
        if (lac.Tunnels > 0) node._tunnelLacs++;
        lac.CountsAlone = true;
    }

    /// <summary>Moves a tunnel to another LAC, even above its limit.</summary>
    public static void GiveTunnel(Quota node, Quota from, Quota to)
    {
        CountTunnel(node, from, -1);
        CountTunnel(node, to, +1);
    }

    /// <summary>Moves a call to another LAC, even above its limit.</summary>
    /// <param name="isInSetup"><see cref="EndSetup"/> was not called for it.</param>
    public static void GiveCall(Quota node, Quota from, Quota to, bool isInSetup)
    {
        from.Sessions--;
        to.Sessions++;
        if (!isInSetup) return;
        CountSetup(node, from, -1);
        CountSetup(node, to, +1);
    }

    /// <summary>The limit that stands against one more tunnel; null: there is room.</summary>
    public static Refused? JudgeTunnel(Quota node, Quota lac)
    {
        var (own, others) = lac.CountsAlone ? (lac.Tunnels, node._tunnelLacs + (node._strangerTunnels > 0 ? 1 : 0))
            : (node._strangerTunnels, node._tunnelLacs + (node._strangerTunnels > 0 ? 1 : 0));
        var share = new FairShare(node.Limits.Tunnels, node.Tunnels, own, others + (own == 0 ? 1 : 0));
        if (!share.Admits) return new Refused(RefusalReason.NodeTunnels, node.Limits.Tunnels, Share: share.Words);
        return lac.Tunnels >= lac.Limits.Tunnels ? new Refused(RefusalReason.LacTunnels, lac.Limits.Tunnels) : null;
    }

    /// <summary>Counts a new tunnel for both node and LAC, or for neither.</summary>
    /// <returns>Null: taken.</returns>
    public static Refused? TryTakeTunnel(Quota node, Quota lac)
    {
        if (JudgeTunnel(node, lac) is { } refused) return refused;
        CountTunnel(node, lac, +1);
        return null;
    }

    public static void ReleaseTunnel(Quota node, Quota lac) => CountTunnel(node, lac, -1);

    /// <summary>Counts a new call for both node and LAC, or for neither. A refused call takes no token of a call rate.</summary>
    /// <returns>Null: taken.</returns>
    public static Refused? TryTakeCall(Quota node, Quota lac, Instant now)
    {
        if (lac.Sessions >= lac.Limits.Sessions) return new Refused(RefusalReason.LacSessions, lac.Limits.Sessions);
        if (node.Sessions >= node.Limits.Sessions) return new Refused(RefusalReason.NodeSessions, node.Limits.Sessions);
        if (lac.InSetup >= lac.Limits.InSetup) return new Refused(RefusalReason.LacInSetup, lac.Limits.InSetup);
        var share = new FairShare(node.Limits.InSetup, node.InSetup, lac.InSetup, node._setupLacs + (lac.InSetup == 0 ? 1 : 0));
        if (!share.Admits) return new Refused(RefusalReason.NodeInSetup, node.Limits.InSetup, Share: share.Words);
        var (ofLac, ofNode) = (lac._calls, node._calls);
        if (ofLac is { } mine)
        {
            if (!mine.TryTake(now, out var left)) return new Refused(RefusalReason.LacCallRate, lac.Limits.CallsPerSecond!.Value);
            ofLac = left;
        }
        if (ofNode is { } all)
        {
            var ofRate = node.ShareOfRate(lac, now);
            if (!all.TryTake(now, out var left))
            {
                if (!ofRate.Admits)
                    return new Refused(RefusalReason.NodeCallRate, node.Limits.CallsPerSecond!.Value, Share: ofRate.Words);
                left = all.Take(now); // a LAC above its share waits for it
            }
            ofNode = left;
            node._periodCalls++;
            if (lac._periodCalls++ == 0) node._periodLacs++;
        }
        (lac._calls, node._calls) = (ofLac, ofNode);
        node.Sessions++;
        lac.Sessions++;
        CountSetup(node, lac, +1);
        return null;
    }

    /// <summary>The subscriber of a call is up, or the call has ended before that. Once per call.</summary>
    public static void EndSetup(Quota node, Quota lac) => CountSetup(node, lac, -1);

    /// <summary>A call has ended. Once per call, after <see cref="EndSetup"/>.</summary>
    public static void ReleaseCall(Quota node, Quota lac)
    {
        node.Sessions--;
        lac.Sessions--;
    }

    /// <summary>
    /// Share of the calls of this period, when the bucket of the node is empty. A period is a second, and longer for a rate below one.
    /// </summary>
    private FairShare ShareOfRate(Quota lac, Instant now)
    {
        var rate = Limits.CallsPerSecond!.Value;
        var length = (long)(TimeSpan.TicksPerSecond / Math.Min(1, rate));
        var period = now.Ticks / length;
        if (period != _period)
        {
            _lacsBefore = period == _period + 1 ? _periodLacs : 0;
            (_period, _periodLacs, _periodCalls) = (period, 0, 0);
        }
        if (lac._period != period) (lac._period, lac._periodCalls) = (period, 0);
        var most = Math.Max(1, (int)Math.Min(rate, int.MaxValue));
        var lacs = Math.Max(_lacsBefore, _periodLacs + (lac._periodCalls == 0 ? 1 : 0));
        return new FairShare(most, Math.Max(most, _periodCalls), lac._periodCalls, lacs);
    }

    private static void CountTunnel(Quota node, Quota lac, int by)
    {
        var had = lac.Tunnels > 0;
        node.Tunnels += by;
        lac.Tunnels += by;
        if (!lac.CountsAlone) node._strangerTunnels += by;
        else if (had != lac.Tunnels > 0) node._tunnelLacs += by;
    }

    private static void CountSetup(Quota node, Quota lac, int by)
    {
        var had = lac.InSetup > 0;
        node.InSetup += by;
        lac.InSetup += by;
        if (had != lac.InSetup > 0) node._setupLacs += by;
    }
}

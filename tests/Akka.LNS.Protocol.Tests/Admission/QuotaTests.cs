using Akka.LNS.Protocol.Admission;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Admission;

public class QuotaTests
{
    private static readonly QuotaLimits Wide = new(100, 100, 100, null, 1);

    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));
    private static Quota Of(QuotaLimits limits) => new(limits, At(0));

    public static TheoryData<QuotaLimits, QuotaLimits, RefusalReason, double> CallLimits => new()
    {
        { Wide with { Sessions = 2 }, Wide, RefusalReason.NodeSessions, 2 },
        { Wide, Wide with { Sessions = 2 }, RefusalReason.LacSessions, 2 },
        { Wide with { InSetup = 2 }, Wide, RefusalReason.NodeInSetup, 2 },
        { Wide, Wide with { InSetup = 2 }, RefusalReason.LacInSetup, 2 },
        { Wide with { CallsPerSecond = 0.5, CallsBurst = 2 }, Wide, RefusalReason.NodeCallRate, 0.5 },
        { Wide, Wide with { CallsPerSecond = 0.5, CallsBurst = 2 }, RefusalReason.LacCallRate, 0.5 },
    };

    [Theory, MemberData(nameof(CallLimits))]
    public void A_call_over_a_limit_is_refused_and_takes_nothing(QuotaLimits nodeLimits, QuotaLimits lacLimits, RefusalReason reason,
        double limit)
    {
        var (node, lac) = (Of(nodeLimits), Of(lacLimits));
        for (var i = 0; i < 2; i++) Assert.Null(Quota.TryTakeCall(node, lac, At(1)));
        for (var i = 0; i < 3; i++) Assert.Equal(new Refused(reason, limit), Quota.TryTakeCall(node, lac, At(1)));
        Assert.Equal((2, 2, 2, 2), (node.Sessions, lac.Sessions, node.InSetup, lac.InSetup));
        Quota.EndSetup(node, lac);
        Quota.ReleaseCall(node, lac);
        Assert.Null(Quota.TryTakeCall(node, lac, At(3))); // one is gone, and one token has grown
        Assert.Equal(reason, Quota.TryTakeCall(node, lac, At(3))?.Reason);
    }

    [Fact]
    public void A_call_that_is_up_no_longer_counts_as_in_set_up()
    {
        var (node, lac) = (Of(Wide with { InSetup = 1 }), Of(Wide));
        Assert.Null(Quota.TryTakeCall(node, lac, At(0)));
        Assert.Equal(RefusalReason.NodeInSetup, Quota.TryTakeCall(node, lac, At(0))?.Reason);
        Quota.EndSetup(node, lac);
        Assert.Null(Quota.TryTakeCall(node, lac, At(0)));
        Assert.Equal((2, 1), (node.Sessions, node.InSetup));
    }

    [Fact]
    public void A_call_that_the_node_refuses_takes_no_token_of_its_lac()
    {
        var (node, lac) = (Of(Wide with { CallsPerSecond = 1, CallsBurst = 1 }), Of(Wide with { CallsPerSecond = 1, CallsBurst = 1 }));
        var other = Of(Wide);
        Assert.Null(Quota.TryTakeCall(node, other, At(0)));
        Assert.Equal(RefusalReason.NodeCallRate, Quota.TryTakeCall(node, lac, At(0))?.Reason);
        Assert.Null(Quota.TryTakeCall(node, lac, At(1)));
    }

    [Fact]
    public void Tunnels_over_a_limit_are_refused()
    {
        var (node, lac, other) = (Of(Wide with { Tunnels = 3 }), Of(Wide with { Tunnels = 2 }), Of(Wide));
        Assert.Null(Quota.TryTakeTunnel(node, lac));
        Assert.Null(Quota.TryTakeTunnel(node, lac));
        Assert.Equal(new Refused(RefusalReason.LacTunnels, 2), Quota.TryTakeTunnel(node, lac));
        Assert.Null(Quota.TryTakeTunnel(node, other));
        Assert.Equal(new Refused(RefusalReason.NodeTunnels, 3), Quota.TryTakeTunnel(node, other));
        Quota.ReleaseTunnel(node, lac);
        Assert.Null(Quota.TryTakeTunnel(node, other));
    }

    [Fact] // law: with any calls, no limit is exceeded, the node's counts are the sums, and all counts end at 0
    public void Counts_are_exact() => Gen.Select(Gen.Int[0, 1], Gen.Int[0, 3], Gen.Double[0, 0.2]).Array[1, 200].Sample(steps =>
    {
        var node = Of(new QuotaLimits(3, 8, 5, 20, 5));
        Quota[] lacs = [Of(new QuotaLimits(2, 5, 3, 15, 3)), Of(Wide)];
        List<(Quota Lac, bool Up)> calls = [];
        var now = 0.0;
        foreach (var (which, what, pause) in steps)
        {
            now += pause;
            var lac = lacs[which];
            var at = calls.FindIndex(c => c.Lac == lac && (what != 2 || !c.Up));
            switch (what)
            {
                case 0 or 1 when Quota.TryTakeCall(node, lac, At(now)) is null:
                    calls.Add((lac, false));
                    break;
                case 2 when at >= 0:
                    Quota.EndSetup(node, lac);
                    calls[at] = (lac, true);
                    break;
                case 3 when at >= 0:
                    if (!calls[at].Up) Quota.EndSetup(node, lac);
                    Quota.ReleaseCall(node, lac);
                    calls.RemoveAt(at);
                    break;
            }
            Assert.Equal((calls.Count, calls.Count(static c => !c.Up)), (node.Sessions, node.InSetup));
            Assert.Equal((node.Sessions, node.InSetup), (lacs.Sum(static l => l.Sessions), lacs.Sum(static l => l.InSetup)));
            foreach (var q in (Quota[])[node, .. lacs])
                Assert.True(q.Sessions <= q.Limits.Sessions && q.InSetup <= q.Limits.InSetup + (q == node ? q.Limits.InSetup / 2 : 0));
        }
    });

    [Fact]
    public void Limits_below_the_present_use_refuse_until_the_use_has_fallen()
    {
        var (node, lac) = (Of(Wide), Of(Wide));
        for (var i = 0; i < 3; i++) Assert.Null(Quota.TryTakeCall(node, lac, At(0)));
        node.Change(Wide with { Sessions = 2, CallsPerSecond = 1, CallsBurst = 1 }, At(0));
        Assert.Equal(RefusalReason.NodeSessions, Quota.TryTakeCall(node, lac, At(0))?.Reason);
        for (var i = 0; i < 2; i++)
        {
            Quota.EndSetup(node, lac);
            Quota.ReleaseCall(node, lac);
        }
        Assert.Null(Quota.TryTakeCall(node, lac, At(0)));
        node.Change(Wide with { CallsPerSecond = 1, CallsBurst = 1 }, At(0)); // the same rate: used tokens stay used
        Assert.Equal(RefusalReason.NodeCallRate, Quota.TryTakeCall(node, lac, At(0))?.Reason);
        node.Change(Wide, At(0));
        Assert.Null(Quota.TryTakeCall(node, lac, At(0)));
        Assert.Equal(3, node.Sessions);
    }

    [Fact]
    public void Tunnels_and_calls_that_move_to_another_quota_count_there()
    {
        var (node, before, after) = (Of(Wide), Of(Wide), Of(Wide with { Sessions = 1 }));
        Assert.Null(Quota.TryTakeTunnel(node, before));
        for (var i = 0; i < 2; i++) Assert.Null(Quota.TryTakeCall(node, before, At(0)));
        Quota.EndSetup(node, before);
        Quota.GiveTunnel(node, before, after);
        Quota.GiveCall(node, before, after, isInSetup: false);
        Quota.GiveCall(node, before, after, isInSetup: true);
        Assert.Equal((0, 0, 0), (before.Tunnels, before.Sessions, before.InSetup));
        Assert.Equal((1, 2, 1), (after.Tunnels, after.Sessions, after.InSetup));
        Assert.Equal((1, 2, 1), (node.Tunnels, node.Sessions, node.InSetup));
        Assert.Equal(RefusalReason.LacSessions, Quota.TryTakeCall(node, after, At(0))?.Reason);
    }
}

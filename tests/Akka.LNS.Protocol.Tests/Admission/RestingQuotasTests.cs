using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Protocol.Tests.Admission;

public class RestingQuotasTests
{
    private static readonly QuotaLimits TwoAtOnce = new(100, 100, 100, CallsPerSecond: 0.1, CallsBurst: 2);

    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    private static Quota Used(int calls, QuotaLimits? limits = null)
    {
        var (node, lac) = (new Quota(TwoAtOnce with { CallsPerSecond = null }, At(0)), new Quota(limits ?? TwoAtOnce, At(0)));
        for (var i = 0; i < calls; i++) Assert.Null(Quota.TryTakeCall(node, lac, At(0)));
        return lac;
    }

    [Fact]
    public void A_quota_that_lacks_tokens_is_kept_until_it_has_them_again()
    {
        var resting = new RestingQuotas<string>(10, StringComparer.OrdinalIgnoreCase);
        var (one, two) = (Used(1), Used(2));
        resting.Keep("one", one, At(0));
        resting.Keep("two", two, At(0));
        Assert.Equal((one, two, 2), (resting.Find("ONE"), resting.Find("two"), resting.Count));
        resting.Keep("fresh", Used(0), At(5));
        resting.Keep("free", Used(2, TwoAtOnce with { CallsPerSecond = null }), At(5));
        Assert.Equal(((Quota?)null, 2), (resting.Find("fresh"), resting.Count));
        resting.Keep("fresh", Used(0), At(10)); // one token takes 10 s
        Assert.Equal((null, two, 1), (resting.Find("one"), resting.Find("two"), resting.Count));
        resting.Forget("two");
        resting.Forget("nobody");
        Assert.Equal(0, resting.Count);
    }

    [Fact]
    public void The_quota_kept_longest_is_forgotten_when_there_are_too_many()
    {
        var resting = new RestingQuotas<string>(2, StringComparer.Ordinal);
        resting.Keep("a", Used(2), At(0));
        resting.Keep("b", Used(2), At(0));
        resting.Keep("a", Used(2), At(1)); // used again: now the latest
        resting.Keep("full", Used(0), At(1)); // displaces no other quota
        Assert.Equal(2, resting.Count);
        resting.Keep("c", Used(2), At(1));
        Assert.Equal((false, true, true, 2),
            (resting.Find("b") is not null, resting.Find("a") is not null, resting.Find("c") is not null, resting.Count));
    }
}

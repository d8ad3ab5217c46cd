using Akka.LNS.Protocol.Pacing;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Pacing;

public class FairShareTests
{
    [Theory]
    [InlineData(10, 9, 9, 1, true)] // alone, up to the limit
    [InlineData(10, 10, 10, 1, false)]
    [InlineData(10, 9, 8, 2, true)] // above its share, but a place is free
    [InlineData(10, 10, 8, 2, false)]
    [InlineData(10, 10, 4, 2, true)] // below its share
    [InlineData(10, 14, 5, 2, false)]
    [InlineData(10, 10, 0, 11, false)] // more LACs than places
    public void A_lac_gets_in_below_the_limit_or_below_its_share(int limit, int total, int own, int users, bool admits) =>
        Assert.Equal(admits, new FairShare(limit, total, own, users).Admits);

    [Fact]
    public void A_refusal_names_use_and_share_when_there_are_others()
    {
        Assert.Equal("", new FairShare(10, 10, 10, 1).Words);
        Assert.Equal("; this LAC has 6, the share of each of 3 LACs is 3", new FairShare(10, 10, 6, 3).Words);
    }

    // law: random LACs that come and go. No LAC below its share is refused, no place stays empty while a LAC asks for it, and the surplus
    // is less than the limit
    [Fact]
    public void Places_are_shared_max_min() => Gen.Select(Gen.Int[1, 60], Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3]).Array[1, 500])
        .Sample((limit, script) =>
        {
            var use = new int[10];
            foreach (var (lac, what) in script)
            {
                if (what == 0)
                {
                    if (use[lac] > 0) use[lac]--;
                    continue;
                }
                var users = use.Count(static u => u > 0) + (use[lac] == 0 ? 1 : 0);
                var total = use.Sum();
                var admits = new FairShare(limit, total, use[lac], users).Admits;
                if (total < limit) Assert.True(admits);
                if (!admits) Assert.True(use[lac] >= limit / users);
                if (admits) use[lac]++;
                Assert.True(use.Sum() < 2 * limit || limit == 1);
            }
        });
}

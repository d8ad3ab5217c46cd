using Akka.LNS.Protocol.Pacing;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Pacing;

public class TokenBucketTests
{
    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    private static int TakeAll(ref TokenBucket bucket, Instant now)
    {
        var taken = 0;
        while (bucket.TryTake(now, out bucket)) taken++;
        return taken;
    }

    [Fact]
    public void A_bucket_gives_its_burst_at_once_and_then_its_rate()
    {
        var bucket = TokenBucket.Of(10, 3, At(0));
        Assert.Equal(3, TakeAll(ref bucket, At(0)));
        Assert.Equal(At(0.1), bucket.NextAt);
        Assert.False(bucket.TryTake(new Instant(At(0.1).Ticks - 1), out var same));
        Assert.Equal(bucket, same);
        Assert.Equal(1, TakeAll(ref bucket, At(0.1)));
        Assert.Equal(2, TakeAll(ref bucket, At(0.3)));
        Assert.Equal(3, TakeAll(ref bucket, At(1000))); // never more than its burst
    }

    [Fact]
    public void A_negative_balance_delays_the_next_token()
    {
        var bucket = TokenBucket.Of(10, 1, At(0)).Take(At(0)).Take(At(0)).Take(At(0));
        Assert.Equal(At(0.3), bucket.NextAt);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(10_000_001, 1)]
    [InlineData(1, 0)]
    public void A_bucket_needs_a_rate_and_a_burst(double perSecond, int burst) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenBucket.Of(perSecond, burst, At(0)));

    [Fact] // law: in any stretch of time never more than burst + rate x time; a token is available at NextAt
    public void Tokens_never_exceed_burst_plus_rate() =>
        Gen.Select(Gen.Double[0.01, 100_000], Gen.Int[1, 50], Gen.Double[0, 3].Array[1, 60]).Sample((rate, burst, steps) =>
    {
        var bucket = TokenBucket.Of(rate, burst, At(0));
        List<Instant> taken = [];
        var now = At(0);
        foreach (var step in steps)
        {
            now = step < 1 && bucket.NextAt > now
                ? bucket.NextAt : now + TimeSpan.FromSeconds((step - 1) / rate * 2 is var s && s > 0 ? s : 0);
            var there = now >= bucket.NextAt;
            Assert.Equal(there, bucket.TryTake(now, out bucket));
            if (there) taken.Add(now);
        }
        for (var i = 0; i < taken.Count; i++)
            for (var j = i; j < taken.Count; j++)
                Assert.True(j - i + 1 <= burst + (rate * (taken[j] - taken[i]).TotalSeconds) + 1e-6);
    });

    [Fact] // law: a change of rate and size gives no token back, and takes at most all
    public void A_change_keeps_the_missing_tokens() => Gen.Select(Gen.Int[1, 20], Gen.Int[0, 30], Gen.Int[1, 20], Gen.Double[0.1, 1000],
        Gen.Double[0.1, 1000]).Sample((burst, taken, next, rate, nextRate) =>
    {
        var bucket = TokenBucket.Of(rate, burst, At(5));
        for (var i = 0; i < taken; i++) bucket.TryTake(At(5), out bucket);
        bucket = bucket.Change(nextRate, next, At(5));
        var left = 0;
        while (bucket.TryTake(At(5), out bucket)) left++;
        Assert.Equal(next - Math.Min(Math.Min(taken, burst), next), left);
        Assert.True(bucket.NextAt - At(5) <= bucket.Interval);
    });
}

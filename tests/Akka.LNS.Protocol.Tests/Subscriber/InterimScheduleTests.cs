using Akka.LNS.Protocol.Subscriber;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Subscriber;

public class InterimScheduleTests
{
    [Theory]
    [InlineData(600, 0.1, 0, 600)]
    [InlineData(600, 0.1, 1, 540)]
    [InlineData(600, 0.5, 0.5, 450)]
    [InlineData(600, 0, 0.7, 600)]
    public void An_interval_is_shortened_by_a_share_of_the_jitter(int seconds, double jitter, double random, int expected) =>
        Assert.Equal(new Instant(TimeSpan.TicksPerHour) + TimeSpan.FromSeconds(expected), InterimSchedule.Next(new Instant(TimeSpan.TicksPerHour), TimeSpan.FromSeconds(seconds), jitter, random));

    [Fact] // law: nobody reports later than asked, nor much earlier, and it always goes forward
    public void It_stays_within_the_jitter() =>
        Gen.Select(Gen.Long[0, 1L << 50], Gen.Int[1, 86400], Gen.Double[0, 0.9], Gen.Double[0, 1]).Sample((now, seconds, jitter, random) =>
        {
            var wait = InterimSchedule.Next(new Instant(now), TimeSpan.FromSeconds(seconds), jitter, random) - new Instant(now);
            Assert.InRange(wait.TotalSeconds, (seconds * (1 - jitter)) - 0.001, seconds);
            Assert.True(wait > TimeSpan.Zero);
        });

    [Fact] // ten thousand that came up at once: after an hour no second has a crowd
    public void A_storm_does_not_come_back_as_a_storm()
    {
        var random = new Random(7);
        var due = new Instant[10_000];
        for (var round = 0; round < 12; round++)
            for (var i = 0; i < due.Length; i++) due[i] = InterimSchedule.Next(due[i], TimeSpan.FromMinutes(5), 0.1, random.NextDouble());
        var most = due.GroupBy(static d => d.Ticks / TimeSpan.TicksPerSecond).Max(static g => g.Count());
        Assert.InRange(most, 1, 250); // 10,000 in one without jitter
    }
}

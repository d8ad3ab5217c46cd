using Akka.LNS.Protocol.Subscriber;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Subscriber;

public class InterimScheduleTests
{
    private static readonly Instant Now = new(TimeSpan.TicksPerHour);

    [Theory]
    [InlineData(600, 0.1, 0, 600)]
    [InlineData(600, 0.1, 1, 540)]
    [InlineData(600, 0.5, 0.5, 450)]
    [InlineData(600, 0, 0.7, 600)]
    public void An_interval_is_shortened_by_a_share_of_the_jitter(int seconds, double jitter, double random, int expected) =>
        Assert.Equal(Now + TimeSpan.FromSeconds(expected), InterimSchedule.Next(Now, TimeSpan.FromSeconds(seconds), jitter, random));

    [Fact] // law: never later than the interval, never earlier than the jitter allows, always in the future
    public void An_interval_stays_within_the_jitter() =>
        Gen.Select(Gen.Long[0, 1L << 50], Gen.Int[1, 86400], Gen.Double[0, 0.9], Gen.Double[0, 1]).Sample((now, seconds, jitter, random) =>
        {
            var wait = InterimSchedule.Next(new Instant(now), TimeSpan.FromSeconds(seconds), jitter, random) - new Instant(now);
            Assert.InRange(wait.TotalSeconds, (seconds * (1 - jitter)) - 0.001, seconds);
            Assert.True(wait > TimeSpan.Zero);
        });

    [Fact]
    public void Ten_thousand_sessions_that_came_up_at_once_are_spread_after_an_hour()
    {
        var random = new Random(7);
        var due = new Instant[10_000];
        for (var round = 0; round < 12; round++)
            for (var i = 0; i < due.Length; i++) due[i] = InterimSchedule.Next(due[i], TimeSpan.FromMinutes(5), 0.1, random.NextDouble());
        var most = due.GroupBy(static d => d.Ticks / TimeSpan.TicksPerSecond).Max(static g => g.Count());
        Assert.InRange(most, 1, 250); // 10,000 in one without jitter
    }
}

using Akka.LNS.Protocol.Radius;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Radius;

public class LatencyWindowTests
{
    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));
    private static LatencyWindow Minute() => new(TimeSpan.FromSeconds(5), 12);

    [Fact]
    public void Nothing_measured_is_no_sample() => Assert.Equal(default, Minute().At(At(1)));

    [Fact] // law: the percentiles are within a tenth of the exact ones
    public void Percentiles_are_near_the_exact_ones() => Gen.Double[0.0001, 30].Array[20, 300].Sample(seconds =>
    {
        var window = Minute();
        foreach (var s in seconds) window.Add(TimeSpan.FromSeconds(s), At(100));
        var figures = window.At(At(101));
        Array.Sort(seconds);
        Assert.Equal(seconds.Length, figures.Samples);
        Near(0.5, figures.P50);
        Near(0.9, figures.P90);
        Near(0.99, figures.P99);

        void Near(double share, TimeSpan found)
        {
            var exact = seconds[(int)Math.Ceiling(share * seconds.Length) - 1];
            Assert.InRange(found.TotalSeconds, exact / 1.1, exact * 1.1);
        }
    });

    [Fact]
    public void Percentiles_are_interpolated()
    {
        var window = Minute();
        for (var i = 1; i <= 1000; i++) window.Add(TimeSpan.FromMilliseconds(i), At(0));
        var figures = window.At(At(0));
        Assert.InRange(figures.P50.TotalMilliseconds, 490, 510);
        Assert.InRange(figures.P90.TotalMilliseconds, 880, 920);
        Assert.InRange(figures.P99.TotalMilliseconds, 960, 1050);
    }

    [Fact]
    public void What_is_older_than_the_window_does_not_count()
    {
        var window = Minute();
        window.Add(TimeSpan.FromSeconds(1), At(1));
        window.CountTimeout(At(1));
        window.Add(TimeSpan.FromMilliseconds(1), At(31));
        Assert.Equal((2L, 1L), (window.At(At(59)).Samples, window.TimeoutsAt(At(59))));
        Assert.Equal((1L, 0L), (window.At(At(60)).Samples, window.TimeoutsAt(At(60))));
        Assert.Equal(0, window.At(At(1000)).Samples);
        window.Add(TimeSpan.FromSeconds(1), At(1000));
        Assert.Equal(1, window.At(At(1000)).Samples);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e9)]
    public void Extreme_times_are_counted(double seconds)
    {
        var window = Minute();
        window.Add(TimeSpan.FromSeconds(seconds), At(0));
        Assert.Equal(1, window.At(At(0)).Samples);
    }
}

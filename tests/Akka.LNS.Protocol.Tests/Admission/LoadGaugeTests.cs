using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Protocol.Tests.Admission;

public class LoadGaugeTests
{
    [Theory]
    [InlineData(0, 0, 0), InlineData(1, 0, 2), InlineData(0, 1, 10), InlineData(100, 30, 500), InlineData(-3, -1, 0),
        InlineData(5_000_000_000, 0, 10_000_000_000)]
    public void Load_is_twice_serial_and_ten_times_parallel(long serial, long parallel, long load) =>
        Assert.Equal(new LoadSample(Math.Max(0, serial), Math.Max(0, parallel), load), new LoadGauge().Sample(serial, parallel));

    [Fact]
    public void Weights_are_settings() => Assert.Equal(3 * 4 + 7 * 5, new LoadGauge(SerialWeight: 3, ParallelWeight: 7).Sample(4, 5).Load);
}

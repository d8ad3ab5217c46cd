using Akka.LNS.DataPlane.Forwarding;

namespace Akka.LNS.DataPlane.Tests.Forwarding;

public class PolicerTests
{
    [Fact]
    public void The_policer_gives_its_burst_and_then_one_token_per_interval()
    {
        var policer = new Policer(perSecond: 10, burst: 3, ticksPerSecond: 1000);
        var due = long.MinValue;
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => policer.TryTake(ref due, 5000)));
        Assert.False(policer.TryTake(ref due, 5099));
        Assert.True(policer.TryTake(ref due, 5100));
        Assert.False(policer.TryTake(ref due, 5100));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => policer.TryTake(ref due, 9000)));
    }
}

using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Protocol.Tests.Admission;

public class RadiusOutlookTests
{
    private static readonly Instant Now = new(TimeSpan.TicksPerHour);

    [Theory]
    [InlineData(0, 0, 16, 100, 0)]
    [InlineData(320, 0, 32, 100, 1000)]
    [InlineData(100, 320, 32, 100, 1000)] // logins in the backlog belong to calls in set-up
    [InlineData(10, 10, 0, 100, 0)]
    [InlineData(3200, 0, 32, 0, 0)]
    [InlineData(0, 3200, 32, 0, 6000)] // no round trip measured yet ...
    [InlineData(0, 3200, 32, 2, 6000)] // ... or only fast ones, while there were few calls
    public void Predicted_wait_is_the_time_of_the_workers_for_the_logins_ahead(int waiting, int inSetup, int workers, int roundTrip,
        int expected) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expected),
            RadiusOutlook.PredictWait(waiting, inSetup, workers, TimeSpan.FromMilliseconds(roundTrip)));

    [Theory]
    [InlineData(0, 100, 1)] // predicted: 100 logins at 0.1 s for 10 workers
    [InlineData(3, 100, 3)] // a login has waited longer than predicted
    [InlineData(3, 0, 3)]
    public void Wait_is_the_longest_so_far_or_the_predicted_one(int waited, int waiting, int expected)
    {
        var oldest = waited > 0 ? Now - TimeSpan.FromSeconds(waited) : (Instant?)null;
        var radius = new RadiusObservation(true, oldest, waiting, Workers: 10, TimeSpan.FromSeconds(0.1));
        Assert.Equal(new RadiusOutlook(true, TimeSpan.FromSeconds(expected)), RadiusOutlook.Of(radius, expected: 0, Now));
        Assert.False(RadiusOutlook.Of(radius with { CanAuthenticate = false }, expected: 0, Now).CanAuthenticate);
    }

    [Fact]
    public void Round_trip_is_weighted_by_outstanding_requests_and_plain_when_there_are_none()
    {
        static TimeSpan Estimate(params (int Milliseconds, int Outstanding)[] servers)
        {
            var estimate = new RoundTripEstimate();
            foreach (var (milliseconds, outstanding) in servers) estimate.Add(TimeSpan.FromMilliseconds(milliseconds), outstanding);
            return estimate.Value;
        }
        Assert.Equal(TimeSpan.Zero, Estimate());
        Assert.Equal(TimeSpan.Zero, Estimate((0, 5)));
        Assert.Equal(TimeSpan.FromMilliseconds(20), Estimate((10, 0), (30, 0), (0, 9)));
        Assert.Equal(TimeSpan.FromMilliseconds(15), Estimate((10, 3), (30, 1), (0, 9)));
    }
}

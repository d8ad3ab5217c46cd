using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Protocol.Tests.Accounting;

public class LostSessionTests
{
    private static readonly DateTimeOffset Began = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static AccountingRecord Record(AccountingKind kind, ulong octets, int minutes) => new(kind,
        new AccountingSession("sid", "", "nemo", AccountingAuthentic.Radius, new NasPort("default", null, null, 0, "", "", "", "", "", "", null), null, null, [], "", "", 0),
        1, new AccountingCounters(octets, octets * 2, octets / 2, octets / 4), TimeSpan.FromMinutes(minutes), Began.AddMinutes(minutes), null);

    [Fact]
    public void Without_an_interim_it_lasted_until_the_node_was_last_alive()
    {
        var stop = LostSession.Stop(Record(AccountingKind.Start, 0, 0), null, Began.AddMinutes(7));
        Assert.Equal((AccountingKind.Stop, TimeSpan.FromMinutes(7), Began.AddMinutes(7), default(AccountingCounters)), (stop.Kind, stop.SessionTime, stop.OccurredUtc, stop.Counters));
    }

    [Fact]
    public void Totals_are_those_of_the_last_interim_and_time_goes_on_to_the_last_sign_of_life()
    {
        var interim = Record(AccountingKind.Interim, 1000, 10);
        var stop = LostSession.Stop(Record(AccountingKind.Start, 0, 0), interim, Began.AddMinutes(12));
        Assert.Equal((TimeSpan.FromMinutes(12), Began.AddMinutes(12), interim.Counters), (stop.SessionTime, stop.OccurredUtc, stop.Counters));
    }

    [Theory]
    [InlineData(-60)] // the clock was put back
    [InlineData(9)]   // the sign of life is older than the Interim
    public void It_never_ends_before_what_is_known_of_it(int alive)
    {
        var interim = Record(AccountingKind.Interim, 1000, 10);
        var stop = LostSession.Stop(Record(AccountingKind.Start, 0, 0), interim, Began.AddMinutes(alive));
        Assert.Equal((interim.SessionTime, interim.OccurredUtc), (stop.SessionTime, stop.OccurredUtc));
    }

    [Fact]
    public void The_cause_says_that_the_node_was_lost()
    {
        var stop = LostSession.Stop(Record(AccountingKind.Start, 0, 0), null, Began);
        Assert.Equal((EndCause.NodeLost, AcctTerminateCauseValue.NasReboot), (stop.Cause!.Cause, AcctTerminateCause.From(stop.Cause)));
        Assert.Equal(stop, LostSession.Stop(Record(AccountingKind.Start, 0, 0), null, Began)); // and is the same however often it is made
        Assert.True(AccountingRecordCodec.TryDecode(AccountingRecordCodec.Encode(stop), out var read, out _));
        Assert.Equal(stop.Cause, read!.Cause);
    }
}

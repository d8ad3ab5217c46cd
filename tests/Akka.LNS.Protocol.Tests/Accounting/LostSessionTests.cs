using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Protocol.Tests.Accounting;

public class LostSessionTests
{
    private static readonly DateTimeOffset Began = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static AccountingRecord Record(AccountingKind kind, ulong octets, int minutes) => LedgerLab.Record(kind, "sid", "nemo") with
    {
        Counters = new AccountingCounters(octets, octets * 2, octets / 2, octets / 4),
        SessionTime = TimeSpan.FromMinutes(minutes),
        OccurredUtc = Began.AddMinutes(minutes),
    };

    [Fact]
    public void Without_an_interim_the_session_ends_when_the_node_was_last_alive()
    {
        var stop = LostSession.Stop(Record(AccountingKind.Start, 0, 0), null, Began.AddMinutes(7));
        Assert.Equal((AccountingKind.Stop, TimeSpan.FromMinutes(7), Began.AddMinutes(7)), (stop.Kind, stop.SessionTime, stop.OccurredUtc));
        Assert.Equal(default, stop.Counters);
    }

    [Fact]
    public void Totals_are_those_of_the_last_interim_and_the_time_is_when_the_node_was_last_alive()
    {
        var interim = Record(AccountingKind.Interim, 1000, 10);
        var stop = LostSession.Stop(Record(AccountingKind.Start, 0, 0), interim, Began.AddMinutes(12));
        Assert.Equal((TimeSpan.FromMinutes(12), Began.AddMinutes(12)), (stop.SessionTime, stop.OccurredUtc));
        Assert.Equal(interim.Counters, stop.Counters);
    }

    [Theory]
    [InlineData(-60)] // the clock was set back
    [InlineData(9)]   // the node was last known to be alive before the Interim
    public void The_session_never_ends_before_its_latest_record(int alive)
    {
        var interim = Record(AccountingKind.Interim, 1000, 10);
        var stop = LostSession.Stop(Record(AccountingKind.Start, 0, 0), interim, Began.AddMinutes(alive));
        Assert.Equal((interim.SessionTime, interim.OccurredUtc), (stop.SessionTime, stop.OccurredUtc));
    }

    [Fact]
    public void The_cause_is_the_lost_node_and_the_stop_is_the_same_each_time()
    {
        var stop = LostSession.Stop(Record(AccountingKind.Start, 0, 0), null, Began);
        Assert.Equal((EndCause.NodeLost, AcctTerminateCauseValue.NasReboot), (stop.Cause!.Cause, AcctTerminateCause.From(stop.Cause)));
        Assert.Equal(stop, LostSession.Stop(Record(AccountingKind.Start, 0, 0), null, Began));
        Assert.True(AccountingRecordCodec.TryDecode(AccountingRecordCodec.Encode(stop), out var read, out _));
        Assert.Equal(stop.Cause, read!.Cause);
    }
}

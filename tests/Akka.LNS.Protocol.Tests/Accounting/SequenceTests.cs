using Akka.LNS.Protocol.Accounting;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Accounting;

public class SequenceTests
{
    private static AccountingRecord Record(AccountingKind kind, ulong octets = 0) =>
        LedgerLab.Record(kind, "sid", "nemo") with { Counters = new AccountingCounters(octets, 0, 0, 0), Cause = null };

    private static readonly SequenceEvent Start = new SequenceEvent.Offer(Record(AccountingKind.Start));
    private static readonly SequenceEvent Stop = new SequenceEvent.Offer(Record(AccountingKind.Stop, 99));
    private static readonly SequenceEvent Delivered = SequenceEvent.Delivered.Instance;
    private static readonly SequenceEvent Undelivered = SequenceEvent.Undelivered.Instance;
    private static SequenceEvent.Offer Interim(ulong octets) => new(Record(AccountingKind.Interim, octets));

    private static string Run(params SequenceEvent[] events)
    {
        SequenceState state = SequenceState.Fresh.Instance;
        List<string> log = [];
        foreach (var ev in events)
        {
            (state, var effects) = Sequence.On(state, ev);
            log.AddRange(effects.Select(Show));
        }
        return string.Join(", ", log);
    }

    private static string Show(SequenceEffect effect) => effect switch
    {
        SequenceEffect.Send s => $"send {Name(s.Record)}",
        SequenceEffect.Spool s => $"spool {Name(s.Record)}",
        SequenceEffect.Superseded s => $"skip {Name(s.Record)}",
        _ => "end",
    };

    private static string Name(AccountingRecord record) =>
        record.Kind == AccountingKind.Interim ? $"Interim{record.Counters.InputOctets}" : record.Kind.ToString();

    [Fact]
    public void Records_are_sent_one_after_the_other() =>
        Assert.Equal(
            "send Start, send Interim1, send Interim2, send Stop, end",
            Run(Start, Delivered, Interim(1), Delivered, Interim(2), Delivered, Stop, Delivered));

    [Fact]
    public void A_stop_waits_for_its_start() =>
        Assert.Equal("send Start, send Stop, end", Run(Start, Stop, Delivered, Delivered));

    [Fact]
    public void Only_the_latest_interim_waits() =>
        Assert.Equal(
            "send Start, skip Interim1, skip Interim2, send Interim3",
            Run(Start, Interim(1), Interim(2), Interim(3), Delivered));

    [Fact]
    public void A_stop_replaces_an_interim_that_waits() =>
        Assert.Equal("send Start, skip Interim1, send Stop, end", Run(Start, Interim(1), Stop, Delivered, Delivered));

    [Fact]
    public void A_failed_start_waits_in_the_spool_and_later_records_wait_for_it() =>
        Assert.Equal("send Start, spool Start, skip Interim1, spool Stop, end", Run(Start, Undelivered, Interim(1), Stop));

    [Fact]
    public void A_failed_start_waits_in_the_spool_together_with_its_stop() =>
        Assert.Equal("send Start, spool Start, spool Stop, end", Run(Start, Stop, Undelivered));

    [Fact]
    public void After_the_next_attempt_of_the_start_the_session_goes_on() =>
        Assert.Equal(
            "send Start, spool Start, skip Interim1, send Start, send Interim2, send Stop, end",
            Run(Start, Undelivered, Interim(1), Interim(2), Start, Delivered, Delivered, Stop, Delivered));

    [Fact]
    public void The_next_attempt_may_fail_too() =>
        Assert.Equal(
            "send Start, spool Start, send Start, spool Start, spool Stop, end",
            Run(Start, Undelivered, Start, Stop, Undelivered));

    [Fact]
    public void A_session_of_an_earlier_process_is_sent_in_the_same_order() =>
        Assert.Equal("send Start, send Stop, spool Stop, end", Run(Start, Stop, Delivered, Undelivered));

    [Fact]
    public void A_failed_interim_is_dropped() =>
        Assert.Equal(
            "send Start, send Interim1, skip Interim1, send Interim2, skip Interim2, send Interim3, skip Interim3, send Stop",
            Run(Start, Delivered, Interim(1), Undelivered, Interim(2), Interim(3), Undelivered, Stop, Undelivered));

    [Fact]
    public void A_failed_stop_waits_in_the_spool() =>
        Assert.Equal("send Start, send Stop, spool Stop, end", Run(Start, Delivered, Stop, Undelivered));

    [Fact]
    public void Records_out_of_order_are_ignored() =>
        Assert.Equal(
            "send Start, send Stop, end",
            Run(Stop, Interim(1), Delivered, Undelivered, Start, Start, Delivered, Delivered, Start, Stop, Stop, Interim(2), Start,
                Delivered, Stop, Interim(1), Delivered, Undelivered));

    [Fact] // law: at most one record is outstanding; the Start is first, the Stop last, neither twice nor dropped; totals never fall
    public void Order_is_kept_whatever_happens() => Gen.Int[0, 5].Array[0, 40].Sample(script =>
    {
        SequenceState state = SequenceState.Fresh.Instance;
        List<AccountingRecord> told = [];
        var (outstanding, spooled, finished, stopped, octets, last) = (false, default(AccountingRecord), false, false, 0ul, 0ul);
        AccountingRecord? start = null;
        foreach (var step in script)
        {
            octets++;
            if (step is 3 or 4 && !outstanding) continue; // no record is outstanding
            if (step is 3 or 4) outstanding = false;
            if (step == 5 && (spooled is null || finished)) continue; // the next attempt of a Start that waits
            var kind = step switch { 0 => AccountingKind.Start, 1 => AccountingKind.Interim, _ => AccountingKind.Stop };
            var record = step == 5 ? spooled! : Record(kind, octets);
            if (step == 0 && start is not null) continue; // the ledger offers one
            if (step == 0) start = record;
            if (step == 5) spooled = null;
            stopped |= step == 2 && start is not null;
            var ev = step switch { 3 => Delivered, 4 => Undelivered, _ => new SequenceEvent.Offer(record) };
            (state, var effects) = Sequence.On(state, ev);
            foreach (var effect in effects)
            {
                Assert.False(finished);
                switch (effect)
                {
                    case SequenceEffect.Send s:
                        Assert.False(outstanding || spooled is not null);
                        outstanding = true;
                        Tell(s.Record);
                        break;
                    case SequenceEffect.Spool s:
                        Assert.NotEqual(AccountingKind.Interim, s.Record.Kind);
                        spooled ??= s.Record;
                        if (!told.Contains(s.Record)) Tell(s.Record);
                        break;
                    case SequenceEffect.Superseded s: Assert.Equal(AccountingKind.Interim, s.Record.Kind); break;
                    case SequenceEffect.Finished: finished = true; break;
                }
            }
        }
        while (outstanding)
        {
            (state, var effects) = Sequence.On(state, Delivered);
            outstanding = false;
            foreach (var effect in effects)
                if (effect is SequenceEffect.Send s)
                {
                    outstanding = true;
                    Tell(s.Record);
                }
                else finished |= effect is SequenceEffect.Finished;
        }
        Assert.Equal(start is null ? 0 : 1, told.Count(r => r.Kind == AccountingKind.Start));
        Assert.Equal(stopped ? 1 : 0, told.Count(r => r.Kind == AccountingKind.Stop));
        if (start is not null) Assert.Equal(AccountingKind.Start, told[0].Kind);
        if (stopped) Assert.Equal((AccountingKind.Stop, true), (told[^1].Kind, finished));

        void Tell(AccountingRecord record)
        {
            if (told.Contains(record)) return; // the same record again
            Assert.True(record.Counters.InputOctets > last || told.Count == 0);
            last = record.Counters.InputOctets;
            told.Add(record);
        }
    }, iter: 3_000);
}

using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Accounting;

public class SequenceTests
{
    private static AccountingRecord Record(AccountingKind kind, ulong octets = 0) => new(kind,
        new AccountingSession("sid", "", "nemo", AccountingAuthentic.Radius, new NasPort("default", null, null, 0, "", "", "", "", "", "", null), null, null, [], "", "", 0),
        1, new AccountingCounters(octets, 0, 0, 0), TimeSpan.Zero, DateTimeOffset.UnixEpoch, null);

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

    private static string Name(AccountingRecord record) => record.Kind == AccountingKind.Interim ? $"Interim{record.Counters.InputOctets}" : record.Kind.ToString();

    [Fact]
    public void All_goes_well() => Assert.Equal("send Start, send Interim1, send Interim2, send Stop, end", Run(Start, Delivered, Interim(1), Delivered, Interim(2), Delivered, Stop, Delivered));

    [Fact]
    public void A_stop_waits_for_its_start() => Assert.Equal("send Start, send Stop, end", Run(Start, Stop, Delivered, Delivered));

    [Fact]
    public void Only_the_latest_interim_waits() => Assert.Equal("send Start, skip Interim1, skip Interim2, send Interim3", Run(Start, Interim(1), Interim(2), Interim(3), Delivered));

    [Fact]
    public void A_stop_takes_the_place_of_a_waiting_interim() => Assert.Equal("send Start, skip Interim1, send Stop, end", Run(Start, Interim(1), Stop, Delivered, Delivered));

    [Fact]
    public void A_failed_start_goes_to_the_spool_and_all_later_behind_it() =>
        Assert.Equal("send Start, spool Start, skip Interim1, spool Stop, end", Run(Start, Undelivered, Interim(1), Stop));

    [Fact]
    public void A_failed_start_whose_stop_waits_takes_it_along() => Assert.Equal("send Start, spool Start, spool Stop, end", Run(Start, Stop, Undelivered));

    [Fact]
    public void When_the_turn_of_its_start_comes_it_goes_on_as_if_nothing_had_been() => Assert.Equal("send Start, spool Start, skip Interim1, send Start, send Interim2, send Stop, end",
        Run(Start, Undelivered, Interim(1), Interim(2), Start, Delivered, Delivered, Stop, Delivered));

    [Fact]
    public void A_turn_may_fail_too() => Assert.Equal("send Start, spool Start, send Start, spool Start, spool Stop, end", Run(Start, Undelivered, Start, Stop, Undelivered));

    [Fact]
    public void Left_behind_by_another_process_it_is_the_same() => Assert.Equal("send Start, send Stop, spool Stop, end", Run(Start, Stop, Delivered, Undelivered));

    [Fact]
    public void A_failed_interim_is_forgotten() => Assert.Equal("send Start, send Interim1, skip Interim1, send Interim2, skip Interim2, send Interim3, skip Interim3, send Stop",
        Run(Start, Delivered, Interim(1), Undelivered, Interim(2), Interim(3), Undelivered, Stop, Undelivered));

    [Fact]
    public void A_failed_stop_goes_to_the_spool() => Assert.Equal("send Start, send Stop, spool Stop, end", Run(Start, Delivered, Stop, Undelivered));

    [Fact]
    public void What_makes_no_sense_is_nothing() => Assert.Equal("send Start, send Stop, end",
        Run(Stop, Interim(1), Delivered, Undelivered, Start, Start, Delivered, Delivered, Start, Stop, Stop, Interim(2), Start, Delivered, Stop, Interim(1), Delivered, Undelivered));

    [Fact] // law: one outstanding at most; Start first, Stop last, none of them twice or lost; totals never fall; nothing passes the spool
    public void Order_is_kept_whatever_happens() => Gen.Int[0, 5].Array[0, 40].Sample(script =>
    {
        SequenceState state = SequenceState.Fresh.Instance;
        List<AccountingRecord> told = [];
        var (outstanding, spooled, finished, stopped, octets, last) = (false, default(AccountingRecord), false, false, 0ul, 0ul);
        AccountingRecord? start = null;
        foreach (var step in script)
        {
            octets++;
            if (step is 3 or 4 && !outstanding) continue; // nobody answers what was not asked
            if (step is 3 or 4) outstanding = false;
            if (step == 5 && (spooled is null || finished)) continue; // the turn of a Start that waits
            var record = step == 5 ? spooled! : Record(step switch { 0 => AccountingKind.Start, 1 => AccountingKind.Interim, _ => AccountingKind.Stop }, octets);
            if (step == 0 && start is not null) continue; // the shell offers one
            if (step == 0) start = record;
            if (step == 5) spooled = null;
            stopped |= step == 2 && start is not null;
            (state, var effects) = Sequence.On(state, step switch { 3 => Delivered, 4 => Undelivered, _ => new SequenceEvent.Offer(record) });
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
            if (told.Contains(record)) return; // the same once more
            Assert.True(record.Counters.InputOctets > last || told.Count == 0);
            last = record.Counters.InputOctets;
            told.Add(record);
        }
    }, iter: 3_000);
}

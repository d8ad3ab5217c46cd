using Akka.LNS.Protocol.Radius;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Radius;

public class AccountingSequenceTests
{
    private static AccountingRecord Record(AccountingKind kind, ulong octets = 0) => new(kind,
        new AccountingSession("sid", "", "nemo", AccountingAuthentic.Radius, new NasPort("default", null, null, 0, "", "", "", "", "", "", null), null, null, [], "", "", 0),
        1, new AccountingCounters(octets, 0, 0, 0), TimeSpan.Zero, DateTimeOffset.UnixEpoch, null);

    private static readonly AccountingSequenceEvent Start = new AccountingSequenceEvent.Offer(Record(AccountingKind.Start));
    private static readonly AccountingSequenceEvent Stop = new AccountingSequenceEvent.Offer(Record(AccountingKind.Stop, 99));
    private static readonly AccountingSequenceEvent Delivered = AccountingSequenceEvent.Delivered.Instance;
    private static readonly AccountingSequenceEvent Undelivered = AccountingSequenceEvent.Undelivered.Instance;
    private static readonly AccountingSequenceEvent Drained = AccountingSequenceEvent.SpoolDrained.Instance;
    private static AccountingSequenceEvent.Offer Interim(ulong octets) => new(Record(AccountingKind.Interim, octets));

    private static string Run(params AccountingSequenceEvent[] events)
    {
        AccountingSequenceState state = AccountingSequenceState.Fresh.Instance;
        List<string> log = [];
        foreach (var ev in events)
        {
            (state, var effects) = AccountingSequence.On(state, ev);
            log.AddRange(effects.Select(Show));
        }
        return string.Join(", ", log);
    }

    private static string Show(AccountingSequenceEffect effect) => effect switch
    {
        AccountingSequenceEffect.Send s => $"send {Name(s.Record)}",
        AccountingSequenceEffect.Spool s => $"spool {Name(s.Record)}",
        AccountingSequenceEffect.Superseded s => $"skip {Name(s.Record)}",
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
    public void After_the_spool_it_goes_on_by_itself() => Assert.Equal("send Start, spool Start, skip Interim1, send Interim2, send Stop, end",
        Run(Start, Undelivered, Interim(1), Interim(2), Drained, Delivered, Stop, Delivered));

    [Fact]
    public void After_the_spool_there_may_be_nothing_to_say() => Assert.Equal("send Start, spool Start, send Stop, end", Run(Start, Undelivered, Drained, Stop, Delivered));

    [Fact]
    public void A_failed_interim_is_forgotten() => Assert.Equal("send Start, send Interim1, skip Interim1, send Interim2, skip Interim2, send Interim3, skip Interim3, send Stop",
        Run(Start, Delivered, Interim(1), Undelivered, Interim(2), Interim(3), Undelivered, Stop, Undelivered));

    [Fact]
    public void A_failed_stop_goes_to_the_spool() => Assert.Equal("send Start, send Stop, spool Stop, end", Run(Start, Delivered, Stop, Undelivered));

    [Fact]
    public void What_makes_no_sense_is_nothing() => Assert.Equal("send Start, send Stop, end",
        Run(Stop, Interim(1), Delivered, Undelivered, Drained, Start, Start, Drained, Delivered, Delivered, Start, Stop, Stop, Interim(2), Start, Delivered, Stop, Interim(1), Delivered, Undelivered));

    [Fact] // law: one outstanding at most; Start first, Stop last, none of them twice or lost; totals never fall; nothing passes the spool
    public void Order_is_kept_whatever_happens() => Gen.Int[0, 5].Array[0, 40].Sample(script =>
    {
        AccountingSequenceState state = AccountingSequenceState.Fresh.Instance;
        List<AccountingRecord> told = [];
        var (outstanding, spooling, finished, started, stopped, octets, last) = (false, false, false, false, false, 0ul, 0ul);
        foreach (var step in script)
        {
            octets++;
            if (step is 3 or 4 && !outstanding) continue; // nobody answers what was not asked
            if (step is 3 or 4) outstanding = false;
            if (step == 5) spooling = false;
            var record = Record(step switch { 0 => AccountingKind.Start, 1 => AccountingKind.Interim, _ => AccountingKind.Stop }, octets);
            started |= step == 0;
            stopped |= step == 2 && started;
            (state, var effects) = AccountingSequence.On(state, step switch { 3 => Delivered, 4 => Undelivered, 5 => Drained, _ => new AccountingSequenceEvent.Offer(record) });
            foreach (var effect in effects)
            {
                Assert.False(finished);
                switch (effect)
                {
                    case AccountingSequenceEffect.Send s:
                        Assert.False(outstanding || spooling);
                        outstanding = true;
                        Tell(s.Record);
                        break;
                    case AccountingSequenceEffect.Spool s:
                        Assert.NotEqual(AccountingKind.Interim, s.Record.Kind);
                        spooling = true;
                        if (told.Count == 0 || !ReferenceEquals(told[^1], s.Record)) Tell(s.Record);
                        break;
                    case AccountingSequenceEffect.Superseded s: Assert.Equal(AccountingKind.Interim, s.Record.Kind); break;
                    case AccountingSequenceEffect.Finished: finished = true; break;
                }
            }
        }
        while (outstanding)
        {
            (state, var effects) = AccountingSequence.On(state, Delivered);
            outstanding = false;
            foreach (var effect in effects)
                if (effect is AccountingSequenceEffect.Send s)
                {
                    outstanding = true;
                    Tell(s.Record);
                }
                else finished |= effect is AccountingSequenceEffect.Finished;
        }
        Assert.Equal(started ? 1 : 0, told.Count(r => r.Kind == AccountingKind.Start));
        Assert.Equal(stopped ? 1 : 0, told.Count(r => r.Kind == AccountingKind.Stop));
        if (started) Assert.Equal(AccountingKind.Start, told[0].Kind);
        if (stopped) Assert.Equal((AccountingKind.Stop, true), (told[^1].Kind, finished));

        void Tell(AccountingRecord record)
        {
            Assert.True(record.Counters.InputOctets > last || told.Count == 0);
            last = record.Counters.InputOctets;
            told.Add(record);
        }
    }, iter: 3_000);
}

using Akka.LNS.Stress.Figures;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Stress.Tests;

public class PureTests
{
    [Theory]
    [InlineData(0, 0.5, 1.0)]
    [InlineData(1, 0.5, 2.0)]
    [InlineData(2, 0.5, 4.0)]
    [InlineData(3, 0.5, 5.0)]
    [InlineData(255, 0.5, 5.0)]
    [InlineData(0, 0.0, 0.75)]
    [InlineData(3, 1.0, 6.25)]
    public void A_retry_doubles_up_to_its_maximum_with_jitter(int refusals, double random, double seconds) =>
        Assert.Equal(seconds, RetryPolicy.Default.Delay(refusals, random).TotalSeconds, 6);

    [Fact]
    public void Accounting_check_finds_missing_repeated_and_unordered_records()
    {
        var book = new AccountingBook();
        book.Start(1, 10);
        book.Stop(1, 10, isLate: false);
        book.Start(2, 10);
        book.Interim(2);
        Assert.True(book.Findings is { IsRight: true, Sessions: 2, Open: 1, Overlaps: 0, LateStops: 0 });
        book.Start(3, 10); // before the Stop of 2
        book.Stop(2, 10, isLate: true);
        book.Stop(3, 10, isLate: false);
        Assert.True(book.Findings is { IsRight: true, Open: 0, Overlaps: 1, LateStops: 1 });
        book.Start(1, 10);
        book.Stop(2, 10, isLate: false);
        book.Stop(4, 11, isLate: false);
        book.Interim(3);
        var found = book.Findings;
        Assert.False(found.IsRight);
        Assert.Equal((1L, 1L, 1L, 1L), (found.RepeatedStarts, found.RepeatedStops, found.WithoutStart, found.AfterStop));
    }

    [Theory]
    [InlineData("quick", 0, false, 0, RadiusLie.None)]
    [InlineData("slow:100", 100, false, 0, RadiusLie.None)]
    [InlineData("dead", 0, true, 0, RadiusLie.None)]
    [InlineData("slow:10+lossy:5", 10, false, 0.05, RadiusLie.None)]
    [InlineData("lying", 0, false, 0, RadiusLie.Any)]
    public void Radius_behaviour_is_parsed(string text, int milliseconds, bool isDead, double loss, RadiusLie lie)
    {
        Assert.True(RadiusBehaviour.TryParse(text, out var b));
        Assert.Equal((TimeSpan.FromMilliseconds(milliseconds), isDead, loss, lie), (b.Delay, b.IsDead, b.LossShare, b.Lie));
    }

    [Theory]
    [InlineData("")]
    [InlineData("slow")]
    [InlineData("slow:x")]
    [InlineData("lossy:101")]
    [InlineData("quick:1")]
    public void Wrong_radius_behaviour_is_rejected(string text) => Assert.False(RadiusBehaviour.TryParse(text, out _));

    [Fact]
    public void The_same_seed_alters_a_message_in_the_same_way()
    {
        var message = Enumerable.Range(0, 60).Select(static i => (byte)i).ToArray();
        var (one, two) = (new Random(5), new Random(5));
        for (var i = 0; i < 500; i++)
        {
            var altered = MessageFuzzer.Mutate(message, one);
            Assert.Equal(altered, MessageFuzzer.Mutate(message, two));
            Assert.InRange(altered.Length, 0, 1400);
        }
    }

    [Fact]
    public void Values_that_an_lns_does_not_report_are_null()
    {
        var load = LnsLoad.Parse("""
            {
              "sessions": 3, "load": 12.5, "verdict": "open", "refused": { "total": 2, "byReason": { "early": 2 } },
              "radius": { "workers": 32, "outstanding": 1 }, "new": 1
            }
            """u8)!;
        Assert.True(load is { Sessions: 3, Load: 12.5, Verdict: "open", Links: null, Spool: null, IsIdle: false });
        Assert.True(load.Radius is { Workers: 32, BacklogInterim: null });
        Assert.Equal(2, load.Refused!.ByReason!["early"]);
        Assert.True(LnsLoad.Parse("""{ "sessions": 0 }"""u8)!.IsIdle);
        Assert.Null(LnsLoad.Parse("<html>"u8));
    }
}

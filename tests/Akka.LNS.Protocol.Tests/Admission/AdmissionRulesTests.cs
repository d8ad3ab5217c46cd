using Akka.LNS.Protocol.Admission;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Admission;

public class AdmissionRulesTests
{
    private static readonly AdmissionSettings Settings =
        new(RefuseFrom: 1000, RefuseAll: 2000, ReopenBelow: 500, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    private static readonly RadiusOutlook Fine = new(true, TimeSpan.Zero);

    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));
    private static RadiusOutlook Waits(double seconds) => new(true, TimeSpan.FromSeconds(seconds));
    private static AdmissionState On(AdmissionState state, long load, double at, RadiusOutlook? radius = null) =>
        AdmissionRules.On(state, load, radius ?? Fine, At(at), Settings);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(999, 0)]
    [InlineData(1000, 0)]
    [InlineData(1250, 0.25)]
    [InlineData(1999, 0.999)]
    [InlineData(2000, 1)]
    [InlineData(1_000_000, 1)]
    public void The_share_refused_rises_from_refuse_from_to_all_at_refuse_all(long load, double share) =>
        Assert.Equal(share, On(default, load, 0).Share / (double)AdmissionState.All, 1e-4);

    [Fact]
    public void By_chance_just_that_share_is_refused()
    {
        var state = On(default, 1250, 0);
        var refused = Enumerable.Range(0, AdmissionState.All)
            .Count(random => AdmissionRules.Judge(state, false, (uint)random) == RefusalReason.Load);
        Assert.Equal(AdmissionState.All / 4, refused);
    }

    [Fact]
    public void At_refuse_all_the_latch_falls_and_opens_after_the_hold_time_below_the_lower_mark()
    {
        var state = On(default, 2000, 0);
        Assert.True(state.IsShut);
        state = On(state, 500, 1); // not below
        Assert.Equal((true, null), (state.IsShut, state.CalmSince));
        state = On(state, 499, 2);
        Assert.Equal((true, At(2)), (state.IsShut, state.CalmSince));
        Assert.Equal(RefusalReason.Load, AdmissionRules.Judge(state, false, 0xFFFF));
        state = On(state, 499, 2.9);
        Assert.True(state.IsShut);
        state = On(state, 600, 2.95); // calm is over: it counts anew
        Assert.Null(state.CalmSince);
        state = On(On(state, 10, 3), 10, 3.9);
        Assert.True(state.IsShut);
        state = On(state, 10, 4);
        Assert.Equal(default, state);
        Assert.Null(AdmissionRules.Judge(state, true, 0));
    }

    [Fact]
    public void The_lower_mark_has_no_effect_before_the_latch_has_fallen()
    {
        var state = On(On(default, 1999, 0), 700, 1);
        Assert.Equal((false, 0), (state.IsShut, state.Share));
    }

    [Fact]
    public void Without_a_living_server_only_calls_that_need_radius_are_refused_at_once()
    {
        var state = On(default, 0, 0, new RadiusOutlook(false, TimeSpan.Zero));
        Assert.Equal(RefusalReason.RadiusUnavailable, AdmissionRules.Judge(state, true, 0xFFFF));
        Assert.Null(AdmissionRules.Judge(state, false, 0));
        Assert.Null(AdmissionRules.Judge(On(state, 0, 0.1), true, 0)); // it answers again
    }

    [Fact]
    public void Logins_that_wait_too_long_refuse_calls_that_need_radius_until_the_wait_is_half()
    {
        Assert.Null(AdmissionRules.Judge(On(default, 0, 0, Waits(9.9)), true, 0));
        var state = On(default, 0, 0, Waits(10));
        Assert.Equal(RefusalReason.RadiusSlow, AdmissionRules.Judge(state, true, 0xFFFF));
        Assert.Null(AdmissionRules.Judge(state, false, 0));
        state = On(state, 0, 1, Waits(5));
        Assert.Equal(RefusalReason.RadiusSlow, AdmissionRules.Judge(state, true, 0xFFFF));
        state = On(state, 0, 2, Waits(4.9));
        Assert.Null(AdmissionRules.Judge(state, true, 0));
    }

    [Fact] // laws over random weather
    public void Below_refuse_from_all_above_refuse_all_none_and_it_does_not_flap() =>
        Gen.Select(Gen.Long[0, 3000], Gen.Double[0, 0.7], Gen.UInt, Gen.Bool).Array[1, 200].Sample(steps =>
        {
            var (state, now, shutAt, calm) = (default(AdmissionState), 0.0, -1.0, 0.0);
            foreach (var (load, pause, random, needsRadius) in steps)
            {
                now += pause;
                var before = state;
                state = On(state, load, now);
                var verdict = AdmissionRules.Judge(state, needsRadius, random);
                if (load >= Settings.RefuseAll) Assert.Equal(RefusalReason.Load, verdict);
                if (!state.IsShut && load < Settings.RefuseFrom) Assert.Null(verdict);
                if (state.IsShut && !before.IsShut) shutAt = now;
                if (before.IsShut && !state.IsShut) // never before it was calm for the hold time
                {
                    Assert.True(now - calm >= Settings.Hold.TotalSeconds - 1e-6);
                    Assert.True(now - shutAt >= Settings.Hold.TotalSeconds - 1e-6);
                    Assert.True(load < Settings.ReopenBelow);
                }
                if (load >= Settings.ReopenBelow || !before.IsShut) calm = now;
                else if (before.CalmSince is null) calm = now;
            }
        });

    [Fact] // law: a call that is refused at one Load is refused at every higher Load
    public void The_verdict_is_monotonous() => Gen.Select(Gen.Long[0, 3000], Gen.Long[0, 3000], Gen.UInt).Sample((a, b, random) =>
    {
        var (less, more) = (On(default, Math.Min(a, b), 0), On(default, Math.Max(a, b), 0));
        if (AdmissionRules.Judge(less, false, random) is not null) Assert.NotNull(AdmissionRules.Judge(more, false, random));
    });

    [Fact]
    public void Each_reason_has_a_text_of_its_own()
    {
        var texts = Enum.GetValues<RefusalReason>().Select(static r => new Refused(r, 2.5).Text).ToArray();
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.Equal("limit of 2.5 calls per second of this LAC", new Refused(RefusalReason.LacCallRate, 2.5).Text);
    }
}

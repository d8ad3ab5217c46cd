using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Subscriber;

/// <summary>Laws of <see cref="SubscriberSession"/> for any order of events, also for orders that never occur.</summary>
public class SubscriberSessionLaws
{
    private static readonly Ipv4Address Address = Ipv4Address.Parse("100.64.0.2");
    private static readonly EndReason Why = new(EndParty.Peer, EndLayer.Session, EndCause.CallDisconnected, "the LAC hung up");

    private static readonly SubscriberPolicy Limited = new(
        AddressTimeout: TimeSpan.FromSeconds(30), SessionTimeout: TimeSpan.FromSeconds(300), IdleTimeout: TimeSpan.FromSeconds(40),
        MaxMtu: 1500, Accounts: true, InterimInterval: TimeSpan.FromSeconds(30), InterimJitter: 0.5);

    private readonly record struct Line(int Event, int Milliseconds, uint Octets, double Random);

    private static readonly Gen<Line[]> Scripts = Gen.Select(Gen.Int[0, 23], Gen.Int[0, 60_000], Gen.UInt, Gen.Double[0, 1])
        .Select(static (ev, milliseconds, octets, random) => new Line(ev, milliseconds, octets, random)).Array[0, 60];

    /// <summary>Events of set-up come often enough that most scripts reach a user that is on.</summary>
    private static SubscriberEvent EventOf(Line line, Instant now)
    {
        var counters = new TrafficCounters(line.Octets, line.Octets / 2, line.Octets / 100, line.Octets / 200, now);
        return line.Event switch
        {
            0 or 1 or 2 => new SubscriberEvent.AddressGiven(Address),
            3 or 4 or 5 => new SubscriberEvent.NetworkOpened(1492),
            6 or 7 or 8 => SubscriberEvent.ForwardingStarted.Instance,
            9 => SubscriberEvent.NetworkClosed.Instance,
            10 or 11 => new SubscriberEvent.ForwardingStopped(null, counters),
            12 => new SubscriberEvent.ForwardingStopped(Why, counters),
            13 => new SubscriberEvent.ForwardingFailed("x"),
            14 => new SubscriberEvent.CloseRequested(Why),
            15 or 16 => new SubscriberEvent.ChangeRequested(7, new SessionChange { Classes = [new byte[] { 7 }] }, counters),
            17 => new SubscriberEvent.ChangeRequested(
                7, new SessionChange { SessionTimeout = TimeSpan.FromSeconds(line.Octets % 90) }, null),
            18 => SubscriberEvent.LinkFailed.Instance,
            19 => new SubscriberEvent.AddressRefused("x"),
            20 => new SubscriberEvent.Tick(null),
            _ => new SubscriberEvent.Tick(counters),
        };
    }

    private sealed record Step(SubscriberState Before, SubscriberState After, Instant Now, IReadOnlyList<SubscriberEffect> Effects);

    /// <summary>Runs a script from the start, and stops the shell at its end.</summary>
    private static List<Step> Run(Line[] script)
    {
        var now = new Instant(TimeSpan.TicksPerHour);
        SubscriberState state = new SubscriberState.Idle(SubscriberProfile.Empty);
        List<Step> steps = [];
        Advance(SubscriberEvent.Started.Instance, 0);
        foreach (var line in script)
        {
            now += TimeSpan.FromMilliseconds(line.Milliseconds);
            Advance(EventOf(line, now), line.Random);
        }
        Advance(new SubscriberEvent.Stopped(null), 0);
        return steps;

        void Advance(SubscriberEvent ev, double random)
        {
            var before = state;
            (state, var run) = SubscriberSession.On(before, ev, now, Limited, random);
            steps.Add(new(before, state, now, run));
        }
    }

    private static IEnumerable<SubscriberEffect> EffectsOf(List<Step> steps) => steps.SelectMany(static s => s.Effects);

    [Fact]
    public void A_start_comes_at_most_once_and_before_every_other_record_and_has_exactly_one_stop() => Scripts.Sample(static script =>
    {
        var records = string.Concat(EffectsOf(Run(script)).Select(static e => e switch
        {
            SubscriberEffect.UserOn => "on ",
            SubscriberEffect.Interim => "interim ",
            SubscriberEffect.UserOff => "off",
            _ => "",
        }));
        Assert.Matches("^(on (interim )*off)?$", records);
    });

    [Fact]
    public void The_address_is_ordered_once_and_given_back_exactly_once_after_the_last_record() => Scripts.Sample(static script =>
    {
        SubscriberEffect[] effects = [.. EffectsOf(Run(script))];
        Assert.Single(effects, static e => e is SubscriberEffect.LeaseAddress);
        var released = Array.IndexOf(effects, Assert.Single(effects, static e => e is SubscriberEffect.ReleaseAddress));
        Assert.All(effects[(released + 1)..], static e => Assert.IsType<SubscriberEffect.CloseLink>(e));
    });

    [Fact]
    public void Totals_and_session_times_of_the_records_never_go_back() => Scripts.Sample(static script =>
    {
        var (time, last) = (TimeSpan.Zero, default(TrafficCounters));
        foreach (var effect in EffectsOf(Run(script)))
        {
            var (at, counters) = effect switch
            {
                SubscriberEffect.Interim i => (i.SessionTime, i.Counters),
                SubscriberEffect.UserOff o => (o.SessionTime, o.Counters),
                _ => (time, last),
            };
            Assert.True(at >= time && counters.InOctets >= last.InOctets && counters.OutOctets >= last.OutOctets
                && counters.InPackets >= last.InPackets && counters.OutPackets >= last.OutPackets);
            (time, last) = (at, counters);
        }
    });

    [Fact]
    public void A_deadline_is_honoured_at_its_tick_and_not_before() => Scripts.Sample(static script =>
    {
        foreach (var step in Run(script))
        {
            if (SubscriberSession.NextDeadline(step.After) is not { } due || due <= step.Now) continue;
            var counters = new TrafficCounters(0, 0, 0, 0, due - TimeSpan.FromSeconds(30));
            var (early, nothing) = SubscriberSession.On(step.After, new SubscriberEvent.Tick(counters), due - new TimeSpan(1), Limited, 0);
            Assert.Same(step.After, early);
            Assert.Empty(nothing);
            var (then, _) = SubscriberSession.On(step.After, new SubscriberEvent.Tick(counters), due, Limited, 0);
            Assert.True(SubscriberSession.NextDeadline(then) is not { } next || next > due);
        }
    });

    [Fact]
    public void Interface_up_and_down_alternate_as_far_as_the_data_plane_answers_in_turn() => Scripts.Sample(static script =>
    {
        var isUp = false;
        foreach (var effect in EffectsOf(Run([.. script.Where(static l => l.Event is not (6 or 7 or 8))])))
            Assert.False(effect is SubscriberEffect.InterfaceUp or SubscriberEffect.InterfaceDown); // without a Started nothing is up
        foreach (var effect in EffectsOf(Run(script)))
        {
            if (effect is SubscriberEffect.InterfaceUp) isUp = true;
            else if (effect is SubscriberEffect.InterfaceDown) isUp = isUp ? false : throw new InvalidOperationException("down without up");
        }
        Assert.False(isUp); // given back at the end
    });

    [Fact]
    public void A_session_closes_its_link_once_and_once_more_only_when_its_shell_fails() => Scripts.Sample(static script =>
    {
        var steps = Run(script);
        var beforeTheLast = EffectsOf(steps[..^1]);
        Assert.InRange(beforeTheLast.Count(static e => e is SubscriberEffect.CloseLink), 0, 1);
        Assert.Equal(steps[^1].Before is not SubscriberState.Ending, steps[^1].Effects.Any(static e => e is SubscriberEffect.CloseLink));
        Assert.IsType<SubscriberState.Ended>(steps[^1].After);
        Assert.True(steps.Count(static s => s.Effects.Any(static e => e is SubscriberEffect.Stop)) <= 1);
    });
}

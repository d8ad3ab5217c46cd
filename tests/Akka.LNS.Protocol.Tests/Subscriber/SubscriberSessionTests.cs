using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Tests.Subscriber;

/// <summary>One row of <see cref="SubscriberSession"/> per test or per line of data.</summary>
public class SubscriberSessionTests
{
    private static readonly Instant Now = new(TimeSpan.TicksPerHour);
    private static readonly Ipv4Address Address = Ipv4Address.Parse("100.64.0.2");
    private static readonly EndReason Why = new(EndParty.Administrator, EndLayer.Bundle, EndCause.AdministrativeReset, "a test");
    private static readonly EndReason Gone = new(EndParty.Peer, EndLayer.Session, EndCause.CallDisconnected, "the LAC hung up");
    private static readonly EndReason NoPool = new(EndParty.Lns, EndLayer.Bundle, EndCause.NoAddress, "pool p is exhausted");
    private static readonly EndReason Broken = new(EndParty.Lns, EndLayer.DataPlane, EndCause.DataPlaneFailed, "no route");
    private static readonly EndReason Failed =
        new(EndParty.Lns, EndLayer.Bundle, EndCause.InternalError, "exception in the actor of the bundle");
    private static readonly EndReason LinkGone =
        new(EndParty.Lns, EndLayer.Link, EndCause.InternalError, "exception in the actor of the link");
    private static readonly SubscriberPolicy Unlimited = new(
        AddressTimeout: Seconds(30), default, default, MaxMtu: 1500, Accounts: true, default, InterimJitter: 0);
    private static readonly SubscriberProfile Profile = SubscriberProfile.Empty;

    private static readonly SubscriberState Waiting = new SubscriberState.WaitingForAddress(Profile, Now + Seconds(30));
    private static readonly SubscriberState Negotiating = new SubscriberState.Negotiating(Profile, Address, Mtu: 1400);
    private static readonly SubscriberState Ordered = new SubscriberState.WaitingForForwarding(Profile, Address, Mtu: 1400);
    private static readonly SubscriberState.On Up = On(ForwardingPhase.Up);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static TrafficCounters Counters(ulong octets) => new(octets, octets * 2, octets / 100, octets / 50, Now);

    private static SubscriberState.On On(ForwardingPhase forwarding, SubscriberProfile? profile = null) =>
        new(profile ?? Profile, Address, Mtu: 1400, forwarding, Since: Now - Seconds(60), Counters(1000),
            EndsAt: null, IdleCheckAt: null, NextInterimAt: null);

    private static SubscriberState.Closing Closing(SubscriberState of) => new(Why, of);

    private static Transition<SubscriberState, SubscriberEffect> Step(
        SubscriberState state, SubscriberEvent ev, SubscriberPolicy? policy = null, double after = 0, double random = 0) =>
        SubscriberSession.On(state, ev, Now + Seconds(after), policy ?? Unlimited, random);

    private static void Becomes(
        Transition<SubscriberState, SubscriberEffect> transition, SubscriberState expected, params ReadOnlySpan<SubscriberEffect> effects)
    {
        Assert.Equal(expected, transition.State);
        Assert.Equal<SubscriberEffect>([.. effects], transition.Effects);
    }

    private static SubscriberEvent.ForwardingStopped Stopped(EndReason? why, ulong octets = 5000) => new(why, Counters(octets));

    // ---- address ------------------------------------------------------------------------------------------------------

    [Fact]
    public void A_start_orders_an_address_of_a_pool_or_the_one_of_the_profile()
    {
        Becomes(Step(new SubscriberState.Idle(Profile), SubscriberEvent.Started.Instance), Waiting, SubscriberEffect.LeaseAddress.Instance);
        var profile = Profile with { AddressChoice = FramedAddressChoice.Fixed, FramedIpAddress = Address };
        Becomes(Step(new SubscriberState.Idle(profile), SubscriberEvent.Started.Instance),
            new SubscriberState.WaitingForAddress(profile, Now + Seconds(30)), new SubscriberEffect.ReserveAddress(Address));
    }

    [Fact]
    public void A_given_address_starts_the_network() => Becomes(
        Step(Waiting, new SubscriberEvent.AddressGiven(Address)),
        new SubscriberState.Negotiating(Profile, Address, Mtu: 0), new SubscriberEffect.StartNetwork(Address));

    [Fact]
    public void A_refused_address_closes_the_link() => Becomes(
        Step(Waiting, new SubscriberEvent.AddressRefused(NoPool.Text)),
        new SubscriberState.Closing(NoPool, Waiting), new SubscriberEffect.NoAddress(NoPool.Text), new SubscriberEffect.CloseLink(NoPool));

    [Fact]
    public void A_missing_address_closes_the_link_exactly_at_the_deadline()
    {
        var due = SubscriberSession.NextDeadline(Waiting)!.Value;
        Assert.Equal(Now + Seconds(30), due);
        Becomes(SubscriberSession.On(Waiting, new SubscriberEvent.Tick(null), due - new TimeSpan(1), Unlimited, 0), Waiting);
        var why = NoPool with { Text = "no answer from the address pools in time" };
        var closing = new SubscriberState.Closing(why, Waiting);
        Becomes(SubscriberSession.On(Waiting, new SubscriberEvent.Tick(null), due, Unlimited, 0),
            closing, new SubscriberEffect.NoAddress(why.Text), new SubscriberEffect.CloseLink(why));
        Assert.Null(SubscriberSession.NextDeadline(closing));
        Becomes(SubscriberSession.On(closing, new SubscriberEvent.Tick(null), due, Unlimited, 0), closing);
    }

    // ---- forwarding ---------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(1500, 1500, null, 1500)]
    [InlineData(1492, 1500, null, 1492)]
    [InlineData(1500, 1450, null, 1450)]
    [InlineData(1500, 1450, 1300, 1300)]
    public void The_mtu_is_the_least_of_peer_template_and_profile(int peer, int template, int? profile, int expected)
    {
        var state = new SubscriberState.Negotiating(Profile with { FramedMtu = (ushort?)profile }, Address, Mtu: 0);
        Becomes(Step(state, new SubscriberEvent.NetworkOpened(peer), Unlimited with { MaxMtu = template }),
            new SubscriberState.WaitingForForwarding(state.Profile, Address, expected),
            new SubscriberEffect.StartForwarding(Address, expected));
    }

    [Fact]
    public void The_user_is_on_when_forwarding_starts() => Becomes(
        Step(Ordered, SubscriberEvent.ForwardingStarted.Instance),
        On(ForwardingPhase.Up) with { Since = Now, Counters = default },
        new SubscriberEffect.InterfaceUp(Address, 1400), new SubscriberEffect.UserOn(Address, 1400));

    [Fact]
    public void A_network_that_closes_before_the_data_plane_answers_cancels_its_order()
    {
        Becomes(Step(Ordered, SubscriberEvent.NetworkClosed.Instance), Negotiating, new SubscriberEffect.StopForwarding(null));
        Becomes(Step(Negotiating, Stopped(null)), Negotiating);
        Becomes(Step(Negotiating, SubscriberEvent.ForwardingStarted.Instance),
            On(ForwardingPhase.Stopping) with { Since = Now, Counters = default },
            new SubscriberEffect.InterfaceUp(Address, 1400), new SubscriberEffect.UserOn(Address, 1400));
    }

    [Theory] // the last order and the last answer of the data plane
    [InlineData(ForwardingPhase.Down, ForwardingPhase.Starting, ForwardingPhase.Down, ForwardingPhase.Stopping, ForwardingPhase.Down)]
    [InlineData(ForwardingPhase.Starting, ForwardingPhase.Starting, ForwardingPhase.Down, ForwardingPhase.Up, ForwardingPhase.Starting)]
    [InlineData(ForwardingPhase.Up, ForwardingPhase.Up, ForwardingPhase.Stopping, ForwardingPhase.Up, ForwardingPhase.Starting)]
    [InlineData(ForwardingPhase.Stopping, ForwardingPhase.Up, ForwardingPhase.Stopping, ForwardingPhase.Up, ForwardingPhase.Down)]
    public void A_user_that_is_on_stays_on_while_the_network_restarts(
        ForwardingPhase phase, ForwardingPhase opened, ForwardingPhase closed, ForwardingPhase started, ForwardingPhase stopped)
    {
        var state = On(phase);
        Becomes(Step(state, new SubscriberEvent.NetworkOpened(1280)),
            On(opened) with { Mtu = 1280 }, new SubscriberEffect.StartForwarding(Address, 1280));
        Becomes(Step(state, SubscriberEvent.NetworkClosed.Instance), On(closed), new SubscriberEffect.StopForwarding(null));
        Becomes(Step(state, SubscriberEvent.ForwardingStarted.Instance), On(started), new SubscriberEffect.InterfaceUp(Address, 1400));
        var paused = Step(state, Stopped(null));
        Assert.Equal(On(stopped) with { Counters = Counters(5000) }, paused.State);
        Assert.Equal<SubscriberEffect>(
            phase is ForwardingPhase.Up or ForwardingPhase.Stopping ? [new SubscriberEffect.InterfaceDown(Address)] : [], paused.Effects);
    }

    [Fact]
    public void Forwarding_that_fails_closes_the_link()
    {
        Becomes(Step(Ordered, new SubscriberEvent.ForwardingFailed(Broken.Text)),
            new SubscriberState.Closing(Broken, Negotiating), new SubscriberEffect.CloseLink(Broken));
        Becomes(Step(On(ForwardingPhase.Starting), new SubscriberEvent.ForwardingFailed(Broken.Text)),
            new SubscriberState.Closing(Broken, On(ForwardingPhase.Down)), new SubscriberEffect.CloseLink(Broken));
    }

    // ---- end ----------------------------------------------------------------------------------------------------------

    [Fact]
    public void A_close_asks_the_link_and_keeps_the_first_reason()
    {
        foreach (var state in new[] { Waiting, Negotiating, Ordered, Up })
        {
            Becomes(Step(state, new SubscriberEvent.CloseRequested(Why)), Closing(state), new SubscriberEffect.CloseLink(Why));
            Becomes(Step(Closing(state), new SubscriberEvent.CloseRequested(Gone)), Closing(state));
            Assert.Equal(Why, ((SubscriberState.Ending)Step(Closing(state), Stopped(Gone)).State).Why);
            Assert.Equal(Gone, ((SubscriberState.Ending)Step(state, Stopped(Gone)).State).Why);
        }
    }

    [Fact]
    public void A_closing_session_ignores_addresses_and_changes_and_takes_answers_of_the_data_plane()
    {
        Becomes(Step(Closing(Waiting), new SubscriberEvent.AddressGiven(Address)), Closing(Waiting));
        Becomes(Step(Closing(Waiting), new SubscriberEvent.AddressRefused("x")), Closing(Waiting));
        Becomes(Step(Closing(Up), new SubscriberEvent.ChangeRequested(7, new SessionChange { Classes = [] }, null)), Closing(Up));
        Becomes(Step(Closing(Ordered), new SubscriberEvent.ForwardingFailed("x")), Closing(Negotiating));
        var limited = Unlimited with { SessionTimeout = Seconds(600), IdleTimeout = Seconds(60), InterimInterval = Seconds(300) };
        Becomes(Step(Closing(Ordered), SubscriberEvent.ForwardingStarted.Instance, limited),
            Closing(Up with { Since = Now, Counters = default, NextInterimAt = Now + Seconds(300) }),
            new SubscriberEffect.InterfaceUp(Address, 1400), new SubscriberEffect.UserOn(Address, 1400));
    }

    [Fact]
    public void A_close_drops_the_limits_and_keeps_the_interim_updates()
    {
        var state = Up with { EndsAt = Now + Seconds(1), IdleCheckAt = Now + Seconds(2), NextInterimAt = Now + Seconds(3) };
        var closing = Step(state, new SubscriberEvent.CloseRequested(Why)).State;
        Assert.Equal(Closing(Up with { NextInterimAt = Now + Seconds(3) }), closing);
        Assert.Equal(Now + Seconds(3), SubscriberSession.NextDeadline(closing));
        Becomes(Step(closing, new SubscriberEvent.Tick(Counters(2000)), Unlimited with { InterimInterval = Seconds(60) }, after: 3),
            Closing(Up with { Counters = Counters(2000), NextInterimAt = Now + Seconds(63) }),
            new SubscriberEffect.Interim(Seconds(63), Counters(2000)));
    }

    [Fact]
    public void The_last_answer_of_the_data_plane_ends_the_session_and_the_stop_has_its_counters()
    {
        var ending = new SubscriberState.Ending(Gone, On(ForwardingPhase.Down) with { Counters = Counters(5000) });
        Becomes(Step(Up, Stopped(Gone)), ending, new SubscriberEffect.InterfaceDown(Address), SubscriberEffect.Stop.Instance);
        Becomes(Step(ending, new SubscriberEvent.Stopped(Counters(5000))), new SubscriberState.Ended(Profile, Gone),
            new SubscriberEffect.UserOff(Address, Gone, Seconds(60), Counters(5000)), SubscriberEffect.ReleaseAddress.Instance);
    }

    [Fact]
    public void Counters_that_the_data_plane_has_lost_do_not_go_back() =>
        Assert.Equal(new SubscriberState.Ending(Gone, On(ForwardingPhase.Down)),
            Step(Up, new SubscriberEvent.ForwardingStopped(Gone, default)).State);

    [Fact]
    public void A_session_that_agreed_and_never_forwarded_is_accounted_with_zero_duration()
    {
        var ending = Step(Ordered, Stopped(Gone, octets: 0));
        Assert.Equal<SubscriberEffect>([new SubscriberEffect.UserOn(Address, 1400), SubscriberEffect.Stop.Instance], ending.Effects);
        Becomes(Step(ending.State, new SubscriberEvent.Stopped(null)), new SubscriberState.Ended(Profile, Gone),
            new SubscriberEffect.UserOff(Address, Gone, TimeSpan.Zero, Counters(0)), SubscriberEffect.ReleaseAddress.Instance);
    }

    [Fact]
    public void A_session_that_did_not_agree_is_not_accounted()
    {
        foreach (var state in new[] { Waiting, Negotiating })
        {
            Becomes(Step(state, Stopped(Gone)), new SubscriberState.Ending(Gone, state), SubscriberEffect.Stop.Instance);
            Becomes(Step(new SubscriberState.Ending(Gone, state), new SubscriberEvent.Stopped(null)),
                new SubscriberState.Ended(Profile, Gone), SubscriberEffect.ReleaseAddress.Instance);
        }
    }

    [Fact]
    public void A_shell_that_fails_releases_its_resources_and_closes_the_link()
    {
        var (release, close) = (SubscriberEffect.ReleaseAddress.Instance, new SubscriberEffect.CloseLink(Failed));
        var ended = new SubscriberState.Ended(Profile, Failed);
        var stop = new SubscriberEffect.StopForwarding(Failed);
        var off = new SubscriberEffect.UserOff(Address, Failed, Seconds(60), Counters(2000));
        var down = new SubscriberEffect.InterfaceDown(Address);
        var failure = new SubscriberEvent.Stopped(Counters(2000));
        Becomes(Step(Waiting, failure), ended, release, close);
        Becomes(Step(Negotiating, failure), ended, release, close);
        Becomes(Step(Ordered, failure), ended, stop, release, close);
        Becomes(Step(On(ForwardingPhase.Down), failure), ended, off, release, close);
        Becomes(Step(On(ForwardingPhase.Starting), failure), ended, stop, off, release, close);
        Becomes(Step(Up, failure), ended, stop, down, off, release, close);
        Becomes(Step(On(ForwardingPhase.Stopping), failure), ended, down, off, release, close);
        Becomes(Step(Closing(Up), failure), ended, stop, down, off, release, close);
        Becomes(Step(ended, failure), ended);
    }

    [Fact]
    public void A_failed_link_stops_forwarding_and_the_answer_ends_the_session()
    {
        foreach (var state in new[] { Waiting, Negotiating, Ordered, Up, Closing(Up) })
            Becomes(Step(state, SubscriberEvent.LinkFailed.Instance), state, new SubscriberEffect.StopForwarding(LinkGone));
    }

    // ---- limits and Interim-Updates -----------------------------------------------------------------------------------

    [Theory]
    [InlineData(null, 600, EndParty.Lns)]
    [InlineData(300, 300, EndParty.Radius)]
    public void The_session_limit_closes_the_link_exactly_at_its_time(int? granted, int seconds, EndParty party)
    {
        var profile = Profile with { SessionTimeout = granted is { } limit ? Seconds(limit) : null };
        var policy = Unlimited with { SessionTimeout = Seconds(600) };
        var on = (SubscriberState.On)Step(
            new SubscriberState.WaitingForForwarding(profile, Address, 1400), SubscriberEvent.ForwardingStarted.Instance, policy).State;
        Assert.Equal(Now + Seconds(seconds), SubscriberSession.NextDeadline(on));
        Becomes(Step(on, new SubscriberEvent.Tick(Counters(1)), policy, after: seconds - 0.001), on);
        var why = new EndReason(party, EndLayer.Bundle, EndCause.SessionTimeout, $"session limit of {seconds} s reached");
        Becomes(Step(on, new SubscriberEvent.Tick(Counters(1)), policy, after: seconds),
            new SubscriberState.Closing(why, on with { EndsAt = null }), new SubscriberEffect.CloseLink(why));
    }

    [Theory]
    [InlineData(null, 60)]
    [InlineData(20, 20)]
    public void The_idle_limit_counts_from_the_last_packet(int? granted, int seconds)
    {
        var profile = Profile with { IdleTimeout = granted is { } limit ? Seconds(limit) : null };
        var policy = Unlimited with { IdleTimeout = Seconds(60) };
        var on = On(ForwardingPhase.Up, profile) with { IdleCheckAt = Now };
        TrafficCounters Quiet(double since) => Counters(1000) with { LastActivity = Now - Seconds(since) };
        Becomes(Step(on, new SubscriberEvent.Tick(Quiet(seconds - 5)), policy), on with { IdleCheckAt = Now + Seconds(5) });
        Becomes(Step(on, new SubscriberEvent.Tick(null), policy), on with { IdleCheckAt = Now + Seconds(seconds) }); // no counters
        var why = new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.IdleTimeout, $"no packet for {seconds} s");
        Becomes(Step(on, new SubscriberEvent.Tick(Quiet(seconds)), policy),
            new SubscriberState.Closing(why, on with { IdleCheckAt = null }), new SubscriberEffect.CloseLink(why));
    }

    [Theory]
    [InlineData(true, null, 300, 0, 0, 300)]
    [InlineData(true, 120, 300, 0, 0, 120)]
    [InlineData(true, 120, 300, 0.5, 1, 60)]
    [InlineData(true, null, 300, 0.5, 0.5, 225)]
    [InlineData(true, 0, 300, 0, 0, null)]
    [InlineData(true, null, 0, 0, 0, null)]
    [InlineData(false, 120, 300, 0, 0, null)]
    public void An_interim_update_is_due_after_the_interval_less_its_jitter(
        bool accounts, int? granted, int usual, double jitter, double random, int? expected)
    {
        var profile = Profile with { AcctInterimInterval = granted is { } interval ? Seconds(interval) : null };
        var policy = Unlimited with { Accounts = accounts, InterimInterval = Seconds(usual), InterimJitter = jitter };
        var ordered = new SubscriberState.WaitingForForwarding(profile, Address, 1400);
        var on = Step(ordered, SubscriberEvent.ForwardingStarted.Instance, policy, random: random).State;
        Assert.Equal(expected is { } seconds ? Now + Seconds(seconds) : null, SubscriberSession.NextDeadline(on));
    }

    [Fact]
    public void An_interim_update_has_the_counters_of_its_moment()
    {
        var policy = Unlimited with { InterimInterval = Seconds(300) };
        var on = Up with { NextInterimAt = Now };
        Becomes(Step(on, new SubscriberEvent.Tick(Counters(7000)), policy),
            on with { NextInterimAt = Now + Seconds(300), Counters = Counters(7000) },
            new SubscriberEffect.Interim(Seconds(60), Counters(7000)));
        Becomes(Step(on, new SubscriberEvent.Tick(null), policy), // the path is closed already: the latest that is known
            on with { NextInterimAt = Now + Seconds(300) }, new SubscriberEffect.Interim(Seconds(60), Counters(1000)));
    }

    [Fact]
    public void A_limit_and_an_interim_update_of_the_same_moment_both_happen()
    {
        var policy = Unlimited with { InterimInterval = Seconds(300) };
        var on = Up with { EndsAt = Now, NextInterimAt = Now };
        var why = new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.SessionTimeout, "session limit of 60 s reached");
        Becomes(Step(on, new SubscriberEvent.Tick(Counters(7000)), policy),
            new SubscriberState.Closing(why, Up with { NextInterimAt = Now + Seconds(300), Counters = Counters(7000) }),
            new SubscriberEffect.CloseLink(why), new SubscriberEffect.Interim(Seconds(60), Counters(7000)));
    }

    // ---- CoA ----------------------------------------------------------------------------------------------------------

    [Theory] // seconds from now on
    [InlineData(120, null, 120)]   // given: counts from the change on
    [InlineData(120, 40, 120)]
    [InlineData(0, 500, 440)]      // taken back: as the settings say, counted from the begin of the session, a minute ago
    [InlineData(0, null, null)]
    [InlineData(null, 500, 7)]     // not named: goes on
    public void A_changed_session_timeout_counts_from_the_change(int? change, int? usual, int? expected)
    {
        var what = new SessionChange { SessionTimeout = change is { } seconds ? Seconds(seconds) : null };
        var policy = Unlimited with { SessionTimeout = usual is { } limit ? Seconds(limit) : default };
        var on = Up with { EndsAt = Now + Seconds(7) };
        var (state, effects) = Step(on, new SubscriberEvent.ChangeRequested(7, what, Counters(9)), policy);
        Assert.Equal(expected is { } at ? Now + Seconds(at) : null, ((SubscriberState.On)state).EndsAt);
        Assert.Equal<SubscriberEffect>([new SubscriberEffect.ConfirmChange(7)], effects);
    }

    [Fact]
    public void A_changed_idle_timeout_or_interim_interval_begins_again_and_zero_takes_it_back()
    {
        var on = Up with { IdleCheckAt = Now + Seconds(7), NextInterimAt = Now + Seconds(8) };
        var policy = Unlimited with { IdleTimeout = Seconds(50), InterimInterval = Seconds(300) };
        SubscriberState.On After(SessionChange what) =>
            (SubscriberState.On)Step(on, new SubscriberEvent.ChangeRequested(7, what, null), policy).State;
        var idle = After(new() { IdleTimeout = Seconds(20) });
        Assert.Equal((Now + Seconds(20), Now + Seconds(8)), (idle.IdleCheckAt, idle.NextInterimAt));
        Assert.Equal(Now + Seconds(50), After(new() { IdleTimeout = TimeSpan.Zero }).IdleCheckAt);
        Assert.Equal(Now + Seconds(90), After(new() { AcctInterimInterval = Seconds(90) }).NextInterimAt);
        Assert.Null(After(new() { AcctInterimInterval = TimeSpan.Zero }).NextInterimAt);
        var filters = new SessionChange { FilterIds = ["f"] };
        Assert.Equal(on with { Profile = filters.ApplyTo(Profile) }, After(filters)); // no limit is named: all go on
    }

    [Fact]
    public void Changed_classes_are_accounted_at_once()
    {
        var what = new SessionChange { Classes = [new byte[] { 1, 2 }] };
        Becomes(Step(Up, new SubscriberEvent.ChangeRequested(7, what, Counters(3000))),
            Up with { Profile = what.ApplyTo(Profile), Counters = Counters(3000) },
            new SubscriberEffect.ChangeClasses(what.Classes.Value), new SubscriberEffect.Interim(Seconds(60), Counters(3000)),
            new SubscriberEffect.ConfirmChange(7));
    }

    [Fact]
    public void A_change_before_the_user_is_on_has_no_effect()
    {
        foreach (var state in new[] { Waiting, Negotiating, Ordered, new SubscriberState.Ending(Why, Up) })
            Becomes(Step(state, new SubscriberEvent.ChangeRequested(7, new SessionChange { SessionTimeout = Seconds(1) }, null)), state);
    }
}

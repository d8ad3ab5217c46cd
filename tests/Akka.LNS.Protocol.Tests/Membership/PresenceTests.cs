using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Protocol.Tests.Membership;

/// <summary>A node that was stopped is not ready until a member confirms that it still counts.</summary>
public class PresenceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static Instant At(double seconds) => new(TimeSpan.FromSeconds(100 + seconds).Ticks);
    private static DateTimeOffset Utc(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);

    private static PresenceState Beats(double until)
    {
        var state = default(PresenceState);
        for (var at = 0; at <= until; at++) state = Presence.Beat(state, At(at), Utc(at), Patience, hasOthers: true);
        return state;
    }

    private static bool IsConfirmed(PresenceState state, double at, bool hasOthers = true) =>
        Presence.IsConfirmed(state, At(at), Utc(at), Patience, hasOthers);

    [Fact]
    public void A_node_that_beats_is_confirmed_and_needs_no_report()
    {
        Assert.True(IsConfirmed(default, 0));
        Assert.True(IsConfirmed(Beats(30), 30.9));
        Assert.True(IsConfirmed(Beats(30), 35)); // a pause that the others tolerate
    }

    [Fact]
    public void A_node_that_was_stopped_is_not_confirmed_even_before_its_first_beat() => Assert.False(IsConfirmed(Beats(30), 55));

    [Fact]
    public void Reports_that_waited_in_the_socket_confirm_nothing_and_a_later_one_does()
    {
        var woken = Presence.Beat(Beats(30), At(55), Utc(55), Patience, hasOthers: true);
        for (var i = 0; i < 25; i++) woken = Presence.Heard(woken, At(55.1));
        Assert.False(IsConfirmed(woken, 55.2));
        for (var at = 56; at <= 66; at++)
        {
            woken = Presence.Beat(woken, At(at), Utc(at), Patience, hasOthers: true);
            Assert.False(IsConfirmed(woken, at));
        }
        Assert.True(IsConfirmed(Presence.Heard(woken, At(66)), 66));
    }

    [Fact]
    public void A_machine_that_was_suspended_shows_only_in_the_clock()
    {
        var state = Beats(30);
        Assert.False(Presence.IsConfirmed(state, At(30.5), Utc(55), Patience, hasOthers: true));
        state = Presence.Beat(state, At(30.5), Utc(55), Patience, hasOthers: true);
        Assert.False(Presence.IsConfirmed(state, At(31), Utc(55.5), Patience, hasOthers: true));
        // a clock that was set back is no stop
        Assert.True(Presence.IsConfirmed(Beats(30), At(30.5), Utc(-1_000), Patience, hasOthers: true));
    }

    [Fact]
    public void A_cluster_of_one_needs_no_confirmation()
    {
        Assert.True(IsConfirmed(Beats(30), 55, hasOthers: false));
        var alone = Presence.Beat(Beats(30), At(55), Utc(55), Patience, hasOthers: false);
        Assert.Null(alone.WokeAt);
    }
}

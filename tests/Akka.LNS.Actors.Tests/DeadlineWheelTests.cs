using Akka.Actor;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;

namespace Akka.LNS.Actors.Tests;

/// <summary>Deadlines of actors on the shared wheel.</summary>
public sealed class DeadlineWheelTests : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("wheel");

    /// <summary>Notes the deadlines that reach it, in order, with the time.</summary>
    private sealed class Noting(List<(Instant At, Instant Came)> notes) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not DeadlineReached due) return;
            lock (notes) notes.Add((due.At, TestLac.Now));
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;
    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact]
    public async Task Every_deadline_comes_once_and_none_before_its_time()
    {
        var (wheel, notes, random) = (DeadlineWheel.Of(_system), new List<(Instant At, Instant Came)>(), new Random(7));
        var actor = _system.ActorOf(Props.Create(() => new Noting(notes)));
        for (var i = 0; i < 2000; i++)
        {
            var delay = TimeSpan.FromTicks(random.Next(0, (int)TimeSpan.TicksPerSecond));
            wheel.Add(new DeadlineReached(TestLac.Now + delay, actor), delay);
        }
        await Wait.Until(() => Count() >= 2000, () => $"{Count()} of 2000 deadlines came");
        Assert.Empty(wheel.Armed);
        Assert.Equal(2000, Count());
        var early = TimeSpan.FromMilliseconds(1); // the wheel has a clock of its own
        Assert.DoesNotContain(notes, n => n.Came < n.At - early);

        int Count()
        {
            lock (notes) return notes.Count;
        }
    }

    [Fact]
    public void A_deadline_has_its_own_slot_after_minutes_without_any()
    {
        var clock = new HandClock();
        var wheel = new DeadlineWheel(_system, clock);
        clock.Move(TimeSpan.FromMinutes(10));
        var entry = new DeadlineReached(default, ActorRefs.Nobody);
        wheel.Add(entry, TimeSpan.FromSeconds(30));
        Assert.Equal(78_752 % 8192, entry.Slot); // 630 s in slots of 8 ms, up to the next sixteenth one

        clock.Move(TimeSpan.FromSeconds(20)); // the thread sleeps on
        var later = new DeadlineReached(default, ActorRefs.Nobody);
        wheel.Add(later, DeadlineWheel.Horizon);
        Assert.Equal(85_008 % 8192, later.Slot); // 680 s
    }

    [Fact]
    public void A_cancelled_deadline_leaves_the_wheel_at_once()
    {
        var (wheel, random) = (DeadlineWheel.Of(_system), new Random(7));
        var all = new List<DeadlineReached>();
        for (var i = 0; i < 5000; i++)
        {
            var entry = new DeadlineReached(default, ActorRefs.Nobody);
            all.Add(entry);
            wheel.Add(entry, TimeSpan.FromSeconds(30 + random.Next(0, 30)));
        }
        var kept = new HashSet<DeadlineReached>(all);
        foreach (var entry in all.OrderBy(_ => random.Next()).Take(4000).ToList())
        {
            wheel.Remove(entry);
            wheel.Remove(entry); // a second time: without effect
            kept.Remove(entry);
        }
        Assert.Equal(kept, [.. wheel.Armed]);
        foreach (var entry in kept) wheel.Remove(entry);
        Assert.Empty(wheel.Armed);
    }

    [Fact]
    public async Task A_deadline_that_is_earlier_than_all_others_does_not_wait_for_them()
    {
        var (wheel, notes) = (DeadlineWheel.Of(_system), new List<(Instant At, Instant Came)>());
        var actor = _system.ActorOf(Props.Create(() => new Noting(notes)));
        var late = new DeadlineReached(TestLac.Now + DeadlineWheel.Horizon, actor);
        wheel.Add(late, DeadlineWheel.Horizon);
        var soon = new DeadlineReached(TestLac.Now, actor);
        wheel.Add(soon, TimeSpan.Zero);
        await Wait.Until(() =>
        {
            lock (notes) return notes.Count > 0;
        }, () => "the deadline comes");
        Assert.Equal([late], wheel.Armed);
    }
}

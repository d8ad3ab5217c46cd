using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.LNS.Protocol;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>Akka's own scheduler, and a list of the messages that it has been asked for and has not sent yet.</summary>
/// <remarks>Made by Akka, from its name in the configuration.</remarks>
internal sealed class CountingScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log), IDisposable
{
    private readonly HashedWheelTimerScheduler _wheel = new(config, log);
    private readonly ConcurrentDictionary<WakeUp, byte> _armed = new();

    /// <summary>One message to come.</summary>
    public sealed class WakeUp(CountingScheduler scheduler, object what, ICancelable? cancelable, Instant due) : ICanTell, IRunnable
    {
        public IActorRef? Actor => what as IActorRef;
        public Instant Due => due;
        public bool IsCancelled => cancelable?.IsCancellationRequested == true;

        public void Tell(object message, IActorRef sender)
        {
            scheduler._armed.TryRemove(this, out _);
            ((ICanTell)what).Tell(message, sender);
        }

        public void Run()
        {
            scheduler._armed.TryRemove(this, out _);
            ((IRunnable)what).Run();
        }

        public void Execute() => Run();
    }

    public IReadOnlyList<WakeUp> Armed => [.. _armed.Keys.Where(static w => !w.IsCancelled)];

    public override TimeSpan MonotonicClock => _wheel.MonotonicClock;
    public override TimeSpan HighResMonotonicClock => _wheel.HighResMonotonicClock;
    protected override DateTimeOffset TimeNow => TimeProvider.System.GetUtcNow();

    public void Dispose() => _wheel.Dispose();

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender,
        ICancelable cancelable)
    {
        var wakeUp = new WakeUp(this, receiver, cancelable, TestLac.Now + delay);
        _armed.TryAdd(wakeUp, 0);
        ((ITellScheduler)_wheel).ScheduleTellOnce(delay, wakeUp, message, sender, cancelable);
    }

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        ((ITellScheduler)_wheel).ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        ((IActionScheduler)_wheel).ScheduleOnce(delay, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        ((IActionScheduler)_wheel).ScheduleRepeatedly(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable)
    {
        var wakeUp = new WakeUp(this, action, cancelable, TestLac.Now + delay);
        _armed.TryAdd(wakeUp, 0);
        ((IRunnableScheduler)_wheel).ScheduleOnce(delay, wakeUp, cancelable);
    }

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action,
        ICancelable cancelable) =>
        ((IRunnableScheduler)_wheel).ScheduleRepeatedly(initialDelay, interval, action, cancelable);
}

using Akka.Dispatch;

namespace Akka.LNS.Actors;

/// <summary>Message to an actor whose deadline may have come. The scheduler holds the same object until then.</summary>
internal sealed class DeadlineReached(Instant at, IActorRef owner)
    : IRunnable, INoSerializationVerificationNeeded, Akka.Event.IDeadLetterSuppression
{
    private volatile IActorRef? _owner = owner;

    public Instant At { get; } = at;

    /// <summary>Null: the wake-up was cancelled.</summary>
    public IActorRef? Owner => _owner;

    /// <summary>Cancels the wake-up and lets go of the actor. The scheduler keeps this object until its time.</summary>
    public void LetGo() => _owner = null;

    public void Run() => _owner?.Tell(this, ActorRefs.NoSender);

    public void Execute() => Run();
}

/// <summary>
/// The one timer of an actor. It is lazy: a deadline that moves later leaves the armed wake-up alone (it finds nothing due and re-arms), so
/// the common case, a deadline pushed back with each message, costs nothing. An earlier one lets go of the wake-up before it, and so does
/// an actor that stops: what has died is not held until a wake-up's time, and ten thousand who come and go again and again do not pile up.
/// </summary>
internal struct DeadlineTimer
{
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(60);
    private DeadlineReached? _armed;

    /// <summary>After each step: <paramref name="due"/> is when the machine wants its next tick.</summary>
    public void Rearm(IActorContext context, Instant? due, Instant now)
    {
        if (due is not { } at) return;
        if (at > now + Horizon) at = now + Horizon;
        if (_armed?.At <= at) return;
        _armed?.LetGo();
        _armed = new DeadlineReached(at, context.Self);
        var delay = at > now ? at - now : TimeSpan.Zero;
        // one millisecond more, for the scheduler cuts fractions off: a tick before its time would be for nothing
        context.System.Scheduler.Advanced.ScheduleOnce(delay + TimeSpan.FromMilliseconds(1), _armed);
    }

    /// <summary>On <see cref="DeadlineReached"/>; false: a stale wake-up that was on its way already, do nothing.</summary>
    public bool Fired(DeadlineReached wakeUp)
    {
        if (!ReferenceEquals(_armed, wakeUp)) return false;
        _armed = null;
        return true;
    }

    /// <summary>In PostStop.</summary>
    public void Stop()
    {
        _armed?.LetGo();
        _armed = null;
    }
}

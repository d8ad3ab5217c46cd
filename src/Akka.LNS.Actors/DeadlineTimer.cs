using Akka.Dispatch;

namespace Akka.LNS.Actors;

/// <summary>Message to an actor whose deadline may have passed. The scheduler holds the same object until then.</summary>
internal sealed class DeadlineReached(Instant at, IActorRef owner)
    : IRunnable, INoSerializationVerificationNeeded, Akka.Event.IDeadLetterSuppression
{
    private volatile IActorRef? _owner = owner;

    public Instant At { get; } = at;

    /// <summary>Null: the wake-up was cancelled.</summary>
    public IActorRef? Owner => _owner;

    /// <summary>Cancels the wake-up and releases the actor. The scheduler holds this object until its time.</summary>
    public void LetGo() => _owner = null;

    public void Run() => _owner?.Tell(this, ActorRefs.NoSender);

    public void Execute() => Run();
}

/// <summary>
/// The one timer of an actor. It is lazy: when a deadline moves to a later time, the armed wake-up stays, finds nothing due and arms again.
/// So the common case, a deadline that each message postpones, costs nothing. An earlier deadline and the end of the actor cancel the armed
/// wake-up. A cancelled wake-up does not hold its actor, so memory stays bounded when many actors start and stop.
/// </summary>
internal struct DeadlineTimer
{
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(60);
    private DeadlineReached? _armed;

    /// <summary>Arms the timer. Called after each step with the time of the next tick in <paramref name="due"/>.</summary>
    public void Rearm(IActorContext context, Instant? due, Instant now)
    {
        if (due is not { } at) return;
        if (at > now + Horizon) at = now + Horizon;
        if (_armed?.At <= at) return;
        _armed?.LetGo();
        _armed = new DeadlineReached(at, context.Self);
        var delay = at > now ? at - now : TimeSpan.Zero;
        // one millisecond more, because the scheduler drops fractions, and an early tick has no effect
        context.System.Scheduler.Advanced.ScheduleOnce(delay + TimeSpan.FromMilliseconds(1), _armed);
    }

    /// <summary>Called on <see cref="DeadlineReached"/>. False: the wake-up is stale and must be ignored.</summary>
    public bool Fired(DeadlineReached wakeUp)
    {
        if (!ReferenceEquals(_armed, wakeUp)) return false;
        _armed = null;
        return true;
    }

    /// <summary>Cancels the timer. Called in PostStop.</summary>
    public void Stop()
    {
        _armed?.LetGo();
        _armed = null;
    }
}

namespace Akka.LNS.Actors;

/// <summary>Message to an actor whose deadline may have passed. <see cref="DeadlineWheel"/> holds the same object until then.</summary>
internal sealed class DeadlineReached(Instant at, IActorRef owner)
    : INoSerializationVerificationNeeded, Akka.Event.IDeadLetterSuppression
{
    public Instant At { get; } = at;
    public IActorRef Owner { get; } = owner;

    // neighbours and index in the wheel, under its lock; -1: in no slot
    internal DeadlineReached? Next, Previous;
    internal int Slot = -1;

    public void Send() => Owner.Tell(this, ActorRefs.NoSender);
}

/// <summary>
/// The one timer of an actor. It is lazy: when a deadline moves to a later time, the armed wake-up stays, finds nothing due and arms again.
/// So the common case, a deadline that each message postpones, costs nothing. An earlier deadline and the end of the actor cancel the armed
/// wake-up.
/// </summary>
internal struct DeadlineTimer
{
    private DeadlineReached? _armed;

    /// <summary>Arms the timer. Called after each step with the time of the next tick in <paramref name="due"/>.</summary>
    public void Rearm(IActorContext context, Instant? due, Instant now)
    {
        if (due is not { } at) return;
        if (at > now + DeadlineWheel.Horizon) at = now + DeadlineWheel.Horizon;
        if (_armed?.At <= at) return;
        var wheel = DeadlineWheel.Of(context.System);
        if (_armed is { } later) wheel.Remove(later);
        _armed = new DeadlineReached(at, context.Self);
        // one millisecond more, because the clocks of node and wheel are two, and an early tick has no effect
        wheel.Add(_armed, (at > now ? at - now : TimeSpan.Zero) + TimeSpan.FromMilliseconds(1));
    }

    /// <summary>Called on <see cref="DeadlineReached"/>. False: the wake-up is stale and must be ignored.</summary>
    public bool Fired(DeadlineReached wakeUp)
    {
        if (!ReferenceEquals(_armed, wakeUp)) return false;
        _armed = null;
        return true;
    }

    /// <summary>Cancels the timer. Called in PostStop.</summary>
    public void Stop(IActorContext context)
    {
        if (_armed is { } armed) DeadlineWheel.Of(context.System).Remove(armed);
        _armed = null;
    }
}

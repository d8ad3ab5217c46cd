namespace Akka.LNS.Actors;

/// <summary>What an actor gets when the deadline of its machine may have come. <see cref="At"/> tells a wake-up that still counts from a stale one.</summary>
internal sealed class DeadlineReached(Instant at) : INoSerializationVerificationNeeded, Akka.Event.IDeadLetterSuppression
{
    public Instant At { get; } = at;
}

/// <summary>
/// The one timer of an actor. It is lazy: a deadline that moves later leaves the armed wake-up alone (it finds nothing due and re-arms), so the common
/// case, a deadline pushed back with each message, costs nothing. Nothing is ever cancelled: a stale wake-up is told by its time and ignored.
/// </summary>
/// <remarks>A wake-up holds the actor's reference, so none is armed further ahead than a minute: what has died is let go soon.</remarks>
internal struct DeadlineTimer
{
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(60);
    private Instant? _armed;

    /// <summary>After each step: <paramref name="due"/> is when the machine wants its next tick.</summary>
    public void Rearm(IActorContext context, Instant? due, Instant now)
    {
        if (due is not { } at) return;
        if (at > now + Horizon) at = now + Horizon;
        if (_armed is { } armed && armed <= at) return;
        _armed = at;
        var delay = at > now ? at - now : TimeSpan.Zero;
        // one millisecond more, for the scheduler cuts fractions off: a tick before its time would be for nothing
        context.System.Scheduler.ScheduleTellOnce(delay + TimeSpan.FromMilliseconds(1), context.Self, new DeadlineReached(at), ActorRefs.NoSender);
    }

    /// <summary>On <see cref="DeadlineReached"/>; false: a stale wake-up, do nothing.</summary>
    public bool Fired(DeadlineReached wakeUp)
    {
        if (_armed != wakeUp.At) return false;
        _armed = null;
        return true;
    }
}

namespace Akka.LNS.Protocol.Admission;

/// <summary>Where a node stands between serving and empty.</summary>
public abstract record DrainState
{
    private DrainState() { }

    public sealed record Serving : DrainState
    {
        public static readonly Serving Instance = new();
    }

    /// <summary>Nothing new is taken, and what is there stays.</summary>
    /// <param name="EndAt">Then the remaining sessions are ended; null: they may take as long as they like.</param>
    /// <param name="Exit">The program ends when the node is empty; else it stays, empty.</param>
    /// <param name="ReportAt">When it is said again how many remain.</param>
    /// <param name="Why">For people; null: nobody said it.</param>
    public sealed record Draining(Instant Since, Instant? EndAt, bool Exit, Instant ReportAt, string? Why = null) : DrainState;

    /// <summary>No session is left.</summary>
    /// <param name="Why">As of <see cref="Draining"/>.</param>
    public sealed record Drained(Instant Since, bool Exit, string? Why = null) : DrainState;

    /// <summary>What was given as the reason; null: none was, or the node serves.</summary>
    public string? Reason => this switch
    {
        Draining d => d.Why,
        Drained d => d.Why,
        _ => null,
    };
}

/// <summary>What happens to a node that is to be emptied.</summary>
public abstract record DrainEvent
{
    private DrainEvent() { }

    /// <param name="Within">The remaining sessions are ended after so long; null: never.</param>
    /// <param name="Exit">The program ends with the last session.</param>
    /// <param name="Why">For people, LACs' among them; null: nothing is said.</param>
    public sealed record Requested(TimeSpan? Within, bool Exit, string? Why = null) : DrainEvent;

    public sealed record CalledOff : DrainEvent
    {
        public static readonly CalledOff Instance = new();
    }

    /// <summary>Some time has passed.</summary>
    public sealed record Tick : DrainEvent
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What must be done, in order.</summary>
public abstract record DrainEffect
{
    private DrainEffect() { }

    /// <summary>Say that it has begun, and how many sessions remain.</summary>
    public sealed record SayBegun(TimeSpan? Within, bool Exit, string? Why = null) : DrainEffect;

    /// <summary>Say how many sessions remain.</summary>
    public sealed record SayRemaining : DrainEffect
    {
        public static readonly SayRemaining Instance = new();
    }

    public sealed record SayCalledOff : DrainEffect
    {
        public static readonly SayCalledOff Instance = new();
    }

    public sealed record SayDrained(TimeSpan After) : DrainEffect;

    /// <summary>Time is up: end the sessions that remain.</summary>
    public sealed record EndSessions : DrainEffect
    {
        public static readonly EndSessions Instance = new();
    }

    /// <summary>Nothing can call it off any more: end the node.</summary>
    public sealed record ExitNode : DrainEffect
    {
        public static readonly ExitNode Instance = new();
    }
}

/// <summary>Emptying a node without ending anybody (MPD's delayed one-shot): the last one to go turns off the light.</summary>
public static class Drain
{
    /// <param name="remaining">Sessions that are there now. Idle tunnels hold nothing up.</param>
    /// <param name="reportEvery">How often it is said how many remain.</param>
    public static Transition<DrainState, DrainEffect> On(DrainState state, DrainEvent ev, Instant now, int remaining, TimeSpan reportEvery) => (state, ev) switch
    {
        // what was ordered last counts; the time runs from the new order
        (DrainState.Serving or DrainState.Draining or DrainState.Drained { Exit: false }, DrainEvent.Requested r) => Begin(state, r, now, remaining, reportEvery),
        (DrainState.Draining or DrainState.Drained { Exit: false }, DrainEvent.CalledOff) => new(DrainState.Serving.Instance, DrainEffect.SayCalledOff.Instance),
        (DrainState.Draining d, _) when remaining == 0 => Empty(d, now),
        (DrainState.Draining { Exit: true } d, DrainEvent.Tick) when now >= d.EndAt => new(new DrainState.Drained(now, Exit: true, d.Why),
            DrainEffect.SayRemaining.Instance, DrainEffect.EndSessions.Instance, DrainEffect.ExitNode.Instance),
        (DrainState.Draining d, DrainEvent.Tick) when now >= d.EndAt => new(d with { EndAt = null }, DrainEffect.SayRemaining.Instance, DrainEffect.EndSessions.Instance),
        (DrainState.Draining d, DrainEvent.Tick) when now >= d.ReportAt => new(d with { ReportAt = now + reportEvery }, DrainEffect.SayRemaining.Instance),
        _ => new(state), // to call off what was not ordered; after ExitNode
    };

    private static Transition<DrainState, DrainEffect> Begin(DrainState state, DrainEvent.Requested r, Instant now, int remaining, TimeSpan reportEvery)
    {
        var since = state is DrainState.Draining before ? before.Since : now;
        var draining = new DrainState.Draining(since, now + r.Within, r.Exit, now + reportEvery, r.Why);
        var begun = new DrainEffect.SayBegun(r.Within, r.Exit, r.Why);
        if (remaining > 0) return new(draining, begun);
        var (drained, effects) = Empty(draining, now);
        return new(drained, effects.Insert(0, begun));
    }

    private static Transition<DrainState, DrainEffect> Empty(DrainState.Draining d, Instant now)
    {
        var said = new DrainEffect.SayDrained(now - d.Since);
        var drained = new DrainState.Drained(now, d.Exit, d.Why);
        return d.Exit ? new(drained, said, DrainEffect.ExitNode.Instance) : new(drained, said);
    }
}

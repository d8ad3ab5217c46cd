namespace Akka.LNS.Protocol.Admission;

/// <summary>State of a node between serving and empty.</summary>
public abstract record DrainState
{
    private DrainState() { }

    public sealed record Serving : DrainState
    {
        public static readonly Serving Instance = new();
    }

    /// <summary>New tunnels and calls are refused. Those that are up stay.</summary>
    /// <param name="EndAt">Time at which the remaining sessions are ended; null: never.</param>
    /// <param name="Exit">The program ends when the node is empty; false: it stays, empty.</param>
    /// <param name="ReportAt">Next time at which the number of remaining sessions is logged.</param>
    /// <param name="Why">Reason for people; null: not given.</param>
    public sealed record Draining(Instant Since, Instant? EndAt, bool Exit, Instant ReportAt, string? Why = null) : DrainState;

    /// <summary>No session is left.</summary>
    /// <param name="Why">As of <see cref="Draining"/>.</param>
    public sealed record Drained(Instant Since, bool Exit, string? Why = null) : DrainState;

    /// <summary>Reason of the drain; null: not given, or the node serves.</summary>
    public string? Reason => this switch
    {
        Draining d => d.Why,
        Drained d => d.Why,
        _ => null,
    };
}

/// <summary>What happens to a node that is emptied.</summary>
public abstract record DrainEvent
{
    private DrainEvent() { }

    /// <summary>An operator orders the drain.</summary>
    /// <param name="Within">Time after which the remaining sessions are ended; null: never.</param>
    /// <param name="Exit">The program ends with the last session.</param>
    /// <param name="Why">Reason for people, those at the LACs included; null: not given.</param>
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

/// <summary>What the shell must do, in order.</summary>
public abstract record DrainEffect
{
    private DrainEffect() { }

    /// <summary>Log that the drain begins, and how many sessions remain.</summary>
    public sealed record SayBegun(TimeSpan? Within, bool Exit, string? Why = null) : DrainEffect;

    /// <summary>Log how many sessions remain.</summary>
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

    /// <summary>End the node. The drain can no longer be called off.</summary>
    public sealed record ExitNode : DrainEffect
    {
        public static readonly ExitNode Instance = new();
    }
}

/// <summary>Empties a node without ending sessions: it takes no new ones and waits for the end of the last one.</summary>
public static class Drain
{
    /// <param name="remaining">Sessions now. Idle tunnels do not delay the end.</param>
    /// <param name="reportEvery">Interval of the log lines that say how many remain.</param>
    public static Transition<DrainState, DrainEffect> On(
        DrainState state, DrainEvent ev, Instant now, int remaining, TimeSpan reportEvery) => (state, ev) switch
    {
        // the last order counts, and its time runs from that order
        (DrainState.Serving or DrainState.Draining or DrainState.Drained { Exit: false }, DrainEvent.Requested r) =>
            Begin(state, r, now, remaining, reportEvery),
        (DrainState.Draining or DrainState.Drained { Exit: false }, DrainEvent.CalledOff) =>
            new(DrainState.Serving.Instance, DrainEffect.SayCalledOff.Instance),
        (DrainState.Draining d, _) when remaining == 0 => Empty(d, now),
        (DrainState.Draining { Exit: true } d, DrainEvent.Tick) when now >= d.EndAt => new(
            new DrainState.Drained(now, Exit: true, d.Why),
            DrainEffect.SayRemaining.Instance, DrainEffect.EndSessions.Instance, DrainEffect.ExitNode.Instance),
        (DrainState.Draining d, DrainEvent.Tick) when now >= d.EndAt =>
            new(d with { EndAt = null }, DrainEffect.SayRemaining.Instance, DrainEffect.EndSessions.Instance),
        (DrainState.Draining d, DrainEvent.Tick) when now >= d.ReportAt =>
            new(d with { ReportAt = now + reportEvery }, DrainEffect.SayRemaining.Instance),
        _ => new(state), // called off without an order; after ExitNode
    };

    private static Transition<DrainState, DrainEffect> Begin(
        DrainState state, DrainEvent.Requested r, Instant now, int remaining, TimeSpan reportEvery)
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

namespace Akka.LNS.Protocol.Admission;

/// <summary>State of the drain of a node.</summary>
public abstract record DrainState
{
    private DrainState() { }

    public sealed record Serving : DrainState
    {
        public static readonly Serving Instance = new();
    }

    /// <summary>New tunnels and calls are refused. Existing ones continue.</summary>
    /// <param name="EndAt">Time at which the remaining sessions are ended; null: never.</param>
    /// <param name="Exit">The program ends with the last session; false: it continues without sessions.</param>
    /// <param name="ReportAt">Next time at which the number of remaining sessions is logged.</param>
    /// <param name="Why">Reason for operators; null: not given.</param>
    public sealed record Draining(Instant Since, Instant? EndAt, bool Exit, Instant ReportAt, string? Why = null) : DrainState;

    /// <summary>No session is left.</summary>
    /// <param name="Why">Reason, as in <see cref="Draining"/>.</param>
    public sealed record Drained(Instant Since, bool Exit, string? Why = null) : DrainState;

    /// <summary>Reason of the drain; null: not given, or the node serves.</summary>
    public string? Reason => this switch
    {
        Draining d => d.Why,
        Drained d => d.Why,
        _ => null,
    };
}

/// <summary>Event of the drain of a node.</summary>
public abstract record DrainEvent
{
    private DrainEvent() { }

    /// <summary>An operator orders the drain.</summary>
    /// <param name="Within">Time after which the remaining sessions are ended; null: never.</param>
    /// <param name="Exit">The program ends with the last session.</param>
    /// <param name="Why">Reason for operators, also for those of the LACs; null: not given.</param>
    public sealed record Requested(TimeSpan? Within, bool Exit, string? Why = null) : DrainEvent;

    public sealed record CalledOff : DrainEvent
    {
        public static readonly CalledOff Instance = new();
    }

    /// <summary>Periodic tick.</summary>
    public sealed record Tick : DrainEvent
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What the shell must do, in order.</summary>
public abstract record DrainEffect
{
    private DrainEffect() { }

    /// <summary>Log the start of the drain and the number of remaining sessions.</summary>
    public sealed record SayBegun(TimeSpan? Within, bool Exit, string? Why = null) : DrainEffect;

    /// <summary>Log the number of remaining sessions.</summary>
    public sealed record SayRemaining : DrainEffect
    {
        public static readonly SayRemaining Instance = new();
    }

    public sealed record SayCalledOff : DrainEffect
    {
        public static readonly SayCalledOff Instance = new();
    }

    public sealed record SayDrained(TimeSpan After) : DrainEffect;

    /// <summary>The deadline has passed. End the remaining sessions.</summary>
    public sealed record EndSessions : DrainEffect
    {
        public static readonly EndSessions Instance = new();
    }

    /// <summary>End the node. The drain can no longer be cancelled.</summary>
    public sealed record ExitNode : DrainEffect
    {
        public static readonly ExitNode Instance = new();
    }
}

/// <summary>Drains a node: it accepts no new sessions and waits for the end of the last one.</summary>
public static class Drain
{
    /// <param name="remaining">Current number of sessions. Tunnels without sessions do not delay the end.</param>
    /// <param name="reportEvery">Interval of the log lines with the number of remaining sessions.</param>
    public static Transition<DrainState, DrainEffect> On(
        DrainState state, DrainEvent ev, Instant now, int remaining, TimeSpan reportEvery) => (state, ev) switch
        {
            // a newer order replaces the older one, and its time starts again
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
            _ => new(state), // a cancellation without an order, or an event after ExitNode
        };

    private static Transition<DrainState, DrainEffect> Begin(
        DrainState state, DrainEvent.Requested r, Instant now, int remaining, TimeSpan reportEvery)
    {
        var since = state is DrainState.Draining before ? before.Since : now;
        var why = r.Why ?? state.Reason; // an order without a reason keeps the earlier one
        var draining = new DrainState.Draining(since, now + r.Within, r.Exit, now + reportEvery, why);
        var begun = new DrainEffect.SayBegun(r.Within, r.Exit, why);
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

namespace Akka.LNS.Protocol.Membership;

/// <summary>Progress of the departure of a node.</summary>
public abstract record DepartureState
{
    private DepartureState() { }

    public sealed record Staying : DepartureState
    {
        public static readonly Staying Instance = new();
    }

    /// <summary>The node drains before it leaves.</summary>
    /// <param name="LeaveAt">Time at which it leaves even with sessions; null: only without sessions.</param>
    /// <param name="DrainSeen">The ordered drain has started.</param>
    public sealed record Emptying(Instant? LeaveAt, bool DrainSeen) : DepartureState;

    /// <summary>The node leaves or has left, and stays outside until an order to join.</summary>
    public sealed record Left : DepartureState
    {
        public static readonly Left Instance = new();
    }
}

public abstract record DepartureEvent
{
    private DepartureEvent() { }

    /// <summary>Order to leave.</summary>
    /// <param name="Within">Time after which the drain ends the remaining sessions; null: never.</param>
    public sealed record LeaveOrdered(TimeSpan? Within) : DepartureEvent;

    /// <summary>Order to join a cluster.</summary>
    public sealed record JoinOrdered : DepartureEvent
    {
        public static readonly JoinOrdered Instance = new();
    }

    /// <summary>State of the drain; arrives periodically.</summary>
    public sealed record Observed(NodeDrain Drain) : DepartureEvent;
}

public abstract record DepartureEffect
{
    private DepartureEffect() { }

    public sealed record Drain(TimeSpan? Within) : DepartureEffect;

    public sealed record Undrain : DepartureEffect
    {
        public static readonly Undrain Instance = new();
    }

    public sealed record LeaveCluster : DepartureEffect
    {
        public static readonly LeaveCluster Instance = new();
    }
}

/// <summary>Leaves a cluster without a loss of sessions: drain first, then leave.</summary>
public static class Departure
{
    /// <summary>Time from the deadline of the drain, which ends the last sessions, to the departure.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public static Transition<DepartureState, DepartureEffect> On(DepartureState state, DepartureEvent ev, Instant now) => (state, ev) switch
    {
        // a newer order replaces the older one
        (DepartureState.Staying or DepartureState.Emptying, DepartureEvent.LeaveOrdered o) =>
            new(new DepartureState.Emptying(o.Within is { } within ? now + within + Grace : null, DrainSeen: false),
                new DepartureEffect.Drain(o.Within)),
        (DepartureState.Emptying, DepartureEvent.Observed { Drain: NodeDrain.Drained }) =>
            new(DepartureState.Left.Instance, DepartureEffect.LeaveCluster.Instance),
        (DepartureState.Emptying e, DepartureEvent.Observed) when now >= e.LeaveAt =>
            new(DepartureState.Left.Instance, DepartureEffect.LeaveCluster.Instance),
        (DepartureState.Emptying { DrainSeen: false } e, DepartureEvent.Observed { Drain: NodeDrain.Draining }) =>
            new(e with { DrainSeen = true }),
        // the drain was cancelled, and so is the departure
        (DepartureState.Emptying { DrainSeen: true }, DepartureEvent.Observed { Drain: NodeDrain.Serving }) =>
            new(DepartureState.Staying.Instance),
        (DepartureState.Emptying or DepartureState.Left, DepartureEvent.JoinOrdered) =>
            new(DepartureState.Staying.Instance, DepartureEffect.Undrain.Instance),
        _ => new(state),
    };
}

namespace Akka.LNS.Protocol.Membership;

/// <summary>Where a node stands between being a member and having left.</summary>
public abstract record DepartureState
{
    private DepartureState() { }

    public sealed record Staying : DepartureState
    {
        public static readonly Staying Instance = new();
    }

    /// <summary>It is to leave, and is being emptied first.</summary>
    /// <param name="LeaveAt">Then it leaves whatever is there; null: only when it is empty.</param>
    /// <param name="DrainSeen">The drain that was ordered has begun.</param>
    public sealed record Emptying(Instant? LeaveAt, bool DrainSeen) : DepartureState;

    /// <summary>It has left, or is leaving, and stays outside until somebody wants it back.</summary>
    public sealed record Left : DepartureState
    {
        public static readonly Left Instance = new();
    }
}

public abstract record DepartureEvent
{
    private DepartureEvent() { }

    /// <param name="Within">Of the drain: the sessions that remain are ended after so long; null: never.</param>
    public sealed record LeaveOrdered(TimeSpan? Within) : DepartureEvent;

    /// <summary>Somebody wants it in a cluster.</summary>
    public sealed record JoinOrdered : DepartureEvent
    {
        public static readonly JoinOrdered Instance = new();
    }

    /// <summary>How the drain of the node stands; comes again and again.</summary>
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

/// <summary>Leaving a cluster without ending anybody: empty first, leave then.</summary>
public static class Departure
{
    /// <summary>From the drain's deadline, when the last sessions are told to end, to leaving with those that did not.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public static Transition<DepartureState, DepartureEffect> On(DepartureState state, DepartureEvent ev, Instant now) => (state, ev) switch
    {
        // ordered again, the newer order counts
        (DepartureState.Staying or DepartureState.Emptying, DepartureEvent.LeaveOrdered o) =>
            new(new DepartureState.Emptying(o.Within is { } within ? now + within + Grace : null, DrainSeen: false),
                new DepartureEffect.Drain(o.Within)),
        (DepartureState.Emptying, DepartureEvent.Observed { Drain: NodeDrain.Drained }) =>
            new(DepartureState.Left.Instance, DepartureEffect.LeaveCluster.Instance),
        (DepartureState.Emptying e, DepartureEvent.Observed) when now >= e.LeaveAt =>
            new(DepartureState.Left.Instance, DepartureEffect.LeaveCluster.Instance),
        (DepartureState.Emptying { DrainSeen: false } e, DepartureEvent.Observed { Drain: NodeDrain.Draining }) =>
            new(e with { DrainSeen = true }),
        // somebody called the drain off, and the departure with it
        (DepartureState.Emptying { DrainSeen: true }, DepartureEvent.Observed { Drain: NodeDrain.Serving }) =>
            new(DepartureState.Staying.Instance),
        (DepartureState.Emptying or DepartureState.Left, DepartureEvent.JoinOrdered) =>
            new(DepartureState.Staying.Instance, DepartureEffect.Undrain.Instance),
        _ => new(state),
    };
}

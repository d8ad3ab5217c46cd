using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

public abstract record DynamicAuthorizationState
{
    public sealed record Fresh : DynamicAuthorizationState { public static readonly Fresh Instance = new(); }

    /// <param name="Left">Sessions that have not gone, or have not been changed, yet.</param>
    public sealed record Waiting(bool IsDisconnect, int Left, Instant GiveUpAt) : DynamicAuthorizationState;

    public sealed record Answered : DynamicAuthorizationState { public static readonly Answered Instance = new(); }
}

public abstract record DynamicAuthorizationEvent
{
    /// <summary>A request, and what fits it.</summary>
    /// <param name="Fitting">Sessions; of a CoA only those that are on, and no more than two need be looked for.</param>
    /// <param name="HasRoom">Not too many others wait already.</param>
    public sealed record Arrived(DynamicAuthorizationRequest Request, int Fitting, bool HasRoom) : DynamicAuthorizationEvent;

    /// <summary>A session has gone: as ordered, or by itself.</summary>
    public sealed record Gone : DynamicAuthorizationEvent { public static readonly Gone Instance = new(); }

    public sealed record Changed : DynamicAuthorizationEvent { public static readonly Changed Instance = new(); }

    public sealed record Tick : DynamicAuthorizationEvent { public static readonly Tick Instance = new(); }
}

public abstract record DynamicAuthorizationEffect
{
    /// <summary>End all that fit; each is told by <see cref="DynamicAuthorizationEvent.Gone"/>.</summary>
    public sealed record DisconnectAll : DynamicAuthorizationEffect { public static readonly DisconnectAll Instance = new(); }

    /// <summary>Change the one that fits.</summary>
    public sealed record Change(SessionChange What) : DynamicAuthorizationEffect;

    /// <param name="Cause">null: an ACK.</param>
    public sealed record Answer(ErrorCause? Cause, string Detail) : DynamicAuthorizationEffect
    {
        public static readonly Answer Acknowledge = new(null, "");
    }
}

/// <summary>One request of RFC 5176 from its arrival to its one answer: ACK when it is done, NAK with the cause when nothing, or not all, was done.</summary>
public static class DynamicAuthorization
{
    /// <param name="patience">From the order to its NAK when it is not obeyed.</param>
    public static Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> On(DynamicAuthorizationState state, DynamicAuthorizationEvent ev, Instant now, TimeSpan patience) =>
        (state, ev) switch
        {
            (DynamicAuthorizationState.Fresh, DynamicAuthorizationEvent.Arrived { Request.Refusal: { } wrong }) => Refuse(wrong.Cause, wrong.Detail),
            (DynamicAuthorizationState.Fresh, DynamicAuthorizationEvent.Arrived { Fitting: 0 }) => Refuse(ErrorCause.SessionContextNotFound, "no session fits"),
            (DynamicAuthorizationState.Fresh, DynamicAuthorizationEvent.Arrived { Request.IsDisconnect: false, Fitting: > 1 }) =>
                Refuse(ErrorCause.MultipleSessionSelectionUnsupported, "more than one session fits"),
            (DynamicAuthorizationState.Fresh, DynamicAuthorizationEvent.Arrived { HasRoom: false }) => Refuse(ErrorCause.ResourcesUnavailable, "too many requests wait"),
            (DynamicAuthorizationState.Fresh, DynamicAuthorizationEvent.Arrived a) => new(
                new DynamicAuthorizationState.Waiting(a.Request.IsDisconnect, a.Fitting, now + patience),
                a.Request.IsDisconnect ? DynamicAuthorizationEffect.DisconnectAll.Instance : new DynamicAuthorizationEffect.Change(a.Request.Change)),
            (DynamicAuthorizationState.Waiting { IsDisconnect: true, Left: > 1 } w, DynamicAuthorizationEvent.Gone) => new(w with { Left = w.Left - 1 }),
            (DynamicAuthorizationState.Waiting { IsDisconnect: true }, DynamicAuthorizationEvent.Gone) => Answer(DynamicAuthorizationEffect.Answer.Acknowledge),
            (DynamicAuthorizationState.Waiting, DynamicAuthorizationEvent.Gone) => Refuse(ErrorCause.SessionContextNotFound, "it ended meanwhile"),
            (DynamicAuthorizationState.Waiting { IsDisconnect: false }, DynamicAuthorizationEvent.Changed) => Answer(DynamicAuthorizationEffect.Answer.Acknowledge),
            (DynamicAuthorizationState.Waiting w, DynamicAuthorizationEvent.Tick) when now >= w.GiveUpAt => w.IsDisconnect
                ? Refuse(ErrorCause.SessionContextNotRemovable, $"{w.Left} told to end are still there")
                : Refuse(ErrorCause.ResourcesUnavailable, "the session did not say that it is changed"),
            _ => new(state), // a tick too early, or anything after the answer
        };

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(DynamicAuthorizationState state) => (state as DynamicAuthorizationState.Waiting)?.GiveUpAt;

    private static Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> Refuse(ErrorCause cause, string detail) => Answer(new DynamicAuthorizationEffect.Answer(cause, detail));

    private static Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> Answer(DynamicAuthorizationEffect.Answer answer) =>
        new(DynamicAuthorizationState.Answered.Instance, answer);
}

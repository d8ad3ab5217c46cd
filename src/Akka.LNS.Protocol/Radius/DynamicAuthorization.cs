using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Limits of dynamic authorization.</summary>
/// <param name="Patience">Time from an order to the NAK when the sessions have not obeyed.</param>
/// <param name="MaxUnderWay">Maximum number of requests that wait for sessions.</param>
public sealed record DynamicAuthorizationPolicy(TimeSpan Patience, int MaxUnderWay)
{
    public static readonly DynamicAuthorizationPolicy Default = new(TimeSpan.FromSeconds(5), 1000);
}

/// <summary>Which sessions a request is about, and how many of them are of interest.</summary>
/// <param name="Max">Maximum number of sessions to find. A CoA-Request changes one session, so that two are enough to refuse it.</param>
public sealed record SessionSearch(SessionSelector Selector, bool IsDisconnect, int Max)
{
    public static SessionSearch Of(DynamicAuthorizationRequest request) =>
        new(request.Session, request.IsDisconnect, request.IsDisconnect ? int.MaxValue : 2);

    /// <summary>
    /// Whether a session in this phase can be meant. A Disconnect-Request also ends sessions in set-up; a CoA-Request changes sessions that
    /// are up.
    /// </summary>
    public bool Takes(bool isUp, bool isClosing) => IsDisconnect ? !isClosing : isUp;
}

public abstract record DynamicAuthorizationState
{
    private DynamicAuthorizationState() { }

    public sealed record Fresh : DynamicAuthorizationState { public static readonly Fresh Instance = new(); }

    /// <summary>The shell looks for the sessions.</summary>
    public sealed record Searching(DynamicAuthorizationRequest Request) : DynamicAuthorizationState;

    /// <param name="Left">Sessions that have not ended, or have not been changed, yet.</param>
    public sealed record Waiting(bool IsDisconnect, int Left, Instant GiveUpAt) : DynamicAuthorizationState;

    /// <summary>Answered, or dropped without an answer.</summary>
    public sealed record Over : DynamicAuthorizationState { public static readonly Over Instance = new(); }
}

public abstract record DynamicAuthorizationEvent
{
    private DynamicAuthorizationEvent() { }

    /// <summary>A request has arrived, and <see cref="ReplayGuard"/> has judged it.</summary>
    /// <param name="EarlierCause">
    /// Error-Cause of the earlier answer, for <see cref="ReplayVerdict.AnswerAgain"/>; null: it was an ACK.
    /// </param>
    public sealed record Arrived(DynamicAuthorizationRequest Request, ReplayVerdict Verdict, ErrorCause? EarlierCause = null)
        : DynamicAuthorizationEvent;

    /// <summary>The search is done.</summary>
    /// <param name="Sessions">Sessions found.</param>
    /// <param name="UnderWay">Other requests that wait for sessions.</param>
    public sealed record Found(int Sessions, int UnderWay) : DynamicAuthorizationEvent;

    /// <summary>A session has ended, because of the order or by itself.</summary>
    public sealed record Gone : DynamicAuthorizationEvent { public static readonly Gone Instance = new(); }

    /// <summary>The session is changed.</summary>
    public sealed record Changed : DynamicAuthorizationEvent { public static readonly Changed Instance = new(); }

    public sealed record Tick : DynamicAuthorizationEvent { public static readonly Tick Instance = new(); }
}

public abstract record DynamicAuthorizationEffect
{
    private DynamicAuthorizationEffect() { }

    /// <summary>Look for the sessions; <see cref="DynamicAuthorizationEvent.Found"/> follows.</summary>
    public sealed record Find(SessionSearch Search) : DynamicAuthorizationEffect;

    /// <summary>End all sessions found; <see cref="DynamicAuthorizationEvent.Gone"/> follows for each.</summary>
    public sealed record DisconnectAll : DynamicAuthorizationEffect { public static readonly DisconnectAll Instance = new(); }

    /// <summary>Change the session found.</summary>
    public sealed record Change(SessionChange What) : DynamicAuthorizationEffect;

    /// <summary>Send the answer, and remember it for retransmissions.</summary>
    /// <param name="Cause">Error-Cause of a NAK; null: an ACK.</param>
    /// <param name="Detail">Reason for the log.</param>
    public sealed record Answer(ErrorCause? Cause, string Detail) : DynamicAuthorizationEffect
    {
        public static readonly Answer Acknowledge = new(null, "");
    }

    /// <summary>Send the earlier answer again.</summary>
    public sealed record AnswerAgain(ErrorCause? Cause) : DynamicAuthorizationEffect;

    /// <summary>Count and log the request; it gets no answer.</summary>
    public sealed record Drop(DynamicAuthorizationDrop Why) : DynamicAuthorizationEffect;
}

/// <summary>
/// One request of RFC 5176 from its arrival to its one answer: an ACK when it is done, a NAK with the cause when nothing, or not all, is
/// done.
/// </summary>
public static class DynamicAuthorization
{
    public static Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> On(
        DynamicAuthorizationState state, DynamicAuthorizationEvent ev, Instant now, DynamicAuthorizationPolicy policy) => (state, ev) switch
        {
            (DynamicAuthorizationState.Fresh, DynamicAuthorizationEvent.Arrived { Verdict: not ReplayVerdict.New } a) =>
                OnKnown(a.Verdict, a.EarlierCause),
            (DynamicAuthorizationState.Fresh, DynamicAuthorizationEvent.Arrived { Request.Refusal: { } wrong }) =>
                Refuse(wrong.Cause, wrong.Detail),
            (DynamicAuthorizationState.Fresh, DynamicAuthorizationEvent.Arrived { Request.Session.IsContradictory: true } a) =>
                NoSession(a.Request),
            (DynamicAuthorizationState.Fresh, DynamicAuthorizationEvent.Arrived a) =>
                new(new DynamicAuthorizationState.Searching(a.Request), new DynamicAuthorizationEffect.Find(SessionSearch.Of(a.Request))),

            (DynamicAuthorizationState.Searching s, DynamicAuthorizationEvent.Found { Sessions: 0 }) => NoSession(s.Request),
            (DynamicAuthorizationState.Searching { Request.IsDisconnect: false }, DynamicAuthorizationEvent.Found { Sessions: > 1 }) =>
                Refuse(ErrorCause.MultipleSessionSelectionUnsupported, "more than one session matches"),
            (DynamicAuthorizationState.Searching, DynamicAuthorizationEvent.Found f) when f.UnderWay >= policy.MaxUnderWay =>
                Refuse(ErrorCause.ResourcesUnavailable, "too many requests are pending"),
            (DynamicAuthorizationState.Searching s, DynamicAuthorizationEvent.Found f) => new(
                new DynamicAuthorizationState.Waiting(s.Request.IsDisconnect, f.Sessions, now + policy.Patience),
                s.Request.IsDisconnect
                    ? DynamicAuthorizationEffect.DisconnectAll.Instance : new DynamicAuthorizationEffect.Change(s.Request.Change)),

            (DynamicAuthorizationState.Waiting { IsDisconnect: true, Left: > 1 } w, DynamicAuthorizationEvent.Gone) =>
                new(w with { Left = w.Left - 1 }),
            (DynamicAuthorizationState.Waiting { IsDisconnect: true }, DynamicAuthorizationEvent.Gone) =>
                End(DynamicAuthorizationEffect.Answer.Acknowledge),
            (DynamicAuthorizationState.Waiting, DynamicAuthorizationEvent.Gone) =>
                Refuse(ErrorCause.SessionContextNotFound, "the session ended in the meantime"),
            (DynamicAuthorizationState.Waiting { IsDisconnect: false }, DynamicAuthorizationEvent.Changed) =>
                End(DynamicAuthorizationEffect.Answer.Acknowledge),
            (DynamicAuthorizationState.Waiting w, DynamicAuthorizationEvent.Tick) when now >= w.GiveUpAt => w.IsDisconnect
                ? Refuse(ErrorCause.SessionContextNotRemovable, $"{w.Left} told to end are still there")
                : Refuse(ErrorCause.ResourcesUnavailable, "the session did not confirm the change"),
            _ => new(state), // a tick too early, or an event after the end
        };

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(DynamicAuthorizationState state) => (state as DynamicAuthorizationState.Waiting)?.GiveUpAt;

    /// <summary>A request that is not new is never done.</summary>
    private static Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> OnKnown(
        ReplayVerdict verdict, ErrorCause? earlierCause) => verdict switch
        {
            ReplayVerdict.AnswerAgain => End(new DynamicAuthorizationEffect.AnswerAgain(earlierCause)),
            ReplayVerdict.Full => Refuse(ErrorCause.ResourcesUnavailable, "the table of recent requests is full"),
            ReplayVerdict.UnderWay => End(new DynamicAuthorizationEffect.Drop(DynamicAuthorizationDrop.UnderWay)),
            ReplayVerdict.Stale => End(new DynamicAuthorizationEffect.Drop(DynamicAuthorizationDrop.Stale)),
            ReplayVerdict.NoTimestamp => End(new DynamicAuthorizationEffect.Drop(DynamicAuthorizationDrop.NoTimestamp)),
            ReplayVerdict.Replayed => End(new DynamicAuthorizationEffect.Drop(DynamicAuthorizationDrop.Replayed)),
            _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "no row for this verdict"),
        };

    private static Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> NoSession(
        DynamicAuthorizationRequest request) =>
        Refuse(ErrorCause.SessionContextNotFound, $"no session matches {request.Session.Describe()}");

    private static Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> Refuse(ErrorCause cause, string detail) =>
        End(new DynamicAuthorizationEffect.Answer(cause, detail));

    private static Transition<DynamicAuthorizationState, DynamicAuthorizationEffect> End(DynamicAuthorizationEffect last) =>
        new(DynamicAuthorizationState.Over.Instance, last);
}

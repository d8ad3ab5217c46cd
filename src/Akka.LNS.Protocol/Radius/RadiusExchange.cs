using System.Collections.Immutable;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>A server that an exchange may ask.</summary>
/// <param name="Index">Its place in the settings.</param>
/// <param name="Timeout">How long one attempt waits.</param>
/// <param name="Attempts">How often the request is sent to it, the first included; at least 1.</param>
public readonly record struct ServerCandidate(int Index, TimeSpan Timeout, int Attempts);

/// <summary>How an exchange ended.</summary>
public abstract record ExchangeResult
{
    private ExchangeResult() { }

    /// <summary>A server answered; the shell has verified the answer.</summary>
    public sealed record Answered(int Server, RadiusCode Code) : ExchangeResult;
    /// <summary>All servers were asked as often as allowed, or as often as the deadline let.</summary>
    public sealed record TimedOut(int LastServer) : ExchangeResult;
    /// <summary>No server was usable: nothing was sent.</summary>
    public sealed record NoServer : ExchangeResult { public static readonly NoServer Instance = new(); }
    /// <summary>The deadline had passed before the first attempt (the request waited too long in the backlog): nothing was sent.</summary>
    public sealed record Expired : ExchangeResult { public static readonly Expired Instance = new(); }
    /// <summary>Who asked does not want it any more.</summary>
    public sealed record Cancelled : ExchangeResult { public static readonly Cancelled Instance = new(); }
}

public abstract record ExchangeState
{
    private ExchangeState() { }

    public sealed record Idle : ExchangeState { public static readonly Idle Instance = new(); }

    /// <param name="Order">The servers, in the order in which they are asked.</param>
    /// <param name="Position">Which of them is being asked.</param>
    /// <param name="Attempt">1 for the first packet to it.</param>
    /// <param name="SentAt">When that packet was sent.</param>
    /// <param name="Due">When waiting for it ends.</param>
    /// <param name="Deadline">From then on nothing is sent any more.</param>
    /// <param name="FreshEachAttempt">Each attempt is a packet of its own (its Acct-Delay-Time has changed), with a new identifier.</param>
    /// <param name="Postponed">The packet has not gone out: the server takes none before <paramref name="Due"/>.</param>
    public sealed record Waiting(ImmutableArray<ServerCandidate> Order, int Position, int Attempt, Instant SentAt, Instant Due, Instant Deadline,
        bool FreshEachAttempt, bool Postponed = false) : ExchangeState
    {
        public ServerCandidate Current => Order[Position];
    }

    public sealed record Ended(ExchangeResult Result) : ExchangeState;
}

public abstract record ExchangeEvent
{
    private ExchangeEvent() { }

    /// <param name="Order">From <see cref="ServerOrder"/>: usable servers only.</param>
    public sealed record Begin(ImmutableArray<ServerCandidate> Order, Instant Deadline, bool FreshEachAttempt = false) : ExchangeEvent;
    /// <summary>A verified answer of a server, also of one that has been given up meanwhile.</summary>
    public sealed record Answered(int Server, RadiusCode Code) : ExchangeEvent;
    /// <summary>The network says that the server is not there (port unreachable, no route).</summary>
    public sealed record Unreachable(int Server) : ExchangeEvent;
    /// <summary>The packet that was to go out has not: the server's rate allows none before then.</summary>
    public sealed record Postponed(int Server, Instant Until) : ExchangeEvent;
    public sealed record Cancel : ExchangeEvent { public static readonly Cancel Instance = new(); }
    public sealed record Tick : ExchangeEvent { public static readonly Tick Instance = new(); }
}

public abstract record ExchangeEffect
{
    private ExchangeEffect() { }

    /// <param name="Attempt">1 for the first to this server.</param>
    /// <param name="NewPacket">True: take an identifier and build the packet. False: the octets sent before, again (RFC 2865 section 2.5).</param>
    public sealed record Send(int Server, int Attempt, bool NewPacket) : ExchangeEffect;
    /// <summary>For <see cref="ServerHealth"/>. The round trip is null when more than one packet may be meant (Karn).</summary>
    public sealed record ServerAnswered(int Server, TimeSpan? RoundTrip) : ExchangeEffect;
    /// <summary>For <see cref="ServerHealth"/>: the server had its time and did not answer.</summary>
    public sealed record ServerTimedOut(int Server) : ExchangeEffect;
    public sealed record Completed(ExchangeResult Result) : ExchangeEffect;
}

/// <summary>One request, from the first packet to an answer or to giving up (RFC 2865 section 2.5). No clock, no socket.</summary>
public static class RadiusExchange
{
    public static Transition<ExchangeState, ExchangeEffect> On(ExchangeState state, ExchangeEvent ev, Instant now) => (state, ev) switch
    {
        (ExchangeState.Idle, ExchangeEvent.Begin b) when now >= b.Deadline => End(ExchangeResult.Expired.Instance),
        (ExchangeState.Idle, ExchangeEvent.Begin { Order.IsDefaultOrEmpty: true }) => End(ExchangeResult.NoServer.Instance),
        (ExchangeState.Idle, ExchangeEvent.Begin b) => Ask(b.Order, 0, 1, b.Deadline, b.FreshEachAttempt, now),
        (ExchangeState.Idle or ExchangeState.Waiting, ExchangeEvent.Cancel) => End(ExchangeResult.Cancelled.Instance),

        (ExchangeState.Waiting w, ExchangeEvent.Answered a) when WasAsked(w, a.Server) =>
            End(new ExchangeResult.Answered(a.Server, a.Code), new ExchangeEffect.ServerAnswered(a.Server, RoundTrip(w, a.Server, now))),

        // the only or last server may just be restarting: its attempts go on by the clock
        (ExchangeState.Waiting w, ExchangeEvent.Unreachable u) when u.Server == w.Current.Index && w.Position + 1 < w.Order.Length =>
            Ask(w.Order, w.Position + 1, 1, w.Deadline, w.FreshEachAttempt, now, new ExchangeEffect.ServerTimedOut(u.Server)),

        (ExchangeState.Waiting w, ExchangeEvent.Postponed p) when p.Server == w.Current.Index =>
            new(w with { Due = p.Until < w.Deadline ? p.Until : w.Deadline, Postponed = true }),

        (ExchangeState.Waiting w, ExchangeEvent.Tick) when now < w.Due => new(state),
        (ExchangeState.Waiting w, ExchangeEvent.Tick) when now >= w.Deadline => HadItsTime(w, now)
            ? End(new ExchangeResult.TimedOut(w.Current.Index), new ExchangeEffect.ServerTimedOut(w.Current.Index))
            : End(new ExchangeResult.TimedOut(w.Current.Index)), // our deadline, not its fault
        (ExchangeState.Waiting { Postponed: true } w, ExchangeEvent.Tick) => Ask(w.Order, w.Position, w.Attempt, w.Deadline, w.FreshEachAttempt, now),
        (ExchangeState.Waiting w, ExchangeEvent.Tick) when w.Attempt < w.Current.Attempts =>
            Ask(w.Order, w.Position, w.Attempt + 1, w.Deadline, w.FreshEachAttempt, now),
        (ExchangeState.Waiting w, ExchangeEvent.Tick) when w.Position + 1 < w.Order.Length =>
            Ask(w.Order, w.Position + 1, 1, w.Deadline, w.FreshEachAttempt, now, new ExchangeEffect.ServerTimedOut(w.Current.Index)),
        (ExchangeState.Waiting w, ExchangeEvent.Tick) =>
            End(new ExchangeResult.TimedOut(w.Current.Index), new ExchangeEffect.ServerTimedOut(w.Current.Index)),

        _ => new(state), // an answer of a server that was not asked, or anything after the end
    };

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(ExchangeState state) => (state as ExchangeState.Waiting)?.Due;

    private static Transition<ExchangeState, ExchangeEffect> Ask(ImmutableArray<ServerCandidate> order, int position, int attempt, Instant deadline,
        bool freshEachAttempt, Instant now, params ReadOnlySpan<ExchangeEffect> first)
    {
        // the deadline bounds what is sent, not the wait for what was: the server still works on it, and whoever takes its place would be one too many
        var server = order[position];
        return new(new ExchangeState.Waiting(order, position, attempt, now, now + server.Timeout, deadline, freshEachAttempt),
            (ImmutableArray<ExchangeEffect>)[.. first, new ExchangeEffect.Send(server.Index, attempt, NewPacket: attempt == 1 || freshEachAttempt)]);
    }

    private static Transition<ExchangeState, ExchangeEffect> End(ExchangeResult result, params ReadOnlySpan<ExchangeEffect> first) =>
        new(new ExchangeState.Ended(result), (ImmutableArray<ExchangeEffect>)[.. first, new ExchangeEffect.Completed(result)]);

    private static bool WasAsked(ExchangeState.Waiting state, int server)
    {
        for (var i = 0; i <= state.Position; i++)
            if (state.Order[i].Index == server)
                return true;
        return false;
    }

    private static bool HadItsTime(ExchangeState.Waiting state, Instant now) => state.Attempt > 1 || (!state.Postponed && now - state.SentAt >= state.Current.Timeout);

    private static TimeSpan? RoundTrip(ExchangeState.Waiting state, int server, Instant now) =>
        server == state.Current.Index && state.Attempt == 1 ? now - state.SentAt : null;
}

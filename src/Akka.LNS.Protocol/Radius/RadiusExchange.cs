using System.Collections.Immutable;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Radius;

/// <summary>A server that an exchange may ask.</summary>
/// <param name="Index">Its place among the servers of the pool that have the service.</param>
/// <param name="Timeout">Time that one attempt waits.</param>
/// <param name="Attempts">Number of times that the request is sent to it, the first included; at least 1.</param>
public readonly record struct ServerCandidate(int Index, TimeSpan Timeout, int Attempts);

/// <summary>Result of an exchange.</summary>
public abstract record ExchangeResult
{
    private ExchangeResult() { }

    /// <summary>A server answered, and the answer is verified.</summary>
    public sealed record Answered(int Server, RadiusCode Code) : ExchangeResult;
    /// <summary>No server answered in all attempts, or in those before the deadline.</summary>
    public sealed record TimedOut(int LastServer) : ExchangeResult;
    /// <summary>No server could be asked: no packet was sent.</summary>
    public sealed record NoServer : ExchangeResult { public static readonly NoServer Instance = new(); }
    /// <summary>The deadline had passed before the first attempt: no packet was sent.</summary>
    public sealed record Expired : ExchangeResult { public static readonly Expired Instance = new(); }
    /// <summary>The shell has ended the exchange.</summary>
    public sealed record Cancelled : ExchangeResult { public static readonly Cancelled Instance = new(); }
}

public abstract record ExchangeState
{
    private ExchangeState() { }

    public sealed record Idle : ExchangeState { public static readonly Idle Instance = new(); }

    /// <param name="Order">The servers, in the order in which they are asked.</param>
    /// <param name="Position">Place in <paramref name="Order"/> of the server that is asked now.</param>
    /// <param name="Attempt">1 for the first packet to this server.</param>
    /// <param name="SentAt">When that packet was sent.</param>
    /// <param name="Due">When the attempt ends.</param>
    /// <param name="Deadline">From then on no packet is sent.</param>
    /// <param name="FreshEachAttempt">
    /// Each attempt is another packet with a new identifier, since Acct-Delay-Time changes (RFC 2866 section 5.2).
    /// </param>
    /// <param name="Postponed">The packet is not sent yet: the rate of the server allows none before <paramref name="Due"/>.</param>
    public sealed record Waiting(ImmutableArray<ServerCandidate> Order, int Position, int Attempt, Instant SentAt, Instant Due,
        Instant Deadline, bool FreshEachAttempt, bool Postponed = false) : ExchangeState
    {
        public ServerCandidate Current => Order[Position];
    }

    public sealed record Ended(ExchangeResult Result) : ExchangeState;
}

public abstract record ExchangeEvent
{
    private ExchangeEvent() { }

    /// <param name="Order">Servers that may be asked, from <see cref="ServerOrder"/>.</param>
    public sealed record Begin(ImmutableArray<ServerCandidate> Order, Instant Deadline, bool FreshEachAttempt = false) : ExchangeEvent;
    /// <summary>A verified answer of a server, also of one that was given up before.</summary>
    public sealed record Answered(int Server, RadiusCode Code) : ExchangeEvent;
    /// <summary>The network reports that the server is not there (port unreachable, no route).</summary>
    public sealed record Unreachable(int Server) : ExchangeEvent;
    /// <summary>
    /// The packet of the last <see cref="ExchangeEffect.Send"/> was not sent: the rate of the server allows none before then.
    /// </summary>
    public sealed record Postponed(int Server, Instant Until) : ExchangeEvent;
    public sealed record Cancel : ExchangeEvent { public static readonly Cancel Instance = new(); }
    public sealed record Tick : ExchangeEvent { public static readonly Tick Instance = new(); }
}

public abstract record ExchangeEffect
{
    private ExchangeEffect() { }

    /// <summary>Send a packet.</summary>
    /// <param name="Attempt">1 for the first packet to this server.</param>
    /// <param name="NewPacket">
    /// True: take an identifier and write the packet. False: send the same octets again (RFC 2865 section 2.5).
    /// </param>
    public sealed record Send(int Server, int Attempt, bool NewPacket) : ExchangeEffect;
    /// <summary>
    /// Report to <see cref="ServerHealth"/>. The round trip is null when the answer may be to one of several packets (Karn).
    /// </summary>
    public sealed record ServerAnswered(int Server, TimeSpan? RoundTrip) : ExchangeEffect;
    /// <summary>Report to <see cref="ServerHealth"/>: the server did not answer in its time.</summary>
    public sealed record ServerTimedOut(int Server) : ExchangeEffect;
    public sealed record Completed(ExchangeResult Result) : ExchangeEffect;
}

/// <summary>One request, from its first packet to its answer or until it is given up (RFC 2865 section 2.5).</summary>
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

        // the only or last server may be restarting: its attempts go on by time
        (ExchangeState.Waiting w, ExchangeEvent.Unreachable u) when u.Server == w.Current.Index && w.Position + 1 < w.Order.Length =>
            Ask(w.Order, w.Position + 1, 1, w.Deadline, w.FreshEachAttempt, now, new ExchangeEffect.ServerTimedOut(u.Server)),

        (ExchangeState.Waiting w, ExchangeEvent.Postponed p) when p.Server == w.Current.Index =>
            new(w with { Due = p.Until < w.Deadline ? p.Until : w.Deadline, Postponed = true }),

        (ExchangeState.Waiting w, ExchangeEvent.Tick) when now < w.Due => new(state),
        (ExchangeState.Waiting w, ExchangeEvent.Tick) when now >= w.Deadline => HadItsTime(w, now)
            ? End(new ExchangeResult.TimedOut(w.Current.Index), new ExchangeEffect.ServerTimedOut(w.Current.Index))
            : End(new ExchangeResult.TimedOut(w.Current.Index)), // the server had too little time: its health does not change
        (ExchangeState.Waiting { Postponed: true } w, ExchangeEvent.Tick) =>
            Ask(w.Order, w.Position, w.Attempt, w.Deadline, w.FreshEachAttempt, now),
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

    private static Transition<ExchangeState, ExchangeEffect> Ask(
        ImmutableArray<ServerCandidate> order, int position, int attempt, Instant deadline, bool freshEachAttempt, Instant now,
        params ReadOnlySpan<ExchangeEffect> first)
    {
        // the deadline limits what is sent. A packet that is sent has its full time: the server works on it, so its worker is not free
        // before
        var server = order[position];
        return new(new ExchangeState.Waiting(order, position, attempt, now, now + server.Timeout, deadline, freshEachAttempt),
            (ImmutableArray<ExchangeEffect>)
            [.. first, new ExchangeEffect.Send(server.Index, attempt, NewPacket: attempt == 1 || freshEachAttempt)]);
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

    private static bool HadItsTime(ExchangeState.Waiting state, Instant now) =>
        state.Attempt > 1 || (!state.Postponed && now - state.SentAt >= state.Current.Timeout);

    private static TimeSpan? RoundTrip(ExchangeState.Waiting state, int server, Instant now) =>
        server == state.Current.Index && state.Attempt == 1 ? now - state.SentAt : null;
}

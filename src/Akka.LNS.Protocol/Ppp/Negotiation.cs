namespace Akka.LNS.Protocol.Ppp;

/// <summary>Timer and counters of RFC 1661 §4.6, as the policy of a protocol sets them.</summary>
internal readonly record struct NegotiationTimers(TimeSpan First, TimeSpan Interval, byte MaxConfigure, byte MaxTerminate)
{
    /// <summary>Doubles from the first interval to the last.</summary>
    public TimeSpan After(int timeouts)
    {
        var wait = First;
        for (; timeouts > 0 && wait < Interval; timeouts--) wait += wait;
        return wait < Interval ? wait : Interval;
    }
}

/// <summary>What every protocol on the automaton keeps: its state, the restart timer and counter, the Identifier of our last request.</summary>
/// <remarks>Does the bookkeeping of irc, zrc, scr and str; its owner sends the packets.</remarks>
internal record struct Negotiation
{
    /// <summary>A request is not hurried twice within this, unless it never was: two sides that hurry each other must not multiply.</summary>
    private static readonly TimeSpan HurryGap = TimeSpan.FromMilliseconds(100);
    public static readonly Instant Never = new(long.MaxValue);

    public AutomatonState State;
    /// <summary>Transmissions left before TO-.</summary>
    public byte RestartCount;
    /// <summary>Timeouts in a row: the exponent of the back-off.</summary>
    public byte Backoff;
    /// <summary>Identifier of our last Configure-Request.</summary>
    public byte RequestId;
    /// <summary>Identifier of our last packet of any other kind.</summary>
    public byte OtherId;
    /// <summary>Configure-Naks sent since the last Configure-Ack.</summary>
    public byte Failures;
    /// <summary>The request has its answer: another answer to it is not valid any more.</summary>
    public bool IsAnswered;
    public bool IsHurried;
    public Instant RestartAt;

    public Negotiation(byte firstIdentifier)
    {
        State = AutomatonState.Initial;
        RequestId = OtherId = firstIdentifier;
        IsAnswered = true;
        RestartAt = Never;
    }

    /// <summary>One cell of the table, with its counters and its timer.</summary>
    public AutomatonStep Step(AutomatonEvent ev, in NegotiationTimers timers, Instant now)
    {
        var before = State;
        var step = OptionAutomaton.On(before, ev);
        if (!step.IsLegal) return step;
        State = step.Next;
        var actions = step.Actions;
        if ((actions & AutomatonActions.Irc) != 0)
        {
            RestartCount = (actions & AutomatonActions.Str) != 0 ? timers.MaxTerminate : timers.MaxConfigure;
            Backoff = 0;
        }
        if ((actions & AutomatonActions.Zrc) != 0)
        {
            RestartCount = 0;
            Backoff = 0;
            RestartAt = now + timers.First;
        }
        if (ev == AutomatonEvent.TimeoutLeft && Backoff < byte.MaxValue) Backoff++;
        if ((actions & AutomatonActions.Scr) != 0) NoteRequest(timers, now);
        if ((actions & AutomatonActions.Str) != 0)
        {
            if (RestartCount > 0) RestartCount--;
            RestartAt = now + timers.After(Backoff);
        }
        if (State == AutomatonState.AckRcvd && before == AutomatonState.ReqSent) RestartAt = now + timers.Interval; // the peer's turn
        if (State is AutomatonState.Initial or AutomatonState.Starting or AutomatonState.Closed or AutomatonState.Stopped or AutomatonState.Opened)
            RestartAt = Never;
        return step;
    }

    /// <summary>True: our request, still without an answer, is to be sent again now because the peer's has just come (the first one is usually lost).</summary>
    public bool TryHurry(in NegotiationTimers timers, Instant now)
    {
        if (IsAnswered || State is not (AutomatonState.ReqSent or AutomatonState.AckSent)) return false;
        if (IsHurried && now < RestartAt - timers.After(Backoff) + HurryGap) return false;
        IsHurried = true;
        RestartAt = now + timers.After(Backoff);
        return true;
    }

    /// <summary>The event that the restart timer stands for now (RFC 1661 §4.3).</summary>
    public readonly AutomatonEvent Timeout => RestartCount > 0 ? AutomatonEvent.TimeoutLeft : AutomatonEvent.TimeoutLast;

    private void NoteRequest(in NegotiationTimers timers, Instant now)
    {
        if (IsAnswered)
        {
            RequestId++; // a retransmission keeps its Identifier, so that a late answer still counts (RFC 1661 §5.1)
            IsHurried = false;
        }
        IsAnswered = false;
        if (RestartCount > 0) RestartCount--;
        RestartAt = now + timers.After(Backoff);
    }
}

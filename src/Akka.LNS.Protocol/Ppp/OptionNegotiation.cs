using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>Option negotiation of LCP or of a network control protocol: automaton state, restart timer, identifiers.</summary>
/// <remarks>
/// It updates counters and timer for irc, zrc, scr and str, and builds the packets that are the same in all protocols: Configure-Ack, -Nak
/// and -Reject, Terminate-Request and -Ack, Code-Reject. The protocol adds its options and the meaning of tlu, tld and tlf.
/// </remarks>
internal record struct OptionNegotiation
{
    /// <summary>Longest control packet in octets that is read: the default MRU. RFC 1661 section 6.1.</summary>
    public const int MaxPacket = LcpOption.DefaultMru;

    /// <summary>Octets of a frame with a packet of <see cref="MaxPacket"/> octets.</summary>
    public const int MaxFrame = PppFrame.HeaderLength + MaxPacket;

    /// <summary>Shortest time between two early repetitions of one request, so that two such sides do not multiply their packets.</summary>
    private static readonly TimeSpan HurryGap = TimeSpan.FromMilliseconds(100);

    /// <summary>Largest <see cref="Pace"/>.</summary>
    private static readonly TimeSpan MaxPace = TimeSpan.FromSeconds(10);

    /// <summary>Naks that may change nothing before their options are left out.</summary>
    private const int MaxIdleNaks = 2;

    /// <summary>Configure-Naks and -Rejects in one negotiation, as a multiple of Max-Failure, before it fails.</summary>
    private const int RefusalsOfMaxFailure = 8;

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
    /// <summary>Configure-Naks and -Rejects sent in this negotiation.</summary>
    public ushort Refusals;
    /// <summary>Configure-Naks received in this negotiation.</summary>
    public byte Naks;
    /// <summary>Configure-Naks received in this negotiation that changed nothing in our request.</summary>
    public byte IdleNaks;
    /// <summary>Our request is answered: any further answer to it is invalid.</summary>
    public bool IsAnswered;
    /// <summary>Our request was repeated before its timeout.</summary>
    public bool IsHurried;
    /// <summary>Our request was sent more than once, so its answer does not show the round trip.</summary>
    public bool IsCopied;
    /// <summary>Identifier of our request before the last one.</summary>
    public byte PriorId;
    /// <summary>Identifier and digest of the last Configure-Request that was acknowledged.</summary>
    public byte AcknowledgedId;
    public uint AcknowledgedDigest;
    public Instant AcknowledgedAt;
    public Instant RestartAt;
    /// <summary>First transmission of our last request.</summary>
    public Instant SentAt;
    /// <summary>Last transmission of our last request.</summary>
    public Instant LastSentAt;
    /// <summary>First transmission of the request before the last one; never: it was sent once.</summary>
    public Instant PriorSentAt;
    /// <summary>Shortest time between two copies of one request, from the round trip that was seen; zero: nothing is known.</summary>
    public TimeSpan Pace;

    public OptionNegotiation(byte firstIdentifier)
    {
        State = AutomatonState.Initial;
        RequestId = OtherId = firstIdentifier;
        IsAnswered = true;
        RestartAt = PriorSentAt = Instant.Never;
    }

    /// <summary>The event that an expired restart timer stands for now. RFC 1661 section 4.3.</summary>
    public readonly AutomatonEvent Timeout => RestartCount > 0 ? AutomatonEvent.TimeoutLeft : AutomatonEvent.TimeoutLast;

    /// <summary>No lower layer carries the protocol.</summary>
    public readonly bool IsDown => State is AutomatonState.Initial or AutomatonState.Starting;

    /// <summary>A Terminate-Request was sent or acknowledged, and the end follows.</summary>
    public readonly bool IsEnding => State is AutomatonState.Closing or AutomatonState.Stopping;

    /// <summary>False: the peer has sent so many Naks that an option which it still names is left out. RFC 1661 section 4.6.</summary>
    public readonly bool IsPatient(int maxFailure) => Naks < maxFailure && IdleNaks < MaxIdleNaks;

    /// <summary>True: the peer repeats unacceptable options without end.</summary>
    public readonly bool IsHopeless(int maxFailure) => Refusals >= RefusalsOfMaxFailure * maxFailure;

    /// <summary>Counts a Nak. Pace: a second one that changes nothing is not answered before the restart timer.</summary>
    /// <returns>True: send the next request now.</returns>
    public bool NoteNak(bool isIdle)
    {
        if (Naks < byte.MaxValue) Naks++;
        if (!isIdle) return true;
        if (IdleNaks < byte.MaxValue) IdleNaks++;
        return IdleNaks < MaxIdleNaks;
    }

    /// <summary>Begins a negotiation: counts of the one before do not matter any more.</summary>
    public void Restart() => (Failures, Refusals, Naks, IdleNaks) = (0, 0, 0, 0);

    /// <summary>Notes the first valid answer to our request. When the request was sent once, the answer shows the round trip.</summary>
    public void NoteAnswer(Instant now)
    {
        IsAnswered = true;
        if (!IsCopied) Pace = Bounded((now - SentAt) * 1.25);
    }

    /// <summary>
    /// Notes an answer that does not count. A second answer to one request shows that its copies came too early: the round trip is at
    /// most the time since the first of them.
    /// </summary>
    public void NoteLateAnswer(byte identifier, in RestartTimers timers, Instant now)
    {
        var sentAt = identifier == RequestId && IsAnswered && IsCopied ? SentAt : identifier == PriorId ? PriorSentAt : Instant.Never;
        if (sentAt > now) return;
        var seen = Bounded(now - sentAt);
        if (seen <= Pace) return;
        Pace = seen;
        var due = LastSentAt + timers.At(Pace).First;
        if (!IsAnswered && RestartAt != Instant.Never && RestartAt < due) RestartAt = due;
    }

    private static TimeSpan Bounded(TimeSpan pace) => pace < MaxPace ? pace : MaxPace;

    /// <summary>Reads a control packet of at most <see cref="MaxPacket"/> octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ControlPacketView packet, out PppError error)
    {
        if (!ControlPacketView.TryRead(payload, out packet, out error)) return false;
        if (packet.Length > MaxPacket) error = PppError.TooLong;
        return error == PppError.None;
    }

    /// <summary>True for a code without which no negotiation is possible: its Code-Reject is RXJ-.</summary>
    public static bool IsEssential(byte code) => code is >= ControlCode.ConfigureRequest and <= ControlCode.CodeReject;

    /// <summary>Takes one step of the automaton and updates counters and timer.</summary>
    public AutomatonStep Step(AutomatonEvent ev, in RestartTimers policy, Instant now)
    {
        var timers = policy.At(Pace);
        var before = State;
        var step = OptionAutomaton.On(before, ev);
        if (!step.IsLegal) return step;
        State = step.Next;
        if (step.Does(AutomatonActions.Irc))
        {
            RestartCount = step.Does(AutomatonActions.Str) ? timers.MaxTerminate : timers.MaxConfigure;
            Backoff = 0;
        }
        if (step.Does(AutomatonActions.Zrc))
        {
            RestartCount = 0;
            Backoff = 0;
            RestartAt = now + timers.First;
        }
        if (ev == AutomatonEvent.TimeoutLeft && Backoff < byte.MaxValue) Backoff++;
        if (step.Does(AutomatonActions.Scr)) NoteRequest(timers, now);
        if (step.Does(AutomatonActions.Sca)) AcknowledgedAt = now;
        if (step.Does(AutomatonActions.Str))
        {
            if (RestartCount > 0) RestartCount--;
            RestartAt = now + timers.After(Backoff);
        }
        if (State == AutomatonState.AckRcvd && before == AutomatonState.ReqSent) RestartAt = now + timers.Interval; // its request is due
        if (IsDown || State is AutomatonState.Closed or AutomatonState.Stopped or AutomatonState.Opened) RestartAt = Instant.Never;
        return step;
    }

    /// <summary>Terminate-Request, Terminate-Ack or Code-Reject of a step; null: the step has none of them.</summary>
    /// <param name="packet">The received packet of the event.</param>
    /// <param name="maxFrame">Size of the largest frame in octets that the peer receives.</param>
    /// <param name="why">Reason for the data of a Terminate-Request; null: it has no data.</param>
    public byte[]? FrameOf(
        in AutomatonStep step, AutomatonEvent ev, in ControlPacketView packet, ushort protocol, int maxFrame, EndReason? why)
    {
        if (step.Does(AutomatonActions.Str)) return TerminateText.Request(protocol, ++OtherId, maxFrame, why);
        if (step.Does(AutomatonActions.Sta))
            return Empty(protocol, ControlCode.TerminateAck, ev == AutomatonEvent.ReceiveTerminateRequest ? packet.Identifier : ++OtherId);
        if (!step.Does(AutomatonActions.Scj)) return null;
        Span<byte> buffer = stackalloc byte[maxFrame];
        var writer = new ControlPacketWriter(buffer, protocol, ControlCode.CodeReject, ++OtherId);
        writer.Octets(packet.Octets);
        return writer.ToFrame();
    }

    /// <summary>Configure-Ack, -Nak or -Reject of a step; null: the step has none of them.</summary>
    public byte[]? FrameOf(in AutomatonStep step, in ControlPacketView request, ConfigureAnswer answer)
    {
        if (step.Does(AutomatonActions.Sca))
        {
            (Failures, Refusals, AcknowledgedId, AcknowledgedDigest) = (0, 0, request.Identifier, Digest(request.Data));
            return Acknowledge(request, answer.Protocol);
        }
        if (!step.Does(AutomatonActions.Scn)) return null;
        Refusals++;
        if (answer.Rejects.DataLength > 0) return answer.Rejects.ToFrame();
        if (Failures < byte.MaxValue) Failures++;
        return answer.Naks.ToFrame();
    }

    /// <summary>A Configure-Ack with the options of the request.</summary>
    public static byte[] Acknowledge(in ControlPacketView request, ushort protocol)
    {
        Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + request.Length];
        var writer = new ControlPacketWriter(buffer, protocol, ControlCode.ConfigureAck, request.Identifier);
        writer.Octets(request.Data);
        return writer.ToFrame();
    }

    /// <summary>Why a Configure-Ack, -Nak or -Reject is invalid; None: it is the first answer to our last Configure-Request.</summary>
    /// <param name="request">The options of our request.</param>
    public readonly PppError Check(in ControlPacketView answer, ReadOnlySpan<byte> request)
    {
        if (IsAnswered || answer.Identifier != RequestId) return PppError.UnknownIdentifier;
        if (!OptionView.AreWellFormed(answer.Data, out var error)) return error;
        var isOurs = answer.Code switch
        {
            ControlCode.ConfigureAck => answer.Data.SequenceEqual(request),
            ControlCode.ConfigureReject => AreIn(request, answer.Data),
            _ => true,
        };
        return isOurs ? PppError.None : PppError.OptionsMismatch;
    }

    /// <summary>True: the request repeats the last one that was acknowledged, with its Identifier.</summary>
    public readonly bool IsRepetition(in ControlPacketView request) => request.Identifier == AcknowledgedId && HasSameOptions(request);

    /// <summary>True: the request has the options of the last one that was acknowledged, octet by octet.</summary>
    public readonly bool HasSameOptions(in ControlPacketView request) => Digest(request.Data) == AcknowledgedDigest;

    /// <summary>True: a copy that the peer sent before our Configure-Ack reached it may still arrive.</summary>
    public readonly bool IsCopyUnderWay(in RestartTimers timers, Instant now) =>
        now < AcknowledgedAt + 2 * timers.At(Pace).Interval;

    /// <summary>True: repeat our unanswered request now, because a request of the peer has come.</summary>
    /// <remarks>Our first request is often lost while the client starts; without this the call waits for the restart timer.</remarks>
    public bool TryHurry(in RestartTimers timers, Instant now)
    {
        if (IsAnswered || State is not (AutomatonState.ReqSent or AutomatonState.AckSent)) return false;
        // the first copy at once, except where the answer to our request cannot be here yet
        if ((IsHurried || Pace > HurryGap) && now < LastSentAt + (Pace > HurryGap ? Pace : HurryGap)) return false;
        IsHurried = IsCopied = true;
        LastSentAt = now;
        RestartAt = now + timers.At(Pace).After(Backoff);
        return true;
    }

    /// <summary>True: send our request while Opened, because the peer asks for it. The state stays Opened.</summary>
    public bool TryRefresh(Instant now)
    {
        if (!IsAnswered && now < LastSentAt + (Pace > HurryGap ? Pace : HurryGap)) return false;
        NoteSent(now);
        return true;
    }

    private void NoteRequest(in RestartTimers timers, Instant now)
    {
        NoteSent(now);
        if (RestartCount > 0) RestartCount--;
        RestartAt = now + timers.After(Backoff);
    }

    private void NoteSent(Instant now)
    {
        if (IsAnswered)
        {
            (PriorId, PriorSentAt) = (RequestId, IsCopied ? SentAt : Instant.Never);
            RequestId++; // a retransmission keeps its Identifier, so that a late answer still counts (RFC 1661 section 5.1)
            (IsHurried, IsCopied, SentAt) = (false, false, now);
        }
        else IsCopied = true;
        IsAnswered = false;
        LastSentAt = now;
    }

    private static byte[] Empty(ushort protocol, byte code, byte identifier)
    {
        Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + ControlPacketView.HeaderLength];
        return new ControlPacketWriter(buffer, protocol, code, identifier).ToFrame();
    }

    /// <summary>True when each rejected option equals an option of our request, octet by octet. RFC 1661 section 5.4.</summary>
    private static bool AreIn(ReadOnlySpan<byte> request, ReadOnlySpan<byte> rejected)
    {
        while (OptionView.TryRead(ref rejected, out var option, out _))
        {
            if (!IsIn(request, option)) return false;
        }
        return true;
    }

    private static bool IsIn(ReadOnlySpan<byte> request, in OptionView rejected)
    {
        while (OptionView.TryRead(ref request, out var ours, out _))
        {
            if (ours.Octets.SequenceEqual(rejected.Octets)) return true;
        }
        return false;
    }

    /// <summary>FNV-1a hash.</summary>
    private static uint Digest(ReadOnlySpan<byte> octets)
    {
        var hash = 2166136261u;
        foreach (var octet in octets) hash = (hash ^ octet) * 16777619u;
        return hash;
    }
}

/// <summary>Collects the options for a Configure-Nak and a Configure-Reject. RFC 1661 sections 5.3 and 5.4.</summary>
/// <param name="naks">Buffer for the Nak, of <see cref="OptionNegotiation.MaxFrame"/> octets.</param>
/// <param name="rejects">Buffer for the Reject, of the same size.</param>
internal ref struct ConfigureAnswer(ushort protocol, byte identifier, Span<byte> naks, Span<byte> rejects)
{
    public readonly ushort Protocol = protocol;
    public ControlPacketWriter Naks = new(naks, protocol, ControlCode.ConfigureNak, identifier);
    public ControlPacketWriter Rejects = new(rejects, protocol, ControlCode.ConfigureReject, identifier);

    /// <summary>Every option of the request is acceptable.</summary>
    public readonly bool IsGood => Naks.DataLength == 0 && Rejects.DataLength == 0;

    /// <summary>RCR+ or RCR-.</summary>
    public readonly AutomatonEvent Event =>
        IsGood ? AutomatonEvent.ReceiveConfigureRequestGood : AutomatonEvent.ReceiveConfigureRequestBad;
}

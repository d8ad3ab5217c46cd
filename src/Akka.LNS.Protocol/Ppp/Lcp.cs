using System.Buffers.Binary;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>Options of ours that the peer rejected, and options of the peer that we acknowledged.</summary>
[Flags]
internal enum LcpFlags : byte
{
    None = 0,
    OmitMru = 1,
    OmitMagic = 2,
    OmitPfc = 4,
    OmitAcfc = 8,
    PeerPfc = 16,
    PeerAcfc = 32,
}

/// <summary>Everything LCP remembers of one link: some 90 octets.</summary>
internal record struct LcpState
{
    public Negotiation Negotiation;
    public SplitMix Random;
    public uint OurMagic;
    public uint PeerMagic;
    public ushort OurMru;
    public ushort PeerMru;
    public LcpFlags Flags;
    /// <summary>Server: index in the policy's methods of the one we demand.</summary>
    public byte AuthIndex;
    /// <summary>Server: bit n is set when method n was demanded already.</summary>
    public byte AuthTried;
    /// <summary>Client: what the peer demands of us.</summary>
    public AuthMethod? Demanded;
    /// <summary>How often our own Magic-Number came back.</summary>
    public byte Loops;
    public byte EchoOutstanding;
    /// <summary>Identifier and digest of the last Configure-Request we acknowledged.</summary>
    public byte AcknowledgedId;
    public uint AcknowledgedDigest;
    public Instant EchoAt;
    public string? PeerIdentification;
}

/// <summary>What one event at LCP means for the link.</summary>
internal struct LcpOutcome
{
    /// <summary>This-Layer-Down.</summary>
    public bool IsDown;
    /// <summary>This-Layer-Up.</summary>
    public bool IsUp;
    /// <summary>This-Layer-Finished.</summary>
    public bool IsFinished;
    /// <summary>The peer sent a Terminate-Request.</summary>
    public bool IsTerminatedByPeer;
    /// <summary>Not null: the link cannot go on; close it.</summary>
    public EndReason? Fault;
    /// <summary>Not null: the peer rejected this protocol.</summary>
    public ushort? RejectedProtocol;
}

/// <summary>The Link Control Protocol (RFC 1661 §5 and §6, RFC 1570 §2) on the automaton; <see cref="PppLink"/> is its only user.</summary>
internal static class Lcp
{
    /// <summary>Longest control packet in octets that is looked at: the default MRU, which always must be received (RFC 1661 §6.1).</summary>
    public const int MaxPacket = LcpOption.DefaultMru;
    /// <summary>So often may our own Magic-Number come back before the link is called looped. Ours: the RFC sets no limit.</summary>
    private const int MaxLoops = 5;
    /// <summary>Octets of an Identification that are kept.</summary>
    private const int MaxIdentification = 96;

    public static LcpState Start(LinkPolicy policy, ulong seed)
    {
        var random = new SplitMix(seed);
        var state = new LcpState
        {
            Negotiation = new Negotiation((byte)random.Next()),
            Random = random,
            PeerMru = LcpOption.DefaultMru,
            EchoAt = Negotiation.Never,
        };
        ResetOurs(ref state, policy);
        return state;
    }

    public static Instant NextDeadline(in LcpState state) => state.Negotiation.RestartAt < state.EchoAt ? state.Negotiation.RestartAt : state.EchoAt;

    /// <summary>Up, Open, Close, Down.</summary>
    public static void Administer(ref LcpState s, LinkPolicy policy, AutomatonEvent ev, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects) =>
        Run(ref s, policy, ev, default, now, ref outcome, ref effects);

    public static void StartEcho(ref LcpState s, LinkPolicy policy, Instant now)
    {
        s.EchoOutstanding = 0;
        if (policy.EchoInterval > TimeSpan.Zero) s.EchoAt = now + NextEchoInterval(ref s, policy);
    }

    /// <summary>The peer is alive: the count of unanswered echoes begins anew.</summary>
    public static void NoteAlive(ref LcpState s) => s.EchoOutstanding = 0;

    public static void Tick(ref LcpState s, LinkPolicy policy, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (now >= s.Negotiation.RestartAt) Run(ref s, policy, s.Negotiation.Timeout, default, now, ref outcome, ref effects);
        if (now >= s.EchoAt) Echo(ref s, policy, now, ref outcome, ref effects);
    }

    public static void Receive(
        ref LcpState s, LinkPolicy policy, ReadOnlySpan<byte> payload, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (!ControlPacketView.TryRead(payload, out var packet, out var error) || IsTooLong(packet, out error))
        {
            Drop(error, ref effects);
            return;
        }
        switch (packet.Code)
        {
            case ControlCode.ConfigureRequest: ConfigureRequest(ref s, policy, packet, now, ref outcome, ref effects); break;
            case ControlCode.ConfigureAck: ConfigureAck(ref s, policy, packet, now, ref outcome, ref effects); break;
            case ControlCode.ConfigureNak: ConfigureNak(ref s, policy, packet, now, ref outcome, ref effects); break;
            case ControlCode.ConfigureReject: ConfigureReject(ref s, policy, packet, now, ref outcome, ref effects); break;
            case ControlCode.TerminateRequest:
                outcome.IsTerminatedByPeer = true;
                Run(ref s, policy, AutomatonEvent.ReceiveTerminateRequest, packet, now, ref outcome, ref effects);
                break;
            case ControlCode.TerminateAck: Run(ref s, policy, AutomatonEvent.ReceiveTerminateAck, packet, now, ref outcome, ref effects); break;
            case ControlCode.CodeReject: CodeReject(ref s, policy, packet, now, ref outcome, ref effects); break;
            case ControlCode.ProtocolReject: ProtocolReject(ref s, policy, packet, now, ref outcome, ref effects); break;
            case ControlCode.EchoRequest or ControlCode.EchoReply or ControlCode.DiscardRequest:
                ReceiveEcho(ref s, policy, packet, now, ref outcome, ref effects);
                break;
            case ControlCode.Identification: Identification(ref s, packet, ref effects); break;
            case ControlCode.TimeRemaining: break; // a courtesy (RFC 1570 §2.2); nothing here depends on it
            default: Run(ref s, policy, AutomatonEvent.ReceiveUnknownCode, packet, now, ref outcome, ref effects); break;
        }
    }

    /// <summary>Tells the peer that nobody here speaks this protocol (RFC 1661 §5.7): only while LCP is Opened.</summary>
    public static void RejectProtocol(ref LcpState s, ushort protocol, ReadOnlySpan<byte> payload, ref EffectBuffer<LinkEffect> effects)
    {
        if (s.Negotiation.State != AutomatonState.Opened)
        {
            Drop(PppError.WrongPhase, ref effects);
            return;
        }
        Span<byte> buffer = stackalloc byte[FrameLimit(s)];
        var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, ControlCode.ProtocolReject, ++s.Negotiation.OtherId);
        writer.Octet((byte)(protocol >> 8));
        writer.Octet((byte)protocol);
        writer.Octets(payload); // cut to the peer's MRU (RFC 1661 §5.7)
        effects.Add(new LinkEffect.SendFrame(writer.ToFrame()));
    }

    private static NegotiationTimers Timers(LinkPolicy p) => new(p.FirstRestartInterval, p.RestartInterval, p.MaxConfigure, p.MaxTerminate);

    private static bool IsTooLong(in ControlPacketView packet, out PppError error)
    {
        error = packet.Length > MaxPacket ? PppError.TooLong : PppError.None;
        return error != PppError.None;
    }

    /// <summary>Octets of the largest frame the peer takes.</summary>
    private static int FrameLimit(in LcpState s) => PppFrame.HeaderLength + Math.Clamp(s.PeerMru, (ushort)64, LcpOption.DefaultMru);

    private static void Drop(PppError why, ref EffectBuffer<LinkEffect> effects) => effects.Add(new LinkEffect.Dropped(why));

    private static EndReason Broken(string text) => new(EndParty.Subscriber, EndLayer.Link, EndCause.ProtocolViolation, text);

    /// <summary>One step of the automaton and its actions, but for sca and scn: those are sent by <see cref="ConfigureRequest"/>.</summary>
    private static AutomatonStep Run(
        ref LcpState s, LinkPolicy policy, AutomatonEvent ev, in ControlPacketView packet, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        var step = s.Negotiation.Step(ev, Timers(policy), now);
        if (!step.IsLegal)
        {
            if (ev >= AutomatonEvent.ReceiveConfigureRequestGood) Drop(PppError.WrongState, ref effects);
            return step;
        }
        var actions = step.Actions;
        if ((actions & AutomatonActions.Tld) != 0)
        {
            outcome.IsDown = true;
            s.EchoAt = Negotiation.Never;
        }
        if ((actions & AutomatonActions.Scr) != 0) SendRequest(s, policy, ref effects);
        if ((actions & AutomatonActions.Str) != 0) SendEmpty(ControlCode.TerminateRequest, ++s.Negotiation.OtherId, ref effects);
        if ((actions & AutomatonActions.Sta) != 0)
            SendEmpty(ControlCode.TerminateAck, ev == AutomatonEvent.ReceiveTerminateRequest ? packet.Identifier : ++s.Negotiation.OtherId, ref effects);
        if ((actions & AutomatonActions.Scj) != 0)
        {
            Span<byte> buffer = stackalloc byte[FrameLimit(s)];
            var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, ControlCode.CodeReject, ++s.Negotiation.OtherId);
            writer.Octets(packet.Octets);
            effects.Add(new LinkEffect.SendFrame(writer.ToFrame()));
        }
        if ((actions & AutomatonActions.Tlu) != 0) outcome.IsUp = true;
        if ((actions & AutomatonActions.Tlf) != 0) outcome.IsFinished = true;
        return step;
    }

    /// <summary>A negotiation from the start: what the peer refused before may be asked again.</summary>
    private static void ResetOurs(ref LcpState s, LinkPolicy policy)
    {
        s.Flags = LcpFlags.None;
        s.OurMru = policy.Mru;
        s.OurMagic = s.Random.NextMagic();
        s.AuthIndex = 0;
        s.AuthTried = 1;
        s.Demanded = null;
        s.Loops = 0;
        s.Negotiation.Failures = 0;
    }

    private static void WriteRequest(in LcpState s, LinkPolicy policy, ref ControlPacketWriter writer)
    {
        if ((s.Flags & LcpFlags.OmitMru) == 0) writer.Option(LcpOption.Mru, s.OurMru);
        if (policy.Role == LinkRole.Server && s.AuthIndex < policy.AuthMethods.Length)
            writer.Option(LcpOption.AuthenticationProtocol, AuthValue(policy.AuthMethods[s.AuthIndex]));
        if ((s.Flags & LcpFlags.OmitMagic) == 0) writer.Option(LcpOption.MagicNumber, s.OurMagic);
        if (policy.OfferPfc && (s.Flags & LcpFlags.OmitPfc) == 0) writer.Option(LcpOption.Pfc);
        if (policy.OfferAcfc && (s.Flags & LcpFlags.OmitAcfc) == 0) writer.Option(LcpOption.Acfc);
    }

    private static ControlPacketWriter Request(in LcpState s, LinkPolicy policy, Span<byte> buffer)
    {
        var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, ControlCode.ConfigureRequest, s.Negotiation.RequestId);
        WriteRequest(s, policy, ref writer);
        return writer;
    }

    private static void SendRequest(in LcpState s, LinkPolicy policy, ref EffectBuffer<LinkEffect> effects)
    {
        Span<byte> buffer = stackalloc byte[64];
        effects.Add(new LinkEffect.SendFrame(Request(s, policy, buffer).ToFrame()));
    }

    private static void SendEmpty(byte code, byte identifier, ref EffectBuffer<LinkEffect> effects)
    {
        Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + ControlPacketView.HeaderLength];
        effects.Add(new LinkEffect.SendFrame(new ControlPacketWriter(buffer, PppProtocol.Lcp, code, identifier).ToFrame()));
    }

    // ---- the peer's Configure-Request -------------------------------------------------------------------------------

    private static void ConfigureRequest(
        ref LcpState s, LinkPolicy policy, in ControlPacketView packet, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (!OptionView.AreWellFormed(packet.Data, out var error))
        {
            Drop(error, ref effects);
            return;
        }
        if (s.Negotiation.State is AutomatonState.Closing or AutomatonState.Stopping)
        {
            Run(ref s, policy, AutomatonEvent.ReceiveConfigureRequestGood, packet, now, ref outcome, ref effects);
            return;
        }
        Span<byte> ackBuffer = stackalloc byte[PppFrame.HeaderLength + MaxPacket];
        if (s.Negotiation.State == AutomatonState.Opened)
        {
            // Our Ack was lost and the peer repeats itself word by word: answer again, and do not tear down what is up.
            // Only when its Magic-Number says that it is the same negotiation; anything else negotiates anew (RFC 1661 §4.3, RCR).
            if (s.PeerMagic != 0 && packet.Identifier == s.AcknowledgedId && Digest(packet.Data) == s.AcknowledgedDigest)
            {
                SendAnswer(ackBuffer, ControlCode.ConfigureAck, packet.Identifier, packet.Data, ref effects);
                return;
            }
            ResetOurs(ref s, policy);
        }

        Span<byte> nakBuffer = stackalloc byte[PppFrame.HeaderLength + MaxPacket], rejectBuffer = stackalloc byte[PppFrame.HeaderLength + MaxPacket];
        var naks = new ControlPacketWriter(nakBuffer, PppProtocol.Lcp, ControlCode.ConfigureNak, packet.Identifier);
        var rejects = new ControlPacketWriter(rejectBuffer, PppProtocol.Lcp, ControlCode.ConfigureReject, packet.Identifier);
        var offered = new LcpState { PeerMru = LcpOption.DefaultMru }; // only its peer fields count
        var rest = packet.Data;
        while (OptionView.TryRead(ref rest, out var option, out _)) Consider(ref s, policy, option, ref offered, ref naks, ref rejects);
        if (s.Loops >= MaxLoops)
        {
            outcome.Fault = Broken("the link is looped: our own Magic-Number comes back");
            return;
        }

        var isGood = naks.DataLength == 0 && rejects.DataLength == 0;
        // before the answer: then the peer can never be Opened by the answer and be thrown back by the repeated request
        if (s.Negotiation.TryHurry(Timers(policy), now)) SendRequest(s, policy, ref effects);
        Answer(ref s, policy, packet, isGood, offered, ref naks, ref rejects, ackBuffer, now, ref outcome, ref effects);
    }

    private static void Answer(
        ref LcpState s, LinkPolicy policy, in ControlPacketView packet, bool isGood, in LcpState offered, ref ControlPacketWriter naks,
        ref ControlPacketWriter rejects, Span<byte> ackBuffer, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (isGood)
        {
            s.PeerMru = offered.PeerMru;
            s.PeerMagic = offered.PeerMagic;
            s.Demanded = offered.Demanded;
            s.Flags = (s.Flags & ~(LcpFlags.PeerPfc | LcpFlags.PeerAcfc)) | offered.Flags;
            s.AcknowledgedId = packet.Identifier;
            s.AcknowledgedDigest = Digest(packet.Data);
        }
        var ev = isGood ? AutomatonEvent.ReceiveConfigureRequestGood : AutomatonEvent.ReceiveConfigureRequestBad;
        var step = Run(ref s, policy, ev, packet, now, ref outcome, ref effects);
        if ((step.Actions & AutomatonActions.Sca) != 0)
        {
            s.Negotiation.Failures = 0;
            SendAnswer(ackBuffer, ControlCode.ConfigureAck, packet.Identifier, packet.Data, ref effects);
        }
        else if ((step.Actions & AutomatonActions.Scn) != 0)
        {
            if (rejects.DataLength > 0)
            {
                effects.Add(new LinkEffect.SendFrame(rejects.ToFrame()));
            }
            else
            {
                if (s.Negotiation.Failures < byte.MaxValue) s.Negotiation.Failures++;
                effects.Add(new LinkEffect.SendFrame(naks.ToFrame()));
            }
        }
    }

    private static void SendAnswer(Span<byte> buffer, byte code, byte identifier, ReadOnlySpan<byte> options, ref EffectBuffer<LinkEffect> effects)
    {
        var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, code, identifier);
        writer.Octets(options);
        effects.Add(new LinkEffect.SendFrame(writer.ToFrame()));
    }

    /// <summary>One option of the peer: taken (into <paramref name="offered"/>), naked with what we would take, or rejected.</summary>
    private static void Consider(
        ref LcpState s, LinkPolicy policy, in OptionView option, ref LcpState offered, ref ControlPacketWriter naks, ref ControlPacketWriter rejects)
    {
        var value = option.Value;
        // after Max-Failure Naks no more of them: what is not liked is rejected (RFC 1661 §4.6)
        var isPatient = s.Negotiation.Failures < policy.MaxFailure;
        switch (option.Type)
        {
            case LcpOption.Mru when value.Length == 2 && BinaryPrimitives.ReadUInt16BigEndian(value) >= policy.MinPeerMru:
                offered.PeerMru = BinaryPrimitives.ReadUInt16BigEndian(value); // a larger one than we send is no harm
                break;
            case LcpOption.Mru when isPatient: naks.Option(LcpOption.Mru, value.Length == 2 ? policy.MinPeerMru : LcpOption.DefaultMru); break;
            case LcpOption.Accm when value.Length == 4: break; // no octet is escaped on an L2TP tunnel, whatever the map
            case LcpOption.Accm when isPatient: naks.Option(LcpOption.Accm, 0u); break;
            case LcpOption.MagicNumber when value.Length == 4:
                var magic = BinaryPrimitives.ReadUInt32BigEndian(value);
                if (magic != 0 && (magic != s.OurMagic || (s.Flags & LcpFlags.OmitMagic) != 0))
                {
                    offered.PeerMagic = magic;
                    break;
                }
                if (magic != 0) s.Loops++;
                naks.Option(LcpOption.MagicNumber, s.Random.NextMagic()); // zero, or our own: never acknowledged (RFC 1661 §6.4)
                break;
            case LcpOption.MagicNumber when isPatient: naks.Option(LcpOption.MagicNumber, s.Random.NextMagic()); break;
            case LcpOption.Pfc when policy.AllowPfc && value.IsEmpty: offered.Flags |= LcpFlags.PeerPfc; break;
            case LcpOption.Acfc when policy.AllowAcfc && value.IsEmpty: offered.Flags |= LcpFlags.PeerAcfc; break;
            case LcpOption.AuthenticationProtocol when policy is { Role: LinkRole.Client, Credentials: not null, AuthMethods.IsDefaultOrEmpty: false }:
                if (TryReadAuth(value, out var method) && policy.AuthMethods.Contains(method)) offered.Demanded = method;
                else if (isPatient) naks.Option(LcpOption.AuthenticationProtocol, AuthValue(policy.AuthMethods[0]));
                else rejects.Octets(option.Octets);
                break;
            default: rejects.Octets(option.Octets); break;
        }
    }

    // ---- answers to our Configure-Request ---------------------------------------------------------------------------

    private static bool IsExpected(in LcpState s, in ControlPacketView packet, ref EffectBuffer<LinkEffect> effects)
    {
        if (!s.Negotiation.IsAnswered && packet.Identifier == s.Negotiation.RequestId) return true;
        Drop(PppError.UnknownIdentifier, ref effects);
        return false;
    }

    private static void ConfigureAck(
        ref LcpState s, LinkPolicy policy, in ControlPacketView packet, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (!IsExpected(s, packet, ref effects)) return;
        Span<byte> buffer = stackalloc byte[64];
        if (!Request(s, policy, buffer).Data.SequenceEqual(packet.Data))
        {
            Drop(PppError.OptionsMismatch, ref effects);
            return;
        }
        s.Negotiation.IsAnswered = true;
        s.Loops = 0;
        Run(ref s, policy, AutomatonEvent.ReceiveConfigureAck, packet, now, ref outcome, ref effects);
    }

    private static void ConfigureNak(
        ref LcpState s, LinkPolicy policy, in ControlPacketView packet, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (!IsExpected(s, packet, ref effects)) return;
        if (!OptionView.AreWellFormed(packet.Data, out var error))
        {
            Drop(error, ref effects);
            return;
        }
        var rest = packet.Data;
        while (OptionView.TryRead(ref rest, out var option, out _))
        {
            switch (option.Type)
            {
                case LcpOption.Mru when option.Value.Length == 2:
                    var mru = BinaryPrimitives.ReadUInt16BigEndian(option.Value);
                    if (mru >= policy.MinPeerMru && mru < s.OurMru) s.OurMru = mru; // a larger one would not fit the tunnel
                    break;
                case LcpOption.AuthenticationProtocol when policy.Role == LinkRole.Server:
                    if (TryNextMethod(ref s, policy, option.Value)) break;
                    outcome.Fault = new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.NegotiationFailed,
                        "the subscriber does none of the authentication methods that are allowed");
                    return;
                case LcpOption.MagicNumber: s.OurMagic = s.Random.NextMagic(); break;
                default: break; // an option the peer would like us to ask for: we do not (RFC 1661 §5.3)
            }
        }
        s.Negotiation.IsAnswered = true;
        Run(ref s, policy, AutomatonEvent.ReceiveConfigureNak, packet, now, ref outcome, ref effects);
    }

    /// <summary>The method the peer proposes when we allow it and have not tried it, else our next.</summary>
    private static bool TryNextMethod(ref LcpState s, LinkPolicy policy, ReadOnlySpan<byte> proposal)
    {
        var count = Math.Min(policy.AuthMethods.Length, 8);
        var next = TryReadAuth(proposal, out var method) ? policy.AuthMethods.IndexOf(method) : -1;
        if (next < 0 || next >= count || (s.AuthTried & (1 << next)) != 0)
        {
            for (next = 0; next < count && (s.AuthTried & (1 << next)) != 0; next++) { }
            if (next == count) return false;
        }
        s.AuthIndex = (byte)next;
        s.AuthTried |= (byte)(1 << next);
        return true;
    }

    private static void ConfigureReject(
        ref LcpState s, LinkPolicy policy, in ControlPacketView packet, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (!IsExpected(s, packet, ref effects)) return;
        Span<byte> buffer = stackalloc byte[64];
        var asked = Request(s, policy, buffer).Data;
        var rest = packet.Data;
        var omit = LcpFlags.None;
        while (OptionView.TryRead(ref rest, out var option, out _))
        {
            if (!IsIn(asked, option)) break;
            switch (option.Type)
            {
                case LcpOption.Mru: omit |= LcpFlags.OmitMru; break;
                case LcpOption.MagicNumber: omit |= LcpFlags.OmitMagic; break;
                case LcpOption.Pfc: omit |= LcpFlags.OmitPfc; break;
                case LcpOption.Acfc: omit |= LcpFlags.OmitAcfc; break;
                default:
                    outcome.Fault = new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.NegotiationFailed, "the subscriber refuses to authenticate");
                    return;
            }
        }
        if (!rest.IsEmpty || omit == LcpFlags.None)
        {
            Drop(PppError.OptionsMismatch, ref effects); // not a part of what we asked (RFC 1661 §5.4)
            return;
        }
        s.Flags |= omit;
        if ((omit & LcpFlags.OmitMru) != 0) s.OurMru = LcpOption.DefaultMru;
        if ((omit & LcpFlags.OmitMagic) != 0) s.OurMagic = 0;
        s.Negotiation.IsAnswered = true;
        Run(ref s, policy, AutomatonEvent.ReceiveConfigureNak, packet, now, ref outcome, ref effects);
    }

    private static bool IsIn(ReadOnlySpan<byte> asked, in OptionView rejected)
    {
        while (OptionView.TryRead(ref asked, out var ours, out _))
        {
            if (ours.Octets.SequenceEqual(rejected.Octets)) return true;
        }
        return false;
    }

    // ---- the rest ---------------------------------------------------------------------------------------------------

    private static void CodeReject(
        ref LcpState s, LinkPolicy policy, in ControlPacketView packet, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (packet.Data.IsEmpty)
        {
            Drop(PppError.Truncated, ref effects);
            return;
        }
        var code = packet.Data[0];
        if (code is >= ControlCode.ConfigureRequest and <= ControlCode.CodeReject)
        {
            Catastrophe(ref s, policy, packet, $"the subscriber rejects LCP code {code}", now, ref outcome, ref effects);
            return;
        }
        if (code is ControlCode.EchoRequest) s.EchoAt = Negotiation.Never; // a peer without echo cannot be watched
        Run(ref s, policy, AutomatonEvent.ReceiveRejectPermitted, packet, now, ref outcome, ref effects);
    }

    private static void ProtocolReject(
        ref LcpState s, LinkPolicy policy, in ControlPacketView packet, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (packet.Data.Length < 2)
        {
            Drop(PppError.Truncated, ref effects);
            return;
        }
        if (s.Negotiation.State != AutomatonState.Opened) // RFC 1661 §5.7
        {
            Drop(PppError.WrongState, ref effects);
            return;
        }
        var protocol = BinaryPrimitives.ReadUInt16BigEndian(packet.Data);
        if (protocol == PppProtocol.Lcp)
        {
            Catastrophe(ref s, policy, packet, "the subscriber rejects LCP itself", now, ref outcome, ref effects);
            return;
        }
        outcome.RejectedProtocol = protocol;
        Run(ref s, policy, AutomatonEvent.ReceiveRejectPermitted, packet, now, ref outcome, ref effects);
    }

    /// <summary>RXJ-. The automaton closes by itself; the fault says why.</summary>
    private static void Catastrophe(
        ref LcpState s, LinkPolicy policy, in ControlPacketView packet, string text, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        outcome.Fault = Broken(text);
        Run(ref s, policy, AutomatonEvent.ReceiveRejectCatastrophic, packet, now, ref outcome, ref effects);
    }

    private static void ReceiveEcho(
        ref LcpState s, LinkPolicy policy, in ControlPacketView packet, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (packet.Data.Length < 4)
        {
            Drop(PppError.Truncated, ref effects);
            return;
        }
        var step = Run(ref s, policy, AutomatonEvent.ReceiveEcho, packet, now, ref outcome, ref effects);
        if (!step.IsLegal) return;
        if ((step.Actions & AutomatonActions.Ser) == 0)
        {
            Drop(PppError.WrongState, ref effects); // not Opened (RFC 1661 §5.8)
            return;
        }
        var magic = BinaryPrimitives.ReadUInt32BigEndian(packet.Data);
        if (magic != 0 && magic == s.OurMagic)
        {
            Drop(PppError.LoopedBack, ref effects);
            if (++s.Loops >= MaxLoops) outcome.Fault = Broken("the link is looped: our own Magic-Number comes back");
            return;
        }
        switch (packet.Code)
        {
            case ControlCode.EchoReply: s.EchoOutstanding = 0; break;
            case ControlCode.DiscardRequest: Drop(PppError.DiscardRequest, ref effects); break;
            default:
                Span<byte> buffer = stackalloc byte[FrameLimit(s)];
                var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, ControlCode.EchoReply, packet.Identifier);
                writer.Number(s.OurMagic);
                writer.Octets(packet.Data[4..]);
                effects.Add(new LinkEffect.SendFrame(writer.ToFrame()));
                break;
        }
    }

    private static void Identification(ref LcpState s, in ControlPacketView packet, ref EffectBuffer<LinkEffect> effects)
    {
        if (packet.Data.Length < 4)
        {
            Drop(PppError.Truncated, ref effects);
            return;
        }
        var text = PeerText.Decode(packet.Data[4..], MaxIdentification);
        if (text == s.PeerIdentification) return;
        s.PeerIdentification = text;
        effects.Add(new LinkEffect.PeerIdentified(text));
    }

    private static void Echo(ref LcpState s, LinkPolicy policy, Instant now, ref LcpOutcome outcome, ref EffectBuffer<LinkEffect> effects)
    {
        if (s.EchoOutstanding >= policy.EchoFailures)
        {
            s.EchoAt = Negotiation.Never;
            outcome.Fault = new EndReason(EndParty.Lns, EndLayer.Link, EndCause.EchoTimeout, $"{s.EchoOutstanding} LCP echoes without an answer");
            return;
        }
        s.EchoOutstanding++;
        s.EchoAt = now + NextEchoInterval(ref s, policy);
        Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + ControlPacketView.HeaderLength + 4];
        var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, ControlCode.EchoRequest, ++s.Negotiation.OtherId);
        writer.Number(s.OurMagic);
        effects.Add(new LinkEffect.SendFrame(writer.ToFrame()));
    }

    private static TimeSpan NextEchoInterval(ref LcpState s, LinkPolicy policy) =>
        policy.EchoInterval * (1 - Math.Clamp(policy.EchoJitter, 0, 0.9) * s.Random.NextShare());

    /// <summary>FNV-1a: tells a repetition from a new request, nothing more.</summary>
    private static uint Digest(ReadOnlySpan<byte> octets)
    {
        var hash = 2166136261u;
        foreach (var octet in octets) hash = (hash ^ octet) * 16777619u;
        return hash;
    }

    private static ReadOnlySpan<byte> AuthValue(AuthMethod method) => method switch
    {
        AuthMethod.Pap => [0xC0, 0x23],
        AuthMethod.ChapMd5 => [0xC2, 0x23, ChapAlgorithm.Md5],
        _ => [0xC2, 0x23, ChapAlgorithm.MsChapV2],
    };

    private static bool TryReadAuth(ReadOnlySpan<byte> value, out AuthMethod method)
    {
        method = value switch
        {
            [_, _, ChapAlgorithm.MsChapV2] => AuthMethod.MsChapV2,
            [_, _, ChapAlgorithm.Md5] => AuthMethod.ChapMd5,
            _ => AuthMethod.Pap,
        };
        return value.SequenceEqual(AuthValue(method));
    }
}

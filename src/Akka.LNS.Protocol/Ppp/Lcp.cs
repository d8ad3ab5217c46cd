using System.Buffers.Binary;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Protocol.Ppp;

/// <summary>The Link Control Protocol. RFC 1661 sections 5 and 6, RFC 1570 section 2. <see cref="PppLink"/> is its only user.</summary>
internal static class Lcp
{
    /// <summary>Returns of our own Magic-Number until the link counts as looped. The RFC sets no limit.</summary>
    private const int MaxLoops = 5;
    /// <summary>Octets of an Identification that are stored.</summary>
    private const int MaxIdentification = 96;
    /// <summary>Octets of the largest Configure-Request of ours, as a frame.</summary>
    private const int RequestLimit = 64;

    public static LcpState Create(LinkPolicy policy, ulong seed)
    {
        var random = new SplitMix(seed);
        var state = new LcpState
        {
            Negotiation = new OptionNegotiation((byte)random.Next()),
            Random = random,
            PeerMru = LcpOption.DefaultMru,
            EchoAt = Instant.Never,
        };
        Restart(ref state, policy);
        return state;
    }

    public static Instant NextDeadline(in LcpState state) =>
        state.Negotiation.RestartAt < state.EchoAt ? state.Negotiation.RestartAt : state.EchoAt;

    /// <summary>Starts the echoes, at the begin of the network phase.</summary>
    public static void StartEcho(ref LcpState s, LinkPolicy policy, Instant now)
    {
        s.EchoOutstanding = 0;
        if (policy.EchoInterval > TimeSpan.Zero) s.EchoAt = now + NextEchoInterval(ref s, policy);
    }

    private static TimeSpan NextEchoInterval(ref LcpState s, LinkPolicy policy) =>
        policy.EchoInterval * (1 - Math.Clamp(policy.EchoJitter, 0, 0.9) * s.Random.NextShare());

    /// <summary>Begins a negotiation: the request asks again for what the peer refused before.</summary>
    private static void Restart(ref LcpState s, LinkPolicy policy)
    {
        s.Flags = LcpFlags.None;
        s.OurMru = policy.Mru;
        s.OurMagic = s.Random.NextMagic();
        s.AuthIndex = 0;
        s.AuthTried = 1;
        s.Demanded = null;
        s.Loops = 0;
        s.Negotiation.Restart();
    }

    /// <summary>Value of the Authentication-Protocol option. RFC 1661 section 6.2.</summary>
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

    private static EndReason Broken(string text) => new(EndParty.Subscriber, EndLayer.Link, EndCause.ProtocolViolation, text);

    /// <summary>Considers one option of the peer: accepts it into <paramref name="offered"/>, or adds it to Nak or Reject.</summary>
    private static void Consider(
        ref LcpState s, LinkPolicy policy, in OptionView option, ref LcpState offered, ref ConfigureAnswer answer)
    {
        var value = option.Value;
        // after Max-Failure Naks an option that is not acceptable is rejected (RFC 1661 section 4.6)
        var isPatient = s.Negotiation.Failures < policy.MaxFailure;
        switch (option.Type)
        {
            case LcpOption.Mru when value.Length == 2 && BinaryPrimitives.ReadUInt16BigEndian(value) >= policy.MinPeerMru:
                offered.PeerMru = BinaryPrimitives.ReadUInt16BigEndian(value); // a value above MaxPeerMru is acceptable
                break;
            case LcpOption.Mru when isPatient:
                answer.Naks.Option(LcpOption.Mru, value.Length == 2 ? policy.MinPeerMru : LcpOption.DefaultMru);
                break;
            case LcpOption.Accm when value.Length == 4: break; // any map is acceptable: L2TP escapes no octet
            case LcpOption.Accm when isPatient: answer.Naks.Option(LcpOption.Accm, 0u); break;
            case LcpOption.MagicNumber when value.Length == 4:
                var magic = BinaryPrimitives.ReadUInt32BigEndian(value);
                if (magic != 0 && (magic != s.OurMagic || (s.Flags & LcpFlags.OmitMagic) != 0))
                {
                    offered.PeerMagic = magic;
                    break;
                }
                if (magic != 0) s.Loops++;
                // never Ack zero or our own (RFC 1661 section 6.4)
                if (isPatient) answer.Naks.Option(LcpOption.MagicNumber, s.Random.NextMagic());
                else answer.Rejects.Octets(option.Octets);
                break;
            case LcpOption.MagicNumber when isPatient: answer.Naks.Option(LcpOption.MagicNumber, s.Random.NextMagic()); break;
            case LcpOption.Pfc when policy.AllowPfc && value.IsEmpty: offered.Flags |= LcpFlags.PeerPfc; break;
            case LcpOption.Acfc when policy.AllowAcfc && value.IsEmpty: offered.Flags |= LcpFlags.PeerAcfc; break;
            case LcpOption.AuthenticationProtocol
                when policy is { Role: LinkRole.Client, Credentials: not null, AuthMethods.IsDefaultOrEmpty: false }:
                if (TryReadAuth(value, out var method) && policy.AuthMethods.Contains(method)) offered.Demanded = method;
                else if (isPatient) answer.Naks.Option(LcpOption.AuthenticationProtocol, AuthValue(policy.AuthMethods[0]));
                else answer.Rejects.Octets(option.Octets);
                break;
            default: answer.Rejects.Octets(option.Octets); break;
        }
    }

    /// <summary>One event on its way through LCP. Lives for one event of the link.</summary>
    /// <param name="why">Reason of a link that closes: the data of its Terminate-Requests. Null: the link does not close.</param>
    public ref struct Turn(
        in LcpState before, LinkPolicy policy, Instant now, ref EffectBuffer<LinkEffect> effects, EndReason? why = null)
    {
        private readonly ref EffectBuffer<LinkEffect> _effects = ref effects;
        private LcpState _s = before;

        /// <summary>The state so far.</summary>
        public readonly LcpState State => _s;

        /// <summary>What the event means for the link.</summary>
        public LcpOutcome Outcome;

        /// <summary>Opens LCP: sends the first Configure-Request.</summary>
        public void Open()
        {
            Run(AutomatonEvent.Open);
            Run(AutomatonEvent.Up);
        }

        /// <summary>Closes LCP in order: sends a Terminate-Request and stops the echoes.</summary>
        public void Close()
        {
            Run(AutomatonEvent.Close);
            _s.EchoAt = Instant.Never;
        }

        public void Tick()
        {
            if (now >= _s.Negotiation.RestartAt) Run(_s.Negotiation.Timeout);
            if (now >= _s.EchoAt) SendEcho();
        }

        public void Receive(ReadOnlySpan<byte> payload)
        {
            if (!OptionNegotiation.TryRead(payload, out var packet, out var error))
            {
                Drop(error);
                return;
            }
            switch (packet.Code)
            {
                case ControlCode.ConfigureRequest: OnRequest(packet); break;
                case ControlCode.ConfigureAck or ControlCode.ConfigureNak or ControlCode.ConfigureReject: OnAnswer(packet); break;
                case ControlCode.TerminateRequest:
                    Outcome.TerminatedByPeer = TerminateText.Read(EndLayer.Link, "the subscriber hung up", packet.Data);
                    Run(AutomatonEvent.ReceiveTerminateRequest, packet);
                    break;
                case ControlCode.TerminateAck: Run(AutomatonEvent.ReceiveTerminateAck, packet); break;
                case ControlCode.CodeReject: OnCodeReject(packet); break;
                case ControlCode.ProtocolReject: OnProtocolReject(packet); break;
                case ControlCode.EchoRequest or ControlCode.EchoReply or ControlCode.DiscardRequest: OnEcho(packet); break;
                case ControlCode.Identification: OnIdentification(packet); break;
                case ControlCode.TimeRemaining: break; // information only (RFC 1570 section 2.2)
                default: Run(AutomatonEvent.ReceiveUnknownCode, packet); break;
            }
        }

        /// <summary>Sends a Protocol-Reject, while LCP is Opened. RFC 1661 section 5.7.</summary>
        public void RejectProtocol(ushort protocol, ReadOnlySpan<byte> payload)
        {
            if (_s.Negotiation.State != AutomatonState.Opened)
            {
                Drop(PppError.WrongPhase);
                return;
            }
            Span<byte> buffer = stackalloc byte[MaxFrame];
            var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, ControlCode.ProtocolReject, ++_s.Negotiation.OtherId);
            writer.Octet((byte)(protocol >> 8));
            writer.Octet((byte)protocol);
            writer.Octets(payload); // cut to the MRU of the peer (RFC 1661 section 5.7)
            Send(writer.ToFrame());
        }

        /// <summary>Octets of the largest frame that the peer receives.</summary>
        private readonly int MaxFrame => PppFrame.HeaderLength + Math.Clamp(_s.PeerMru, (ushort)64, LcpOption.DefaultMru);

        private readonly void Drop(PppError why) => _effects.Add(new LinkEffect.Dropped(why));

        private readonly void Send(byte[] frame) => _effects.Add(new LinkEffect.SendFrame(frame));

        /// <summary>Takes one step of the automaton with its actions, but for ser, which <see cref="OnEcho"/> does.</summary>
        /// <param name="isPaced">The Configure-Request of the step waits for the restart timer.</param>
        private AutomatonStep Run(
            AutomatonEvent ev, scoped ControlPacketView packet = default, scoped ConfigureAnswer answer = default, bool isPaced = false)
        {
            var step = _s.Negotiation.Step(ev, policy.Timers, now);
            if (!step.IsLegal)
            {
                if (ev >= AutomatonEvent.ReceiveConfigureRequestGood) Drop(PppError.WrongState);
                return step;
            }
            if (step.Does(AutomatonActions.Tld))
            {
                Outcome.IsDown = true;
                _s.EchoAt = Instant.Never;
            }
            if (step.Does(AutomatonActions.Scr) && !isPaced) SendRequest();
            if (_s.Negotiation.FrameOf(step, packet, answer) is { } reply) Send(reply);
            if (_s.Negotiation.FrameOf(step, ev, packet, PppProtocol.Lcp, MaxFrame, why ?? Outcome.Fault) is { } frame) Send(frame);
            if (step.Does(AutomatonActions.Tlu)) Outcome.IsUp = true;
            if (step.Does(AutomatonActions.Tlf)) Outcome.IsFinished = true;
            return step;
        }

        private readonly ControlPacketWriter Request(Span<byte> buffer)
        {
            var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, ControlCode.ConfigureRequest, _s.Negotiation.RequestId);
            if (!Has(LcpFlags.OmitMru)) writer.Option(LcpOption.Mru, _s.OurMru);
            if (policy.Role == LinkRole.Server && _s.AuthIndex < policy.AuthMethods.Length)
                writer.Option(LcpOption.AuthenticationProtocol, AuthValue(policy.AuthMethods[_s.AuthIndex]));
            if (!Has(LcpFlags.OmitMagic)) writer.Option(LcpOption.MagicNumber, _s.OurMagic);
            if (policy.OfferPfc && !Has(LcpFlags.OmitPfc)) writer.Option(LcpOption.Pfc);
            if (policy.OfferAcfc && !Has(LcpFlags.OmitAcfc)) writer.Option(LcpOption.Acfc);
            return writer;
        }

        private readonly bool Has(LcpFlags flag) => (_s.Flags & flag) != 0;

        private readonly void SendRequest()
        {
            Span<byte> buffer = stackalloc byte[RequestLimit];
            Send(Request(buffer).ToFrame());
        }

        // ---- the peer's Configure-Request ---------------------------------------------------------------------------

        private void OnRequest(scoped ControlPacketView packet)
        {
            if (!OptionView.AreWellFormed(packet.Data, out var error))
            {
                Drop(error);
                return;
            }
            if (_s.Negotiation.IsEnding)
            {
                Run(AutomatonEvent.ReceiveConfigureRequestGood, packet);
                return;
            }
            if (_s.Negotiation.State == AutomatonState.Opened)
            {
                // Our Ack was lost or is under way, and the peer repeats its request: acknowledge again and stay Opened. Only a
                // Magic-Number, or the time, shows that it is the same negotiation. Any other request negotiates anew (RFC 1661
                // section 4.3, RCR).
                if (_s.Negotiation.IsRepetition(packet) && (_s.PeerMagic != 0 || _s.Negotiation.IsCopyUnderWay(policy.Timers, now)))
                {
                    Send(OptionNegotiation.Acknowledge(packet, PppProtocol.Lcp));
                    return;
                }
                Restart(ref _s, policy);
            }

            Span<byte> naks = stackalloc byte[OptionNegotiation.MaxFrame], rejects = stackalloc byte[OptionNegotiation.MaxFrame];
            var answer = new ConfigureAnswer(PppProtocol.Lcp, packet.Identifier, naks, rejects);
            var offered = new LcpState { PeerMru = LcpOption.DefaultMru }; // only the values of the peer count
            var rest = packet.Data;
            while (OptionView.TryRead(ref rest, out var option, out _)) Consider(ref _s, policy, option, ref offered, ref answer);
            if (!answer.IsGood && _s.Negotiation.IsHopeless(policy.MaxFailure))
            {
                Outcome.Fault = new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.NegotiationFailed,
                    $"no agreement on the subscriber's LCP options after {_s.Negotiation.Refusals} answers");
                return;
            }
            if (_s.Loops >= MaxLoops)
            {
                Outcome.Fault = Broken("the link is looped: our own Magic-Number was received");
                return;
            }
            // before the answer: a repeated request after it would take a peer back that the answer has opened
            if (_s.Negotiation.TryHurry(policy.Timers, now)) SendRequest();
            if (answer.IsGood)
            {
                (_s.PeerMru, _s.PeerMagic, _s.Demanded) = (offered.PeerMru, offered.PeerMagic, offered.Demanded);
                _s.Flags = (_s.Flags & ~(LcpFlags.PeerPfc | LcpFlags.PeerAcfc)) | offered.Flags;
            }
            Run(answer.Event, packet, answer);
        }

        // ---- answers to our Configure-Request -----------------------------------------------------------------------

        private void OnAnswer(scoped ControlPacketView packet)
        {
            Span<byte> buffer = stackalloc byte[RequestLimit];
            var error = _s.Negotiation.Check(packet, Request(buffer).Data);
            if (error == PppError.None && packet is { Code: ControlCode.ConfigureReject, Data.IsEmpty: true })
                error = PppError.OptionsMismatch;
            if (error != PppError.None)
            {
                if (error == PppError.UnknownIdentifier) _s.Negotiation.NoteLateAnswer(packet.Identifier, policy.Timers, now);
                Drop(error);
                return;
            }
            _s.Negotiation.NoteAnswer(now);
            if (packet.Code == ControlCode.ConfigureAck)
            {
                _s.Loops = 0;
                Run(AutomatonEvent.ReceiveConfigureAck, packet);
                return;
            }
            var isSentNow = true;
            if (packet.Code == ControlCode.ConfigureReject) OnReject(packet.Data);
            else isSentNow = OnNak(packet.Data);
            if (Outcome.Fault is null) Run(AutomatonEvent.ReceiveConfigureNak, packet, isPaced: !isSentNow);
        }

        /// <summary>
        /// Takes what a Nak proposes. After Max-Failure Naks, or two that changed nothing, an option that it names is left out instead;
        /// a Nak that names none of ours, then leaves out all (RFC 1661 section 4.6).
        /// </summary>
        /// <returns>True: send the next request now.</returns>
        private bool OnNak(scoped ReadOnlySpan<byte> options)
        {
            var (isPatient, before) = (_s.Negotiation.IsPatient(policy.MaxFailure), OurValues);
            Adopt(options, isPatient);
            if (Outcome.Fault is not null) return false;
            if (!isPatient && OurValues == before) Omit(LcpFlags.OmitMru | LcpFlags.OmitMagic | LcpFlags.OmitPfc | LcpFlags.OmitAcfc);
            if (isPatient || OurValues != before) return _s.Negotiation.NoteNak(isIdle: OurValues == before);
            Outcome.Fault = new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.NegotiationFailed,
                "the subscriber answers each LCP request with a Configure-Nak that changes nothing");
            return false;
        }

        /// <summary>What our Configure-Request depends on.</summary>
        private readonly (uint Magic, ushort Mru, byte Method, LcpFlags Flags) OurValues =>
            (_s.OurMagic, _s.OurMru, _s.AuthIndex, _s.Flags);

        private void Adopt(scoped ReadOnlySpan<byte> options, bool isPatient)
        {
            while (OptionView.TryRead(ref options, out var option, out _))
            {
                switch (option.Type)
                {
                    case LcpOption.Mru or LcpOption.MagicNumber or LcpOption.Pfc or LcpOption.Acfc when !isPatient:
                        Omit(FlagOf(option.Type));
                        break;
                    case LcpOption.Mru when option.Value.Length == 2:
                        var mru = BinaryPrimitives.ReadUInt16BigEndian(option.Value);
                        if (Has(LcpFlags.OmitMru)) break;
                        if (mru >= policy.MinPeerMru && mru < _s.OurMru) _s.OurMru = mru; // a larger one does not fit the tunnel
                        break;
                    case LcpOption.AuthenticationProtocol when policy.Role == LinkRole.Server:
                        if (TryNextMethod(option.Value)) break;
                        Outcome.Fault = new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.NegotiationFailed,
                            "the subscriber supports none of the allowed authentication methods");
                        return;
                    case LcpOption.MagicNumber when !Has(LcpFlags.OmitMagic): _s.OurMagic = _s.Random.NextMagic(); break;
                    default: break; // an option that the peer wants in our request: we do not add it (RFC 1661 section 5.3)
                }
            }
        }

        /// <summary>Takes the method that the peer proposes when it is allowed and was not demanded before, else our next method.</summary>
        private bool TryNextMethod(scoped ReadOnlySpan<byte> proposal)
        {
            var count = Math.Min(policy.AuthMethods.Length, 8);
            var next = TryReadAuth(proposal, out var method) ? policy.AuthMethods.IndexOf(method) : -1;
            if (next < 0 || next >= count || (_s.AuthTried & (1 << next)) != 0)
            {
                for (next = 0; next < count && (_s.AuthTried & (1 << next)) != 0; next++) { }
                if (next == count) return false;
            }
            _s.AuthIndex = (byte)next;
            _s.AuthTried |= (byte)(1 << next);
            return true;
        }

        private void OnReject(scoped ReadOnlySpan<byte> options)
        {
            var omit = LcpFlags.None;
            while (OptionView.TryRead(ref options, out var option, out _))
            {
                // a rejected method, as after a Nak: the next one may do (RFC 1661 section 6.2)
                if (FlagOf(option.Type) is var flag and not LcpFlags.None) omit |= flag;
                else if (!TryNextMethod([]))
                {
                    Outcome.Fault = new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.NegotiationFailed,
                        "the subscriber rejected the authentication option");
                    return;
                }
            }
            Omit(omit);
        }

        /// <summary>What leaves an option of ours out; None: it cannot be left out.</summary>
        private static LcpFlags FlagOf(byte option) => option switch
        {
            LcpOption.Mru => LcpFlags.OmitMru,
            LcpOption.MagicNumber => LcpFlags.OmitMagic,
            LcpOption.Pfc => LcpFlags.OmitPfc,
            LcpOption.Acfc => LcpFlags.OmitAcfc,
            _ => LcpFlags.None,
        };

        private void Omit(LcpFlags omit)
        {
            // an option that is not in our request cannot change it
            if (!policy.OfferPfc) omit &= ~LcpFlags.OmitPfc;
            if (!policy.OfferAcfc) omit &= ~LcpFlags.OmitAcfc;
            _s.Flags |= omit;
            if ((omit & LcpFlags.OmitMru) != 0) _s.OurMru = LcpOption.DefaultMru; // RFC 1661 section 6.1
            if ((omit & LcpFlags.OmitMagic) != 0) _s.OurMagic = 0;
        }

        // ---- the rest -----------------------------------------------------------------------------------------------

        private void OnCodeReject(scoped ControlPacketView packet)
        {
            if (packet.Data.IsEmpty)
            {
                Drop(PppError.Truncated);
                return;
            }
            var code = packet.Data[0];
            if (OptionNegotiation.IsEssential(code))
            {
                Fail($"the subscriber rejected LCP code {code}", packet);
                return;
            }
            if (code is ControlCode.EchoRequest) _s.EchoAt = Instant.Never; // a peer without echo cannot be watched
            Run(AutomatonEvent.ReceiveRejectPermitted, packet);
        }

        private void OnProtocolReject(scoped ControlPacketView packet)
        {
            if (packet.Data.Length < 2)
            {
                Drop(PppError.Truncated);
                return;
            }
            if (_s.Negotiation.State != AutomatonState.Opened) // RFC 1661 section 5.7
            {
                Drop(PppError.WrongState);
                return;
            }
            var protocol = BinaryPrimitives.ReadUInt16BigEndian(packet.Data);
            if (protocol == PppProtocol.Lcp)
            {
                Fail("the subscriber rejected LCP", packet);
                return;
            }
            Outcome.RejectedProtocol = protocol;
            Run(AutomatonEvent.ReceiveRejectPermitted, packet);
        }

        /// <summary>RXJ-: the automaton closes LCP, and the fault gives the reason.</summary>
        private void Fail(string text, scoped ControlPacketView packet)
        {
            Outcome.Fault = Broken(text);
            Run(AutomatonEvent.ReceiveRejectCatastrophic, packet);
        }

        private void OnEcho(scoped ControlPacketView packet)
        {
            if (packet.Data.Length < 4)
            {
                Drop(PppError.Truncated);
                return;
            }
            var step = Run(AutomatonEvent.ReceiveEcho, packet);
            if (!step.IsLegal) return;
            if (!step.Does(AutomatonActions.Ser))
            {
                Drop(PppError.WrongState); // not Opened (RFC 1661 section 5.8)
                return;
            }
            var magic = BinaryPrimitives.ReadUInt32BigEndian(packet.Data);
            if (magic != 0 && magic == _s.OurMagic)
            {
                Drop(PppError.LoopedBack);
                if (++_s.Loops >= MaxLoops) Outcome.Fault = Broken("the link is looped: our own Magic-Number was received");
                return;
            }
            switch (packet.Code)
            {
                case ControlCode.EchoReply: _s.EchoOutstanding = 0; break;
                case ControlCode.DiscardRequest: Drop(PppError.DiscardRequest); break;
                default:
                    Span<byte> buffer = stackalloc byte[MaxFrame];
                    var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, ControlCode.EchoReply, packet.Identifier);
                    writer.Number(_s.OurMagic);
                    writer.Octets(packet.Data[4..]);
                    Send(writer.ToFrame());
                    break;
            }
        }

        private void OnIdentification(scoped ControlPacketView packet)
        {
            if (packet.Data.Length < 4)
            {
                Drop(PppError.Truncated);
                return;
            }
            var text = PeerText.Decode(packet.Data[4..], MaxIdentification);
            if (text == _s.PeerIdentification) return;
            _s.PeerIdentification = text;
            _effects.Add(new LinkEffect.PeerIdentified(text));
        }

        private void SendEcho()
        {
            if (_s.EchoOutstanding >= policy.EchoFailures)
            {
                _s.EchoAt = Instant.Never;
                Outcome.Fault = new EndReason(EndParty.Lns, EndLayer.Link, EndCause.EchoTimeout,
                    $"{_s.EchoOutstanding} LCP echoes without an answer");
                return;
            }
            _s.EchoOutstanding++;
            _s.EchoAt = now + NextEchoInterval(ref _s, policy);
            Span<byte> buffer = stackalloc byte[PppFrame.HeaderLength + ControlPacketView.HeaderLength + 4];
            var writer = new ControlPacketWriter(buffer, PppProtocol.Lcp, ControlCode.EchoRequest, ++_s.Negotiation.OtherId);
            writer.Number(_s.OurMagic);
            Send(writer.ToFrame());
        }
    }
}

using System.Globalization;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Ppp.Ncp;

/// <summary>State of <see cref="Ipcp"/>.</summary>
internal sealed record IpcpState(IpcpPolicy Policy, IpcpValues Values) : NcpState(PppProtocol.Ipcp)
{
    internal override Instant? NextDeadline
    {
        get
        {
            var (restart, giveUp) = (Values.Negotiation.RestartAt, Values.GiveUpAt);
            if (Values.Negotiation.IsDown) return null; // the link has its own limit
            var at = restart < giveUp ? restart : giveUp;
            return at == Instant.Never ? null : at;
        }
    }
}

/// <summary>The values of <see cref="IpcpState"/> that change.</summary>
internal record struct IpcpValues
{
    public OptionNegotiation Negotiation;
    /// <summary>Server: address of the subscriber. Client: address that the server has given itself.</summary>
    public Ipv4Address Assigned;
    /// <summary>Our address in our Configure-Request.</summary>
    public Ipv4Address Own;
    /// <summary>Name servers that the peer took (server) or gave (client).</summary>
    public NameServers Given;
    /// <summary>Options that the peer rejected.</summary>
    public IpcpOmitted Omitted;
    /// <summary>End of the time without IPCP: from the start, or since it was Opened; never while Opened. Nothing else renews it.</summary>
    public Instant GiveUpAt;
    /// <summary>Not null: closing.</summary>
    public EndReason? Why;
    /// <summary>Not null: the peer closed IPCP, and may open it again until <see cref="GiveUpAt"/>.</summary>
    public EndReason? ClosedByPeer;
}

/// <summary>Name servers by their IPCP option. RFC 1877 section 1.</summary>
internal readonly record struct NameServers(
    Ipv4Address PrimaryDns, Ipv4Address SecondaryDns, Ipv4Address PrimaryNbns, Ipv4Address SecondaryNbns)
{
    public Ipv4Address Of(byte option) => option switch
    {
        IpcpOption.PrimaryDns => PrimaryDns,
        IpcpOption.SecondaryDns => SecondaryDns,
        IpcpOption.PrimaryNbns => PrimaryNbns,
        _ => SecondaryNbns,
    };

    public NameServers With(byte option, Ipv4Address server) => option switch
    {
        IpcpOption.PrimaryDns => this with { PrimaryDns = server },
        IpcpOption.SecondaryDns => this with { SecondaryDns = server },
        IpcpOption.PrimaryNbns => this with { PrimaryNbns = server },
        _ => this with { SecondaryNbns = server },
    };
}

/// <summary>Options that our Configure-Request leaves out.</summary>
[Flags]
internal enum IpcpOmitted : byte
{
    None = 0,
    Address = 1,
    PrimaryDns = 2,
    SecondaryDns = 4,
}

/// <summary>IPCP, the network control protocol of IPv4. RFC 1332, RFC 1877.</summary>
/// <remarks>A server gives the assigned address, and name servers on request. A client takes what the server gives.</remarks>
public static class Ipcp
{
    /// <summary>Octets of the largest Configure-Request of ours, as a frame: three options with an address.</summary>
    private const int RequestLimit =
        PppFrame.HeaderLength + ControlPacketView.HeaderLength + 3 * (OptionView.HeaderLength + Ipv4Address.Length);


    internal static readonly NetworkProtocol Row = new(PppProtocol.Ipcp, PppProtocol.Ip, "IPCP", On);
    private static readonly NetworkEffect Closed = new NetworkEffect.Closed(Row);

    /// <summary>IPCP before its start by <see cref="NetworkLayer.Start"/>.</summary>
    /// <param name="peerAddress">Server: the address assigned to the subscriber. Client: none.</param>
    /// <param name="seed">For the first identifier: need not be secret.</param>
    /// <param name="pace">Shortest time between two copies of a request, as LCP has seen it; zero: nothing is known.</param>
    public static NcpState Create(IpcpPolicy policy, Ipv4Address peerAddress, ulong seed, TimeSpan pace = default) =>
        new IpcpState(policy, new IpcpValues
        {
            Negotiation = new OptionNegotiation((byte)new SplitMix(seed).Next()) { Pace = pace },
            Assigned = peerAddress, Own = policy.LocalAddress, GiveUpAt = Instant.Never,
        });

    private static NcpState On(NcpState state, NetworkEvent ev, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        var turn = new Turn((IpcpState)state, now, ref effects);
        switch (ev)
        {
            case NetworkEvent.FrameReceived f: turn.Receive(f.Payload.Span); break;
            case NetworkEvent.Tick: turn.Tick(); break;
            case NetworkEvent.ProtocolRejected: turn.Reject(); break;
            case NetworkEvent.LowerDown: turn.GoDown(); break;
            case NetworkEvent.LowerUp: turn.GoUp(); break;
        }
        return turn.Done();
    }

    /// <summary>What the peer has when its request is acknowledged.</summary>
    private record struct Offer(Ipv4Address Address, bool HasAddress, NameServers Servers);

    /// <summary>One event on its way through IPCP. Lives for one call of <see cref="On"/>.</summary>
    private ref struct Turn(IpcpState before, Instant now, ref EffectBuffer<NetworkEffect> effects)
    {
        private readonly ref EffectBuffer<NetworkEffect> _effects = ref effects;
        private IpcpValues _s = before.Values;
        private EndReason? _end;

        private readonly IpcpPolicy Policy => before.Policy;
        private readonly bool IsServer => before.Policy.Role == LinkRole.Server;

        internal readonly NcpState Done() => _end is { } why ? new NcpState.Ended(PppProtocol.Ipcp, why)
            : _s == before.Values ? before : new IpcpState(before.Policy, _s);

        internal void GoUp()
        {
            if (!_s.Negotiation.IsDown) return;
            Restart();
            if (_s.GiveUpAt == Instant.Never) _s.GiveUpAt = now + Policy.SetupTimeout; // a new negotiation of LCP does not renew it
            if (_s.Negotiation.State == AutomatonState.Initial) Run(AutomatonEvent.Open);
            Run(AutomatonEvent.Up);
        }

        internal void GoDown()
        {
            if (_s.Negotiation.IsDown) return;
            Run(AutomatonEvent.Down);
            if (_s.Why is { } why) _end ??= why; // the Terminate-Ack cannot come any more
        }

        internal void Reject()
        {
            _s.Why ??= new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.NegotiationFailed,
                "the subscriber rejected IPCP");
            _s.GiveUpAt = Instant.Never;
            if (_s.Negotiation.IsDown) _end = _s.Why;
            else Run(AutomatonEvent.ReceiveRejectCatastrophic);
        }

        internal void Tick()
        {
            if (_s.Negotiation.IsDown) return;
            if (now >= _s.GiveUpAt)
            {
                Close(_s.ClosedByPeer
                    ?? new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.SetupTimeout, "IPCP not open in time"));
            }
            else if (now >= _s.Negotiation.RestartAt)
                Run(_s.Negotiation.Timeout);
        }

        internal void Receive(ReadOnlySpan<byte> payload)
        {
            if (!OptionNegotiation.TryRead(payload, out var packet, out var error))
            {
                Drop(error);
                return;
            }
            if (_s.Negotiation.IsDown)
            {
                Drop(PppError.WrongState);
                return;
            }
            switch (packet.Code)
            {
                case ControlCode.ConfigureRequest: OnRequest(packet); break;
                case ControlCode.ConfigureAck or ControlCode.ConfigureNak or ControlCode.ConfigureReject: OnAnswer(packet); break;
                case ControlCode.TerminateRequest:
                    if (_s.Negotiation.State == AutomatonState.Opened && _s.Why is null) OnClosedByPeer(packet.Data);
                    Run(AutomatonEvent.ReceiveTerminateRequest, packet);
                    break;
                case ControlCode.TerminateAck: Run(AutomatonEvent.ReceiveTerminateAck, packet); break;
                case ControlCode.CodeReject when packet.Data.IsEmpty: Drop(PppError.Truncated); break;
                case ControlCode.CodeReject when OptionNegotiation.IsEssential(packet.Data[0]):
                    _s.Why ??= new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.ProtocolViolation,
                        $"the subscriber rejected IPCP code {packet.Data[0]}");
                    Run(AutomatonEvent.ReceiveRejectCatastrophic, packet);
                    break;
                case ControlCode.CodeReject: Run(AutomatonEvent.ReceiveRejectPermitted, packet); break;
                default: Run(AutomatonEvent.ReceiveUnknownCode, packet); break;
            }
        }

        /// <summary>The end of a network protocol does not end the link: the peer may open it again. RFC 1661 section 3.7.</summary>
        private void OnClosedByPeer(scoped ReadOnlySpan<byte> data) => _s.ClosedByPeer = TerminateText.Read(EndLayer.Bundle, string.Create(
            CultureInfo.InvariantCulture,
            $"the subscriber closed IPCP and did not open it again within {Policy.SetupTimeout.TotalSeconds} s"), data);

        /// <summary>Begins a negotiation: the request asks again for what the peer refused before.</summary>
        private void Restart()
        {
            _s.Negotiation.Restart();
            (_s.Own, _s.Omitted, _s.Given) = (Policy.LocalAddress, IpcpOmitted.None, default);
            if (!IsServer) _s.Assigned = default;
        }

        private void Close(EndReason why)
        {
            if (_s.Why is not null || _end is not null) return;
            (_s.Why, _s.GiveUpAt) = (why, Instant.Never);
            Run(AutomatonEvent.Close);
        }

        private readonly void Drop(PppError why) => _effects.Add(new NetworkEffect.Dropped(why));

        private readonly void Send(byte[] frame) => _effects.Add(new NetworkEffect.SendFrame(frame));

        /// <summary>Takes one step of the automaton with its actions.</summary>
        /// <param name="isPaced">The Configure-Request of the step waits for the restart timer.</param>
        private void Run(
            AutomatonEvent ev, scoped ControlPacketView packet = default, scoped ConfigureAnswer answer = default, bool isPaced = false)
        {
            var step = _s.Negotiation.Step(ev, Policy.Timers, now);
            if (!step.IsLegal)
            {
                if (ev >= AutomatonEvent.ReceiveConfigureRequestGood) Drop(PppError.WrongState);
                return;
            }
            if (step.Does(AutomatonActions.Tld)) _effects.Add(Closed);
            if (ev == AutomatonEvent.TimeoutLeft && step.Next == AutomatonState.ReqSent && IsServer)
                _effects.Add(NetworkEffect.Unheard.Instance);
            if (step.Does(AutomatonActions.Scr) && !isPaced) SendRequest();
            if (_s.Negotiation.FrameOf(step, packet, answer) is { } reply) Send(reply);
            if (_s.Negotiation.FrameOf(step, ev, packet, PppProtocol.Ipcp, OptionNegotiation.MaxFrame, _s.Why) is { } frame) Send(frame);
            if (step.Does(AutomatonActions.Tlu))
            {
                (_s.GiveUpAt, _s.ClosedByPeer) = (Instant.Never, null);
                _effects.Add(new NetworkEffect.Opened(Row, new NegotiatedIp(Omits(IpcpOmitted.Address) ? default : _s.Own, _s.Assigned,
                    _s.Given.PrimaryDns, _s.Given.SecondaryDns, _s.Given.PrimaryNbns, _s.Given.SecondaryNbns)));
            }
            else if (step.Does(AutomatonActions.Tld) && _s.Why is null && ev != AutomatonEvent.Down)
            {
                _s.GiveUpAt = now + Policy.SetupTimeout; // the peer negotiates anew, or has closed and may open again
            }
            var isClosed = _s.Why is not null && step.Next is AutomatonState.Closed or AutomatonState.Initial;
            var mayOpenAgain = _s.ClosedByPeer is not null && _s.Why is null;
            if ((step.Does(AutomatonActions.Tlf) && !mayOpenAgain) || isClosed)
            {
                _end = _s.Why ?? new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.NegotiationFailed,
                    "IPCP did not converge: no answer to the last request");
            }
        }

        private readonly void SendRequest()
        {
            Span<byte> buffer = stackalloc byte[RequestLimit];
            Send(Request(buffer).ToFrame());
        }

        private readonly bool Omits(IpcpOmitted option) => (_s.Omitted & option) != 0;

        private readonly ControlPacketWriter Request(Span<byte> buffer)
        {
            var writer = new ControlPacketWriter(buffer, PppProtocol.Ipcp, ControlCode.ConfigureRequest, _s.Negotiation.RequestId);
            if (!Omits(IpcpOmitted.Address)) writer.Option(IpcpOption.IpAddress, _s.Own.Value);
            if (IsServer || !Policy.AskDns) return writer;
            if (!Omits(IpcpOmitted.PrimaryDns)) writer.Option(IpcpOption.PrimaryDns, _s.Given.PrimaryDns.Value);
            if (!Omits(IpcpOmitted.SecondaryDns)) writer.Option(IpcpOption.SecondaryDns, _s.Given.SecondaryDns.Value);
            return writer;
        }

        // ---- the peer's Configure-Request ---------------------------------------------------------------------------

        private void OnRequest(scoped ControlPacketView packet)
        {
            if (!OptionView.AreWellFormed(packet.Data, out var error))
            {
                Drop(error);
                return;
            }
            // The peer opens IPCP again before the pause after our Terminate-Ack is over: it has that Ack, and the pause may end.
            if (_s.Negotiation.State == AutomatonState.Stopping && _s.ClosedByPeer is not null && _s.Why is null)
                Run(AutomatonEvent.TimeoutLast);
            if (_s.Negotiation.IsEnding)
            {
                Run(AutomatonEvent.ReceiveConfigureRequestGood, packet);
                return;
            }
            if (_s.Negotiation.State == AutomatonState.Opened && _s.Negotiation.HasSameOptions(packet))
            {
                Confirm(packet);
                return;
            }
            if (_s.Negotiation.State is AutomatonState.Opened or AutomatonState.Stopped) Restart();

            Span<byte> naks = stackalloc byte[OptionNegotiation.MaxFrame], rejects = stackalloc byte[OptionNegotiation.MaxFrame];
            var answer = new ConfigureAnswer(PppProtocol.Ipcp, packet.Identifier, naks, rejects);
            var offer = new Offer();
            var isPatient = _s.Negotiation.Failures < Policy.MaxFailure;
            var rest = packet.Data;
            while (OptionView.TryRead(ref rest, out var option, out _)) Consider(option, isPatient, ref offer, ref answer);
            // A subscriber that asks for no address gets a Nak with its address (RFC 1332 section 3.3). If it still asks for none, IPCP
            // opens, and the data plane drops packets from any other address.
            if (IsServer && !offer.HasAddress && answer.Rejects.DataLength == 0 && isPatient && !_s.Assigned.IsNone)
                answer.Naks.Option(IpcpOption.IpAddress, _s.Assigned.Value);

            if (!answer.IsGood && _s.Negotiation.IsHopeless(Policy.MaxFailure))
            {
                Close(new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.NegotiationFailed,
                    $"no agreement on the subscriber's IPCP options after {_s.Negotiation.Refusals} answers"));
                return;
            }
            if (answer.IsGood && IsServer) _s.Given = offer.Servers;
            else if (answer.IsGood) _s.Assigned = offer.Address;
            Run(answer.Event, packet, answer);
        }

        /// <summary>
        /// Acknowledges again what was agreed on, and packets go on. Not a copy, but a request of a peer that negotiates again, waits for
        /// our request, too.
        /// </summary>
        private void Confirm(scoped ControlPacketView packet)
        {
            var isCopy = _s.Negotiation.IsRepetition(packet) && _s.Negotiation.IsCopyUnderWay(Policy.Timers, now);
            if (!isCopy && _s.Negotiation.TryRefresh(now)) SendRequest(); // before the answer, which may open the peer
            Send(OptionNegotiation.Acknowledge(packet, PppProtocol.Ipcp));
        }

        private readonly void Consider(in OptionView option, bool isPatient, ref Offer offer, ref ConfigureAnswer answer)
        {
            var asked = option.Value.Length == Ipv4Address.Length ? Ipv4Address.Read(option.Value) : default;
            switch (option.Type)
            {
                case IpcpOption.IpAddress when IsServer:
                    offer.HasAddress = true;
                    Give(option, asked, _s.Assigned, isPatient, ref answer);
                    break;
                case IpcpOption.IpAddress when !asked.IsNone: // a client accepts any address of the server
                    offer.HasAddress = true;
                    offer.Address = asked;
                    break;
                case IpcpOption.PrimaryDns or IpcpOption.SecondaryDns or IpcpOption.PrimaryNbns or IpcpOption.SecondaryNbns when IsServer:
                    if (Give(option, asked, Policy.Servers.Of(option.Type), isPatient, ref answer))
                        offer.Servers = offer.Servers.With(option.Type, asked);
                    break;
                default: answer.Rejects.Octets(option.Octets); break; // also Van Jacobson compression and the pair of addresses
            }
        }

        /// <summary>True: the peer asks for exactly the address <paramref name="has"/>.</summary>
        private static bool Give(in OptionView option, Ipv4Address asked, Ipv4Address has, bool isPatient, ref ConfigureAnswer answer)
        {
            if (!has.IsNone && option.Value.Length == Ipv4Address.Length && asked == has) return true;
            if (has.IsNone || !isPatient) answer.Rejects.Octets(option.Octets);
            else answer.Naks.Option(option.Type, has.Value);
            return false;
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
                if (error == PppError.UnknownIdentifier) _s.Negotiation.NoteLateAnswer(packet.Identifier, Policy.Timers, now);
                Drop(error);
                return;
            }
            _s.Negotiation.NoteAnswer(now);
            if (packet.Code == ControlCode.ConfigureAck)
            {
                // the answer to a request that was sent while Opened changes nothing
                if (_s.Negotiation.State != AutomatonState.Opened) Run(AutomatonEvent.ReceiveConfigureAck, packet);
                return;
            }
            var isSentNow = packet.Code == ControlCode.ConfigureReject ? OnReject(packet.Data) : OnNak(packet.Data);
            if (!IsServer && Omits(IpcpOmitted.Address))
                Close(new EndReason(EndParty.Peer, EndLayer.Bundle, EndCause.NoAddress, "the server assigned no address"));
            else if (_s.Why is null)
                Run(AutomatonEvent.ReceiveConfigureNak, packet, isPaced: !isSentNow);
        }

        /// <summary>
        /// Takes what a Nak proposes. After Max-Failure Naks, or two that changed nothing, an option that it names is left out instead; a
        /// Nak that names none of ours, then leaves out all (RFC 1661 section 4.6).
        /// </summary>
        /// <returns>True: send the next request now.</returns>
        private bool OnNak(scoped ReadOnlySpan<byte> options)
        {
            var (isPatient, before) = (_s.Negotiation.IsPatient(Policy.MaxFailure), OurValues);
            while (OptionView.TryRead(ref options, out var option, out _))
            {
                if (isPatient) Adopt(option);
                else _s.Omitted |= FlagOf(option.Type);
            }
            if (!isPatient && OurValues == before) _s.Omitted |= FlagOf(IpcpOption.IpAddress);
            if (isPatient || OurValues != before) return _s.Negotiation.NoteNak(isIdle: OurValues == before);
            Close(new EndReason(EndParty.Subscriber, EndLayer.Bundle, EndCause.NegotiationFailed,
                "the subscriber answers each IPCP request with a Configure-Nak that changes nothing"));
            return false;
        }

        /// <summary>What our Configure-Request depends on.</summary>
        private readonly (Ipv4Address Own, NameServers Given, IpcpOmitted Omitted) OurValues => (_s.Own, _s.Given, _s.Omitted);

        private void Adopt(scoped OptionView option)
        {
            if (IsServer || option.Value.Length != Ipv4Address.Length) return; // the subscriber does not choose the address of the server
            var value = Ipv4Address.Read(option.Value);
            switch (option.Type)
            {
                case IpcpOption.IpAddress: _s.Own = value; break;
                case IpcpOption.PrimaryDns or IpcpOption.SecondaryDns: _s.Given = _s.Given.With(option.Type, value); break;
            }
        }

        private bool OnReject(scoped ReadOnlySpan<byte> options)
        {
            while (OptionView.TryRead(ref options, out var option, out _)) _s.Omitted |= FlagOf(option.Type);
            return true;
        }

        /// <summary>What leaves an option of ours out; None: it is not in our request.</summary>
        private static IpcpOmitted FlagOf(byte type) => type switch
        {
            IpcpOption.IpAddress => IpcpOmitted.Address,
            IpcpOption.PrimaryDns => IpcpOmitted.PrimaryDns,
            IpcpOption.SecondaryDns => IpcpOmitted.SecondaryDns,
            _ => IpcpOmitted.None,
        };
    }
}

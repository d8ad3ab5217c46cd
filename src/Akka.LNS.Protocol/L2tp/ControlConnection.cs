using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>State of one control connection. Plain data.</summary>
public sealed record ControlConnectionState
{
    public required ControlConnectionSettings Settings { get; init; }
    /// <summary>Tunnel id assigned by this side.</summary>
    public required TunnelId Local { get; init; }
    /// <summary>Tunnel id assigned by the peer; zero until it is known.</summary>
    public TunnelId PeerTunnelId { get; init; }
    public required TunnelState Tunnel { get; init; }
    public required ControlChannel Channel { get; init; }
    /// <summary>Time of the last message of the peer, or of its last data that the shell reported.</summary>
    public required Instant LastHeardAt { get; init; }
    /// <summary>What may still be sent to a peer that has not answered; null: the peer has answered with our tunnel id.</summary>
    public SendBudget? Budget { get; init; }
    /// <summary>Octets of <see cref="ControlConnectionSettings.Secret"/>.</summary>
    public required AvpOctets Secret { get; init; }
    /// <summary>32 random octets: the challenge, and the seed of random vectors and jitter.</summary>
    public required AvpOctets Entropy { get; init; }

    public bool IsEstablished => Tunnel is TunnelState.Established;
    public bool IsFinished => Tunnel is TunnelState.Over;
    /// <summary>Identity of the peer while the tunnel is established.</summary>
    public PeerInfo? Peer => (Tunnel as TunnelState.Established)?.Peer;
}

/// <summary>
/// Bounds what an SCCRQ from a forged address makes this side send to that address: for each datagram received 3 datagrams, and 3 times its
/// octets.
/// </summary>
public readonly record struct SendBudget(int Datagrams, int Octets)
{
    private const int Factor = 3;

    internal SendBudget Received(int octets) => new(Datagrams + Factor, Octets + (Factor * octets));

    /// <summary>Takes one datagram. False: it must not be sent.</summary>
    internal bool TryTake(int octets, out SendBudget left)
    {
        left = new(Datagrams - 1, Octets - octets);
        return left is { Datagrams: >= 0, Octets: >= 0 };
    }
}

/// <summary>One control connection: reliable channel and tunnel machine together. No clock, no I/O.</summary>
public static class ControlConnection
{
    /// <summary>
    /// Assigned Session ID in the CDN of a refused call, which must not be 0 (RFC 2661 section 4.4.4). No call gets this id.
    /// </summary>
    public static readonly SessionId RefusedCall = new(ushort.MaxValue);

    /// <summary>Random octets that a connection needs at its start.</summary>
    public const int EntropyLength = 32;
    private const int ChallengeLength = 16;

    /// <summary>Starts the LNS side. It waits for the SCCRQ in the next <see cref="ConnectionEvent.DatagramReceived"/>.</summary>
    /// <param name="entropy">32 random octets, for challenge, random vectors and jitter.</param>
    /// <param name="refusal">Not null: the answer to the SCCRQ is a StopCCN (overload, drain, unknown LAC).</param>
    public static Transition<ControlConnectionState, ConnectionEffect> Listen(
        ControlConnectionSettings settings, TunnelId local, ReadOnlyMemory<byte> entropy, Instant now, Refusal? refusal = null) =>
        new(Begin(settings, local, entropy, now, refusal) with { Budget = default(SendBudget) });

    internal static ControlConnectionState Begin(
        ControlConnectionSettings settings, TunnelId local, ReadOnlyMemory<byte> entropy, Instant now, Refusal? refusal)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(entropy.Length, EntropyLength); // an error of the caller, not of the peer
        return new ControlConnectionState
        {
            Settings = settings, Local = local, Tunnel = new TunnelState.Idle(now + settings.SetupTimeout, refusal),
            Channel = new ControlChannel(),
            LastHeardAt = now, Secret = new AvpOctets(Encoding.UTF8.GetBytes(settings.Secret ?? "")), Entropy = new AvpOctets(entropy.Span),
        };
    }

    public static Transition<ControlConnectionState, ConnectionEffect> On(ControlConnectionState state, ConnectionEvent ev, Instant now) =>
        On<LnsSide>(state, ev, now);

    internal static Transition<ControlConnectionState, ConnectionEffect> On<TSide>(
        ControlConnectionState state, ConnectionEvent ev, Instant now)
        where TSide : struct, ITunnelSide
    {
        if (state.IsFinished) return new(state);
        var step = new Step<TSide>(state, now);
        switch (ev)
        {
            case ConnectionEvent.DatagramReceived d: step.Receive(d.Datagram); break;
            case ConnectionEvent.SendCallMessage m: step.SendCall(m.Peer, m.Message); break;
            case ConnectionEvent.DataSeen d: return new(state with { LastHeardAt = d.At > state.LastHeardAt ? d.At : state.LastHeardAt });
            case ConnectionEvent.ProbeRequested: step.Probe(); break;
            case ConnectionEvent.CloseRequested c: step.Tell(new TunnelEvent.CloseRequested(c.Why, c.Code)); break;
            default: step.Tick(); break;
        }
        return step.Done();
    }

    /// <summary>
    /// Last transmission of a control connection: all unacknowledged messages again, because the peer accepts messages in order only,
    /// and then a StopCCN. Ignores the window.
    /// </summary>
    public static ImmutableArray<ConnectionEffect.Transmit> LastWords(
        ControlConnectionState state, EndReason why, ResultCode code, Instant now) =>
        On(state, new ConnectionEvent.CloseRequested(why, code), now).State.Channel.Everything();

    /// <summary>Time of the next Tick for <see cref="On"/>; null: never.</summary>
    public static Instant? NextDeadline(ControlConnectionState state) => NextDeadline<LnsSide>(state);

    internal static Instant? NextDeadline<TSide>(ControlConnectionState state) where TSide : struct, ITunnelSide => state.IsFinished ? null
        : Instant.Earliest(Instant.Earliest(state.Channel.NextDeadline, TSide.NextDeadline(state.Tunnel)), HelloAt(state));

    /// <summary>Processes an event of this side, like <see cref="On{TSide}"/> for external events.</summary>
    internal static Transition<ControlConnectionState, ConnectionEffect> Tell<TSide>(
        ControlConnectionState state, TunnelEvent ev, Instant now)
        where TSide : struct, ITunnelSide
    {
        var step = new Step<TSide>(state, now);
        step.Tell(ev);
        return step.Done();
    }

    /// <summary>
    /// A Hello is due after silence, but not while a message is unacknowledged, because it has the same purpose. RFC 2661 section 5.5.
    /// </summary>
    public static Instant? HelloAt(ControlConnectionState state)
    {
        var interval = state.Settings.HelloInterval;
        if (!state.IsEstablished || interval <= TimeSpan.Zero || !state.Channel.IsIdle) return null;
        var jitter = state.Entropy.Span[EntropyLength - 1] * (interval.Ticks / 8) / 256;
        return state.LastHeardAt + interval - TimeSpan.FromTicks(jitter);
    }

    /// <summary>Processing of one event by channel and tunnel. Exists during one call of <see cref="On"/>.</summary>
    private ref struct Step<TSide>(ControlConnectionState before, Instant now) where TSide : struct, ITunnelSide
    {
        private readonly ImmutableArray<ConnectionEffect>.Builder _effects = ImmutableArray.CreateBuilder<ConnectionEffect>();
        private ControlChannel _channel = before.Channel;
        private TunnelState _tunnel = before.Tunnel;
        private TunnelId _peer = before.PeerTunnelId;
        private Instant _heardAt = before.LastHeardAt;
        private SendBudget? _budget = before.Budget;

        private readonly ControlConnectionSettings Settings => before.Settings;

        internal Transition<ControlConnectionState, ConnectionEffect> Done()
        {
            if (_tunnel is TunnelState.Stopping && _channel.IsIdle) Tell(TunnelEvent.Acknowledged.Instance);
            if (_tunnel is TunnelState.Stopping or TunnelState.Stopped or TunnelState.Over && _channel.OwedAcks > 0)
                _channel = _channel with { AckNow = true }; // acknowledge the end of the tunnel at once
            var first = _effects.Count;
            _channel = _channel.Flush(Settings, _peer, now, _effects).Observe(now);
            if (_budget is not null) Spend(first);
            var state = before with
            {
                Channel = _channel,
                Tunnel = _tunnel,
                PeerTunnelId = _peer,
                LastHeardAt = _heardAt,
                Budget = _budget,
            };
            return new(state, _effects.DrainToImmutable());
        }

        /// <summary>Removes what the budget does not allow. The channel retransmits it later, or not at all.</summary>
        private void Spend(int first)
        {
            for (var i = first; i < _effects.Count; i++)
            {
                var octets = _effects[i] switch
                {
                    ConnectionEffect.Transmit t => t.Message.Length,
                    ConnectionEffect.Acknowledge => L2tpControlHeader.Length,
                    _ => 0,
                };
                if (octets == 0) continue;
                if (_budget!.Value.TryTake(octets, out var left)) _budget = left;
                else _effects.RemoveAt(i--);
            }
        }

        internal void Tick()
        {
            var isProbing = _channel.IsProbing;
            _channel = _channel.Tick(Settings, now);
            if (_budget is not null && _tunnel is TunnelState.WaitCtlConn w && (_channel.PeerIsDead || now >= w.GiveUpAt))
                Tell(TunnelEvent.Unanswered.Instance);
            else if (_channel.PeerIsDead) Tell(isProbing ? TunnelEvent.PeerDied.AfterProbe : TunnelEvent.PeerDied.Instance);
            else if (_channel.IsStuck(now)) Tell(new TunnelEvent.Overrun(_channel.Messages.Count));
            else Tell(TunnelEvent.Tick.Instance);
            if (_tunnel is TunnelState.Established && HelloAt(before) is { } due && now >= due) Send(default, new ControlMessage.Hello());
        }

        internal void SendCall(SessionId peer, ControlMessage message)
        {
            if (_tunnel is not TunnelState.Established) return; // the calls have ended, or the tunnel is not up yet
            if (_channel.Messages.Count >= Settings.SendQueue) Tell(new TunnelEvent.Overrun(_channel.Messages.Count));
            else Send(peer, message);
        }

        internal void Probe()
        {
            if (_tunnel is not TunnelState.Established) return;
            _channel = _channel with { IsProbing = true };
            if (_channel.IsIdle) Send(default, new ControlMessage.Hello()); // a message in flight has the same purpose
        }

        internal void Receive(ReadOnlyMemory<byte> datagram)
        {
            if (!L2tpHeaderView.TryRead(datagram.Span, out var header, out var error) || !header.IsControl || !IsForUs(header))
            {
                Drop(error != L2tpError.None ? error : header.IsControl ? L2tpError.WrongTunnel : L2tpError.WrongKind);
                return;
            }
            _channel = _channel.Receive(
                header.Ns, header.Nr, !header.Payload.IsEmpty, datagram, Math.Max(1, (int)Settings.ReceiveWindow), Settings, now,
                out var arrival, out error);
            if (error != L2tpError.BadNr) _heardAt = now;
            _budget = header.TunnelId == before.Local ? null : _budget?.Received(datagram.Length);
            if (error != L2tpError.None) Drop(error);
            // a peer that repeats its SCCRQ lacks our SCCRP: a ZLB would end the repetitions, and with them what may be sent to it
            if (arrival == Arrival.Duplicate && _budget is not null) _channel = _channel.SendAgain();
            if (arrival != Arrival.InOrder) return;
            Deliver(header);
            while (true)
            {
                _channel = _channel.TryTakeEarly(out var early);
                if (early is not { } kept) return;
                if (L2tpHeaderView.TryRead(kept.Span, out var later, out _)) Deliver(later);
            }
        }

        /// <summary>
        /// True when the header has our tunnel id. Zero is allowed only while the peer does not know our id: in SCCRQ, its retransmissions,
        /// and a StopCCN before our SCCRP.
        /// </summary>
        private readonly bool IsForUs(L2tpHeaderView header) => header.TunnelId == before.Local
            || (header.TunnelId.IsZero && (_peer.IsZero || (short)(header.Ns - (ushort)_channel.Expected) < 0
                || (_tunnel is TunnelState.WaitCtlConn && IsStop(header.Payload))));

        private static bool IsStop(ReadOnlySpan<byte> avps) =>
            avps.Length >= 8 && BinaryPrimitives.ReadUInt16BigEndian(avps[6..]) == (ushort)MessageType.StopCcn;

        private void Deliver(L2tpHeaderView header)
        {
            if (!ControlMessage.TryParse(header.Payload, before.Secret.Span, out var message, out var fault))
            {
                Broken(header, fault);
                return;
            }
            if (!ControlMessage.BelongsToCall(message.Type))
            {
                Tell(new TunnelEvent.MessageReceived(message));
                return;
            }
            if (_tunnel is TunnelState.Established)
            {
                if (message is ControlMessage.Ocrq request) Refuse(request.AssignedSessionId, NoOutgoingCalls);
                else _effects.Add(new ConnectionEffect.CallMessageReceived(header.SessionId, message));
                return;
            }
            Drop(L2tpError.NoControlConnection);
            if (_tunnel is not TunnelState.WaitCtlConn) return;
            if (message is ControlMessage.Icrq early) Refuse(early.AssignedSessionId, NoConnectionYet);
            if (message is ControlMessage.Ocrq other) Refuse(other.AssignedSessionId, NoConnectionYet);
        }

        private void Broken(L2tpHeaderView header, MessageFault fault)
        {
            Drop(fault.Error);
            if (fault.Scope == ErrorScope.Tunnel)
            {
                var peer = _peer;
                if (peer.IsZero && SccrqPeek.TryPeek(header, before.Secret.Span, out var peek, out _)) peer = peek.AssignedTunnelId;
                Tell(new TunnelEvent.MessageBroken(fault, peer));
            }
            else if (_tunnel is TunnelState.Established)
            {
                var begins = fault.Type is MessageType.Icrq or MessageType.Ocrq;
                if (begins && !fault.AssignedSessionId.IsZero) Refuse(fault.AssignedSessionId, fault.Answer);
                _effects.Add(new ConnectionEffect.CallMessageBroken(
                    begins ? default : header.SessionId, begins ? default : fault.AssignedSessionId,
                    fault.Error, fault.Answer));
            }
        }

        /// <summary>Sends a CDN for a call that has no machine.</summary>
        private void Refuse(SessionId peer, ResultCode code)
        {
            var cdn = new ControlMessage.Cdn(RefusedCall, code);
            if (_tunnel is TunnelState.Established) SendCall(peer, cdn);
            else if (_channel.Messages.Count < Settings.ReceiveWindow) Send(peer, cdn); // the LAC is wrong, and can fill no queue
        }

        private void Send(SessionId session, ControlMessage message)
        {
            var ns = _channel.FirstUnacked + _channel.Messages.Count;
            if (message is ControlMessage.Sccrp sccrp && _budget is { } budget && sccrp.Encode(_peer, session, 0).Length > budget.Octets)
                message = sccrp with { VendorName = "", FirmwareRevision = null, BearerCapabilities = null }; // the optional AVPs
            if (!Settings.HideAvps || before.Secret.IsEmpty)
            {
                _channel = _channel.Send(message.Encode(_peer, session, (ushort)ns));
                return;
            }
            Span<byte> seed = stackalloc byte[EntropyLength + 8]; // a vector that is unique for each message and unpredictable
            before.Entropy.Span.CopyTo(seed);
            BinaryPrimitives.WriteInt64BigEndian(seed[EntropyLength..], ns);
            Span<byte> vector = stackalloc byte[16];
            MD5.HashData(seed, vector);
            _channel = _channel.Send(message.Encode(_peer, session, (ushort)ns, before.Secret.Span, vector));
        }

        internal void Tell(TunnelEvent ev)
        {
            var context = new TunnelContext(Settings, before.Local, before.Secret, new AvpOctets(before.Entropy.Span[..ChallengeLength]));
            (_tunnel, var effects) = TSide.On(_tunnel, ev, now, context);
            foreach (var effect in effects) Run(effect);
        }

        private void Run(TunnelEffect effect)
        {
            switch (effect)
            {
                case TunnelEffect.PeerKnown p:
                    _peer = p.Peer;
                    _channel = _channel.WithPeerWindow(p.Window);
                    break;
                case TunnelEffect.Send s: Send(default, s.Message); break;
                case TunnelEffect.SendStop s:
                    _channel = _channel.DropWaiting();
                    Send(default, new ControlMessage.StopCcn(before.Local, s.Code));
                    break;
                case TunnelEffect.Opened o: _effects.Add(new ConnectionEffect.Opened(o.Peer)); break;
                case TunnelEffect.Closed c: _effects.Add(new ConnectionEffect.Closed(c.Why)); break;
                case TunnelEffect.FallSilent:
                    _channel = _channel.DropAll();
                    break;
                case TunnelEffect.Requeue r:
                    _channel = new ControlChannel { Expected = _channel.Expected, OwedAcks = _channel.OwedAcks };
                    Tell(new TunnelEvent.MessageReceived(r.Request));
                    break;
                case TunnelEffect.Drop d: Drop(d.Error); break;
                default: _effects.Add(ConnectionEffect.Finished.Instance); break;
            }
        }

        private readonly void Drop(L2tpError error) => _effects.Add(new ConnectionEffect.Dropped(error));
    }

    // RFC 2661 section 4.4.2: permanent lack of facilities, because this LNS places no calls for a peer.
    private static readonly ResultCode NoOutgoingCalls = new(ResultCode.Cdn.NoFacilities, null, "outgoing calls are not supported");
    private static readonly ResultCode NoConnectionYet =
        new(ResultCode.Cdn.GeneralError, ResultCode.ErrorCode.NoControlConnection, "the control connection is not established");
}

using System.Buffers.Binary;
using System.Globalization;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>The control connections and calls: the LAC's side of RFC 2661 sections 7.2.1 and 7.4.1.</summary>
public sealed partial class LoadGenerator
{
    private void OnDatagram(ReadOnlySpan<byte> datagram, int slot)
    {
        if (!L2tpHeaderView.TryRead(datagram, out var header, out _))
        {
            Counters.CountMalformed();
            return;
        }
        if (_byId[header.TunnelId.Value] is not { } tunnel || _socket.Sender(slot) != _settings.Lns)
        {
            Counters.CountStray();
            return;
        }
        if (header.IsControl)
        {
            OnControl(tunnel, header);
            return;
        }
        if (RoundTrip > TimeSpan.Zero) _onTheWay.Enqueue(new DelayedFrame(_now + Ticks(RoundTrip), tunnel, header.SessionId,
            header.Payload.ToArray()));
        else OnData(tunnel, header.SessionId, header.Payload);
    }

    private void OnData(LacTunnel tunnel, SessionId session, ReadOnlySpan<byte> frame)
    {
        if (TryFind(tunnel, session, out var index)) OnFrame(index, ref _subscribers[index], frame);
        else Counters.CountStray();
    }

    /// <summary>Hands over the frames that have arrived by now.</summary>
    private void TakeArrived()
    {
        while (_onTheWay.TryPeek(out var next) && next.ArrivesAt <= _now)
        {
            _onTheWay.Dequeue();
            OnData(next.Tunnel, next.Session, next.Frame);
        }
    }

    /// <summary>Finds the subscriber whose present call has this session id. False also for an id of an earlier call.</summary>
    private bool TryFind(LacTunnel tunnel, SessionId session, out int index) =>
        TryFindOwner(tunnel, session, out index) && _subscribers[index].Local == session.Value && tunnel.Phase == LacTunnelPhase.Open;

    private bool TryFindOwner(LacTunnel tunnel, SessionId session, out int index)
    {
        index = (session.Value - 1) % _perTunnel * _tunnels.Length + tunnel.Number;
        return !session.IsZero && index < _subscribers.Length;
    }

    private void OnControl(LacTunnel tunnel, L2tpHeaderView header)
    {
        var isNext = tunnel.Channel.Receive(header.Ns, header.Nr, !header.Payload.IsEmpty, _now);
        Touch(tunnel);
        if (isNext) OnMessage(tunnel, header);
        if (tunnel.Phase == LacTunnelPhase.Closing && tunnel.Channel.IsIdle) tunnel.Phase = LacTunnelPhase.Closed;
    }

    private void OnMessage(LacTunnel tunnel, L2tpHeaderView header)
    {
        if (IsIcrp(header.Payload, out var peer)) // the most frequent message, without objects
        {
            if (TryFindOwner(tunnel, header.SessionId, out var called))
                OnIcrp(tunnel, called, ref _subscribers[called], header.SessionId, peer);
            return;
        }
        if (!ControlMessage.TryParse(header.Payload, _settings.TunnelSecret.Span, out var message, out _))
        {
            Counters.CountMalformed();
            return;
        }
        switch (message)
        {
            case ControlMessage.Sccrp m when tunnel.Phase == LacTunnelPhase.Opening:
                tunnel.Peer = m.AssignedTunnelId;
                tunnel.Challenge = m.Challenge;
                tunnel.Channel.SetPeerWindow(m.ReceiveWindow);
                tunnel.Channel.Enqueue(new Order(MessageType.Scccn));
                tunnel.Phase = LacTunnelPhase.Open;
                break;
            case ControlMessage.Cdn m:
                if (TryFind(tunnel, header.SessionId, out var ended)) OnCdn(ended, ref _subscribers[ended], m.Result);
                break;
            case ControlMessage.StopCcn m:
                OnTunnelGone(tunnel, m.Result.Describe(MessageType.StopCcn));
                break;
        }
    }

    /// <summary>Reads an ICRP in its usual form. Other forms go through the codec.</summary>
    private static bool IsIcrp(ReadOnlySpan<byte> avps, out SessionId peer)
    {
        peer = default;
        if (!AvpView.TryRead(ref avps, out var type, out _) || type.IsHidden || type.VendorId != 0
            || type.Type != (ushort)AvpType.MessageType
            || type.Value.Length != 2 || BinaryPrimitives.ReadUInt16BigEndian(type.Value) != (ushort)MessageType.Icrp) return false;
        if (!AvpView.TryRead(ref avps, out var assigned, out _) || assigned.IsHidden || assigned.VendorId != 0
            || assigned.Type != (ushort)AvpType.AssignedSessionId || assigned.Value.Length != 2) return false;
        peer = new SessionId(BinaryPrimitives.ReadUInt16BigEndian(assigned.Value));
        return !peer.IsZero;
    }

    private void OnIcrp(LacTunnel tunnel, int index, ref Subscriber s, SessionId local, SessionId peer)
    {
        if (tunnel.Phase != LacTunnelPhase.Open) return;
        if (s.Local != local.Value || s.Phase != SubscriberPhase.Calling) // the subscriber has given up in the meantime
        {
            if (s.Local != local.Value || s.Peer == 0) HangUpCall(index, local.Value, peer.Value);
            return;
        }
        s.Peer = peer.Value;
        s.Phase = SubscriberPhase.Connecting;
        tunnel.Channel.Enqueue(new Order(MessageType.Iccn, index, s.Local, s.Peer));
    }

    private void OnCdn(int index, ref Subscriber s, ResultCode result)
    {
        s.Peer = 0; // no CDN is needed any more
        switch (s.Phase)
        {
            case SubscriberPhase.Closing:
                Counters.CountDown();
                Leave(index, ref s, SubscriberPhase.Down);
                break;
            case SubscriberPhase.Calling or SubscriberPhase.Connecting:
                Counters.CountRefused(result);
                Fail(index, ref s, $"call refused: {result}");
                break;
            case SubscriberPhase.Lcp or SubscriberPhase.Authenticate or SubscriberPhase.Network or SubscriberPhase.Up:
                Fail(index, ref s, $"call ended: {result}");
                break;
        }
    }

    private void OnTunnelGone(LacTunnel tunnel, string why)
    {
        var wished = tunnel.Phase == LacTunnelPhase.Closing;
        var wasOpen = tunnel.Phase == LacTunnelPhase.Open;
        tunnel.Phase = wished && !tunnel.Channel.IsDead ? LacTunnelPhase.Closed : LacTunnelPhase.Failed;
        tunnel.Channel.Clear();
        if (wished) return;
        tunnel.Refusals = wasOpen ? 0 : tunnel.Refusals + 1;
        if (Retry is { } retry) tunnel.RetryAt = _now + Ticks(retry.Delay(tunnel.Refusals, _random.NextDouble()));
        CountReason($"tunnel: {why}");
        for (var i = tunnel.Number; i < _subscribers.Length; i += _tunnels.Length)
            if (!IsIdle(i)) Fail(i, ref _subscribers[i], why);
    }

    private void FlushTunnels()
    {
        for (var i = 0; i < _dirty.Count; i++)
        {
            var tunnel = _dirty[i];
            tunnel.IsDirty = false;
            while (tunnel.Channel.TryTake(_now, out var order, out var ns, out var isFirst))
            {
                Send(tunnel, order, ns);
                if (isFirst && order.Type == MessageType.Iccn && _subscribers[order.Subscriber].Local == order.Local)
                    OnConnected(order.Subscriber);
            }
            if (!tunnel.Channel.OwesAck || tunnel.Peer.IsZero) continue;
            tunnel.Channel.OwesAck = false;
            L2tpControlHeader.WriteAcknowledgement(_socket.NextSlot(), tunnel.Peer, tunnel.Channel.NextNs, tunnel.Channel.Expected);
            _socket.Add(L2tpControlHeader.Length, _settings.Lns, tunnel.Source);
        }
        _dirty.Clear();
    }

    private void Send(LacTunnel tunnel, Order order, ushort ns)
    {
        var index = order.Subscriber;
        ControlMessage message = order.Type switch
        {
            MessageType.Sccrq => new ControlMessage.Sccrq(HostNameOf(tunnel), tunnel.Local, 3)
            {
                BearerCapabilities = 3, VendorName = "Akka.LNS stress", ReceiveWindow = _settings.ReceiveWindow,
            },
            MessageType.Scccn => new ControlMessage.Scccn(Answer(tunnel.Challenge)),
            MessageType.Icrq => new ControlMessage.Icrq(new SessionId(order.Local), (uint)index + 1)
            {
                BearerType = 1, CallingNumber = string.Create(CultureInfo.InvariantCulture, $"line-{index:D6}"), CalledNumber = "internet",
            },
            MessageType.Iccn => new ControlMessage.Iccn(100_000_000, 1) { RxConnectSpeed = 40_000_000 },
            MessageType.Hello => new ControlMessage.Hello(),
            MessageType.Cdn => new ControlMessage.Cdn(new SessionId(order.Local), new ResultCode(ResultCode.Cdn.LostCarrier)),
            _ => new ControlMessage.StopCcn(tunnel.Local, new ResultCode(ResultCode.StopCcn.Clear)),
        };
        var octets = message.Encode(tunnel.Peer, new SessionId(order.Peer), ns);
        L2tpControlHeader.WriteNr(octets, tunnel.Channel.Expected);
        if (tunnel.IsFuzzed) Fuzzer?.OnSend(octets, tunnel);
        octets.CopyTo(_socket.NextSlot());
        _socket.Add(octets.Length, _settings.Lns, tunnel.Source);
    }

    private AvpOctets Answer(AvpOctets challenge) => challenge.IsEmpty || _settings.TunnelSecret.IsEmpty ? default
        : TunnelAuthentication.Respond(MessageType.Scccn, _settings.TunnelSecret.Span, challenge.Span);
}

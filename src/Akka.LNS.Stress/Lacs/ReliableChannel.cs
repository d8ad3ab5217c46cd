using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>A control message to send. Its octets are written for each transmission, so that none are kept.</summary>
/// <param name="Local">The LAC's session id of the call. The subscriber may have a newer call.</param>
/// <param name="Peer">The LNS's session id.</param>
internal readonly record struct Order(MessageType Type, int Subscriber = -1, ushort Local = 0, ushort Peer = 0);

/// <summary>
/// The LAC's side of the reliable channel: sequence numbers, send window, slow start, retransmission from the oldest message on. Messages
/// out of order are dropped, and the LNS retransmits them. RFC 2661 section 5.8.
/// </summary>
internal sealed class ReliableChannel(long retransmitInitial, long retransmitMax, int maxRetransmits)
{
    private Order[] _ring = new Order[8]; // from the oldest unacknowledged message on; a power of two
    private int _head;
    private int _count;
    private int _sent;     // of these, sent
    private int _everSent; // of these, sent at least once
    private ushort _first; // Ns of the oldest
    private int _peerWindow = 4; // of a peer that names none (RFC 2661 section 4.4.3)
    private int _congestionWindow = 1;
    private int _attempts;
    private long _retransmitAt; // 0: never

    /// <summary>Nr of the LAC.</summary>
    public ushort Expected { get; private set; }
    /// <summary>Ns of the next new message, and of a ZLB.</summary>
    public ushort NextNs => (ushort)(_first + _everSent);
    public bool OwesAck { get; set; }
    public bool IsIdle => _count == 0;
    /// <summary>The last retransmission had no answer.</summary>
    public bool IsDead { get; private set; }
    public long Retransmits { get; private set; }
    public long Duplicates { get; private set; }
    public long Early { get; private set; }

    public void SetPeerWindow(ushort? window) => _peerWindow = Math.Max((ushort)1, window ?? 4);

    public void Enqueue(Order order)
    {
        if (_count == _ring.Length)
        {
            var larger = new Order[_ring.Length * 2];
            for (var i = 0; i < _count; i++) larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
            (_ring, _head) = (larger, 0);
        }
        _ring[(_head + _count++) & (_ring.Length - 1)] = order;
    }

    /// <summary>Removes all messages.</summary>
    public void Clear() => (_first, _count, _sent, _everSent, _retransmitAt) = ((ushort)(_first + _everSent), 0, 0, 0, 0L);

    /// <summary>Takes the next message that the window allows.</summary>
    /// <param name="isFirst">True: first transmission.</param>
    public bool TryTake(long now, out Order order, out ushort ns, out bool isFirst)
    {
        (order, ns, isFirst) = (default, 0, false);
        if (IsDead || _sent >= _count || _sent >= Math.Min(_peerWindow, _congestionWindow)) return false;
        order = _ring[(_head + _sent) & (_ring.Length - 1)];
        ns = (ushort)(_first + _sent);
        isFirst = _sent == _everSent;
        _sent++;
        if (isFirst) _everSent = _sent;
        else Retransmits++;
        if (_retransmitAt == 0) _retransmitAt = now + Math.Min(retransmitInitial << _attempts, retransmitMax);
        OwesAck = false;
        return true;
    }

    /// <summary>Gives the next sequence number to a message that the caller writes. True: nothing waits, and the window has room.</summary>
    /// <param name="instead">Message with the same number, sent if the LNS drops the caller's message.</param>
    public bool TryGiveAway(Order instead, long now)
    {
        if (IsDead || _sent < _count || _sent >= Math.Min(_peerWindow, _congestionWindow)) return false;
        Enqueue(instead);
        return TryTake(now, out _, out _, out _);
    }

    /// <summary>Takes the sequence numbers of a message. True: it is the next one, so its content counts.</summary>
    /// <param name="isMessage">False: a ZLB.</param>
    public bool Receive(ushort ns, ushort nr, bool isMessage, long now)
    {
        var acked = (ushort)(nr - _first);
        if (acked > 0 && acked <= _everSent)
        {
            _head = (_head + acked) & (_ring.Length - 1);
            _first = nr;
            _count -= acked;
            _everSent -= acked;
            _sent = Math.Max(0, _sent - acked);
            _congestionWindow = Math.Min(_congestionWindow + acked, Math.Max(_peerWindow, 1));
            _attempts = 0;
            _retransmitAt = _sent > 0 ? now + retransmitInitial : 0;
        }
        if (!isMessage) return false;
        OwesAck = true;
        var ahead = (short)(ns - Expected);
        if (ahead < 0) Duplicates++;
        else if (ahead > 0) Early++;
        else Expected++;
        return ahead == 0;
    }

    /// <summary>Checks the retransmission timer. True: there are messages to retransmit.</summary>
    public bool Tick(long now)
    {
        if (_retransmitAt == 0 || now < _retransmitAt) return false;
        IsDead = _attempts >= maxRetransmits;
        _attempts++;
        (_sent, _congestionWindow, _retransmitAt) = (0, 1, 0L);
        return !IsDead;
    }
}

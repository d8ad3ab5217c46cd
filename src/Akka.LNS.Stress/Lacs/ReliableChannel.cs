using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>A control message that is to be sent: written when its turn comes, and again for each retransmission, so that no octets are kept.</summary>
/// <param name="Local">Our session id, of the call that is meant: the subscriber may have another one by now.</param>
/// <param name="Peer">The LNS's.</param>
internal readonly record struct Order(MessageType Type, int Subscriber = -1, ushort Local = 0, ushort Peer = 0);

/// <summary>
/// A LAC's end of the reliable channel (RFC 2661 §5.8): numbers, the peer's window, slow start, retransmission from the oldest message on. Messages
/// that come before their turn are dropped: the LNS sends them again.
/// </summary>
internal sealed class ReliableChannel(long retransmitInitial, long retransmitMax, int maxRetransmits)
{
    private Order[] _ring = new Order[8]; // from the oldest unacknowledged message on; a power of two
    private int _head;
    private int _count;
    private int _sent;     // of them, under way
    private int _everSent; // of them, once on the wire
    private ushort _first; // Ns of the oldest
    private int _peerWindow = 4; // RFC 2661 §4.4.3: of a peer that names none
    private int _congestionWindow = 1;
    private int _attempts;
    private long _retransmitAt; // 0: never

    /// <summary>Our Nr.</summary>
    public ushort Expected { get; private set; }
    /// <summary>Ns of the next new message: what a ZLB carries.</summary>
    public ushort NextNs => (ushort)(_first + _everSent);
    public bool OwesAck { get; set; }
    public bool IsIdle => _count == 0;
    /// <summary>The LNS does not answer.</summary>
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

    /// <summary>Forgets everything that was to be sent.</summary>
    public void Clear() => (_first, _count, _sent, _everSent, _retransmitAt) = ((ushort)(_first + _everSent), 0, 0, 0, 0L);

    /// <summary>The next message that the window lets go.</summary>
    /// <param name="isFirst">It was never on the wire.</param>
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

    /// <summary>Gives the next number away to a message that somebody else writes: true if nothing waits and the window has room. If the LNS does not take
    /// that one, <paramref name="instead"/> goes out with its number, so that no message of ours is taken for a repetition of it.</summary>
    public bool TryGiveAway(Order instead, long now)
    {
        if (IsDead || _sent < _count || _sent >= Math.Min(_peerWindow, _congestionWindow)) return false;
        Enqueue(instead);
        return TryTake(now, out _, out _, out _);
    }

    /// <summary>Takes the numbers of a message; true: it is the next one, and is to be obeyed.</summary>
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

    /// <summary>Looks at the clock; true: there is something to send again.</summary>
    public bool Tick(long now)
    {
        if (_retransmitAt == 0 || now < _retransmitAt) return false;
        IsDead = _attempts >= maxRetransmits;
        _attempts++;
        (_sent, _congestionWindow, _retransmitAt) = (0, 1, 0L);
        return !IsDead;
    }
}

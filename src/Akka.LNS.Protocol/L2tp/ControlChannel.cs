using System.Collections.Immutable;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>Meaning of a received sequence number.</summary>
public enum Arrival
{
    /// <summary>A ZLB, or a message that must be dropped. Only its Nr is used.</summary>
    None,
    /// <summary>The next message. Deliver it, then the messages that <see cref="ControlChannel.TryTakeEarly"/> returns.</summary>
    InOrder,
    /// <summary>A duplicate. It is acknowledged again.</summary>
    Duplicate,
    /// <summary>A message ahead of its order. It is kept.</summary>
    Early,
}

/// <summary>
/// The reliable channel of control messages (RFC 2661 section 5.8, Appendix A): sequence numbers, window, congestion, retransmission.
/// </summary>
/// <remarks>
/// One step is <see cref="Receive"/> or <see cref="Tick"/>, any number of <see cref="Send"/>, and one <see cref="Flush"/>, which returns
/// the effects. Sequence numbers have 64 bits here and 16 bits on the wire. Only <see cref="Receive"/> handles the wrap-around. One queue
/// holds the unacknowledged messages, followed by those that wait for the window. After a time-out the whole queue is sent again from the
/// front by slow start, because the receive queue of the peer is unknown. Messages that are acknowledged meanwhile are not sent again.
/// </remarks>
public sealed record ControlChannel
{
    /// <summary>Window of a peer that sends no Receive Window Size (RFC 2661 section 4.4.3).</summary>
    public const ushort DefaultWindow = 4;
    /// <summary>
    /// Maximum number of received messages whose acknowledgement may wait for <see cref="ControlConnectionSettings.AckDelay"/>. A peer in
    /// slow start needs the acknowledgements.
    /// </summary>
    private const int AckAtLatest = 8;

    /// <summary>Messages with Ns <see cref="FirstUnacked"/> and above.</summary>
    public MessageQueue Messages { get; init; }
    /// <summary>Ns of the oldest message that the peer has not acknowledged.</summary>
    public long FirstUnacked { get; init; }
    /// <summary>Ns of the next message to send; below <see cref="NeverSent"/> during retransmission.</summary>
    public long NextToSend { get; init; }
    /// <summary>The lowest Ns that has not been sent.</summary>
    public long NeverSent { get; init; }
    /// <summary>Our Nr: the Ns that the peer must send next.</summary>
    public long Expected { get; init; }

    /// <summary>The peer's Receive Window Size.</summary>
    public ushort PeerWindow { get; init; } = DefaultWindow;
    /// <summary>CWND of Appendix A.</summary>
    public int CongestionWindow { get; init; } = 1;
    /// <summary>SSTHRESH of Appendix A.</summary>
    public int SlowStartThreshold { get; init; } = DefaultWindow;
    /// <summary>Messages acknowledged since the congestion window last grew. Used after slow start.</summary>
    public int GrowthCredit { get; init; }

    public Instant? RetransmitAt { get; init; }
    /// <summary>Number of retransmissions of the oldest message.</summary>
    public int Attempts { get; init; }

    /// <summary>In-order messages that we have not acknowledged.</summary>
    public int OwedAcks { get; init; }
    /// <summary>The acknowledgement must not wait: a duplicate shows that the last one was lost.</summary>
    public bool AckNow { get; init; }
    public Instant? AckAt { get; init; }
    /// <summary>Messages ahead of their order, by Ns. Always fewer than our window.</summary>
    public ImmutableSortedDictionary<long, ReadOnlyMemory<byte>> Early { get; init; } = NothingEarly;
    internal static readonly ImmutableSortedDictionary<long, ReadOnlyMemory<byte>> NothingEarly =
        ImmutableSortedDictionary<long, ReadOnlyMemory<byte>>.Empty;

    /// <summary>No retransmission of the oldest message was acknowledged.</summary>
    public bool PeerIsDead { get; init; }

    /// <summary>The peer may have restarted: it is dead after <see cref="ProbeRetransmits"/> until it acknowledges.</summary>
    public bool IsProbing { get; init; }
    /// <summary>Retransmissions of a message while <see cref="IsProbing"/>. With the default interval they take 7 s.</summary>
    public const int ProbeRetransmits = 2;

    /// <summary>The last message of the queue at <see cref="WaitsSince"/>, which still waits for the window.</summary>
    public long WaitsFor { get; init; }
    public Instant? WaitsSince { get; init; }
    /// <summary>Maximum time for which a message waits for the window. After it the peer is too slow to be of use.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(3);

    /// <summary>Messages sent for the first time.</summary>
    public long Sent { get; init; }
    /// <summary>Messages delivered in order.</summary>
    public long Received { get; init; }
    public long Retransmits { get; init; }
    public long Duplicates { get; init; }
    public long OutOfOrder { get; init; }

    /// <summary>Sent messages without an acknowledgement.</summary>
    public int Outstanding => (int)(NextToSend - FirstUnacked);
    /// <summary>Messages that wait for the window.</summary>
    public int Waiting => Messages.Count - Outstanding;
    /// <summary>Everything that was sent is acknowledged.</summary>
    public bool IsIdle => Messages.IsEmpty;

    /// <summary>Next time for <see cref="Tick"/> and <see cref="Flush"/>; null: never.</summary>
    public Instant? NextDeadline => Instant.Earliest(Instant.Earliest(RetransmitAt, AckAt), WaitsSince + MaxWait);

    /// <summary>A message has waited for the window for <see cref="MaxWait"/>.</summary>
    public bool IsStuck(Instant now) => WaitsSince + MaxWait <= now;

    private long NextNs => FirstUnacked + Messages.Count;

    /// <summary>Appends a message to the queue and writes its Ns. <see cref="Flush"/> sends it when the window allows.</summary>
    public ControlChannel Send(byte[] message)
    {
        L2tpControlHeader.WriteNs(message, (ushort)NextNs);
        return this with { Messages = Messages.Append(message) };
    }

    /// <summary>
    /// Sets the window of the peer. 0 counts as 1, because nothing could be sent. The maximum is half of the numbers, because otherwise an
    /// old Nr looks like a new one.
    /// </summary>
    public ControlChannel WithPeerWindow(ushort? window)
    {
        var size = Math.Clamp(window ?? DefaultWindow, (ushort)1, (ushort)short.MaxValue);
        return this with { PeerWindow = size, SlowStartThreshold = size, CongestionWindow = Math.Min(CongestionWindow, size) };
    }

    /// <summary>Drops all messages that were not sent. Their numbers are free again.</summary>
    public ControlChannel DropWaiting() => this with { Messages = Messages.Take((int)(NeverSent - FirstUnacked)) };

    /// <summary>Drops all outgoing messages. Acknowledgements continue.</summary>
    public ControlChannel DropAll() => this with
    {
        Messages = default,
        FirstUnacked = NeverSent,
        NextToSend = NeverSent,
        RetransmitAt = null,
        Attempts = 0,
        IsProbing = false,
    };

    /// <summary>Processes the sequence numbers of a message. Keeps <paramref name="datagram"/> only if it is ahead of its order.</summary>
    /// <param name="isMessage">False: a ZLB, whose Ns belongs to no message. RFC 2661 section 5.8.</param>
    /// <param name="window">Our own receive window.</param>
    public ControlChannel Receive(ushort ns, ushort nr, bool isMessage, ReadOnlyMemory<byte> datagram, int window,
        ControlConnectionSettings settings, Instant now, out Arrival arrival, out L2tpError error)
    {
        arrival = Arrival.None;
        error = L2tpError.None;
        var acked = (ushort)(nr - (ushort)FirstUnacked);
        if (acked > NeverSent - FirstUnacked)
        {
            if ((short)acked < 0) acked = 0; // an old message, reordered by the network
            else
            {
                error = L2tpError.BadNr;
                return this;
            }
        }
        var next = acked > 0 ? Acknowledged(acked, settings, now) : this;
        if (!isMessage) return next;
        var ahead = (short)(ns - (ushort)Expected);
        if (ahead < 0)
        {
            arrival = Arrival.Duplicate;
            error = L2tpError.Duplicate;
            return next with { AckNow = true, Duplicates = next.Duplicates + 1 };
        }
        if (ahead == 0)
        {
            arrival = Arrival.InOrder;
            return next with { Expected = Expected + 1, OwedAcks = OwedAcks + 1, Received = Received + 1 };
        }
        if (ahead >= window)
        {
            error = L2tpError.OutsideWindow;
            return next;
        }
        arrival = Arrival.Early;
        if (Early.ContainsKey(Expected + ahead))
        {
            error = L2tpError.Duplicate;
            return next with { Duplicates = next.Duplicates + 1 };
        }
        return next with { Early = Early.Add(Expected + ahead, datagram), OutOfOrder = next.OutOfOrder + 1 };
    }

    /// <summary>Takes the kept message that is next in order, if there is one.</summary>
    public ControlChannel TryTakeEarly(out ReadOnlyMemory<byte>? datagram)
    {
        datagram = null;
        if (Early.IsEmpty || !Early.TryGetValue(Expected, out var kept)) return this;
        datagram = kept;
        return this with { Early = Early.Remove(Expected), Expected = Expected + 1, OwedAcks = OwedAcks + 1, Received = Received + 1 };
    }

    private ControlChannel Acknowledged(int count, ControlConnectionSettings settings, Instant now)
    {
        var (window, credit) = (CongestionWindow, GrowthCredit);
        for (var i = 0; i < count && window < PeerWindow; i++)
        {
            if (window < SlowStartThreshold) window++; // slow start: one for each acknowledged message
            else if (++credit >= window) (window, credit) = (window + 1, 0); // congestion avoidance: one for each window
        }
        var first = FirstUnacked + count;
        var next = Math.Max(NextToSend, first);
        return this with
        {
            Messages = Messages.RemoveFirst(count),
            FirstUnacked = first,
            NextToSend = next,
            CongestionWindow = window,
            GrowthCredit = credit,
            Attempts = 0,
            IsProbing = false,
            RetransmitAt = next > first ? now + settings.RetransmitInitial : null,
        };
    }

    /// <summary><see cref="Flush"/> sends all messages in flight again. The retransmission timer goes on.</summary>
    public ControlChannel SendAgain() => Messages.IsEmpty ? this : this with { NextToSend = FirstUnacked, AckNow = false };

    /// <summary>Checks the retransmission timer: back-off and slow start, or the end. RFC 2661 section 5.8.</summary>
    public ControlChannel Tick(ControlConnectionSettings settings, Instant now)
    {
        if (RetransmitAt is not { } due || now < due) return this;
        var most = IsProbing ? Math.Min(ProbeRetransmits, settings.MaxRetransmits) : settings.MaxRetransmits;
        if (Attempts >= most) return this with { PeerIsDead = true, RetransmitAt = null };
        return this with
        {
            Attempts = Attempts + 1,
            RetransmitAt = null,
            NextToSend = FirstUnacked,
            SlowStartThreshold = Math.Max(1, Math.Min(CongestionWindow, Outstanding) / 2),
            CongestionWindow = 1,
            GrowthCredit = 0,
        };
    }

    /// <summary>Sends messages within the window. Sends a ZLB if no message carries the acknowledgement.</summary>
    /// <remarks>
    /// An acknowledgement waits only while no message is queued. Otherwise a peer with a full window would stop for a retransmission time.
    /// </remarks>
    public ControlChannel Flush(
        ControlConnectionSettings settings, TunnelId peer, Instant now, ImmutableArray<ConnectionEffect>.Builder effects)
    {
        if (PeerIsDead) return this;
        var limit = FirstUnacked + Math.Min(Math.Min(CongestionWindow, PeerWindow), Messages.Count);
        var next = NextToSend;
        for (; next < limit; next++)
            effects.Add(new ConnectionEffect.Transmit(Messages[(int)(next - FirstUnacked)], (ushort)Expected));
        if (next > NextToSend)
        {
            var again = Math.Max(0, Math.Min(next, NeverSent) - NextToSend);
            return this with
            {
                NextToSend = next,
                NeverSent = Math.Max(NeverSent, next),
                Sent = Sent + next - NextToSend - again,
                Retransmits = Retransmits + again,
                RetransmitAt = RetransmitAt ?? now + BackOff(settings),
                OwedAcks = 0,
                AckNow = false,
                AckAt = null,
            };
        }
        if ((OwedAcks == 0 && !AckNow) || peer.IsZero) return this;
        var due = AckAt ?? now + settings.AckDelay;
        if (!AckNow && Waiting == 0 && OwedAcks < AckAtLatest && now < due) return AckAt is null ? this with { AckAt = due } : this;
        effects.Add(new ConnectionEffect.Acknowledge(peer, (ushort)NeverSent, (ushort)Expected));
        return this with { OwedAcks = 0, AckNow = false, AckAt = null };
    }

    /// <summary>Observes how long messages wait for the window. Comes after each <see cref="Flush"/>.</summary>
    public ControlChannel Observe(Instant now) => Waiting == 0 ? WaitsSince is null ? this : this with { WaitsSince = null }
        : WaitsSince is null || NeverSent > WaitsFor ? this with { WaitsFor = NextNs - 1, WaitsSince = now } : this;

    /// <summary>All unacknowledged messages, including those beyond the window.</summary>
    public ImmutableArray<ConnectionEffect.Transmit> Everything()
    {
        var all = ImmutableArray.CreateBuilder<ConnectionEffect.Transmit>(Messages.Count);
        for (var i = 0; i < Messages.Count; i++) all.Add(new ConnectionEffect.Transmit(Messages[i], (ushort)Expected));
        return all.MoveToImmutable();
    }

    private TimeSpan BackOff(ControlConnectionSettings settings)
    {
        var interval = settings.RetransmitInitial;
        for (var i = 0; i < Attempts && interval < settings.RetransmitMax; i++) interval += interval;
        return interval < settings.RetransmitMax ? interval : settings.RetransmitMax;
    }
}

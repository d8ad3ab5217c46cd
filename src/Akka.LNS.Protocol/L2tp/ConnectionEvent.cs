using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>Event of a control connection.</summary>
public abstract record ConnectionEvent
{
    private ConnectionEvent() { }

    /// <summary>
    /// A whole UDP payload with the T bit set, from the address of the peer. The memory must not change, because messages out of order are
    /// kept.
    /// </summary>
    public sealed record DatagramReceived(ReadOnlyMemory<byte> Datagram) : ConnectionEvent;

    /// <summary>A message that a call sends. <paramref name="Peer"/> goes into the header (zero in ICRQ).</summary>
    public sealed record SendCallMessage(SessionId Local, SessionId Peer, ControlMessage Message) : ConnectionEvent;

    /// <summary>End the tunnel with StopCCN <paramref name="Code"/>.</summary>
    public sealed record CloseRequested(EndReason Why, ResultCode Code) : ConnectionEvent;

    /// <summary>The last data of the peer, in any of its calls. It shows life as a control message does (RFC 2661 section 5.5).</summary>
    public sealed record DataSeen(Instant At) : ConnectionEvent;

    /// <summary>The peer may have restarted. An established tunnel asks it at once with a Hello, and waits a few seconds only.</summary>
    public sealed record ProbeRequested : ConnectionEvent
    {
        public static readonly ProbeRequested Instance = new();
    }

    /// <summary>A deadline may have passed.</summary>
    public sealed record Tick : ConnectionEvent
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>What the shell of a control connection must do, in order.</summary>
public abstract record ConnectionEffect
{
    private ConnectionEffect() { }

    /// <summary>
    /// Send <paramref name="Message"/>, a whole datagram, as <see cref="WriteTo"/> completes it. The machine keeps the array for
    /// retransmissions.
    /// </summary>
    public sealed record Transmit(byte[] Message, ushort Nr) : ConnectionEffect
    {
        /// <summary>Writes the datagram with its Nr.</summary>
        /// <param name="octets">As long as <see cref="Message"/>.</param>
        public void WriteTo(Span<byte> octets)
        {
            Message.CopyTo(octets);
            L2tpControlHeader.WriteNr(octets, Nr);
        }
    }

    /// <summary>Send a ZLB acknowledgement: <see cref="L2tpControlHeader.WriteAcknowledgement"/>.</summary>
    public sealed record Acknowledge(TunnelId Peer, ushort Ns, ushort Nr) : ConnectionEffect;

    /// <summary>The tunnel is established. Calls can begin.</summary>
    public sealed record Opened(PeerInfo Peer) : ConnectionEffect;

    /// <summary>
    /// A call message in order, exactly once. <paramref name="Local"/> is the Session ID of its header: zero in ICRQ, and in a CDN of a
    /// peer that does not know our id (then <see cref="ControlMessage.Cdn.AssignedSessionId"/> identifies the call). An OCRQ is refused and
    /// has no such effect.
    /// </summary>
    public sealed record CallMessageReceived(SessionId Local, ControlMessage Message) : ConnectionEffect;

    /// <summary>
    /// A malformed message of one call: the call must end with CDN <paramref name="Code"/>. A malformed ICRQ has no call yet and was
    /// already answered with the CDN. Both ids are zero then.
    /// </summary>
    /// <param name="Peer">The peer's id of the call, if the message contains it.</param>
    public sealed record CallMessageBroken(SessionId Local, SessionId Peer, L2tpError Error, ResultCode Code) : ConnectionEffect;

    /// <summary>The calls of the tunnel must end now. Comes once. The state remains for some time to finish the protocol.</summary>
    public sealed record Closed(EndReason Why) : ConnectionEffect;

    /// <summary>The connection has ended. The tunnel id can go to quarantine.</summary>
    public sealed record Finished : ConnectionEffect
    {
        public static readonly Finished Instance = new();
    }

    /// <summary>A message of the peer was ignored: count it.</summary>
    public sealed record Dropped(L2tpError Error) : ConnectionEffect;
}

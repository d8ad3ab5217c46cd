using System.Buffers.Binary;

namespace Akka.LNS.Wire.L2tp;

/// <summary>
/// The header of an L2TPv2 message, checked against its datagram (RFC 2661 section 3.1). Only <see cref="TryRead"/> creates one.
/// </summary>
/// <remarks><code>
///  0 1     4   6 7         12      16                              32
/// +-+-+---+-+-+-+-+-------+-------+-------------------------------+
/// |T|L|x x|S|x|O|P|x x x x|  Ver  |          Length (opt)         |
/// |           Tunnel ID           |           Session ID          |
/// |             Ns (opt)          |             Nr (opt)          |
/// |      Offset Size (opt)        |    Offset pad... (opt)
/// +-------------------------------+-------------------------------+
/// </code>
/// Length counts the whole message. In a data message the octets after it do not belong to the message and are ignored. In a control
/// message Length must equal the length of the datagram. Bits marked x are ignored, as RFC 2661 section 3.1 requires.</remarks>
public readonly ref struct L2tpHeaderView
{
    /// <summary>Octets of flags, Tunnel ID and Session ID: the minimum header.</summary>
    public const int MinLength = 6;
    private const ushort T = 0x8000, L = 0x4000, S = 0x0800, O = 0x0200, P = 0x0100, Ver = 0x000F;
    private readonly ushort _flags;

    private L2tpHeaderView(ushort flags, ushort tunnel, ushort session, ushort ns, ushort nr, ReadOnlySpan<byte> payload)
    {
        _flags = flags;
        TunnelId = new(tunnel);
        SessionId = new(session);
        Ns = ns;
        Nr = nr;
        Payload = payload;
    }

    public bool IsControl => (_flags & T) != 0;
    public bool HasLength => (_flags & L) != 0;
    public bool HasSequence => (_flags & S) != 0;
    public bool HasOffset => (_flags & O) != 0;
    public bool IsPriority => (_flags & P) != 0;
    public TunnelId TunnelId { get; }
    public SessionId SessionId { get; }
    /// <summary>Sequence number of this message; 0: none.</summary>
    public ushort Ns { get; }
    /// <summary>In a control message the next Ns that the sender expects. Reserved and ignored in a data message.</summary>
    public ushort Nr { get; }
    /// <summary>
    /// AVPs of a control message, PPP frame of a data message. A control message without payload is a ZLB acknowledgement. RFC 2661 section
    /// 5.8.
    /// </summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Tests the T bit only, for the receive thread. False for an empty datagram.</summary>
    public static bool LooksLikeControl(ReadOnlySpan<byte> datagram) => !datagram.IsEmpty && (datagram[0] & 0x80) != 0;

    public static bool TryRead(ReadOnlySpan<byte> datagram, out L2tpHeaderView header, out L2tpError error)
    {
        header = default;
        error = L2tpError.Truncated;
        if (datagram.Length < MinLength) return false;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        if ((flags & Ver) != 2) return Fail(L2tpError.BadVersion, out error);
        if ((flags & T) != 0 && (flags & (L | S | O)) != (L | S)) return Fail(L2tpError.BadControlFlags, out error);
        var at = 2;
        if ((flags & L) != 0)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
            at = 4;
            if (length > datagram.Length || ((flags & T) != 0 && length != datagram.Length)) return Fail(L2tpError.BadLength, out error);
            datagram = datagram[..length];
        }
        var end = at + 4 + ((flags & S) != 0 ? 4 : 0) + ((flags & O) != 0 ? 2 : 0);
        if (end > datagram.Length) return Fail((flags & L) != 0 ? L2tpError.BadLength : L2tpError.Truncated, out error);
        var tunnel = BinaryPrimitives.ReadUInt16BigEndian(datagram[at..]);
        var session = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]);
        ushort ns = 0, nr = 0;
        if ((flags & S) != 0)
        {
            ns = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 4)..]);
            nr = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 6)..]);
        }
        if ((flags & O) != 0)
        {
            end += BinaryPrimitives.ReadUInt16BigEndian(datagram[(end - 2)..]);
            if (end > datagram.Length) return Fail(L2tpError.BadOffset, out error);
        }
        header = new L2tpHeaderView(flags, tunnel, session, ns, nr, datagram[end..]);
        error = L2tpError.None;
        return true;
    }

    private static bool Fail(L2tpError why, out L2tpError error)
    {
        error = why;
        return false;
    }
}

/// <summary>Writes the header of outgoing data messages: without Length, sequence numbers and offset. RFC 2661 section 3.1.</summary>
public static class L2tpDataHeader
{
    /// <summary>Octets before the PPP frame.</summary>
    public const int Length = 6;

    /// <summary>Needs <see cref="Length"/> octets in <paramref name="to"/>.</summary>
    public static void Write(Span<byte> to, TunnelId tunnel, SessionId session)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, 0x0002);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], tunnel.Value);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], session.Value);
    }
}

/// <summary>
/// Writes the header of control messages, and the fields that change with each transmission. RFC 2661 section 3.1.
/// </summary>
public static class L2tpControlHeader
{
    /// <summary>Octets before the AVPs.</summary>
    public const int Length = 12;
    /// <summary>Offset of Ns in octets.</summary>
    public const int NsOffset = 8;
    /// <summary>Offset of Nr in octets. Nr is written again before each transmission. RFC 2661 section 5.8.</summary>
    public const int NrOffset = 10;

    /// <summary>
    /// Needs <see cref="Length"/> octets in <paramref name="to"/>; <paramref name="messageLength"/> counts header and AVPs.
    /// </summary>
    public static void Write(Span<byte> to, ushort messageLength, TunnelId tunnel, SessionId session, ushort ns, ushort nr)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, 0xC802);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], messageLength);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], tunnel.Value);
        BinaryPrimitives.WriteUInt16BigEndian(to[6..], session.Value);
        WriteNs(to, ns);
        WriteNr(to, nr);
    }

    /// <summary>Writes a zero-length-body acknowledgement: a header only. RFC 2661 section 5.8.</summary>
    public static void WriteAcknowledgement(Span<byte> to, TunnelId tunnel, ushort ns, ushort nr) =>
        Write(to, Length, tunnel, default, ns, nr);
    public static void WriteNs(Span<byte> message, ushort ns) => BinaryPrimitives.WriteUInt16BigEndian(message[NsOffset..], ns);
    public static void WriteNr(Span<byte> message, ushort nr) => BinaryPrimitives.WriteUInt16BigEndian(message[NrOffset..], nr);
}

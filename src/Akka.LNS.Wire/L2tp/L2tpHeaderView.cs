using System.Buffers.Binary;

namespace Akka.LNS.Wire.L2tp;

/// <summary>The header of an L2TPv2 message, checked against its datagram (RFC 2661 §3.1). Only <see cref="TryRead"/> makes one.</summary>
/// <remarks><code>
///  0 1     4   6 7         12      16                              32
/// +-+-+---+-+-+-+-+-------+-------+-------------------------------+
/// |T|L|x x|S|x|O|P|x x x x|  Ver  |          Length (opt)         |
/// |           Tunnel ID           |           Session ID          |
/// |             Ns (opt)          |             Nr (opt)          |
/// |      Offset Size (opt)        |    Offset pad... (opt)
/// +-------------------------------+-------------------------------+
/// </code>
/// Length is the length of the whole message. In a data message octets behind it are no part of the message and are ignored; in a control
/// message, which we act on, header and datagram must agree exactly. Bits marked x are ignored, as §3.1 demands.</remarks>
public readonly ref struct L2tpHeaderView
{
    /// <summary>Flags, Tunnel ID and Session ID: what every message has.</summary>
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
    /// <summary>Sequence number of this message; 0 when there is none.</summary>
    public ushort Ns { get; }
    /// <summary>Control: the next Ns its sender expects. Data: reserved, ignored.</summary>
    public ushort Nr { get; }
    /// <summary>AVPs of a control message, PPP frame of a data message. Empty in a control message: a ZLB acknowledgement (§5.8).</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The T bit alone, for the receive thread that splits control from data. Total: false for no octets.</summary>
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

/// <summary>Writes the header of the data messages that we send: no Length, no sequence, no offset (RFC 2661 §3.1).</summary>
public static class L2tpDataHeader
{
    /// <summary>Octets in front of the PPP frame.</summary>
    public const int Length = 6;

    /// <summary>Needs <see cref="Length"/> octets in <paramref name="to"/>.</summary>
    public static void Write(Span<byte> to, TunnelId tunnel, SessionId session)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, 0x0002);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], tunnel.Value);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], session.Value);
    }
}

/// <summary>Writes the header of control messages (RFC 2661 §3.1), and later the fields of it that change with each transmission.</summary>
public static class L2tpControlHeader
{
    /// <summary>Octets in front of the AVPs.</summary>
    public const int Length = 12;
    /// <summary>Where Ns stands.</summary>
    public const int NsOffset = 8;
    /// <summary>Where Nr stands: written again at each transmission (RFC 2661 §5.8).</summary>
    public const int NrOffset = 10;

    /// <summary>Needs <see cref="Length"/> octets in <paramref name="to"/>; <paramref name="messageLength"/> counts header and AVPs.</summary>
    public static void Write(Span<byte> to, ushort messageLength, TunnelId tunnel, SessionId session, ushort ns, ushort nr)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, 0xC802);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], messageLength);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], tunnel.Value);
        BinaryPrimitives.WriteUInt16BigEndian(to[6..], session.Value);
        WriteNs(to, ns);
        WriteNr(to, nr);
    }

    /// <summary>A zero-length-body acknowledgement (RFC 2661 §5.8): the header alone.</summary>
    public static void WriteAcknowledgement(Span<byte> to, TunnelId tunnel, ushort ns, ushort nr) => Write(to, Length, tunnel, default, ns, nr);
    public static void WriteNs(Span<byte> message, ushort ns) => BinaryPrimitives.WriteUInt16BigEndian(message[NsOffset..], ns);
    public static void WriteNr(Span<byte> message, ushort nr) => BinaryPrimitives.WriteUInt16BigEndian(message[NrOffset..], nr);
}

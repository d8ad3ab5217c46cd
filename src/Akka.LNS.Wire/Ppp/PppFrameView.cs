using System.Buffers.Binary;

namespace Akka.LNS.Wire.Ppp;

/// <summary>A checked, zero-copy view of one PPP frame in an L2TP data message. RFC 1661 section 2, RFC 2661 section 5.3.</summary>
/// <remarks><code>
/// +---------+---------+-----------------+----------------
/// |  0xFF   |  0x03   | Protocol 1 or 2 | Payload ...
/// +---------+---------+-----------------+----------------
///  both or neither (ACFC)  one octet when odd (PFC)
/// </code>Compressed fields are accepted even if they were not negotiated, because they are unambiguous. Hot path: no allocation.</remarks>
public readonly ref struct PppFrameView
{
    private PppFrameView(ushort protocol, ReadOnlySpan<byte> payload)
    {
        Protocol = protocol;
        Payload = payload;
    }

    public ushort Protocol { get; }
    public ReadOnlySpan<byte> Payload { get; }

    public static bool TryRead(ReadOnlySpan<byte> frame, out PppFrameView view, out PppError error)
    {
        view = default;
        var at = frame.Length >= 2 && frame[0] == PppFrame.Address && frame[1] == PppFrame.Control ? 2 : 0;
        if (at >= frame.Length)
        {
            error = PppError.Truncated;
            return false;
        }
        ushort protocol = frame[at++];
        if ((protocol & 1) == 0)
        {
            if (at >= frame.Length)
            {
                error = PppError.Truncated;
                return false;
            }
            protocol = (ushort)((protocol << 8) | frame[at++]);
            if ((protocol & 1) == 0)
            {
                error = PppError.BadProtocol;
                return false;
            }
        }
        else if (protocol == PppFrame.Address) // 0x00FF is not a protocol (RFC 1661 section 6.5): the address field is malformed
        {
            error = PppError.BadProtocol;
            return false;
        }
        error = PppError.None;
        view = new PppFrameView(protocol, frame[at..]);
        return true;
    }
}

/// <summary>Writes the header of a PPP frame.</summary>
public static class PppFrame
{
    /// <summary>All-Stations address (RFC 1662 section 3.1).</summary>
    public const byte Address = 0xFF;
    /// <summary>Unnumbered Information (RFC 1662 section 3.1).</summary>
    public const byte Control = 0x03;
    /// <summary>Octets of an uncompressed header: address, control, protocol.</summary>
    public const int HeaderLength = 4;

    /// <summary>Writes FF 03 and the protocol. <paramref name="target"/> must hold at least <see cref="HeaderLength"/> octets.</summary>
    public static void WriteHeader(Span<byte> target, ushort protocol)
    {
        target[0] = Address;
        target[1] = Control;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], protocol);
    }
}

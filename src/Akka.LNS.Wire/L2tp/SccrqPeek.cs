using System.Buffers.Binary;

namespace Akka.LNS.Wire.L2tp;

/// <summary>Fields of an SCCRQ that the listener needs before the tunnel exists.</summary>
/// <param name="AssignedTunnelId">Zero: the AVP is hidden, and the secret is missing or wrong.</param>
public readonly record struct SccrqPeek(string HostName, TunnelId AssignedTunnelId)
{
    /// <summary>
    /// Reads these fields. True: the datagram is an SCCRQ with a Host Name. Pass the secret of the peer once its name is known, or an empty
    /// one.
    /// </summary>
    public static bool TryPeek(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> secret, out SccrqPeek peek, out L2tpError error)
    {
        peek = default;
        return L2tpHeaderView.TryRead(datagram, out var header, out error) && TryPeek(header, secret, out peek, out error);
    }

    /// <inheritdoc cref="TryPeek(ReadOnlySpan{byte}, ReadOnlySpan{byte}, out SccrqPeek, out L2tpError)"/>
    public static bool TryPeek(L2tpHeaderView header, ReadOnlySpan<byte> secret, out SccrqPeek peek, out L2tpError error)
    {
        peek = default;
        error = L2tpError.WrongKind;
        if (!header.IsControl || !header.TunnelId.IsZero || !header.SessionId.IsZero) return false;
        error = L2tpError.NoMessageType;
        var rest = header.Payload;
        if (!AvpView.TryRead(ref rest, out var first, out _) || first.IsHidden || first.VendorId != 0
            || first.Type != (ushort)AvpType.MessageType
            || first.Value.Length != 2) return false;
        error = L2tpError.Unexpected;
        if (BinaryPrimitives.ReadUInt16BigEndian(first.Value) != (ushort)MessageType.Sccrq) return false;
        Span<int> slots = stackalloc int[AvpReader.Slots];
        slots.Clear();
        var reader = new AvpReader(header.Payload, slots, secret);
        reader.Index(rest);
        error = L2tpError.MissingAvp;
        var name = reader.Text(AvpType.HostName);
        if (name.Length == 0) return false;
        peek = new SccrqPeek(name, new(reader.Peek16(AvpType.AssignedTunnelId)));
        error = L2tpError.None;
        return true;
    }
}

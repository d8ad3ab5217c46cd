using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Wire.L2tp;

public abstract partial record ControlMessage
{
    /// <summary>Parses the AVPs of a control message.</summary>
    /// <param name="avps">Payload of the message; not empty.</param>
    /// <param name="secret">Secret of the tunnel for hidden AVPs; may be empty.</param>
    /// <remarks>The first of two AVPs of one type counts. Ignored are known AVPs that do not belong to the message, and bad AVPs with the M
    /// bit clear (RFC 2661 section 7.1). Bad AVPs do not invalidate a StopCCN or CDN, because the other side has already ended the tunnel
    /// or call.</remarks>
    public static bool TryParse(
        ReadOnlySpan<byte> avps, ReadOnlySpan<byte> secret, [NotNullWhen(true)] out ControlMessage? message, out MessageFault fault)
    {
        var rest = avps;
        message = null;
        if (!AvpView.TryRead(ref rest, out var first, out _) || first.HasReservedBits || first.IsHidden || first.VendorId != 0
            || first.Type != (ushort)AvpType.MessageType || first.Value.Length != 2)
        {
            fault = new MessageFault(L2tpError.NoMessageType, ErrorScope.Tunnel, 0, default, 0, 0);
            return false;
        }
        var type = (MessageType)BinaryPrimitives.ReadUInt16BigEndian(first.Value);
        if (!IsKnown(type))
        {
            fault = first.IsMandatory ? new MessageFault(L2tpError.UnknownMandatoryMessage, ErrorScope.Tunnel, type, default, 0, 0)
                : default;
            message = first.IsMandatory ? null : new Unknown((ushort)type);
            return message is not null;
        }
        Span<int> slots = stackalloc int[AvpReader.Slots];
        slots.Clear();
        var reader = new AvpReader(avps, slots, secret);
        reader.Index(rest);
        var read = Build(type, ref reader);
        if (reader.Error != L2tpError.None && type is not (MessageType.StopCcn or MessageType.Cdn))
        {
            var scope = BelongsToCall(type) ? ErrorScope.Session : ErrorScope.Tunnel;
            fault = new MessageFault(
                reader.Error, scope, type, new(reader.Peek16(AvpType.AssignedSessionId)), reader.FaultVendor, reader.FaultType);
            return false;
        }
        fault = default;
        message = read;
        return true;
    }

    private static bool IsKnown(MessageType type) =>
        type is >= MessageType.Sccrq and <= MessageType.StopCcn or >= MessageType.Hello and <= MessageType.Iccn or >= MessageType.Cdn
            and <= MessageType.Sli;

    /// <summary>True: the message concerns one call, and so does an error in it. RFC 2661 section 4.1.</summary>
    public static bool BelongsToCall(MessageType type) =>
        type is >= MessageType.Ocrq and <= MessageType.Iccn or >= MessageType.Cdn and <= MessageType.Sli;

    private static ControlMessage Build(MessageType type, ref AvpReader r) => type switch
    {
        MessageType.Sccrq => new Sccrq(
            r.Text(AvpType.HostName, need: true), r.Tunnel(), r.U32(AvpType.FramingCapabilities, need: true) ?? 0)
        {
            ProtocolVersion = r.U16(AvpType.ProtocolVersion, need: true) ?? 0,
            BearerCapabilities = r.U32(AvpType.BearerCapabilities),
            TieBreaker = r.U64(AvpType.TieBreaker),
            FirmwareRevision = r.U16(AvpType.FirmwareRevision),
            VendorName = r.Text(AvpType.VendorName),
            ReceiveWindow = r.U16(AvpType.ReceiveWindowSize),
            Challenge = r.Octets(AvpType.Challenge),
        },
        MessageType.Sccrp => new Sccrp(
            r.Text(AvpType.HostName, need: true), r.Tunnel(), r.U32(AvpType.FramingCapabilities, need: true) ?? 0)
        {
            ProtocolVersion = r.U16(AvpType.ProtocolVersion, need: true) ?? 0,
            BearerCapabilities = r.U32(AvpType.BearerCapabilities),
            FirmwareRevision = r.U16(AvpType.FirmwareRevision),
            VendorName = r.Text(AvpType.VendorName),
            ReceiveWindow = r.U16(AvpType.ReceiveWindowSize),
            Challenge = r.Octets(AvpType.Challenge),
            ChallengeResponse = r.Octets(AvpType.ChallengeResponse),
        },
        MessageType.Scccn => new Scccn(r.Octets(AvpType.ChallengeResponse)),
        MessageType.StopCcn => new StopCcn(new(r.U16(AvpType.AssignedTunnelId) ?? 0), r.Result()),
        MessageType.Hello => new Hello(),
        MessageType.Icrq => new Icrq(r.Session(), r.U32(AvpType.CallSerialNumber, need: true) ?? 0)
        {
            BearerType = r.U32(AvpType.BearerType),
            PhysicalChannelId = r.U32(AvpType.PhysicalChannelId),
            CallingNumber = r.Text(AvpType.CallingNumber),
            CalledNumber = r.Text(AvpType.CalledNumber),
            SubAddress = r.Text(AvpType.SubAddress),
        },
        MessageType.Icrp => new Icrp(r.Session()),
        MessageType.Iccn => new Iccn(r.U32(AvpType.TxConnectSpeed, need: true) ?? 0, r.U32(AvpType.FramingType, need: true) ?? 0)
        {
            RxConnectSpeed = r.U32(AvpType.RxConnectSpeed),
            InitialReceivedLcp = r.Octets(AvpType.InitialReceivedLcpConfReq),
            LastSentLcp = r.Octets(AvpType.LastSentLcpConfReq),
            LastReceivedLcp = r.Octets(AvpType.LastReceivedLcpConfReq),
            ProxyAuthentication = r.Proxy(),
            PrivateGroupId = r.Octets(AvpType.PrivateGroupId),
            SequencingRequired = r.Has(AvpType.SequencingRequired),
        },
        MessageType.Cdn => new Cdn(new(r.U16(AvpType.AssignedSessionId) ?? 0), r.Result())
        {
            Q931Cause = r.Q931(),
            PppDisconnectCause = r.Disconnect(),
        },
        MessageType.Ocrq => new Ocrq(r.Session(), r.U32(AvpType.CallSerialNumber, need: true) ?? 0)
        {
            MinimumBps = r.U32(AvpType.MinimumBps, need: true) ?? 0,
            MaximumBps = r.U32(AvpType.MaximumBps, need: true) ?? 0,
            BearerType = r.U32(AvpType.BearerType, need: true) ?? 0,
            FramingType = r.U32(AvpType.FramingType, need: true) ?? 0,
            CalledNumber = r.Text(AvpType.CalledNumber, need: true),
            SubAddress = r.Text(AvpType.SubAddress),
        },
        MessageType.Ocrp => new Ocrp(r.Session()) { PhysicalChannelId = r.U32(AvpType.PhysicalChannelId) },
        MessageType.Occn => new Occn(r.U32(AvpType.TxConnectSpeed, need: true) ?? 0, r.U32(AvpType.FramingType, need: true) ?? 0)
        {
            RxConnectSpeed = r.U32(AvpType.RxConnectSpeed),
            SequencingRequired = r.Has(AvpType.SequencingRequired),
        },
        MessageType.Wen => r.Errors(),
        _ => r.Accms(),
    };
}

/// <summary>Index of the AVPs of one message by type, with typed reads. Keeps the first error.</summary>
internal ref struct AvpReader
{
    /// <summary>Number of slots: one per known attribute type of vendor 0.</summary>
    internal const int Slots = (int)AvpType.PppDisconnectCause + 1;
    // A slot is 0 (absent) or: present, M bit, decrypted, start (16 bits), length (10 bits).
    private const int Present = 1 << 28, Mandatory = 1 << 27, Uncovered = 1 << 26;
    private readonly ReadOnlySpan<byte> _avps;
    private readonly Span<int> _slots;
    private readonly ReadOnlySpan<byte> _secret;
    private byte[]? _scratch; // decrypted values, each at the position of its hidden octets in _avps

    internal AvpReader(ReadOnlySpan<byte> avps, Span<int> slots, ReadOnlySpan<byte> secret)
    {
        _avps = avps;
        _slots = slots;
        _secret = secret;
    }

    internal L2tpError Error { get; private set; }
    internal ushort FaultVendor { get; private set; }
    internal ushort FaultType { get; private set; }

    /// <summary>Indexes the AVPs of <paramref name="rest"/>: those after Message Type.</summary>
    internal void Index(ReadOnlySpan<byte> rest)
    {
        var vector = ReadOnlySpan<byte>.Empty;
        var hasVector = false;
        while (!rest.IsEmpty)
        {
            if (!AvpView.TryRead(ref rest, out var avp, out var error))
            {
                Fault(error, 0, 0);
                return;
            }
            if (avp.VendorId != 0 || avp.HasReservedBits || !IsKnown(avp.Type))
            {
                if (avp.IsMandatory) Fault(L2tpError.UnknownMandatoryAvp, avp.VendorId, avp.Type);
                continue;
            }
            var at = _avps.Length - rest.Length - avp.Value.Length;
            var length = avp.Value.Length;
            var slot = Present | (avp.IsMandatory ? Mandatory : 0);
            if (avp.Type == (ushort)AvpType.RandomVector)
            {
                vector = _avps.Slice(at, length); // the same octets as avp.Value, with the lifetime of the message
                hasVector = true;
            }
            else if (avp.IsHidden)
            {
                if (_secret.IsEmpty || !hasVector || !TryUncover(avp, vector, at, out var start, out length))
                {
                    if (avp.IsMandatory) Fault(L2tpError.BadHiddenAvp, 0, avp.Type);
                    continue;
                }
                slot |= Uncovered;
                at += start;
            }
            if (_slots[avp.Type] == 0) _slots[avp.Type] = slot | at << 10 | length;
        }
    }

    private bool TryUncover(scoped AvpView avp, scoped ReadOnlySpan<byte> vector, int at, out int start, out int length)
    {
        _scratch ??= new byte[_avps.Length];
        return HiddenAvp.TryUncover(avp.Type, avp.Value, _secret, vector, _scratch.AsSpan(at), out start, out length);
    }

    // RFC 2661 assigns no AVP to 20 and 40 to 45, and this LNS supports none of the later assignments
    private static bool IsKnown(ushort type) =>
        type <= (ushort)AvpType.SequencingRequired && type != 20 || type == (ushort)AvpType.PppDisconnectCause;

    private void Fault(L2tpError error, ushort vendor, ushort type)
    {
        if (Error != L2tpError.None) return;
        (Error, FaultVendor, FaultType) = (error, vendor, type);
    }

    private readonly ReadOnlySpan<byte> Value(int slot) =>
        ((slot & Uncovered) != 0 ? _scratch.AsSpan() : _avps).Slice(slot >> 10 & 0xFFFF, slot & 0x3FF);

    /// <summary>
    /// Returns the value if the AVP is present and has an allowed size. Otherwise there is no value, and an error if the AVP is required or
    /// mandatory.
    /// </summary>
    private bool Find(AvpType type, int min, int max, bool need, out ReadOnlySpan<byte> value)
    {
        value = default;
        var slot = _slots[(int)type];
        if (slot == 0)
        {
            if (need) Fault(L2tpError.MissingAvp, 0, (ushort)type);
            return false;
        }
        value = Value(slot);
        if (value.Length >= min && value.Length <= max) return true;
        BadValue(type, need);
        return false;
    }

    private void BadValue(AvpType type, bool need)
    {
        if (need || (_slots[(int)type] & Mandatory) != 0) Fault(L2tpError.BadAvpValue, 0, (ushort)type);
    }

    internal readonly bool Has(AvpType type) => _slots[(int)type] != 0;
    internal readonly ushort Peek16(AvpType type) =>
        _slots[(int)type] is var slot and not 0 && Value(slot) is { Length: 2 } v ? BinaryPrimitives.ReadUInt16BigEndian(v) : (ushort)0;
    internal ushort? U16(AvpType type, bool need = false) =>
        Find(type, 2, 2, need, out var v) ? BinaryPrimitives.ReadUInt16BigEndian(v) : null;
    internal uint? U32(AvpType type, bool need = false) =>
        Find(type, 4, 4, need, out var v) ? BinaryPrimitives.ReadUInt32BigEndian(v) : null;
    internal ulong? U64(AvpType type) => Find(type, 8, 8, false, out var v) ? BinaryPrimitives.ReadUInt64BigEndian(v) : null;
    internal AvpOctets Octets(AvpType type) => Find(type, 0, AvpView.MaxLength, false, out var v) ? new AvpOctets(v) : default;
    internal string Text(AvpType type, bool need = false) =>
        Find(type, need && type == AvpType.HostName ? 1 : 0, AvpView.MaxLength, need, out var v) ? PeerText.Decode(v, AvpView.MaxLength)
            : "";

    internal TunnelId Tunnel() => new(NonZero(AvpType.AssignedTunnelId));
    internal SessionId Session() => new(NonZero(AvpType.AssignedSessionId));

    private ushort NonZero(AvpType type) // RFC 2661 sections 4.4.3 and 4.4.4: assigned ids MUST be non-zero
    {
        var id = U16(type, need: true);
        if (id == 0) BadValue(type, need: true);
        return id ?? 0;
    }

    internal ResultCode Result()
    {
        if (!Find(AvpType.ResultCode, 2, AvpView.MaxLength, true, out var v)) return new ResultCode(0, null, "no Result Code");
        var result = BinaryPrimitives.ReadUInt16BigEndian(v);
        return v.Length < 4 ? new ResultCode(result)
            : new ResultCode(result, BinaryPrimitives.ReadUInt16BigEndian(v[2..]), PeerText.Decode(v[4..], AvpView.MaxLength));
    }

    internal Q931Cause? Q931() => Find(AvpType.Q931CauseCode, 3, AvpView.MaxLength, false, out var v)
        ? new Q931Cause(BinaryPrimitives.ReadUInt16BigEndian(v), v[2], PeerText.Decode(v[3..], AvpView.MaxLength)) : null;

    internal PppDisconnectCause? Disconnect() => Find(AvpType.PppDisconnectCause, 5, AvpView.MaxLength, false, out var v)
        ? new PppDisconnectCause(BinaryPrimitives.ReadUInt16BigEndian(v), BinaryPrimitives.ReadUInt16BigEndian(v[2..]),
            (DisconnectDirection)v[4], PeerText.Decode(v[5..], AvpView.MaxLength)) : null;

    internal ProxyAuthentication? Proxy() => U16(AvpType.ProxyAuthenType) is not { } type ? null : new ProxyAuthentication(type)
    {
        Name = Octets(AvpType.ProxyAuthenName),
        Challenge = Octets(AvpType.ProxyAuthenChallenge),
        Id = U16(AvpType.ProxyAuthenId) is { } id ? (byte)id : null, // a reserved octet, then the identifier
        Response = Octets(AvpType.ProxyAuthenResponse),
    };

    internal ControlMessage.Wen Errors()
    {
        if (!Find(AvpType.CallErrors, 26, 26, true, out var v)) return new ControlMessage.Wen(0, 0, 0, 0, 0, 0);
        return new ControlMessage.Wen(At(v, 2), At(v, 6), At(v, 10), At(v, 14), At(v, 18), At(v, 22));
    }

    internal ControlMessage.Sli Accms() => Find(AvpType.Accm, 10, 10, true, out var v)
        ? new ControlMessage.Sli(At(v, 2), At(v, 6)) : new ControlMessage.Sli(0, 0);

    private static uint At(ReadOnlySpan<byte> value, int offset) => BinaryPrimitives.ReadUInt32BigEndian(value[offset..]);
}

using System.Buffers.Binary;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Wire.L2tp;

public abstract partial record ControlMessage
{
    /// <summary>
    /// Encodes the message as a whole datagram with Nr 0. Text and octets are cut at 1,017 octets, the maximum size of a value.
    /// </summary>
    /// <param name="tunnel">Tunnel id of the peer; zero in SCCRQ.</param>
    /// <param name="session">Session id of the peer; zero for messages of the tunnel and for ICRQ.</param>
    /// <param name="secret">Secret that hides AVPs together with <paramref name="vector"/>. RFC 2661 section 4.3.</param>
    /// <param name="vector">Random octets, new for each message; empty: no AVP is hidden.</param>
    public byte[] Encode(
        TunnelId tunnel, SessionId session, ushort ns, ReadOnlySpan<byte> secret = default, ReadOnlySpan<byte> vector = default)
    {
        var w = new AvpWriter(stackalloc byte[1024], secret, vector);
        w.U16(AvpType.MessageType, (ushort)Type);
        WriteAvps(ref w);
        return w.Finish(tunnel, session, ns);
    }

    private void WriteAvps(ref AvpWriter w)
    {
        switch (this)
        {
            case Sccrq m:
                w.U16(AvpType.ProtocolVersion, m.ProtocolVersion);
                w.Text(AvpType.HostName, m.HostName);
                w.U32(AvpType.FramingCapabilities, m.FramingCapabilities, hide: true);
                w.U16(AvpType.AssignedTunnelId, m.AssignedTunnelId.Value, hide: true);
                if (m.BearerCapabilities is { } bearer) w.U32(AvpType.BearerCapabilities, bearer, hide: true);
                if (m.TieBreaker is { } tie) w.U64(AvpType.TieBreaker, tie);
                if (m.FirmwareRevision is { } firmware) w.U16(AvpType.FirmwareRevision, firmware, mandatory: false, hide: true);
                w.OptionalText(AvpType.VendorName, m.VendorName, mandatory: false);
                if (m.ReceiveWindow is { } window) w.U16(AvpType.ReceiveWindowSize, window);
                w.OptionalOctets(AvpType.Challenge, m.Challenge);
                break;
            case Sccrp m:
                w.U16(AvpType.ProtocolVersion, m.ProtocolVersion);
                w.Text(AvpType.HostName, m.HostName);
                w.U32(AvpType.FramingCapabilities, m.FramingCapabilities, hide: true);
                w.U16(AvpType.AssignedTunnelId, m.AssignedTunnelId.Value, hide: true);
                if (m.BearerCapabilities is { } bearing) w.U32(AvpType.BearerCapabilities, bearing, hide: true);
                if (m.FirmwareRevision is { } revision) w.U16(AvpType.FirmwareRevision, revision, mandatory: false, hide: true);
                w.OptionalText(AvpType.VendorName, m.VendorName, mandatory: false);
                if (m.ReceiveWindow is { } size) w.U16(AvpType.ReceiveWindowSize, size);
                w.OptionalOctets(AvpType.Challenge, m.Challenge);
                w.OptionalOctets(AvpType.ChallengeResponse, m.ChallengeResponse);
                break;
            case Scccn m:
                w.OptionalOctets(AvpType.ChallengeResponse, m.ChallengeResponse);
                break;
            case StopCcn m:
                w.U16(AvpType.AssignedTunnelId, m.AssignedTunnelId.Value, hide: true);
                w.Result(m.Result);
                break;
            case Icrq m:
                w.U16(AvpType.AssignedSessionId, m.AssignedSessionId.Value, hide: true);
                w.U32(AvpType.CallSerialNumber, m.CallSerialNumber, hide: true);
                if (m.BearerType is { } type) w.U32(AvpType.BearerType, type, hide: true);
                if (m.PhysicalChannelId is { } channel) w.U32(AvpType.PhysicalChannelId, channel, mandatory: false, hide: true);
                w.OptionalText(AvpType.CallingNumber, m.CallingNumber);
                w.OptionalText(AvpType.CalledNumber, m.CalledNumber);
                w.OptionalText(AvpType.SubAddress, m.SubAddress);
                break;
            case Icrp m:
                w.U16(AvpType.AssignedSessionId, m.AssignedSessionId.Value, hide: true);
                break;
            case Iccn m:
                w.U32(AvpType.TxConnectSpeed, m.TxConnectSpeed, hide: true);
                w.U32(AvpType.FramingType, m.FramingType, hide: true);
                w.OptionalOctets(AvpType.InitialReceivedLcpConfReq, m.InitialReceivedLcp, mandatory: false);
                w.OptionalOctets(AvpType.LastSentLcpConfReq, m.LastSentLcp, mandatory: false);
                w.OptionalOctets(AvpType.LastReceivedLcpConfReq, m.LastReceivedLcp, mandatory: false);
                if (m.ProxyAuthentication is { } proxy) w.Proxy(proxy);
                w.OptionalOctets(AvpType.PrivateGroupId, m.PrivateGroupId, mandatory: false);
                if (m.RxConnectSpeed is { } rx) w.U32(AvpType.RxConnectSpeed, rx, mandatory: false, hide: true);
                if (m.SequencingRequired) w.Octets(AvpType.SequencingRequired, [], hide: false);
                break;
            case Cdn m:
                w.U16(AvpType.AssignedSessionId, m.AssignedSessionId.Value, hide: true);
                w.Result(m.Result);
                if (m.Q931Cause is { } cause) w.Q931(cause);
                if (m.PppDisconnectCause is { } disconnect) w.Disconnect(disconnect);
                break;
            case Ocrq m:
                w.U16(AvpType.AssignedSessionId, m.AssignedSessionId.Value, hide: true);
                w.U32(AvpType.CallSerialNumber, m.CallSerialNumber, hide: true);
                w.U32(AvpType.MinimumBps, m.MinimumBps, hide: true);
                w.U32(AvpType.MaximumBps, m.MaximumBps, hide: true);
                w.U32(AvpType.BearerType, m.BearerType, hide: true);
                w.U32(AvpType.FramingType, m.FramingType, hide: true);
                w.Text(AvpType.CalledNumber, m.CalledNumber, hide: true);
                w.OptionalText(AvpType.SubAddress, m.SubAddress);
                break;
            case Ocrp m:
                w.U16(AvpType.AssignedSessionId, m.AssignedSessionId.Value, hide: true);
                if (m.PhysicalChannelId is { } line) w.U32(AvpType.PhysicalChannelId, line, mandatory: false, hide: true);
                break;
            case Occn m:
                w.U32(AvpType.TxConnectSpeed, m.TxConnectSpeed, hide: true);
                w.U32(AvpType.FramingType, m.FramingType, hide: true);
                if (m.RxConnectSpeed is { } speed) w.U32(AvpType.RxConnectSpeed, speed, mandatory: false, hide: true);
                if (m.SequencingRequired) w.Octets(AvpType.SequencingRequired, [], hide: false);
                break;
            case Wen m:
                w.Counters(AvpType.CallErrors, m.CrcErrors, m.FramingErrors, m.HardwareOverruns, m.BufferOverruns, m.Timeouts,
                    m.AlignmentErrors);
                break;
            case Sli m:
                w.Counters(AvpType.Accm, m.SendAccm, m.ReceiveAccm);
                break;
            default: break; // Hello and Unknown have only their type
        }
    }
}

/// <summary>Writes AVPs after space for the header. Allocates a larger buffer when the given one is full.</summary>
internal ref struct AvpWriter
{
    private const int MaxValue = AvpView.MaxLength - AvpView.HeaderLength;
    private readonly ReadOnlySpan<byte> _secret;
    private readonly ReadOnlySpan<byte> _vector;
    private Span<byte> _octets;
    private int _length;
    private bool _vectorWritten;

    internal AvpWriter(Span<byte> octets, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> vector)
    {
        _octets = octets;
        _secret = secret;
        _vector = vector;
        _length = L2tpControlHeader.Length;
    }

    internal readonly byte[] Finish(TunnelId tunnel, SessionId session, ushort ns)
    {
        L2tpControlHeader.Write(_octets, (ushort)_length, tunnel, session, ns, 0);
        return _octets[.._length].ToArray();
    }

    internal void Octets(AvpType type, scoped ReadOnlySpan<byte> value, bool mandatory = true, bool hide = false)
    {
        if (hide && !_vector.IsEmpty && !_secret.IsEmpty)
        {
            if (!_vectorWritten) // the vector precedes the first AVP that it hides (RFC 2661 section 4.3)
            {
                _vectorWritten = true;
                Octets(AvpType.RandomVector, _vector);
            }
            value = value[..Math.Min(value.Length, MaxValue - HiddenAvp.Overhead)];
            HiddenAvp.Hide((ushort)type, value, _secret, _vector, Begin(type, value.Length + HiddenAvp.Overhead, mandatory, hidden: true));
            return;
        }
        value = value[..Math.Min(value.Length, MaxValue)];
        value.CopyTo(Begin(type, value.Length, mandatory, hidden: false));
    }

    private Span<byte> Begin(AvpType type, int length, bool mandatory, bool hidden)
    {
        var total = AvpView.HeaderLength + length;
        if (_length + total > _octets.Length)
        {
            var more = new byte[Math.Max(_octets.Length * 2, _length + total)];
            _octets[.._length].CopyTo(more);
            _octets = more;
        }
        var avp = _octets.Slice(_length, total);
        _length += total;
        BinaryPrimitives.WriteUInt16BigEndian(avp, (ushort)(total | (mandatory ? 0x8000 : 0) | (hidden ? 0x4000 : 0)));
        BinaryPrimitives.WriteUInt16BigEndian(avp[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(avp[4..], (ushort)type);
        return avp[AvpView.HeaderLength..];
    }

    internal void U16(AvpType type, ushort value, bool mandatory = true, bool hide = false)
    {
        Span<byte> octets = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, value);
        Octets(type, octets, mandatory, hide);
    }

    internal void U32(AvpType type, uint value, bool mandatory = true, bool hide = false)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        Octets(type, octets, mandatory, hide);
    }

    internal void U64(AvpType type, ulong value)
    {
        Span<byte> octets = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, value);
        Octets(type, octets, mandatory: false);
    }

    internal void Text(AvpType type, string text, bool mandatory = true, bool hide = false)
    {
        Span<byte> octets = stackalloc byte[AvpView.MaxLength];
        Octets(type, octets[..PeerText.Encode(text, octets)], mandatory, hide);
    }

    internal void OptionalText(AvpType type, string text, bool mandatory = true)
    {
        if (text.Length > 0) Text(type, text, mandatory, hide: true);
    }

    internal void OptionalOctets(AvpType type, AvpOctets octets, bool mandatory = true)
    {
        if (!octets.IsEmpty) Octets(type, octets.Span, mandatory, hide: true);
    }

    internal void Result(ResultCode code) // must not be hidden (RFC 2661 section 4.4.2)
    {
        var octets = new byte[4 + PeerText.OctetCount(code.Text)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, code.Result);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), code.Error ?? 0);
        var text = PeerText.Encode(code.Text, octets.AsSpan(4));
        Octets(AvpType.ResultCode, octets.AsSpan(0, code.Error is null && text == 0 ? 2 : 4 + text));
    }

    internal void Q931(Q931Cause cause) // must not be hidden (RFC 2661 section 4.4.3)
    {
        var octets = new byte[3 + PeerText.OctetCount(cause.Advisory)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, cause.Code);
        octets[2] = cause.Message;
        Octets(AvpType.Q931CauseCode, octets.AsSpan(0, 3 + PeerText.Encode(cause.Advisory, octets.AsSpan(3))));
    }

    internal void Disconnect(PppDisconnectCause cause) // M bit clear (RFC 3145 section 2.1)
    {
        var octets = new byte[5 + PeerText.OctetCount(cause.Text)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, cause.Code);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), cause.ControlProtocol);
        octets[4] = (byte)cause.Direction;
        Octets(AvpType.PppDisconnectCause, octets.AsSpan(0, 5 + PeerText.Encode(cause.Text, octets.AsSpan(5))), mandatory: false,
            hide: true);
    }

    internal void Proxy(ProxyAuthentication proxy) // all with M bit clear (RFC 2661 section 4.4.5)
    {
        U16(AvpType.ProxyAuthenType, proxy.AuthenType, mandatory: false, hide: true);
        OptionalOctets(AvpType.ProxyAuthenName, proxy.Name, mandatory: false);
        OptionalOctets(AvpType.ProxyAuthenChallenge, proxy.Challenge, mandatory: false);
        if (proxy.Id is { } id) U16(AvpType.ProxyAuthenId, id, mandatory: false, hide: true);
        OptionalOctets(AvpType.ProxyAuthenResponse, proxy.Response, mandatory: false);
    }

    /// <summary>Writes two reserved octets, then numbers of four octets each. RFC 2661 section 4.4.6.</summary>
    internal void Counters(AvpType type, params ReadOnlySpan<uint> values)
    {
        Span<byte> octets = stackalloc byte[2 + 4 * 6];
        octets.Clear();
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(octets[(2 + 4 * i)..], values[i]);
        Octets(type, octets[..(2 + 4 * values.Length)], hide: true);
    }
}

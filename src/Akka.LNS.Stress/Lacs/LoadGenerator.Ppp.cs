using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>The subscribers: LCP, authentication and IPCP as in a home router. RFC 1661, RFC 1994, RFC 1334, RFC 1332.</summary>
public sealed partial class LoadGenerator
{
    private const int MaxFrame = 1400;

    private void OnConnected(int index)
    {
        ref var s = ref _subscribers[index];
        if (s.Phase != SubscriberPhase.Connecting) return;
        s.Phase = SubscriberPhase.Lcp;
        if (_settings.SpeaksFirst) SendLcpRequest(index, ref s);
    }

    private void OnFrame(int index, ref Subscriber s, ReadOnlySpan<byte> octets)
    {
        if (s.Phase is < SubscriberPhase.Lcp or > SubscriberPhase.Closing)
        {
            Counters.CountStray();
            return;
        }
        if (!PppFrameView.TryRead(octets, out var frame, out _))
        {
            Counters.CountMalformed();
            return;
        }
        if (frame.Protocol == PppProtocol.Ip) Traffic?.OnIp(index, frame.Payload);
        if (frame.Protocol is PppProtocol.Ip or PppProtocol.Ipv6) return;
        if (!ControlPacketView.TryRead(frame.Payload, out var packet, out _))
        {
            Counters.CountMalformed();
            return;
        }
        switch (frame.Protocol)
        {
            case PppProtocol.Lcp: OnLcp(index, ref s, packet); break;
            case PppProtocol.Chap: OnChap(index, ref s, packet); break;
            case PppProtocol.Pap: OnPap(index, ref s, packet); break;
            case PppProtocol.Ipcp when s.Phase is SubscriberPhase.Network or SubscriberPhase.Up: OnIpcp(index, ref s, packet); break;
            case PppProtocol.Ipcp: break; // before or after the network phase (RFC 1661 section 3.5)
            default:
                if (s.Phase is SubscriberPhase.Network or SubscriberPhase.Up) SendProtocolReject(index, ref s, frame);
                break;
        }
    }

    private void OnLcp(int index, ref Subscriber s, ControlPacketView packet)
    {
        switch (packet.Code)
        {
            case ControlCode.ConfigureRequest: OnLcpRequest(index, ref s, packet); break;
            case ControlCode.ConfigureAck when s.Phase == SubscriberPhase.Lcp && packet.Identifier == s.Identifier:
                s.Flags |= SubscriberFlags.OursAcked;
                OnLcpAgreed(index, ref s);
                break;
            case ControlCode.ConfigureNak or ControlCode.ConfigureReject
                when s.Phase == SubscriberPhase.Lcp && packet.Identifier == s.Identifier:
                for (var rest = packet.Data; OptionView.TryRead(ref rest, out var option, out _);)
                {
                    if (option.Type == LcpOption.MagicNumber && packet.Code == ControlCode.ConfigureNak) s.Magic = s.Magic * 2654435761 + 1;
                    else if (option.Type == LcpOption.MagicNumber) s.Flags |= SubscriberFlags.WithoutMagic;
                    else if (option.Type == LcpOption.Mru && packet.Code == ControlCode.ConfigureNak && option.Value.Length == 2)
                        s.Mru = BinaryPrimitives.ReadUInt16BigEndian(option.Value);
                    else if (option.Type == LcpOption.Mru) s.Flags |= SubscriberFlags.WithoutMru;
                }
                SendLcpRequest(index, ref s);
                break;
            case ControlCode.TerminateRequest:
                Reply(index, ref s, PppProtocol.Lcp, ControlCode.TerminateAck, packet.Identifier, []);
                if (s.Phase != SubscriberPhase.Closing) Fail(index, ref s, "the LNS ended LCP"); // its CDN follows
                break;
            case ControlCode.TerminateAck when s.Phase == SubscriberPhase.Closing && s.Has(SubscriberFlags.HangsUp):
                LeaveAndHangUp(index, ref s);
                break;
            case ControlCode.EchoRequest when s.Phase > SubscriberPhase.Lcp && packet.Data.Length >= 4:
                SendEchoReply(index, ref s, packet);
                Counters.CountEchoReply();
                break;
        }
    }

    private void OnLcpRequest(int index, ref Subscriber s, ControlPacketView packet)
    {
        var wanted = _settings.Auth == SubscriberAuth.Chap ? PppProtocol.Chap : PppProtocol.Pap;
        bool reject = false, nak = false, auth = false;
        for (var rest = packet.Data; OptionView.TryRead(ref rest, out var option, out _);)
        {
            if (option.Type == LcpOption.AuthenticationProtocol)
            {
                auth = true;
                nak |= !IsOurs(option, wanted);
            }
            else reject |= option.Type is not (LcpOption.Mru or LcpOption.Accm or LcpOption.MagicNumber or LcpOption.Pfc or LcpOption.Acfc);
        }
        var writer = Begin(index, ref s, PppProtocol.Lcp,
            reject ? ControlCode.ConfigureReject : nak ? ControlCode.ConfigureNak : ControlCode.ConfigureAck, packet.Identifier);
        if (reject)
        {
            for (var rest = packet.Data; OptionView.TryRead(ref rest, out var option, out _);)
            {
                if (option.Type is not (LcpOption.Mru or LcpOption.Accm or LcpOption.MagicNumber or LcpOption.Pfc or LcpOption.Acfc
                    or LcpOption.AuthenticationProtocol)) writer.Octets(option.Octets);
            }
        }
        else if (nak)
        {
            ReadOnlySpan<byte> chap = [(byte)(PppProtocol.Chap >> 8), PppProtocol.Chap & 0xFF, ChapAlgorithm.Md5];
            ReadOnlySpan<byte> pap = [(byte)(PppProtocol.Pap >> 8), PppProtocol.Pap & 0xFF];
            writer.Option(LcpOption.AuthenticationProtocol, wanted == PppProtocol.Chap ? chap : pap);
        }
        else writer.Octets(packet.Data);
        Finish(index, ref writer);

        if (s.Phase is not SubscriberPhase.Lcp and not SubscriberPhase.Closing) // RCR while Opened: negotiate anew (RFC 1661 section 4.1)
        {
            if (s.Phase == SubscriberPhase.Up)
            {
                _up--;
                _inSetup++;
            }
            s.Phase = SubscriberPhase.Lcp;
            s.Flags &= ~SubscriberFlags.OursAcked;
            SendLcpRequest(index, ref s);
        }
        else if (s.Phase == SubscriberPhase.Lcp && !s.Has(SubscriberFlags.OursAcked) && s.Identifier == 0)
            SendLcpRequest(index, ref s); // SpeaksFirst is off
        if (reject || nak)
        {
            s.Flags &= ~SubscriberFlags.TheirsAcked;
            return;
        }
        s.Flags = auth ? s.Flags & ~SubscriberFlags.WithoutAuth : s.Flags | SubscriberFlags.WithoutAuth;
        s.Flags |= SubscriberFlags.TheirsAcked;
        OnLcpAgreed(index, ref s);
    }

    private static bool IsOurs(OptionView option, ushort wanted) =>
        option.Value.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(option.Value) == wanted
        && (wanted != PppProtocol.Chap || (option.Value.Length == 3 && option.Value[2] == ChapAlgorithm.Md5));

    private void OnLcpAgreed(int index, ref Subscriber s)
    {
        if (s.Phase != SubscriberPhase.Lcp || !s.Has(SubscriberFlags.OursAcked | SubscriberFlags.TheirsAcked)) return;
        s.Flags &= ~(SubscriberFlags.OursAcked | SubscriberFlags.TheirsAcked);
        if (s.Has(SubscriberFlags.WithoutAuth))
        {
            BeginNetwork(index, ref s);
            return;
        }
        s.Phase = SubscriberPhase.Authenticate;
        if (_settings.Auth == SubscriberAuth.Pap) SendPapRequest(index, ref s);
        else Arm(index, ref s, _now + _setupTimeout); // the authenticator retransmits, not the peer (RFC 1994 section 4.1)
    }

    private void OnChap(int index, ref Subscriber s, ControlPacketView packet)
    {
        switch (packet.Code)
        {
            // also after Success: the LNS may repeat it at any time (RFC 1994 section 4.1), or the Response was lost
            case ChapCode.Challenge when s.Phase is >= SubscriberPhase.Authenticate and <= SubscriberPhase.Up:
                if (!ChapValueView.TryRead(packet.Data, out var challenge, out _))
                {
                    Counters.CountMalformed();
                    return;
                }
                Span<byte> response = stackalloc byte[MD5.HashSizeInBytes];
                Span<byte> name = stackalloc byte[255];
                ChapMd5.Response(packet.Identifier, _password, challenge.Value, response);
                var writer = Begin(index, ref s, PppProtocol.Chap, ChapCode.Response, packet.Identifier);
                ChapValueView.WriteTo(ref writer, response, name[..UserName(index, name)]);
                Finish(index, ref writer);
                if (s.ProvedAt == 0) Volatile.Write(ref s.ProvedAt, _now);
                break;
            case ChapCode.Success when s.Phase == SubscriberPhase.Authenticate: BeginNetwork(index, ref s); break;
            case ChapCode.Failure when s.Phase is >= SubscriberPhase.Authenticate and <= SubscriberPhase.Up:
                Fail(index, ref s, "CHAP Failure");
                break;
        }
    }

    private void OnPap(int index, ref Subscriber s, ControlPacketView packet)
    {
        if (s.Phase != SubscriberPhase.Authenticate || packet.Identifier != s.Identifier) return;
        if (packet.Code == PapCode.AuthenticateAck) BeginNetwork(index, ref s);
        else if (packet.Code == PapCode.AuthenticateNak) Fail(index, ref s, "PAP Authenticate-Nak");
    }

    private void BeginNetwork(int index, ref Subscriber s)
    {
        s.Phase = SubscriberPhase.Network;
        s.Flags &= ~(SubscriberFlags.OursAcked | SubscriberFlags.TheirsAcked);
        s.Address = 0;
        SendIpcpRequest(index, ref s);
    }

    private void OnIpcp(int index, ref Subscriber s, ControlPacketView packet)
    {
        switch (packet.Code)
        {
            case ControlCode.ConfigureRequest: OnIpcpRequest(index, ref s, packet); break;
            case ControlCode.ConfigureAck
                when s.Phase == SubscriberPhase.Network && packet.Identifier == s.Identifier && s.Address != 0:
                s.Flags |= SubscriberFlags.OursAcked;
                OnIpcpAgreed(index, ref s);
                break;
            case ControlCode.ConfigureNak when s.Phase == SubscriberPhase.Network && packet.Identifier == s.Identifier:
                for (var rest = packet.Data; OptionView.TryRead(ref rest, out var option, out _);)
                {
                    if (option.Type == IpcpOption.IpAddress && option.Value.Length == 4)
                        s.Address = BinaryPrimitives.ReadUInt32BigEndian(option.Value);
                }
                SendIpcpRequest(index, ref s);
                break;
            case ControlCode.ConfigureReject when s.Phase == SubscriberPhase.Network && packet.Identifier == s.Identifier:
                var (local, peer) = (s.Local, s.Peer);
                Fail(index, ref s, "the LNS rejects the IP-Address option");
                HangUpCall(index, local, peer);
                break;
            case ControlCode.TerminateRequest:
                Reply(index, ref s, PppProtocol.Ipcp, ControlCode.TerminateAck, packet.Identifier, []);
                break;
        }
    }

    private void OnIpcpRequest(int index, ref Subscriber s, ControlPacketView packet)
    {
        var reject = false;
        for (var rest = packet.Data; OptionView.TryRead(ref rest, out var option, out _);)
            reject |= option.Type != IpcpOption.IpAddress;
        var answer = reject ? ControlCode.ConfigureReject : ControlCode.ConfigureAck;
        var writer = Begin(index, ref s, PppProtocol.Ipcp, answer, packet.Identifier);
        for (var rest = packet.Data; OptionView.TryRead(ref rest, out var option, out _);)
            if (reject == (option.Type != IpcpOption.IpAddress)) writer.Octets(option.Octets);
        Finish(index, ref writer);
        if (s.Phase == SubscriberPhase.Up) // RCR while Opened
        {
            _up--;
            _inSetup++;
            s.Phase = SubscriberPhase.Network;
            s.Flags &= ~SubscriberFlags.OursAcked;
            SendIpcpRequest(index, ref s);
        }
        s.Flags = reject ? s.Flags & ~SubscriberFlags.TheirsAcked : s.Flags | SubscriberFlags.TheirsAcked;
        OnIpcpAgreed(index, ref s);
    }

    private void OnIpcpAgreed(int index, ref Subscriber s)
    {
        if (s.Phase != SubscriberPhase.Network || !s.Has(SubscriberFlags.OursAcked | SubscriberFlags.TheirsAcked)) return;
        s.Phase = SubscriberPhase.Up;
        _inSetup--;
        _up++;
        if (s.Has(SubscriberFlags.WasUp)) return;
        s.Flags |= SubscriberFlags.WasUp;
        (s.Refusals, _lastUp) = (0, _now);
        Counters.CountSetUp();
        _setUpMicroseconds.Add((int)Math.Min(int.MaxValue, Stopwatch.GetElapsedTime(s.StartedAt, _now).TotalMicroseconds));
    }

    /// <summary>Retransmits the request without an answer. RFC 1661 section 4.6.</summary>
    private void Resend(int index, ref Subscriber s)
    {
        switch (s.Phase)
        {
            case SubscriberPhase.Lcp when !s.Has(SubscriberFlags.OursAcked) && (_settings.SpeaksFirst || s.Identifier != 0):
                SendLcpRequest(index, ref s, again: true);
                break;
            case SubscriberPhase.Authenticate when _settings.Auth == SubscriberAuth.Pap: SendPapRequest(index, ref s); break;
            case SubscriberPhase.Network when !s.Has(SubscriberFlags.OursAcked): SendIpcpRequest(index, ref s, again: true); break;
            case SubscriberPhase.Closing: SendTerminateRequest(index, ref s); break;
            default: return;
        }
        Counters.CountPppRetransmit();
    }

    /// <param name="again">A retransmission, which keeps its Identifier (RFC 1661 section 5.1).</param>
    private void SendLcpRequest(int index, ref Subscriber s, bool again = false)
    {
        var identifier = again && s.Identifier != 0 ? s.Identifier : NextIdentifier(ref s);
        var writer = Begin(index, ref s, PppProtocol.Lcp, ControlCode.ConfigureRequest, identifier);
        if (!s.Has(SubscriberFlags.WithoutMru)) writer.Option(LcpOption.Mru, s.Mru);
        if (!s.Has(SubscriberFlags.WithoutMagic)) writer.Option(LcpOption.MagicNumber, s.Magic);
        Finish(index, ref writer);
        Arm(index, ref s, _now + _pppRestart);
    }

    private void SendPapRequest(int index, ref Subscriber s)
    {
        Span<byte> name = stackalloc byte[255];
        var writer = Begin(index, ref s, PppProtocol.Pap, PapCode.AuthenticateRequest, NextIdentifier(ref s));
        PapRequestView.WriteTo(ref writer, name[..UserName(index, name)], _password);
        Finish(index, ref writer);
        if (s.ProvedAt == 0) Volatile.Write(ref s.ProvedAt, _now);
        Arm(index, ref s, _now + _pppRestart);
    }

    /// <inheritdoc cref="SendLcpRequest"/>
    private void SendIpcpRequest(int index, ref Subscriber s, bool again = false)
    {
        var identifier = again ? s.Identifier : NextIdentifier(ref s);
        var writer = Begin(index, ref s, PppProtocol.Ipcp, ControlCode.ConfigureRequest, identifier);
        writer.Option(IpcpOption.IpAddress, s.Address);
        Finish(index, ref writer);
        Arm(index, ref s, _now + _pppRestart);
    }

    /// <summary>Sends one IP packet of a subscriber to its own address when the generator runs next. Nothing while it is not up.</summary>
    /// <param name="length">Octets of the packet.</param>
    public void SendIp(int index, int length)
    {
        ref var s = ref _subscribers[index];
        if (s.Phase != SubscriberPhase.Up) return;
        var slot = _socket.NextSlot();
        L2tpDataHeader.Write(slot, TunnelOf(index).Peer, new SessionId(s.Peer));
        var packet = slot[L2tpDataHeader.Length..];
        (packet[0], packet[1], packet[2], packet[3]) = (0xFF, 0x03, PppProtocol.Ip >> 8, PppProtocol.Ip & 0xFF);
        packet = packet.Slice(PppFrame.HeaderLength, length);
        packet.Clear();
        (packet[0], packet[8], packet[9]) = (0x45, 64, 17); // no options, time to live, UDP (RFC 791 section 3.1)
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)length);
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], s.Address);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], s.Address);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Of(packet[..20]));
        _socket.Add(L2tpDataHeader.Length + PppFrame.HeaderLength + length, _settings.Lns, TunnelOf(index).Source);
    }

    private void SendTerminateRequest(int index, ref Subscriber s)
    {
        Reply(index, ref s, PppProtocol.Lcp, ControlCode.TerminateRequest, NextIdentifier(ref s), []);
        Arm(index, ref s, _now + _pppRestart);
    }

    private void SendEchoReply(int index, ref Subscriber s, ControlPacketView request)
    {
        var writer = Begin(index, ref s, PppProtocol.Lcp, ControlCode.EchoReply, request.Identifier);
        writer.Number(s.Has(SubscriberFlags.WithoutMagic) ? 0 : s.Magic);
        writer.Octets(request.Data[4..]);
        Finish(index, ref writer);
    }

    /// <summary>Rejects IPV6CP, CCP and other unsupported protocols. RFC 1661 section 5.7.</summary>
    private void SendProtocolReject(int index, ref Subscriber s, PppFrameView frame)
    {
        var writer = Begin(index, ref s, PppProtocol.Lcp, ControlCode.ProtocolReject, NextIdentifier(ref s));
        writer.Octet((byte)(frame.Protocol >> 8));
        writer.Octet((byte)frame.Protocol);
        writer.Octets(frame.Payload);
        Finish(index, ref writer);
    }

    private void Reply(int index, ref Subscriber s, ushort protocol, byte code, byte identifier, ReadOnlySpan<byte> data)
    {
        var writer = Begin(index, ref s, protocol, code, identifier);
        writer.Octets(data);
        Finish(index, ref writer);
    }

    /// <summary>Begins a frame in the send slot of the socket.</summary>
    private ControlPacketWriter Begin(int index, ref Subscriber s, ushort protocol, byte code, byte identifier)
    {
        var slot = _socket.NextSlot();
        L2tpDataHeader.Write(slot, TunnelOf(index).Peer, new SessionId(s.Peer));
        return new ControlPacketWriter(slot[L2tpDataHeader.Length..MaxFrame], protocol, code, identifier);
    }

    private void Finish(int index, ref ControlPacketWriter writer)
    {
        var length = ControlPacketView.HeaderLength + writer.DataLength;
        BinaryPrimitives.WriteUInt16BigEndian(_socket.NextSlot()[(L2tpDataHeader.Length + PppFrame.HeaderLength + 2)..], (ushort)length);
        var tunnel = TunnelOf(index);
        if (tunnel.IsFuzzed) Fuzzer?.OnSend(_socket.NextSlot()[..(L2tpDataHeader.Length + PppFrame.HeaderLength + length)], tunnel);
        _socket.Add(L2tpDataHeader.Length + PppFrame.HeaderLength + length, _settings.Lns, tunnel.Source);
    }

    private static byte NextIdentifier(ref Subscriber s)
    {
        if (++s.Identifier == 0) s.Identifier = 1; // 0: no request was sent
        return s.Identifier;
    }

    private int UserName(int index, Span<byte> name)
    {
        if (_prefix.Length + _suffix.Length + 10 > name.Length) return 0;
        _prefix.CopyTo(name);
        index.TryFormat(name[_prefix.Length..], out var digits, "D6", CultureInfo.InvariantCulture);
        _suffix.CopyTo(name[(_prefix.Length + digits)..]);
        return _prefix.Length + digits + _suffix.Length;
    }
}

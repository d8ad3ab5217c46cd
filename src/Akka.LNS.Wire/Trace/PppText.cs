using System.Buffers.Binary;
using Akka.LNS.Wire.Ppp;
using static Akka.LNS.Wire.Trace.MessageText;

namespace Akka.LNS.Wire.Trace;

/// <summary>
/// Names a PPP control frame: LCP (RFC 1661, RFC 1570), PAP, CHAP, IPCP (RFC 1332, RFC 1877) and other protocols.
/// </summary>
public static class PppText
{
    /// <summary>Describes any octets. An unreadable packet is named with the reason.</summary>
    /// <param name="payload">Octets after the protocol field.</param>
    public static MessageText Describe(ushort protocol, ReadOnlySpan<byte> payload)
    {
        var layer = protocol switch
        {
            PppProtocol.Lcp => "lcp",
            PppProtocol.Pap => "pap",
            PppProtocol.Chap => "chap",
            PppProtocol.Ipcp => "ipcp",
            _ => "ppp"
        };
        if (layer == "ppp") return Other(protocol, payload);
        if (!ControlPacketView.TryRead(payload, out var packet, out var error))
            return new MessageText(
                layer, $"unreadable ({error}), {Size(payload.Length)}", TraceSecrets.MayHold(protocol) ? [] : [Hex(payload)]);
        var details = new List<string>();
        var name = protocol switch
        {
            PppProtocol.Pap => Pap(packet, details),
            PppProtocol.Chap => Chap(packet, details),
            _ => Negotiation(protocol, packet, details),
        };
        return new MessageText(layer, Invariant($"{name} id {packet.Identifier}"), details);
    }

    /// <summary>Name of a protocol such as "LCP", or its number in hexadecimal.</summary>
    public static string NameOf(ushort protocol) => protocol switch
    {
        PppProtocol.Ip => "IP",
        PppProtocol.VjCompressed => "VJ compressed TCP/IP",
        PppProtocol.VjUncompressed => "VJ uncompressed TCP/IP",
        PppProtocol.Mp => "Multilink",
        PppProtocol.Ipv6 => "IPv6",
        PppProtocol.Compressed => "compressed datagram",
        PppProtocol.Ipcp => "IPCP",
        PppProtocol.Ipv6cp => "IPV6CP",
        PppProtocol.Ccp => "CCP",
        PppProtocol.Lcp => "LCP",
        PppProtocol.Pap => "PAP",
        PppProtocol.Lqr => "LQR",
        PppProtocol.Chap => "CHAP",
        PppProtocol.Eap => "EAP",
        _ => Invariant($"0x{protocol:x4}"),
    };

    /// <summary>One line for each LCP option.</summary>
    internal static List<string> LcpOptions(ReadOnlySpan<byte> options) => Options(PppProtocol.Lcp, options, []);

    private static MessageText Other(ushort protocol, ReadOnlySpan<byte> payload)
    {
        var summary = $"{NameOf(protocol)}, {Size(payload.Length)}";
        // only network control protocols, 0x8000 to 0xBFFF (RFC 1661 section 2): smaller numbers are data, larger ones may have a password
        var details = new List<string>();
        if (protocol is < 0x8000 or >= 0xC000 || !ControlPacketView.TryRead(payload, out var packet, out _))
            return new MessageText("ppp", summary, details);
        var name = NegotiationCode(packet.Code, isLcp: false);
        if (packet.Data.Length > 0) details.Add(Hex(packet.Data));
        return new MessageText("ppp", Invariant($"{NameOf(protocol)} {name} id {packet.Identifier}"), details);
    }

    private static string Pap(ControlPacketView packet, List<string> details)
    {
        switch (packet.Code)
        {
            case PapCode.AuthenticateRequest:
                if (PapRequestView.TryRead(packet.Data, out var request, out var error))
                {
                    details.Add($"Peer-ID {Quoted(request.PeerId)}");
                    details.Add($"Password, {Size(request.Password.Length)}");
                }
                else details.Add($"unreadable ({error}), {Size(packet.Data.Length)}");
                return "Authenticate-Request";
            case PapCode.AuthenticateAck or PapCode.AuthenticateNak:
                if (!PapMessage.TryRead(packet.Data, out var message, out error))
                    details.Add($"unreadable ({error}), {Size(packet.Data.Length)}");
                else if (!message.IsEmpty) details.Add($"Message {Quoted(message)}");
                return packet.Code == PapCode.AuthenticateAck ? "Authenticate-Ack" : "Authenticate-Nak";
            default: return Unknown(packet, details);
        }
    }

    private static string Chap(ControlPacketView packet, List<string> details)
    {
        switch (packet.Code)
        {
            case ChapCode.Challenge or ChapCode.Response:
                if (ChapValueView.TryRead(packet.Data, out var value, out var error))
                {
                    details.Add($"Name {Quoted(value.Name)}");
                    details.Add($"Value, {Size(value.Value.Length)}");
                }
                else details.Add($"unreadable ({error}), {Size(packet.Data.Length)}");
                return packet.Code == ChapCode.Challenge ? "Challenge" : "Response";
            case ChapCode.Success or ChapCode.Failure:
                if (!packet.Data.IsEmpty)
                {
                    var message = packet.Data.ToArray();
                    TraceSecrets.BlankChapMessage(message);
                    details.Add($"Message {Quoted(message)}");
                }
                return packet.Code == ChapCode.Success ? "Success" : "Failure";
            default: return Unknown(packet, details);
        }
    }

    private static string Unknown(ControlPacketView packet, List<string> details)
    {
        details.Add(Size(packet.Data.Length));
        return Invariant($"code {packet.Code}");
    }

    private static string Negotiation(ushort protocol, ControlPacketView packet, List<string> details)
    {
        var isLcp = protocol == PppProtocol.Lcp;
        var data = packet.Data;
        switch (packet.Code)
        {
            case ControlCode.ConfigureRequest or ControlCode.ConfigureAck or ControlCode.ConfigureNak or ControlCode.ConfigureReject:
                Options(protocol, data, details);
                break;
            case ControlCode.TerminateRequest or ControlCode.TerminateAck:
                if (!data.IsEmpty) details.Add(Quoted(data));
                break;
            case ControlCode.CodeReject:
                details.Add(ControlPacketView.TryRead(data, out var rejected, out var error)
                    ? Invariant($"rejects {NegotiationCode(rejected.Code, isLcp)} id {rejected.Identifier}")
                    : $"rejects an unreadable packet ({error}), {Size(data.Length)}");
                break;
            case ControlCode.ProtocolReject when isLcp:
                details.Add(data.Length < 2 ? $"unreadable ({PppError.Truncated}), {Size(data.Length)}"
                    : $"rejects {NameOf(BinaryPrimitives.ReadUInt16BigEndian(data))}, {Size(data.Length - 2)}");
                break;
            case ControlCode.EchoRequest or ControlCode.EchoReply or ControlCode.DiscardRequest when isLcp:
                if (TryMagic(ref data, details) && data.Length > 0) details.Add($"Data, {Size(data.Length)}");
                break;
            case ControlCode.Identification when isLcp:
                if (TryMagic(ref data, details)) details.Add($"Message {Quoted(data)}");
                break;
            case ControlCode.TimeRemaining when isLcp:
                if (!TryMagic(ref data, details)) break;
                if (data.Length < 4)
                {
                    details.Add($"unreadable ({PppError.Truncated}), {Size(data.Length)}");
                    break;
                }
                details.Add(Invariant($"Seconds-Remaining {BinaryPrimitives.ReadUInt32BigEndian(data)}"));
                if (data.Length > 4) details.Add($"Message {Quoted(data[4..])}");
                break;
            default:
                if (!data.IsEmpty) details.Add(Hex(data));
                break;
        }
        return NegotiationCode(packet.Code, isLcp);
    }

    private static bool TryMagic(ref ReadOnlySpan<byte> data, List<string> details)
    {
        if (data.Length < 4)
        {
            details.Add($"unreadable ({PppError.Truncated}), {Size(data.Length)}");
            return false;
        }
        details.Add(Invariant($"Magic-Number 0x{BinaryPrimitives.ReadUInt32BigEndian(data):x8}"));
        data = data[4..];
        return true;
    }

    private static string NegotiationCode(byte code, bool isLcp) => code switch
    {
        ControlCode.ConfigureRequest => "Configure-Request",
        ControlCode.ConfigureAck => "Configure-Ack",
        ControlCode.ConfigureNak => "Configure-Nak",
        ControlCode.ConfigureReject => "Configure-Reject",
        ControlCode.TerminateRequest => "Terminate-Request",
        ControlCode.TerminateAck => "Terminate-Ack",
        ControlCode.CodeReject => "Code-Reject",
        ControlCode.ProtocolReject when isLcp => "Protocol-Reject",
        ControlCode.EchoRequest when isLcp => "Echo-Request",
        ControlCode.EchoReply when isLcp => "Echo-Reply",
        ControlCode.DiscardRequest when isLcp => "Discard-Request",
        ControlCode.Identification when isLcp => "Identification",
        ControlCode.TimeRemaining when isLcp => "Time-Remaining",
        _ => Invariant($"code {code}"),
    };

    private static List<string> Options(ushort protocol, ReadOnlySpan<byte> options, List<string> lines)
    {
        while (!options.IsEmpty)
        {
            if (!OptionView.TryRead(ref options, out var option, out var error))
            {
                lines.Add($"unreadable option ({error}): {Hex(options)}");
                break;
            }
            lines.Add(protocol == PppProtocol.Ipcp ? IpcpOptionText(option) : LcpOptionText(option));
        }
        return lines;
    }

    private static string LcpOptionText(OptionView option)
    {
        var value = option.Value;
        return (option.Type, value.Length) switch
        {
            (LcpOption.Mru, 2) => Invariant($"MRU {BinaryPrimitives.ReadUInt16BigEndian(value)}"),
            (LcpOption.Accm, 4) => $"ACCM {Hex(value)}",
            (LcpOption.AuthenticationProtocol, >= 2) => $"Authentication-Protocol {Authentication(value)}",
            (LcpOption.QualityProtocol, >= 2) => $"Quality-Protocol {NameOf(BinaryPrimitives.ReadUInt16BigEndian(value))}",
            (LcpOption.MagicNumber, 4) => $"Magic-Number {Hex(value)}",
            (LcpOption.Pfc, 0) => "PFC",
            (LcpOption.Acfc, 0) => "ACFC",
            (LcpOption.Callback, >= 1) => Invariant($"Callback, operation {value[0]}"),
            (LcpOption.Mrru, 2) => Invariant($"MRRU {BinaryPrimitives.ReadUInt16BigEndian(value)}"),
            (LcpOption.ShortSequenceNumbers, 0) => "Short-Sequence-Numbers",
            (LcpOption.EndpointDiscriminator, >= 1) =>
                Invariant($"Endpoint-Discriminator class {value[0]}") + (value.Length > 1 ? $" {Hex(value[1..])}" : ""),
            _ => OptionText(option),
        };
    }

    private static string Authentication(ReadOnlySpan<byte> value)
    {
        var protocol = BinaryPrimitives.ReadUInt16BigEndian(value);
        if (protocol != PppProtocol.Chap || value.Length != 3) return NameOf(protocol);
        return value[2] switch
        {
            ChapAlgorithm.Md5 => "CHAP MD5",
            ChapAlgorithm.MsChapV1 => "MS-CHAPv1",
            ChapAlgorithm.MsChapV2 => "MS-CHAPv2",
            _ => Invariant($"CHAP algorithm {value[2]}"),
        };
    }

    private static string IpcpOptionText(OptionView option)
    {
        var value = option.Value;
        return (option.Type, value.Length) switch
        {
            (IpcpOption.IpAddresses, 8) => $"IP-Addresses {Ipv4Address.Read(value)} {Ipv4Address.Read(value[4..])}",
            (IpcpOption.IpCompression, >= 2) => $"IP-Compression-Protocol {NameOf(BinaryPrimitives.ReadUInt16BigEndian(value))}",
            (IpcpOption.IpAddress, 4) => $"IP-Address {Ipv4Address.Read(value)}",
            (IpcpOption.PrimaryDns, 4) => $"Primary-DNS-Address {Ipv4Address.Read(value)}",
            (IpcpOption.PrimaryNbns, 4) => $"Primary-NBNS-Address {Ipv4Address.Read(value)}",
            (IpcpOption.SecondaryDns, 4) => $"Secondary-DNS-Address {Ipv4Address.Read(value)}",
            (IpcpOption.SecondaryNbns, 4) => $"Secondary-NBNS-Address {Ipv4Address.Read(value)}",
            _ => OptionText(option),
        };
    }

    /// <summary>Text of an option without a name or with a wrong length.</summary>
    private static string OptionText(OptionView option) =>
        Invariant($"option {option.Type}") + (option.Value.IsEmpty ? "" : $" {Hex(option.Value)}");
}

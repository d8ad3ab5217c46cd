using System.Buffers.Binary;
using Akka.LNS.Wire.L2tp;
using static Akka.LNS.Wire.Trace.MessageText;

namespace Akka.LNS.Wire.Trace;

/// <summary>Names an L2TP control message and each of its AVPs (RFC 2661 sections 4.4 and 6; RFC 3145).</summary>
public static class L2tpText
{
    private const string Layer = "l2tp";

    /// <summary>Describes any octets. An unreadable message is named with the reason.</summary>
    /// <param name="datagram">A whole control message, header included.</param>
    public static MessageText Describe(ReadOnlySpan<byte> datagram)
    {
        if (!L2tpHeaderView.TryRead(datagram, out var header, out var error))
            return new MessageText(
                Layer, $"unreadable ({error}), {Size(datagram.Length)}",
                [$"begins with {Hex(datagram[..Math.Min(datagram.Length, L2tpControlHeader.Length)])}"]);
        if (!header.IsControl)
            return new MessageText(
                Layer, Invariant($"data message, tunnel {header.TunnelId.Value}, session {header.SessionId.Value}, ")
                    + Size(header.Payload.Length), []);
        var numbers = Invariant($"Ns {header.Ns}, Nr {header.Nr}");
        if (header.Payload.IsEmpty)
            return new MessageText(Layer, Invariant($"ZLB acknowledgement, tunnel {header.TunnelId.Value}, {numbers}"), []);
        var rest = header.Payload;
        var name = NameOf(ref rest, out var type);
        var about = ControlMessage.BelongsToCall(type) || !header.SessionId.IsZero
            ? Invariant($"tunnel {header.TunnelId.Value}, session {header.SessionId.Value}")
            : Invariant($"tunnel {header.TunnelId.Value}");
        var details = new List<string>();
        while (!rest.IsEmpty)
        {
            if (!AvpView.TryRead(ref rest, out var avp, out error))
            {
                // the header only: the value could be the password of a proxy authentication
                var start = rest[..Math.Min(rest.Length, AvpView.HeaderLength)];
                details.Add($"unreadable AVP ({error}), {Size(rest.Length)}, begins with {Hex(start)}");
                break;
            }
            details.Add(Describe(avp, type));
        }
        return new MessageText(Layer, $"{name}, {about}, {numbers}", details);
    }

    /// <summary>Name of the message. Removes a valid Message Type AVP from <paramref name="avps"/>.</summary>
    private static string NameOf(ref ReadOnlySpan<byte> avps, out MessageType type)
    {
        type = default;
        var rest = avps;
        if (!AvpView.TryRead(ref rest, out var first, out _) || first.VendorId != 0 || first.Type != (ushort)AvpType.MessageType
            || first.IsHidden || first.Value.Length != 2)
            return "message without a Message Type";
        avps = rest;
        type = (MessageType)BinaryPrimitives.ReadUInt16BigEndian(first.Value);
        return type switch
        {
            MessageType.Sccrq => "SCCRQ",
            MessageType.Sccrp => "SCCRP",
            MessageType.Scccn => "SCCCN",
            MessageType.StopCcn => "StopCCN",
            MessageType.Hello => "HELLO",
            MessageType.Ocrq => "OCRQ",
            MessageType.Ocrp => "OCRP",
            MessageType.Occn => "OCCN",
            MessageType.Icrq => "ICRQ",
            MessageType.Icrp => "ICRP",
            MessageType.Iccn => "ICCN",
            MessageType.Cdn => "CDN",
            MessageType.Wen => "WEN",
            MessageType.Sli => "SLI",
            _ => Invariant($"message type {(ushort)type}"),
        };
    }

    private static string Describe(AvpView avp, MessageType message)
    {
        if (avp.VendorId != 0) return Invariant($"AVP {avp.Type} of vendor {avp.VendorId}, {Size(avp.Value.Length)}");
        var name = NameOf((AvpType)avp.Type) ?? Invariant($"AVP {avp.Type}");
        if (avp.HasReservedBits) return $"{name} with reserved bits set, {Size(avp.Value.Length)}";
        return avp.IsHidden ? $"{name}, hidden, {Size(avp.Value.Length)}" : $"{name}{Value((AvpType)avp.Type, avp.Value, message)}";
    }

    private static string? NameOf(AvpType type) => type switch
    {
        AvpType.MessageType => "Message Type",
        AvpType.ResultCode => "Result Code",
        AvpType.ProtocolVersion => "Protocol Version",
        AvpType.FramingCapabilities => "Framing Capabilities",
        AvpType.BearerCapabilities => "Bearer Capabilities",
        AvpType.TieBreaker => "Tie Breaker",
        AvpType.FirmwareRevision => "Firmware Revision",
        AvpType.HostName => "Host Name",
        AvpType.VendorName => "Vendor Name",
        AvpType.AssignedTunnelId => "Assigned Tunnel ID",
        AvpType.ReceiveWindowSize => "Receive Window Size",
        AvpType.Challenge => "Challenge",
        AvpType.Q931CauseCode => "Q.931 Cause Code",
        AvpType.ChallengeResponse => "Challenge Response",
        AvpType.AssignedSessionId => "Assigned Session ID",
        AvpType.CallSerialNumber => "Call Serial Number",
        AvpType.MinimumBps => "Minimum BPS",
        AvpType.MaximumBps => "Maximum BPS",
        AvpType.BearerType => "Bearer Type",
        AvpType.FramingType => "Framing Type",
        AvpType.CalledNumber => "Called Number",
        AvpType.CallingNumber => "Calling Number",
        AvpType.SubAddress => "Sub-Address",
        AvpType.TxConnectSpeed => "(Tx) Connect Speed",
        AvpType.PhysicalChannelId => "Physical Channel ID",
        AvpType.InitialReceivedLcpConfReq => "Initial Received LCP CONFREQ",
        AvpType.LastSentLcpConfReq => "Last Sent LCP CONFREQ",
        AvpType.LastReceivedLcpConfReq => "Last Received LCP CONFREQ",
        AvpType.ProxyAuthenType => "Proxy Authen Type",
        AvpType.ProxyAuthenName => "Proxy Authen Name",
        AvpType.ProxyAuthenChallenge => "Proxy Authen Challenge",
        AvpType.ProxyAuthenId => "Proxy Authen ID",
        AvpType.ProxyAuthenResponse => "Proxy Authen Response",
        AvpType.CallErrors => "Call Errors",
        AvpType.Accm => "ACCM",
        AvpType.RandomVector => "Random Vector",
        AvpType.PrivateGroupId => "Private Group ID",
        AvpType.RxConnectSpeed => "Rx Connect Speed",
        AvpType.SequencingRequired => "Sequencing Required",
        AvpType.PppDisconnectCause => "PPP Disconnect Cause Code",
        _ => null,
    };

    /// <summary>Value with its separator. A value that is neither text nor number is shown as its size.</summary>
    private static string Value(AvpType type, ReadOnlySpan<byte> value, MessageType message) => (type, value.Length) switch
    {
        (AvpType.HostName or AvpType.VendorName or AvpType.CalledNumber or AvpType.CallingNumber or AvpType.SubAddress
            or AvpType.ProxyAuthenName or AvpType.PrivateGroupId, _) =>
            $" {Quoted(value)}",
        (AvpType.SequencingRequired, 0) => "",
        (AvpType.ResultCode, >= 2) => Result(value, message),
        (AvpType.ProtocolVersion, 2) => Invariant($" {value[0]}.{value[1]}"),
        (AvpType.FramingCapabilities or AvpType.FramingType, 4) => Bits(U32(value), "synchronous", "asynchronous"),
        (AvpType.BearerCapabilities or AvpType.BearerType, 4) => Bits(U32(value), "digital", "analog"),
        (AvpType.FirmwareRevision, 2) or (AvpType.TieBreaker, 8) or (AvpType.PhysicalChannelId, 4) => $" {Hex(value)}",
        (AvpType.AssignedTunnelId or AvpType.AssignedSessionId or AvpType.ReceiveWindowSize, 2) => Invariant($" {U16(value)}"),
        (AvpType.ProxyAuthenId, 2) => Invariant($" {value[1]}"),
        (AvpType.ProxyAuthenType, 2) => Invariant($" {U16(value)} ({ProxyType(U16(value))})"),
        (AvpType.CallSerialNumber, 4) => Invariant($" {U32(value)}"),
        (AvpType.MinimumBps or AvpType.MaximumBps or AvpType.TxConnectSpeed or AvpType.RxConnectSpeed, 4) =>
            Invariant($" {U32(value)} bit/s"),
        (AvpType.Q931CauseCode, >= 3) =>
            Invariant($" {U16(value)}, message 0x{value[2]:x2}") + (value.Length > 3 ? $", {Quoted(value[3..])}" : ""),
        (AvpType.InitialReceivedLcpConfReq or AvpType.LastSentLcpConfReq or AvpType.LastReceivedLcpConfReq, _) =>
            $": {string.Join(", ", PppText.LcpOptions(value))}",
        (AvpType.CallErrors, 26) =>
            Invariant($": CRC {U32(value[2..])}, framing {U32(value[6..])}, hardware overruns {U32(value[10..])}, ")
            + Invariant($"buffer overruns {U32(value[14..])}, ")
            + Invariant($"timeouts {U32(value[18..])}, alignment {U32(value[22..])}"),
        (AvpType.Accm, 10) => Invariant($": send 0x{U32(value[2..]):x8}, receive 0x{U32(value[6..]):x8}"),
        (AvpType.PppDisconnectCause, >= 5) => Invariant($" {U16(value)}, protocol {PppText.NameOf(U16(value[2..]))}, {Direction(value[4])}")
            + (value.Length > 5 ? $", {Quoted(value[5..])}" : ""),
        _ => $", {Size(value.Length)}", // challenges, responses, random vectors, and numbers with a wrong size
    };

    private static string Result(ReadOnlySpan<byte> value, MessageType message)
    {
        var result = U16(value);
        var meaning = Invariant($" {result} ({ResultNames.Of(message, result)})");
        if (value.Length < 4) return meaning;
        var error = U16(value[2..]);
        return meaning + Invariant($", error {error} ({ResultNames.OfError(error)})") + (value.Length > 4 ? $", {Quoted(value[4..])}" : "");
    }

    private static string Bits(uint value, string low, string high) => value switch
    {
        0 => " none",
        1 => $" {low}",
        2 => $" {high}",
        3 => $" {low}, {high}",
        _ => Invariant($" 0x{value:x8}"),
    };

    private static string ProxyType(ushort type) =>
        type switch { 1 => "text", 2 => "PPP CHAP", 3 => "PPP PAP", 4 => "none", 5 => "MS-CHAPv1", _ => "unknown" };

    private static string Direction(byte direction) => (DisconnectDirection)direction switch
    {
        DisconnectDirection.Global => "global",
        DisconnectDirection.AtPeer => "at peer",
        DisconnectDirection.AtLocal => "at local",
        _ => Invariant($"direction {direction}"),
    };

    private static ushort U16(ReadOnlySpan<byte> octets) => BinaryPrimitives.ReadUInt16BigEndian(octets);
    private static uint U32(ReadOnlySpan<byte> octets) => BinaryPrimitives.ReadUInt32BigEndian(octets);
}

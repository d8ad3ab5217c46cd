namespace Akka.LNS.Wire.L2tp;

/// <summary>
/// A control message with its AVPs as values (RFC 2661 section 6). An absent optional AVP is null, empty text or empty octets.
/// </summary>
public abstract partial record ControlMessage
{
    private ControlMessage() { }

    /// <summary>Value of the Message Type AVP.</summary>
    public abstract MessageType Type { get; }

    /// <summary>Start-Control-Connection-Request (RFC 2661 section 6.1).</summary>
    public sealed record Sccrq(string HostName, TunnelId AssignedTunnelId, uint FramingCapabilities) : ControlMessage
    {
        public override MessageType Type => MessageType.Sccrq;
        /// <summary>Version in the high octet, revision in the low octet: 1.0.</summary>
        public ushort ProtocolVersion { get; init; } = SupportedVersion;
        public uint? BearerCapabilities { get; init; }
        public ulong? TieBreaker { get; init; }
        public ushort? FirmwareRevision { get; init; }
        public string VendorName { get; init; } = "";
        /// <summary>Receive window of the sender in messages. Null: 4. RFC 2661 section 4.4.3.</summary>
        public ushort? ReceiveWindow { get; init; }
        public AvpOctets Challenge { get; init; }
    }

    /// <summary>Start-Control-Connection-Reply (RFC 2661 section 6.2).</summary>
    public sealed record Sccrp(string HostName, TunnelId AssignedTunnelId, uint FramingCapabilities) : ControlMessage
    {
        public override MessageType Type => MessageType.Sccrp;
        public ushort ProtocolVersion { get; init; } = SupportedVersion;
        public uint? BearerCapabilities { get; init; }
        public ushort? FirmwareRevision { get; init; }
        public string VendorName { get; init; } = "";
        public ushort? ReceiveWindow { get; init; }
        public AvpOctets Challenge { get; init; }
        public AvpOctets ChallengeResponse { get; init; }
    }

    /// <summary>Start-Control-Connection-Connected (RFC 2661 section 6.3).</summary>
    public sealed record Scccn(AvpOctets ChallengeResponse = default) : ControlMessage
    {
        public override MessageType Type => MessageType.Scccn;
    }

    /// <summary>
    /// Stop-Control-Connection-Notification (RFC 2661 section 6.4). One from a peer ends the tunnel even without its AVPs.
    /// </summary>
    public sealed record StopCcn(TunnelId AssignedTunnelId, ResultCode Result) : ControlMessage
    {
        public override MessageType Type => MessageType.StopCcn;
    }

    /// <summary>Hello (RFC 2661 section 6.5).</summary>
    public sealed record Hello : ControlMessage
    {
        public override MessageType Type => MessageType.Hello;
    }

    /// <summary>Incoming-Call-Request (RFC 2661 section 6.6).</summary>
    public sealed record Icrq(SessionId AssignedSessionId, uint CallSerialNumber) : ControlMessage
    {
        public override MessageType Type => MessageType.Icrq;
        public uint? BearerType { get; init; }
        public uint? PhysicalChannelId { get; init; }
        public string CallingNumber { get; init; } = "";
        public string CalledNumber { get; init; } = "";
        public string SubAddress { get; init; } = "";
    }

    /// <summary>Incoming-Call-Reply (RFC 2661 section 6.7).</summary>
    public sealed record Icrp(SessionId AssignedSessionId) : ControlMessage
    {
        public override MessageType Type => MessageType.Icrp;
    }

    /// <summary>Incoming-Call-Connected (RFC 2661 section 6.8).</summary>
    /// <param name="TxConnectSpeed">Bits per second from the LAC to the subscriber (RFC 2661 section 4.4.4).</param>
    /// <param name="FramingType">Bit 0 synchronous, bit 1 asynchronous.</param>
    public sealed record Iccn(uint TxConnectSpeed, uint FramingType) : ControlMessage
    {
        public override MessageType Type => MessageType.Iccn;
        /// <summary>Bits per second from the subscriber. Null: equal to <see cref="TxConnectSpeed"/>.</summary>
        public uint? RxConnectSpeed { get; init; }
        /// <summary>
        /// Options of the first Configure-Request that the LAC received, without code, identifier and length. RFC 2661 section 4.4.5.
        /// </summary>
        public AvpOctets InitialReceivedLcp { get; init; }
        public AvpOctets LastSentLcp { get; init; }
        public AvpOctets LastReceivedLcp { get; init; }
        public ProxyAuthentication? ProxyAuthentication { get; init; }
        public AvpOctets PrivateGroupId { get; init; }
        /// <summary>The LAC requires sequence numbers on data messages. RFC 2661 section 4.4.4.</summary>
        public bool SequencingRequired { get; init; }
    }

    /// <summary>Call-Disconnect-Notify (RFC 2661 section 6.12). One from a peer ends the call even without its AVPs.</summary>
    /// <param name="AssignedSessionId">Id that the sender of the CDN assigned to the call.</param>
    public sealed record Cdn(SessionId AssignedSessionId, ResultCode Result) : ControlMessage
    {
        public override MessageType Type => MessageType.Cdn;
        public Q931Cause? Q931Cause { get; init; }
        public PppDisconnectCause? PppDisconnectCause { get; init; }
    }

    /// <summary>Outgoing-Call-Request (RFC 2661 section 6.9).</summary>
    public sealed record Ocrq(SessionId AssignedSessionId, uint CallSerialNumber) : ControlMessage
    {
        public override MessageType Type => MessageType.Ocrq;
        public uint MinimumBps { get; init; }
        public uint MaximumBps { get; init; }
        public uint BearerType { get; init; }
        public uint FramingType { get; init; }
        public string CalledNumber { get; init; } = "";
        public string SubAddress { get; init; } = "";
    }

    /// <summary>Outgoing-Call-Reply (RFC 2661 section 6.10).</summary>
    public sealed record Ocrp(SessionId AssignedSessionId) : ControlMessage
    {
        public override MessageType Type => MessageType.Ocrp;
        public uint? PhysicalChannelId { get; init; }
    }

    /// <summary>Outgoing-Call-Connected (RFC 2661 section 6.11).</summary>
    public sealed record Occn(uint TxConnectSpeed, uint FramingType) : ControlMessage
    {
        public override MessageType Type => MessageType.Occn;
        public uint? RxConnectSpeed { get; init; }
        public bool SequencingRequired { get; init; }
    }

    /// <summary>WAN-Error-Notify (RFC 2661 section 6.13): counters since the start of the call.</summary>
    public sealed record Wen(
        uint CrcErrors, uint FramingErrors, uint HardwareOverruns, uint BufferOverruns, uint Timeouts, uint AlignmentErrors)
        : ControlMessage
    {
        public override MessageType Type => MessageType.Wen;
    }

    /// <summary>Set-Link-Info (RFC 2661 section 6.14): the ACCMs that LCP negotiated.</summary>
    public sealed record Sli(uint SendAccm, uint ReceiveAccm) : ControlMessage
    {
        public override MessageType Type => MessageType.Sli;
    }

    /// <summary>A message of unknown type with the M bit clear. It is acknowledged and ignored. RFC 2661 section 4.4.1.</summary>
    public sealed record Unknown(ushort Code) : ControlMessage
    {
        public override MessageType Type => (MessageType)Code;
    }

    /// <summary>Version 1, revision 0 (RFC 2661 section 4.4.3).</summary>
    public const ushort SupportedVersion = 0x0100;
}

/// <summary>Result of the authentication of the subscriber by the LAC. RFC 2661 section 4.4.5.</summary>
/// <param name="AuthenType">1 text, 2 PPP CHAP, 3 PPP PAP, 4 none, 5 MS-CHAPv1.</param>
public sealed record ProxyAuthentication(ushort AuthenType)
{
    public AvpOctets Name { get; init; }
    public AvpOctets Challenge { get; init; }
    /// <summary>CHAP identifier of <see cref="Challenge"/>.</summary>
    public byte? Id { get; init; }
    public AvpOctets Response { get; init; }
}

/// <summary>Error in a control message, its scope, and the answer to it. RFC 2661 sections 4.1, 4.4.2 and 7.1.</summary>
/// <param name="Type">Message type; 0: it could not be read.</param>
/// <param name="AssignedSessionId">Id of the call assigned by the sender; zero: the message has none.</param>
/// <param name="AvpVendor">Vendor of the wrong AVP; 0 otherwise.</param>
/// <param name="AvpType">Type of the wrong AVP; 0 otherwise.</param>
public readonly record struct MessageFault(
    L2tpError Error, ErrorScope Scope, MessageType Type, SessionId AssignedSessionId, ushort AvpVendor, ushort AvpType)
{
    /// <summary>Result Code for the CDN or StopCCN. In both messages result 2 refers to the error code.</summary>
    public ResultCode Answer => Error switch
    {
        L2tpError.UnknownMandatoryAvp => new(2, ResultCode.ErrorCode.UnknownMandatoryAvp, $"unknown mandatory AVP {AvpVendor}/{AvpType}"),
        L2tpError.UnknownMandatoryMessage =>
            new(2, ResultCode.ErrorCode.UnknownMandatoryAvp, $"unknown mandatory message type {(ushort)Type}"),
        L2tpError.AvpTruncated or L2tpError.AvpLengthTooSmall => new(2, ResultCode.ErrorCode.LengthIsWrong, "malformed AVP"),
        L2tpError.MissingAvp => new(2, ResultCode.ErrorCode.OutOfRange, $"AVP {AvpType} is missing"),
        L2tpError.BadHiddenAvp => new(2, ResultCode.ErrorCode.OutOfRange, $"hidden AVP {AvpVendor}/{AvpType} cannot be decrypted"),
        _ => new(2, ResultCode.ErrorCode.OutOfRange, $"bad value in AVP {AvpVendor}/{AvpType}"),
    };
}

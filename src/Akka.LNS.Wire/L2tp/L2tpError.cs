namespace Akka.LNS.Wire.L2tp;

/// <summary>Error in a received message. Each value is a counter.</summary>
public enum L2tpError
{
    None,
    /// <summary>The datagram ends before the header does.</summary>
    Truncated,
    /// <summary>Ver is not 2 (1 is L2F, 3 is L2TPv3). The message is discarded silently. RFC 2661 section 3.1.</summary>
    BadVersion,
    /// <summary>The Length field does not match the datagram.</summary>
    BadLength,
    /// <summary>A control message without L or S bit, or with O bit (RFC 2661 section 3.1).</summary>
    BadControlFlags,
    /// <summary>The offset is after the end of the datagram.</summary>
    BadOffset,
    /// <summary>The message belongs to another tunnel than the one that received it.</summary>
    WrongTunnel,
    /// <summary>The Nr field acknowledges a message that was not sent.</summary>
    BadNr,
    /// <summary>The message was already received. It is acknowledged again and otherwise ignored. RFC 2661 section 5.8.</summary>
    Duplicate,
    /// <summary>Ns is beyond our receive window.</summary>
    OutsideWindow,
    /// <summary>A control message instead of a data message, or a data message instead of a control message.</summary>
    WrongKind,
    /// <summary>The remaining octets are shorter than an AVP header or than the Length of the AVP.</summary>
    AvpTruncated,
    /// <summary>The Length of an AVP is below the six octets of its header.</summary>
    AvpLengthTooSmall,
    /// <summary>The first AVP is not a well-formed Message Type (RFC 2661 section 4.4.1).</summary>
    NoMessageType,
    /// <summary>Unknown Message Type with the M bit set. The tunnel must be cleared. RFC 2661 section 4.4.1.</summary>
    UnknownMandatoryMessage,
    /// <summary>Unknown Message Type with the M bit clear. The message is ignored.</summary>
    UnknownMessage,
    /// <summary>Unknown AVP with the M bit set. RFC 2661 section 4.1.</summary>
    UnknownMandatoryAvp,
    /// <summary>A required AVP is missing.</summary>
    MissingAvp,
    /// <summary>The value of an AVP has the wrong size or is out of range.</summary>
    BadAvpValue,
    /// <summary>
    /// A hidden AVP cannot be decrypted: no secret, no Random Vector before it, or another secret. RFC 2661 section 4.3.
    /// </summary>
    BadHiddenAvp,
    /// <summary>The message is not allowed in this state.</summary>
    Unexpected,
    /// <summary>A call message arrived before the control connection was established, or after its end.</summary>
    NoControlConnection,
    /// <summary>An SCCRQ of an address that has too many tunnels in set-up and none that was up.</summary>
    TooManyHalfOpen,
}

/// <summary>Scope of an error in a message. RFC 2661 sections 4.1 and 7.1.</summary>
public enum ErrorScope
{
    /// <summary>The message is dropped and counted.</summary>
    Packet,
    /// <summary>The call ends with CDN.</summary>
    Session,
    /// <summary>The control connection ends with StopCCN.</summary>
    Tunnel,
}

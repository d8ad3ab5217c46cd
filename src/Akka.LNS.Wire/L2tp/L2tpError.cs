namespace Akka.LNS.Wire.L2tp;

/// <summary>What was wrong with a received message. Each value is a counter.</summary>
public enum L2tpError
{
    None,
    /// <summary>The datagram ends before the header does.</summary>
    Truncated,
    /// <summary>Ver is not 2 (1 is L2F, 3 is L2TPv3): discarded silently (RFC 2661 §3.1).</summary>
    BadVersion,
    /// <summary>The Length field does not agree with the datagram.</summary>
    BadLength,
    /// <summary>A control message without L or S bit, or with O bit (RFC 2661 §3.1).</summary>
    BadControlFlags,
    /// <summary>The offset leads behind the end of the datagram.</summary>
    BadOffset,
    /// <summary>The message is for another tunnel than the one that got it.</summary>
    WrongTunnel,
    /// <summary>The Nr field acknowledges what was never sent.</summary>
    BadNr,
    /// <summary>A message that was received before; acknowledged again, otherwise ignored (RFC 2661 §5.8).</summary>
    Duplicate,
    /// <summary>Ns is beyond our receive window.</summary>
    OutsideWindow,
    /// <summary>A control message where a data message was expected, or the other way round.</summary>
    WrongKind,
    /// <summary>The rest is shorter than an AVP header or than the AVP's Length.</summary>
    AvpTruncated,
    /// <summary>An AVP's Length is below the six octets of its header.</summary>
    AvpLengthTooSmall,
    /// <summary>The first AVP is not a well-formed Message Type (RFC 2661 §4.4.1).</summary>
    NoMessageType,
    /// <summary>A Message Type that is not known, M bit set: the tunnel must be cleared (RFC 2661 §4.4.1).</summary>
    UnknownMandatoryMessage,
    /// <summary>A Message Type that is not known, M bit clear: ignored.</summary>
    UnknownMessage,
    /// <summary>An AVP that is not known, M bit set (RFC 2661 §4.1).</summary>
    UnknownMandatoryAvp,
    /// <summary>An AVP that must be in this message is not there.</summary>
    MissingAvp,
    /// <summary>An AVP's value has the wrong size or is out of range.</summary>
    BadAvpValue,
    /// <summary>A hidden AVP that cannot be uncovered: no secret, no Random Vector before it, or not its secret (RFC 2661 §4.3).</summary>
    BadHiddenAvp,
    /// <summary>A message that the state does not expect.</summary>
    Unexpected,
    /// <summary>A call message before the control connection is established, or after its end.</summary>
    NoControlConnection,
}

/// <summary>How far the damage of a bad message goes (RFC 2661 §4.1, §7.1).</summary>
public enum ErrorScope
{
    /// <summary>Drop and count.</summary>
    Packet,
    /// <summary>The call ends with CDN.</summary>
    Session,
    /// <summary>The control connection ends with StopCCN.</summary>
    Tunnel,
}

namespace Akka.LNS.Wire.Ppp;

/// <summary>Reason to drop a PPP packet. Each value is a counter. No packet of a peer causes an exception.</summary>
public enum PppError : byte
{
    None,
    /// <summary>The packet is shorter than a field or its Length.</summary>
    Truncated,
    /// <summary>Invalid protocol field: its last octet must be odd, the first of two even. RFC 1661 section 2.</summary>
    BadProtocol,
    /// <summary>The Length of a control packet is below its header of four octets.</summary>
    LengthTooSmall,
    /// <summary>The Length of an option is below two.</summary>
    OptionLengthTooSmall,
    /// <summary>
    /// The packet is longer than any MRU that this node negotiates. The default MRU is 1,500 octets. RFC 1661 section 6.1.
    /// </summary>
    TooLong,
    /// <summary>A value in the packet has the wrong size.</summary>
    BadValue,
    /// <summary>The Identifier of an answer does not match the last request. RFC 1661 section 5.2.</summary>
    UnknownIdentifier,
    /// <summary>The options of a Configure-Ack or Configure-Reject do not match the request. RFC 1661 sections 5.2 and 5.4.</summary>
    OptionsMismatch,
    /// <summary>The protocol is not allowed in this phase. RFC 1661 sections 3.4 to 3.7.</summary>
    WrongPhase,
    /// <summary>The code is not allowed in this state of the automaton: "-" in the table of RFC 1661 section 4.1.</summary>
    WrongState,
    /// <summary>A repeated request arrived before its answer was ready.</summary>
    Duplicate,
    /// <summary>The authentication protocol or code was not negotiated.</summary>
    WrongAuthentication,
    /// <summary>The packet contains our own Magic-Number: the link is looped back. RFC 1661 section 6.4.</summary>
    LoopedBack,
    /// <summary>Discard-Request: it must be dropped. RFC 1661 section 5.9.</summary>
    DiscardRequest,
    /// <summary>The answer belongs to an authentication that has ended.</summary>
    StaleAnswer,
}

namespace Akka.LNS.Wire.Ppp;

/// <summary>Why a PPP packet was dropped: each value is a counter. Nothing a peer sends throws.</summary>
public enum PppError : byte
{
    None,
    /// <summary>Fewer octets than a field or the Length says.</summary>
    Truncated,
    /// <summary>The protocol field is not one of RFC 1661 §2: its last octet must be odd, the first of two even.</summary>
    BadProtocol,
    /// <summary>The Length of a control packet is below its header of four octets.</summary>
    LengthTooSmall,
    /// <summary>The Length of an option is below two.</summary>
    OptionLengthTooSmall,
    /// <summary>Longer than anything this node negotiates: 1,500 octets are the default MRU (RFC 1661 §6.1).</summary>
    TooLong,
    /// <summary>A value inside the packet has the wrong size.</summary>
    BadValue,
    /// <summary>An answer whose Identifier is not that of our last request (RFC 1661 §5.2).</summary>
    UnknownIdentifier,
    /// <summary>A Configure-Ack or -Reject whose options are not those we sent (RFC 1661 §5.2, §5.4).</summary>
    OptionsMismatch,
    /// <summary>A protocol that has no business in this phase (RFC 1661 §3.4 to §3.7).</summary>
    WrongPhase,
    /// <summary>A code that has no business in this state of the automaton: a "-" of the table (RFC 1661 §4.1).</summary>
    WrongState,
    /// <summary>A repeated request while its answer is being worked out.</summary>
    Duplicate,
    /// <summary>An authentication protocol or code that was not agreed on.</summary>
    WrongAuthentication,
    /// <summary>Our own Magic-Number came back: the link is looped (RFC 1661 §6.4).</summary>
    LoopedBack,
    /// <summary>Discard-Request (RFC 1661 §5.9): meant to be dropped.</summary>
    DiscardRequest,
    /// <summary>The answer of an authentication that is no longer asked for.</summary>
    StaleAnswer,
}

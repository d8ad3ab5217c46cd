namespace Akka.LNS.Wire.L2tp;

/// <summary>Value of the Result Code AVP (RFC 2661 section 4.4.2): result, optional error code, optional text for a person.</summary>
/// <param name="Result">Its meaning depends on the message: <see cref="StopCcn"/> or <see cref="Cdn"/>.</param>
/// <param name="Error">One of <see cref="ErrorCode"/>; null: the AVP has no such field.</param>
/// <param name="Text">Error Message, in UTF-8 on the wire; empty: the AVP has none.</param>
public sealed record ResultCode(ushort Result, ushort? Error = null, string Text = "")
{
    /// <summary>Results of a StopCCN.</summary>
    public static class StopCcn
    {
        public const ushort Clear = 1, GeneralError = 2, AlreadyExists = 3, NotAuthorized = 4, VersionNotSupported = 5, ShuttingDown = 6,
            StateMachineError = 7;
    }

    /// <summary>Results of a CDN.</summary>
    public static class Cdn
    {
        public const ushort LostCarrier = 1, GeneralError = 2, Administrative = 3, NoFacilitiesNow = 4, NoFacilities = 5,
            InvalidDestination = 6,
            NoCarrier = 7, Busy = 8, NoDialTone = 9, Timeout = 10, NoFraming = 11;
    }

    /// <summary>General error codes, which go with result 2.</summary>
    public static class ErrorCode
    {
        public const ushort None = 0, NoControlConnection = 1, LengthIsWrong = 2, OutOfRange = 3, NoResources = 4, InvalidSession = 5,
            VendorSpecific = 6, TryAnother = 7, UnknownMandatoryAvp = 8;
    }
}

/// <summary>Value of the Q.931 Cause Code AVP (RFC 2661 section 4.4.3).</summary>
public sealed record Q931Cause(ushort Code, byte Message, string Advisory = "");

/// <summary>Side of the PPP link that a disconnect cause concerns (RFC 3145 section 2.2).</summary>
public enum DisconnectDirection : byte
{
    Global = 0,
    AtPeer = 1,
    AtLocal = 2,
}

/// <summary>Value of the PPP Disconnect Cause Code AVP (RFC 3145 section 2): which PPP protocol ended the link and why.</summary>
/// <param name="Code">RFC 3145 section 2.4, as 3 for "the PPP peer ended it" ("Normal disconnection, LCP Terminate").</param>
/// <param name="ControlProtocol">PPP protocol number, 0 when none.</param>
public sealed record PppDisconnectCause(ushort Code, ushort ControlProtocol, DisconnectDirection Direction, string Text = "");

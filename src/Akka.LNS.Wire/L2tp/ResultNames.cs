namespace Akka.LNS.Wire.L2tp;

/// <summary>
/// Names of result and error codes, for people. RFC 2661 section 4.4.2. Log, API, accounting and traces use the same names.
/// </summary>
public static class ResultNames
{
    /// <summary>Name of a result of a CDN or a StopCCN; "unknown" for other numbers.</summary>
    public static string Of(MessageType message, ushort result) => message switch
    {
        MessageType.StopCcn => result switch
        {
            ResultCode.StopCcn.Clear => "request to clear the control connection",
            ResultCode.StopCcn.GeneralError => "general error",
            ResultCode.StopCcn.AlreadyExists => "control connection already exists",
            ResultCode.StopCcn.NotAuthorized => "not authorized",
            ResultCode.StopCcn.VersionNotSupported => "protocol version not supported",
            ResultCode.StopCcn.ShuttingDown => "shutting down",
            ResultCode.StopCcn.StateMachineError => "state machine error",
            _ => "unknown",
        },
        MessageType.Cdn => result switch
        {
            ResultCode.Cdn.LostCarrier => "loss of carrier",
            ResultCode.Cdn.GeneralError => "general error",
            ResultCode.Cdn.Administrative => "administrative",
            ResultCode.Cdn.NoFacilitiesNow => "no facilities now",
            ResultCode.Cdn.NoFacilities => "no facilities",
            ResultCode.Cdn.InvalidDestination => "invalid destination",
            ResultCode.Cdn.NoCarrier => "no carrier",
            ResultCode.Cdn.Busy => "busy",
            ResultCode.Cdn.NoDialTone => "no dial tone",
            ResultCode.Cdn.Timeout => "timeout",
            ResultCode.Cdn.NoFraming => "no appropriate framing",
            _ => "unknown",
        },
        _ => "not of this message",
    };

    /// <summary>Name of a general error code, which accompanies result 2; "unknown" for other numbers.</summary>
    public static string OfError(ushort error) => error switch
    {
        ResultCode.ErrorCode.None => "none",
        ResultCode.ErrorCode.NoControlConnection => "no control connection",
        ResultCode.ErrorCode.LengthIsWrong => "length is wrong",
        ResultCode.ErrorCode.OutOfRange => "value out of range",
        ResultCode.ErrorCode.NoResources => "no resources",
        ResultCode.ErrorCode.InvalidSession => "invalid session id",
        ResultCode.ErrorCode.VendorSpecific => "vendor specific",
        ResultCode.ErrorCode.TryAnother => "try another",
        ResultCode.ErrorCode.UnknownMandatoryAvp => "unknown mandatory AVP",
        _ => "unknown",
    };

    /// <summary>
    /// Message and code with their meaning: <c>CDN 3 (administrative)</c>, <c>StopCCN 2/7 (try another) "the LNS is overloaded"</c>.
    /// </summary>
    /// <param name="message">CDN or StopCCN.</param>
    /// <remarks>An error code of 0 has no meaning and is omitted: it is sent when the AVP has a text but no error code.</remarks>
    public static string Describe(this ResultCode code, MessageType message)
    {
        var error = code.Error is { } e and not ResultCode.ErrorCode.None ? $"/{e}" : "";
        var name = error.Length > 0 && code.Result == ResultCode.Cdn.GeneralError ? OfError(code.Error!.Value) : Of(message, code.Result);
        var text = code.Text.Length > 0 ? $" \"{code.Text}\"" : "";
        return $"{(message == MessageType.StopCcn ? "StopCCN" : "CDN")} {code.Result}{error} ({name}){text}";
    }
}

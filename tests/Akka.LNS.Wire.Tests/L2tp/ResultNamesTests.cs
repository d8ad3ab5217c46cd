using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Wire.Tests.L2tp;

public class ResultNamesTests
{
    [Theory] // the names of RFC 2661 section 4.4.2
    [InlineData(MessageType.Cdn, 1, null, "CDN 1 (loss of carrier)")]
    [InlineData(MessageType.Cdn, 2, null, "CDN 2 (general error)")]
    [InlineData(MessageType.Cdn, 2, 0, "CDN 2 (general error)")]
    [InlineData(MessageType.Cdn, 2, 1, "CDN 2/1 (no control connection)")]
    [InlineData(MessageType.Cdn, 2, 2, "CDN 2/2 (length is wrong)")]
    [InlineData(MessageType.Cdn, 2, 3, "CDN 2/3 (value out of range)")]
    [InlineData(MessageType.Cdn, 2, 4, "CDN 2/4 (no resources)")]
    [InlineData(MessageType.Cdn, 2, 5, "CDN 2/5 (invalid session id)")]
    [InlineData(MessageType.Cdn, 2, 6, "CDN 2/6 (vendor specific)")]
    [InlineData(MessageType.Cdn, 2, 7, "CDN 2/7 (try another)")]
    [InlineData(MessageType.Cdn, 2, 8, "CDN 2/8 (unknown mandatory AVP)")]
    [InlineData(MessageType.Cdn, 2, 9, "CDN 2/9 (unknown)")]
    [InlineData(MessageType.Cdn, 3, null, "CDN 3 (administrative)")]
    [InlineData(MessageType.Cdn, 3, 0, "CDN 3 (administrative)")]
    [InlineData(MessageType.Cdn, 4, null, "CDN 4 (no facilities now)")]
    [InlineData(MessageType.Cdn, 5, null, "CDN 5 (no facilities)")]
    [InlineData(MessageType.Cdn, 6, null, "CDN 6 (invalid destination)")]
    [InlineData(MessageType.Cdn, 7, null, "CDN 7 (no carrier)")]
    [InlineData(MessageType.Cdn, 8, null, "CDN 8 (busy)")]
    [InlineData(MessageType.Cdn, 9, null, "CDN 9 (no dial tone)")]
    [InlineData(MessageType.Cdn, 10, null, "CDN 10 (timeout)")]
    [InlineData(MessageType.Cdn, 11, null, "CDN 11 (no appropriate framing)")]
    [InlineData(MessageType.Cdn, 12, 7, "CDN 12/7 (unknown)")]
    [InlineData(MessageType.StopCcn, 1, null, "StopCCN 1 (request to clear the control connection)")]
    [InlineData(MessageType.StopCcn, 2, 4, "StopCCN 2/4 (no resources)")]
    [InlineData(MessageType.StopCcn, 3, null, "StopCCN 3 (control connection already exists)")]
    [InlineData(MessageType.StopCcn, 4, null, "StopCCN 4 (not authorized)")]
    [InlineData(MessageType.StopCcn, 5, 0x0100, "StopCCN 5/256 (protocol version not supported)")]
    [InlineData(MessageType.StopCcn, 6, null, "StopCCN 6 (shutting down)")]
    [InlineData(MessageType.StopCcn, 7, null, "StopCCN 7 (state machine error)")]
    [InlineData(MessageType.StopCcn, 8, null, "StopCCN 8 (unknown)")]
    public void Codes_have_their_names(MessageType message, int result, int? error, string expected)
    {
        Assert.Equal(expected, new ResultCode((ushort)result, (ushort?)error).Describe(message));
        Assert.Equal($"{expected} \"why\"", new ResultCode((ushort)result, (ushort?)error, "why").Describe(message));
    }
}

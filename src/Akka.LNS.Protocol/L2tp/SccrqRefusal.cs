using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>
/// The StopCCN that refuses an SCCRQ without any state. When it is lost, the LAC repeats its SCCRQ and gets the same answer with the same
/// Ns. The acknowledgement of the LAC is ignored.
/// </summary>
public static class SccrqRefusal
{
    /// <param name="local">Assigned Tunnel ID, which must not be zero (RFC 2661 section 4.4.3): an id that no tunnel gets.</param>
    /// <param name="peer">The LAC's Assigned Tunnel ID.</param>
    /// <param name="ns">Ns of the SCCRQ, which this message acknowledges.</param>
    public static byte[] Encode(TunnelId local, TunnelId peer, ushort ns, ResultCode code)
    {
        var message = new ControlMessage.StopCcn(local, code).Encode(peer, default, ns: 0);
        L2tpControlHeader.WriteNr(message, (ushort)(ns + 1));
        return message;
    }
}

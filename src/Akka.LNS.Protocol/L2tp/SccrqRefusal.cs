using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>
/// The StopCCN for an SCCRQ that never becomes a tunnel. It costs no state: should it be lost, the LAC sends its SCCRQ again and is answered again, with the same
/// Ns; should the LAC acknowledge it, there is nobody who must know.
/// </summary>
public static class SccrqRefusal
{
    /// <param name="local">Goes into Assigned Tunnel ID, which must not be zero (RFC 2661 §4.4.3): an id that no tunnel ever gets.</param>
    /// <param name="peer">The LAC's Assigned Tunnel ID.</param>
    /// <param name="ns">Ns of the SCCRQ, which is acknowledged by the same message.</param>
    public static byte[] Encode(TunnelId local, TunnelId peer, ushort ns, ResultCode code)
    {
        var message = new ControlMessage.StopCcn(local, code).Encode(peer, default, ns: 0);
        L2tpControlHeader.WriteNr(message, (ushort)(ns + 1));
        return message;
    }
}

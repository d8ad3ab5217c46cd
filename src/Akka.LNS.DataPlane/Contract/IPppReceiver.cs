namespace Akka.LNS.DataPlane.Contract;

/// <summary>Receives the PPP frames of one path that are not forwarded: LCP, authentication, NCPs, unknown protocols.</summary>
public interface IPppReceiver
{
    /// <summary>Called on a receive thread: must not block, and must copy what it keeps.</summary>
    /// <param name="protocol">PPP protocol number.</param>
    /// <param name="payload">The frame after the protocol field.</param>
    void OnPpp(ushort protocol, ReadOnlySpan<byte> payload);
}

namespace Akka.LNS.Wire.L2tp;

/// <summary>What the listener must know of an SCCRQ before there is a tunnel.</summary>
/// <param name="AssignedTunnelId">Zero when it is hidden and no or another secret was given.</param>
public readonly record struct SccrqPeek(string HostName, TunnelId AssignedTunnelId)
{
    /// <summary>True: the datagram begins as an SCCRQ does and names its host. Pass the secret of the peer once its name is known, or none.</summary>
    public static bool TryPeek(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> secret, out SccrqPeek peek, out L2tpError error)
    {
        peek = default;
        error = L2tpError.NoMessageType;
        return false;
    }
}

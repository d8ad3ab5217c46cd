using Akka.LNS.Wire;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

internal enum LacTunnelPhase : byte
{
    Idle,
    /// <summary>SCCRQ is out.</summary>
    Opening,
    Open,
    /// <summary>StopCCN is out.</summary>
    Closing,
    Closed,
    /// <summary>Refused, stopped by the LNS, or silent.</summary>
    Failed,
}

/// <summary>One LAC: a control connection from its own address.</summary>
internal sealed class LacTunnel(TunnelId local, Ipv4Address source, ReliableChannel channel)
{
    public TunnelId Local { get; } = local;
    public Ipv4Address Source { get; } = source;
    public ReliableChannel Channel { get; } = channel;
    public TunnelId Peer { get; set; }
    public LacTunnelPhase Phase { get; set; }
    /// <summary>The LNS's Challenge, for our SCCCN.</summary>
    public AvpOctets Challenge { get; set; }
    /// <summary>In the list of those that have something to send.</summary>
    public bool IsDirty { get; set; }
}

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
internal sealed class LacTunnel(int number, TunnelId local, Ipv4Address source, ReliableChannel channel)
{
    /// <summary>Which of the LACs, from 0 on.</summary>
    public int Number { get; } = number;
    public TunnelId Local { get; private set; } = local;
    public Ipv4Address Source { get; } = source;
    public ReliableChannel Channel { get; private set; } = channel;
    public TunnelId Peer { get; set; }
    public LacTunnelPhase Phase { get; set; }
    /// <summary>The LNS's Challenge, for our SCCCN.</summary>
    public AvpOctets Challenge { get; set; }
    /// <summary>In the list of those that have something to send.</summary>
    public bool IsDirty { get; set; }
    /// <summary>Wrong messages go among its own.</summary>
    public bool IsFuzzed { get; set; }
    /// <summary>SCCRQs in a row that were refused, and when the next one goes out: Stopwatch ticks.</summary>
    public int Refusals { get; set; }
    public long RetryAt { get; set; }

    /// <summary>A new control connection of the same LAC.</summary>
    public void Renew(TunnelId local, ReliableChannel channel) => (Local, Peer, Channel, Challenge) = (local, default, channel, default);
}

using Akka.LNS.Wire;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

internal enum LacTunnelPhase : byte
{
    Idle,
    /// <summary>SCCRQ is sent.</summary>
    Opening,
    Open,
    /// <summary>StopCCN is sent.</summary>
    Closing,
    Closed,
    /// <summary>Refused, stopped by the LNS, or without an answer.</summary>
    Failed,
}

/// <summary>One LAC: a control connection with its own source address.</summary>
internal sealed class LacTunnel(int number, TunnelId local, Ipv4Address source, ReliableChannel channel)
{
    /// <summary>Number of the LAC, from 0 on.</summary>
    public int Number { get; } = number;
    public TunnelId Local { get; private set; } = local;
    public Ipv4Address Source { get; } = source;
    public ReliableChannel Channel { get; private set; } = channel;
    public TunnelId Peer { get; set; }
    public LacTunnelPhase Phase { get; set; }
    /// <summary>Challenge of the LNS, for the SCCCN.</summary>
    public AvpOctets Challenge { get; set; }
    /// <summary>In the list of tunnels with something to send.</summary>
    public bool IsDirty { get; set; }
    /// <summary>Carries altered messages.</summary>
    public bool IsFuzzed { get; set; }
    /// <summary>Number of SCCRQs in a row that were refused.</summary>
    public int Refusals { get; set; }
    /// <summary>Time of the next SCCRQ in Stopwatch ticks.</summary>
    public long RetryAt { get; set; }

    /// <summary>Begins a new control connection of the same LAC.</summary>
    public void Renew(TunnelId local, ReliableChannel channel) => (Local, Peer, Channel, Challenge) = (local, default, channel, default);
}

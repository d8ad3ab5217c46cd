namespace Akka.LNS.DataPlane.Contract;

/// <summary>Forwarded IP of one path. Octets are those of IP packets, without PPP and L2TP. In: from the subscriber.</summary>
/// <param name="LastActivityTicks">Time of the last IP packet in ticks of 100 ns on the monotonic clock of
/// <see cref="System.Diagnostics.Stopwatch"/>. Opening the path counts as activity.</param>
public readonly record struct PathCounters(
    ulong InOctets, ulong InPackets, ulong OutOctets, ulong OutPackets, ulong Drops, long LastActivityTicks)
{
    /// <summary>Time of the last data message from the LAC, PPP control included, in the same ticks.</summary>
    public long LastInTicks { get; init; }
}

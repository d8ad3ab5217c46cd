namespace Akka.LNS.DataPlane;

/// <summary>Forwarded IP of one path, octets without PPP and L2TP. In: from the subscriber.</summary>
/// <param name="LastActivityTicks">When the last IP packet passed, on the monotonic clock of <see cref="System.Diagnostics.Stopwatch"/> in ticks of 100 ns; the opening counts as activity.</param>
public readonly record struct PathCounters(
    ulong InOctets, ulong InPackets, ulong OutOctets, ulong OutPackets, ulong Drops, long LastActivityTicks);

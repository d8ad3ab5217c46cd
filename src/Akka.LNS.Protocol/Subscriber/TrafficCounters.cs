namespace Akka.LNS.Protocol.Subscriber;

/// <summary>Traffic of one session as the data plane counts it. In is from the subscriber, out is to it.</summary>
/// <param name="LastActivity">When the last data packet passed, in either direction.</param>
public readonly record struct TrafficCounters(ulong InOctets, ulong OutOctets, ulong InPackets, ulong OutPackets, Instant LastActivity)
{
    /// <summary>The greater value of each field, so that a total never goes back when a path is already closed.</summary>
    public TrafficCounters Latest(TrafficCounters other) => new(
        Math.Max(InOctets, other.InOctets), Math.Max(OutOctets, other.OutOctets),
        Math.Max(InPackets, other.InPackets), Math.Max(OutPackets, other.OutPackets),
        LastActivity > other.LastActivity ? LastActivity : other.LastActivity);
}

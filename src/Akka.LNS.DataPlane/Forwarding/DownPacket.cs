using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>One packet on its way from the device to a LAC: what the stages have found in it so far.</summary>
internal ref struct DownPacket(ReadOnlySpan<byte> octets, ThreadCounters counters, long now)
{
    public readonly ReadOnlySpan<byte> Octets = octets;

    public readonly ThreadCounters Counters = counters;

    /// <summary>Timestamp of the batch.</summary>
    public readonly long Now = now;

    /// <summary>Set by <see cref="DownStages.ReadIp"/>.</summary>
    public Ipv4HeaderView Ip;

    /// <summary>Set by <see cref="DownStages.FindPath"/>.</summary>
    public SessionPath Path = null!;

    /// <summary>Set by <see cref="DownStages.CheckForwarding"/>.</summary>
    public ForwardingSettings Forwarding = null!;

    /// <summary>Counts a drop before the path is known.</summary>
    public readonly bool Drop(DropReason why)
    {
        Counters.Drop(why);
        return false;
    }

    /// <summary>Counts a drop, also on the path.</summary>
    public readonly bool DropOnPath(DropReason why)
    {
        Path.CountDrop();
        return Drop(why);
    }
}

using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>One data message on its way from a LAC to the device: what the stages have found in it so far.</summary>
internal ref struct UpPacket(ReadOnlySpan<byte> datagram, in UdpFlow flow, ThreadCounters counters, long now)
{
    public readonly ReadOnlySpan<byte> Datagram = datagram;

    /// <summary>The sender.</summary>
    public readonly ref readonly UdpFlow Flow = ref flow;

    public readonly ThreadCounters Counters = counters;

    /// <summary>Timestamp of the batch.</summary>
    public readonly long Now = now;

    /// <summary>Set by <see cref="UpStages.ReadL2tp"/>.</summary>
    public L2tpHeaderView L2tp;

    /// <summary>Set by <see cref="UpStages.FindPath"/>.</summary>
    public SessionPath Path = null!;

    /// <summary>Set by <see cref="UpStages.CheckPeer"/>.</summary>
    public SessionPath.Attachment Attached = null!;

    /// <summary>Set by <see cref="UpStages.ReadPpp"/>.</summary>
    public PppFrameView Ppp;

    /// <summary>Set by <see cref="UpStages.CheckForwarding"/>.</summary>
    public ForwardingSettings Forwarding = null!;

    /// <summary>Set by <see cref="UpStages.ReadIp"/>.</summary>
    public Ipv4HeaderView Ip;

    /// <summary>Counts a drop before the path is known, or one that is not the path's fault.</summary>
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

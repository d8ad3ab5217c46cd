using System.Diagnostics;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>The LNS's own ICMP errors, limited for the plane as a whole: a flood of packets is not answered one by one.</summary>
internal sealed class IcmpErrors(IIpDevice device)
{
    private const double PerSecond = 1000; // our choice
    private const int Burst = 50;
    private readonly Policer _policer = new(PerSecond, Burst, Stopwatch.Frequency);
    private long _limit = long.MinValue;

    /// <summary>Tells the sender of a too large packet the MTU of its path (RFC 1191 section 4). False: nothing was sent.
    /// Any thread.</summary>
    public bool FragmentationNeeded(Ipv4HeaderView packet, int mtu, long now)
    {
        if (device.OwnAddress is not { } from || !IcmpUnreachable.MayAnswer(packet) || !_policer.TryTake(ref _limit, now)) return false;
        Span<byte> answer = stackalloc byte[IcmpUnreachable.MaxLength];
        var length = IcmpUnreachable.WriteFragmentationNeeded(answer, packet, from, (ushort)mtu);
        return device.SendOwn(packet.Source, answer[..length]);
    }
}

using System.Collections.Immutable;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>Sums over all paths, closed ones included. In: from LACs and subscribers.</summary>
public sealed record PlaneCounters(
    ulong InPackets, ulong InOctets, ulong OutPackets, ulong OutOctets,
    ulong ControlIn, ulong ControlOut, ulong PppIn, ulong PppOut, ulong Fragmented, ulong IcmpSent, ulong MssClamped,
    ImmutableArray<ulong> Drops)
{
    /// <summary>Number of drops for one reason.</summary>
    public ulong Dropped(DropReason reason) => Drops[(int)reason];
}

using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>What is counted beside the drops.</summary>
internal enum Count
{
    InPackets, InOctets, OutPackets, OutOctets, ControlIn, ControlOut, PppIn, PppOut, Fragmented, IcmpSent, MssClamped,
}

/// <summary>Counters of one thread, so that no two threads write one cache line; sums are made when they are read.</summary>
internal sealed class Tally
{
    private const int Pad = 8; // a cache line before the first and behind the last
    private static readonly int CountKinds = Enum.GetValues<Count>().Length;
    public static readonly int DropKinds = Enum.GetValues<DropReason>().Length;
    private readonly ulong[] _values = new ulong[Pad + CountKinds + DropKinds + Pad];

    /// <summary>From the owning thread only.</summary>
    public void Add(Count what, ulong by = 1) => _values[Pad + (int)what] += by;
    public void Drop(DropReason why, ulong by = 1) => _values[Pad + CountKinds + (int)why] += by;

    /// <summary>From any thread, on the tally that belongs to none.</summary>
    public void AddShared(Count what) => Interlocked.Increment(ref _values[Pad + (int)what]);
    public void DropShared(DropReason why) => Interlocked.Increment(ref _values[Pad + CountKinds + (int)why]);

    public ulong Read(Count what) => Volatile.Read(ref _values[Pad + (int)what]);
    public ulong Read(DropReason why) => Volatile.Read(ref _values[Pad + CountKinds + (int)why]);
}

using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>The counters of a plane, besides the drops.</summary>
internal enum PlaneCounter
{
    InPackets, InOctets, OutPackets, OutOctets, ControlIn, ControlOut, PppIn, PppOut, Fragmented, IcmpSent, MssClamped,
}

/// <summary>Counters of one thread, so that no two threads write one cache line. A reader sums over the threads.</summary>
internal sealed class ThreadCounters
{
    private const int Pad = 8; // a cache line before the first counter and behind the last one
    private static readonly int CounterCount = Enum.GetValues<PlaneCounter>().Length;
    public static readonly int DropReasonCount = Enum.GetValues<DropReason>().Length;
    private readonly ulong[] _values = new ulong[Pad + CounterCount + DropReasonCount + Pad];

    /// <summary>Adds to a counter. For the owning thread.</summary>
    public void Add(PlaneCounter what, ulong by = 1) => _values[Pad + (int)what] += by;

    /// <summary>Counts drops. For the owning thread.</summary>
    public void Drop(DropReason why, ulong by = 1) => _values[Pad + CounterCount + (int)why] += by;

    /// <summary>Adds to a counter. For any thread, on counters without an owner.</summary>
    public void AddShared(PlaneCounter what, ulong by = 1) => Interlocked.Add(ref _values[Pad + (int)what], by);

    /// <summary>Counts drops. For any thread, on counters without an owner.</summary>
    public void DropShared(DropReason why, ulong by = 1) => Interlocked.Add(ref _values[Pad + CounterCount + (int)why], by);

    public ulong Read(PlaneCounter what) => Volatile.Read(ref _values[Pad + (int)what]);

    public ulong Read(DropReason why) => Volatile.Read(ref _values[Pad + CounterCount + (int)why]);
}

using System.Runtime.CompilerServices;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>Packets of one read or write, in memory that is allocated once. For one thread.</summary>
/// <remarks>Each slot has <see cref="Headroom"/> octets in front of its packet: for the headers towards the LAC, and for a virtio header of
/// 10 octets when a device offloads segmentation. A packet is changed in its slot and never copied.</remarks>
internal sealed unsafe class PacketBatch
{
    /// <summary>Slots.</summary>
    public const int Size = 64;

    /// <summary>Octets in front of each packet.</summary>
    public const int Headroom = 64;

    /// <summary>A packet may have moved inside its slot: the entry points to where it begins now.</summary>
    private struct Entry
    {
        public byte* Start;
        public int Length;
        public bool IsTruncated;
        public UdpFlow Flow;
    }

    private readonly byte[] _memory; // pinned: keeps the pointers valid
    private readonly byte* _slots;
    private readonly int _slotOctets;
    private readonly Entry[] _entries = new Entry[Size];

    /// <param name="packetOctets">Largest packet.</param>
    public PacketBatch(int packetOctets)
    {
        PacketOctets = packetOctets;
        _slotOctets = (Headroom + packetOctets + 63) / 64 * 64 + 64; // not a power of two, or all slots share cache sets
        _memory = GC.AllocateArray<byte>(Size * _slotOctets, pinned: true);
        _slots = (byte*)Unsafe.AsPointer(ref _memory[0]);
    }

    /// <summary>Octets that a slot holds behind its headroom.</summary>
    public int PacketOctets { get; }

    /// <summary>Slots in use.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Size;

    /// <summary>Where the packet of slot <paramref name="i"/> is read to.</summary>
    public byte* Slot(int i) => _slots + i * _slotOctets + Headroom;

    /// <summary>Where the next packet is read to.</summary>
    public byte* NextSlot => Slot(Count);

    public void Clear() => Count = 0;

    /// <summary>Takes the packet that was read to <see cref="NextSlot"/>.</summary>
    public void Add(int length)
    {
        ref var entry = ref _entries[Count];
        entry.Start = NextSlot;
        entry.Length = length;
        Count++;
    }

    /// <summary>Takes the datagram that was read to <see cref="NextSlot"/>.</summary>
    /// <param name="length">Octets in the slot.</param>
    /// <param name="flow">The peer, and our address if it is known.</param>
    /// <param name="isTruncated">The datagram was larger than the slot.</param>
    public void Add(int length, in UdpFlow flow, bool isTruncated)
    {
        ref var entry = ref _entries[Count];
        entry.Flow = flow;
        entry.IsTruncated = isTruncated;
        Add(length);
    }

    /// <summary>The packet as it is now. Empty: there is nothing to write.</summary>
    public ReadOnlySpan<byte> this[int i] => new(_entries[i].Start, _entries[i].Length);

    /// <summary>The peer of a datagram.</summary>
    public ref readonly UdpFlow Flow(int i) => ref _entries[i].Flow;

    public bool IsTruncated(int i) => _entries[i].IsTruncated;

    /// <summary>Narrows the packet to a part of it.</summary>
    public void Narrow(int i, ReadOnlySpan<byte> part)
    {
        ref var entry = ref _entries[i];
        entry.Start = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in System.Runtime.InteropServices.MemoryMarshal.GetReference(part)));
        entry.Length = part.Length;
    }

    /// <summary>Drops the packet from the batch.</summary>
    public void Drop(int i) => _entries[i].Length = 0;
}

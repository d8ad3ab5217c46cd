namespace Akka.LNS.DataPlane.Contract;

/// <summary>Datagrams of one write. They lie in packet batches, whose slots must not be reused before the write. For one thread.</summary>
internal sealed unsafe class DatagramList
{
    /// <summary>Most datagrams of one write.</summary>
    public const int Size = 64;

    private struct Entry
    {
        public byte* Start;
        public int Length;
        public UdpFlow Flow;
    }

    private readonly Entry[] _entries = new Entry[Size];

    public int Count { get; private set; }

    public bool IsFull => Count == Size;

    public void Add(byte* start, int length, in UdpFlow flow)
    {
        ref var entry = ref _entries[Count++];
        entry.Start = start;
        entry.Length = length;
        entry.Flow = flow;
    }

    public byte* Start(int i) => _entries[i].Start;

    public int Length(int i) => _entries[i].Length;

    public ref readonly UdpFlow Flow(int i) => ref _entries[i].Flow;

    public void Clear() => Count = 0;
}

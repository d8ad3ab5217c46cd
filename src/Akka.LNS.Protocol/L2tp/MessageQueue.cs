namespace Akka.LNS.Protocol.L2tp;

/// <summary>An immutable queue of encoded messages. Append and remove return a new queue and do not change the old one.</summary>
/// <remarks>
/// The versions of a queue share one array. Only an append to a version that is not the newest copies it. All operations are O(1)
/// amortised, and any message can be read by index.
/// </remarks>
public readonly struct MessageQueue : IEquatable<MessageQueue>
{
    private const int Smallest = 8;
    private const int LargestKeptEmpty = 64;

    private sealed class Shelf(int size)
    {
        internal readonly byte[][] Items = new byte[size][];
        internal int Used;
    }

    private readonly Shelf? _shelf;
    private readonly int _start;

    private MessageQueue(Shelf? shelf, int start, int count)
    {
        _shelf = shelf;
        _start = start;
        Count = count;
    }

    public int Count { get; }
    public bool IsEmpty => Count == 0;
    public byte[] this[int index] =>
        (uint)index < (uint)Count ? _shelf!.Items[_start + index] : throw new ArgumentOutOfRangeException(nameof(index));

    public MessageQueue Append(byte[] message)
    {
        var end = _start + Count;
        if (_shelf is { } shelf && end == shelf.Used && end < shelf.Items.Length)
        {
            shelf.Items[shelf.Used++] = message;
            return new MessageQueue(shelf, _start, Count + 1);
        }
        var next = new Shelf(Math.Max(Smallest, Count * 2));
        _shelf?.Items.AsSpan(_start, Count).CopyTo(next.Items);
        next.Items[Count] = message;
        next.Used = Count + 1;
        return new MessageQueue(next, 0, Count + 1);
    }

    public MessageQueue RemoveFirst(int count)
    {
        if (count < Count) return new MessageQueue(_shelf, _start + count, Count - count);
        return _shelf is { Items.Length: <= LargestKeptEmpty } ? new MessageQueue(_shelf, _start + Count, 0) : default;
    }

    /// <summary>The first <paramref name="count"/> messages.</summary>
    public MessageQueue Take(int count) => new(_shelf, _start, Math.Min(count, Count));

    public bool Equals(MessageQueue other)
    {
        if (Count != other.Count) return false;
        for (var i = 0; i < Count; i++)
            if (!this[i].AsSpan().SequenceEqual(other[i])) return false;
        return true;
    }

    public override bool Equals(object? obj) => obj is MessageQueue other && Equals(other);
    public override int GetHashCode() => Count;
    public static bool operator ==(MessageQueue left, MessageQueue right) => left.Equals(right);
    public static bool operator !=(MessageQueue left, MessageQueue right) => !left.Equals(right);
    public override string ToString() => $"{Count} messages";
}

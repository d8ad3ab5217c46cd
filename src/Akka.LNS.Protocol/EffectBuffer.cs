using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Akka.LNS.Protocol;

/// <summary>Collects the effects of one transition in order. Without effects it allocates nothing.</summary>
internal struct EffectBuffer<T>
{
    private T[]? _items;
    private int _count;

    public void Add(T effect)
    {
        _items ??= new T[2];
        if (_count == _items.Length) Array.Resize(ref _items, _count * 2);
        _items[_count++] = effect;
    }

    /// <summary>Adds an effect in front of all others.</summary>
    public void AddFirst(T effect)
    {
        Add(effect);
        Array.Copy(_items!, 0, _items!, 1, _count - 1);
        _items![0] = effect;
    }

    public readonly ImmutableArray<T> ToImmutable() =>
        _items is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(_count == _items.Length ? _items : _items[.._count]);
}

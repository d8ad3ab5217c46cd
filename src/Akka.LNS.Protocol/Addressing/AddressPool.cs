using System.Collections.Immutable;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Addressing;

/// <summary>
/// Addresses of one pool, numbered as slots without gaps. Unused addresses are leased first, in order, and then the one that was released
/// first. So an address is not reused at once. Every operation takes constant time, except for a binary search over the ranges.
/// </summary>
/// <remarks>
/// The class is mutable to save memory. Each address that was used needs 8 octets and a reference to its last user. An unused address needs
/// no memory. No clock and no randomness: the same calls give the same answers.
/// </remarks>
internal sealed class AddressPool
{
    /// <summary>Maximum number of addresses of one pool: a /8.</summary>
    internal const int MaxCapacity = 1 << 24;
    private const int None = -1;
    private const int Leased = -2;
    private readonly ImmutableArray<AddressRange> _given; // as configured: sorted, disjoint, without excluded addresses
    private readonly ImmutableArray<AddressRange> _ranges; // the same addresses, sorted; the slots of each range are consecutive
    private readonly int[] _firstSlot; // first slot of each range
    private readonly int[] _bySlot; // the ranges in the order of their slots
    private readonly bool _sticky;
    // links of the list of released slots below _fresh, oldest first; _next is Leased while a slot is leased
    private int[] _next = [];
    private int[] _previous = [];
    private string?[] _lastUser = [];
    private int _oldest = None;
    private int _newest = None;
    private int _fresh; // slots from here on were never leased, except those in _ahead
    private readonly HashSet<int> _ahead = []; // slots at or above _fresh that were leased by address
    private readonly Dictionary<string, int> _lastSlot = new(StringComparer.Ordinal); // last slot of each user

    /// <param name="ranges">Sorted, apart from each other.</param>
    internal AddressPool(string name, ImmutableArray<AddressRange> ranges, bool sticky) : this(name, ranges, [.. ranges], sticky)
    {
    }

    /// <param name="inOrder">The same addresses, in the order of their slots.</param>
    private AddressPool(string name, ImmutableArray<AddressRange> given, List<AddressRange> inOrder, bool sticky)
    {
        Name = name;
        _sticky = sticky;
        _given = given;
        _bySlot = new int[inOrder.Count];
        _firstSlot = new int[inOrder.Count];
        var sorted = Enumerable.Range(0, inOrder.Count).OrderBy(i => inOrder[i].First).ToArray(); // indexes into inOrder
        _ranges = [.. sorted.Select(i => inOrder[i])];
        for (var i = 0; i < sorted.Length; i++) _bySlot[sorted[i]] = i;
        foreach (var i in _bySlot)
        {
            _firstSlot[i] = Capacity;
            Capacity += (int)_ranges[i].Count;
        }
    }

    /// <summary>
    /// This pool with other ranges. Addresses in both keep their state: leased, free, last user. New addresses are unused. Removed
    /// addresses are forgotten; the caller handles their leases.
    /// </summary>
    /// <param name="ranges">Sorted, apart from each other.</param>
    internal AddressPool With(ImmutableArray<AddressRange> ranges, bool sticky)
    {
        if (sticky == _sticky && ranges.AsSpan().SequenceEqual(_given.AsSpan())) return this;
        List<AddressRange> order = [];
        foreach (var i in _bySlot) order.AddRange(_ranges[i].Common(ranges)); // kept addresses keep their order
        order.AddRange(AddressRange.Without(ranges, [.. order]));
        var next = new AddressPool(Name, ranges, order, sticky);
        var slots = new int[_fresh];
        for (var slot = 0; slot < _fresh; slot++)
            if ((slots[slot] = next.SlotOf(AddressOf(slot))) != None) next._fresh++;
        next.Reserve(next._fresh);
        for (var slot = 0; slot < _fresh; slot++)
        {
            if (slots[slot] is var there && there == None) continue;
            if (_next[slot] == Leased)
            {
                next._next[there] = Leased;
                next.Used++;
            }
            if (sticky && _sticky && _lastUser[slot] is { } user)
            {
                next._lastUser[there] = user;
                if (_lastSlot.TryGetValue(user, out var last) && last == slot) next._lastSlot[user] = there;
            }
        }
        for (var slot = _oldest; slot != None; slot = _next[slot])
            if (slots[slot] != None) next.Append(slots[slot]);
        foreach (var slot in _ahead)
            if (next.SlotOf(AddressOf(slot)) is var there && there != None && next._ahead.Add(there)) next.Used++;
        return next;
    }

    internal string Name { get; }
    internal int Capacity { get; }
    internal int Used { get; private set; }

    /// <summary>Addresses of the pool, sorted, apart from each other.</summary>
    internal ImmutableArray<AddressRange> Ranges => _given;

    internal bool IsLeased(Ipv4Address address) =>
        SlotOf(address) is var slot and not None && (slot >= _fresh ? _ahead.Contains(slot) : _next[slot] == Leased);

    /// <param name="isBarred">A free address that this user cannot have now. It stays free.</param>
    internal bool TryLease(string user, Func<Ipv4Address, string, bool> isBarred, out Ipv4Address address)
    {
        var slot = Choose(user, isBarred);
        address = slot == None ? default : AddressOf(slot);
        if (slot == None) return false;
        Used++;
        Remember(slot, user);
        return true;
    }

    /// <summary>Leases one address. False: it is already leased.</summary>
    internal bool TryLease(Ipv4Address address, string user)
    {
        var slot = SlotOf(address);
        if (slot >= _fresh)
        {
            if (!_ahead.Add(slot)) return false;
        }
        else
        {
            if (_next[slot] == Leased) return false;
            Unlink(slot);
        }
        Used++;
        Remember(slot, user);
        return true;
    }

    /// <summary>Releases a leased address.</summary>
    internal void Release(Ipv4Address address)
    {
        var slot = SlotOf(address);
        Used--;
        if (slot >= _fresh)
        {
            // the list of released slots holds only slots below _fresh, so this slot counts as unused again
            _ahead.Remove(slot);
            return;
        }
        Append(slot);
    }

    private void Append(int slot)
    {
        _previous[slot] = _newest;
        _next[slot] = None;
        if (_newest == None) _oldest = slot;
        else _next[_newest] = slot;
        _newest = slot;
    }

    internal bool Contains(Ipv4Address address) => SlotOf(address) != None;

    private int Choose(string user, Func<Ipv4Address, string, bool> isBarred)
    {
        if (_sticky && user.Length > 0 && _lastSlot.TryGetValue(user, out var last) && last < _fresh && _next[last] != Leased
            && !isBarred(AddressOf(last), user))
        {
            Unlink(last);
            return last;
        }
        while (_fresh < Capacity)
        {
            Grow();
            var slot = _fresh++;
            _next[slot] = Leased;
            if (_ahead.Remove(slot)) continue;
            if (!isBarred(AddressOf(slot), user)) return slot;
            Append(slot);
        }
        for (var firstBarred = None; _oldest != None && _oldest != firstBarred;)
        {
            var oldest = _oldest;
            Unlink(oldest);
            if (!isBarred(AddressOf(oldest), user)) return oldest;
            Append(oldest);
            if (firstBarred == None) firstBarred = oldest;
        }
        return None;
    }

    private void Unlink(int slot)
    {
        var (previous, next) = (_previous[slot], _next[slot]);
        if (previous == None) _oldest = next;
        else _next[previous] = next;
        if (next == None) _newest = previous;
        else _previous[next] = previous;
        _next[slot] = Leased;
    }

    private void Remember(int slot, string user)
    {
        if (!_sticky || slot >= _fresh) return;
        if (_lastUser[slot] is { } before && before != user && _lastSlot.TryGetValue(before, out var other) && other == slot)
            _lastSlot.Remove(before);
        _lastUser[slot] = user.Length == 0 ? null : user;
        if (user.Length > 0) _lastSlot[user] = slot;
    }

    private void Grow()
    {
        if (_fresh < _next.Length) return;
        Reserve(Math.Min(Capacity, Math.Max(64, _next.Length * 2)));
    }

    private void Reserve(int length)
    {
        Array.Resize(ref _next, length);
        Array.Resize(ref _previous, length);
        if (_sticky) Array.Resize(ref _lastUser, length);
    }

    private Ipv4Address AddressOf(int slot)
    {
        var (low, high) = (0, _bySlot.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_firstSlot[_bySlot[middle]] <= slot) low = middle;
            else high = middle - 1;
        }
        var i = _bySlot[low];
        return new Ipv4Address(_ranges[i].First.Value + (uint)(slot - _firstSlot[i]));
    }

    private int SlotOf(Ipv4Address address)
    {
        var (low, high) = (0, _ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (address.Value < _ranges[middle].First.Value) high = middle - 1;
            else if (address.Value > _ranges[middle].Last.Value) low = middle + 1;
            else return _firstSlot[middle] + (int)(address.Value - _ranges[middle].First.Value);
        }
        return None;
    }
}

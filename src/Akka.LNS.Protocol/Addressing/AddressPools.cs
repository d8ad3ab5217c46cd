using System.Collections.Immutable;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Addressing;

/// <summary>
/// All addresses that a group of nodes gives out: by pool, or by address when RADIUS names one, inside or outside of the pools. No address
/// is leased twice at a time, whichever way it was asked for.
/// </summary>
/// <remarks>
/// Leases are keyed by holder, so asking twice is asking once and a restart rebuilds them by <see cref="Reserve"/> from the live
/// subscribers. One owner only: it is not for several threads, but for <see cref="Names"/> and <see cref="Use"/>, which anybody may read, a
/// moment late.
/// </remarks>
public sealed class AddressPools
{
    private volatile AddressPool[] _pools;
    private ImmutableArray<AddressRange> _never;
    private readonly Dictionary<string, Ipv4Address> _held = new(StringComparer.Ordinal);
    private Dictionary<uint, string?> _outside = []; // the pool that gave it, and has it no more; null: none gave it

    private AddressPools(AddressPool[] pools, ImmutableArray<AddressRange> never)
    {
        _pools = pools;
        _never = OrNone(never);
    }

    /// <summary>Leases, in pools and outside.</summary>
    public int Used => _held.Count;
    /// <summary>Leases of addresses that are in no pool.</summary>
    public int UsedOutside => _outside.Count;

    /// <summary>Of the leases outside, those of addresses that a pool gave and that are in none any more, by that pool.</summary>
    public IEnumerable<(string Pool, int Leases)> LeftOver =>
        _outside.Values.OfType<string>().GroupBy(static p => p, StringComparer.Ordinal).Select(static g => (g.Key, g.Count()));

    /// <param name="never">Addresses that nobody may have: the LNS's own.</param>
    /// <param name="error">What is wrong with the settings, as a sentence; null when nothing is.</param>
    public static bool TryCreate(
        IReadOnlyList<AddressPoolSettings> settings, ImmutableArray<AddressRange> never, out AddressPools pools, out string? error)
    {
        pools = new AddressPools([], never);
        return pools.TryChange(settings, never, out error);
    }

    /// <summary>
    /// Other pools, ranges and exclusions. No lease ends: an address that is in no range any more stays with its holder, and is given to
    /// nobody when that has gone. False, and nothing has changed: the settings are wrong, as <paramref name="error"/> says.
    /// </summary>
    /// <inheritdoc cref="TryCreate"/>
    public bool TryChange(IReadOnlyList<AddressPoolSettings> settings, ImmutableArray<AddressRange> never, out string? error)
    {
        error = null;
        var next = new List<AddressPool>(settings.Count);
        for (var i = 0; i < settings.Count && error is null; i++)
        {
            var one = settings[i];
            for (var j = 0; j < i; j++)
            {
                if (settings[j].Name == one.Name) error = $"pool '{one.Name}' is there twice";
                foreach (var a in OrNone(one.Ranges))
                    foreach (var b in OrNone(settings[j].Ranges))
                        if (a.Overlaps(b))
                            error ??= $"pool '{one.Name}': {a} overlaps {b} of pool '{settings[j].Name}'";
            }
            var ranges = OrNone(one.Ranges).Sort(static (a, b) => a.First.CompareTo(b.First));
            for (var j = 1; j < ranges.Length; j++)
                if (ranges[j].Overlaps(ranges[j - 1])) error ??= $"pool '{one.Name}': its ranges overlap";
            ranges = AddressRange.Without(ranges, [.. OrNone(one.Exclude), .. OrNone(never)]);
            var count = 0L;
            foreach (var range in ranges) count += range.Count;
            if (count == 0) error ??= $"pool '{one.Name}' has no address";
            if (count > AddressPool.MaxCapacity)
                error ??= $"pool '{one.Name}' has {count} addresses, {AddressPool.MaxCapacity} are allowed";
            if (error is null) next.Add(Find(one.Name)?.With(ranges, one.Sticky) ?? new AddressPool(one.Name, ranges, one.Sticky));
        }
        if (error is not null) return false;
        Move([.. next]);
        _never = OrNone(never);
        return true;
    }

    /// <summary>The leases of what has changed its pool, came into one, or went out of all.</summary>
    private void Move(AddressPool[] next)
    {
        var outside = new Dictionary<uint, string?>();
        foreach (var address in _held.Values)
        {
            var before = Find(_pools, address);
            if (Find(next, address) is not { } now) outside.Add(address.Value, before?.Name ?? _outside.GetValueOrDefault(address.Value));
            else if (now.Name != before?.Name) now.TryLease(address, ""); // it is new there, and free
        }
        _outside = outside;
        _pools = next;
    }

    /// <summary>An address of a pool for a holder.</summary>
    /// <param name="holder">What names the subscriber, e.g. the key of its bundle: one lease each.</param>
    /// <param name="user">Whose last address is tried first; empty: nobody's.</param>
    public Lease Lease(string pool, string holder, string user = "")
    {
        if (Find(pool) is not { } from) return new Lease(LeaseOutcome.UnknownPool, default);
        if (_held.TryGetValue(holder, out var held)) return new Lease(LeaseOutcome.AlreadyHeld, held);
        if (!from.TryLease(user, out var address)) return new Lease(LeaseOutcome.Exhausted, default);
        _held.Add(holder, address);
        return new Lease(LeaseOutcome.Leased, address);
    }

    /// <summary>This very address for a holder: a static one from RADIUS, or one that was held before a restart.</summary>
    public Lease Reserve(Ipv4Address address, string holder, string user = "")
    {
        if (_held.TryGetValue(holder, out var held))
            return new Lease(held == address ? LeaseOutcome.AlreadyHeld : LeaseOutcome.Taken, address);
        foreach (var range in _never)
            if (range.Contains(address))
                return new Lease(LeaseOutcome.Excluded, address);
        if (!(Find(address) is { } pool ? pool.TryLease(address, user) : _outside.TryAdd(address.Value, null)))
            return new Lease(LeaseOutcome.Taken, address);
        _held.Add(holder, address);
        return new Lease(LeaseOutcome.Leased, address);
    }

    /// <summary>Ends the lease of a holder; false when it has none (any more), which is no fault.</summary>
    public bool Release(string holder, out Ipv4Address address)
    {
        if (!_held.Remove(holder, out address)) return false;
        if (Find(address) is { } pool) pool.Release(address);
        else _outside.Remove(address.Value);
        return true;
    }

    /// <summary>What a holder has.</summary>
    public bool TryFind(string holder, out Ipv4Address address) => _held.TryGetValue(holder, out address);

    /// <summary>How full a pool is; null: there is no such pool.</summary>
    public PoolUse? Use(string pool) => Find(pool) is { } found ? new PoolUse(found.Capacity, found.Used) : null;

    /// <summary>The names of the pools, in the order of the settings.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            foreach (var pool in _pools) yield return pool.Name;
        }
    }

    private AddressPool? Find(string name)
    {
        foreach (var pool in _pools)
            if (pool.Name == name)
                return pool;
        return null;
    }

    private AddressPool? Find(Ipv4Address address) => Find(_pools, address);

    private static AddressPool? Find(AddressPool[] pools, Ipv4Address address)
    {
        foreach (var pool in pools)
            if (pool.Contains(address))
                return pool;
        return null;
    }

    private static ImmutableArray<AddressRange> OrNone(ImmutableArray<AddressRange> ranges) => ranges.IsDefault ? [] : ranges;
}

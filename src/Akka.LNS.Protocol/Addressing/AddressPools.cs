using System.Collections.Immutable;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Addressing;

/// <summary>
/// All addresses that a group of nodes gives out: by pool, or by address when RADIUS names one, inside or outside of the pools. No address is
/// leased twice at a time, whichever way it was asked for.
/// </summary>
/// <remarks>
/// Leases are keyed by holder, so asking twice is asking once and a restart rebuilds them by <see cref="Reserve"/> from the live subscribers.
/// One owner only: it is not for several threads, but for <see cref="Names"/> and <see cref="Use"/>, which anybody may read, a moment late.
/// </remarks>
public sealed class AddressPools
{
    private readonly ImmutableArray<AddressPool> _pools;
    private readonly ImmutableArray<AddressRange> _never;
    private readonly Dictionary<string, Ipv4Address> _held = new(StringComparer.Ordinal);
    private readonly HashSet<uint> _outside = [];

    private AddressPools(ImmutableArray<AddressPool> pools, ImmutableArray<AddressRange> never)
    {
        _pools = pools;
        _never = OrNone(never);
    }

    /// <summary>Leases, in pools and outside.</summary>
    public int Used => _held.Count;
    /// <summary>Leases of addresses that are in no pool.</summary>
    public int UsedOutside => _outside.Count;

    /// <param name="never">Addresses that nobody may have: the LNS's own.</param>
    /// <param name="error">What is wrong with the settings, as a sentence; null when nothing is.</param>
    public static bool TryCreate(IReadOnlyList<AddressPoolSettings> settings, ImmutableArray<AddressRange> never, out AddressPools pools, out string? error)
    {
        var built = ImmutableArray.CreateBuilder<AddressPool>(settings.Count);
        pools = new AddressPools([], never);
        error = null;
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
            var ranges = Without(OrNone(one.Ranges), [.. OrNone(one.Exclude), .. OrNone(never)], out var overlap);
            if (overlap) error ??= $"pool '{one.Name}': its ranges overlap";
            var count = 0L;
            foreach (var range in ranges) count += range.Count;
            if (count == 0) error ??= $"pool '{one.Name}' has no address";
            if (count > AddressPool.MaxCapacity) error ??= $"pool '{one.Name}' has {count} addresses, {AddressPool.MaxCapacity} are allowed";
            if (error is null) built.Add(new AddressPool(one.Name, ranges, one.Sticky));
        }
        if (error is not null) return false;
        pools = new AddressPools(built.ToImmutable(), never);
        return true;
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
        if (_held.TryGetValue(holder, out var held)) return new Lease(held == address ? LeaseOutcome.AlreadyHeld : LeaseOutcome.Taken, address);
        foreach (var range in _never)
            if (range.Contains(address))
                return new Lease(LeaseOutcome.Excluded, address);
        if (!(Find(address) is { } pool ? pool.TryLease(address, user) : _outside.Add(address.Value))) return new Lease(LeaseOutcome.Taken, address);
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

    private AddressPool? Find(Ipv4Address address)
    {
        foreach (var pool in _pools)
            if (pool.Contains(address))
                return pool;
        return null;
    }

    private static ImmutableArray<AddressRange> OrNone(ImmutableArray<AddressRange> ranges) => ranges.IsDefault ? [] : ranges;

    /// <summary>The ranges, sorted, without what is excluded.</summary>
    private static ImmutableArray<AddressRange> Without(ImmutableArray<AddressRange> ranges, ImmutableArray<AddressRange> excluded, out bool overlap)
    {
        overlap = false;
        var sorted = ranges.Sort(static (a, b) => a.First.CompareTo(b.First));
        for (var i = 1; i < sorted.Length; i++) overlap |= sorted[i].Overlaps(sorted[i - 1]);
        List<AddressRange> left = [.. sorted];
        foreach (var hole in excluded)
        {
            List<AddressRange> next = [];
            foreach (var range in left)
            {
                if (!range.Overlaps(hole))
                {
                    next.Add(range);
                    continue;
                }
                if (range.First.Value < hole.First.Value) next.Add(range with { Last = new Ipv4Address(hole.First.Value - 1) });
                if (range.Last.Value > hole.Last.Value) next.Add(range with { First = new Ipv4Address(hole.Last.Value + 1) });
            }
            left = next;
        }
        return [.. left];
    }
}

using System.Collections.Immutable;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Addressing;

/// <summary>
/// All addresses that a group of nodes leases: by pool, or by address when RADIUS assigns one, inside or outside of the pools. No address
/// has two leases at a time.
/// </summary>
/// <remarks>
/// Leases are keyed by holder, so a repeated request has the effect of one. After a restart, <see cref="Reserve"/> rebuilds the leases from
/// the live subscribers. Only one thread may use it, except for <see cref="Names"/> and <see cref="Use"/>. Any thread may read these; the
/// values can be slightly old.
/// </remarks>
public sealed class AddressPools
{
    private volatile AddressPool[] _pools;
    private ImmutableArray<AddressRange> _never;
    private readonly Dictionary<string, Ipv4Address> _held = new(StringComparer.Ordinal);
    private Dictionary<uint, string?> _outside = []; // the pool that leased it and no longer contains it; null: no pool did

    private AddressPools(AddressPool[] pools, ImmutableArray<AddressRange> never)
    {
        _pools = pools;
        _never = OrNone(never);
    }

    /// <summary>Number of leases, inside and outside of the pools.</summary>
    public int Used => _held.Count;
    /// <summary>Number of leases of addresses that are in no pool.</summary>
    public int UsedOutside => _outside.Count;

    /// <summary>Leases of addresses that left all pools, by the pool that leased them. Part of <see cref="UsedOutside"/>.</summary>
    public IEnumerable<(string Pool, int Leases)> LeftOver =>
        _outside.Values.OfType<string>().GroupBy(static p => p, StringComparer.Ordinal).Select(static g => (g.Key, g.Count()));

    /// <param name="never">Addresses that are never leased: those of the LNS itself.</param>
    /// <param name="error">Error of the settings; null: none.</param>
    public static bool TryCreate(
        IReadOnlyList<AddressPoolSettings> settings, ImmutableArray<AddressRange> never, out AddressPools pools, out string? error)
    {
        pools = new AddressPools([], never);
        return pools.TryChange(settings, never, out error);
    }

    /// <summary>
    /// Changes pools, ranges and exclusions. No lease ends. An address that is in no range any more stays with its holder and is not leased
    /// again. False: the settings have the error <paramref name="error"/>, and nothing has changed.
    /// </summary>
    /// <inheritdoc cref="TryCreate"/>
    public bool TryChange(IReadOnlyList<AddressPoolSettings> settings, ImmutableArray<AddressRange> never, out string? error)
    {
        error = Twice(settings);
        var next = new List<AddressPool>(settings.Count);
        for (var i = 0; i < settings.Count && error is null; i++)
        {
            var one = settings[i];
            var ranges = OrNone(one.Ranges).Sort(static (a, b) => a.First.CompareTo(b.First));
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

    /// <summary>The error of a name or an address that is there twice; null: none is. One sorted walk, because ranges can be many.</summary>
    private static string? Twice(IReadOnlyList<AddressPoolSettings> settings)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var all = new List<(AddressRange Range, int Pool)>();
        for (var i = 0; i < settings.Count; i++)
        {
            if (!names.Add(settings[i].Name)) return $"pool '{settings[i].Name}' is there twice";
            foreach (var range in OrNone(settings[i].Ranges)) all.Add((range, i));
        }
        all.Sort(static (a, b) => a.Range.First.CompareTo(b.Range.First));
        for (var i = 1; i < all.Count; i++)
        {
            var (one, other) = all[i].Pool > all[i - 1].Pool ? (all[i], all[i - 1]) : (all[i - 1], all[i]);
            if (!one.Range.Overlaps(other.Range)) continue;
            return one.Pool == other.Pool ? $"pool '{settings[one.Pool].Name}': its ranges overlap"
                : $"pool '{settings[one.Pool].Name}': {one.Range} overlaps {other.Range} of pool '{settings[other.Pool].Name}'";
        }
        return null;
    }

    /// <summary>Moves the leases of addresses that changed their pool, or are newly in a pool or in none.</summary>
    private void Move(AddressPool[] next)
    {
        var outside = new Dictionary<uint, string?>();
        foreach (var address in _held.Values)
        {
            var before = Find(_pools, address);
            if (Find(next, address) is not { } now) outside.Add(address.Value, before?.Name ?? _outside.GetValueOrDefault(address.Value));
            else if (now.Name != before?.Name) now.TryLease(address, ""); // the address is new in this pool and free
        }
        _outside = outside;
        _pools = next;
    }

    /// <summary>Leases an address of a pool to a holder.</summary>
    /// <param name="holder">Key of the subscriber, such as the key of its bundle. Each holder has one lease.</param>
    /// <param name="user">User whose last address is tried first; empty: none.</param>
    public Lease Lease(string pool, string holder, string user = "")
    {
        if (Find(pool) is not { } from) return new Lease(LeaseOutcome.UnknownPool, default);
        if (_held.TryGetValue(holder, out var held)) return new Lease(LeaseOutcome.AlreadyHeld, held);
        if (!from.TryLease(user, out var address)) return new Lease(LeaseOutcome.Exhausted, default);
        _held.Add(holder, address);
        return new Lease(LeaseOutcome.Leased, address);
    }

    /// <summary>Leases this address to a holder: a static one from RADIUS, or the address of a session from before a restart.</summary>
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

    /// <summary>Ends the lease of a holder. False: it has none, which is not an error.</summary>
    public bool Release(string holder, out Ipv4Address address)
    {
        if (!_held.Remove(holder, out address)) return false;
        if (Find(address) is { } pool) pool.Release(address);
        else _outside.Remove(address.Value);
        return true;
    }

    /// <summary>Address of a holder; null: none.</summary>
    public bool TryFind(string holder, out Ipv4Address address) => _held.TryGetValue(holder, out address);

    /// <summary>Use of a pool; null: there is no such pool.</summary>
    public PoolUse? Use(string pool) => Find(pool) is { } found ? new PoolUse(found.Capacity, found.Used) : null;

    /// <summary>Names of the pools, in the order of the settings.</summary>
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

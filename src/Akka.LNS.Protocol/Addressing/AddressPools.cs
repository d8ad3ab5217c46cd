using System.Collections.Immutable;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Protocol.Addressing;

/// <summary>
/// All addresses that a group of nodes leases: by pool, or by address when RADIUS assigns one, inside or outside of the pools. No address
/// has two leases at a time. Also all networks that are routed to subscribers.
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
    private readonly SubscriberRoutes _routes = new();
    private readonly Func<Ipv4Address, string, bool> _isBarred;

    private AddressPools(AddressPool[] pools, ImmutableArray<AddressRange> never)
    {
        _pools = pools;
        _never = OrNone(never);
        _isBarred = (address, user) =>
            Guard.Bars(new IpPrefix(address)) || _routes.Around(new IpPrefix(address), "", user) is { IsNarrow: true };
    }

    /// <summary>What no subscriber may have. A change ends no lease.</summary>
    public AddressGuard Guard { get; set; } = AddressGuard.Empty;

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
        _routes.Judge(IsNarrow);
        return true;
    }

    /// <summary>The error of a name or address that is there twice; null: none is. One sorted walk, because ranges can be many.</summary>
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
        if (!from.TryLease(user, _isBarred, out var address)) return new Lease(LeaseOutcome.Exhausted, default);
        _held.Add(holder, address);
        return new Lease(LeaseOutcome.Leased, address);
    }

    /// <summary>Leases this address to a holder: a static one from RADIUS, or the address of a session from before a restart.</summary>
    public Lease Reserve(Ipv4Address address, string holder, string user = "")
    {
        if (_held.TryGetValue(holder, out var held))
            return new Lease(held == address ? LeaseOutcome.AlreadyHeld : LeaseOutcome.Taken, address);
        if (WhyNever(new IpPrefix(address)) is { } why) return new Lease(LeaseOutcome.Excluded, address, why);
        if (_routes.Find(new IpPrefix(address)) is { } route && route.Holder != holder && (user.Length == 0 || route.User != user))
            return new Lease(LeaseOutcome.Taken, address, $"{address} is a route of user '{route.User}', session {route.Holder}");
        if (!(Find(address) is { } pool ? pool.TryLease(address, user) : _outside.TryAdd(address.Value, null)))
            return new Lease(LeaseOutcome.Taken, address);
        _held.Add(holder, address);
        return new Lease(LeaseOutcome.Leased, address);
    }

    /// <summary>
    /// Grants a network behind the subscriber, from Framed-Route or Framed-IP-Netmask. Of two networks that overlap, the longer prefix
    /// has the packets, so both are granted and the overlap is a remark. Two users never hold the same network.
    /// </summary>
    /// <remarks>A newer session of a user takes the network over from an older one.</remarks>
    public RouteGrant Grant(Ipv4Prefix network, string holder, string user = "")
    {
        var wanted = new IpPrefix(network);
        if (WhyNever(wanted) is { } never) return new RouteGrant(false, never);
        if (_routes.Find(wanted) is { } same && same.Holder != holder && (user.Length == 0 || same.User != user))
            return new RouteGrant(false, $"{network} is a route of user '{same.User}', session {same.Holder}");
        if (wanted.IsAddress && IsLeased(network.Network) && !IsHeldBy(holder, network.Network))
            return new RouteGrant(false, $"{network.Network} is the address of another subscriber");
        var remark = Guard.RouteOfHost(wanted) ?? OverlapOf(network, holder, user);
        _routes.Add(new SubscriberRoutes.Route(wanted, holder, user, IsNarrow(wanted)));
        return new RouteGrant(true, remark);
    }

    /// <summary>The narrowest network around an address that is routed to a subscriber, with its holder; null: none.</summary>
    public (IpPrefix Network, string Holder)? FindRoute(IpPrefix address) =>
        _routes.Around(address, "", "") is { } route ? (route.Network, route.Holder) : null;

    /// <summary>Ends the lease and the routes of a holder. False: it has no lease, which is not an error.</summary>
    public bool Release(string holder, out Ipv4Address address)
    {
        _routes.Release(holder);
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

    private string? WhyNever(IpPrefix wanted)
    {
        foreach (var range in _never)
        {
            var (first, last) = (new IpPrefix(range.First), new IpPrefix(range.Last));
            if (wanted.IsAddress && wanted.CompareTo(first) >= 0 && wanted.CompareTo(last) <= 0) return $"{wanted} belongs to the LNS";
            if (!wanted.IsAddress && first.CompareTo(wanted.Last) <= 0 && wanted.Network <= last.Network)
                return $"{wanted} covers {range}, which belongs to the LNS";
        }
        return Guard.Judge(wanted);
    }

    /// <summary>What a network shares with other subscribers, as a sentence; null: nothing.</summary>
    private string? OverlapOf(Ipv4Prefix network, string holder, string user)
    {
        var wanted = new IpPrefix(network);
        if (_routes.Around(wanted, holder, user) is { } wider)
            return $"it takes a part of {wider.Network} of user '{wider.User}', session {wider.Holder}";
        if (_routes.Inside(wanted, holder, user) is { } narrower)
            return $"{narrower.Network} in it stays with user '{narrower.User}', session {narrower.Holder}";
        var leased = LeasesIn(network, holder);
        return leased == 0 ? null : leased == 1 ? "the address of another subscriber in it stays with that subscriber"
            : $"{leased} addresses of other subscribers in it stay with them";
    }

    private int LeasesIn(Ipv4Prefix network, string holder)
    {
        var count = 0L;
        var size = 1L << (32 - network.Length);
        if (size > _held.Count)
        {
            foreach (var address in _held.Values)
                if (network.Contains(address)) count++;
        }
        else
        {
            for (var i = 0u; i < size; i++)
                if (IsLeased(new Ipv4Address(network.Network.Value + i))) count++;
        }
        return (int)count - (_held.TryGetValue(holder, out var own) && network.Contains(own) ? 1 : 0);
    }

    private bool IsLeased(Ipv4Address address) => Find(address) is { } pool ? pool.IsLeased(address) : _outside.ContainsKey(address.Value);

    private bool IsHeldBy(string holder, Ipv4Address address) => _held.TryGetValue(holder, out var held) && held == address;

    /// <summary>No range of a pool lies in the network as a whole.</summary>
    private bool IsNarrow(IpPrefix network)
    {
        foreach (var pool in _pools)
            foreach (var range in pool.Ranges)
                if (network.Contains(new IpPrefix(range.First)) && network.Contains(new IpPrefix(range.Last))) return false;
        return true;
    }

    private static ImmutableArray<AddressRange> OrNone(ImmutableArray<AddressRange> ranges) => ranges.IsDefault ? [] : ranges;
}

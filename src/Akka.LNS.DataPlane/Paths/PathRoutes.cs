using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Paths;

/// <summary>The prefixes of all paths: the route table of the packets, and the routes that the kernel needs to send them to the
/// device.</summary>
/// <remarks>The kernel gets one route for each whole network, and one for each prefix of a path outside of them.
/// One caller at a time.</remarks>
/// <param name="networks">Networks that the kernel routes to the device already.</param>
internal sealed class PathRoutes(ImmutableArray<Ipv4Prefix> networks)
{
    private readonly Dictionary<Ipv4Prefix, int> _outside = []; // prefixes outside of the networks, with the number of paths that have each
    private readonly List<RouteChange> _changes = [];
    private ImmutableArray<Ipv4Prefix> _networks = networks;

    /// <summary>Path by destination address, for any number of readers.</summary>
    public RouteTable Table { get; } = new();

    /// <summary>Changes of kernel routes since <see cref="ClearChanges"/>, in the order to make them.</summary>
    public Span<RouteChange> Changes => CollectionsMarshal.AsSpan(_changes);

    public void ClearChanges() => _changes.Clear();

    /// <summary>All networks that the kernel should route to the device.</summary>
    public IReadOnlyCollection<Ipv4Prefix> Expected => [.. _networks, .. _outside.Keys];

    public bool IsExpected(Ipv4Prefix network) => _outside.ContainsKey(network) || IsNetwork(network);

    /// <summary>True for a whole network, false for a prefix of a path.</summary>
    public bool IsNetwork(Ipv4Prefix network) => _networks.Contains(network);

    /// <summary>Replaces the prefixes of a path. Null: it has none.</summary>
    public void Change(SessionPath path, ForwardingSettings? before, ForwardingSettings? after)
    {
        var (old, now) = (PrefixesOf(before), PrefixesOf(after));
        foreach (var prefix in old)
        {
            if (now.Contains(prefix)) continue;
            Table.Remove(prefix, path);
            Remove(prefix);
        }
        foreach (var prefix in now)
        {
            Table.Set(prefix, path); // also when it had the prefix before: another path may have taken it
            if (!old.Contains(prefix)) Add(prefix);
        }
    }

    /// <summary>Replaces the networks.</summary>
    /// <param name="networks">The new ones.</param>
    /// <param name="paths">All paths.</param>
    public void SetNetworks(ImmutableArray<Ipv4Prefix> networks, IEnumerable<SessionPath> paths)
    {
        HashSet<Ipv4Prefix> before = [.. _networks, .. _outside.Keys];
        _networks = networks;
        _outside.Clear(); // counted again: prefixes inside of the old networks were not counted
        foreach (var prefix in paths.SelectMany(static path => PrefixesOf(path.Forwarding)))
            if (!IsInside(prefix)) CollectionsMarshal.GetValueRefOrAddDefault(_outside, prefix, out _)++;
        HashSet<Ipv4Prefix> after = [.. networks, .. _outside.Keys];
        // new routes first: no subscriber is without a route in between
        _changes.AddRange(after.Except(before).Select(static network => new RouteChange(network, IsAdded: true)));
        _changes.AddRange(before.Except(after).Select(static network => new RouteChange(network, IsAdded: false)));
    }

    public static ImmutableArray<Ipv4Prefix> PrefixesOf(ForwardingSettings? settings) =>
        settings is null ? [] : settings.FramedRoutes is { Length: > 0 } framed
            ? [.. framed.Append(new Ipv4Prefix(settings.Subscriber, 32)).Distinct()]
            : [new Ipv4Prefix(settings.Subscriber, 32)];

    private bool IsInside(Ipv4Prefix prefix)
    {
        foreach (var network in _networks)
            if (network.Contains(prefix)) return true;
        return false;
    }

    private void Add(Ipv4Prefix prefix)
    {
        if (IsInside(prefix)) return;
        ref var paths = ref CollectionsMarshal.GetValueRefOrAddDefault(_outside, prefix, out _);
        if (paths++ == 0) _changes.Add(new RouteChange(prefix, IsAdded: true));
    }

    private void Remove(Ipv4Prefix prefix)
    {
        ref var paths = ref CollectionsMarshal.GetValueRefOrNullRef(_outside, prefix);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref paths) || --paths > 0) return;
        _outside.Remove(prefix);
        _changes.Add(new RouteChange(prefix, IsAdded: false));
    }
}

using System.Collections.Immutable;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Protocol.Addressing;

/// <summary>Networks routed to subscribers, besides their addresses: each has one holder.</summary>
internal sealed class SubscriberRoutes
{
    /// <param name="IsNarrow">No pool lies in it as a whole, so the pools lease none of its addresses to others.</param>
    internal sealed record Route(IpPrefix Network, string Holder, string User, bool IsNarrow);

    private readonly Dictionary<IpPrefix, Route> _routes = [];
    private readonly SortedSet<IpPrefix> _inOrder = [];
    private readonly Dictionary<string, ImmutableArray<IpPrefix>> _byHolder = new(StringComparer.Ordinal);
    private readonly int[] _lengths = new int[129]; // number of routes by prefix length

    /// <summary>The holder of exactly this network; null: none.</summary>
    internal Route? Find(IpPrefix network) => _routes.Count == 0 ? null : _routes.GetValueOrDefault(network);

    /// <summary>The narrowest network around this one that another user holds; null: none.</summary>
    internal Route? Around(IpPrefix network, string holder, string user)
    {
        if (_routes.Count == 0) return null;
        for (var length = network.Length; ; length--)
        {
            if (_lengths[length] > 0 && _routes.GetValueOrDefault(network.Wider(length)) is { } found && IsOther(found, holder, user))
                return found;
            if (length == 0) return null;
        }
    }

    /// <summary>The first network of another user inside of this one; null: none.</summary>
    internal Route? Inside(IpPrefix network, string holder, string user)
    {
        foreach (var other in _inOrder.GetViewBetween(network, network.Last))
            if (IsOther(_routes[other], holder, user)) return _routes[other];
        return null;
    }

    internal void Add(Route route)
    {
        if (_inOrder.Add(route.Network)) _lengths[route.Network.Length]++;
        _routes[route.Network] = route;
        var held = _byHolder.GetValueOrDefault(route.Holder, []);
        if (!held.Contains(route.Network)) _byHolder[route.Holder] = held.Add(route.Network);
    }

    /// <summary>Removes what a holder still has: a newer session of its user may have taken a network over.</summary>
    internal void Release(string holder)
    {
        if (_byHolder.Count == 0 || !_byHolder.Remove(holder, out var held)) return;
        foreach (var network in held)
        {
            if (_routes.GetValueOrDefault(network)?.Holder != holder) continue;
            _routes.Remove(network);
            _inOrder.Remove(network);
            _lengths[network.Length]--;
        }
    }

    /// <summary>Sets <see cref="Route.IsNarrow"/> anew after a change of the pools.</summary>
    internal void Judge(Func<IpPrefix, bool> isNarrow)
    {
        foreach (var route in _routes.Values.ToArray()) _routes[route.Network] = route with { IsNarrow = isNarrow(route.Network) };
    }

    private static bool IsOther(Route route, string holder, string user) =>
        route.Holder != holder && (user.Length == 0 || route.User != user);
}

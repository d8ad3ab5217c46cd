using System.Collections.Immutable;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Protocol.Addressing;

/// <summary>An address that the node has or must reach, so that no subscriber may have it.</summary>
/// <param name="Name">What it is, with an article: "the RADIUS server 'a'".</param>
public readonly record struct ProtectedAddress(IpPrefix Address, string Name);

/// <summary>A route of the host to another device than the plane's.</summary>
/// <param name="Device">Name of the device; empty: the route discards packets.</param>
public readonly record struct HostRoute(IpPrefix Network, string Device);

/// <summary>
/// Decides whether an address, a route or a prefix may be a subscriber's: not in a range where no host has an address, and no address of
/// the node or that the node must reach. What other subscribers hold is the part of <see cref="AddressPools"/>. Immutable.
/// </summary>
public sealed class AddressGuard
{
    /// <summary>Knows only <see cref="ReservedNetworks"/>.</summary>
    public static readonly AddressGuard Empty = new([], []);

    private readonly ImmutableDictionary<IpPrefix, string> _addresses;
    private readonly ImmutableDictionary<IpPrefix, string> _lacs;
    private readonly ImmutableArray<HostRoute> _routes;

    /// <param name="addresses">Of one address given twice, the first name counts.</param>
    /// <param name="routes">Routes of the host for <see cref="RouteOfHost"/>.</param>
    public AddressGuard(IEnumerable<ProtectedAddress> addresses, ImmutableArray<HostRoute> routes)
        : this(ByAddress(addresses), ImmutableDictionary<IpPrefix, string>.Empty, routes)
    {
    }

    private AddressGuard(
        ImmutableDictionary<IpPrefix, string> addresses, ImmutableDictionary<IpPrefix, string> lacs, ImmutableArray<HostRoute> routes) =>
        (_addresses, _lacs, _routes) = (addresses, lacs, routes);

    /// <summary>The same with other addresses and routes. The LACs stay.</summary>
    /// <inheritdoc cref="AddressGuard(IEnumerable{ProtectedAddress}, ImmutableArray{HostRoute})"/>
    public AddressGuard With(IEnumerable<ProtectedAddress> addresses, ImmutableArray<HostRoute> routes) =>
        new(ByAddress(addresses), _lacs, routes);

    /// <summary>A LAC has its first tunnel.</summary>
    public AddressGuard WithLac(in ProtectedAddress lac) => new(_addresses, _lacs.SetItem(lac.Address, lac.Name), _routes);

    /// <summary>A LAC has no tunnel any more.</summary>
    public AddressGuard WithoutLac(IpPrefix lac) => new(_addresses, _lacs.Remove(lac), _routes);

    /// <summary>Why no subscriber may have this, as a sentence; null: one may.</summary>
    /// <param name="isAllowed">Addresses that may be in it all the same; null: none.</param>
    public string? Judge(IpPrefix wanted, Func<IpPrefix, bool>? isAllowed = null)
    {
        if (ReservedNetworks.WhyNone(wanted) is { } reserved) return $"{wanted} {reserved}";
        if (Find(wanted, isAllowed) is not { } found) return null;
        return wanted.IsAddress ? $"{wanted} is {found.Name}" : $"{wanted} covers {found.Address}, {found.Name}";
    }

    /// <summary>True when <see cref="Judge"/> has a reason. Makes no text.</summary>
    internal bool Bars(IpPrefix address) =>
        _addresses.ContainsKey(address) || _lacs.ContainsKey(address) || ReservedNetworks.WhyNone(address) is not null;

    /// <summary>What an overlap of a granted network with a route of the host means, as a sentence; null: there is none.</summary>
    public string? RouteOfHost(IpPrefix granted)
    {
        HostRoute? wider = null;
        foreach (var route in _routes)
        {
            if (route.Network == granted && route.Device.Length > 0)
                return $"the host has a route to the same network on {route.Device}: one of the two has no effect";
            if (granted.Contains(route.Network) && granted != route.Network)
                return $"the host has the route {route.Network} {On(route)}, which goes first";
            if (route.Device.Length > 0 && route.Network.Contains(granted)) wider = route;
        }
        return wider is { } whole ? $"it takes a part of the host's route {whole.Network} {On(whole)}" : null;
    }

    /// <summary>Addresses that are protected here and were not <paramref name="before"/>.</summary>
    public IEnumerable<ProtectedAddress> Since(AddressGuard before)
    {
        if (!ReferenceEquals(_addresses, before._addresses))
            foreach (var (address, name) in _addresses)
                if (before.NameOf(address) is null) yield return new ProtectedAddress(address, name);
        if (!ReferenceEquals(_lacs, before._lacs))
            foreach (var (address, name) in _lacs)
                if (before.NameOf(address) is null) yield return new ProtectedAddress(address, name);
    }

    private string? NameOf(IpPrefix address) => _addresses.GetValueOrDefault(address) ?? _lacs.GetValueOrDefault(address);

    private ProtectedAddress? Find(IpPrefix wanted, Func<IpPrefix, bool>? isAllowed)
    {
        if (wanted.IsAddress)
            return NameOf(wanted) is { } name && isAllowed?.Invoke(wanted) != true ? new ProtectedAddress(wanted, name) : null;
        foreach (var (address, what) in _addresses)
            if (wanted.Contains(address) && isAllowed?.Invoke(address) != true) return new ProtectedAddress(address, what);
        foreach (var (address, what) in _lacs)
            if (wanted.Contains(address) && isAllowed?.Invoke(address) != true) return new ProtectedAddress(address, what);
        return null;
    }

    private static string On(HostRoute route) => route.Device.Length > 0 ? $"on {route.Device}" : "that discards packets";

    private static ImmutableDictionary<IpPrefix, string> ByAddress(IEnumerable<ProtectedAddress> addresses)
    {
        var all = ImmutableDictionary.CreateBuilder<IpPrefix, string>();
        foreach (var one in addresses) all.TryAdd(one.Address, one.Name);
        return all.ToImmutable();
    }
}

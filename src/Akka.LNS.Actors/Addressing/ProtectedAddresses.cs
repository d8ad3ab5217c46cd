using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Addressing;

/// <summary>
/// Collects the addresses that the node has or must reach, by source, and gives the owner of the addresses a new
/// <see cref="AddressGuard"/> for each change. Any thread.
/// </summary>
internal sealed class ProtectedAddresses
{
    private const string OfSettings = "0 settings", OfHost = "~ host";
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, ImmutableArray<ProtectedAddress>> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<IpPrefix, int> _tunnels = []; // number of tunnels by address of the LAC
    private ImmutableArray<HostRoute> _routes = [];
    private AddressGuard _guard = AddressGuard.Empty;
    private IActorRef _owner = ActorRefs.Nobody;

    /// <summary>From now on the owner gets each change as <see cref="GuardChanged"/>.</summary>
    /// <returns>The guard as it is now.</returns>
    public AddressGuard Begin(IActorRef owner)
    {
        lock (_lock)
        {
            _owner = owner;
            return _guard;
        }
    }

    public void Set(LnsSettings settings) => Set(OfSettings, settings.NeededAddresses);

    /// <summary>Replaces the addresses of one source.</summary>
    /// <param name="source">Name of the source. Of an address of several sources, the first source by name names it.</param>
    public void Set(string source, IEnumerable<NamedAddress> addresses)
    {
        ImmutableArray<ProtectedAddress> next = [.. Of(addresses)];
        lock (_lock)
        {
            if (_sources.TryGetValue(source, out var before) && before.AsSpan().SequenceEqual(next.AsSpan())) return;
            _sources[source] = next;
            Renew();
        }
    }

    public void Set(HostNetwork host)
    {
        lock (_lock)
        {
            _sources[OfHost] =
            [
                .. host.Addresses.Select(static a =>
                    new ProtectedAddress(new IpPrefix(a.Address), $"an address of this host on {a.Device}")),
                .. host.Routes.Where(static r => !r.Gateway.IsNone)
                    .Select(static r => new ProtectedAddress(new IpPrefix(r.Gateway), $"a next hop of this host on {r.Device}")),
            ];
            _routes = [.. host.Routes.Where(static r => r.Network.Length > 0)
                .Select(static r => new HostRoute(new IpPrefix(r.Network), r.Device))];
            Renew();
        }
    }

    /// <summary>A tunnel of a LAC is established.</summary>
    public void AddTunnel(IPAddress lac, string hostName)
    {
        if (Of(lac, $"the LAC '{hostName}', which has a tunnel") is not { } address) return;
        lock (_lock)
        {
            var before = _tunnels.GetValueOrDefault(address.Address);
            _tunnels[address.Address] = before + 1;
            if (before == 0) Renew(_guard.WithLac(address));
        }
    }

    /// <summary>An established tunnel of a LAC has ended.</summary>
    public void RemoveTunnel(IPAddress lac)
    {
        if (Of(lac, "") is not { Address: var address }) return;
        lock (_lock)
        {
            if (!_tunnels.TryGetValue(address, out var count)) return;
            if (count > 1)
            {
                _tunnels[address] = count - 1;
                return;
            }
            _tunnels.Remove(address);
            Renew(_guard.WithoutLac(address));
        }
    }

    /// <summary>The guard of a node with these addresses before its start.</summary>
    public static AddressGuard GuardOf(IEnumerable<NamedAddress> addresses) => new(Of(addresses), []);

    private static IEnumerable<ProtectedAddress> Of(IEnumerable<NamedAddress> addresses) =>
        addresses.Select(static a => Of(a.Address, a.Name)).OfType<ProtectedAddress>();

    /// <summary>Null: IPv6, or no address of one host.</summary>
    private static ProtectedAddress? Of(IPAddress address, string name)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetwork) return null;
        var value = Ipv4Address.Read(address.GetAddressBytes());
        return ReservedNetworks.WhyNoHost(value) is null ? new ProtectedAddress(new IpPrefix(value), name) : null;
    }

    private void Renew() => Renew(_guard.With(_sources.Values.SelectMany(static a => a), _routes));

    private void Renew(AddressGuard next)
    {
        _guard = next;
        _owner.Tell(new GuardChanged(next), ActorRefs.NoSender);
    }
}

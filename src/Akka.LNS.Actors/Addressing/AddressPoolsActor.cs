using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Addressing;

/// <summary>
/// Owner of the node's addresses: each address has at most one session. When a user dials again before its old session is found dead, the
/// new session takes the static address over: the old session is ended, and the new one waits until the address is free.
/// </summary>
internal sealed class AddressPoolsActor(AddressPools pools, ProtectedAddresses needed, ILogger log) : UntypedActor
{
    private sealed record Holder(string Session, string User, IActorRef Bundle);

    private readonly Dictionary<Ipv4Address, Holder> _holders = [];
    private readonly Dictionary<Ipv4Address, AddressOrder.Reserve> _waiting = []; // at most one per address: a later one displaces it

    protected override void PreStart() => pools.Guard = needed.Begin(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AddressOrder.Lease lease: Lease(lease); break;
            case AddressOrder.Reserve reserve: Reserve(reserve); break;
            case AddressOrder.Release release: Release(release.Session); break;
            case Describe:
                var uses = pools.Names.Select(name => (name, pools.Use(name)!.Value));
                Sender.Tell(new PoolsDescription([.. uses], pools.UsedOutside, [.. pools.LeftOver]));
                break;
            case SettingsChanged change: Change(change); break;
            case GuardChanged change: Change(change.Guard); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>Changes the pools. A session keeps its address, even outside of the new ranges.</summary>
    private void Change(SettingsChanged change)
    {
        try
        {
            var settings = change.Settings;
            if (!pools.TryChange([.. settings.Pools.Values], settings.OwnAddresses, out var error))
                throw new InvalidOperationException(error);
            foreach (var (pool, leases) in pools.LeftOver) log.LeasesOutside(pool, leases);
        }
        finally
        {
            change.Applied.Done();
        }
    }

    /// <summary>
    /// A session keeps an address that the node needs only now. The node does not reach that address until the session ends.
    /// </summary>
    private void Change(AddressGuard guard)
    {
        var before = pools.Guard;
        pools.Guard = guard;
        foreach (var (address, name) in guard.Since(before))
            TellHolders(address, $"{address} is {name} now; the session keeps it, and the node does not reach {address} before its end");
        foreach (var (address, _) in before.Since(guard)) TellHolders(address, null);
    }

    private void TellHolders(IpPrefix address, string? why)
    {
        if (pools.FindRoute(address) is { } route)
        {
            var owner = _holders.Values.FirstOrDefault(h => h.Session == route.Holder);
            owner?.Bundle.Tell(new RouteProblemFound(route.Network.ToString(), RouteProblem.Needed, why));
        }
        if (address.IsIpv4 && _holders.TryGetValue(new Ipv4Address((uint)address.Network), out var holder))
            holder.Bundle.Tell(new RouteProblemFound(address.ToString(), RouteProblem.Needed, why));
    }

    private void Lease(AddressOrder.Lease order)
    {
        if (order.Pool is null)
        {
            order.Bundle.Tell(new AddressAnswer.Refused("no address from RADIUS and no pool in the bundle template"));
            return;
        }
        var (outcome, address, _) = pools.Lease(order.Pool, order.Session, order.User);
        if (outcome is LeaseOutcome.Leased or LeaseOutcome.AlreadyHeld) Give(order, order.User, order.Bundle, address);
        else order.Bundle.Tell(new AddressAnswer.Refused(
            outcome == LeaseOutcome.UnknownPool ? $"unknown pool '{order.Pool}'" : $"pool '{order.Pool}' is exhausted"));
    }

    private void Reserve(AddressOrder.Reserve order)
    {
        var (outcome, address, why) = pools.Reserve(order.Address, order.Session, order.User);
        switch (outcome)
        {
            case LeaseOutcome.Leased or LeaseOutcome.AlreadyHeld:
                Give(order, order.User, order.Bundle, address);
                break;
            case LeaseOutcome.Taken when order.User.Length > 0 && _holders.TryGetValue(order.Address, out var holder)
                && holder.User == order.User:
                if (_waiting.Remove(order.Address, out var displaced))
                    displaced.Bundle.Tell(new AddressAnswer.Refused($"address {order.Address}: a newer session of the user has it"));
                _waiting.Add(order.Address, order);
                holder.Bundle.Tell(new AddressAnswer.TakenOver(new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.AdministrativeReset,
                    $"new session {order.Session} of user '{order.User}' has the same static address")));
                break;
            default:
                order.Bundle.Tell(new AddressAnswer.Refused(
                    why is null ? $"address {order.Address} is in use by another user" : $"address {why}"));
                break;
        }
    }

    private void Give(AddressOrder order, string user, IActorRef bundle, Ipv4Address address)
    {
        _holders[address] = new Holder(order.Session, user, bundle);
        var networks = order.Networks.IsEmpty ? [] : order.Networks.Select(n => new NetworkAnswer(n, pools.Grant(n, order.Session, user)));
        bundle.Tell(new AddressAnswer.Given(address, [.. networks]));
    }

    private void Release(string session)
    {
        // a session may end while it waits for its address
        foreach (var (wanted, order) in _waiting)
        {
            if (order.Session != session) continue;
            _waiting.Remove(wanted);
            break;
        }
        if (!pools.Release(session, out var address)) return;
        _holders.Remove(address);
        if (_waiting.Remove(address, out var next)) Reserve(next);
    }
}

using Akka.LNS.Actors.Calls;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Addressing;

/// <summary>What a bundle asks of the pools. Leases are keyed by session: asking twice is asking once.</summary>
internal abstract record AddressOrder(string Session)
{
    /// <param name="Pool">null: the template has none, and RADIUS gave no address.</param>
    public sealed record Lease(string Session, string User, string? Pool, IActorRef Bundle) : AddressOrder(Session);

    /// <summary>This very address.</summary>
    public sealed record Reserve(string Session, string User, Ipv4Address Address, IActorRef Bundle) : AddressOrder(Session);

    public sealed record Release(string Session) : AddressOrder(Session);
}

internal abstract record AddressAnswer
{
    public sealed record Given(Ipv4Address Address) : AddressAnswer;
    public sealed record Refused(string Why) : AddressAnswer;
}

/// <summary>
/// The node's addresses: nobody gets one that somebody has. A user that dials again while its old session is not yet found dead takes its static
/// address over: the old session is ended, and the new one waits until the address is free.
/// </summary>
internal sealed class AddressPoolsActor(LnsNodeContext node, AddressPools pools) : UntypedActor
{
    private sealed record Holder(string Session, string User, IActorRef Bundle);

    private readonly Dictionary<Ipv4Address, Holder> _holders = [];
    private readonly Dictionary<Ipv4Address, AddressOrder.Reserve> _waiting = []; // one: a later one of the same user displaces it

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AddressOrder.Lease lease: Lease(lease); break;
            case AddressOrder.Reserve reserve: Reserve(reserve); break;
            case AddressOrder.Release release: Release(release.Session); break;
            case Describe:
                Sender.Tell(new PoolsDescription([.. pools.Names.Select(name => (name, pools.Use(name)!.Value))], pools.UsedOutside, [.. pools.LeftOver]));
                break;
            case SettingsChanged change: Change(change); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>No session ends by it: what it holds outside of the new ranges it keeps.</summary>
    private void Change(SettingsChanged change)
    {
        try
        {
            if (!pools.TryChange([.. change.Settings.Pools.Values], LnsNode.OwnAddresses(change.Settings), out var error)) throw new InvalidOperationException(error);
            foreach (var (pool, leases) in pools.LeftOver) node.Log.LeasesOutside(pool, leases);
        }
        finally
        {
            change.Applied.Done();
        }
    }

    private void Lease(AddressOrder.Lease order)
    {
        if (order.Pool is null)
        {
            order.Bundle.Tell(new AddressAnswer.Refused("no address from RADIUS, and the bundle template names no pool"));
            return;
        }
        var (outcome, address) = pools.Lease(order.Pool, order.Session, order.User);
        if (outcome is LeaseOutcome.Leased or LeaseOutcome.AlreadyHeld) Give(order.Session, order.User, order.Bundle, address);
        else order.Bundle.Tell(new AddressAnswer.Refused(outcome == LeaseOutcome.UnknownPool ? $"no pool '{order.Pool}'" : $"pool '{order.Pool}' is exhausted"));
    }

    private void Reserve(AddressOrder.Reserve order)
    {
        var (outcome, address) = pools.Reserve(order.Address, order.Session, order.User);
        switch (outcome)
        {
            case LeaseOutcome.Leased or LeaseOutcome.AlreadyHeld:
                Give(order.Session, order.User, order.Bundle, address);
                break;
            case LeaseOutcome.Taken when _holders.TryGetValue(order.Address, out var holder) && holder.User == order.User && order.User.Length > 0:
                if (_waiting.Remove(order.Address, out var displaced))
                    displaced.Bundle.Tell(new AddressAnswer.Refused($"address {order.Address}: the user has dialled again"));
                _waiting.Add(order.Address, order);
                holder.Bundle.Tell(new CloseSubscriber(new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.AdministrativeReset,
                    $"user '{order.User}' came again as session {order.Session} with the same static address")));
                break;
            default:
                order.Bundle.Tell(new AddressAnswer.Refused(outcome == LeaseOutcome.Excluded
                    ? $"address {order.Address} is the LNS's own" : $"address {order.Address} is taken by another user"));
                break;
        }
    }

    private void Give(string session, string user, IActorRef bundle, Ipv4Address address)
    {
        _holders[address] = new Holder(session, user, bundle);
        bundle.Tell(new AddressAnswer.Given(address));
    }

    private void Release(string session)
    {
        // a waiting one may go before it got anything
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

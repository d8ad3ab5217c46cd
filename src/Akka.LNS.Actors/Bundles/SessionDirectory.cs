using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Bundles;

/// <summary>One subscriber that is on.</summary>
/// <param name="Id">Acct-Session-Id.</param>
public sealed record SubscriberEntry(
    string Id, string User, Ipv4Address Address, string Lac, string Calling, DateTimeOffset Since, IActorRef Bundle);

internal sealed record SubscriberUp(SubscriberEntry Entry);

internal sealed record SubscriberDown(string Id);

/// <summary>Asks for the subscribers that are on, optionally of one user or address; answered by <see cref="Subscribers"/>.</summary>
internal sealed record FindSubscribers(string? User = null, Ipv4Address? Address = null);

internal sealed record Subscribers(IReadOnlyList<SubscriberEntry> Entries);

/// <summary>Who is on, by session, user and address: for operators, tests, and whoever ends a subscriber by name.</summary>
internal sealed class SessionDirectory : UntypedActor
{
    private readonly Dictionary<string, SubscriberEntry> _byId = [];
    private readonly Dictionary<Ipv4Address, string> _byAddress = [];
    private readonly Dictionary<string, List<string>> _byUser = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SubscriberUp { Entry: var e }:
                if (!_byId.TryAdd(e.Id, e)) break;
                _byAddress[e.Address] = e.Id;
                if (!_byUser.TryGetValue(e.User, out var ids)) _byUser.Add(e.User, ids = new List<string>(1));
                ids.Add(e.Id);
                break;
            case SubscriberDown { Id: var id } when _byId.Remove(id, out var gone):
                if (_byAddress.TryGetValue(gone.Address, out var holder) && holder == id) _byAddress.Remove(gone.Address);
                if (_byUser.TryGetValue(gone.User, out var left) && left.Remove(id) && left.Count == 0) _byUser.Remove(gone.User);
                break;
            case SubscriberDown: break;
            case FindSubscribers find: Sender.Tell(new Subscribers(Find(find))); break;
            default: Unhandled(message); break;
        }
    }

    private List<SubscriberEntry> Find(FindSubscribers find)
    {
        if (find.Address is { } address)
            return _byAddress.TryGetValue(address, out var id) && Fits(_byId[id], find) ? [_byId[id]] : [];
        if (find.User is { } user)
            return _byUser.TryGetValue(user, out var ids) ? [.. ids.Select(i => _byId[i])] : [];
        return [.. _byId.Values];
    }

    private static bool Fits(SubscriberEntry entry, FindSubscribers find) => find.User is null || find.User == entry.User;
}

using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Inventory;

/// <summary>End of one call.</summary>
/// <param name="At">UTC.</param>
/// <param name="Id">Acct-Session-Id.</param>
/// <param name="Address">0.0.0.0: it had none.</param>
/// <param name="WasOn">The user was online.</param>
/// <param name="Duration">Time since the ICRQ.</param>
public sealed record Disconnect(DateTimeOffset At, string Id, string User, string Lac, string Calling, Ipv4Address Address, bool WasOn,
    EndReason Why,
    TimeSpan Duration, ulong InOctets, ulong OutOctets);

/// <summary>
/// Recent ends of calls. A new entry replaces the oldest. Entries of one user and of one LAC are limited, so that a flapping one replaces
/// only its own entries.
/// </summary>
/// <param name="most">Maximum number of entries.</param>
/// <param name="perUser">Maximum of one user name. Calls without a user name count for their LAC only.</param>
/// <param name="perLac">Maximum of one LAC, by its Host Name.</param>
public sealed class DisconnectLog(int most, int perUser, int perLac)
{
    private sealed class Entry(Disconnect what)
    {
        public Disconnect What { get; } = what;
        public LinkedListNode<Entry>? Node, OfUser, OfLac;
    }

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _all = new();
    private readonly Dictionary<string, LinkedList<Entry>> _users = new(StringComparer.Ordinal),
        _lacs = new(StringComparer.OrdinalIgnoreCase);

    internal void Add(Disconnect disconnect)
    {
        lock (_gate)
        {
            var entry = new Entry(disconnect);
            if (disconnect.User.Length > 0) entry.OfUser = AddTo(_users, disconnect.User, entry, perUser);
            entry.OfLac = AddTo(_lacs, disconnect.Lac, entry, perLac);
            if (_all.Count >= most) Remove(_all.First!.Value);
            entry.Node = _all.AddLast(entry);
        }
    }

    /// <summary>A copy of the entries, the latest first.</summary>
    public Disconnect[] Latest()
    {
        Disconnect[] all;
        lock (_gate) all = [.. _all.Select(static e => e.What)];
        Array.Reverse(all);
        return all;
    }

    private LinkedListNode<Entry> AddTo(Dictionary<string, LinkedList<Entry>> lists, string key, Entry entry, int atMost)
    {
        if (lists.TryGetValue(key, out var list) && list.Count >= atMost)
        {
            Remove(list.First!.Value);
            list = lists.GetValueOrDefault(key); // the last entry took the list with it
        }
        if (list is null) lists.Add(key, list = new LinkedList<Entry>());
        return list.AddLast(entry);
    }

    private void Remove(Entry entry)
    {
        _all.Remove(entry.Node!);
        if (entry.OfUser is { } ofUser) RemoveFrom(_users, entry.What.User, ofUser);
        RemoveFrom(_lacs, entry.What.Lac, entry.OfLac!);
    }

    private static void RemoveFrom(Dictionary<string, LinkedList<Entry>> lists, string key, LinkedListNode<Entry> node)
    {
        var list = node.List!;
        list.Remove(node);
        if (list.Count == 0) lists.Remove(key);
    }
}

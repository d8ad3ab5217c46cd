using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Membership;

/// <summary>The life of a member, in the words of Akka.Cluster.</summary>
public enum MemberPhase
{
    Joining,
    WeaklyUp,
    Up,
    Leaving,
    Exiting,
    Down,
    Removed,
}

/// <summary>One start of one node: the address stays, the number is another each time.</summary>
public readonly record struct NodeKey(string Address, long Uid);

/// <summary>A member, as this node sees it.</summary>
/// <param name="Since">It has been in this phase, UTC.</param>
/// <param name="UnreachableSince">UTC; null: it can be reached.</param>
/// <param name="Report">What it said last; null: nothing yet.</param>
/// <param name="HeardAt">When it did, UTC.</param>
public sealed record MemberRow(
    NodeKey Key, MemberPhase Phase, ImmutableArray<string> Roles, DateTimeOffset Since, DateTimeOffset? UnreachableSince,
    NodeReport? Report,
    DateTimeOffset? HeardAt);

/// <summary>A node that did not say good-bye.</summary>
/// <param name="Since">Nobody could reach it any more, UTC.</param>
/// <param name="Last">What it said last; null: nothing.</param>
public sealed record LostRow(NodeKey Key, ImmutableArray<string> Roles, DateTimeOffset Since, NodeReport? Last);

/// <summary>What becomes known of the cluster.</summary>
public abstract record NodeTableEvent
{
    private NodeTableEvent() { }

    public sealed record Seen(NodeKey Key, MemberPhase Phase, ImmutableArray<string> Roles) : NodeTableEvent;

    /// <summary>Addresses of the members, who has been up longest first.</summary>
    public sealed record ByAge(ImmutableArray<string> Addresses) : NodeTableEvent;

    public sealed record Unreachable(NodeKey Key) : NodeTableEvent;

    public sealed record Reachable(NodeKey Key) : NodeTableEvent;

    /// <param name="Downed">It was put out; else it left.</param>
    public sealed record Gone(NodeKey Key, bool Downed) : NodeTableEvent;

    public sealed record Reported(string Address, NodeReport Report) : NodeTableEvent;

    public sealed record LeaderIs(string? Address) : NodeTableEvent;

    /// <summary>This node is in no cluster any more, and sees none.</summary>
    /// <param name="OthersAreLost">To this node, that was put out; else it went.</param>
    public sealed record Outside(string Self, bool OthersAreLost) : NodeTableEvent;

    /// <summary>Some time has passed.</summary>
    /// <param name="KeepLost">Lost nodes are shown for so long.</param>
    public sealed record Tick(TimeSpan KeepLost) : NodeTableEvent;
}

/// <summary>All that this node knows of the cluster.</summary>
/// <param name="ByAge">Addresses of members, who has been up longest first.</param>
public sealed record NodeTable(
    ImmutableSortedDictionary<string, MemberRow> Members, ImmutableSortedDictionary<string, LostRow> Lost, string? Leader,
    ImmutableArray<string> ByAge)
{
    /// <summary>Most lost nodes that are remembered; the oldest goes first.</summary>
    public const int MostLost = 64;

    public static readonly NodeTable Empty = new(ImmutableSortedDictionary<string, MemberRow>.Empty.WithComparers(StringComparer.Ordinal),
        ImmutableSortedDictionary<string, LostRow>.Empty.WithComparers(StringComparer.Ordinal), null, []);

    /// <summary>The member that has been up longest, of those with a role or of all; null: none is up.</summary>
    public string? Oldest(string? role = null) =>
        ByAge.FirstOrDefault(address => Members.GetValueOrDefault(address) is { Phase: MemberPhase.Up or MemberPhase.Leaving } m
        && (role is null || m.Roles.Contains(role, StringComparer.Ordinal)));

    /// <summary>Members of which nothing was heard for <paramref name="patience"/> though they are up.</summary>
    public ImmutableArray<string> Silent(string self, DateTimeOffset now, TimeSpan patience) =>
        [.. Members.Values.Where(m => m.Key.Address != self && m.Phase is MemberPhase.Up && now - (m.HeardAt ?? m.Since) > patience)
            .Select(static m => m.Key.Address).Take(NodeReport.MostSilent)];

    /// <summary>Who says that it hears nothing of a member.</summary>
    public ImmutableArray<string> ObserversOf(string address) =>
        [.. Members.Values.Where(m => m.Report is { } r && r.Silent.Contains(address, StringComparer.Ordinal)).Select(
            static m => m.Key.Address)];

    public static NodeTable On(NodeTable table, NodeTableEvent ev, DateTimeOffset now)
    {
        switch (ev)
        {
            case NodeTableEvent.Seen s:
                var known = table.Members.GetValueOrDefault(s.Key.Address);
                // its life before this one
                if (known is not null && known.Key != s.Key && s.Phase is MemberPhase.Down or MemberPhase.Exiting or MemberPhase.Removed)
                    return table;
                var same = known?.Key == s.Key ? known : null;
                var row = new MemberRow(
                    s.Key, s.Phase, s.Roles, same?.Phase == s.Phase ? same.Since
                    : now, same?.UnreachableSince, same?.Report, same?.HeardAt);
                // it is back
                return table with { Members = table.Members.SetItem(s.Key.Address, row), Lost = table.Lost.Remove(s.Key.Address) };
            case NodeTableEvent.Unreachable u when Find(table, u.Key) is { UnreachableSince: null } m:
                return table with { Members = table.Members.SetItem(u.Key.Address, m with { UnreachableSince = now }) };
            case NodeTableEvent.Reachable r when Find(table, r.Key) is { UnreachableSince: not null } m:
                return table with { Members = table.Members.SetItem(r.Key.Address, m with { UnreachableSince = null }) };
            case NodeTableEvent.Gone g when Find(table, g.Key) is { } m:
                var without = table with { Members = table.Members.Remove(g.Key.Address) };
                return g.Downed ? Lose(without, m, now) : without;
            case NodeTableEvent.Reported r when table.Members.GetValueOrDefault(r.Address) is { } m:
                return table with { Members = table.Members.SetItem(r.Address, m with { Report = r.Report, HeardAt = now }) };
            case NodeTableEvent.ByAge a: return table with { ByAge = a.Addresses };
            case NodeTableEvent.LeaderIs l: return table with { Leader = l.Address };
            case NodeTableEvent.Outside o:
                var outside = table with { Members = Empty.Members, Leader = null, ByAge = [] };
                if (!o.OthersAreLost) return outside;
                foreach (var other in table.Members.Values)
                    if (other.Key.Address != o.Self) outside = Lose(outside, other, now);
                return outside;
            case NodeTableEvent.Tick t when table.Lost.Values.Any(l => now - l.Since > t.KeepLost):
                return table with { Lost =
                    table.Lost.RemoveRange(table.Lost.Values.Where(l => now - l.Since > t.KeepLost).Select(static l => l.Key.Address)) };
            default: return table; // of a node that is not known, or nothing new
        }
    }

    private static MemberRow? Find(NodeTable table, NodeKey key) =>
        table.Members.GetValueOrDefault(key.Address) is { } row && row.Key == key ? row : null;

    private static NodeTable Lose(NodeTable table, MemberRow m, DateTimeOffset now)
    {
        var lost = table.Lost.SetItem(m.Key.Address, new LostRow(m.Key, m.Roles, m.UnreachableSince ?? now, m.Report));
        return table with { Lost = lost.Count > MostLost ? lost.Remove(lost.Values.MinBy(static l => l.Since)!.Key.Address) : lost };
    }
}

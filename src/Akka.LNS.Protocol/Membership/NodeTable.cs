using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Membership;

/// <summary>Phase of a member, with the names of Akka.Cluster.</summary>
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

/// <summary>Identity of one run of a node: the uid changes with each start, the address does not.</summary>
public readonly record struct NodeKey(string Address, long Uid);

/// <summary>State of a member as this node sees it.</summary>
/// <param name="Since">Start of this phase, UTC.</param>
/// <param name="UnreachableSince">Start of unreachability, UTC; null: reachable.</param>
/// <param name="Report">Last report; null: none.</param>
/// <param name="HeardAt">Time of the last report, UTC.</param>
public sealed record MemberRow(
    NodeKey Key, MemberPhase Phase, ImmutableArray<string> Roles, DateTimeOffset Since, DateTimeOffset? UnreachableSince,
    NodeReport? Report,
    DateTimeOffset? HeardAt);

/// <summary>A lost node: it disappeared without leaving.</summary>
/// <param name="Since">Start of unreachability, UTC.</param>
/// <param name="Last">Last report; null: none.</param>
public sealed record LostRow(NodeKey Key, ImmutableArray<string> Roles, DateTimeOffset Since, NodeReport? Last);

/// <summary>Event of the cluster.</summary>
public abstract record NodeTableEvent
{
    private NodeTableEvent() { }

    public sealed record Seen(NodeKey Key, MemberPhase Phase, ImmutableArray<string> Roles) : NodeTableEvent;

    /// <summary>Addresses of the members, oldest first.</summary>
    public sealed record ByAge(ImmutableArray<string> Addresses) : NodeTableEvent;

    public sealed record Unreachable(NodeKey Key) : NodeTableEvent;

    public sealed record Reachable(NodeKey Key) : NodeTableEvent;

    /// <summary>The member is removed.</summary>
    /// <param name="Downed">True: by a downing; false: it left.</param>
    public sealed record Gone(NodeKey Key, bool Downed) : NodeTableEvent;

    public sealed record Reported(string Address, NodeReport Report) : NodeTableEvent;

    public sealed record LeaderIs(string? Address) : NodeTableEvent;

    /// <summary>This node is no longer in a cluster.</summary>
    /// <param name="OthersAreLost">True: this node was removed and lost the others; false: it left.</param>
    public sealed record Outside(string Self, bool OthersAreLost) : NodeTableEvent;

    /// <summary>Periodic tick.</summary>
    /// <param name="KeepLost">Time for which lost nodes are kept.</param>
    public sealed record Tick(TimeSpan KeepLost) : NodeTableEvent;
}

/// <summary>State of the cluster as this node sees it.</summary>
/// <param name="ByAge">Addresses of the members, oldest first.</param>
public sealed record NodeTable(
    ImmutableSortedDictionary<string, MemberRow> Members, ImmutableSortedDictionary<string, LostRow> Lost, string? Leader,
    ImmutableArray<string> ByAge)
{
    /// <summary>Maximum number of lost nodes; the oldest is dropped first.</summary>
    public const int MostLost = 64;

    public static readonly NodeTable Empty = new(ImmutableSortedDictionary<string, MemberRow>.Empty.WithComparers(StringComparer.Ordinal),
        ImmutableSortedDictionary<string, LostRow>.Empty.WithComparers(StringComparer.Ordinal), null, []);

    /// <summary>Oldest member, of those with a role or of all; null: no member is up.</summary>
    public string? Oldest(string? role = null) =>
        ByAge.FirstOrDefault(address => Members.GetValueOrDefault(address) is { Phase: MemberPhase.Up or MemberPhase.Leaving } m
        && (role is null || m.Roles.Contains(role, StringComparer.Ordinal)));

    /// <summary>Members that are up but sent no report for <paramref name="patience"/>.</summary>
    public ImmutableArray<string> Silent(string self, DateTimeOffset now, TimeSpan patience) =>
        [.. Members.Values.Where(m => m.Key.Address != self && m.Phase is MemberPhase.Up && now - (m.HeardAt ?? m.Since) > patience)
            .Select(static m => m.Key.Address).Take(NodeReport.MostSilent)];

    /// <summary>Members that report no contact with a member.</summary>
    public ImmutableArray<string> ObserversOf(string address) =>
        [.. Members.Values.Where(m => m.Report is { } r && r.Silent.Contains(address, StringComparer.Ordinal)).Select(
            static m => m.Key.Address)];

    public static NodeTable On(NodeTable table, NodeTableEvent ev, DateTimeOffset now)
    {
        switch (ev)
        {
            case NodeTableEvent.Seen s:
                var known = table.Members.GetValueOrDefault(s.Key.Address);
                // an earlier run of the node
                if (known is not null && known.Key != s.Key && s.Phase is MemberPhase.Down or MemberPhase.Exiting or MemberPhase.Removed)
                    return table;
                var same = known?.Key == s.Key ? known : null;
                var row = new MemberRow(
                    s.Key, s.Phase, s.Roles, same?.Phase == s.Phase ? same.Since : now,
                    same?.UnreachableSince, same?.Report, same?.HeardAt);
                // the node has returned
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
                return table with
                {
                    Lost =
                    table.Lost.RemoveRange(table.Lost.Values.Where(l => now - l.Since > t.KeepLost).Select(static l => l.Key.Address))
                };
            default: return table; // unknown node, or no change
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

using Akka.LNS.Actors;
using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>
/// State that survives a restart of the actor system of the cluster. Its actor writes it, or <see cref="LnsCluster"/> between two systems.
/// </summary>
internal sealed class ClusterContext(ClusterSettings settings, IClusteredNode node, NodeClock clock, ILogger log)
{
    private readonly Lock _gate = new();
    private readonly List<Action<ClusterHappening>> _listeners = [];
    private PresenceState _presence;
    private ClusterView _view = new(default, ClusterStanding.Joining, clock.UtcNow, NodeTable.Empty, 0);

    public ClusterSettings Settings => settings;
    public IClusteredNode Node => node;
    public NodeClock Clock => clock;
    public ILogger Log => log;

    public DepartureState Departure { get; set; } = DepartureState.Staying.Instance;

    /// <summary>
    /// True: other members may order this node to leave. They have a certificate, or an operator joined this node to a cluster. Otherwise
    /// any host that reaches the port could do so.
    /// </summary>
    public bool TakesOrders { get; set; }

    /// <summary>Whether this node was stopped so long that its membership must be confirmed. Written by the actor.</summary>
    public PresenceState Presence
    {
        get { lock (_gate) return _presence; }
        set { lock (_gate) _presence = value; }
    }

    /// <summary>This node is a member, and the others count on it.</summary>
    public bool IsReady
    {
        get
        {
            var view = View;
            return view.IsMember && Protocol.Membership.Presence.IsConfirmed(
                Presence, clock.Now, clock.UtcNow, settings.HeartbeatPause, view.Nodes.Members.Count > 1);
        }
    }

    /// <summary>Number of unreadable messages.</summary>
    public long Unreadable { get; set; }

    public ClusterView View => Volatile.Read(ref _view);

    public void Publish(NodeKey self, ClusterStanding standing, NodeTable nodes)
    {
        var before = View;
        var since = before.Standing == standing ? before.Since : clock.UtcNow;
        Volatile.Write(ref _view, new ClusterView(self, standing, since, nodes, Unreadable));
        if (!ReferenceEquals(before.Nodes.Members, nodes.Members)) node.Meet(nodes.Members.Keys);
    }

    public void Happened(ClusterHappening what)
    {
        lock (_gate)
            foreach (var listener in _listeners) listener(what);
    }

    /// <summary>Adds a listener for membership events.</summary>
    /// <param name="listener">Must not block.</param>
    public void Listen(Action<ClusterHappening> listener)
    {
        lock (_gate) _listeners.Add(listener);
    }

    public void Unlisten(Action<ClusterHappening> listener)
    {
        lock (_gate) _listeners.Remove(listener);
    }
}

/// <summary>How an actor system of the cluster starts.</summary>
/// <param name="Ask">Nodes to join. This node first: it forms a cluster when no other answers. Empty: it forms a cluster at once.</param>
/// <param name="Rejoins">The node was removed: only <see cref="Forming"/> lets it form a cluster.</param>
/// <param name="Candidates">Addresses of all possible nodes in order, including this one.</param>
internal sealed record JoinPlan(IReadOnlyList<Address> Ask, bool Rejoins, IReadOnlyList<string> Candidates)
{
    /// <summary>The plan after this node got another address: it opens its port.</summary>
    public JoinPlan Renamed(string from, string to) =>
        this with { Candidates = [.. Candidates.Select(c => c == from ? to : c).Distinct(StringComparer.Ordinal)] };
}

using Akka.LNS.Actors;
using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>What outlives one actor system of the cluster: the actor of the one that runs writes it, or <see cref="LnsCluster"/> between two of them.</summary>
internal sealed class ClusterContext(ClusterSettings settings, IClusteredNode node, NodeClock clock, ILogger log)
{
    private readonly Lock _gate = new();
    private readonly List<Action<ClusterHappening>> _listeners = [];
    private ClusterView _view = new(default, ClusterStanding.Joining, clock.UtcNow, NodeTable.Empty, 0);

    public ClusterSettings Settings => settings;
    public IClusteredNode Node => node;
    public NodeClock Clock => clock;
    public ILogger Log => log;

    public DepartureState Departure { get; set; } = DepartureState.Staying.Instance;

    /// <summary>Other members may tell this node to leave: they have shown a certificate, or somebody has put it into a cluster. Else whoever reaches the port could.</summary>
    public bool TakesOrders { get; set; }

    /// <summary>Messages that could not be read.</summary>
    public long Unreadable { get; set; }

    public ClusterView View => Volatile.Read(ref _view);

    public void Publish(NodeKey self, ClusterStanding standing, NodeTable nodes)
    {
        var before = View;
        var since = before.Standing == standing ? before.Since : clock.UtcNow;
        Volatile.Write(ref _view, new ClusterView(self, standing, since, nodes, Unreadable));
    }

    public void Happened(ClusterHappening what)
    {
        lock (_gate)
            foreach (var listener in _listeners) listener(what);
    }

    /// <param name="listener">Must not wait.</param>
    public void Listen(Action<ClusterHappening> listener)
    {
        lock (_gate) _listeners.Add(listener);
    }

    public void Unlisten(Action<ClusterHappening> listener)
    {
        lock (_gate) _listeners.Remove(listener);
    }
}

/// <summary>How an actor system of the cluster begins.</summary>
/// <param name="Ask">Nodes that are asked for the cluster. This node first: it forms one when no other answers. None: it forms one at once.</param>
/// <param name="Rejoins">It was put out: it forms none but by <see cref="Forming"/>.</param>
/// <param name="Candidates">Addresses of all nodes that may be there, in order, this one among them.</param>
internal sealed record JoinPlan(IReadOnlyList<Address> Ask, bool Rejoins, IReadOnlyList<string> Candidates);

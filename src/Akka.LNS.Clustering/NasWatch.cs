using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>
/// Tells the node whether it is the only one of its NAS (<see cref="NasSharing"/>), and logs each node that servers take for the same one.
/// </summary>
internal sealed class NasWatch(ClusterContext context)
{
    private readonly HashSet<string> _named = new(StringComparer.Ordinal); // addresses of nodes that were logged

    /// <param name="seeds">Addresses of the other seeds.</param>
    public void Look(string self, IEnumerable<string> seeds, NodeTable nodes)
    {
        var own = context.Node.Nas;
        context.Node.NasIs(NasSharing.Decide(own, self, seeds, nodes));
        _named.RemoveWhere(address => !nodes.Members.ContainsKey(address));
        foreach (var m in nodes.Members.Values)
        {
            if (m.Key.Address != self && m.Report is { } report && report.Nas.HasAddressOf(own) && _named.Add(m.Key.Address))
                context.Log.OneNas(context.Node.Name, self, report.Name, m.Key.Address, own.Address, own.Identifier, report.Nas.Identifier);
        }
    }
}

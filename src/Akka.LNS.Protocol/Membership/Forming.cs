namespace Akka.LNS.Protocol.Membership;

/// <summary>
/// Decides whether a removed node may form a new cluster. A single node must not, because the majority may still run. After a split without
/// a majority all nodes are removed. Then the first node of a reachable quorum forms the cluster.
/// </summary>
public static class Forming
{
    /// <summary>True: this node may form a cluster.</summary>
    /// <param name="self">Address of this node.</param>
    /// <param name="candidates">Addresses in order of precedence, including this node.</param>
    /// <param name="heard">Nodes with a recent report, and whether each is in a cluster.</param>
    /// <param name="quorum">Required number of nodes, including this one.</param>
    public static bool MayForm(string self, IReadOnlyList<string> candidates, IReadOnlyDictionary<string, bool> heard, int quorum)
    {
        if (heard.Values.Contains(true)) return false; // join the existing cluster
        foreach (var candidate in candidates)
        {
            if (candidate == self) return 1 + candidates.Count(c => c != self && heard.ContainsKey(c)) >= quorum;
            if (heard.ContainsKey(candidate)) return false; // it has precedence
        }
        return false;
    }
}

namespace Akka.LNS.Protocol.Membership;

/// <summary>
/// Whether a node that was put out of its cluster may form a new one. By itself it never may: it would be an island beside the majority
/// that goes on. But when a split left no majority all nodes are out, and there is none to come back to: then the first of a quorum that
/// finds itself together does.
/// </summary>
public static class Forming
{
    /// <param name="self">Address of this node.</param>
    /// <param name="candidates">Addresses in the order in which they may, this node among them.</param>
    /// <param name="heard">Nodes heard of lately, and whether each is in a cluster.</param>
    /// <param name="quorum">Nodes that must be there, this one counted.</param>
    public static bool MayForm(string self, IReadOnlyList<string> candidates, IReadOnlyDictionary<string, bool> heard, int quorum)
    {
        if (heard.Values.Contains(true)) return false; // there is a cluster: to be joined
        foreach (var candidate in candidates)
        {
            if (candidate == self) return 1 + candidates.Count(c => c != self && heard.ContainsKey(c)) >= quorum;
            if (heard.ContainsKey(candidate)) return false; // it goes before us
        }
        return false;
    }
}

namespace Akka.LNS.Protocol.Membership;

/// <summary>What RADIUS servers take a node for. Nodes with the same address or the same identifier are one NAS to a server.</summary>
/// <param name="Address">NAS-IP-Address, else the source address of the requests; empty: not known.</param>
/// <param name="Identifier">NAS-Identifier; empty: not known.</param>
public readonly record struct NasIdentity(string Address, string Identifier)
{
    /// <summary>Both are not known, for example because the node has an older version.</summary>
    public bool IsUnknown => string.IsNullOrEmpty(Address) && string.IsNullOrEmpty(Identifier);

    /// <summary>A server that looks at NAS-IP-Address only takes both for one NAS, for example the SQL module of FreeRADIUS.</summary>
    public bool HasAddressOf(NasIdentity other) => Address is { Length: > 0 } && Address == other.Address;

    /// <summary>A server may take both for one NAS.</summary>
    public bool IsOneNasWith(NasIdentity other) => HasAddressOf(other) || (Identifier is { Length: > 0 } && Identifier == other.Identifier);
}

/// <summary>Whether a node is the only one of its NAS.</summary>
public enum NasClaim
{
    /// <summary>Not known yet: nodes of the cluster have not reported.</summary>
    Pending,
    /// <summary>No other node is this NAS.</summary>
    Sole,
    /// <summary>Another node is this NAS, or may be.</summary>
    Shared,
}

/// <param name="Why">Reason, for the log; empty for <see cref="NasClaim.Sole"/>.</param>
public readonly record struct NasVerdict(NasClaim Claim, string Why)
{
    public static readonly NasVerdict Sole = new(NasClaim.Sole, "");
}

/// <summary>
/// Decides whether a node may speak for its whole NAS. Accounting-On and Accounting-Off make a server end all sessions of the NAS (RFC 2866
/// section 5.1), so a node that is not alone with its identity must not send them: another node has sessions, or may have one before the
/// record arrives.
/// </summary>
public static class NasSharing
{
    /// <param name="own">What servers take this node for.</param>
    /// <param name="self">Address of this node in the cluster.</param>
    /// <param name="seeds">Addresses of the other nodes that the settings name.</param>
    /// <param name="nodes">Members and lost nodes. A node that left properly has no sessions.</param>
    public static NasVerdict Decide(NasIdentity own, string self, IEnumerable<string> seeds, NodeTable nodes)
    {
        var pending = "";
        foreach (var m in nodes.Members.Values)
        {
            if (m.Key.Address == self) continue;
            if (m.Report is not { Nas.IsUnknown: false } report) pending = $"node {m.Key.Address} has not told its NAS identity";
            else if (report.Nas.IsOneNasWith(own)) return Shared(own, report, m.Key.Address, "");
        }
        foreach (var l in nodes.Lost.Values)
        {
            if (l.Last is not { Nas.IsUnknown: false } last) pending = $"node {l.Key.Address} is lost and has not told its NAS identity";
            else if (last.Nas.IsOneNasWith(own)) return Shared(own, last, l.Key.Address, ", which is lost and may have sessions,");
        }
        foreach (var seed in seeds)
        {
            if (!nodes.Members.ContainsKey(seed) && !nodes.Lost.ContainsKey(seed)) pending = $"node {seed} is not in the cluster";
        }
        return pending.Length == 0 ? NasVerdict.Sole : new NasVerdict(NasClaim.Pending, pending);
    }

    private static NasVerdict Shared(NasIdentity own, NodeReport other, string address, string state) => new(NasClaim.Shared,
        $"node {other.Name} at {address}{state} has the same "
        + (other.Nas.HasAddressOf(own) ? $"NAS-IP-Address {own.Address}" : $"NAS-Identifier {own.Identifier}"));
}

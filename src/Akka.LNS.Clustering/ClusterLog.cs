namespace Akka.LNS.Clustering;

/// <summary>Log lines of the cluster. Event ids and property names are part of the interface: log shippers filter by them.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "cluster member: node {Node}, phase {Phase}")]
    public static partial void MemberIs(this ILogger log, string node, string phase);

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "cluster node unreachable: node {Node}")]
    public static partial void Unreachable(this ILogger log, string node);

    [LoggerMessage(EventId = 302, Level = LogLevel.Information, Message = "cluster node reachable again: node {Node}")]
    public static partial void Reachable(this ILogger log, string node);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "cluster node lost: node {Node}")]
    public static partial void Lost(this ILogger log, string node);

    [LoggerMessage(EventId = 304, Level = LogLevel.Information, Message = "cluster node left: node {Node}")]
    public static partial void Left(this ILogger log, string node);

    [LoggerMessage(EventId = 305, Level = LogLevel.Information, Message = "cluster leave ordered: by {By}; this node is drained first")]
    public static partial void LeaveOrdered(this ILogger log, string by);

    [LoggerMessage(EventId = 306, Level = LogLevel.Information, Message = "cluster leave begins: sessions {Sessions}")]
    public static partial void Leaves(this ILogger log, int sessions);

    [LoggerMessage(EventId = 307, Level = LogLevel.Warning,
        Message = "removed from the cluster: sessions {Sessions}; they stay, the node is not ready and tries to join again")]
    public static partial void PutOut(this ILogger log, int sessions);

    [LoggerMessage(EventId = 308, Level = LogLevel.Error, Message = "cluster restart failed: error {Why}")]
    public static partial void CannotRestart(this ILogger log, string why);

    [LoggerMessage(EventId = 309, Level = LogLevel.Warning, Message = "cluster formed again by this node: removed nodes {Count}")]
    public static partial void FormsAnew(this ILogger log, int count);

    [LoggerMessage(EventId = 310, Level = LogLevel.Information, Message = "cluster left by this node")]
    public static partial void HasLeft(this ILogger log);

    [LoggerMessage(EventId = 311, Level = LogLevel.Warning, Message = "cluster leave refused: by {By}, reason {Why}")]
    public static partial void LeaveRefused(this ILogger log, string by, string why);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning, Message = "cluster certificate refused: peer {Peer}, reason {Why}")]
    public static partial void CertificateRefused(this ILogger log, string peer, string why);

    [LoggerMessage(EventId = 313, Level = LogLevel.Warning,
        Message = "two nodes are one NAS to RADIUS servers: node {Node} ({Address}) and "
        + "node {Other} ({OtherAddress}), NAS-IP-Address {Nas}, NAS-Identifiers {Identifier} and {OtherIdentifier}")]
    public static partial void OneNas(this ILogger log, string node, string address, string other, string otherAddress, string nas,
        string identifier, string otherIdentifier);

    [LoggerMessage(EventId = 314, Level = LogLevel.Warning,
        Message = "this node was stopped for {Seconds} s: not ready until a member confirms its membership")]
    public static partial void WasStopped(this ILogger log, long seconds);

    [LoggerMessage(EventId = 315, Level = LogLevel.Information, Message = "membership confirmed after a stop of this node")]
    public static partial void Confirmed(this ILogger log);
}

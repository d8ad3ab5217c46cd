namespace Akka.LNS.Clustering;

/// <summary>What an operator reads of the cluster; property names are part of the interface.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "cluster: {Node} is {Phase}")]
    public static partial void MemberIs(this ILogger log, string node, string phase);

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "cluster: {Node} cannot be reached")]
    public static partial void Unreachable(this ILogger log, string node);

    [LoggerMessage(EventId = 302, Level = LogLevel.Information, Message = "cluster: {Node} can be reached again")]
    public static partial void Reachable(this ILogger log, string node);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "cluster: {Node} is lost")]
    public static partial void Lost(this ILogger log, string node);

    [LoggerMessage(EventId = 304, Level = LogLevel.Information, Message = "cluster: {Node} has left")]
    public static partial void Left(this ILogger log, string node);

    [LoggerMessage(EventId = 305, Level = LogLevel.Information, Message = "cluster: this node is to leave, by order of {By}: it is emptied first")]
    public static partial void LeaveOrdered(this ILogger log, string by);

    [LoggerMessage(EventId = 306, Level = LogLevel.Information, Message = "cluster: this node leaves with {Sessions} sessions")]
    public static partial void Leaves(this ILogger log, int sessions);

    [LoggerMessage(EventId = 307, Level = LogLevel.Warning, Message = "cluster: this node was put out of the cluster; its {Sessions} sessions stay, it is not ready, and tries to come back")]
    public static partial void PutOut(this ILogger log, int sessions);

    [LoggerMessage(EventId = 308, Level = LogLevel.Error, Message = "cluster: cannot start again: {Why}")]
    public static partial void CannotRestart(this ILogger log, string why);

    [LoggerMessage(EventId = 309, Level = LogLevel.Warning, Message = "cluster: {Count} nodes were put out and find each other again: this one forms the cluster anew")]
    public static partial void FormsAnew(this ILogger log, int count);

    [LoggerMessage(EventId = 310, Level = LogLevel.Information, Message = "cluster: this node has left it")]
    public static partial void HasLeft(this ILogger log);

    [LoggerMessage(EventId = 311, Level = LogLevel.Warning, Message = "cluster: an order of {By} to leave was refused: {Why}")]
    public static partial void LeaveRefused(this ILogger log, string by, string why);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning, Message = "cluster: the certificate of {Peer} was refused: {Why}")]
    public static partial void CertificateRefused(this ILogger log, string peer, string why);
}

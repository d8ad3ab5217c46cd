namespace Akka.LNS.Clustering;

/// <summary>The cluster cannot be started. The message is one line for the operator.</summary>
public sealed class ClusterStartException(string message) : Exception(message);

/// <summary>Result of an order to join, leave or down.</summary>
public enum ClusterOrderResult
{
    Ordered,
    /// <summary>The node is already in the requested state.</summary>
    Nothing,
    /// <summary>The member does not exist.</summary>
    Unknown,
    /// <summary>Not possible now: the text is the reason.</summary>
    Refused,
    /// <summary>The member does not answer.</summary>
    Silent,
}

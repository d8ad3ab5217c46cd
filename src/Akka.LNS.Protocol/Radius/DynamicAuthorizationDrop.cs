namespace Akka.LNS.Protocol.Radius;

/// <summary>Why a request for dynamic authorization got no answer, besides a malformed packet or a wrong secret.</summary>
public enum DynamicAuthorizationDrop
{
    /// <summary>The source address is in the network of no client.</summary>
    UnknownClient,
    /// <summary>The packet is neither a Disconnect-Request nor a CoA-Request.</summary>
    OtherCode,
    /// <summary>Too many requests wait to be read.</summary>
    Busy,
    /// <summary>A retransmission of a request that has no answer yet.</summary>
    UnderWay,
    /// <summary>Event-Timestamp is outside of the replay window.</summary>
    Stale,
    /// <summary>There is no Event-Timestamp, and one is required.</summary>
    NoTimestamp,
    /// <summary>A copy of a request that came from another source.</summary>
    Replayed,
    /// <summary>
    /// The answer is longer than a packet can be, because of the Proxy-State of the request, or the system did not send it.
    /// </summary>
    NotSent,
}

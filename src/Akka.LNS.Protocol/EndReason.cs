namespace Akka.LNS.Protocol;

/// <summary>Party that ended a tunnel, call or subscriber.</summary>
public enum EndParty
{
    /// <summary>The peer of the tunnel: LAC, or LNS seen from a LAC.</summary>
    Peer,
    /// <summary>The subscriber, by PPP.</summary>
    Subscriber,
    /// <summary>This node itself.</summary>
    Lns,
    /// <summary>A person or program that operates this node.</summary>
    Administrator,
    /// <summary>The RADIUS server, by an attribute or a request.</summary>
    Radius,
}

/// <summary>The layer in which the end began.</summary>
public enum EndLayer
{
    Node,
    Tunnel,
    Session,
    Link,
    Authentication,
    Bundle,
    DataPlane,
}

/// <summary>Cause of an end. Label of metrics; the text of <see cref="EndReason"/> has the details.</summary>
public enum EndCause
{
    /// <summary>The subscriber hung up (LCP or IPCP Terminate-Request).</summary>
    UserRequest,
    /// <summary>The subscriber did not answer LCP echoes.</summary>
    EchoTimeout,
    /// <summary>The peer sent a CDN.</summary>
    CallDisconnected,
    /// <summary>The peer sent a StopCCN.</summary>
    TunnelStopped,
    /// <summary>The peer of the tunnel did not acknowledge.</summary>
    TunnelTimeout,
    /// <summary>A phase of set-up did not finish in time.</summary>
    SetupTimeout,
    IdleTimeout,
    SessionTimeout,
    /// <summary>Wrong name or password.</summary>
    AuthenticationFailed,
    /// <summary>No authentication server answered.</summary>
    AuthenticationUnavailable,
    /// <summary>The peer of the tunnel could not prove the shared secret.</summary>
    TunnelAuthenticationFailed,
    /// <summary>The two sides found no common options.</summary>
    NegotiationFailed,
    /// <summary>No free address for the subscriber.</summary>
    NoAddress,
    /// <summary>The peer broke the protocol.</summary>
    ProtocolViolation,
    /// <summary>The node refused it: limits, overload, drain.</summary>
    Refused,
    /// <summary>An operator asked for it.</summary>
    AdministrativeReset,
    /// <summary>The node is being stopped.</summary>
    Shutdown,
    /// <summary>The data plane failed.</summary>
    DataPlaneFailed,
    /// <summary>An exception in this subscriber's actors.</summary>
    InternalError,
    /// <summary>Unclean shutdown of the node (crash, kill, power), found at its next start.</summary>
    NodeLost,
}

/// <summary>Why something ended. Log, accounting (mpd-term-cause), CDN text and metrics are made from this record.</summary>
/// <param name="Text">Text for people. Contains no secret.</param>
public sealed record EndReason(EndParty By, EndLayer Layer, EndCause Cause, string Text)
{
    public override string ToString() => $"{Layer}: {Cause} by {By}: {Text}";
}

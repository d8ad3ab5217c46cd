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

/// <summary>Layer in which the end began.</summary>
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
    /// <summary>The node refused the tunnel or call: limits, overload, drain.</summary>
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

/// <summary>Cause, layer and party of an end, with a sentence. Log, accounting (mpd-term-cause), CDN and metrics use it.</summary>
/// <param name="Text">The facts in plain English. Contains no secret.</param>
public sealed record EndReason(EndParty By, EndLayer Layer, EndCause Cause, string Text)
{
    /// <summary>Text for operators: <c>echo timeout (link, by LNS): 4 LCP echoes without an answer</c>.</summary>
    public string Words => $"{Cause.ToWords()} ({Layer.ToWords()}, by {By.ToWords()}): {Text}";

    public override string ToString() => Words;
}

/// <summary>Text for operators. The API and metrics use the names of the enum members instead.</summary>
public static class EndWords
{
    public static string ToWords(this EndParty party) => party switch
    {
        EndParty.Peer => "peer",
        EndParty.Subscriber => "subscriber",
        EndParty.Lns => "LNS",
        EndParty.Administrator => "administrator",
        EndParty.Radius => "RADIUS",
        _ => throw new ArgumentOutOfRangeException(nameof(party), party, "no words for this party"),
    };

    public static string ToWords(this EndLayer layer) => layer switch
    {
        EndLayer.Node => "node",
        EndLayer.Tunnel => "tunnel",
        EndLayer.Session => "session",
        EndLayer.Link => "link",
        EndLayer.Authentication => "authentication",
        EndLayer.Bundle => "bundle",
        EndLayer.DataPlane => "data plane",
        _ => throw new ArgumentOutOfRangeException(nameof(layer), layer, "no words for this layer"),
    };

    public static string ToWords(this EndCause cause) => cause switch
    {
        EndCause.UserRequest => "user request",
        EndCause.EchoTimeout => "echo timeout",
        EndCause.CallDisconnected => "call disconnected",
        EndCause.TunnelStopped => "tunnel stopped",
        EndCause.TunnelTimeout => "tunnel timeout",
        EndCause.SetupTimeout => "setup timeout",
        EndCause.IdleTimeout => "idle timeout",
        EndCause.SessionTimeout => "session timeout",
        EndCause.AuthenticationFailed => "authentication failed",
        EndCause.AuthenticationUnavailable => "authentication unavailable",
        EndCause.TunnelAuthenticationFailed => "tunnel authentication failed",
        EndCause.NegotiationFailed => "negotiation failed",
        EndCause.NoAddress => "no address",
        EndCause.ProtocolViolation => "protocol violation",
        EndCause.Refused => "refused",
        EndCause.AdministrativeReset => "administrative reset",
        EndCause.Shutdown => "shutdown",
        EndCause.DataPlaneFailed => "data plane failed",
        EndCause.InternalError => "internal error",
        EndCause.NodeLost => "node lost",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "no words for this cause"),
    };
}

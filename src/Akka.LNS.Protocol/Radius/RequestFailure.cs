using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Protocol.Radius;

/// <summary>How far a RADIUS request came that no server answered.</summary>
public enum RequestFailureKind : byte
{
    /// <summary>No packet was sent: no server has seen the request.</summary>
    NotAsked,

    /// <summary>At least one packet may have been sent: a server may have acted on the request.</summary>
    NotAnswered,

    /// <summary>The request does not fit into a RADIUS packet: it fails again whenever it is tried.</summary>
    Unsendable,
}

/// <summary>Why a RADIUS request has no answer.</summary>
/// <param name="Kind">How far it came.</param>
/// <param name="Text">Reason for the log.</param>
public sealed record RequestFailure(RequestFailureKind Kind, string Text)
{
    /// <summary>Every server that may be asked is dead, or another request is trying the only one that may live.</summary>
    public static readonly RequestFailure NoServer = new(RequestFailureKind.NotAsked, "no RADIUS server is alive");

    /// <summary>The deadline of the request passed in the backlog.</summary>
    public static readonly RequestFailure Expired = new(RequestFailureKind.NotAsked, "deadline passed in the queue for RADIUS workers");

    /// <summary>The request is longer than a packet can be, or a password in it is too long.</summary>
    public static readonly RequestFailure TooLong = new(RequestFailureKind.Unsendable, "the request does not fit into a RADIUS packet");

    /// <summary>The backlog of the class is full.</summary>
    /// <param name="waiting">Requests of the class that wait.</param>
    public static RequestFailure BacklogFull(RadiusClass of, int waiting) =>
        new(RequestFailureKind.NotAsked, $"queue full: {waiting} {NameOf(of)} wait for RADIUS");

    /// <summary>No server answered in its time.</summary>
    /// <param name="lastServer">Server that was asked last.</param>
    public static RequestFailure TimedOut(string lastServer) => new(RequestFailureKind.NotAnswered, $"no answer, last server {lastServer}");

    /// <summary>The worker that had the request failed.</summary>
    public static RequestFailure WorkerFailed(string error) => new(RequestFailureKind.NotAnswered, $"worker failed: {error}");

    /// <summary>The verdict when the request is a login. Only a login that can never be sent is a rejection.</summary>
    public LoginVerdict ToVerdict() =>
        Kind == RequestFailureKind.Unsendable ? new LoginVerdict.Rejected(Text, null) : new LoginVerdict.Unavailable(Text);

    private static string NameOf(RadiusClass of) => of switch
    {
        RadiusClass.Authentication => "logins",
        RadiusClass.FailingLogin => "logins of lines whose last login failed",
        RadiusClass.StartStop => "Starts and Stops",
        _ => "Interim-Updates",
    };
}

using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>Why a request for dynamic authorization got no answer, beyond what <see cref="RadiusError"/> knows.</summary>
public enum DynamicAuthorizationDrop
{
    /// <summary>Its source is in the network of no client.</summary>
    UnknownClient,
    /// <summary>No Disconnect-Request and no CoA-Request.</summary>
    OtherCode,
    /// <summary>Too many wait to be read.</summary>
    Busy,
    /// <summary>A repetition of one that is not answered yet.</summary>
    UnderWay,
    /// <summary>Event-Timestamp is outside of the replay window.</summary>
    Stale,
    /// <summary>There is no Event-Timestamp, and one is required.</summary>
    NoTimestamp,
    /// <summary>The octets of a request that came from somewhere else.</summary>
    Replayed,
    /// <summary>The answer, with the Proxy-State of the request, is longer than a packet can be, or the system did not send it.</summary>
    NotSent,
}

/// <summary>CoA and Disconnect since the start. Written by two threads, read by anybody.</summary>
public sealed class DynamicAuthorizationCounters
{
    private static readonly ErrorCause[] AllCauses = Enum.GetValues<ErrorCause>();
    private readonly long[] _dropped = new long[Enum.GetValues<DynamicAuthorizationDrop>().Length];
    private readonly long[] _invalid = new long[Enum.GetValues<RadiusError>().Length];
    private readonly long[] _acknowledged = new long[2], _refused = new long[2 * AllCauses.Length];
    private long _answeredAgain, _sessionsEnded;

    public static IReadOnlyList<ErrorCause> Causes => AllCauses;

    /// <summary>Disconnect-ACKs or CoA-ACKs, repetitions not counted.</summary>
    public long Acknowledged(bool disconnect) => Interlocked.Read(ref _acknowledged[disconnect ? 1 : 0]);

    /// <summary>NAKs, repetitions not counted.</summary>
    public long Refused(bool disconnect, ErrorCause cause) => Interlocked.Read(ref _refused[Index(disconnect, cause)]);

    /// <summary>The same answer to the same request.</summary>
    public long AnsweredAgain => Interlocked.Read(ref _answeredAgain);

    /// <summary>Sessions that were told to end.</summary>
    public long SessionsEnded => Interlocked.Read(ref _sessionsEnded);

    public long Dropped(DynamicAuthorizationDrop why) => Interlocked.Read(ref _dropped[(int)why]);

    /// <summary>Malformed, or without proof of the secret.</summary>
    public long Dropped(RadiusError why) => Interlocked.Read(ref _invalid[(int)why]);

    internal void CountAnswer(bool disconnect, ErrorCause? cause) =>
        Interlocked.Increment(ref cause is { } why ? ref _refused[Index(disconnect, why)] : ref _acknowledged[disconnect ? 1 : 0]);
    internal void CountAnsweredAgain() => Interlocked.Increment(ref _answeredAgain);
    internal void CountSessionsEnded(int sessions) => Interlocked.Add(ref _sessionsEnded, sessions);
    internal void CountDropped(DynamicAuthorizationDrop why) => Interlocked.Increment(ref _dropped[(int)why]);
    internal void CountDropped(RadiusError why) => Interlocked.Increment(ref _invalid[(int)why]);

    private static int Index(bool disconnect, ErrorCause cause) => (disconnect ? AllCauses.Length : 0) + Array.IndexOf(AllCauses, cause);
}

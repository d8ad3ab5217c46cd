using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Counters;

/// <summary>Counters of CoA and Disconnect since the start. Two threads write them, any thread may read them.</summary>
public sealed class DynamicAuthorizationCounters
{
    private static readonly ErrorCause[] AllCauses = Enum.GetValues<ErrorCause>();
    private readonly long[] _dropped = new long[Enum.GetValues<DynamicAuthorizationDrop>().Length];
    private readonly long[] _invalid = new long[Enum.GetValues<RadiusError>().Length];
    private readonly long[] _acknowledged = new long[2], _refused = new long[2 * AllCauses.Length];
    private long _answeredAgain, _sessionsEnded, _emptyAttributes;

    public static IReadOnlyList<ErrorCause> Causes => AllCauses;

    /// <summary>Disconnect-ACKs or CoA-ACKs, without retransmissions.</summary>
    public long Acknowledged(bool disconnect) => Interlocked.Read(ref _acknowledged[disconnect ? 1 : 0]);

    /// <summary>NAKs, without retransmissions.</summary>
    public long Refused(bool disconnect, ErrorCause cause) => Interlocked.Read(ref _refused[Index(disconnect, cause)]);

    /// <summary>Retransmissions that got the same answer again.</summary>
    public long AnsweredAgain => Interlocked.Read(ref _answeredAgain);

    /// <summary>Sessions that got the order to end.</summary>
    public long SessionsEnded => Interlocked.Read(ref _sessionsEnded);

    /// <summary>Attributes without a value, which were ignored.</summary>
    public long EmptyAttributes => Interlocked.Read(ref _emptyAttributes);

    public long Dropped(DynamicAuthorizationDrop why) => Interlocked.Read(ref _dropped[(int)why]);

    /// <summary>Packets that are malformed, or do not prove the secret.</summary>
    public long Dropped(RadiusError why) => Interlocked.Read(ref _invalid[(int)why]);

    /// <summary>Requests that the kernel dropped at the full receive buffer of the socket.</summary>
    public SocketOverflows Overflows { get; } = new();

    internal void CountAnswer(bool disconnect, ErrorCause? cause) =>
        Interlocked.Increment(ref cause is { } why ? ref _refused[Index(disconnect, why)] : ref _acknowledged[disconnect ? 1 : 0]);
    internal void CountAnsweredAgain() => Interlocked.Increment(ref _answeredAgain);
    internal void CountEmptyAttributes(int attributes) => Interlocked.Add(ref _emptyAttributes, attributes);
    internal void CountSessionsEnded(int sessions) => Interlocked.Add(ref _sessionsEnded, sessions);
    internal void CountDropped(DynamicAuthorizationDrop why) => Interlocked.Increment(ref _dropped[(int)why]);
    internal void CountDropped(RadiusError why) => Interlocked.Increment(ref _invalid[(int)why]);

    private static int Index(bool disconnect, ErrorCause cause) => (disconnect ? AllCauses.Length : 0) + Array.IndexOf(AllCauses, cause);
}

using System.Collections.Immutable;
using Akka.LNS.Protocol.Accounting;

namespace Akka.LNS.Actors.Accounting.Spool;

/// <summary>
/// The Starts and Stops that no server has accepted yet, by session. Every call returns at once, keeps the order of the calls, and comes
/// from one actor.
/// </summary>
internal interface IAccountingSpool : IDisposable
{
    /// <summary><see cref="Store"/> returns before the record is written; <see cref="Written"/> shows the progress.</summary>
    bool WritesLater { get; }

    /// <summary>The records outlive the process.</summary>
    bool IsDurable { get; }

    /// <summary>
    /// Highest number such that all records up to it are written, or cannot be written and wait in memory. A record with a higher number
    /// must not be sent yet.
    /// </summary>
    long Written { get; }

    /// <summary>Highest epoch of Acct-Session-Ids that was used with this spool.</summary>
    uint PreviousEpoch { get; }

    /// <summary>Highest key in use; keys of new sessions are higher, also after a restart.</summary>
    long LastKey { get; }

    /// <summary>State of the spool for the API and metrics.</summary>
    SpoolSnapshot Snapshot { get; }

    /// <summary>
    /// Counters of the spool. Accounting sets the time of the oldest record and counts the records that fit into no packet.
    /// </summary>
    SpoolCounts Counts { get; }

    /// <summary>Begins work. <paramref name="accounting"/> gets <see cref="SpoolWritten"/> and <see cref="SpoolLoaded"/>.</summary>
    /// <returns>The sessions that an earlier process left behind, oldest first; all have ended.</returns>
    ImmutableArray<WaitingSession> Attach(IActorRef accounting, uint epoch);

    /// <summary>
    /// Stores a record: the Start of a new session, its Stop, or an Interim. The latest Interim has the totals of the Stop if the process
    /// ends before it writes one.
    /// </summary>
    /// <param name="number">Of a Start or a Stop, rising; see <see cref="Written"/>.</param>
    void Store(long key, AccountingRecord record, long number);

    /// <summary>Removes the Start of a session. Removes the whole session if <paramref name="kind"/> is Stop.</summary>
    void Forget(long key, AccountingKind kind);

    /// <summary>Reads sessions, with all records that were stored before; the answer is <see cref="SpoolLoaded"/>.</summary>
    void Load(ImmutableArray<long> keys);

    /// <summary>Writes all stored records, and closes the file. Later calls are ignored.</summary>
    Task CloseAsync();
}

/// <summary>Spool to accounting: <see cref="IAccountingSpool.Written"/> has risen.</summary>
internal sealed record SpoolWritten
{
    public static readonly SpoolWritten Instance = new();
}

/// <summary>Spool to accounting: the records of these sessions.</summary>
internal sealed record SpoolLoaded(ImmutableArray<SpooledSession> Sessions);

/// <summary>State of the spool, for the API and metrics.</summary>
/// <param name="File">null: in memory only.</param>
/// <param name="Waiting">Number of Starts and Stops that no server has accepted yet, including those on their way.</param>
/// <param name="Oldest">When the oldest record that waits for another attempt occurred; null: no record waits.</param>
/// <param name="Unwritten">Number of changes that are not in the file yet. In normal operation a change is written within
/// milliseconds.</param>
/// <param name="Octets">Size of the file and its write-ahead log.</param>
/// <param name="IsFailing">The file cannot be written now; records wait in memory.</param>
/// <param name="WriteErrors">Number of failed attempts to write or read, since the start.</param>
/// <param name="Lost">Number of records dropped for lack of room or too large for a packet, since the start.</param>
/// <param name="Broken">Number of rows of the file that could not be decoded and were put aside, since the start.</param>
/// <param name="Failure">Why and since when the file cannot be written; null: it can.</param>
public sealed record SpoolSnapshot(string? File, long Waiting, DateTimeOffset? Oldest, long Unwritten, long Octets, bool IsFailing,
    long WriteErrors, long Lost, long Broken, SpoolFailure? Failure = null)
{
    /// <summary>The records outlive the process.</summary>
    public bool IsDurable => File is not null && !IsFailing;
}

/// <summary>The file of the spool cannot be written.</summary>
/// <param name="SinceUtc">Time of the first failure.</param>
/// <param name="Why">Reason of the first failure.</param>
public sealed record SpoolFailure(DateTimeOffset SinceUtc, string Why);

/// <summary>The spool cannot be opened; the message is for the operator.</summary>
public sealed class SpoolStartException : Exception
{
    public SpoolStartException(string message) : base(message) { }
    public SpoolStartException(string message, Exception inner) : base(message, inner) { }
    public SpoolStartException() { }
}

/// <summary>Counters that the spool and accounting write and any thread reads.</summary>
internal sealed class SpoolCounts
{
    private long _waiting, _oldest, _octets, _writeErrors, _lost, _unsendable, _broken;
    private volatile SpoolFailure? _failure;

    public bool IsFailing => _failure is not null;

    /// <summary>null: the file can be written.</summary>
    public SpoolFailure? Failure { set => _failure = value; }
    public long Octets { set => Volatile.Write(ref _octets, value); }

    /// <summary>
    /// When the oldest record that waits for another attempt occurred, in milliseconds since 1970 UTC; null: no record waits.
    /// </summary>
    public long? Oldest { set => Volatile.Write(ref _oldest, value ?? 0); }

    /// <summary>Number of records dropped for lack of room.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public void CountWaiting(long by) => Interlocked.Add(ref _waiting, by);
    public void CountWriteError() => Interlocked.Increment(ref _writeErrors);

    /// <summary>Counts a Start or Stop that fits into no packet.</summary>
    public void CountUnsendable() => Interlocked.Increment(ref _unsendable);

    public void CountBroken() => Interlocked.Increment(ref _broken);

    /// <summary>
    /// Counts records of one session that were dropped for lack of room. One of them counts as waiting until a read of the
    /// session finds nothing.
    /// </summary>
    public void CountLost(int records)
    {
        Interlocked.Add(ref _lost, records);
        Interlocked.Add(ref _waiting, 1 - records);
    }

    public SpoolSnapshot Read(string? file, long unwritten)
    {
        var (oldest, failure) = (Volatile.Read(ref _oldest), _failure);
        return new SpoolSnapshot(file, Math.Max(0, Interlocked.Read(ref _waiting)),
            oldest == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(oldest), unwritten, Volatile.Read(ref _octets),
            failure is not null, Interlocked.Read(ref _writeErrors),
            Interlocked.Read(ref _lost) + Interlocked.Read(ref _unsendable), Interlocked.Read(ref _broken), failure);
    }
}

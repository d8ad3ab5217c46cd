using System.Collections.Immutable;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Accounting.Spool;

/// <summary>
/// The Starts and Stops that no server has acknowledged yet, by session. Every call returns at once and may be made from one actor only; order is kept.
/// </summary>
internal interface IAccountingSpool : IDisposable
{
    /// <summary>What is in it outlives the process.</summary>
    bool IsDurable { get; }

    /// <summary>All that has come is written, or could not be and waits in memory; records with a later ticket must not be sent yet.</summary>
    long Written { get; }

    /// <summary>Highest epoch of Acct-Session-Ids that was used with this spool.</summary>
    uint PreviousEpoch { get; }

    SpoolSnapshot Snapshot { get; }

    /// <summary>Since when the oldest record waits for its next turn; null: none does. Told by accounting, which knows the turns.</summary>
    DateTimeOffset? Oldest { set; }

    /// <summary>Begins to work. What it has to say goes to <paramref name="accounting"/>: <see cref="SpoolWritten"/>, <see cref="SpoolLoaded"/>.</summary>
    /// <returns>The sessions that an earlier process left behind, oldest first; all have ended.</returns>
    ImmutableArray<SpoolTurn> Attach(IActorRef accounting, uint epoch);

    /// <summary>A session that begins.</summary>
    /// <returns>A ticket, see <see cref="Written"/>.</returns>
    long Start(long key, AccountingRecord record);

    /// <summary>The latest totals of a session, for the case that the process does not live to write its Stop.</summary>
    void Interim(long key, AccountingRecord record);

    /// <returns>A ticket, see <see cref="Written"/>.</returns>
    long Stop(long key, AccountingRecord record);

    /// <summary>A server has the Start.</summary>
    void StartTaken(long key);

    /// <summary>A server has the Stop: nothing is left of the session.</summary>
    void StopTaken(long key);

    /// <summary>A Start or Stop that no server can ever be sent: gone, and counted as lost.</summary>
    void Discard(long key, AccountingKind kind);

    /// <summary>Answered by <see cref="SpoolLoaded"/> with all that was said before.</summary>
    void Load(ImmutableArray<long> keys);

    /// <summary>Keys of new sessions; rising, also over restarts.</summary>
    long NewKey();

    /// <summary>Writes what came before, and lets the file go. Nothing that comes later is written.</summary>
    Task CloseAsync();
}

/// <summary>A session that waits for its turn.</summary>
/// <param name="Since">Milliseconds since 1970, UTC.</param>
internal readonly record struct SpoolTurn(long Key, long Since);

/// <summary>Spool to accounting: <see cref="IAccountingSpool.Written"/> has risen.</summary>
internal sealed record SpoolWritten
{
    public static readonly SpoolWritten Instance = new();
}

/// <summary>Spool to accounting: what it has of these sessions.</summary>
internal sealed record SpoolLoaded(ImmutableArray<SpooledSession> Sessions);

/// <param name="Start">null: a server has it.</param>
/// <param name="Stop">null: the session is still on. Both null: nothing (any more).</param>
/// <param name="IsUnreadable">What there is cannot be read now; both are null.</param>
internal readonly record struct SpooledSession(long Key, AccountingRecord? Start, AccountingRecord? Stop, bool IsUnreadable = false);

/// <summary>How the spool is, for people and metrics.</summary>
/// <param name="File">null: in memory only.</param>
/// <param name="Waiting">Starts and Stops that no server has acknowledged yet, those under way included.</param>
/// <param name="Oldest">When the oldest of those that wait for another try happened; null: none waits.</param>
/// <param name="Unwritten">Changes that are not in the file yet; some, for milliseconds, when all is well.</param>
/// <param name="Octets">Size of the file and its write-ahead log.</param>
/// <param name="IsFailing">The file cannot be written now; records wait in memory.</param>
/// <param name="WriteErrors">Attempts to write or read that failed, since the start.</param>
/// <param name="Lost">Records that found no place or fit no packet, since the start.</param>
/// <param name="Broken">Rows of the file that could not be understood and were put aside, since the start.</param>
public sealed record SpoolSnapshot(string? File, long Waiting, DateTimeOffset? Oldest, long Unwritten, long Octets, bool IsFailing, long WriteErrors, long Lost, long Broken);

/// <summary>The spool cannot be opened; the message is for the operator.</summary>
public sealed class SpoolStartException : Exception
{
    public SpoolStartException(string message) : base(message) { }
    public SpoolStartException(string message, Exception inner) : base(message, inner) { }
    public SpoolStartException() { }
}

/// <summary>Counts that one writes and anybody reads.</summary>
internal sealed class SpoolCounts
{
    private long _waiting, _oldest, _octets, _writeErrors, _lost, _unsendable, _broken;
    private volatile bool _isFailing;

    public bool IsFailing { get => _isFailing; set => _isFailing = value; }
    public long Octets { set => Volatile.Write(ref _octets, value); }
    public DateTimeOffset? Oldest { set => Volatile.Write(ref _oldest, value?.ToUnixTimeMilliseconds() ?? 0); }

    /// <summary>Of those that found no place.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public void CountWaiting(long by) => Interlocked.Add(ref _waiting, by);
    public void CountWriteError() => Interlocked.Increment(ref _writeErrors);
    public void CountUnsendable() => Interlocked.Increment(ref _unsendable);
    public void CountBroken() => Interlocked.Increment(ref _broken);

    /// <summary>One of them stays among those that wait until its turn shows that nothing is there.</summary>
    public void CountLost(int records)
    {
        Interlocked.Add(ref _lost, records);
        Interlocked.Add(ref _waiting, 1 - records);
    }

    public SpoolSnapshot Read(string? file, long unwritten)
    {
        var oldest = Volatile.Read(ref _oldest);
        return new SpoolSnapshot(file, Math.Max(0, Interlocked.Read(ref _waiting)), oldest == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(oldest), unwritten, Volatile.Read(ref _octets),
            _isFailing, Interlocked.Read(ref _writeErrors), Interlocked.Read(ref _lost) + Interlocked.Read(ref _unsendable), Interlocked.Read(ref _broken));
    }
}

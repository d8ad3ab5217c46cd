namespace Akka.LNS.Protocol.Accounting;

/// <summary>A session in the ledger.</summary>
internal sealed class LedgerSession(string id, long key, string user, string login)
{
    public SequenceState State = SequenceState.Fresh.Instance;
    public string Id { get; } = id;
    public long Key { get; } = key;
    public string User { get; } = user;

    /// <summary>Name whose realm chooses the servers.</summary>
    public string Login { get; } = login;

    /// <summary>Number of its latest Start or Stop that was stored.</summary>
    public long Stored;

    /// <summary><see cref="RetryQueue.Accepted"/> when its record was sent.</summary>
    public long AcceptedBefore;

    /// <summary>The queue of the attempt under way; null: its records come directly from the bundle.</summary>
    public RetryQueue? AttemptOf;
}

/// <summary>A record that waits until the spool has written it.</summary>
internal readonly record struct HeldRecord(long Number, Instant Until, LedgerSession Session, AccountingRecord Record);

/// <summary>A session that is being read from the spool.</summary>
/// <param name="HasMore">Another record of it was stored meanwhile, so it must be read again.</param>
internal readonly record struct LoadingSession(WaitingSession Session, RetryQueue Queue, bool HasMore);

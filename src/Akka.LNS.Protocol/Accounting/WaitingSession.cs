namespace Akka.LNS.Protocol.Accounting;

/// <summary>A session whose records wait in the spool for an attempt.</summary>
/// <param name="Key">Key of the session in the spool.</param>
/// <param name="Since">When its oldest waiting record occurred, in milliseconds since 1970 UTC.</param>
public readonly record struct WaitingSession(long Key, long Since);

/// <summary>The records of a session as read from the spool.</summary>
/// <param name="Start">null: a server has accepted the Start, or the spool has lost it.</param>
/// <param name="Stop">null: the session is up. Both null: the spool has nothing of the session.</param>
/// <param name="IsUnreadable">The records exist and cannot be read now; both are null.</param>
public readonly record struct SpooledSession(long Key, AccountingRecord? Start, AccountingRecord? Stop, bool IsUnreadable = false);

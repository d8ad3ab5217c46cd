using System.Collections.Immutable;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>The events of <see cref="Ledger"/>. They are values, so an event allocates nothing.</summary>
public static class LedgerEvent
{
    /// <summary>The spool is open; the first event.</summary>
    /// <param name="Earlier">Sessions that an earlier process left behind, oldest first. All have ended.</param>
    /// <param name="LastKey">Highest key in use.</param>
    public readonly record struct Opened(ImmutableArray<WaitingSession> Earlier, long LastKey);

    /// <summary>The settings have changed. Sessions are sorted anew if the realms are another object.</summary>
    public readonly record struct Configured(LedgerPolicy Policy, RealmTable<ServerSet> Realms);

    /// <summary>A bundle has the next record of its session, or the node has Accounting-On or Accounting-Off.</summary>
    /// <param name="IsHeld">Of Accounting-On: it waits for <see cref="OnDecided"/>, and the sessions of this process wait for it.</param>
    public readonly record struct Offered(AccountingRecord Record, bool IsHeld = false);

    /// <summary>It is known whether the held Accounting-On may be sent. No effect when none is held.</summary>
    /// <param name="IsSent">false: it is dropped.</param>
    public readonly record struct OnDecided(bool IsSent);

    /// <summary>Forwarding of a session has ended, in the order of the data plane. Its Start and Stop may still come.</summary>
    /// <param name="Session">Acct-Session-Id.</param>
    /// <param name="User">User-Name; empty: the session has none.</param>
    /// <param name="Login">Name that the subscriber sent, if it is another; else empty.</param>
    public readonly record struct ForwardingEnded(string Session, string User, string Login);

    /// <summary>The bundle of a watched session has gone: no record of it comes any more.</summary>
    public readonly record struct BundleGone(string Session);

    /// <summary>The result of <see cref="LedgerEffectKind.Send"/>.</summary>
    /// <param name="Why">Reason of a failure, for the log; empty when a server accepted the record.</param>
    public readonly record struct Answered(string Session, AccountingKind Kind, SendResult Result, string Why);

    /// <summary>The spool has written records.</summary>
    /// <param name="UpTo">Highest number (see <see cref="LedgerEffect.Number"/>) such that all up to it are written, or wait in memory
    /// because they cannot be.</param>
    public readonly record struct Written(long UpTo);

    /// <summary>The result of <see cref="LedgerEffectKind.Load"/>, for one or more sessions.</summary>
    public readonly record struct Loaded(ImmutableArray<SpooledSession> Sessions);

    /// <summary><see cref="Ledger.NextDeadline"/> may have come. Too early does no harm.</summary>
    public readonly record struct DeadlineReached;
}

/// <summary>What became of a record that was sent.</summary>
public enum SendResult : byte
{
    /// <summary>A server acknowledged the record.</summary>
    Accepted,
    /// <summary>No server acknowledged the record.</summary>
    Failed,
    /// <summary>No server was asked, for example because the record waited too long for a worker. So no server refused it.</summary>
    NotAsked,
    /// <summary>The record fits into no packet, so every attempt fails.</summary>
    Unsendable,
}

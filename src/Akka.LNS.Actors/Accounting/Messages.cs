using Akka.LNS.Protocol.Accounting;

namespace Akka.LNS.Actors.Accounting;

/// <summary>Bundle to accounting: the next record of its session. Supervisor to accounting: Accounting-On or Accounting-Off.</summary>
/// <param name="Bundle">Gets <see cref="AccountingDropAsked"/> when a server wants the session ended.</param>
/// <param name="IsHeld">Of Accounting-On: it waits for <see cref="AccountingOnDecided"/>.</param>
internal sealed record AccountingOffered(AccountingRecord Record, IActorRef Bundle, bool IsHeld = false);

/// <summary>Supervisor to accounting: the held Accounting-On is sent or dropped.</summary>
internal sealed record AccountingOnDecided(bool IsSent);

/// <summary>
/// Gate to accounting: forwarding of a session has ended, and the next session of the same user may begin. The Start and the Stop of the
/// ended session may still come from its bundle.
/// </summary>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="User">User-Name; empty: the session has none.</param>
/// <param name="Login">Name that the subscriber sent, if it is another; else empty.</param>
/// <param name="Bundle">After its termination no record of the session comes.</param>
internal sealed record AccountingEnds(string Session, string User, IActorRef Bundle, string Login = "");

/// <summary>Accounting to bundle: a server wants the session ended.</summary>
internal sealed record AccountingDropAsked
{
    public static readonly AccountingDropAsked Instance = new();
}

/// <summary>Asks for the number of records that no server has accepted yet; answered by <see cref="AccountingBacklog"/>.</summary>
internal sealed record AskAccountingBacklog
{
    public static readonly AskAccountingBacklog Instance = new();
}

/// <summary>The records that no server has accepted yet.</summary>
/// <param name="UnderWay">Records on their way to a server or from the spool.</param>
/// <param name="Waiting">Sessions whose records wait for another attempt, and Accounting-On or Accounting-Off while it waits.</param>
/// <param name="IsKept">The waiting records outlive the process.</param>
internal sealed record AccountingBacklog(int UnderWay, int Waiting, bool IsKept);

using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>A request for the RADIUS servers; it waits in the router's backlog until a worker is free.</summary>
internal abstract record RadiusWork(Instant Deadline, IActorRef ReplyTo)
{
    /// <summary>Of whom it is; empty: of the node.</summary>
    public abstract string UserName { get; }
}

/// <summary>Link to router; answered by a <see cref="LoginAnswered"/> of the same attempt.</summary>
internal sealed record LoginAsked(int Attempt, LoginRequest Request, Instant Until, IActorRef Link) : RadiusWork(Until, Link)
{
    public override string UserName => Request.UserName;
}

internal abstract record LoginAnswered(int Attempt)
{
    public sealed record Accepted(int Attempt, SubscriberProfile Profile) : LoginAnswered(Attempt);

    /// <param name="Message">Reply-Message or MS-CHAP-Error for the subscriber.</param>
    public sealed record Rejected(int Attempt, string Why, string? Message) : LoginAnswered(Attempt);

    /// <summary>Nobody could say.</summary>
    public sealed record Unavailable(int Attempt, string Why) : LoginAnswered(Attempt);
}

/// <summary>Accounting to router; answered by <see cref="AccountingAnswered"/>.</summary>
internal sealed record AccountingAsked(AccountingRecord Record, Instant Until, IActorRef Accounting) : RadiusWork(Until, Accounting)
{
    public override string UserName => Record.Session.UserName;
}

/// <param name="Failure">null: a server has it.</param>
/// <param name="DropAsked">The server wants the session ended (mpd-drop-user).</param>
/// <param name="IsUnsendable">No packet can hold it; so it will fail again.</param>
/// <param name="IsUnasked">No server was asked, so none has turned it down.</param>
internal sealed record AccountingAnswered(string Session, AccountingKind Kind, string? Failure, bool DropAsked, bool IsUnsendable = false, bool IsUnasked = false);

/// <summary>Bundle to accounting: the next record of its session.</summary>
internal sealed record AccountingOffered(AccountingRecord Record, IActorRef Bundle);

/// <summary>Accounting to bundle: the server wants it ended.</summary>
internal sealed record AccountingDropAsked
{
    public static readonly AccountingDropAsked Instance = new();
}

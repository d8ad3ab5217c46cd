using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Addressing;

/// <summary>Bundle to the pools. Leases are keyed by session, so a repeated order has the effect of one.</summary>
internal abstract record AddressOrder(string Session)
{
    /// <summary>Any free address of a pool.</summary>
    /// <param name="Pool">Null: the bundle template names no pool, and RADIUS gave no address.</param>
    public sealed record Lease(string Session, string User, string? Pool, IActorRef Bundle) : AddressOrder(Session);

    /// <summary>This address.</summary>
    public sealed record Reserve(string Session, string User, Ipv4Address Address, IActorRef Bundle) : AddressOrder(Session);

    public sealed record Release(string Session) : AddressOrder(Session);
}

/// <summary>Pools to the bundle.</summary>
internal abstract record AddressAnswer
{
    public sealed record Given(Ipv4Address Address) : AddressAnswer;
    public sealed record Refused(string Why) : AddressAnswer;

    /// <summary>A new session of the same user takes the address over: end this subscriber.</summary>
    public sealed record TakenOver(EndReason Why) : AddressAnswer;
}

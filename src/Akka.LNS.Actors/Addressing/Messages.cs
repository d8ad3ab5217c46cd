using System.Collections.Immutable;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Addressing;

/// <summary>Bundle to the pools. Leases are keyed by session, so a repeated order has the effect of one.</summary>
internal abstract record AddressOrder(string Session)
{
    /// <summary>Networks behind the subscriber that are wanted with the address.</summary>
    public ImmutableArray<Ipv4Prefix> Networks { get; init; } = [];

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
    /// <param name="Networks">Answer for each network of the order.</param>
    public sealed record Given(Ipv4Address Address, ImmutableArray<NetworkAnswer> Networks) : AddressAnswer;
    public sealed record Refused(string Why) : AddressAnswer;

    /// <summary>A new session of the same user takes the address over: end this subscriber.</summary>
    public sealed record TakenOver(EndReason Why) : AddressAnswer;
}

internal readonly record struct NetworkAnswer(Ipv4Prefix Network, RouteGrant Grant);

/// <summary>To the pools: from now on no subscriber may have what this guard bars.</summary>
internal sealed record GuardChanged(AddressGuard Guard) : INoSerializationVerificationNeeded;

/// <summary>To a bundle: something is wrong with an address or route of its subscriber.</summary>
/// <param name="Why">A sentence; null: it is right again.</param>
internal sealed record RouteProblemFound(string Route, RouteProblem Kind, string? Why) : INoSerializationVerificationNeeded;

using System.Collections.Immutable;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.Actors.Inventory;

/// <summary>Asks an actor for its state. Used only outside of actors, with a deadline.</summary>
internal sealed record Describe
{
    public static readonly Describe Instance = new();
}

/// <summary>State of a session actor that its <see cref="CallEntry"/> does not have.</summary>
/// <param name="State">Name of the state in RFC 2661 section 7.4.2.</param>
/// <param name="SetupEndsIn">Time to the end of the set-up limit; null: set-up is complete.</param>
public sealed record SessionDescription(string State, ushort PeerSessionId, TimeSpan? SetupEndsIn);

/// <param name="Options">Negotiated options; null: not negotiated yet.</param>
/// <param name="NextTimerIn">Time to the next echo, retransmission or end of a phase; null: none.</param>
/// <param name="TxSpeed">Bits per second to the subscriber.</param>
/// <param name="RxSpeed">Bits per second from the subscriber.</param>
public sealed record LinkDescription(LinkPhase Phase, string Template, LinkOptions? Options, AccountingAuthentic? AuthenticatedBy,
    string? PeerIdentification,
    LinkPolicy Policy, TimeSpan? NextTimerIn, uint SerialNumber, uint TxSpeed, uint RxSpeed);

/// <param name="Mtu">MTU in octets; 0: IPCP has not opened yet.</param>
/// <param name="SessionLimit">Session timeout; null: none.</param>
/// <param name="IdleLimit">Idle timeout; null: none.</param>
/// <param name="Interim">Time between two Interim-Updates, before jitter; null: none are sent.</param>
public sealed record BundleDescription(string Interface, string Template, Ipv4Address? Address, int Mtu, bool Forwarding,
    SubscriberProfile Profile, IpcpPolicy Ipcp,
    AccountingAuthentic AuthenticatedBy, TimeSpan? SessionLimit, TimeSpan? SessionEndsIn, TimeSpan? IdleLimit, TimeSpan? Interim,
        TimeSpan? NextInterimIn)
{
    /// <summary>Networks that are routed to the subscriber besides its address.</summary>
    public ImmutableArray<Ipv4Prefix> Networks { get; init; } = [];

    /// <summary>Problems with its address and its networks, as they are now: the address or network, and a sentence.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}

/// <param name="Peer">Identity of the peer; null: not established.</param>
/// <param name="HeardAgo">Time since the last message of the LAC.</param>
public sealed record TunnelDescription(string State, ushort PeerTunnelId, PeerInfo? Peer, string PeerPattern, string LinkTemplate,
    TimeSpan HeardAgo,
    ControlConnectionSettings Settings, TimeSpan? NextTimerIn);

/// <summary>All layers of a call. A layer without an actor, or whose actor did not answer in time, is null.</summary>
public sealed record CallDescription(SessionDescription? Session, LinkDescription? Link, BundleDescription? Bundle,
    TunnelDescription? Tunnel, ImmutableArray<string> Silent);

/// <summary>Use of the pools.</summary>
/// <param name="Outside">Leases of addresses that are in no pool.</param>
/// <param name="LeftOver">Part of <paramref name="Outside"/> that a pool leased before a change, by pool. The pool may no longer
/// exist.</param>
public sealed record PoolsDescription(ImmutableArray<(string Name, PoolUse Use)> Pools, int Outside,
    ImmutableArray<(string Pool, int Leases)> LeftOver);

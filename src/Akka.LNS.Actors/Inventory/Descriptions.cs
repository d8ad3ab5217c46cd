using System.Collections.Immutable;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;

namespace Akka.LNS.Actors.Inventory;

/// <summary>Asks an actor to tell its state; from outside of the actors only, with a deadline.</summary>
internal sealed record Describe
{
    public static readonly Describe Instance = new();
}

/// <summary>What a session's actor knows beyond its <see cref="CallEntry"/>.</summary>
/// <param name="State">As RFC 2661 section 7.4.2 calls it.</param>
/// <param name="SetupEndsIn">Null: set up.</param>
public sealed record SessionDescription(string State, ushort PeerSessionId, TimeSpan? SetupEndsIn);

/// <param name="Options">Null: not negotiated yet.</param>
/// <param name="NextTimerIn">Next echo, retransmission or end of a phase; null: none.</param>
/// <param name="TxSpeed">Bits per second to the subscriber.</param>
/// <param name="RxSpeed">Bits per second from the subscriber.</param>
public sealed record LinkDescription(LinkPhase Phase, string Template, LinkOptions? Options, AccountingAuthentic? AuthenticatedBy,
    string? PeerIdentification,
    LinkPolicy Policy, TimeSpan? NextTimerIn, uint SerialNumber, uint TxSpeed, uint RxSpeed);

/// <param name="Mtu">Octets; 0: IPCP has not opened yet.</param>
/// <param name="SessionLimit">Null: none.</param>
/// <param name="IdleLimit">Null: none.</param>
/// <param name="Interim">Between two Interim-Updates, before jitter; null: none are sent.</param>
public sealed record BundleDescription(string Interface, string Template, Ipv4Address? Address, int Mtu, bool Forwarding,
    SubscriberProfile Profile, IpcpPolicy Ipcp,
    AccountingAuthentic AuthenticatedBy, TimeSpan? SessionLimit, TimeSpan? SessionEndsIn, TimeSpan? IdleLimit, TimeSpan? Interim,
        TimeSpan? NextInterimIn);

/// <param name="Peer">Null: not established.</param>
/// <param name="HeardAgo">Since the LAC last sent anything.</param>
public sealed record TunnelDescription(string State, ushort PeerTunnelId, PeerInfo? Peer, string PeerPattern, string LinkTemplate,
    TimeSpan HeardAgo,
    ControlConnectionSettings Settings, TimeSpan? NextTimerIn);

/// <summary>All layers of a call; one whose actor did not answer in time, or is not there, is null.</summary>
public sealed record CallDescription(SessionDescription? Session, LinkDescription? Link, BundleDescription? Bundle,
    TunnelDescription? Tunnel, ImmutableArray<string> Silent);

/// <summary>How full the pools are.</summary>
/// <param name="Outside">Leases of addresses that are in no pool.</param>
/// <param name="LeftOver">Of these, what a pool gave before it was changed, by that pool; it may be gone itself.</param>
public sealed record PoolsDescription(ImmutableArray<(string Name, PoolUse Use)> Pools, int Outside,
    ImmutableArray<(string Pool, int Leases)> LeftOver);

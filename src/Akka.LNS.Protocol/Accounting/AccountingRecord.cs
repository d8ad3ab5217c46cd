using System.Collections.Immutable;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>Acct-Status-Type. RFC 2866 section 5.1.</summary>
public enum AccountingKind : byte
{
    Start = 1,
    Stop = 2,
    Interim = 3,
    /// <summary>Accounting-On: the node begins accounting, and the server closes the sessions that it still has open.</summary>
    On = 7,

    /// <summary>Accounting-Off: the node ends accounting.</summary>
    Off = 8,
}

/// <summary>Acct-Authentic. RFC 2866 section 5.6.</summary>
public enum AccountingAuthentic : byte
{
    Radius = 1,
    Local = 2,
    Remote = 3,
}

/// <summary>Totals of a session. Input comes from the subscriber, output goes to it. RFC 2866 sections 5.3 and 5.4.</summary>
public readonly record struct AccountingCounters(ulong InputOctets, ulong OutputOctets, ulong InputPackets, ulong OutputPackets);

/// <summary>A session as accounting reports it. It stays the same from Start to Stop, except Class after a CoA.</summary>
/// <param name="AcctSessionId">Acct-Session-Id: unique, also across restarts of the node.</param>
/// <param name="MultiSessionId">Acct-Multi-Session-Id: the id of the bundle; empty: not sent.</param>
/// <param name="Classes">Class attributes of the Access-Accept, or of the latest CoA with any, unmodified. RFC 2865 section 5.25.</param>
public sealed record AccountingSession(string AcctSessionId, string MultiSessionId, string UserName, AccountingAuthentic Authentic,
    NasPort Nas, Ipv4Address? FramedIpAddress, Ipv4Address? FramedIpNetmask, ImmutableArray<ReadOnlyMemory<byte>> Classes,
    string Bundle, string Interface, uint InterfaceIndex)
{
    /// <summary>Name that the subscriber sent, when the server gave the session another (RFC 2865 section 5.1); else empty.</summary>
    public string Login { get; init; } = "";

    /// <summary>Name whose realm chooses the servers: the one that the subscriber sent.</summary>
    public string RoutedBy => Login.Length > 0 ? Login : UserName;
}

/// <summary>The content of one Accounting-Request, as the spool keeps it.</summary>
/// <param name="LinkCount">Number of links that the bundle has had so far. RFC 2866 section 5.12.</param>
/// <param name="OccurredUtc">Time of the event, UTC: Event-Timestamp. Acct-Delay-Time is counted from it.</param>
/// <param name="Cause">Reason for the end of the session; null except in a Stop or Accounting-Off.</param>
public sealed record AccountingRecord(AccountingKind Kind, AccountingSession Session, uint LinkCount, AccountingCounters Counters,
    TimeSpan SessionTime, DateTimeOffset OccurredUtc, EndReason? Cause)
{
    /// <summary>Accounting-On or Accounting-Off of a node: no user, and a session id of its own. RFC 2866 section 5.1.</summary>
    public static AccountingRecord OfNode(
        AccountingKind kind, string acctSessionId, NasPort nas, DateTimeOffset occurredUtc, EndReason? cause = null)
    {
        var node = new AccountingSession(acctSessionId, "", "", AccountingAuthentic.Radius, nas, null, null, [], "", "", 0);
        return new AccountingRecord(kind, node, 0, default, TimeSpan.Zero, occurredUtc, cause);
    }
}

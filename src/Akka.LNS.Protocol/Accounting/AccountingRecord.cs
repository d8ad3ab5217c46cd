using System.Collections.Immutable;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>Acct-Status-Type (RFC 2866 section 5.1).</summary>
public enum AccountingKind : byte
{
    Start = 1,
    Stop = 2,
    Interim = 3,
    /// <summary>The node begins to account: the server closes what it still thinks open.</summary>
    On = 7,
    Off = 8,
}

/// <summary>Acct-Authentic (RFC 2866 section 5.6).</summary>
public enum AccountingAuthentic : byte
{
    Radius = 1,
    Local = 2,
    Remote = 3,
}

/// <summary>Totals of a session. In is from the subscriber, out is to it (RFC 2866 sections 5.3 and 5.4).</summary>
public readonly record struct AccountingCounters(ulong InputOctets, ulong OutputOctets, ulong InputPackets, ulong OutputPackets);

/// <summary>What a session is, as far as accounting tells it; stays the same from Start to Stop, but for Class after a CoA.</summary>
/// <param name="AcctSessionId">Given once, unchanged for life, unique across restarts.</param>
/// <param name="MultiSessionId">The bundle's id; empty: not sent.</param>
/// <param name="Classes">Class attributes of the Access-Accept, or of the latest CoA that had any, as they came (RFC 2865 section 5.25:
/// must be sent unmodified).</param>
public sealed record AccountingSession(string AcctSessionId, string MultiSessionId, string UserName, AccountingAuthentic Authentic,
    NasPort Nas, Ipv4Address? FramedIpAddress, Ipv4Address? FramedIpNetmask, ImmutableArray<ReadOnlyMemory<byte>> Classes,
    string Bundle, string Interface, uint InterfaceIndex);

/// <summary>One accounting event, plain data: what goes into one Accounting-Request, and into the durable spool.</summary>
/// <param name="LinkCount">Links that the bundle has had so far (RFC 2866 section 5.12).</param>
/// <param name="OccurredUtc">When it happened, UTC: Event-Timestamp; the delay is counted from here (Acct-Delay-Time).</param>
/// <param name="Cause">Why it ended; of a Stop only.</param>
public sealed record AccountingRecord(AccountingKind Kind, AccountingSession Session, uint LinkCount, AccountingCounters Counters,
    TimeSpan SessionTime, DateTimeOffset OccurredUtc, EndReason? Cause)
{
    /// <summary>Accounting-On or -Off of a node (RFC 2866 section 5.1): no user, a session id of its own.</summary>
    public static AccountingRecord OfNode(AccountingKind kind, string acctSessionId, NasPort nas, DateTimeOffset occurredUtc, EndReason? cause = null) =>
        new(kind, new AccountingSession(acctSessionId, "", "", AccountingAuthentic.Radius, nas, null, null, [], "", "", 0), 0, default, TimeSpan.Zero, occurredUtc, cause);
}

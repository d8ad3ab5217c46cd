namespace Akka.LNS.Protocol.Accounting;

/// <summary>A session that was up at an unclean shutdown of its node.</summary>
public static class LostSession
{
    /// <summary>
    /// Makes the Stop: the latest known totals, and the time when the node was last known to be alive. The same input makes the same
    /// record.
    /// </summary>
    /// <param name="last">The latest Interim, sent or not; null: none.</param>
    /// <param name="aliveUtc">When the node was last known to be alive, UTC.</param>
    public static AccountingRecord Stop(AccountingRecord start, AccountingRecord? last, DateTimeOffset aliveUtc)
    {
        var known = last ?? start;
        var ended = aliveUtc > known.OccurredUtc ? aliveUtc : known.OccurredUtc;
        return known with
        {
            Kind = AccountingKind.Stop,
            Session = start.Session with { Classes = known.Session.Classes }, // the only part that a CoA changes
            SessionTime = known.SessionTime + (ended - known.OccurredUtc),
            OccurredUtc = ended,
            Cause = new EndReason(EndParty.Lns, EndLayer.Node, EndCause.NodeLost,
                "unclean shutdown of the LNS; counters and time are the last known values"),
        };
    }
}

namespace Akka.LNS.Protocol.Accounting;

/// <summary>A session that was on when its node ended without a word.</summary>
public static class LostSession
{
    /// <summary>
    /// Its Stop, from what was kept: the latest totals, up to the time when the node was last known to live. The same input makes the same
    /// record.
    /// </summary>
    /// <param name="last">The latest Interim, sent or not.</param>
    /// <param name="aliveUtc">When the node is last known to have lived.</param>
    public static AccountingRecord Stop(AccountingRecord start, AccountingRecord? last, DateTimeOffset aliveUtc)
    {
        var known = last ?? start;
        var ended = aliveUtc > known.OccurredUtc ? aliveUtc : known.OccurredUtc;
        return known with
        {
            Kind = AccountingKind.Stop,
            Session = start.Session with { Classes = known.Session.Classes }, // the one part that a CoA changes
            SessionTime = known.SessionTime + (ended - known.OccurredUtc),
            OccurredUtc = ended,
            Cause = new EndReason(EndParty.Lns, EndLayer.Node, EndCause.NodeLost, "the LNS ended without a word and was started again; totals and time as last known"),
        };
    }
}

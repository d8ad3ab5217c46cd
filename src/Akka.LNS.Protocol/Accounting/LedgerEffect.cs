namespace Akka.LNS.Protocol.Accounting;

/// <summary>What the shell of <see cref="Ledger"/> must do.</summary>
public enum LedgerEffectKind : byte
{
    /// <summary>Send the record to a RADIUS server; <see cref="LedgerEvent.Answered"/> is the result.</summary>
    Send,
    /// <summary>Write the record into the spool: a Start or a Stop, or the latest totals of a session (Interim).</summary>
    Store,
    /// <summary>Read a session from the spool; <see cref="LedgerEvent.Loaded"/> is the result.</summary>
    Load,
    /// <summary>A server has accepted the Start or the Stop: it leaves the spool.</summary>
    Forget,
    /// <summary>No packet can hold the Start or the Stop: it leaves the spool, counts as lost and is logged.</summary>
    Lose,
    /// <summary>Watch the bundle that belongs to this event; <see cref="LedgerEvent.BundleGone"/> is the result.</summary>
    Watch,
    /// <summary>The ledger does not know the session any more.</summary>
    Close,
    /// <summary>Log that no server accepted a record and that it is tried again. Once for each outage of a server set.</summary>
    LogDelayed,
    /// <summary>Log that no server accepted Accounting-On or Accounting-Off.</summary>
    LogMarkerLost,
    /// <summary>Count an Interim that is not sent because a later record has its totals.</summary>
    CountSuperseded,
}

/// <summary>One effect. A value, so that an effect allocates nothing; a field that the kind does not need has its default.</summary>
/// <param name="Key">Of the session in the spool: Store, Load, Forget, Lose.</param>
/// <param name="Record">Send, Store.</param>
/// <param name="Number">Store of a Start or a Stop: rises by one; see <see cref="LedgerEvent.Written"/>.</param>
/// <param name="Session">Acct-Session-Id: Lose, Watch, Close, LogDelayed.</param>
/// <param name="Of">Kind of the record: Forget, Lose, LogDelayed, LogMarkerLost.</param>
/// <param name="Why">Lose, LogDelayed, LogMarkerLost.</param>
public readonly record struct LedgerEffect(LedgerEffectKind Kind, long Key = 0, AccountingRecord? Record = null, long Number = 0,
    string Session = "", AccountingKind Of = default, string Why = "");

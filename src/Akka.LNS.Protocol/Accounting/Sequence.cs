using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>State of <see cref="Sequence"/>.</summary>
public abstract record SequenceState
{
    private SequenceState() { }

    /// <summary>No record was offered.</summary>
    public sealed record Fresh : SequenceState { public static readonly Fresh Instance = new(); }
    /// <summary>The Start was sent, and no record is outstanding.</summary>
    public sealed record Quiet : SequenceState { public static readonly Quiet Instance = new(); }
    /// <summary>A record is outstanding.</summary>
    /// <param name="Outstanding">Sent and not acknowledged.</param>
    /// <param name="Interim">The latest Interim that waits behind it.</param>
    /// <param name="Stop">The Stop that waits behind it. Then no Interim waits.</param>
    public sealed record Busy(AccountingRecord Outstanding, AccountingRecord? Interim, AccountingRecord? Stop) : SequenceState;
    /// <summary>The Start waits in the spool for an attempt, and all later records wait for it.</summary>
    /// <param name="Interim">The latest Interim that waits behind it.</param>
    public sealed record Spooled(AccountingRecord? Interim) : SequenceState;
    /// <summary>The Stop was acknowledged or waits in the spool.</summary>
    public sealed record Done : SequenceState { public static readonly Done Instance = new(); }
}

/// <summary>Event of <see cref="Sequence"/>.</summary>
public abstract record SequenceEvent
{
    private SequenceEvent() { }

    /// <summary>Start, Interim or Stop of this session. The Start comes once more when the spool has an attempt for it.</summary>
    public sealed record Offer(AccountingRecord Record) : SequenceEvent;
    /// <summary>The outstanding record was acknowledged.</summary>
    public sealed record Delivered : SequenceEvent { public static readonly Delivered Instance = new(); }
    /// <summary>No server acknowledged the outstanding record.</summary>
    public sealed record Undelivered : SequenceEvent { public static readonly Undelivered Instance = new(); }
}

/// <summary>Effect of <see cref="Sequence"/>.</summary>
public abstract record SequenceEffect
{
    private SequenceEffect() { }

    /// <summary>Send the record; the result is Delivered or Undelivered.</summary>
    public sealed record Send(AccountingRecord Record) : SequenceEffect;
    /// <summary>Let the record wait in the spool, which has it already; its next attempt is an Offer.</summary>
    public sealed record Spool(AccountingRecord Record) : SequenceEffect;
    /// <summary>Count an Interim that is not sent: a later record has its totals.</summary>
    public sealed record Superseded(AccountingRecord Record) : SequenceEffect;
    /// <summary>Forget the session: all records are acknowledged or in the spool.</summary>
    public sealed record Finished : SequenceEffect { public static readonly Finished Instance = new(); }
}

/// <summary>
/// Keeps Start, Interims and Stop of one session in order, with at most one record outstanding. Start and Stop are never dropped. An
/// Interim is dropped when a later record waits, whose totals include it.
/// </summary>
public static class Sequence
{
    public static Transition<SequenceState, SequenceEffect> On(SequenceState state, SequenceEvent ev) => (state, ev) switch
    {
        (SequenceState.Fresh, SequenceEvent.Offer { Record: { Kind: AccountingKind.Start } r }) => Send(r),
        (SequenceState.Quiet, SequenceEvent.Offer { Record: { Kind: AccountingKind.Interim or AccountingKind.Stop } r }) => Send(r),

        (SequenceState.Busy { Outstanding.Kind: not AccountingKind.Stop, Stop: null } b,
            SequenceEvent.Offer { Record: { Kind: AccountingKind.Interim } r }) =>
            Supersede(b with { Interim = r }, b.Interim),
        (SequenceState.Busy { Outstanding.Kind: not AccountingKind.Stop, Stop: null } b,
            SequenceEvent.Offer { Record: { Kind: AccountingKind.Stop } r }) =>
            Supersede(b with { Interim = null, Stop = r }, b.Interim),

        (SequenceState.Busy { Outstanding.Kind: AccountingKind.Stop }, SequenceEvent.Delivered) =>
            new(SequenceState.Done.Instance, SequenceEffect.Finished.Instance),
        (SequenceState.Busy { Stop: { } stop }, SequenceEvent.Delivered) => Send(stop),
        (SequenceState.Busy { Interim: { } interim }, SequenceEvent.Delivered) => Send(interim),
        (SequenceState.Busy, SequenceEvent.Delivered) => new(SequenceState.Quiet.Instance),

        (SequenceState.Busy { Outstanding.Kind: AccountingKind.Stop } b, SequenceEvent.Undelivered) =>
            new(SequenceState.Done.Instance, new SequenceEffect.Spool(b.Outstanding), SequenceEffect.Finished.Instance),
        (SequenceState.Busy { Outstanding.Kind: AccountingKind.Start, Stop: { } stop } b, SequenceEvent.Undelivered) =>
            new(SequenceState.Done.Instance,
                new SequenceEffect.Spool(b.Outstanding), new SequenceEffect.Spool(stop), SequenceEffect.Finished.Instance),
        (SequenceState.Busy { Outstanding.Kind: AccountingKind.Start } b, SequenceEvent.Undelivered) =>
            new(new SequenceState.Spooled(b.Interim), new SequenceEffect.Spool(b.Outstanding)),
        // an Interim does not wait in the spool: the next record has its totals
        (SequenceState.Busy { Stop: { } stop } b, SequenceEvent.Undelivered) => Send(stop, new SequenceEffect.Superseded(b.Outstanding)),
        (SequenceState.Busy { Interim: { } interim } b, SequenceEvent.Undelivered) =>
            Send(interim, new SequenceEffect.Superseded(b.Outstanding)),
        (SequenceState.Busy b, SequenceEvent.Undelivered) =>
            new(SequenceState.Quiet.Instance, new SequenceEffect.Superseded(b.Outstanding)),

        (SequenceState.Spooled s, SequenceEvent.Offer { Record: { Kind: AccountingKind.Interim } r }) =>
            Supersede(s with { Interim = r }, s.Interim),
        (SequenceState.Spooled { Interim: { } interim }, SequenceEvent.Offer { Record: { Kind: AccountingKind.Stop } r }) =>
            new(SequenceState.Done.Instance,
                new SequenceEffect.Superseded(interim), new SequenceEffect.Spool(r), SequenceEffect.Finished.Instance),
        (SequenceState.Spooled, SequenceEvent.Offer { Record: { Kind: AccountingKind.Stop } r }) =>
            new(SequenceState.Done.Instance, new SequenceEffect.Spool(r), SequenceEffect.Finished.Instance),
        (SequenceState.Spooled s, SequenceEvent.Offer { Record: { Kind: AccountingKind.Start } r }) =>
            new(new SequenceState.Busy(r, s.Interim, null), new SequenceEffect.Send(r)),

        _ => new(state), // a second Start, a record before the Start or after the Stop, a stale answer
    };

    private static Transition<SequenceState, SequenceEffect> Send(AccountingRecord record, params ReadOnlySpan<SequenceEffect> first) =>
        new(new SequenceState.Busy(record, null, null), (ImmutableArray<SequenceEffect>)[.. first, new SequenceEffect.Send(record)]);

    private static Transition<SequenceState, SequenceEffect> Supersede(SequenceState next, AccountingRecord? old) =>
        old is null ? new(next) : new(next, new SequenceEffect.Superseded(old));
}

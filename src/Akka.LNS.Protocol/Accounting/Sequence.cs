using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Accounting;

public abstract record SequenceState
{
    private SequenceState() { }

    /// <summary>Nothing told yet.</summary>
    public sealed record Fresh : SequenceState { public static readonly Fresh Instance = new(); }
    /// <summary>Start was told, nothing is under way.</summary>
    public sealed record Quiet : SequenceState { public static readonly Quiet Instance = new(); }
    /// <param name="Outstanding">Sent, not yet acknowledged.</param>
    /// <param name="Interim">The latest Interim that waits behind it.</param>
    /// <param name="Stop">The Stop that waits behind it; then no Interim waits.</param>
    public sealed record Busy(AccountingRecord Outstanding, AccountingRecord? Interim, AccountingRecord? Stop) : SequenceState;
    /// <summary>The Start waits in the spool for its next turn, so nothing may pass it.</summary>
    /// <param name="Interim">The latest Interim that waits behind it.</param>
    public sealed record Spooled(AccountingRecord? Interim) : SequenceState;
    /// <summary>Stop was acknowledged or is in the spool.</summary>
    public sealed record Done : SequenceState { public static readonly Done Instance = new(); }
}

public abstract record SequenceEvent
{
    private SequenceEvent() { }

    /// <summary>Start, Interim or Stop of this session; the Start once more when its turn has come in the spool.</summary>
    public sealed record Offer(AccountingRecord Record) : SequenceEvent;
    /// <summary>The outstanding record was acknowledged.</summary>
    public sealed record Delivered : SequenceEvent { public static readonly Delivered Instance = new(); }
    /// <summary>The outstanding record was not: no server answered.</summary>
    public sealed record Undelivered : SequenceEvent { public static readonly Undelivered Instance = new(); }
}

public abstract record SequenceEffect
{
    private SequenceEffect() { }

    /// <summary>Send it; answer with Delivered or Undelivered.</summary>
    public sealed record Send(AccountingRecord Record) : SequenceEffect;
    /// <summary>Let it wait in the spool, where it is since it was offered; its next turn is an Offer.</summary>
    public sealed record Spool(AccountingRecord Record) : SequenceEffect;
    /// <summary>Not sent: a later record says all that it says. To be counted.</summary>
    public sealed record Superseded(AccountingRecord Record) : SequenceEffect;
    /// <summary>All is told or in the spool: forget the session.</summary>
    public sealed record Finished : SequenceEffect { public static readonly Finished Instance = new(); }
}

/// <summary>
/// Start, Interims and Stop of one Acct-Session-Id, strictly in order, one outstanding at most. Start and Stop are never lost; an Interim
/// gives way to any later record, whose totals include its own.
/// </summary>
public static class Sequence
{
    public static Transition<SequenceState, SequenceEffect> On(SequenceState state, SequenceEvent ev) => (state, ev) switch
    {
        (SequenceState.Fresh, SequenceEvent.Offer { Record: { Kind: AccountingKind.Start } r }) => Send(r),
        (SequenceState.Quiet, SequenceEvent.Offer { Record: { Kind: AccountingKind.Interim or AccountingKind.Stop } r }) => Send(r),

        (SequenceState.Busy { Outstanding.Kind: not AccountingKind.Stop, Stop: null } b, SequenceEvent.Offer { Record: { Kind: AccountingKind.Interim } r }) =>
            Supersede(b with { Interim = r }, b.Interim),
        (SequenceState.Busy { Outstanding.Kind: not AccountingKind.Stop, Stop: null } b, SequenceEvent.Offer { Record: { Kind: AccountingKind.Stop } r }) =>
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
        // an Interim is not worth a place in the spool: the next record has its totals
        (SequenceState.Busy { Stop: { } stop } b, SequenceEvent.Undelivered) => Send(stop, new SequenceEffect.Superseded(b.Outstanding)),
        (SequenceState.Busy { Interim: { } interim } b, SequenceEvent.Undelivered) => Send(interim, new SequenceEffect.Superseded(b.Outstanding)),
        (SequenceState.Busy b, SequenceEvent.Undelivered) =>
            new(SequenceState.Quiet.Instance, new SequenceEffect.Superseded(b.Outstanding)),

        (SequenceState.Spooled s, SequenceEvent.Offer { Record: { Kind: AccountingKind.Interim } r }) => Supersede(s with { Interim = r }, s.Interim),
        (SequenceState.Spooled { Interim: { } interim }, SequenceEvent.Offer { Record: { Kind: AccountingKind.Stop } r }) =>
            new(SequenceState.Done.Instance,
                new SequenceEffect.Superseded(interim), new SequenceEffect.Spool(r), SequenceEffect.Finished.Instance),
        (SequenceState.Spooled, SequenceEvent.Offer { Record: { Kind: AccountingKind.Stop } r }) =>
            new(SequenceState.Done.Instance, new SequenceEffect.Spool(r), SequenceEffect.Finished.Instance),
        (SequenceState.Spooled s, SequenceEvent.Offer { Record: { Kind: AccountingKind.Start } r }) =>
            new(new SequenceState.Busy(r, s.Interim, null), new SequenceEffect.Send(r)),

        _ => new(state), // a second Start, anything before Start or after Stop, an answer that nobody waits for
    };

    private static Transition<SequenceState, SequenceEffect> Send(AccountingRecord record, params ReadOnlySpan<SequenceEffect> first) =>
        new(new SequenceState.Busy(record, null, null), (ImmutableArray<SequenceEffect>)[.. first, new SequenceEffect.Send(record)]);

    private static Transition<SequenceState, SequenceEffect> Supersede(SequenceState next, AccountingRecord? old) =>
        old is null ? new(next) : new(next, new SequenceEffect.Superseded(old));
}

using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Radius;

public abstract record AccountingSequenceState
{
    private AccountingSequenceState() { }

    /// <summary>Nothing told yet.</summary>
    public sealed record Fresh : AccountingSequenceState { public static readonly Fresh Instance = new(); }
    /// <summary>Start was told, nothing is under way.</summary>
    public sealed record Quiet : AccountingSequenceState { public static readonly Quiet Instance = new(); }
    /// <param name="Outstanding">Sent, not yet acknowledged.</param>
    /// <param name="Interim">The latest Interim that waits behind it.</param>
    /// <param name="Stop">The Stop that waits behind it; then no Interim waits.</param>
    public sealed record Busy(AccountingRecord Outstanding, AccountingRecord? Interim, AccountingRecord? Stop) : AccountingSequenceState;
    /// <summary>The Start waits in the spool for its next turn, so nothing may pass it.</summary>
    /// <param name="Interim">The latest Interim that waits behind it.</param>
    public sealed record Spooled(AccountingRecord? Interim) : AccountingSequenceState;
    /// <summary>Stop was acknowledged or is in the spool.</summary>
    public sealed record Done : AccountingSequenceState { public static readonly Done Instance = new(); }
}

public abstract record AccountingSequenceEvent
{
    private AccountingSequenceEvent() { }

    /// <summary>Start, Interim or Stop of this session; the Start once more when its turn has come in the spool.</summary>
    public sealed record Offer(AccountingRecord Record) : AccountingSequenceEvent;
    /// <summary>The outstanding record was acknowledged.</summary>
    public sealed record Delivered : AccountingSequenceEvent { public static readonly Delivered Instance = new(); }
    /// <summary>The outstanding record was not: no server answered.</summary>
    public sealed record Undelivered : AccountingSequenceEvent { public static readonly Undelivered Instance = new(); }
}

public abstract record AccountingSequenceEffect
{
    private AccountingSequenceEffect() { }

    /// <summary>Send it; answer with Delivered or Undelivered.</summary>
    public sealed record Send(AccountingRecord Record) : AccountingSequenceEffect;
    /// <summary>Let it wait in the spool, where it is since it was offered; its next turn is an Offer.</summary>
    public sealed record Spool(AccountingRecord Record) : AccountingSequenceEffect;
    /// <summary>Not sent: a later record says all that it says. To be counted.</summary>
    public sealed record Superseded(AccountingRecord Record) : AccountingSequenceEffect;
    /// <summary>All is told or in the spool: forget the session.</summary>
    public sealed record Finished : AccountingSequenceEffect { public static readonly Finished Instance = new(); }
}

/// <summary>
/// Start, Interims and Stop of one Acct-Session-Id, strictly in order, one outstanding at most. Start and Stop are never lost; an Interim
/// gives way to any later record, whose totals include its own.
/// </summary>
public static class AccountingSequence
{
    public static Transition<AccountingSequenceState, AccountingSequenceEffect> On(AccountingSequenceState state, AccountingSequenceEvent ev) => (state, ev) switch
    {
        (AccountingSequenceState.Fresh, AccountingSequenceEvent.Offer { Record: { Kind: AccountingKind.Start } r }) => Send(r),
        (AccountingSequenceState.Quiet, AccountingSequenceEvent.Offer { Record: { Kind: AccountingKind.Interim or AccountingKind.Stop } r }) => Send(r),

        (AccountingSequenceState.Busy { Outstanding.Kind: not AccountingKind.Stop, Stop: null } b, AccountingSequenceEvent.Offer { Record: { Kind: AccountingKind.Interim } r }) =>
            Supersede(b with { Interim = r }, b.Interim),
        (AccountingSequenceState.Busy { Outstanding.Kind: not AccountingKind.Stop, Stop: null } b, AccountingSequenceEvent.Offer { Record: { Kind: AccountingKind.Stop } r }) =>
            Supersede(b with { Interim = null, Stop = r }, b.Interim),

        (AccountingSequenceState.Busy { Outstanding.Kind: AccountingKind.Stop }, AccountingSequenceEvent.Delivered) =>
            new(AccountingSequenceState.Done.Instance, AccountingSequenceEffect.Finished.Instance),
        (AccountingSequenceState.Busy { Stop: { } stop }, AccountingSequenceEvent.Delivered) => Send(stop),
        (AccountingSequenceState.Busy { Interim: { } interim }, AccountingSequenceEvent.Delivered) => Send(interim),
        (AccountingSequenceState.Busy, AccountingSequenceEvent.Delivered) => new(AccountingSequenceState.Quiet.Instance),

        (AccountingSequenceState.Busy { Outstanding.Kind: AccountingKind.Stop } b, AccountingSequenceEvent.Undelivered) =>
            new(AccountingSequenceState.Done.Instance, new AccountingSequenceEffect.Spool(b.Outstanding), AccountingSequenceEffect.Finished.Instance),
        (AccountingSequenceState.Busy { Outstanding.Kind: AccountingKind.Start, Stop: { } stop } b, AccountingSequenceEvent.Undelivered) =>
            new(AccountingSequenceState.Done.Instance,
                new AccountingSequenceEffect.Spool(b.Outstanding), new AccountingSequenceEffect.Spool(stop), AccountingSequenceEffect.Finished.Instance),
        (AccountingSequenceState.Busy { Outstanding.Kind: AccountingKind.Start } b, AccountingSequenceEvent.Undelivered) =>
            new(new AccountingSequenceState.Spooled(b.Interim), new AccountingSequenceEffect.Spool(b.Outstanding)),
        // an Interim is not worth a place in the spool: the next record has its totals
        (AccountingSequenceState.Busy { Stop: { } stop } b, AccountingSequenceEvent.Undelivered) => Send(stop, new AccountingSequenceEffect.Superseded(b.Outstanding)),
        (AccountingSequenceState.Busy { Interim: { } interim } b, AccountingSequenceEvent.Undelivered) => Send(interim, new AccountingSequenceEffect.Superseded(b.Outstanding)),
        (AccountingSequenceState.Busy b, AccountingSequenceEvent.Undelivered) =>
            new(AccountingSequenceState.Quiet.Instance, new AccountingSequenceEffect.Superseded(b.Outstanding)),

        (AccountingSequenceState.Spooled s, AccountingSequenceEvent.Offer { Record: { Kind: AccountingKind.Interim } r }) => Supersede(s with { Interim = r }, s.Interim),
        (AccountingSequenceState.Spooled { Interim: { } interim }, AccountingSequenceEvent.Offer { Record: { Kind: AccountingKind.Stop } r }) =>
            new(AccountingSequenceState.Done.Instance,
                new AccountingSequenceEffect.Superseded(interim), new AccountingSequenceEffect.Spool(r), AccountingSequenceEffect.Finished.Instance),
        (AccountingSequenceState.Spooled, AccountingSequenceEvent.Offer { Record: { Kind: AccountingKind.Stop } r }) =>
            new(AccountingSequenceState.Done.Instance, new AccountingSequenceEffect.Spool(r), AccountingSequenceEffect.Finished.Instance),
        (AccountingSequenceState.Spooled s, AccountingSequenceEvent.Offer { Record: { Kind: AccountingKind.Start } r }) =>
            new(new AccountingSequenceState.Busy(r, s.Interim, null), new AccountingSequenceEffect.Send(r)),

        _ => new(state), // a second Start, anything before Start or after Stop, an answer that nobody waits for
    };

    private static Transition<AccountingSequenceState, AccountingSequenceEffect> Send(AccountingRecord record, params ReadOnlySpan<AccountingSequenceEffect> first) =>
        new(new AccountingSequenceState.Busy(record, null, null), (ImmutableArray<AccountingSequenceEffect>)[.. first, new AccountingSequenceEffect.Send(record)]);

    private static Transition<AccountingSequenceState, AccountingSequenceEffect> Supersede(AccountingSequenceState next, AccountingRecord? old) =>
        old is null ? new(next) : new(next, new AccountingSequenceEffect.Superseded(old));
}

using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Accounting;

/// <summary>
/// Shell of <see cref="Ledger"/>: passes messages to it as events, and runs its effects with the spool, the RADIUS router, the bundles and
/// the log. It outlives the sessions: a bundle sends its Stop and ends.
/// </summary>
/// <param name="epoch">Epoch of the Acct-Session-Ids of this process. Saved in the spool.</param>
/// <param name="live">Read once for each message.</param>
/// <param name="radius">Answers each <see cref="AccountingAsked"/> with <see cref="AccountingAnswered"/>.</param>
internal sealed class AccountingActor(IAccountingSpool spool, uint epoch, LiveSettings live, NodeClock clock, ILogger log,
    NodeCounters counters, IActorRef radius) : UntypedActor
{
    /// <summary>The bundle of a watched session has terminated.</summary>
    private sealed record BundleGone(string Session);

    private readonly Dictionary<string, IActorRef> _bundles = []; // bundles of the sessions in the ledger, by Acct-Session-Id
    private readonly List<long> _toLoad = [];
    private readonly HashSet<string> _shortened = []; // sessions with a record that did not fit, until their Stop
    private Ledger _ledger = null!; // PreStart makes it
    private LnsSettings _settings = live.Current; // settings of the ledger
    private RealmTable<ServerSet> _realms = null!;
    private TimeSpan _patience;
    private DeadlineTimer _timer;

    protected override void PreStart()
    {
        var earlier = spool.Attach(Self, epoch);
        (_realms, _patience) = (RealmsOf(_settings), PatienceOf(_settings));
        _ledger = new Ledger(PolicyOf(_settings), _realms, isWrittenAtOnce: !spool.WritesLater);
        Apply(_ledger.On(new LedgerEvent.Opened(earlier, spool.LastKey), clock.Now));
    }

    protected override void PostStop()
    {
        _timer.Stop(Context);
        _ = spool.CloseAsync();
    }

    protected override void OnReceive(object message)
    {
        FollowSettings();
        var now = clock.Now;
        switch (message)
        {
            case AccountingOffered offer:
                if (offer.Record is { Kind: AccountingKind.Start, Session.AcctSessionId: var id }) _bundles.TryAdd(id, offer.Bundle);
                Apply(_ledger.On(new LedgerEvent.Offered(offer.Record, offer.IsHeld), now));
                break;
            case AccountingOnDecided decided: Apply(_ledger.On(new LedgerEvent.OnDecided(decided.IsSent), now)); break;
            case AccountingEnds ends:
                Apply(_ledger.On(new LedgerEvent.ForwardingEnded(ends.Session, ends.User, ends.Login), now), ends.Bundle);
                break;
            case BundleGone gone: Apply(_ledger.On(new LedgerEvent.BundleGone(gone.Session), now)); break;
            case AccountingAnswered answer:
                if (answer.Omitted.Length > 0) OnShortened(answer);
                if (answer.DropAsked && _bundles.TryGetValue(answer.Session, out var bundle)) bundle.Tell(AccountingDropAsked.Instance);
                Apply(_ledger.On(new LedgerEvent.Answered(answer.Session, answer.Kind, ResultOf(answer), answer.Failure ?? ""), now));
                break;
            case SpoolWritten: Apply(_ledger.On(new LedgerEvent.Written(spool.Written), now)); break;
            case SpoolLoaded loaded: Apply(_ledger.On(new LedgerEvent.Loaded(loaded.Sessions), now)); break;
            case AskAccountingBacklog: Sender.Tell(new AccountingBacklog(_ledger.UnderWay, _ledger.Waiting, spool.IsDurable)); break;
            case DeadlineReached due:
                if (_timer.Fired(due)) Apply(_ledger.On(default(LedgerEvent.DeadlineReached), now));
                break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>One line for each session, on the first of its records.</summary>
    private void OnShortened(AccountingAnswered answer)
    {
        counters.CountAccountingShortened();
        if (_shortened.Add(answer.Session)) log.AccountingShortened(answer.Kind.ToString(), answer.Session, answer.Omitted);
        if (answer.Kind == AccountingKind.Stop) _shortened.Remove(answer.Session);
    }

    /// <summary>The settings may have changed since the message before.</summary>
    private void FollowSettings()
    {
        var (before, next) = (_settings, live.Current);
        if (ReferenceEquals(next, before)) return;
        _settings = next;
        _patience = PatienceOf(next);
        if (!ReferenceEquals(next.Realms, before.Realms)) _realms = RealmsOf(next);
        Apply(_ledger.On(new LedgerEvent.Configured(PolicyOf(next), _realms), clock.Now));
    }

    /// <summary>Time for all attempts at all servers. After it, the record returns to the spool.</summary>
    private static TimeSpan PatienceOf(LnsSettings settings)
    {
        var patience = settings.Radius.LoginTimeout;
        foreach (var server in settings.Radius.Servers) patience += server.Timeout * (server.Retries + 1);
        return patience;
    }

    private static LedgerPolicy PolicyOf(LnsSettings settings) =>
        new(settings.Radius.Workers, settings.Radius.Accounting.RetryInterval, settings.Radius.Accounting.RetryMax);

    private static RealmTable<ServerSet> RealmsOf(LnsSettings settings) =>
        new(settings.Realms.Values.Select(static realm => KeyValuePair.Create(realm.Name, ServerSet.Of(realm.Servers))));

    private static SendResult ResultOf(AccountingAnswered answer) =>
        answer.Failure is null ? SendResult.Accepted
        : answer.IsUnsendable ? SendResult.Unsendable
        : answer.IsUnasked ? SendResult.NotAsked
        : SendResult.Failed;

    private void Apply(ReadOnlySpan<LedgerEffect> effects, IActorRef? bundle = null)
    {
        foreach (var effect in effects)
        {
            switch (effect.Kind)
            {
                case LedgerEffectKind.Send: radius.Tell(new AccountingAsked(effect.Record!, clock.Now + _patience, Self)); break;
                case LedgerEffectKind.Store: spool.Store(effect.Key, effect.Record!, effect.Number); break;
                case LedgerEffectKind.Load: _toLoad.Add(effect.Key); break;
                case LedgerEffectKind.Forget: spool.Forget(effect.Key, effect.Of); break;
                case LedgerEffectKind.Lose:
                    log.AccountingLost(effect.Of.ToString(), effect.Session, effect.Why);
                    spool.Counts.CountUnsendable();
                    spool.Forget(effect.Key, effect.Of);
                    break;
                case LedgerEffectKind.Watch:
                    _bundles[effect.Session] = bundle!;
                    Context.WatchWith(bundle!, new BundleGone(effect.Session));
                    break;
                case LedgerEffectKind.Close: _bundles.Remove(effect.Session); break;
                case LedgerEffectKind.LogDelayed: log.AccountingDelayed(effect.Of.ToString(), effect.Session, effect.Why); break;
                case LedgerEffectKind.LogMarkerLost: log.NodeRecordLost(effect.Of.ToString(), effect.Why); break;
                case LedgerEffectKind.CountSuperseded: counters.CountInterimSuperseded(); break;
                default: throw new InvalidOperationException($"no shell for {effect.Kind}");
            }
        }
        _ledger.EffectsDone();
        if (_toLoad.Count > 0) spool.Load([.. _toLoad]);
        _toLoad.Clear();
        spool.Counts.Oldest = _ledger.Oldest;
        _timer.Rearm(Context, _ledger.NextDeadline, clock.Now);
    }
}

using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>How many records no server has taken yet; answered by <see cref="AccountingBacklog"/>.</summary>
internal sealed record AskAccountingBacklog
{
    public static readonly AskAccountingBacklog Instance = new();
}

internal sealed record AccountingBacklog(int Records);

/// <summary>
/// Keeps Start, Interims and Stop of each session in order (<see cref="AccountingSequence"/>), longer than the session lives: a bundle hands over its Stop and is
/// gone. What no server took waits in the spool and is offered again, oldest first.
/// </summary>
internal sealed class AccountingActor(LnsNodeContext node) : UntypedActor
{
    private sealed class Entry(IActorRef bundle)
    {
        public AccountingSequenceState State = AccountingSequenceState.Fresh.Instance;
        public IActorRef Bundle { get; } = bundle;
    }

    private readonly Dictionary<string, Entry> _sessions = [];
    private readonly LinkedList<AccountingRecord> _spool = new(); // in the order of their making: one session's records keep theirs
    private readonly Dictionary<string, int> _spooledOf = [];     // how many of each session
    private AccountingRecord? _spoolOut;                          // the one that is being offered again
    private int _nodeRecords;                                     // On and Off that are under way
    private Instant? _retryAt;
    private TimeSpan _retryAfter = node.Settings.Radius.Accounting.RetryInterval;
    private DeadlineTimer _timer;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AccountingOffered { Record: { Kind: AccountingKind.On or AccountingKind.Off } r }:
                _nodeRecords++;
                Send(r);
                break;
            case AccountingOffered offer: OnOffered(offer); break;
            case AccountingAnswered answer: OnAnswered(answer); break;
            case AskAccountingBacklog:
                Sender.Tell(new AccountingBacklog(_sessions.Values.Count(static e => e.State is AccountingSequenceState.Busy) + _spool.Count + _nodeRecords));
                break;
            case DeadlineReached due:
                if (_timer.Fired(due) && _retryAt <= node.Clock.Now) OfferSpooled();
                break;
            default: Unhandled(message); break;
        }
    }

    private void OnOffered(AccountingOffered offer)
    {
        var id = offer.Record.Session.AcctSessionId;
        if (!_sessions.TryGetValue(id, out var entry)) _sessions.Add(id, entry = new Entry(offer.Bundle));
        Step(id, entry, new AccountingSequenceEvent.Offer(offer.Record));
    }

    private void OnAnswered(AccountingAnswered answer)
    {
        if (_spoolOut is { } spooled && spooled.Session.AcctSessionId == answer.Session && spooled.Kind == answer.Kind)
        {
            OnSpooledAnswered(spooled, answer);
            return;
        }
        if (answer.Kind is AccountingKind.On or AccountingKind.Off)
        {
            // never tried again: an On that comes after Starts would end them
            _nodeRecords--;
            if (answer.Failure is { } lost) node.Log.NodeRecordLost(answer.Kind.ToString(), lost);
            return;
        }
        if (answer.Failure is { } why) node.Log.AccountingDelayed(answer.Kind.ToString(), answer.Session, why);
        if (!_sessions.TryGetValue(answer.Session, out var entry)) return;
        if (answer.DropAsked) entry.Bundle.Tell(AccountingDropAsked.Instance);
        Step(answer.Session, entry, answer.Failure is null ? AccountingSequenceEvent.Delivered.Instance : AccountingSequenceEvent.Undelivered.Instance);
    }

    private void Step(string id, Entry entry, AccountingSequenceEvent ev)
    {
        var (next, effects) = AccountingSequence.On(entry.State, ev);
        entry.State = next;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case AccountingSequenceEffect.Send s: Send(s.Record); break;
                case AccountingSequenceEffect.Spool s: Spool(s.Record); break;
                case AccountingSequenceEffect.Superseded: node.Counters.CountInterimSuperseded(); break;
                case AccountingSequenceEffect.Finished: _sessions.Remove(id); break;
            }
        }
    }

    private void Send(AccountingRecord record)
    {
        // every server, as often as it may be asked; then the spool
        var patience = TimeSpan.Zero;
        foreach (var server in node.Settings.Radius.Servers) patience += server.Timeout * (server.Retries + 1);
        node.Radius.Tell(new AccountingAsked(record, node.Clock.Now + patience + node.Settings.Radius.LoginTimeout, Self));
    }

    private void Spool(AccountingRecord record)
    {
        if (_spool.Count >= node.Settings.Radius.Accounting.MaxWaiting && _spool.First?.Next is { } oldest) // the first may be on its way
        {
            node.Log.AccountingLost(oldest.Value.Kind.ToString(), oldest.Value.Session.AcctSessionId, _spool.Count);
            _spool.Remove(oldest);
            TakeOut(oldest.Value);
        }
        _spool.AddLast(record);
        _spooledOf[record.Session.AcctSessionId] = _spooledOf.GetValueOrDefault(record.Session.AcctSessionId) + 1;
        if (_retryAt is null && _spoolOut is null) ArmRetry();
    }

    private void ArmRetry()
    {
        var now = node.Clock.Now;
        _retryAt = now + _retryAfter;
        _timer.Rearm(Context, _retryAt, now);
    }

    private void OfferSpooled()
    {
        _retryAt = null;
        if (_spool.First is not { } first) return;
        _spoolOut = first.Value;
        Send(_spoolOut);
    }

    private void OnSpooledAnswered(AccountingRecord record, AccountingAnswered answer)
    {
        _spoolOut = null;
        if (answer.Failure is not null)
        {
            var settings = node.Settings.Radius.Accounting;
            _retryAfter = _retryAfter * 2 < settings.RetryMax ? _retryAfter * 2 : settings.RetryMax;
            ArmRetry();
            return;
        }
        _retryAfter = node.Settings.Radius.Accounting.RetryInterval;
        _spool.RemoveFirst();
        TakeOut(record);
        OfferSpooled();
    }

    /// <summary>What of a session is still in the spool keeps its place before what the session offers next.</summary>
    private void TakeOut(AccountingRecord record)
    {
        var id = record.Session.AcctSessionId;
        var left = _spooledOf[id] - 1;
        if (left > 0)
        {
            _spooledOf[id] = left;
            return;
        }
        _spooledOf.Remove(id);
        if (_sessions.TryGetValue(id, out var entry)) Step(id, entry, AccountingSequenceEvent.SpoolDrained.Instance);
    }
}

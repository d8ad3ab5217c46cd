using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>Shell of <see cref="LoginGuard"/>: late refusals, log lines and published figures. Only the router uses it.</summary>
/// <remarks>A refusal goes out after a delay, so that a line that dials again at once does not use the node for set-ups.</remarks>
internal sealed class LoginDesk(RadiusSettings settings, ILogger log)
{
    /// <summary>Lines in <see cref="LoginRefusals"/>.</summary>
    private const int Shown = 20;

    private static readonly TimeSpan SummaryEvery = TimeSpan.FromSeconds(10), RefreshEvery = TimeSpan.FromSeconds(1);
    private readonly LoginGuard _guard = new(settings.Guard);
    private readonly PriorityQueue<(LoginAsked Login, LoginGuardVerdict Why), Instant> _late = new();
    private TimeSpan _delay = settings.FailedLogins.RejectDelay;
    private LoginRefusals _latest = LoginRefusals.None;
    private Instant? _saidAt, _refreshedAt;
    private long _said;
    private LoginLine _last;

    /// <summary>Changes the settings.</summary>
    public void Change(RadiusSettings settings, Instant now)
    {
        _delay = settings.FailedLogins.RejectDelay;
        _guard.Change(settings.Guard, now);
    }

    /// <summary>Time of the next refusal; null: none waits.</summary>
    public Instant? NextDeadline => _late.TryPeek(out _, out var due) ? due : null;

    /// <summary>Decides about a login. A refused one gets its answer from <see cref="Refuse"/>.</summary>
    public LoginGuardStep Judge(LoginAsked login, Instant now)
    {
        var verdict = _guard.Judge(login.Line, now);
        if (!verdict.IsRefused) return verdict.Step;
        _last = login.Line;
        _late.Enqueue((login, verdict), now + _delay);
        return verdict.Step;
    }

    /// <summary>Sends the refusals whose time has come.</summary>
    public void Refuse(Instant now)
    {
        while (_late.TryPeek(out var next, out var due) && due <= now)
        {
            _late.Dequeue();
            next.Login.Refuse(next.Why);
        }
    }

    /// <inheritdoc cref="LoginGuard.On"/>
    public void On(LoginAsked login, bool accepted, Instant now) => _guard.On(login.Line, accepted, now);

    /// <summary>Figures, at most a second old. Logs refusals since the last log line, at most one line in ten seconds.</summary>
    public LoginRefusals Report(Instant now)
    {
        if (now - _refreshedAt < RefreshEvery) return _latest;
        _refreshedAt = now;
        _latest = new LoginRefusals(_guard.RefusedFailing, _guard.RefusedFrequent, _guard.Waiting(now), _guard.Count, _guard.Worst(Shown));
        var count = _guard.RefusedFailing + _guard.RefusedFrequent - _said;
        if (count == 0 || now - _saidAt < SummaryEvery) return _latest;
        (_saidAt, _said) = (now, _said + count);
        log.LoginsRefusedLocally(count, _latest.Waiting, _last.Lac, _last.Number, _last.User);
        return _latest;
    }
}

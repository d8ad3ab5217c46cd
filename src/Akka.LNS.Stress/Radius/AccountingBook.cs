namespace Akka.LNS.Stress.Radius;

/// <summary>Result of the check of an LNS's accounting records.</summary>
/// <param name="Sessions">Number of Acct-Session-Ids.</param>
/// <param name="Open">Sessions with a Start and without a Stop.</param>
/// <param name="RepeatedStarts">Starts whose session already has one.</param>
/// <param name="RepeatedStops">Stops whose session already has one.</param>
/// <param name="WithoutStart">Interims and Stops of sessions without a Start.</param>
/// <param name="AfterStop">Interims of sessions with a Stop.</param>
/// <param name="Overlaps">Starts of users whose previous session has no Stop yet. With one session at a time for each user, these records
/// are out of order.</param>
/// <param name="LateStops">Stops with an Acct-Delay-Time above 0.</param>
public readonly record struct AccountingFindings(
    long Sessions, long Open, long RepeatedStarts, long RepeatedStops, long WithoutStart, long AfterStop, long Overlaps, long LateStops)
{
    /// <summary>Each session has at most one Start and then at most one Stop.</summary>
    public bool IsRight => RepeatedStarts + RepeatedStops + WithoutStart + AfterStop == 0;
}

/// <summary>Checks number and order of the Starts and Stops of each session. Keeps hashes, not texts. For one thread.</summary>
internal sealed class AccountingBook
{
    private readonly Dictionary<UInt128, bool> _stopped = []; // by session id
    private readonly Dictionary<UInt128, int> _openOfUser = [];
    private long _open;

    public AccountingFindings Findings { get; private set; }

    public void Start(UInt128 session, UInt128 user)
    {
        if (!_stopped.TryAdd(session, false))
        {
            Findings = Findings with { RepeatedStarts = Findings.RepeatedStarts + 1 };
            return;
        }
        var open = _openOfUser.GetValueOrDefault(user);
        _openOfUser[user] = open + 1;
        _open++;
        Findings = Findings with { Sessions = _stopped.Count, Open = _open, Overlaps = Findings.Overlaps + (open > 0 ? 1 : 0) };
    }

    /// <param name="isLate">The Acct-Delay-Time of the Stop is above 0.</param>
    public void Stop(UInt128 session, UInt128 user, bool isLate)
    {
        if (isLate) Findings = Findings with { LateStops = Findings.LateStops + 1 };
        if (!_stopped.TryGetValue(session, out var stopped))
        {
            _stopped.Add(session, true);
            Findings = Findings with { Sessions = _stopped.Count, WithoutStart = Findings.WithoutStart + 1 };
            return;
        }
        if (stopped)
        {
            Findings = Findings with { RepeatedStops = Findings.RepeatedStops + 1 };
            return;
        }
        _stopped[session] = true;
        var open = _openOfUser.GetValueOrDefault(user);
        if (open > 1) _openOfUser[user] = open - 1;
        else _openOfUser.Remove(user);
        _open--;
        Findings = Findings with { Open = _open };
    }

    public void Interim(UInt128 session)
    {
        if (!_stopped.TryGetValue(session, out var stopped)) Findings = Findings with { WithoutStart = Findings.WithoutStart + 1 };
        else if (stopped) Findings = Findings with { AfterStop = Findings.AfterStop + 1 };
    }
}

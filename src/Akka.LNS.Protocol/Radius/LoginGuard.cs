using System.Collections.Immutable;
using System.Globalization;
using Akka.LNS.Protocol.Pacing;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Settings of <see cref="LoginGuard"/>.</summary>
/// <param name="After">Failed logins in a row after which a line waits; 0: a line never waits.</param>
/// <param name="Pause">First pause. It doubles with each further failure.</param>
/// <param name="MaxPause">Maximum pause.</param>
/// <param name="PerSecond">Logins of one user on one line per second on average; null: no limit.</param>
/// <param name="Burst">Logins of one user on one line at once, with <paramref name="PerSecond"/>; at least 1.</param>
public sealed record LoginGuardSettings(int After, TimeSpan Pause, TimeSpan MaxPause, double? PerSecond, int Burst);

/// <summary>User and line of a login.</summary>
/// <param name="Lac">Host Name of the LAC.</param>
/// <param name="Number">Calling number; empty: the LAC sends none.</param>
/// <param name="User">User name; empty: all users of the line.</param>
public readonly record struct LoginLine(string Lac, string Number, string User);

/// <summary>What happens to a login.</summary>
public enum LoginGuardStep : byte
{
    /// <summary>RADIUS is asked.</summary>
    Ask,
    /// <summary>RADIUS is asked, behind the others: the last login of the line failed.</summary>
    AskBehind,
    /// <summary>Refused without a RADIUS request: the last logins of the line failed.</summary>
    RefuseFailing,
    /// <summary>Refused without a RADIUS request: too many logins.</summary>
    RefuseFrequent,
}

/// <summary>Decision of <see cref="LoginGuard.Judge"/>.</summary>
/// <param name="Wait">Time until a login of the line goes to RADIUS again; zero unless it is refused.</param>
/// <param name="Failures">Failed logins in a row.</param>
public readonly record struct LoginGuardVerdict(LoginGuardStep Step, TimeSpan Wait = default, int Failures = 0)
{
    public bool IsRefused => Step >= LoginGuardStep.RefuseFailing;

    /// <summary>Reason for log and subscriber; empty unless it is refused.</summary>
    public string Words => Step switch
    {
        LoginGuardStep.RefuseFailing => string.Create(CultureInfo.InvariantCulture,
            $"{Failures} logins failed in a row, the next one is checked in {Seconds} s"),
        LoginGuardStep.RefuseFrequent => string.Create(CultureInfo.InvariantCulture,
            $"too many logins, the next one is checked in {Seconds} s"),
        _ => "",
    };

    private long Seconds => (long)Math.Ceiling(Wait.TotalSeconds);
}

/// <summary>A line whose logins fail or are too many.</summary>
/// <param name="Failures">Failed logins in a row.</param>
/// <param name="Refused">Logins that were refused without a RADIUS request.</param>
/// <param name="Until">Time from which a login is checked again; in the past: now.</param>
public readonly record struct LoginFailures(LoginLine Line, int Failures, long Refused, Instant Until);

/// <summary>
/// Memory of logins by line. A user who failed on a line is refused there for a growing time, and has a limited number of logins a second.
/// </summary>
/// <remarks>
/// <para>
/// The key is the LAC, the calling number and the user name together. So failures on one line never refuse the same user on another one,
/// and lines with the same number do not refuse each other's users. A line that fails under many names is limited as a whole to the rate of
/// one user, until one of its logins is accepted.
/// </para>
/// <para>
/// Not a state record: it has one owner, which changes it in place. It holds plain data, at most <c>most</c> lines. A new line replaces the
/// one that was quiet for the longest time, lines without failures first.
/// </para>
/// </remarks>
/// <param name="most">Maximum number of lines, about 300 octets each.</param>
public sealed class LoginGuard(LoginGuardSettings settings, int most = 65_536)
{
    /// <summary>Time after the last failure after which it is forgotten, in addition to the longest pause.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private sealed class Entry
    {
        public LoginLine Line;
        public int Failures;
        public long Refused;
        public Instant Until, SeenAt; // end of the pause, last login
        public Instant Full; // of the bucket
        public LinkedList<Entry>? List;
    }

    private readonly Dictionary<LoginLine, LinkedListNode<Entry>> _byLine = [];
    private readonly LinkedList<Entry> _good = [], _bad = []; // bad: with failures or refusals; longest quiet first
    private LoginGuardSettings _settings = settings;

    /// <summary>Lines that are remembered.</summary>
    public int Count => _byLine.Count;

    /// <summary>Logins that were refused because of failures, and because they were too many.</summary>
    public long RefusedFailing { get; private set; }

    /// <inheritdoc cref="RefusedFailing"/>
    public long RefusedFrequent { get; private set; }

    /// <summary>Changes the settings. A pause ends at the time that it had, but not later than the new maximum allows.</summary>
    public void Change(LoginGuardSettings settings, Instant now)
    {
        _settings = settings;
        foreach (var entry in _bad)
        {
            var latest = now + settings.MaxPause;
            entry.Until = settings.After == 0 ? now : entry.Until < latest ? entry.Until : latest;
        }
    }

    /// <summary>Decides about a login.</summary>
    public LoginGuardVerdict Judge(LoginLine line, Instant now)
    {
        ForgetQuiet(now);
        var user = Find(line);
        if (user is { } waits && waits.Until > now)
            return Refuse(waits, LoginGuardStep.RefuseFailing, waits.Until - now, now);
        var whole = line.Number.Length > 0 && _settings.After > 0 ? Find(line with { User = "" }) : null;
        var failsAsWhole = whole is not null && whole.Failures >= _settings.After;
        if (_settings.PerSecond is { } rate)
        {
            var bucket = TokenBucket.Of(rate, _settings.Burst, now);
            if (failsAsWhole && !TryTake(whole!, bucket, now, out var wait))
                return Refuse(whole!, LoginGuardStep.RefuseFrequent, wait, now);
            user ??= Add(line, now);
            if (!TryTake(user, bucket, now, out wait)) return Refuse(user, LoginGuardStep.RefuseFrequent, wait, now);
            Touch(user, now);
        }
        var isBehind = failsAsWhole || user is { Failures: > 0 };
        return new(isBehind ? LoginGuardStep.AskBehind : LoginGuardStep.Ask, Failures: user?.Failures ?? 0);
    }

    /// <summary>A server gave its verdict about a login.</summary>
    public void On(LoginLine line, bool accepted, Instant now)
    {
        var user = Find(line);
        var whole = line.Number.Length > 0 ? Find(line with { User = "" }) : null;
        if (accepted)
        {
            if (user is not null) Clear(user, now);
            if (whole is not null) Remove(whole);
            return;
        }
        CountFailure(user ?? Add(line, now), now, mayPause: true);
        if (line.Number.Length > 0) CountFailure(whole ?? Add(line with { User = "" }, now), now, mayPause: false);
    }

    /// <summary>Lines with the most refused logins, then those with the most failures.</summary>
    /// <param name="count">Maximum number of lines.</param>
    public ImmutableArray<LoginFailures> Worst(int count) =>
    [
        .. _bad.Where(static e => e.Line.User.Length > 0 || e.Refused > 0)
            .OrderByDescending(static e => e.Refused).ThenByDescending(static e => e.Failures).Take(count)
            .Select(static e => new LoginFailures(e.Line, e.Failures, e.Refused, e.Until)),
    ];

    /// <summary>Lines that wait now, because their logins failed.</summary>
    public int Waiting(Instant now) => _bad.Count(e => e.Until > now);

    private LoginGuardVerdict Refuse(Entry entry, LoginGuardStep step, TimeSpan wait, Instant now)
    {
        entry.Refused++;
        if (step == LoginGuardStep.RefuseFailing) RefusedFailing++;
        else RefusedFrequent++;
        Touch(entry, now);
        return new(step, wait, entry.Failures);
    }

    private void CountFailure(Entry entry, Instant now, bool mayPause)
    {
        entry.Failures = Math.Min(entry.Failures + 1, 1_000_000);
        Touch(entry, now);
        var over = entry.Failures - _settings.After;
        if (!mayPause || _settings.After == 0 || over < 0) return;
        var pause = over >= 30 ? _settings.MaxPause : _settings.Pause * (1L << over);
        entry.Until = now + (pause < _settings.MaxPause ? pause : _settings.MaxPause);
    }

    private void Clear(Entry entry, Instant now)
    {
        (entry.Failures, entry.Refused, entry.Until) = (0, 0, default);
        Touch(entry, now);
    }

    private static bool TryTake(Entry entry, TokenBucket bucket, Instant now, out TimeSpan wait)
    {
        var own = bucket with { Full = entry.Full };
        var taken = own.TryTake(now, out var next);
        (entry.Full, wait) = (next.Full, taken ? TimeSpan.Zero : own.NextAt - now);
        return taken;
    }

    // ---- memory ---------------------------------------------------------------------------------------------------

    private Entry? Find(LoginLine line) => _byLine.GetValueOrDefault(line)?.Value;

    private Entry Add(LoginLine line, Instant now)
    {
        if (_byLine.Count >= most) Remove((_good.First ?? _bad.First)!.Value);
        var entry = new Entry { Line = line, Full = now, SeenAt = now, List = _good };
        _byLine.Add(line, _good.AddLast(entry));
        return entry;
    }

    /// <summary>Moves the entry to the end of its list.</summary>
    private void Touch(Entry entry, Instant now)
    {
        entry.SeenAt = now;
        var node = _byLine[entry.Line];
        entry.List!.Remove(node);
        entry.List = entry.Failures > 0 || entry.Refused > 0 ? _bad : _good;
        entry.List.AddLast(node);
    }

    private void Remove(Entry entry)
    {
        if (_byLine.Remove(entry.Line, out var node)) entry.List!.Remove(node);
    }

    /// <summary>Removes up to two lines of each kind that have been quiet for long: more than one login can add.</summary>
    private void ForgetQuiet(Instant now)
    {
        for (var i = 0; i < 2 && _good.First is { } first && first.Value.Full <= now; i++) Remove(first.Value);
        for (var i = 0; i < 3 && _bad.First is { } first && first.Value.SeenAt + Memory + _settings.MaxPause <= now; i++)
            Remove(first.Value);
    }
}

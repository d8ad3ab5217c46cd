using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Actors.Accounting;

/// <summary>
/// Sessions whose records wait for the same servers, and whether these take anything. One that was tried in vain goes behind those that were not, so none that servers do not
/// want is in the way of the others. Belongs to the accounting actor alone.
/// </summary>
internal sealed class AccountingLane
{
    private readonly Queue<SpoolTurn> _first = new();  // before the others: those that an outage or the Stop before had held up
    private readonly Queue<SpoolTurn> _turns = new();  // oldest first
    private readonly Queue<SpoolTurn> _failed = new(); // have had their turn since the others had theirs
    private TimeSpan? _retryAfter;                     // null: as the settings have it

    /// <summary>Records that its servers took.</summary>
    public long Taken { get; private set; }

    /// <summary>Turns that have begun.</summary>
    public int UnderWay { get; private set; }

    /// <summary>The last try failed, and nothing got through meanwhile: one at a time, to see whether anything does.</summary>
    public bool IsDown { get; private set; }

    /// <summary>Until then, none while it is down, and none that failed while it is not.</summary>
    public Instant? RetryAt { get; private set; }

    public int Waiting => _first.Count + _turns.Count + _failed.Count;

    /// <summary>Some wait that were not tried in this round.</summary>
    public bool HasUntried => _first.Count + _turns.Count > 0;

    public bool HasFailed => _failed.Count > 0;

    /// <summary>Milliseconds since 1970, UTC; null: none waits.</summary>
    public long? Oldest
    {
        get
        {
            long? oldest = _first.TryPeek(out var turn) ? turn.Since : null;
            if (_turns.TryPeek(out turn) && !(oldest < turn.Since)) oldest = turn.Since;
            if (_failed.TryPeek(out turn) && !(oldest < turn.Since)) oldest = turn.Since;
            return oldest;
        }
    }

    public void Add(SpoolTurn turn) => _turns.Enqueue(turn);
    public void AddFirst(SpoolTurn turn) => _first.Enqueue(turn);

    /// <summary>Of one that was tried in vain; <see cref="OnFailed"/> or <see cref="Pause"/> has said when it is tried again.</summary>
    public void AddFailed(SpoolTurn turn) => _failed.Enqueue(turn);

    /// <summary>All that wait go to another lane, as if none had been tried.</summary>
    public void MoveTo(AccountingLane other)
    {
        foreach (var queue in (ReadOnlySpan<Queue<SpoolTurn>>)[_first, _failed, _turns])
            while (queue.TryDequeue(out var turn)) other.Add(turn);
        RetryAt = null;
    }

    /// <summary>The next, when one may go; <see cref="Done"/> says that its turn is over.</summary>
    /// <param name="most">At a time, while servers answer.</param>
    public bool TryTake(int most, out SpoolTurn turn)
    {
        turn = default;
        if ((IsDown && RetryAt is not null) || UnderWay >= (IsDown ? 1 : most)) return false;
        if (!_first.TryDequeue(out turn) && !_turns.TryDequeue(out turn)) return false;
        UnderWay++;
        return true;
    }

    public void Done() => UnderWay--;

    public void OnTaken(bool wasTurn)
    {
        Taken++;
        if (!IsDown)
        {
            if (wasTurn) _retryAfter = null;
            return;
        }
        (IsDown, RetryAt, _retryAfter) = (false, null, null);
        while (_failed.TryDequeue(out var turn)) _first.Enqueue(turn);
    }

    /// <param name="takenBefore"><see cref="Taken"/> when it was sent.</param>
    /// <returns>It is down since now.</returns>
    public bool OnFailed(bool wasTurn, long takenBefore, AccountingSettings settings, Instant now)
    {
        var goesDown = !IsDown && takenBefore == Taken;
        IsDown |= goesDown;
        Pause(wasTurn, settings, now);
        return goesDown;
    }

    /// <param name="longer">Than the one before, up to a bound.</param>
    public void Pause(bool longer, AccountingSettings settings, Instant now)
    {
        if (RetryAt is not null) return;
        var pause = _retryAfter ?? settings.RetryInterval;
        if (longer) pause = pause * 2 < settings.RetryMax ? pause * 2 : settings.RetryMax;
        _retryAfter = pause;
        RetryAt = now + pause;
    }

    /// <summary>The pause is over.</summary>
    /// <param name="isOthersTurn">Something that is not in this lane is tried before those that failed have another turn.</param>
    /// <returns>Those that failed have another turn.</returns>
    public bool Retry(bool isOthersTurn)
    {
        RetryAt = null;
        if (IsDown && (HasUntried || isOthersTurn)) return false;
        while (_failed.TryDequeue(out var turn)) _turns.Enqueue(turn);
        return true;
    }
}

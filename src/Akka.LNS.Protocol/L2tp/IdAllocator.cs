namespace Akka.LNS.Protocol.L2tp;

/// <summary>
/// Gives out 16-bit identifiers (tunnels of a group, sessions of a tunnel): random, never 0, unique, and not used again until some time after their end,
/// so that a late message of the old user cannot reach the new one (DESIGN.md section 6).
/// </summary>
/// <remarks>Not a state record: it belongs to one owner, who changes it in place. What it holds is plain data; <paramref name="seed"/> comes from outside.</remarks>
public sealed class IdAllocator(ulong seed, TimeSpan quarantine)
{
    private readonly HashSet<ushort> _taken = []; // in use, or in quarantine
    private readonly Queue<(Instant Until, ushort Id)> _quarantined = new();
    private SplitMix _random = new(seed);

    /// <summary>Identifiers in use.</summary>
    public int InUse => _taken.Count - _quarantined.Count;

    /// <summary>False: all 65,535 are in use or in quarantine.</summary>
    public bool TryAllocate(Instant now, out ushort id)
    {
        while (_quarantined.TryPeek(out var first) && first.Until <= now) _taken.Remove(_quarantined.Dequeue().Id);
        id = 0;
        if (_taken.Count >= ushort.MaxValue) return false;
        // random at first; in a crowd walk on from there, so that it always ends
        id = (ushort)_random.Next();
        while (id == 0 || !_taken.Add(id)) id++;
        return true;
    }

    /// <summary>The identifier is no longer used; it rests before it is given out again.</summary>
    public void Release(ushort id, Instant now)
    {
        if (_taken.Contains(id)) _quarantined.Enqueue((now + quarantine, id));
    }

    /// <summary>The identifier was never told to anybody: it may be given out again at once.</summary>
    public void Free(ushort id) => _taken.Remove(id);
}

namespace Akka.LNS.Protocol.L2tp;

/// <summary>
/// Allocates 16-bit identifiers of tunnels, or of the sessions of a tunnel: random, never 0, unique. A released identifier stays in
/// quarantine for some time, so that a late message for the old tunnel or session cannot reach a new one.
/// </summary>
/// <remarks>Not a state record: it has one owner, which changes it in place. It holds plain data.</remarks>
public sealed class IdAllocator(ulong seed, TimeSpan quarantine)
{
    /// <summary>Maximum number of identifiers in quarantine: half of all. Above it the oldest one is free early.</summary>
    public const int MaxQuarantined = (ushort.MaxValue + 1) / 2;

    private readonly HashSet<ushort> _taken = []; // in use, or in quarantine
    private readonly Queue<(Instant Until, ushort Id)> _quarantined = new();
    private SplitMix _random = new(seed);

    /// <summary>False: all 65,535 are in use or in quarantine.</summary>
    public bool TryAllocate(Instant now, out ushort id)
    {
        while (_quarantined.TryPeek(out var first) && first.Until <= now) _taken.Remove(_quarantined.Dequeue().Id);
        id = 0;
        if (_taken.Count >= ushort.MaxValue) return false;
        // start at a random id and take the next free one, so that the search always ends
        id = (ushort)_random.Next();
        while (id == 0 || !_taken.Add(id)) id++;
        return true;
    }

    /// <summary>Takes an identifier for good. <see cref="TryAllocate"/> never returns it.</summary>
    public void Reserve(ushort id) => _taken.Add(id);

    /// <summary>Ends the use of an identifier and puts it into quarantine.</summary>
    public void Release(ushort id, Instant now)
    {
        if (!_taken.Contains(id)) return;
        _quarantined.Enqueue((now + quarantine, id));
        if (_quarantined.Count > MaxQuarantined) _taken.Remove(_quarantined.Dequeue().Id);
    }

    /// <summary>Frees an identifier that no peer uses. It may be allocated again at once.</summary>
    public void Free(ushort id) => _taken.Remove(id);
}

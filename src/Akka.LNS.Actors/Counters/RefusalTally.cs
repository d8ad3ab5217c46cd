using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol.Admission;

namespace Akka.LNS.Actors.Counters;

/// <summary>
/// Refusals of one LAC by reason. Any thread may read the counts. The lock of admission protects the logged counts.
/// </summary>
internal sealed class RefusalTally(string lac, string entry)
{
    private static readonly int Reasons = Enum.GetValues<RefusalReason>().Length;
    private readonly long[] _counts = new long[Reasons];
    private readonly long[] _said = new long[Reasons];
    private readonly Instant?[] _lastSaid = new Instant?[Reasons];
    private readonly bool[] _unsaid = new bool[Reasons];
    private readonly RefusedTunnel?[] _lastTunnel = new RefusedTunnel?[Reasons];

    public string Lac { get; } = lac;
    public string Entry { get; } = entry;

    public long this[RefusalReason reason] => Volatile.Read(ref _counts[(int)reason]);

    /// <summary>The last refused tunnel; null: only calls were refused since the last log line.</summary>
    public RefusedTunnel? LastTunnel(RefusalReason reason) => _lastTunnel[(int)reason];

    public void Count(RefusalReason reason, RefusedTunnel? tunnel)
    {
        Interlocked.Increment(ref _counts[(int)reason]);
        if (tunnel is not null) _lastTunnel[(int)reason] = tunnel;
    }

    /// <summary>Time of the last log line; far in the past when there was none.</summary>
    public Instant LastSaid(RefusalReason reason) => _lastSaid[(int)reason] ?? new Instant(long.MinValue / 2);

    /// <summary>True: there are refusals that no log line covers yet.</summary>
    public bool IsUnsaid(RefusalReason reason) => _unsaid[(int)reason];

    public void MarkUnsaid(RefusalReason reason) => _unsaid[(int)reason] = true;

    /// <summary>Number of refusals since the last log line; the caller logs them now.</summary>
    public long TakeUnsaid(RefusalReason reason, Instant now)
    {
        var i = (int)reason;
        var count = this[reason] - _said[i];
        _said[i] += count;
        (_unsaid[i], _lastSaid[i], _lastTunnel[i]) = (false, now, null);
        return count;
    }
}

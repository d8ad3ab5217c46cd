using Akka.LNS.Actors.Counters;
using Akka.LNS.Protocol;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Server.Node;

/// <summary>When the heap is worth a compaction: many calls came or went, and then none for some seconds.</summary>
/// <remarks>Called once a second. A compaction stops all managed threads for its whole duration.</remarks>
internal struct TrimPolicy
{
    /// <summary>Calls that must have come or gone since the last compaction.</summary>
    public const long WorthIt = 2000;

    /// <summary>Calls in one second up to which the node counts as quiet.</summary>
    public const long Quiet = 5;

    /// <summary>Quiet seconds in a row before a compaction.</summary>
    public const int Calm = 5;

    private long _seen, _changes;
    private int _calm;

    /// <param name="changes">Set-ups and ends of calls since the start.</param>
    /// <returns>True: compact now.</returns>
    public bool IsDue(long changes)
    {
        var now = changes - _seen;
        _seen = changes;
        _changes += now;
        _calm = now <= Quiet ? _calm + 1 : 0;
        if (_changes < WorthIt || _calm < Calm) return false;
        (_changes, _calm) = (0, 0);
        return true;
    }
}

/// <summary>
/// Gives memory back after a storm of logins or disconnects: one collection that compacts the heap and returns free memory to the kernel.
/// It is for nodes whose data plane is native: the threads of a managed one would stand still with all others.
/// </summary>
internal sealed partial class HeapTrim : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly NodeCounters _counters;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private TrimPolicy _policy;

    public HeapTrim(NodeCounters counters, TimeProvider clock, ILogger log)
    {
        (_counters, _log) = (counters, log);
        _timer = clock.CreateTimer(static trim => ((HeapTrim)trim!).OnLook(), this, Look, Look);
    }

    public void Dispose() => _timer.Dispose();

    private void OnLook()
    {
        var changes = _counters.SetUps;
        foreach (var cause in Enum.GetValues<EndCause>()) changes += _counters.Ended(cause);
        if (!_policy.IsDue(changes)) return;
        var before = GC.GetTotalMemory(forceFullCollection: false);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        LogCompacted(_log, before, GC.GetTotalMemory(forceFullCollection: false),
            GC.GetGCMemoryInfo(GCKind.FullBlocking).PauseDurations[0].TotalMilliseconds);
    }

    [LoggerMessage(EventId = 198, Level = LogLevel.Debug,
        Message = "heap compacted: before {Before} octets, after {After} octets, pause {Milliseconds} ms")]
    private static partial void LogCompacted(ILogger log, long before, long after, double milliseconds);
}

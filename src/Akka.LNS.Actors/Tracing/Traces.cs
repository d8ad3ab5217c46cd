using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Tracing;

/// <summary>The running traces. Without a trace, a tap is one read of <see cref="On"/>, which is null.</summary>
internal sealed class Traces(TraceSettings limits, IDataPlane plane, NodeClock clock)
{
    private readonly Lock _gate = new();
    private volatile TraceTaps? _on;

    /// <summary>The running traces; null: none.</summary>
    public TraceTaps? On => _on;

    public int Count => _on?.All.Length ?? 0;

    /// <summary>Records of all traces that were dropped.</summary>
    public DropCount Dropped { get; } = new();

    /// <summary>Starts a trace; null: the maximum number of traces is reached.</summary>
    public Trace? Begin(TraceSubject subject, CallTable calls)
    {
        lock (_gate)
        {
            var all = _on?.All ?? [];
            if (all.Length >= limits.Max) return null;
            var trace = new Trace(subject, limits.RecordsPerSecond, clock, End, Dropped);
            trace.Find(calls);
            _on = new TraceTaps([.. all, trace], plane);
            return trace;
        }
    }

    private void End(Trace trace)
    {
        lock (_gate)
        {
            Trace[] rest = [.. (_on?.All ?? []).Where(t => t != trace)];
            _on = rest.Length == 0 ? null : new TraceTaps(rest, plane);
        }
    }
}

namespace Akka.LNS.Protocol.Admission;

/// <summary>The Load of a node and what it was computed from.</summary>
/// <param name="SerialDepth">Messages waiting in the mailboxes of the serial group.</param>
/// <param name="ParallelDepth">Requests waiting in front of the RADIUS workers.</param>
/// <param name="Load">The weighted sum, in no unit.</param>
public readonly record struct LoadSample(long SerialDepth, long ParallelDepth, long Load);

/// <summary>Load = SerialWeight x serial depth + ParallelWeight x parallel depth.</summary>
/// <param name="SerialWeight">What one waiting message weighs.</param>
/// <param name="ParallelWeight">What one waiting RADIUS request weighs.</param>
public sealed record LoadGauge(int SerialWeight = 2, int ParallelWeight = 10)
{
    /// <summary>A depth below zero, which counters read apart from each other can show for a moment, counts as none.</summary>
    public LoadSample Sample(long serialDepth, long parallelDepth)
    {
        serialDepth = Math.Max(0, serialDepth);
        parallelDepth = Math.Max(0, parallelDepth);
        return new LoadSample(serialDepth, parallelDepth, SerialWeight * serialDepth + ParallelWeight * parallelDepth);
    }
}

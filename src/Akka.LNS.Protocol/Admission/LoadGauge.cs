namespace Akka.LNS.Protocol.Admission;

/// <summary>Load of a node, and the depths from which it was computed.</summary>
/// <param name="SerialDepth">Messages waiting in the mailboxes of the serial group.</param>
/// <param name="ParallelDepth">Requests that wait for a RADIUS worker.</param>
/// <param name="Load">Weighted sum, without a unit.</param>
public readonly record struct LoadSample(long SerialDepth, long ParallelDepth, long Load);

/// <summary>Load = SerialWeight x serial depth + ParallelWeight x parallel depth.</summary>
/// <param name="SerialWeight">Weight of one waiting message.</param>
/// <param name="ParallelWeight">Weight of one waiting RADIUS request.</param>
public sealed record LoadGauge(int SerialWeight = 2, int ParallelWeight = 10)
{
    /// <summary>Load at the given depths. A depth below zero, which concurrent counters can show for a moment, counts as zero.</summary>
    public LoadSample Sample(long serialDepth, long parallelDepth)
    {
        serialDepth = Math.Max(0, serialDepth);
        parallelDepth = Math.Max(0, parallelDepth);
        return new LoadSample(serialDepth, parallelDepth, SerialWeight * serialDepth + ParallelWeight * parallelDepth);
    }
}

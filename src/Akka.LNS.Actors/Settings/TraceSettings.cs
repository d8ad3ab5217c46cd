namespace Akka.LNS.Actors.Settings;

/// <summary>Limits of live traces (<c>lnsctl trace</c>).</summary>
public sealed record TraceSettings
{
    /// <summary>Maximum number of traces at a time on the whole node; 0: none.</summary>
    public int Max { get; init; } = 8;

    /// <summary>Maximum number of records per second of one trace; the trace counts the others and leaves them out.</summary>
    public int RecordsPerSecond { get; init; } = 1000;
}

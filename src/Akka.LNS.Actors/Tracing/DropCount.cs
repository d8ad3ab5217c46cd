namespace Akka.LNS.Actors.Tracing;

/// <summary>Number of records that all traces dropped.</summary>
internal sealed class DropCount
{
    private long _count;

    public long Value => Interlocked.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);
}

namespace Akka.LNS.Actors;

/// <summary>The node's clocks: monotonic for deadlines, UTC for records.</summary>
public sealed class NodeClock(TimeProvider provider)
{
    private readonly double _ticksPerStamp = (double)TimeSpan.TicksPerSecond / provider.TimestampFrequency;

    public Instant Now => new((long)(provider.GetTimestamp() * _ticksPerStamp));
    public DateTimeOffset UtcNow => provider.GetUtcNow();
}

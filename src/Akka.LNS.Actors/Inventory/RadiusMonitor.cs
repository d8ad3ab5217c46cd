namespace Akka.LNS.Actors.Inventory;

/// <summary>Latest state of RADIUS. Written by its router, read by any thread.</summary>
internal sealed class RadiusMonitor
{
    private volatile RadiusCondition _latest = RadiusCondition.Initial;

    public RadiusCondition Latest => _latest;

    public RadiusLatencies Latencies { get; } = new();

    public void Publish(RadiusCondition condition) => _latest = condition;
}

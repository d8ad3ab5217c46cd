using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>Counters of one service of a server. Only the router uses them.</summary>
internal sealed class ServerTally(ServerId server)
{
    private readonly long[] _latency = new long[RadiusServerCondition.LatencyBounds.Length + 1];
    private int _outstanding, _maxOutstanding;
    private long _retries;

    /// <summary>Tags of its metrics.</summary>
    public RadiusServerTags Tags { get; } = new(server.Name, server.Service == RadiusService.Accounting);

    /// <summary>A request goes to the server.</summary>
    public void CountAsked() => _maxOutstanding = Math.Max(_maxOutstanding, ++_outstanding);

    /// <summary>A request has ended, or goes to another server.</summary>
    public void CountDone() => _outstanding--;

    /// <summary>A packet was sent again.</summary>
    public void CountRetry() => _retries++;

    /// <summary>The first packet of a request was answered.</summary>
    public void CountLatency(TimeSpan roundTrip)
    {
        var slot = 0;
        while (slot < RadiusServerCondition.LatencyBounds.Length && roundTrip > RadiusServerCondition.LatencyBounds[slot]) slot++;
        _latency[slot]++;
    }

    public RadiusServerCondition ToCondition(ServerHealthState health) =>
        new(server.Name, server.Service == RadiusService.Accounting, health.Standing, _outstanding, _maxOutstanding,
            health.Answers, health.Timeouts, _retries, health.ProbesSent, health.SmoothedRoundTrip, [.. _latency]);
}

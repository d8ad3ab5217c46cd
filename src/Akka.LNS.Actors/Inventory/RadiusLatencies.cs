using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Inventory;

/// <summary>Latency of one service of a server by result, and its timeouts, over the last 1 and 15 minutes.</summary>
/// <param name="Results">The results of the service; accept and reject, or accounting.</param>
public sealed record RadiusServerLatency(IReadOnlyList<RadiusResultLatency> Results, long Timeouts1, long Timeouts15);

/// <summary>Latency of one result over the last 1 and 15 minutes.</summary>
public readonly record struct RadiusResultLatency(RadiusResult Result, LatencyFigures Last1, LatencyFigures Last15);

/// <summary>Latencies of all servers. Written by the router, read by any thread.</summary>
internal sealed class RadiusLatencies
{
    private sealed class Windows
    {
        public readonly LatencyWindow Last1 = new(TimeSpan.FromSeconds(5), 12), Last15 = new(TimeSpan.FromMinutes(1), 15);
    }

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, RadiusResult Result), Windows> _windows = [];

    public void Add(string server, RadiusResult result, TimeSpan roundTrip, Instant now)
    {
        lock (_lock)
        {
            var windows = Of(server, result);
            windows.Last1.Add(roundTrip, now);
            windows.Last15.Add(roundTrip, now);
        }
    }

    /// <summary>A request that the server did not answer.</summary>
    public void CountTimeout(string server, bool isAccounting, Instant now)
    {
        lock (_lock)
        {
            var windows = Of(server, ResultsOf(isAccounting)[0]);
            windows.Last1.CountTimeout(now);
            windows.Last15.CountTimeout(now);
        }
    }

    /// <summary>Drops servers that are not in the settings any more.</summary>
    public void Keep(IReadOnlyCollection<string> servers)
    {
        lock (_lock)
        {
            foreach (var key in _windows.Keys)
                if (!servers.Contains(key.Name)) _windows.Remove(key);
        }
    }

    public RadiusServerLatency At(string server, bool isAccounting, Instant now)
    {
        lock (_lock)
        {
            var of = ResultsOf(isAccounting);
            var timeouts = _windows.GetValueOrDefault((server, of[0]));
            return new RadiusServerLatency([.. of.Select(result => _windows.TryGetValue((server, result), out var own)
                    ? new RadiusResultLatency(result, own.Last1.At(now), own.Last15.At(now)) : new(result, default, default))],
                timeouts?.Last1.TimeoutsAt(now) ?? 0, timeouts?.Last15.TimeoutsAt(now) ?? 0);
        }
    }

    private static RadiusResult[] ResultsOf(bool isAccounting) =>
        isAccounting ? [RadiusResult.Accounting] : [RadiusResult.Accept, RadiusResult.Reject];

    private Windows Of(string server, RadiusResult result)
    {
        if (_windows.TryGetValue((server, result), out var windows)) return windows;
        _windows.Add((server, result), windows = new Windows());
        return windows;
    }
}

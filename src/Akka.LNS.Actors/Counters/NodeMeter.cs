using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Counters;

/// <summary>
/// Instruments of the node that record times as they occur. Counters are read by the host, which makes observable instruments of
/// <see cref="Meter"/>. Without a listener a recording costs one comparison. It never allocates.
/// </summary>
public sealed class NodeMeter : IDisposable
{
    public const string Name = "Akka.LNS";

    /// <summary>Seconds. A set-up takes some milliseconds, and times out after half a minute.</summary>
    private static readonly double[] SetUpBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];

    private static readonly KeyValuePair<string, object?>[] Phases =
        [.. Enum.GetValues<CallPhase>().Select(static p => new KeyValuePair<string, object?>("phase", NameOf(p)))];

    private static readonly KeyValuePair<string, object?>[] Results =
        [.. Enum.GetValues<RadiusResult>()
            .Select(static r => new KeyValuePair<string, object?>("result", r.ToString().ToLowerInvariant()))];

    private static readonly KeyValuePair<string, object?> Total = new("phase", "total");

    private readonly Histogram<double> _setUp, _radius;
    private readonly long[] _setUpTimes = new long[SetUpBounds.Length + 1];

    internal NodeMeter()
    {
        const string SetUp = "Time of set-ups by phase: call (ICRQ to ICCN), link (LCP, to the subscriber's proof), "
            + "authentication (to the verdict), network (to user on), total (all of it)";
        const string Radius = "Time from a request's first packet to its answer, by server, service and "
            + "result (accept, reject, accounting); requests that were sent again are not in it";
        _setUp = Meter.CreateHistogram("akka.lns.setup.duration", "s", SetUp, advice: Buckets(SetUpBounds));
        _radius = Meter.CreateHistogram("akka.lns.radius.latency", "s", Radius,
            advice: Buckets([.. RadiusServerCondition.LatencyBounds.Select(static b => b.TotalSeconds)]));
    }

    /// <summary>Upper bounds of <see cref="SetUpTimes"/> in seconds.</summary>
    public static IReadOnlyList<double> SetUpSeconds => SetUpBounds;

    /// <summary>Set-ups by their whole time: one number for each bound, and one for the longer ones.</summary>
    public ImmutableArray<long> SetUpTimes => [.. _setUpTimes];

    public Meter Meter { get; } = new(new MeterOptions(Name) { Version = typeof(NodeMeter).Assembly.GetName().Version?.ToString(3) });

    private static string NameOf(CallPhase phase) => phase == CallPhase.Calling ? "call" : phase.ToString().ToLowerInvariant();

    private static InstrumentAdvice<double> Buckets(double[] bounds) => new() { HistogramBucketBoundaries = bounds };

    /// <summary>The call enters the next phase of its set-up. No effect when it is already in the phase, or ends.</summary>
    internal void Reach(CallEntry call, CallPhase next, Instant now)
    {
        var phase = call.Phase;
        if (phase >= next) return;
        _setUp.Record(call.Reach(next, now).TotalSeconds, Phases[(int)phase]);
        if (next != CallPhase.Up) return;
        var all = (now - call.BeganAt).TotalSeconds;
        _setUp.Record(all, Total);
        var at = Array.BinarySearch(SetUpBounds, all);
        Interlocked.Increment(ref _setUpTimes[at < 0 ? ~at : at]);
    }

    /// <param name="server">Tags, made once for each service of a server.</param>
    internal void RadiusAnswered(in RadiusServerTags server, RadiusResult result, TimeSpan roundTrip) =>
        _radius.Record(roundTrip.TotalSeconds, server.Name, server.Service, Results[(int)result]);

    public void Dispose() => Meter.Dispose();
}

/// <summary>Tags of one service of a server in metrics.</summary>
public readonly struct RadiusServerTags(string name, bool isAccounting)
{
    public KeyValuePair<string, object?> Name { get; } = new("server", name);
    public KeyValuePair<string, object?> Service { get; } = new("service", isAccounting ? "accounting" : "authentication");
}

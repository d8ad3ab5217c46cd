using System.Collections.Immutable;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Server.Node;
using Akka.LNS.Server.Settings.Sections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Server.Monitoring;

/// <summary>
/// Reads the published state of the node once per interval. Keeps a bounded history for plots, and the present problems. It asks no actor
/// and walks over no session.
/// </summary>
/// <param name="logs">Queues of log lines.</param>
/// <param name="certificate">Expiry of the certificate of the API; null: none.</param>
internal sealed partial class NodeWatch(
    LnsNode node, DashboardSettings settings, TimeProvider clock, LogQueues logs, ILogger<NodeWatch> log,
    Func<DateTimeOffset?> certificate)
    : BackgroundService
{
    private static readonly DropReason[] SendFailures = [DropReason.SendFailed, DropReason.DeviceFailed, DropReason.ReceiverFailed];
    private static readonly RouteProblem[] TellingProblems = [RouteProblem.Kernel, RouteProblem.Needed];
    private static readonly double[] LatencyBounds = [.. RadiusServerCondition.LatencyBounds.Select(static b => b.TotalMilliseconds)];
    private static readonly DateTimeOffset Started = Start();

    private readonly Lock _gate = new();
    private readonly Queue<HistoryPoint> _points = [];
    private readonly ProblemWatch _problems = new();
    private readonly Queue<(DateTimeOffset At, ImmutableArray<RadiusServerCondition> Servers)> _latencies = [];
    private Totals? _before;

    /// <summary>Problems at the latest look.</summary>
    public IReadOnlyList<NodeProblem> Problems { get; private set; } = [];

    private int Capacity => Math.Max(2, (int)(settings.History / settings.SampleInterval));

    /// <summary>Points after a time, oldest first.</summary>
    public HistoryReport History(DateTimeOffset? since)
    {
        lock (_gate)
            return new HistoryReport(settings.SampleInterval.TotalSeconds, [.. _points.Where(p => since is null || p.At > since)]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.SampleInterval, clock);
        try
        {
            do Take();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // lnsd stops
        }
    }

    private void Take()
    {
        try
        {
            var now = clock.GetUtcNow();
            var totals = Totals.Of(node, now);
            var point = PointOf(totals, _before);
            _before = totals;
            lock (_gate)
            {
                while (_points.Count >= Capacity) _points.Dequeue();
                _points.Enqueue(point);
            }
            Problems = _problems.Look(SnapshotOf(now, totals));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFailed(log, e); // the next look may succeed
        }
    }

    private HistoryPoint PointOf(Totals now, Totals? before)
    {
        var (counters, admission) = (node.Counters, node.Admission);
        var seconds = before is null ? 0 : (now.At - before.At).TotalSeconds;
        return new HistoryPoint(now.At, counters.Sessions, admission.InSetup, counters.Links, counters.Bundles, admission.Load.SerialDepth,
            admission.Load.ParallelDepth, admission.Load.Load, Rate(now.SetUps, before?.SetUps), Rate(now.Failed, before?.Failed),
            Rate(now.Ended, before?.Ended), 8 * Rate(now.InOctets, before?.InOctets), 8 * Rate(now.OutOctets, before?.OutOctets),
            RefusedBy(now).ToDictionary(static r => r.Key, r => Rate(r.Value, before is null ? null
                : RefusedBy(before).GetValueOrDefault(r.Key))).Where(static r => r.Value > 0).ToDictionary(),
            RadiusOf(now.At));

        double Rate(long value, long? then) =>
            seconds > 0 && then is { } t ? Math.Round(Math.Max(0, value - t) / seconds, 3) : 0;
    }

    private static Dictionary<string, long> RefusedBy(Totals totals) =>
        totals.Refusals.GroupBy(static r => r.Key.Reason).ToDictionary(static g => g.Key, static g => g.Sum(static r => r.Value));

    /// <summary>Latency of the slowest authentication server in the last minute.</summary>
    private HistoryRadius RadiusOf(DateTimeOffset now)
    {
        var radius = node.Radius;
        while (_latencies.TryPeek(out var oldest) && oldest.At < now - TimeSpan.FromMinutes(1)) _latencies.Dequeue();
        var worst = new HistoryRadius(0, 0, 0, 0, radius.Outstanding);
        foreach (var server in radius.Servers.Where(static s => !s.IsAccounting))
        {
            var then = !_latencies.TryPeek(out var first) ? []
                : first.Servers.FirstOrDefault(s => s.Name == server.Name && !s.IsAccounting)?.Latency ?? [];
            worst = new HistoryRadius(Math.Max(worst.Smoothed, Math.Round(server.SmoothedRoundTrip.TotalMilliseconds, 3)),
                Math.Max(worst.P50, Of(0.5)), Math.Max(worst.P90, Of(0.9)), Math.Max(worst.P99, Of(0.99)), worst.Outstanding);

            double Of(double share) => Math.Round(Histogram.Quantile(share, LatencyBounds, server.Latency, then) ?? 0, 3);
        }
        _latencies.Enqueue((now, radius.Servers));
        return worst;
    }

    private Snapshot SnapshotOf(DateTimeOffset now, Totals totals)
    {
        var (counters, admission, radius, spool) = (node.Counters, node.Admission, node.Radius, node.Spool);
        var plane = node.Plane.ReadPlaneCounters();
        return new Snapshot
        {
            At = now, Started = Started, Verdict = Verdict.Of(node.IsStopping, admission), Reason = admission.Reason?.ToString(),
            DrainReason = admission.Drain.Reason, Load = node.Load.Load, RefuseFrom = node.Settings.Overload.RefuseFrom,
            Sessions = counters.Sessions, MaxSessions = node.Settings.Sessions.Max, Refusals = totals.Refusals,
            SetUpTimes = node.Meter.SetUpTimes,
            InternalErrors = Enum.GetValues<EndLayer>()
                .ToImmutableDictionary(static l => l.ToString(), l => counters.Ended(l, EndCause.InternalError)),
            CertificateExpires = certificate(), GcPause = GC.GetTotalPauseDuration(), Retransmissions = counters.ControlRetransmits,
            ControlOut = (long)plane.ControlOut, TunnelTimeouts = counters.TunnelsEnded(EndCause.TunnelTimeout),
            SendFailures = SendFailures.ToImmutableDictionary(static r => r.ToString(), r => (long)plane.Dropped(r)),
            PlaneFailure = node.Plane.Failure, L2tpOverflows = (long)plane.Dropped(DropReason.SocketOverflow),
            RadiusOverflows = counters.RadiusOverflows.Count,
            DynamicAuthorizationOverflows = counters.DynamicAuthorization.Overflows.Count,
            RouteProblems = TellingProblems.ToImmutableDictionary(static p => p.ToString(), counters.RouteProblems),
            LogDropped = logs.All.ToImmutableDictionary(static q => q.Sink, static q => q.Dropped), TraceDropped = node.TraceRecordsDropped,
            LinesWaiting = radius.Refusals.Waiting, CanAuthenticate = radius.CanAuthenticate,
            Servers = [.. radius.Servers.Select(static s => new ServerSnapshot(s.Name, s.IsAccounting ? "accounting" : "authentication",
                s.Standing is ServerStanding.Up or ServerStanding.Suspect, s.Answers, s.Timeouts, s.Latency))],
            LoginWaits = radius.OldestLogin is { } since ? node.Clock.Now - since : null,
            LoginsAccepted = counters.Logins - counters.LoginsRefused, LoginsRefused = counters.LoginsRefused,
            SpoolRecords = spool.Waiting, SpoolAge = spool.Oldest is { } oldest && now > oldest ? now - oldest : TimeSpan.Zero,
            IsSpoolFailing = spool.IsFailing, SpoolLost = spool.Lost,
            Pools = [.. node.PoolUses.Select(static p => new PoolSnapshot(p.Name, p.Use.Used, p.Use.Capacity))],
        };
    }

    private static DateTimeOffset Start()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime);
    }

    [LoggerMessage(EventId = 197, Level = LogLevel.Warning, Message = "no look at the state of the node for history and problems")]
    private static partial void LogFailed(ILogger log, Exception why);

    /// <summary>Counters from which rates are computed.</summary>
    private sealed record Totals(DateTimeOffset At, long SetUps, long Failed, long Ended, long InOctets, long OutOctets,
        ImmutableDictionary<(string Entry, string Reason), long> Refusals)
    {
        public static Totals Of(LnsNode node, DateTimeOffset now)
        {
            var classes = Enum.GetValues<EndClass>();
            var (failed, ended) = (0L, 0L);
            foreach (var peer in node.Tunnels.Peers)
                foreach (var why in classes)
                    (failed, ended) = (failed + peer.SetUpsFailed(why), ended + peer.SessionsEnded(why));
            var plane = node.Plane.ReadPlaneCounters();
            var refusals = ImmutableDictionary.CreateBuilder<(string, string), long>();
            foreach (var row in node.Counters.Refusals.All)
            {
                var key = (row.Entry, row.Reason.ToString());
                refusals[key] = refusals.GetValueOrDefault(key) + row.Count;
            }
            return new Totals(now, node.Counters.SetUps, failed, ended, (long)plane.InOctets, (long)plane.OutOctets,
                refusals.ToImmutable());
        }
    }
}

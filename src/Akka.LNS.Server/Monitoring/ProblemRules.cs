using System.Globalization;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Client;

namespace Akka.LNS.Server.Monitoring;

/// <summary>All rules. A test compares names, severities and times with deploy/grafana/alerts.yml.</summary>
internal static class ProblemRules
{
    private static readonly TimeSpan None = TimeSpan.Zero, Seconds30 = TimeSpan.FromSeconds(30), Minute = TimeSpan.FromMinutes(1),
        Minutes2 = TimeSpan.FromMinutes(2), Minutes5 = TimeSpan.FromMinutes(5), Minutes10 = TimeSpan.FromMinutes(10),
        Minutes15 = TimeSpan.FromMinutes(15);

    private static readonly double[] LatencyBounds = [.. RadiusServerCondition.LatencyBounds.Select(static b => b.TotalSeconds)];

    /// <summary>Longest time that a rule looks back.</summary>
    public static readonly TimeSpan LongestWindow = Minutes15;

    public static readonly IReadOnlyList<ProblemRule> All =
    [
        Node("LnsRestarted", Severity.Info, None, "status", static e => e.Now.At - e.Now.Started < Minutes10,
            static _ => "lnsd was started less than 10 minutes ago."),
        Node("LnsClosed", Severity.Critical, Seconds30, "load", static e => e.Now.Verdict == "closed",
            static e => $"The node refuses new calls: {e.Now.Reason ?? "its Load is too high"}. Sessions that are up continue."),
        Node("LnsRefusesSome", Severity.Warning, Minutes2, "load", static e => e.Now.Verdict == "early",
            static _ => "The node refuses a share of new calls: its Load is above refuse-from."),
        Node("LnsLoadHigh", Severity.Warning, Minute, "load", static e => e.Now.Load > 0.8 * e.Now.RefuseFrom,
            static e => $"The Load is {Number(e.Now.Load)}. From {Number(e.Now.RefuseFrom)} the node refuses calls."),
        Node("LnsDraining", Severity.Info, Minutes15, "status", static e => e.Now.Verdict == "draining",
            static e => $"The node drains{(e.Now.DrainReason is { } why ? $": {why}" : "")}. It refuses new calls."),
        new("LnsRefusals", Severity.Warning, Minutes5, "lacs", static e =>
            from pair in e.Now.Refusals
            let rate = e.Rate(Minutes5, s => s.Refusals.GetValueOrDefault(pair.Key))
            where rate > 1
            select new Finding($"{pair.Key.Entry}, {pair.Key.Reason}",
                $"The node refuses {Decimal(rate)} tunnels and calls per second of LAC {pair.Key.Entry}: {pair.Key.Reason}.")),
        Node("LnsSessionsGone", Severity.Critical, None, "disconnects",
            static e => e.Ago(Minutes5).Sessions is > 100 and var then && e.Now.Sessions < 0.5 * then && e.Now.Verdict != "draining",
            static e => $"More than half of the sessions ended within 5 minutes: {Number(e.Now.Sessions)} of "
                + $"{Number(e.Ago(Minutes5).Sessions)} remain."),
        Node("LnsSessionsNearLimit", Severity.Warning, Minutes5, "sessions", static e => e.Now.Sessions > 0.9 * e.Now.MaxSessions,
            static e => $"The node has {Number(e.Now.Sessions)} of at most {Number(e.Now.MaxSessions)} sessions (lns.sessions.max)."),
        Node("LnsSetUpSlow", Severity.Warning, Minutes5, "load", static e => SetUpTime(e) > 10,
            static e => $"5 % of the set-ups take longer than {DurationText.Show(SetUpTime(e) ?? 0)}."),
        new("LnsInternalErrors", Severity.Warning, None, "disconnects", static e =>
            from layer in e.Now.InternalErrors.Keys
            let count = e.Increase(Minutes15, s => s.InternalErrors.GetValueOrDefault(layer))
            where count > 0
            select new Finding(layer, $"An internal error of the LNS ended {Number(count)} sessions within 15 minutes, layer {layer}. "
                + "The log has the exception.")),
        Node("LnsApiCertificateExpires", Severity.Warning, None, "config",
            static e => e.Now.CertificateExpires - e.Now.At < TimeSpan.FromDays(14),
            static e => $"The certificate of the API expires in "
                + $"{DurationText.Show((e.Now.CertificateExpires! - e.Now.At).Value.TotalSeconds)}."),
        new("LnsLogDropped", Severity.Warning, None, "load", static e =>
            from sink in e.Now.LogDropped.Keys
            let count = e.Increase(Minutes15, s => s.LogDropped.GetValueOrDefault(sink))
            where count > 0
            select new Finding(sink, $"The node dropped {Number(count)} log lines within 15 minutes, because the {sink} is too slow.")),
        Node("LnsTraceDropped", Severity.Info, None, "load", static e => e.Increase(Minutes5, static s => s.TraceDropped) > 0,
            static e => $"Traces lost {Number(e.Increase(Minutes5, static s => s.TraceDropped))} records within 5 minutes: a slow "
                + "reader, or more than trace-records-per-second."),
        Node("LnsGcPauses", Severity.Warning, Minutes10, "load", static e => GcShare(e) > 0.1,
            static e => $"The node spends {Percent(GcShare(e))} of the time in pauses of garbage collection."),

        Node("LnsDataPlaneFailed", Severity.Critical, Seconds30, "load", static e => e.Now.PlaneFailure is not null,
            static e => $"The data plane does not forward: {e.Now.PlaneFailure}. The node tries to repair it each second."),
        new("LnsRouteProblems", Severity.Warning, None, "sessions", static e =>
            from problem in e.Now.RouteProblems.Keys
            let count = e.Increase(Minutes15, s => s.RouteProblems.GetValueOrDefault(problem))
            where count > 0
            select new Finding(problem, problem == nameof(RouteProblem.Kernel)
                ? $"The kernel refused {Number(count)} routes within 15 minutes. The log has each one with its reason."
                : $"{Number(count)} subscribers have an address that the node needs. The node does not reach it until they are gone.")),
        Node("LnsSocketOverflow", Severity.Warning, None, "load", static e => e.Increase(Minutes5, static s => s.L2tpOverflows) > 0,
            static e => $"The kernel dropped {Number(e.Increase(Minutes5, static s => s.L2tpOverflows))} packets of LACs within 5 "
                + "minutes, because a receive buffer was full."),
        Node("LnsControlRetransmissions", Severity.Warning, Minutes5, "tunnels",
            static e => Retransmissions(e) > 0.5 && Retransmissions(e) > 0.05 * e.Rate(Minutes5, static s => s.ControlOut),
            static e => $"The node sends {Decimal(Retransmissions(e))} control messages per second again: "
                + "packets to LACs are lost, or a LAC is slow."),
        Node("LnsTunnelsLost", Severity.Warning, None, "lacs", static e => e.Increase(Minutes5, static s => s.TunnelTimeouts) > 0,
            static e => $"{Number(e.Increase(Minutes5, static s => s.TunnelTimeouts))} tunnels timed out within 5 minutes."),
        new("LnsSendFailures", Severity.Warning, Minutes5, "load", static e =>
            from reason in e.Now.SendFailures.Keys
            let rate = e.Rate(Minutes5, s => s.SendFailures.GetValueOrDefault(reason))
            where rate > 1
            select new Finding(reason, $"The node drops {Decimal(rate)} packets per second: {reason}.")),

        Node("LnsRadiusUnavailable", Severity.Critical, Seconds30, "radius", static e => !e.Now.CanAuthenticate,
            static _ => "No RADIUS server answers logins."),
        Each("LnsRadiusServerDown", Severity.Warning, Minute, static (_, s) => s.IsUp ? null : "does not answer"),
        Each("LnsRadiusSlow", Severity.Warning, Minutes5, static (e, s) => Latency(e, s) is > 0.5 and var slow
            ? $"needs longer than {DurationText.Show(slow)} for 5 % of its answers" : null),
        Each("LnsRadiusTimeouts", Severity.Warning, Minutes5, static (e, s) => Silent(e, s) is > 0.05 and var share
            ? $"does not answer {Percent(share)} of its requests" : null),
        Node("LnsLoginsWait", Severity.Warning, Minute, "radius", static e => e.Now.LoginWaits > TimeSpan.FromSeconds(5),
            static e => $"A login has waited {DurationText.Show(e.Now.LoginWaits!.Value.TotalSeconds)} for a RADIUS worker."),
        Node("LnsRadiusSocketOverflow", Severity.Warning, None, "radius",
            static e => e.Increase(Minutes5, static s => s.RadiusOverflows) > 0,
            static e => $"The kernel dropped {Number(e.Increase(Minutes5, static s => s.RadiusOverflows))} RADIUS answers within "
                + "5 minutes, because a receive buffer was full."),
        Node("LnsDynamicAuthorizationSocketOverflow", Severity.Warning, None, "radius",
            static e => e.Increase(Minutes5, static s => s.DynamicAuthorizationOverflows) > 0,
            static e => $"The kernel dropped {Number(e.Increase(Minutes5, static s => s.DynamicAuthorizationOverflows))} CoA and "
                + "Disconnect requests within 5 minutes, because the receive buffer was full."),
        Node("LnsLinesWait", Severity.Warning, Minutes10, "radius", static e => e.Now.LinesWaiting > 20 + (0.01 * e.Now.Sessions),
            static e => $"{Number(e.Now.LinesWaiting)} lines wait because their logins failed. Their logins are refused without a RADIUS "
                + "request."),
        Node("LnsLoginsRefused", Severity.Warning, Minutes10, "disconnects",
            static e => e.Rate(Minutes10, static s => s.LoginsRefused) is > 0.5 and var refused
                && refused > e.Rate(Minutes10, static s => s.LoginsAccepted),
            static _ => "The node refuses more logins than it accepts."),

        Node("LnsSpoolGrowing", Severity.Warning, Minutes5, "load",
            static e => e.Now.SpoolAge > Minutes15
                || (e.Now.SpoolRecords > 1000 && e.Now.SpoolRecords > e.Ago(Minutes10).SpoolRecords),
            static e => $"{Number(e.Now.SpoolRecords)} accounting records wait for a server, the oldest for "
                + $"{DurationText.Show(e.Now.SpoolAge.TotalSeconds)}."),
        Node("LnsSpoolFailing", Severity.Critical, Minute, "load", static e => e.Now.IsSpoolFailing,
            static _ => "The node cannot write its accounting spool (disk full?): a crash now would lose records."),
        Node("LnsAccountingLost", Severity.Critical, None, "load", static e => e.Increase(Minutes15, static s => s.SpoolLost) > 0,
            static e => $"The node lost {Number(e.Increase(Minutes15, static s => s.SpoolLost))} accounting records."),

        new("LnsPoolNearlyFull", Severity.Warning, Minutes5, "pools", static e =>
            from pool in e.Now.Pools
            where pool.Used > 0.9 * pool.Size && pool.Used < pool.Size
            select new Finding(pool.Name, $"Pool {pool.Name} is {Percent((double)pool.Used / pool.Size)} full: "
                + $"{Number(pool.Used)} of {Number(pool.Size)} addresses are in use.")),
        new("LnsPoolFull", Severity.Critical, Minute, "pools", static e =>
            from pool in e.Now.Pools
            where pool.Size > 0 && pool.Used >= pool.Size
            select new Finding(pool.Name, $"Pool {pool.Name} has no free address: all {Number(pool.Size)} are in use.")),
    ];

    private static ProblemRule Node(string name, Severity severity, TimeSpan after, string see, Func<Evidence, bool> holds,
        Func<Evidence, string> text) => new(name, severity, after, see, e => holds(e) ? [new Finding("", text(e))] : []);

    /// <summary>A rule for each service of each RADIUS server.</summary>
    private static ProblemRule Each(string name, Severity severity, TimeSpan after, Func<Evidence, ServerSnapshot, string?> wrong) =>
        new(name, severity, after, "radius", e =>
            from server in e.Now.Servers
            let what = wrong(e, server)
            where what is not null
            select new Finding($"{server.Name}, {server.Service}", $"RADIUS server {server.Name} ({server.Service}) {what}."));

    private static double? SetUpTime(Evidence e) => e.Quantile(0.95, Minutes5, NodeMeter.SetUpSeconds, static s => s.SetUpTimes);
    private static double GcShare(Evidence e) => e.Rate(Minutes5, static s => s.GcPause.TotalSeconds);
    private static double Retransmissions(Evidence e) => e.Rate(Minutes5, static s => s.Retransmissions);

    private static ServerSnapshot? Find(Snapshot s, ServerSnapshot wanted) =>
        s.Servers.FirstOrDefault(x => x.Name == wanted.Name && x.Service == wanted.Service);

    private static double? Latency(Evidence e, ServerSnapshot server) =>
        e.Quantile(0.95, Minutes5, LatencyBounds, s => Find(s, server)?.Latency ?? []);

    private static double Silent(Evidence e, ServerSnapshot server)
    {
        var silent = e.Increase(Minutes5, s => Find(s, server)?.Timeouts ?? 0);
        var all = silent + e.Increase(Minutes5, s => Find(s, server)?.Answers ?? 0);
        return all == 0 ? 0 : (double)silent / all;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
    private static string Decimal(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * share):0} %");
}

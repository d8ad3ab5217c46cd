using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Client;
using Akka.LNS.Server.Monitoring;

namespace Akka.LNS.Server.Tests.Monitoring;

/// <summary>The rules for problems, on readings of virtual time.</summary>
public partial class ProblemTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly Snapshot Calm = new() { Started = Start.AddDays(-9), RefuseFrom = 1000, Sessions = 500, MaxSessions = 10_000 };

    /// <summary>LnsDown is for Prometheus only: a node that is down has no strip of problems.</summary>
    private static readonly string[] OfPrometheusOnly = ["LnsDown"];

    [Fact]
    public void Rules_are_those_of_the_alert_file()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "grafana", "alerts.yml"));
        var alerts = text.Split("- alert: ")[1..].Select(static block => (Name: block.Split('\n')[0].Trim(),
            Severity: Match(SeverityLine(), block)!, For: Match(ForLine(), block) is { } time && DurationText.TryParse(time, out var its)
                ? its.Value : TimeSpan.Zero)).Where(static a => !OfPrometheusOnly.Contains(a.Name)).ToArray();
        Assert.Equal(alerts.Order(), ProblemRules.All.Select(static r => (r.Name, r.Severity.ToString().ToLowerInvariant(), r.For))
            .Order());

        static string? Match(Regex pattern, string block) => pattern.Match(block) is { Success: true } m ? m.Groups[1].Value : null;
    }

    [Fact]
    public void A_calm_node_has_no_problem() => Assert.Empty(After(TimeSpan.FromHours(1), static (_, s) => s));

    /// <summary>For each rule a node that has this problem: the minute since the problem began, and the snapshot without it.</summary>
    private static readonly Dictionary<string, Func<double, Snapshot, Snapshot>> Broken = new()
    {
        ["LnsRestarted"] = static (_, s) => s with { Started = Start },
        ["LnsClosed"] = static (_, s) => s with { Verdict = "closed", Reason = "RadiusDown" },
        ["LnsRefusesSome"] = static (_, s) => s with { Verdict = "early" },
        ["LnsLoadHigh"] = static (_, s) => s with { Load = 801 },
        ["LnsDraining"] = static (_, s) => s with { Verdict = "draining", DrainReason = "new cards" },
        ["LnsRefusals"] = static (m, s) => s with { Refusals = s.Refusals.Add(("lac-*", "LacSessions"), (long)(m * 120)) },
        ["LnsSessionsGone"] = static (m, s) => s with { Sessions = m < 8 ? 500 : 249 },
        ["LnsSessionsNearLimit"] = static (_, s) => s with { Sessions = 9_001 },
        ["LnsSetUpSlow"] = static (m, s) => s with { SetUpTimes = At(NodeMeter.SetUpSeconds.Count + 1, 14, (long)(m * 100)) },
        ["LnsInternalErrors"] = static (m, s) => s with { InternalErrors = s.InternalErrors.Add("Link", m < 5 ? 3 : 4) },
        ["LnsApiCertificateExpires"] = static (_, s) => s with { CertificateExpires = Start.AddDays(14) },
        ["LnsGcPauses"] = static (m, s) => s with { GcPause = TimeSpan.FromSeconds(m * 7) },
        ["LnsControlRetransmissions"] = static (m, s) => s with { Retransmissions = (long)(m * 60), ControlOut = (long)(m * 600) },
        ["LnsTunnelsLost"] = static (m, s) => s with { TunnelTimeouts = m < 8 ? 2 : 4 },
        ["LnsSendFailures"] = static (m, s) => s with { SendFailures = s.SendFailures.Add("SendFailed", (long)(m * 120)) },
        ["LnsDataPlaneFailed"] = static (_, s) => s with { PlaneFailure = "the device lns0 is gone" },
        ["LnsRouteProblems"] = static (m, s) => s with { RouteProblems = s.RouteProblems.Add("Kernel", m < 5 ? 3 : 4) },
        ["LnsSocketOverflow"] = static (m, s) => s with { L2tpOverflows = m < 8 ? 7 : 8 },
        ["LnsLogDropped"] = static (m, s) => s with { LogDropped = s.LogDropped.Add("file", m < 5 ? 3 : 4).Add("console", 3) },
        ["LnsTraceDropped"] = static (m, s) => s with { TraceDropped = m < 8 ? 7 : 8 },
        ["LnsRadiusSocketOverflow"] = static (m, s) => s with { RadiusOverflows = m < 8 ? 7 : 8 },
        ["LnsDynamicAuthorizationSocketOverflow"] = static (m, s) => s with { DynamicAuthorizationOverflows = m < 8 ? 7 : 8 },
        ["LnsLinesWait"] = static (_, s) => s with { LinesWaiting = 26 },
        ["LnsRadiusUnavailable"] = static (_, s) => s with { CanAuthenticate = false },
        ["LnsRadiusServerDown"] = static (_, s) => s with { Servers = [Server(isUp: false)] },
        ["LnsRadiusSlow"] = static (m, s) => s with { Servers = [Server(answers: (long)(m * 60), slot: 9)] },
        ["LnsRadiusTimeouts"] = static (m, s) => s with { Servers = [Server(answers: (long)(m * 60), timeouts: (long)(m * 6))] },
        ["LnsLoginsWait"] = static (_, s) => s with { LoginWaits = TimeSpan.FromSeconds(6) },
        ["LnsLoginsRefused"] = static (m, s) => s with { LoginsRefused = (long)(m * 60), LoginsAccepted = (long)(m * 50) },
        ["LnsSpoolGrowing"] = static (m, s) => s with { SpoolRecords = 1001 + (long)(m * 10) },
        ["LnsSpoolFailing"] = static (_, s) => s with { IsSpoolFailing = true },
        ["LnsAccountingLost"] = static (m, s) => s with { SpoolLost = m < 8 ? 0 : 1 },
        ["LnsPoolNearlyFull"] = static (_, s) => s with { Pools = [new PoolSnapshot("p", 91, 100)] },
        ["LnsPoolFull"] = static (_, s) => s with { Pools = [new PoolSnapshot("p", 100, 100), new PoolSnapshot("empty", 0, 0)] },
    };

    [Fact]
    public void Each_rule_has_a_case() => Assert.Equal(ProblemRules.All.Select(static r => r.Name).Order(), Broken.Keys.Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void A_node_with_one_problem_shows_this_problem_only(string name)
    {
        var rule = ProblemRules.All.Single(r => r.Name == name);
        var found = After(TimeSpan.FromMinutes(9) + rule.For, Broken[name]);
        var problem = Assert.Single(found, p => p.Name == name);
        Assert.Equal(("firing", rule.Severity.ToString().ToLowerInvariant(), rule.See), (problem.State, problem.Severity, problem.See));
        Assert.NotEmpty(problem.Text);
        Assert.DoesNotContain(found, p => p.Name != name && p.State == "firing");
    }

    public static TheoryData<string> Names() => [.. Broken.Keys];

    [Fact]
    public void A_problem_is_pending_until_it_has_held_for_its_time()
    {
        var watch = new ProblemWatch();
        var full = Calm with { Pools = [new PoolSnapshot("p", 5, 5)] };
        Assert.Equal("pending", Assert.Single(watch.Look(full with { At = Start })).State);
        Assert.Equal("pending", Assert.Single(watch.Look(full with { At = Start.AddSeconds(59) })).State);
        var firing = Assert.Single(watch.Look(full with { At = Start.AddSeconds(60) }));
        Assert.Equal(("firing", Start, "p", "pools"), (firing.State, firing.Since, firing.Subject, firing.See));
        Assert.Empty(watch.Look(Calm with { At = Start.AddSeconds(62) }));
        Assert.Equal("pending", Assert.Single(watch.Look(full with { At = Start.AddSeconds(64) })).State); // anew
    }

    [Fact]
    public void The_most_severe_problem_is_the_first()
    {
        var found = After(TimeSpan.FromMinutes(20), static (_, s) => s with
        {
            Verdict = "draining",
            IsSpoolFailing = true,
            Pools = [new PoolSnapshot("p", 95, 100)],
        });
        Assert.Equal(["critical", "warning", "info"], found.Select(static p => p.Severity));
    }

    [Fact]
    public void Lines_of_every_day_that_wait_and_drops_of_long_ago_are_no_problem() =>
        Assert.Empty(After(TimeSpan.FromHours(1), static (_, s) => s with
        {
            LinesWaiting = 25, // 20, and one of a hundred of the 500 sessions
            L2tpOverflows = 9,
            RadiusOverflows = 9,
            DynamicAuthorizationOverflows = 9,
            TraceDropped = 9,
            LogDropped = s.LogDropped.Add("file", 9),
            RouteProblems = s.RouteProblems.Add("Kernel", 9).Add("Needed", 9),
        }));

    [Fact]
    public void The_text_of_a_failed_data_plane_has_the_reason() =>
        Assert.Equal("The data plane does not forward: the device lns0 is gone. The node tries to repair it each second.",
            Assert.Single(After(TimeSpan.FromMinutes(2), static (_, s) => s with { PlaneFailure = "the device lns0 is gone" })).Text);

    [Fact]
    public void The_text_of_a_full_pool_names_pool_and_size() => Assert.Equal("Pool p has no free address: all 1,234 are in use.",
        Assert.Single(After(TimeSpan.FromMinutes(2), static (_, s) => s with { Pools = [new PoolSnapshot("p", 1234, 1234)] })).Text);

    [Theory]
    [InlineData(0.5, 15.0)]
    [InlineData(0.95, 19.5)]
    [InlineData(1.0, 20.0)]
    public void A_quantile_is_interpolated_in_its_bucket(double share, double expected) =>
        Assert.Equal(expected, Histogram.Quantile(share, [10.0, 20.0, 40.0], [5, 105, 7, 0], [5, 5, 7, 0])!.Value, 1e-9);

    [Fact]
    public void A_quantile_of_nothing_is_none() => Assert.Null(Histogram.Quantile(0.5, [10.0, 20.0], [5, 5, 5], [5, 5, 5]));

    private static ImmutableArray<long> At(int length, int slot, long count) =>
        [.. Enumerable.Range(0, length).Select(i => i == slot ? count : 0)];

    private static ServerSnapshot Server(bool isUp = true, long answers = 0, long timeouts = 0, int slot = 0) =>
        new("first", "authentication", isUp, answers, timeouts, At(13, slot, answers));

    private static IReadOnlyList<NodeProblem> After(TimeSpan time, Func<double, Snapshot, Snapshot> change)
    {
        var watch = new ProblemWatch();
        IReadOnlyList<NodeProblem> found = [];
        for (var at = TimeSpan.Zero; at <= time; at += TimeSpan.FromSeconds(5))
            found = watch.Look(change(at.TotalMinutes, Calm with { At = Start + at }));
        return found;
    }

    [GeneratedRegex(@"severity: (\w+)")]
    private static partial Regex SeverityLine();

    [GeneratedRegex(@"\n\s+for: (\w+)")]
    private static partial Regex ForLine();
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Metrics;

/// <summary>Metrics of a node with subscribers, and the shipped files for Prometheus: rules, dashboard, configuration.</summary>
public partial class MetricsTests(MetricsLab lab) : IClassFixture<MetricsLab>
{
    private static readonly string Shipped = Path.Combine(Repository.Root, "deploy", "grafana");

    [Fact]
    public async Task A_scrape_passes_promtool() => await Promtool.Accepts((await lab.Scraped()).Text, Shipped, "check", "metrics");

    [Fact]
    public async Task Counts_are_those_of_the_node()
    {
        await ApiLab.Until(async () => (await lab.Scraped())["akka_lns_sessions_in_setup{}"] == 0);
        var now = await lab.Scraped();
        foreach (var (series, expected) in new (string, double)[]
        {
            ("akka_lns_tunnels{}", MetricsLab.Tunnels), ("akka_lns_tunnels_opened_total{}", MetricsLab.Tunnels),
                ("akka_lns_setups_total{}", MetricsLab.Count),
            ("""akka_lns_logins_total{result="accepted"}""", MetricsLab.Count), ("""akka_lns_logins_total{result="refused"}""", 0),
            ("""akka_lns_verdict{verdict="open"}""", 1), ("""akka_lns_verdict{verdict="closed"}""", 0),
            ("""akka_lns_pool_addresses{pool="p"}""", 100), ("akka_lns_radius_workers{}", 16), ("akka_lns_radius_available{}", 1),
            ("""akka_lns_radius_server_up{server="first",service="authentication"}""", 1),
            ("""akka_lns_radius_server_answers_total{server="first",service="authentication"}""", MetricsLab.Count),
            ("akka_lns_spool_lost_total{}", 0),
                ("akka_lns_control_retransmissions_total{}", now["akka_lns_control_retransmissions_total{}"] ?? -1),
        }) Assert.Equal((series, expected), (series, now[series]));
        Assert.True(now["""akka_lns_dataplane_control_messages_total{direction="in"}"""] > MetricsLab.Count);
        Assert.InRange(now["akka_lns_start_time_seconds{}"]!.Value, DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds(),
            DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds());
    }

    /// <summary>What a phase takes begins where the one before ended, so together they are the whole.</summary>
    [Fact]
    public async Task The_phases_of_a_set_up_add_up_to_its_time()
    {
        var now = await lab.Scraped();
        var sum = 0.0;
        foreach (var phase in new[] { "call", "link", "authentication", "network" })
        {
            Assert.Equal((phase, MetricsLab.Count), (phase, now[$$"""akka_lns_setup_duration_seconds_count{phase="{{phase}}"}"""]));
            sum += now[$$"""akka_lns_setup_duration_seconds_sum{phase="{{phase}}"}"""]!.Value;
        }
        Assert.Equal(MetricsLab.Count, now["""akka_lns_setup_duration_seconds_count{phase="total"}"""]);
        Assert.Equal(now["""akka_lns_setup_duration_seconds_sum{phase="total"}"""]!.Value, sum, 1e-6);
        Assert.Equal(MetricsLab.Count, now["""akka_lns_setup_duration_seconds_bucket{le="+Inf",phase="total"}"""]);
    }

    [Fact]
    public async Task An_end_counts_by_layer_and_cause()
    {
        const string Series = """akka_lns_disconnects_total{cause="AdministrativeReset",layer="Bundle"}""";
        var used = """akka_lns_pool_addresses_used{pool="p"}""";
        var before = await lab.Scraped();
        var dropped = await lab.Root.PostAsJsonAsync("/api/v1/sessions/drop", new { user = Subscribers.Name(3), reason = "a test" },
            TestContext.Current.CancellationToken);
        Assert.True(dropped.IsSuccessStatusCode, await dropped.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await ApiLab.Until(async () => (await lab.Scraped())["akka_lns_sessions{}"] == before["akka_lns_sessions{}"] - 1
            && (await lab.Scraped())[used] == before[used] - 1);
        var after = await lab.Scraped();
        var ended = after.Text.Split('\n').Where(static l => l.StartsWith("akka_lns_disconnects_total{", StringComparison.Ordinal))
            .Where(static l => !l.EndsWith(" 0", StringComparison.Ordinal));
        Assert.StartsWith(Series, Assert.Single(ended), StringComparison.Ordinal);
        Assert.Equal((before[Series] ?? 0) + 1, after[Series]);
    }

    [Fact]
    public async Task Sessions_set_ups_ends_and_tunnels_have_the_entry_of_the_lac()
    {
        const string Operator = """akka_lns_lac_disconnects_total{class="Operator",lac="*"}""";
        const string Sessions = """akka_lns_lac_sessions{lac="*"}""";
        var before = await lab.Scraped();
        Assert.Equal((MetricsLab.Tunnels, MetricsLab.Count),
            (before["""akka_lns_lac_tunnels{lac="*"}"""], before["""akka_lns_lac_setups_total{lac="*"}"""]));
        Assert.Equal(before["akka_lns_sessions{}"], before[Sessions]);
        Assert.Equal(0, before["""akka_lns_lac_setups_failed_total{class="Login",lac="*"}"""]);
        var dropped = await lab.Root.PostAsJsonAsync("/api/v1/sessions/drop", new { user = Subscribers.Name(5) },
            TestContext.Current.CancellationToken);
        Assert.True(dropped.IsSuccessStatusCode);
        await ApiLab.Until(async () => (await lab.Scraped())[Operator] == (before[Operator] ?? 0) + 1);
        Assert.Equal(before[Sessions] - 1, (await lab.Scraped())[Sessions]);
    }

    [Fact]
    public async Task No_label_grows_with_subscribers_or_lacs()
    {
        var text = (await lab.Scraped()).Text;
        foreach (var own in new[] { "example.net", "100.64.", "127.0.0.1", "\"lac-", "u000" }) Assert.DoesNotContain(own, text,
            StringComparison.Ordinal);
        Assert.InRange(text.Split('\n').Length, 100, 600);
    }

    [Fact]
    public async Task The_role_read_can_scrape()
    {
        using var stranger = lab.Lnsd.OverTcp();
        using var refused = await stranger.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var prometheus = lab.Lnsd.OverTcp(MetricsLab.Token);
        Assert.Contains("akka_lns_sessions{} ", await prometheus.GetStringAsync("/metrics", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_and_configuration_are_valid()
    {
        await Promtool.Accepts(null, Shipped, "check", "rules", "alerts.yml");
        await Promtool.Accepts(null, Shipped, "test", "rules", "alerts.test.yml");
        await Promtool.Accepts(null, Shipped, "check", "config", "--syntax-only", "prometheus.yml");
    }

    [Fact]
    public async Task Every_expression_of_the_dashboard_is_valid()
    {
        using var folder = new TemporaryFolder();
        var rules = DashboardExpressions().Select(static (e, i) => $"    - record: panel_{i}\n      expr: {JsonSerializer.Serialize(e
            .Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$instance", "x", StringComparison.Ordinal))}");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "panels.yml"),
            $"groups:\n- name: panels\n  rules:\n{string.Join('\n', rules)}\n", TestContext.Current.CancellationToken);
        await Promtool.Accepts(null, folder.Path, "check", "rules", "panels.yml");
    }

    [Fact]
    public async Task Rules_and_dashboard_name_only_metrics_that_are_there()
    {
        var there = (await lab.Scraped()).Names;
        var rules = Regex.Matches(Repository.Read("deploy", "grafana", "alerts.yml"), """(?m)^ +expr:(?<e> .*(\n {10,}.*)*)""")
            .Select(static m => m.Groups["e"].Value).ToArray();
        Assert.True(rules.Length > 20, $"{rules.Length} rules");
        var dashboard = DashboardExpressions().ToArray();
        Assert.True(dashboard.Length > 60, $"{dashboard.Length} expressions");
        var named = rules.Concat(dashboard).SelectMany(static e => Metric().Matches(e)).Select(static m => m.Value).Distinct().ToArray();
        Assert.True(named.Length > 50, $"{named.Length} metrics");
        Assert.Equal([], named.Except([.. there, "up"]));
    }

    /// <summary>All of the panels, annotations and variables.</summary>
    private static List<string> DashboardExpressions()
    {
        using var dashboard = JsonDocument.Parse(Repository.Read("deploy", "grafana", "dashboard.json"));
        var found = new List<string>();
        Collect(dashboard.RootElement, found);
        return found;

        static void Collect(JsonElement element, List<string> into)
        {
            if (element.ValueKind == JsonValueKind.Array)
                foreach (var item in element.EnumerateArray()) Collect(item, into);
            if (element.ValueKind != JsonValueKind.Object) return;
            foreach (var property in element.EnumerateObject())
            {
                if (property.NameEquals("expr")) into.Add(property.Value.GetString()!);
                else if (property.NameEquals("definition"))
                    into.Add(Regex.Match(property.Value.GetString()!, @"label_values\((?<m>\w+),").Groups["m"].Value);
                else Collect(property.Value, into);
            }
        }
    }

    /// <summary>A selector, as our expressions write them: ours, the runtime's, or anything that has braces or a range behind it.</summary>
    [GeneratedRegex(@"\b(akka_lns|dotnet)_\w+|\b[a-z_:]\w*(?=[{\[])")]
    private static partial Regex Metric();
}

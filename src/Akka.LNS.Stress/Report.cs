using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.LNS.Stress.Figures;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Scenarios;
using Spectre.Console;

namespace Akka.LNS.Stress;

/// <summary>Result of a run: a table on the console, JSON, plots.</summary>
internal sealed class Report(
    string name, StressOptions options, int sessions, int tunnels, Stage stage, LoadReport load, RadiusResponder radius, string? problem,
    DateTimeOffset at)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Web) { WriteIndented = true };

    public bool Held => problem is null && stage.Expectations.Count > 0 && stage.Expectations.All(static e => e.Held);

    public void Print()
    {
        var samples = stage.Sampler.Samples;
        var (sent, logins) = (load.Counters, radius.Counts);
        var table = new Table().Border(TableBorder.Simple).HideHeaders().AddColumn("").AddColumn("");
        table.AddRow("set-ups", string.Join(", ", Text($"{sent.SetUps:N0}; p50 {Milliseconds(0.5):N0} ms"),
            Text($"p90 {Milliseconds(0.9):N0} ms"), Text($"p99 {Milliseconds(0.99):N0} ms"), Text($"maximum {Milliseconds(1):N0} ms")));
        table.AddRow("refused, failed, lost", Text($"{sent.Refused:N0}, {sent.Failed:N0}, {sent.Lost:N0}"));
        table.AddRow("retransmitted", string.Join(", ", Text($"PPP requests by the subscribers {sent.PppRetransmits:N0}"),
            Text($"control messages by the LACs {sent.ControlRetransmits:N0}"),
            Text($"control messages by the LNS {sent.ControlDuplicates:N0}")));
        table.AddRow("RADIUS", string.Join(", ", Text($"logins {logins.Access:N0}"), Text($"Starts {logins.Starts:N0}"),
            Text($"Interims {logins.Interims:N0}"), Text($"Stops {logins.Stops:N0}"), Text($"duplicates {logins.Duplicates:N0}"),
            Text($"invalid (not answered) {logins.Invalid:N0}"), Text($"maximum outstanding {logins.MaxOutstanding:N0}")));
        if (samples.Max(static s => s.ResidentOctets) is { } most)
            table.AddRow("maximum memory of the LNS", Text($"{most / 1048576.0:N0} MiB"));
        if (samples.Max(static s => s.Lns?.Load) is { } height) table.AddRow("maximum Load", Text($"{height:N0}"));
        table.AddRow("CPU of the LACs", Text(
            $"{load.CpuTime.TotalSeconds:F1} s, {load.CpuTime.TotalMilliseconds / Math.Max(1, sent.SetUps):F3} ms per set-up"));
        table.AddRow("CPU of RADIUS", Text($"{radius.CpuTime.TotalSeconds:F1} s"));
        foreach (var (what, value) in stage.Figures) table.AddRow(Markup.Escape(what), Markup.Escape(value));
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (System.Console.IsOutputRedirected) console.Profile.Width = 220;
        console.Write(table);
        foreach (var (why, count) in load.Failures.OrderByDescending(static f => f.Value).Take(20))
            System.Console.WriteLine($"  {count,8} x {why}");
        System.Console.WriteLine();
        foreach (var (what, held, found) in stage.Expectations)
            System.Console.WriteLine($"  {(held ? "HELD  " : "BROKEN")}  {what}{(found.Length > 0 ? $": {found}" : "")}");
        if (problem is not null) System.Console.WriteLine($"  BROKEN  {problem}");
        System.Console.WriteLine($"{name}: {(Held ? "all expectations held" : "NOT ALL EXPECTATIONS HELD")}");

        double Milliseconds(double share) => load.Latency(share).TotalMilliseconds;
        static string Text(FormattableString text) => Markup.Escape(text.ToString(CultureInfo.InvariantCulture));
    }

    public async Task SaveAsync()
    {
        if (options.Json is { } file) await File.WriteAllTextAsync(file, ToJson().ToJsonString(Indented) + "\n");
        var samples = stage.Sampler.Samples;
        if (options.Plots is not { } directory || samples.Count < 2) return;
        Directory.CreateDirectory(directory);
        var title = string.Create(CultureInfo.InvariantCulture,
            $"{name}: {sessions:N0} sessions, {tunnels:N0} tunnels   |   {Machine.Description}   |   {at:yyyy-MM-dd}");
        System.Console.WriteLine(Plots.Save(directory, name, title, samples, stage.Steps));
    }

    private JsonObject ToJson() => new()
    {
        ["scenario"] = name, ["at"] = at, ["machine"] = Machine.Description, ["seed"] = options.Seed, ["sessions"] = sessions,
        ["tunnels"] = tunnels, ["held"] = Held, ["problem"] = problem,
        ["expectations"] = new JsonArray([.. stage.Expectations.Select(static e =>
            new JsonObject { ["what"] = e.What, ["held"] = e.Held, ["found"] = e.Found })]),
        ["figures"] = new JsonObject(stage.Figures.Select(static f => KeyValuePair.Create<string, JsonNode?>(f.Name, f.Value))),
        ["setUps"] = load.Counters.SetUps, ["refused"] = load.Counters.Refused, ["failed"] = load.Counters.Failed,
        ["lost"] = load.Counters.Lost,
        ["reasons"] = new JsonObject(load.Failures.Select(static f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value))),
        ["latencyMilliseconds"] = new JsonObject
        {
            ["p50"] = load.Latency(0.5).TotalMilliseconds, ["p90"] = load.Latency(0.9).TotalMilliseconds,
            ["p99"] = load.Latency(0.99).TotalMilliseconds, ["max"] = load.Latency(1).TotalMilliseconds,
        },
        ["generatorCpuSeconds"] = load.CpuTime.TotalSeconds,
        ["radius"] = new JsonObject
        {
            ["logins"] = radius.Counts.Access, ["starts"] = radius.Counts.Starts, ["interims"] = radius.Counts.Interims,
            ["stops"] = radius.Counts.Stops, ["duplicates"] = radius.Counts.Duplicates, ["invalid"] = radius.Counts.Invalid,
            ["maxOutstanding"] = radius.Counts.MaxOutstanding, ["cpuSeconds"] = radius.CpuTime.TotalSeconds,
        },
        ["steps"] = new JsonArray([.. stage.Steps.Select(static s => new JsonObject { ["at"] = s.At.TotalSeconds, ["name"] = s.Name })]),
        ["samples"] = new JsonArray([.. stage.Sampler.Samples.Select(static s => new JsonObject
        {
            ["at"] = Math.Round(s.At.TotalSeconds, 3), ["up"] = s.Up, ["inSetup"] = s.InSetup, ["setUps"] = s.SetUps,
            ["refused"] = s.Refused, ["lost"] = s.Lost, ["radiusOutstanding"] = s.RadiusOutstanding, ["cpuShare"] = s.CpuShare,
            ["residentOctets"] = s.ResidentOctets,
            ["lns"] = JsonSerializer.SerializeToNode(s.Lns, JsonSerializerOptions.Web),
        })]),
    };
}

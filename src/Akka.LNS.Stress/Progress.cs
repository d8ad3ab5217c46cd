using System.Globalization;
using Akka.LNS.Stress.Figures;
using Spectre.Console;

namespace Akka.LNS.Stress;

/// <summary>What goes on, while it goes on: a live table in a terminal, a line every few seconds elsewhere.</summary>
internal static class Progress
{
    private static readonly TimeSpan Live = TimeSpan.FromMilliseconds(250), Plain = TimeSpan.FromSeconds(5);

    public static async Task ShowAsync(string name, Sampler sampler, Task until)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            while (await Task.WhenAny(until, Task.Delay(Plain)) != until)
                if (sampler.Latest is { } sample) Console.WriteLine(Line(sample));
            return;
        }
        await AnsiConsole.Live(new Text("")).StartAsync(async live =>
        {
            do
            {
                if (sampler.Latest is { } sample) live.UpdateTarget(Picture(name, sample));
            }
            while (await Task.WhenAny(until, Task.Delay(Live)) != until);
        });
    }

    internal static string Line(Sample s) => string.Create(CultureInfo.InvariantCulture,
        $"{s.At.TotalSeconds,6:F0} s  {s.Step,-28} up {s.Up,7:N0}  in set-up {s.InSetup,7:N0}  set-ups {s.SetUps,9:N0}  refused {s.Refused,7:N0}  lost {s.Lost,3:N0}  RADIUS {s.RadiusOutstanding,4:N0}{(
            s.Lns?.Load is { } load ? string.Create(CultureInfo.InvariantCulture, $"  Load {load,7:N0}") : "")}{(
            s.CpuShare is { } cpu ? string.Create(CultureInfo.InvariantCulture, $"  CPU {cpu * 100,4:F0} %") : "")}{(
            s.ResidentOctets is { } memory ? string.Create(CultureInfo.InvariantCulture, $"  {memory / 1048576.0,5:F0} MiB") : "")}");

    private static Table Picture(string name, Sample s)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"[bold]{name}[/]  {Markup.Escape(s.Step)}  [grey]{s.At:hh\\:mm\\:ss}[/]");
        table.AddColumn("subscribers").AddColumn("", static c => c.RightAligned()).AddColumn("LNS").AddColumn("", static c => c.RightAligned());
        Row("up", s.Up, "sessions", s.Lns?.Sessions);
        Row("in set-up", s.InSetup, "links, bundles", s.Lns?.Links, s.Lns?.Bundles);
        Row("set-ups", s.SetUps, "serial, parallel queue", s.Lns?.SerialDepth, s.Lns?.ParallelDepth);
        Row("refused", s.Refused, "Load", s.Lns?.Load);
        Row("lost", s.Lost, "CPU, %", s.CpuShare * 100);
        Row("RADIUS outstanding", s.RadiusOutstanding, "memory, MiB", s.ResidentOctets / 1048576.0);
        return table;

        void Row(string left, double value, string right, params double?[] values) =>
            table.AddRow(left, value.ToString("N0", CultureInfo.InvariantCulture), right,
                string.Join(", ", values.Select(static v => v?.ToString("N0", CultureInfo.InvariantCulture) ?? "-")));
    }
}

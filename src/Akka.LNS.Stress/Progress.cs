using System.Globalization;
using System.Text;
using Akka.LNS.Stress.Figures;
using Spectre.Console;

namespace Akka.LNS.Stress;

/// <summary>Progress of a run: a live table in a terminal, else a line every 5 s.</summary>
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

    internal static string Line(Sample s)
    {
        var line = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        line.Append(culture, $"{s.At.TotalSeconds,6:F0} s  {s.Step,-28} up {s.Up,7:N0}  in set-up {s.InSetup,7:N0}");
        line.Append(culture, $"  set-ups {s.SetUps,9:N0}");
        line.Append(culture, $"  refused {s.Refused,7:N0}  lost {s.Lost,3:N0}  RADIUS {s.RadiusOutstanding,4:N0}");
        if (s.Lns?.Load is { } load) line.Append(culture, $"  Load {load,7:N0}");
        if (s.CpuShare is { } cpu) line.Append(culture, $"  CPU {cpu * 100,4:F0} %");
        if (s.ResidentOctets is { } memory) line.Append(culture, $"  {memory / 1048576.0,5:F0} MiB");
        return line.ToString();
    }

    private static Table Picture(string name, Sample s)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .Title($"[bold]{name}[/]  {Markup.Escape(s.Step)}  [grey]{s.At:hh\\:mm\\:ss}[/]");
        table.AddColumn("subscribers").AddColumn("", static c => c.RightAligned());
        table.AddColumn("LNS").AddColumn("", static c => c.RightAligned());
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

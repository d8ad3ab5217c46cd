using System.Globalization;
using ScottPlot;

namespace Akka.LNS.Stress.Figures;

/// <summary>Pictures of a run over time: one PNG with a panel for each kind of figure.</summary>
internal static class Plots
{
    private const int Width = 1400, PanelHeight = 300;
    private static readonly Color Ink = Color.FromHex("#2b2f36");
    private static readonly string[] Colours = ["#1f6fb4", "#e07b1a", "#2a9d5c", "#b4364a", "#7a57b8", "#6b7280"];

    private const string FontDirectory = "/usr/share/fonts/truetype";
    private static readonly (string Plain, string Bold)[] FontFiles =
    [
        ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"), ("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf"),
        ("noto/NotoSans-Regular.ttf", "noto/NotoSans-Bold.ttf"),
    ];

    private readonly record struct Line(string Label, Func<Sample, double?> Value, bool Fills = false);

    /// <summary>Writes DIRECTORY/NAME.png.</summary>
    public static string Save(string directory, string name, string title, IReadOnlyList<Sample> samples, IReadOnlyList<(TimeSpan At, string Name)> steps)
    {
        (string Axis, Line[] Lines)[] all =
        [
            ("sessions", [new("up (subscribers)", static s => s.Up, Fills: true), new("in set-up (subscribers)", static s => s.InSetup),
                new("sessions (LNS)", static s => s.Lns?.Sessions), new("links (LNS)", static s => s.Lns?.Links), new("bundles (LNS)", static s => s.Lns?.Bundles)]),
            ("set-ups per second", [new("set-ups per second", null!)]),
            ("messages waiting", [new("serial queue", static s => s.Lns?.SerialDepth), new("parallel queue", static s => s.Lns?.ParallelDepth)]),
            ("Load", [new("Load", static s => s.Lns?.Load, Fills: true), new("refuse-from", static s => s.Lns?.RefuseFrom), new("refuse-all", static s => s.Lns?.RefuseAll)]),
            ("refused, RADIUS", [new("calls refused so far", static s => s.Refused), new("RADIUS outstanding", static s => s.RadiusOutstanding)]),
            ("CPU of the LNS, %", [new("100 % = one processor", static s => s.CpuShare * 100, Fills: true)]),
            ("memory of the LNS, MiB", [new("resident", static s => s.ResidentOctets / 1048576.0), new("GC heap", static s => s.Lns?.Process?.GcHeapOctets / 1048576.0)]),
        ];
        UseFont();
        var rates = Rates(samples);
        var panels = new List<Plot>();
        foreach (var (axis, lines) in all)
        {
            var plot = new Plot();
            var drawn = 0;
            foreach (var line in lines)
            {
                var points = line.Value is null ? rates
                    : [.. samples.Where(s => line.Value(s) is not null).Select(s => new Coordinates(s.At.TotalSeconds, line.Value(s)!.Value))];
                if (points.Count == 0) continue;
                var scatter = plot.Add.ScatterLine(points.ToArray(), Color.FromHex(Colours[drawn++ % Colours.Length]));
                scatter.LineWidth = 2;
                scatter.LegendText = line.Label;
                if (!line.Fills) continue;
                scatter.FillY = true;
                scatter.FillYColor = scatter.Color.WithAlpha(0.15);
            }
            if (drawn == 0) continue;
            Dress(plot, axis, samples[^1].At, steps, isFirst: panels.Count == 0);
            panels.Add(plot);
        }
        panels[0].Title(title, 20);
        panels[^1].XLabel("time, s", 15);
        var picture = new Multiplot();
        while (picture.Subplots.Count > 0) picture.RemovePlot(picture.GetPlot(0)); // it begins with an empty one
        foreach (var panel in panels) picture.AddPlot(panel);
        picture.Layout = new ScottPlot.MultiplotLayouts.Rows();
        var file = Path.Combine(directory, $"{name}.png");
        picture.SavePng(file, Width, PanelHeight * panels.Count);
        return file;
    }

    /// <summary>The library that draws brings no font and asks the system for none: take one that is there. Without one the pictures have no text.</summary>
    private static void UseFont()
    {
        const string Name = "lns-stress";
        foreach (var (plain, bold) in FontFiles)
        {
            var (file, heavy) = (Path.Combine(FontDirectory, plain), Path.Combine(FontDirectory, bold));
            if (!File.Exists(file)) continue;
            Fonts.AddFontFile(Name, file);
            Fonts.AddFontFile(Name, File.Exists(heavy) ? heavy : file, bold: true);
            Fonts.Default = Fonts.Sans = Name;
            return;
        }
        Console.Error.WriteLine($"lns-stress: no font in {FontDirectory}: the pictures have no text (Debian: fonts-dejavu-core)");
    }

    private static List<Coordinates> Rates(IReadOnlyList<Sample> samples)
    {
        var rates = new List<Coordinates>();
        var from = 0;
        for (var i = 1; i < samples.Count; i++)
        {
            while (from + 1 < i && samples[i].At - samples[from].At > TimeSpan.FromSeconds(1)) from++;
            var seconds = (samples[i].At - samples[from].At).TotalSeconds;
            if (seconds > 0.2) rates.Add(new Coordinates(samples[i].At.TotalSeconds, (samples[i].SetUps - samples[from].SetUps) / seconds));
        }
        return rates;
    }

    private static void Dress(Plot plot, string axis, TimeSpan end, IReadOnlyList<(TimeSpan At, string Name)> steps, bool isFirst)
    {
        plot.Axes.Color(Ink);
        plot.Grid.MajorLineColor = Color.FromHex("#e4e7ec");
        plot.YLabel(axis, 15);
        plot.Axes.Left.TickLabelStyle.FontSize = plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = 110; // so that all panels have one time axis
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
        {
            LabelFormatter = static v => v.ToString(Math.Abs(v) < 10 && v != Math.Floor(v) ? "0.##" : "#,##0", CultureInfo.InvariantCulture),
        };
        plot.Axes.AutoScale();
        var top = plot.Axes.GetLimits().Top;
        plot.Axes.SetLimits(0, Math.Max(1, end.TotalSeconds), 0, Math.Max(1, top * (isFirst ? 1.12 : 1.05)));
        var last = double.NegativeInfinity;
        foreach (var (at, name) in steps)
        {
            var mark = plot.Add.VerticalLine(at.TotalSeconds, 1, Color.FromHex("#9aa1ab"), LinePattern.Dotted);
            mark.ExcludeFromLegend = true;
            if (!isFirst || at.TotalSeconds - last < end.TotalSeconds * 0.09) continue; // no room for its name
            last = at.TotalSeconds;
            var text = plot.Add.Text(name.Length > 24 ? name[..23] + "…" : name, at.TotalSeconds, Math.Max(1, top * 1.12));
            text.LabelFontSize = 12;
            text.LabelFontColor = Color.FromHex("#5b6470");
            text.LabelAlignment = Alignment.UpperLeft;
        }
        plot.ShowLegend(Alignment.UpperRight);
        plot.Legend.FontSize = 13;
        plot.Legend.BackgroundColor = Colors.White.WithAlpha(0.8);
        plot.Legend.OutlineColor = Color.FromHex("#d5d9e0");
        plot.Legend.ShadowColor = Colors.Transparent;
    }
}

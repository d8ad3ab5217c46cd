using System.Globalization;
using ScottPlot;

namespace Akka.LNS.Stress.Figures;

/// <summary>Plots of a run over time: one PNG with a panel for each kind of figure.</summary>
internal static class Plots
{
    private const int Width = 1500, PanelHeight = 280;
    private const int AxisWidth = 110, LegendWidth = 210, DataWidth = Width - AxisWidth - LegendWidth - 20;
    private const int NameSize = 12;
    private const string Refused = "calls refused";
    private const double NamesTop = 1.2; // times the highest value: the names of the steps are above it
    private static readonly Color Ink = Color.FromHex("#2b2f36");
    private static readonly string[] Colours = ["#1f6fb4", "#e07b1a", "#2a9d5c", "#b4364a", "#7a57b8", "#6b7280"];

    private const string FontDirectory = "/usr/share/fonts/truetype";
    private static readonly (string Plain, string Bold)[] FontFiles =
    [
        ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"),
        ("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf"),
        ("noto/NotoSans-Regular.ttf", "noto/NotoSans-Bold.ttf"),
    ];

    private readonly record struct Line(string Label, Func<Sample, double?> Value, bool Fills = false);

    /// <summary>Writes DIRECTORY/NAME.png.</summary>
    public static string Save(
        string directory, string name, string title, IReadOnlyList<Sample> samples, IReadOnlyList<(TimeSpan At, string Name)> steps)
    {
        (string Axis, Line[] Lines)[] all =
        [
            ("sessions", [new("up (subscribers)", static s => s.Up, Fills: true), new("in set-up (subscribers)", static s => s.InSetup),
                new("sessions (LNS)", static s => s.Lns?.Sessions), new("links (LNS)", static s => s.Lns?.Links),
                new("bundles (LNS)", static s => s.Lns?.Bundles), new("paths (LNS)", static s => s.Lns?.Paths)]),
            ("set-ups per second", [new("set-ups per second", null!)]),
            ("messages waiting", [new("serial queue", static s => s.Lns?.SerialDepth),
                new("parallel queue", static s => s.Lns?.ParallelDepth)]),
            ("Load", [new("Load", static s => s.Lns?.Load, Fills: true), new("refuse-from", static s => s.Lns?.RefuseFrom),
                new("refuse-all", static s => s.Lns?.RefuseAll)]),
            (Refused, [new("so far", static s => s.Refused, Fills: true)]),
            ("RADIUS requests", [new("outstanding (peak)", static s => s.RadiusOutstanding, Fills: true),
                new("workers", static s => s.Lns?.Radius?.Workers)]),
            ("RADIUS backlog", [new("logins", static s => s.Lns?.Radius?.BacklogAuthentication),
                new("Starts and Stops", static s => s.Lns?.Radius?.BacklogStartStop),
                new("Interims", static s => s.Lns?.Radius?.BacklogInterim)]),
            ("CPU of the LNS, %", [new("100 % = one processor", static s => s.CpuShare * 100, Fills: true)]),
            ("memory of the LNS, MiB", [new("resident", static s => s.ResidentOctets / 1048576.0),
                new("GC heap", static s => s.Lns?.Process?.GcHeapOctets / 1048576.0)]),
        ];
        UseFont();
        var rates = Rates(samples);
        var panels = new List<Plot>();
        foreach (var (axis, lines) in all)
        {
            // a panel without values says nothing, except that no call was refused
            if (axis != Refused && !lines.Any(l => l.Value is null || samples.Any(s => l.Value(s) > 0))) continue;
            var plot = new Plot();
            var drawn = 0;
            foreach (var line in lines)
            {
                var points = line.Value is null ? rates
                    : [.. from sample in samples
                          where line.Value(sample) is not null
                          select new Coordinates(sample.At.TotalSeconds, line.Value(sample)!.Value)];
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
        while (picture.Subplots.Count > 0) picture.RemovePlot(picture.GetPlot(0)); // a new one has an empty panel
        foreach (var panel in panels) picture.AddPlot(panel);
        picture.Layout = new ScottPlot.MultiplotLayouts.Rows();
        var file = Path.Combine(directory, $"{name}.png");
        picture.SavePng(file, Width, PanelHeight * panels.Count);
        return file;
    }

    /// <summary>Chooses a font of the system, because the plot library brings none. Without a font the plots have no text.</summary>
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
        Console.Error.WriteLine($"lns-stress: no font in {FontDirectory}: the plots have no text (Debian: fonts-dejavu-core)");
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
        plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = AxisWidth; // all panels have the same time axis
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
        {
            LabelFormatter = static v =>
                v.ToString(Math.Abs(v) < 10 && v != Math.Floor(v) ? "0.##" : "#,##0", CultureInfo.InvariantCulture),
        };
        plot.Axes.AutoScale();
        var (length, top) = (Math.Max(1, end.TotalSeconds), Math.Max(1, plot.Axes.GetLimits().Top));
        plot.Axes.SetLimits(0, length, 0, top * (isFirst ? NamesTop : 1.05));
        foreach (var (at, _) in steps)
            plot.Add.VerticalLine(at.TotalSeconds, 1, Color.FromHex("#9aa1ab"), LinePattern.Dotted).ExcludeFromLegend = true;
        if (isFirst) NameSteps(plot, steps, length, top * (NamesTop - 0.03));
        var legend = plot.ShowLegend(Edge.Right); // beside the lines, not on them
        legend.MinimumSize = legend.MaximumSize = LegendWidth;
        plot.Legend.FontSize = 13;
        plot.Legend.BackgroundColor = Colors.White.WithAlpha(0.8);
        plot.Legend.OutlineColor = Color.FromHex("#d5d9e0");
        plot.Legend.ShadowColor = Colors.Transparent;
    }

    /// <summary>Writes the names of the steps, the longest step first, where there is room.</summary>
    private static void NameSteps(Plot plot, IReadOnlyList<(TimeSpan At, string Name)> steps, double length, double height)
    {
        var perPixel = length / DataWidth;
        var taken = new List<(double From, double To)>();
        foreach (var (_, (at, name)) in steps.Index().OrderByDescending(s => EndOf(s.Index) - s.Item.At.TotalSeconds))
        {
            var label = name.Length > 30 ? name[..29] + "…" : name;
            var width = (label.Length + 1) * NameSize * 0.6 * perPixel;
            var from = Math.Min(at.TotalSeconds + 3 * perPixel, length - width); // the last name ends at the edge
            if (taken.Exists(t => from < t.To && t.From < from + width)) continue;
            taken.Add((from, from + width));
            var text = plot.Add.Text(label, from, height);
            text.LabelFontSize = NameSize;
            text.LabelFontColor = Color.FromHex("#5b6470");
            text.LabelAlignment = Alignment.UpperLeft;
        }

        double EndOf(int index) => index + 1 < steps.Count ? steps[index + 1].At.TotalSeconds : length;
    }
}

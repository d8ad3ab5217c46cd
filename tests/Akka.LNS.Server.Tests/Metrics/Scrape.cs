using System.Globalization;
using System.Text.RegularExpressions;

namespace Akka.LNS.Server.Tests.Metrics;

/// <summary>One answer of /metrics.</summary>
internal sealed partial class Scrape
{
    private readonly Dictionary<string, double> _series = new(StringComparer.Ordinal);

    private Scrape(string text) => Text = text;

    public string Text { get; }

    /// <summary>Names as an expression may use them: of histograms _bucket, _sum and _count.</summary>
    public IReadOnlySet<string> Names => _series.Keys.Select(static k => k[..k.IndexOf('{', StringComparison.Ordinal)])
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>NAME{label="value",...}, labels by their names.</summary>
    public double? this[string series] => _series.TryGetValue(series, out var value) ? value : null;

    public static Scrape Parse(string text)
    {
        var scrape = new Scrape(text);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static l => l[0] != '#'))
        {
            var parts = Line().Match(line);
            Assert.True(parts.Success, line);
            var labels = Label().Matches(parts.Groups["labels"].Value).Select(static l => l.Value).Order(StringComparer.Ordinal);
            var value = double.Parse(parts.Groups["value"].Value.Replace("Inf", "∞", StringComparison.Ordinal),
                CultureInfo.InvariantCulture);
            Assert.True(scrape._series.TryAdd($"{parts.Groups["name"].Value}{{{string.Join(',', labels)}}}", value), $"twice: {line}");
        }
        return scrape;
    }

    [GeneratedRegex("""^(?<name>[a-z_0-9]+)(\{(?<labels>.*)\})? (?<value>\S+)$""")]
    private static partial Regex Line();

    [GeneratedRegex("""[a-z_]+="([^"\\]|\\.)*"(?=,|$)""")]
    private static partial Regex Label();
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Akka.LNS.Benchmarks;

/// <summary>The figures of `beside`: for each measurement and quantity the values of all runs of each server.</summary>
/// <param name="servers">Names, in the order of the columns.</param>
internal sealed class BesideFigures(IReadOnlyList<string> servers)
{
    private sealed record Row(string Measurement, string Quantity, Dictionary<string, List<double>> Values);

    private readonly List<Row> _rows = [];

    /// <summary>Adds the value of one run.</summary>
    public void Add(string measurement, string quantity, string server, double value)
    {
        var row = _rows.Find(r => r.Measurement == measurement && r.Quantity == quantity);
        if (row is null) _rows.Add(row = new Row(measurement, quantity, []));
        if (!row.Values.TryGetValue(server, out var values)) row.Values.Add(server, values = []);
        values.Add(value);
    }

    /// <summary>A Markdown table: medians, the extremes in brackets, and the ratio of the first server to the last.</summary>
    public string ToTable()
    {
        var text = new StringBuilder("| | |");
        foreach (var server in servers) text.Append(CultureInfo.InvariantCulture, $" {server} |");
        if (servers.Count > 1) text.Append(CultureInfo.InvariantCulture, $" {servers[0]} / {servers[^1]} |");
        text.Append("\n| --- | --- |");
        for (var column = servers.Count > 1 ? 0 : 1; column <= servers.Count; column++) text.Append(" --- |");
        text.Append('\n');
        foreach (var row in _rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Measurement} | {row.Quantity} |");
            foreach (var server in servers)
            {
                if (!row.Values.TryGetValue(server, out var values)) text.Append(" - |");
                else if (Spread.Of(values) is var s && values.Count == 1)
                    text.Append(CultureInfo.InvariantCulture, $" {Short(s.Median)} |");
                else text.Append(CultureInfo.InvariantCulture, $" {Short(s.Median)} ({Short(s.Min)} to {Short(s.Max)}) |");
            }
            if (servers.Count > 1)
                text.Append(Ratio(row) is { } ratio ? string.Create(CultureInfo.InvariantCulture, $" {ratio:F2} |") : " - |");
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>All values, medians and ratios.</summary>
    public JsonArray ToJson() => new([.. _rows.Select(row => (JsonNode)new JsonObject
    {
        ["measurement"] = row.Measurement,
        ["quantity"] = row.Quantity,
        ["servers"] = new JsonObject(row.Values.Select(static v =>
        {
            var s = Spread.Of(v.Value);
            return KeyValuePair.Create<string, JsonNode?>(v.Key, new JsonObject
            {
                ["median"] = s.Median, ["min"] = s.Min, ["max"] = s.Max,
                ["runs"] = new JsonArray([.. v.Value.Select(static x => (JsonNode)x)]),
            });
        })),
        ["ratio"] = Ratio(row),
    })]);

    /// <summary>Null: one of the servers has no value, or the last has 0.</summary>
    private double? Ratio(Row row) =>
        servers.Count > 1 && row.Values.TryGetValue(servers[0], out var first) && row.Values.TryGetValue(servers[^1], out var last)
            && Spread.Of(last).Median is not 0 and var divisor ? Spread.Of(first).Median / divisor : null;

    /// <summary>Three digits, or all digits of a large number.</summary>
    internal static string Short(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}

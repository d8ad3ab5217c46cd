using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Akka.LNS.Benchmarks;

/// <summary>Forwards packets through the real lnsd with its TUN plane. Two builds are measured in turn, row by row.</summary>
internal sealed class ForwardBenchmark(ForwardOptions options)
{
    private static readonly int[] Sizes = [64, 512, 1400];
    private static readonly TrafficKind[] Kinds = [TrafficKind.Up, TrafficKind.Down, TrafficKind.Both, TrafficKind.Echo];

    public async Task<int> RunAsync()
    {
        var cores = Environment.ProcessorCount;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {options.Sessions:N0} sessions, {options.Window} packets under way in each direction;
            {options.Rounds} rounds, {options.Time.TotalSeconds} s for each row; medians;
            {(cores > 1 ? "lnsd has core 0, the tools have core 1" : "one core for lnsd and the tools")};
            CPU is the time of lnsd in microseconds per packet.

            """));
        if (cores > 1) Processors.PinThisThread(1);
        var nodes = new List<ForwardNode>();
        var rows = new List<ForwardRow>();
        var complaints = new List<string>();
        try
        {
            foreach (var (name, program) in options.Builds)
            {
                nodes.Add(new ForwardNode(nodes.Count, name, program, cores > 1 ? 0 : null, options));
                if (nodes[^1].Start() is not { } wrong) continue;
                Console.Error.WriteLine(wrong);
                return 1;
            }
            foreach (var node in nodes) node.Measure(0, TrafficKind.Both, Sizes[0], TimeSpan.FromSeconds(2)); // the JIT compiler
            for (var round = 1; round <= options.Rounds; round++)
                foreach (var kind in Kinds)
                    foreach (var octets in Sizes)
                        foreach (var node in round % 2 == 1 ? nodes : nodes.AsEnumerable().Reverse())
                            rows.Add(node.Measure(round, kind, octets, options.Time));
            foreach (var node in nodes)
                if (node.Stop() is { } wrong) complaints.Add(wrong);
        }
        finally
        {
            foreach (var node in nodes) node.Dispose();
        }
        Print(rows);
        foreach (var complaint in complaints) Console.WriteLine($"NOT RIGHT: {complaint}");
        if (options.Json is { } file) await File.WriteAllTextAsync(file, ToJson(rows));
        return complaints.Count == 0 ? 0 : 1;
    }

    /// <summary>Medians over the rounds.</summary>
    private void Print(List<ForwardRow> rows)
    {
        Console.WriteLine($"{"",-14}{string.Concat(options.Builds.Select(static b => $"{b.Name,-36}"))}");
        var columns = string.Concat(options.Builds.Select(static _ => $"{"packets/s",11}{"CPU us",9}{"lost",8}        "));
        Console.WriteLine($"{"",-14}{columns}{(options.Builds.Count > 1 ? "CPU, lnsd to versus" : "")}");
        foreach (var row in rows.Where(static r => r.Kind != TrafficKind.Echo).GroupBy(static r => (r.Kind, r.Octets)))
        {
            var line = new StringBuilder($"{row.Key.Kind.ToString().ToLowerInvariant(),-6}{row.Key.Octets,5}   ");
            foreach (var (build, _) in options.Builds)
            {
                line.Append(CultureInfo.InvariantCulture, $"{Median(row, build, static r => r.PacketsPerSecond),11:N0}");
                line.Append(CultureInfo.InvariantCulture, $"{Median(row, build, static r => r.CpuPerPacket),9:F2}");
                line.Append(CultureInfo.InvariantCulture, $"{row.Where(r => r.Build == build).Sum(static r => r.Lost),8:N0}        ");
            }
            if (options.Builds.Count > 1) line.Append(CultureInfo.InvariantCulture, $"{Ratio(row, static r => r.CpuPerPacket):F3}");
            Console.WriteLine(line);
        }
        Console.WriteLine("\nround trip through lnsd, up and down, at 1,000 packets/s, in microseconds:");
        foreach (var row in rows.Where(static r => r.Kind == TrafficKind.Echo).GroupBy(static r => r.Octets))
        {
            var line = new StringBuilder($"{"",-6}{row.Key,5}   ");
            foreach (var (build, _) in options.Builds)
            {
                var (p50, p99) = (Median(row, build, static r => r.RoundTripP50), Median(row, build, static r => r.RoundTripP99));
                line.Append(CultureInfo.InvariantCulture, $"   p50 {p50,7:F0}   p99 {p99,7:F0}{"",10}");
            }
            if (options.Builds.Count > 1) line.Append(CultureInfo.InvariantCulture, $"{Ratio(row, static r => r.RoundTripP50):F3}");
            Console.WriteLine(line);
        }
    }

    private double Ratio(IEnumerable<ForwardRow> rows, Func<ForwardRow, double> value) =>
        Median(rows, options.Builds[0].Name, value) / Median(rows, options.Builds[1].Name, value);

    private static double Median(IEnumerable<ForwardRow> rows, string build, Func<ForwardRow, double> value) =>
        Spread.Of(rows.Where(r => r.Build == build).Select(value)).Median;

    private static string ToJson(List<ForwardRow> rows)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                json.WriteString("build", row.Build);
                json.WriteNumber("round", row.Round);
                json.WriteString("direction", row.Kind.ToString().ToLowerInvariant());
                json.WriteNumber("octets", row.Octets);
                json.WriteNumber("packets_per_second", Math.Round(row.PacketsPerSecond));
                json.WriteNumber("cpu_us_per_packet", Math.Round(row.CpuPerPacket, 3));
                json.WriteNumber("lost", row.Lost);
                if (row.Kind == TrafficKind.Echo)
                {
                    json.WriteNumber("round_trip_p50_us", Math.Round(row.RoundTripP50, 1));
                    json.WriteNumber("round_trip_p99_us", Math.Round(row.RoundTripP99, 1));
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;

namespace Akka.LNS.Benchmarks;

/// <summary>Garbage collections of lnsd since its start.</summary>
internal readonly record struct Collections(double Count, TimeSpan Pause);

/// <summary>One run of `storm`.</summary>
/// <param name="Quiet">Round trips before the storm in microseconds, sorted.</param>
/// <param name="Storm">Round trips during the storm in microseconds, sorted.</param>
/// <param name="Lost">Packets that did not come back.</param>
/// <param name="ToolPause">Pauses of this program's own collector during the storm: they are part of the round trips.</param>
internal sealed record StormRound(string Build, int Round, List<double> Quiet, List<double> Storm, long Lost, double SessionsPerSecond,
    Collections Collections, TimeSpan ToolPause, long ResidentOctets);

/// <summary>Measures how long packets of a subscriber wait while others log in.</summary>
internal sealed partial class StormBenchmark(StormOptions options)
{
    private const string RadiusSecret = "benchmark radius secret";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public async Task<int> RunAsync()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {options.Sessions:N0} sessions dial,
                {options.InFlight} at a time; 1,000 packets per second of another subscriber go through lnsd
            and come back; lnsd and the tools share {Environment.ProcessorCount} processors. Round trips in ms.

            """));
        Console.WriteLine($"{"",-12}{"before: p50",12}{"p99",8}{"storm: p50",13}{"p99",9}{"p99.9",9}{"max",9}{"lost",7}{"set-ups/s",11}"
            + $"{"GCs",6}{"pause",9}{"MiB",7}{"tool's GC",11}");
        var rounds = new List<StormRound>();
        for (var round = 1; round <= options.Rounds; round++)
            foreach (var (name, program) in options.Builds)
            {
                if (await MeasureAsync(name, program, round) is not { } result) return 1;
                rounds.Add(result);
                Print(result);
            }
        if (options.Json is { } file) await File.WriteAllBytesAsync(file, ToJson(rounds));
        return 0;
    }

    private async Task<StormRound?> MeasureAsync(string name, string program, int round)
    {
        using var network = new ForwardNetwork(0);
        using var radius = new RadiusResponder(new RadiusResponderSettings
        {
            Address = network.Lac, Secret = System.Text.Encoding.UTF8.GetBytes(RadiusSecret), Password = "secret",
        });
        var listen = new UdpEndpoint(network.Lns, 1701);
        using var lnsd = new LnsdProcess(new LnsdSettings
        {
            Plane = "tun", Listen = listen, RadiusSecret = RadiusSecret, Program = program, Launcher = network.InsideUntilWeEnd,
            More = [$"lns.pools.stress.ranges = [\"{network.Pool}\"]", .. options.Settings],
        }, radius);
        using var one = new LoadGenerator(new LoadSettings
        {
            Lns = listen, Sessions = 1, FirstLac = network.Lac, HostName = "echo-", UserPrefix = "echo",
        });
        using var many = new LoadGenerator(new LoadSettings
        {
            Lns = listen, Sessions = options.Sessions, Tunnels = 4, LacAddresses = 1, FirstLac = network.Lac, InFlight = options.InFlight,
        });
        if (!one.OpenTunnels(Patience) || !one.BringUp(Patience) || !many.OpenTunnels(Patience)) return Broken(lnsd, name, "no session");

        using var echo = new StormEcho(one, network.Server);
        many.Hold(TimeSpan.FromSeconds(1)); // the code of the packet path is compiled
        if (!many.HoldUntil(() => File.Exists(lnsd.ApiSocket), Patience)) return Broken(lnsd, name, "no API");
        echo.Take();
        many.Hold(TimeSpan.FromSeconds(2));
        var (quiet, _) = echo.Take();
        var (before, tool) = (await CollectionsOfAsync(lnsd), GC.GetTotalPauseDuration());
        echo.Take();
        var isUp = many.BringUp(Patience);
        many.Hold(TimeSpan.FromMilliseconds(200));
        var (storm, sent) = echo.Take();
        var (after, pause) = (await CollectionsOfAsync(lnsd), GC.GetTotalPauseDuration() - tool);
        if (!isUp || lnsd.HasExited) return Broken(lnsd, name, $"{many.Report().Up} of {options.Sessions} sessions");
        return new StormRound(name, round, quiet, storm, Math.Max(0, sent - storm.Count), many.Report().SessionsPerSecond,
            new Collections(after.Count - before.Count, after.Pause - before.Pause), pause, lnsd.Use.ResidentOctets);
    }

    private static StormRound? Broken(LnsdProcess lnsd, string name, string what)
    {
        Console.Error.WriteLine($"{name}: {what} came up; lnsd wrote:\n{lnsd.Said}");
        return null;
    }

    /// <summary>From the metrics of the runtime. dotnet_gc_collections_total has a line for each generation.</summary>
    private static async Task<Collections> CollectionsOfAsync(LnsdProcess lnsd)
    {
        using var http = Scrapes.Over(lnsd.ApiSocket);
        var page = await http.GetStringAsync(new Uri("http://lnsd/metrics"));
        return new Collections(Sum(page, "dotnet_gc_collections"), TimeSpan.FromSeconds(Sum(page, "dotnet_gc_pause_time")));
    }

    private static double Sum(string page, string metric) => Sample().Matches(page)
        .Where(m => m.Groups["name"].Value.StartsWith(metric, StringComparison.Ordinal))
        .Sum(static m => double.Parse(m.Groups["value"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(?<name>dotnet_\w+)(?:\{[^}]*\})? (?<value>[0-9.eE+-]+)", RegexOptions.Multiline)]
    private static partial Regex Sample();

    private static void Print(StormRound r) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{r.Build + ' ' + r.Round,-12}{At(r.Quiet, 0.5),12:F2}{At(r.Quiet, 0.99),8:F2}{At(r.Storm, 0.5),13:F2}{At(r.Storm, 0.99),9:F2}"
        + $"{At(r.Storm, 0.999),9:F2}{At(r.Storm, 1),9:F2}{r.Lost,7:N0}{r.SessionsPerSecond,11:N0}{r.Collections.Count,6:N0}"
        + $"{r.Collections.Pause.TotalMilliseconds,9:N0}{r.ResidentOctets / 1048576.0,7:N0}{r.ToolPause.TotalMilliseconds,11:F1}"));

    /// <summary>A percentile in milliseconds. 0: there is no value.</summary>
    private static double At(List<double> sorted, double share) =>
        sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))] / 1000;

    private static byte[] ToJson(List<StormRound> rounds) => JsonSerializer.SerializeToUtf8Bytes(rounds.Select(static r => new
    {
        build = r.Build,
        round = r.Round,
        quiet_p50_ms = At(r.Quiet, 0.5),
        quiet_p99_ms = At(r.Quiet, 0.99),
        storm_p50_ms = At(r.Storm, 0.5),
        storm_p99_ms = At(r.Storm, 0.99),
        storm_p999_ms = At(r.Storm, 0.999),
        storm_max_ms = At(r.Storm, 1),
        lost = r.Lost,
        sessions_per_second = r.SessionsPerSecond,
        collections = r.Collections.Count,
        pause_ms = r.Collections.Pause.TotalMilliseconds,
        resident_octets = r.ResidentOctets,
    }));
}

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Akka.LNS.Benchmarks;

/// <summary>Cost of API requests with all sessions up.</summary>
/// <param name="List">`lnsctl sessions --json`, all of them, from the start of the process to its end; sorted.</param>
/// <param name="ListOctets">Length of its output in octets.</param>
/// <param name="Idle">Share of a core that lnsd uses without API requests.</param>
/// <param name="Watched">Share of a core that lnsd uses with requests for status, Load and the first fifty sessions each second.</param>
internal sealed record WatchCost(IReadOnlyList<TimeSpan> List, long ListOctets, double Idle, double Watched)
{
    public TimeSpan Median => List.Count == 0 ? default : List[List.Count / 2];
    public TimeSpan Max => List.Count == 0 ? default : List[^1];
}

internal static class Watching
{
    /// <summary>
    /// Sessions that came up within seconds send their LCP echoes within seconds, each 27 s on average: two rounds of them belong to a
    /// measurement.
    /// </summary>
    private const int Lists = 5, Seconds = 54;

    /// <summary>Rounds before the measurement. The JIT compiler optimizes a method after many calls.</summary>
    private const int Warmup = 60;
    private static readonly string[] Looked = ["status", "load", "sessions?limit=50", "radius"];
    private static string Dotnet => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    public static async Task<WatchCost> RunAsync(string socket, Func<TimeSpan> cpu)
    {
        var (times, octets) = (new List<TimeSpan>(), 0L);
        for (var i = 0; i <= Lists; i++)
        {
            var clock = Stopwatch.StartNew();
            octets = await ListAsync(socket);
            if (i > 0) times.Add(clock.Elapsed); // the first one compiles lnsd's side
        }
        times.Sort();
        using var http = Scrapes.Over(socket);
        for (var i = 0; i < Warmup; i++)
            foreach (var path in Looked) await http.GetByteArrayAsync(new Uri($"http://lnsd/api/v1/{path}"));
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var idle = await ShareAsync(timer, cpu, static () => Task.CompletedTask);
        var watched = await ShareAsync(timer, cpu, async () =>
        {
            foreach (var path in Looked) await http.GetByteArrayAsync(new Uri($"http://lnsd/api/v1/{path}"));
        });
        return new WatchCost(times, octets, idle, watched);
    }

    private static async Task<double> ShareAsync(PeriodicTimer timer, Func<TimeSpan> cpu, Func<Task> look)
    {
        await timer.WaitForNextTickAsync();
        var (clock, before) = (Stopwatch.StartNew(), cpu());
        for (var i = 0; i < Seconds; i++)
        {
            await look();
            await timer.WaitForNextTickAsync();
        }
        return (cpu() - before) / clock.Elapsed;
    }

    private static async Task<long> ListAsync(string socket)
    {
        var start = new ProcessStartInfo(
            Dotnet, [Path.Combine(AppContext.BaseDirectory, "lnsctl.dll"), "--api", $"unix:{socket}", "sessions",
            "--json"])
        { RedirectStandardOutput = true };
        using var lnsctl = Process.Start(start)!;
        var buffer = new byte[1 << 16];
        var octets = 0L;
        for (int read; (read = await lnsctl.StandardOutput.BaseStream.ReadAsync(buffer)) > 0;) octets += read;
        await lnsctl.WaitForExitAsync();
        return lnsctl.ExitCode == 0 ? octets : throw new InvalidOperationException($"lnsctl ended with {lnsctl.ExitCode}");
    }
}

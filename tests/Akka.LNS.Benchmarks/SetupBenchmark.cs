using System.Globalization;
using System.Text;
using System.Text.Json;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Benchmarks;

/// <summary>Result of one plane.</summary>
/// <param name="ResidentOctets">lnsd's VmRSS with all sessions up, as a whole.</param>
/// <param name="GrowthOctets">Growth of VmRSS since the start of the first session.</param>
internal sealed record SetupResult(
    LoadReport Load, TimeSpan LnsCpu, TimeSpan GeneratorCpu, TimeSpan RadiusCpu, long ResidentOctets, long GrowthOctets,
    RadiusCounts Radius, LoadPeak Peak, ScrapeTimes Scrapes, WatchCost? Watch, PageTimes? Pages, TimeSpan TakeDown,
        IReadOnlyList<string> Complaints);

/// <summary>Brings sessions up against the real lnsd, with RADIUS and LACs in this process.</summary>
internal sealed class SetupBenchmark(SetupOptions options)
{
    public static readonly UdpEndpoint Lns = new(new Ipv4Address(0x7F000001), 1701);
    private const string RadiusSecret = "benchmark radius secret";
    private const string Password = "secret";
    private static readonly TimeSpan TunnelTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndTime = TimeSpan.FromMinutes(2);

    public async Task<int> RunAsync()
    {
        var rate = options.Rate > 0 ? $", {options.Rate} per second" : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {options.Sessions:N0} sessions in {options.Tunnels:N0} tunnels; accounting Start and Stop;
            {options.Auth.ToString().ToUpperInvariant()} by RADIUS, which answers after {options.RadiusDelay.TotalMilliseconds} ms;
            at most {options.InFlight} in set-up{rate}; {options.Warmup:N0} sessions up and down first, to warm the JIT compiler;
            lnsd, LACs and RADIUS share {Environment.ProcessorCount} processors; lnsd logs '{options.Log}' to a file.

            """));
        var results = new Dictionary<string, SetupResult>();
        foreach (var plane in options.Planes)
        {
            if (await MeasureAsync(plane) is not { } result) return 1;
            results.Add(plane, result);
            Print(plane, result);
        }
        if (options.Json is { } file) await File.WriteAllTextAsync(file, ToJson(results));
        return results.Values.All(static r => r.Complaints.Count == 0) ? 0 : 1;
    }

    private async Task<SetupResult?> MeasureAsync(string plane)
    {
        using var radius = new RadiusResponder(new RadiusResponderSettings
        {
            Secret = Encoding.UTF8.GetBytes(RadiusSecret), Password = Password, Delay = options.RadiusDelay,
        });
        using var lnsd = new LnsdProcess(new LnsdSettings
        {
            Plane = plane, Listen = Lns, RadiusSecret = RadiusSecret, Log = options.Log,
            More = [.. options.Settings, .. options.Dashboard ? Pages.Settings : []], Keep = options.Keep,
        }, radius);
        var complaints = new List<string>();
        if (!WarmUp(lnsd, radius, complaints)) return null;

        using var load = new LoadGenerator(Load(options.Sessions, firstTunnel: (ushort)(options.Tunnels + 1)));
        if (!load.OpenTunnels(TunnelTime)) return Broken(lnsd, "the tunnels do not open", load.Report());
        (ProcessUse Lnsd, TimeSpan Generator, TimeSpan Radius) before, after;
        RadiusCounts countsBefore;
        LoadPeak peak;
        await using (var watch = new LoadWatch($"unix:{lnsd.ApiSocket}"))
        {
            // the API's first answers are compiled before the first session: they are no part of a set-up
            load.Hold(TimeSpan.FromSeconds(2));
            (before, countsBefore) = (Use(), radius.Counts);
            load.BringUp(TimeSpan.FromSeconds(120 + options.Sessions / 50.0 + (options.Rate > 0 ? options.Sessions / options.Rate : 0)));
            if (lnsd.HasExited) return Broken(lnsd, "lnsd ended", load.Report());
            // the last sessions' accounting Starts belong to the set-up
            load.HoldUntil(() => radius.Counts.Starts - countsBefore.Starts >= load.Counters.Up, TimeSpan.FromSeconds(30));
            (after, peak) = (Use(), watch.Peak);
        } // the watch ends here: its fifty requests a second are load
        load.Hold(options.Settle);
        var settled = lnsd.Use;
        var scraping = Task.Run(() => Scrapes.RunAsync(lnsd.ApiSocket, options.Scrapes));
        load.HoldUntil(() => scraping.IsCompleted, TimeSpan.FromMinutes(1));
        var scrapes = await scraping;
        WatchCost? cost = null;
        if (options.Watch)
        {
            var watching = Task.Run(() => Watching.RunAsync(lnsd.ApiSocket, () => lnsd.Use.Cpu));
            load.HoldUntil(() => watching.IsCompleted, TimeSpan.FromMinutes(4));
            cost = await watching;
        }
        PageTimes? pages = null;
        if (options.Dashboard)
        {
            var looking = Task.Run(() => Pages.RunAsync(options.Sessions, "u000007@example.net", () => lnsd.Use.Cpu));
            load.HoldUntil(() => looking.IsCompleted, TimeSpan.FromMinutes(4));
            pages = await looking;
        }
        var report = load.Report();
        var starts = radius.Counts.Starts - countsBefore.Starts;

        var clock = System.Diagnostics.Stopwatch.StartNew();
        if (!load.TakeDown(options.HangUp, EndTime)) complaints.Add("not every end of a session was acknowledged");
        if (!load.HoldUntil(() => radius.Counts is var c && c.Stops == c.Starts, EndTime)) complaints.Add("accounting Stops are missing");
        clock.Stop();
        if (!load.CloseTunnels(TunnelTime)) complaints.Add("not every StopCCN was acknowledged");
        if (lnsd.Stop(TimeSpan.FromSeconds(20)) is var code && code != 0)
            complaints.Add($"lnsd ended with {code?.ToString(CultureInfo.InvariantCulture) ?? "a kill"}");
        var counts = radius.Counts;

        if (report.Up != options.Sessions) complaints.Add($"{options.Sessions - report.Up} sessions never came up");
        if (report.Lost > 0) complaints.Add($"{report.Lost} sessions were lost");
        if (starts < report.Up) complaints.Add($"{report.Up - starts} accounting Starts are missing");
        if (counts.OpenSessions > 0) complaints.Add($"{counts.OpenSessions} sessions are still open in the accounts");
        if (counts.OutOfOrder > 0) complaints.Add($"{counts.OutOfOrder} accounting records were out of order");
        if (counts.Rejected > 0) complaints.Add($"{counts.Rejected} logins had a wrong password");
        if (counts.Invalid > 0) complaints.Add($"{counts.Invalid} RADIUS requests were invalid");
        return new SetupResult(
            report, after.Lnsd.Cpu - before.Lnsd.Cpu, after.Generator - before.Generator, after.Radius - before.Radius,
            settled.ResidentOctets,
            settled.ResidentOctets - before.Lnsd.ResidentOctets, counts, peak, scrapes, cost, pages, clock.Elapsed, complaints);

        (ProcessUse, TimeSpan, TimeSpan) Use() => (lnsd.Use, load.CpuTime, radius.CpuTime);
    }

    private bool WarmUp(LnsdProcess lnsd, RadiusResponder radius, List<string> complaints)
    {
        using var load = new LoadGenerator(Load(options.Warmup, firstTunnel: 1) with { Rate = 0 });
        if (!load.OpenTunnels(TunnelTime)) return Broken(lnsd, "no tunnel opens", load.Report()) is not null;
        if (!load.BringUp(TimeSpan.FromMinutes(2)))
            return Broken(lnsd, "the sessions of the warm-up do not come up", load.Report()) is not null;
        if (!load.TakeDown(options.HangUp, EndTime)
            || !load.HoldUntil(() => radius.Counts is var c && c.Starts == options.Warmup && c.Stops == c.Starts, EndTime))
            complaints.Add("the warm-up left something");
        load.CloseTunnels(TunnelTime);
        load.Hold(TimeSpan.FromSeconds(1)); // the optimizing compiler follows
        return true;
    }

    private LoadSettings Load(int sessions, ushort firstTunnel) => new()
    {
        Lns = Lns, Sessions = sessions, Tunnels = options.Tunnels, FirstTunnelId = firstTunnel, Auth = options.Auth, Password = Password,
        InFlight = options.InFlight, Rate = options.Rate,
    };

    private static SetupResult? Broken(LnsdProcess lnsd, string what, LoadReport report)
    {
        Console.Error.WriteLine($"{what}: {report.Up} of {report.Sessions} sessions up, {report.Failed} failed, {report.Lost} lost");
        foreach (var (why, count) in report.Failures) Console.Error.WriteLine($"  {count} x {why}");
        Console.Error.WriteLine(lnsd.HasExited ? $"lnsd has ended and said:\n{lnsd.Said}" : $"lnsd said:\n{lnsd.Said}");
        if (File.Exists(lnsd.LogFile)) Console.Error.WriteLine(string.Join('\n', File.ReadLines(lnsd.LogFile).TakeLast(20)));
        return null;
    }

    private void Print(string plane, SetupResult r)
    {
        var (n, up) = (options.Sessions, Math.Max(1, r.Load.Up));
        var (counters, radius, peak, scrapes) = (r.Load.Counters, r.Radius, r.Peak, r.Scrapes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            data plane {plane}
              sessions up            {r.Load.Up,12:N0} of {n:N0}; failed {r.Load.Failed:N0}, lost {r.Load.Lost:N0}
              sessions per second    {r.Load.SessionsPerSecond,12:N0}      in {r.Load.Elapsed.TotalSeconds:F2} s
              set-up p50             {Milliseconds(r, 0.50),12:F1} ms
                     p90             {Milliseconds(r, 0.90),12:F1} ms
                     p99             {Milliseconds(r, 0.99),12:F1} ms
                     max             {Milliseconds(r, 1.00),12:F1} ms
              CPU of lnsd            {r.LnsCpu.TotalMilliseconds / up,12:F3} ms per session, {r.LnsCpu.TotalSeconds:F2} s
              CPU of the LACs        {r.GeneratorCpu.TotalMilliseconds / up,12:F3} ms per session
              CPU of RADIUS          {r.RadiusCpu.TotalMilliseconds / up,12:F3} ms per session
              resident, all of lnsd  {r.ResidentOctets / up,12:N0} octets per session, {r.ResidentOctets / 1048576.0:F1} MiB
              resident, growth       {r.GrowthOctets / up,12:N0} octets per session, {r.GrowthOctets / 1048576.0:F1} MiB
              RADIUS                 {radius.MaxOutstanding,12:N0} outstanding at most; {radius.Access:N0} logins
                     accounting      {radius.Starts,12:N0} Starts, {radius.Stops:N0} Stops, {radius.Duplicates:N0} duplicates
              Load at most           {peak.Load,12:N0}      of {peak.Samples:N0} samples
                     depth           {peak.Serial,12:N0} serial, {peak.Parallel:N0} parallel, each at its highest
              a scrape of /metrics   {Milliseconds(scrapes.Median),12:F1} ms      at most {Milliseconds(scrapes.Max):F1} ms
                     size            {scrapes.Octets,12:N0} octets
              retransmitted          {counters.PppRetransmits,12:N0} PPP requests, {counters.ControlRetransmits:N0} control messages
                     by lnsd         {counters.ControlDuplicates,12:N0} control messages
              all down               {r.TakeDown.TotalSeconds,12:F2} s      {up / Math.Max(0.001, r.TakeDown.TotalSeconds):N0} per second

            """));
        if (r.Watch is { } w)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                  lnsctl sessions --json {Milliseconds(w.Median),12:F0} ms      at most {Milliseconds(w.Max):F0} ms
                     size                {w.ListOctets,12:N0} octets
                  lnsd at rest           {w.Idle * 100,12:F2} %       of a core
                  lnsd polled            {w.Watched * 100,12:F2} %       of a core: status, Load, RADIUS, 50 sessions each second

                """));
        }
        if (r.Pages is { } p)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                  dashboard: overview    {Milliseconds(p.Overview),12:F0} ms      to its first figure; {p.Open * 100:F2} % of a core
                  table of sessions      {Milliseconds(p.Table),12:F0} ms      to its first row
                  sorted by user         {Milliseconds(p.Sorted),12:F0} ms
                  search for a user      {Milliseconds(p.Found),12:F0} ms
                  page of a subscriber   {Milliseconds(p.Subscriber),12:F0} ms

                """));
        }
        foreach (var (why, count) in r.Load.Failures.OrderByDescending(static f => f.Value)) Console.WriteLine($"  {count} x {why}");
        foreach (var complaint in r.Complaints) Console.WriteLine($"  NOT RIGHT: {complaint}");
    }

    private static double Milliseconds(TimeSpan time) => time.TotalMilliseconds;

    private static double Milliseconds(SetupResult r, double share) => r.Load.Latency(share).TotalMilliseconds;

    private static string ToJson(Dictionary<string, SetupResult> results)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach (var (plane, r) in results)
            {
                json.WriteStartObject(plane);
                json.WriteNumber("sessions_per_second", Math.Round(r.Load.SessionsPerSecond, 1));
                json.WriteNumber("cpu_ms_per_session", Math.Round(r.LnsCpu.TotalMilliseconds / Math.Max(1, r.Load.Up), 4));
                json.WriteNumber("resident_bytes_per_session", r.ResidentOctets / Math.Max(1, r.Load.Up));
                json.WriteNumber("scrape_ms", Math.Round(r.Scrapes.Median.TotalMilliseconds, 2));
                json.WriteStartObject("latency_ms");
                json.WriteNumber("p50", Math.Round(Milliseconds(r, 0.50), 2));
                json.WriteNumber("p99", Math.Round(Milliseconds(r, 0.99), 2));
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}

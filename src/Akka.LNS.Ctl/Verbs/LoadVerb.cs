using System.CommandLine;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;
using Spectre.Console.Rendering;

namespace Akka.LNS.Ctl.Verbs;

internal static class LoadVerb
{
    public static Command Make()
    {
        var once = new Option<bool>("--once") { Description = "Show it once and end." };
        var interval = Interval.Option("Between two looks.");
        return new Command("load", "Queue lengths, Load, verdict, refusals, live until Ctrl-C; not in a terminal a line for each look.") { once, interval }.Does(async run =>
        {
            if (!run.Get(once) && !run.Output.IsJson) return await WatchAsync(run, Interval.Of(run, interval));
            var now = await run.Api.GetLoadAsync(run.Cancel);
            if (run.Output.IsJson) run.Output.Json(now, ApiJson.Default.LoadReport);
            else run.Output.Facts(Describe(now, null));
            return ExitCode.Ok;
        });
    }

    /// <summary>"TooManySessions 3, Load 12".</summary>
    public static string Reasons(LoadRefused refused) => string.Join(", ", refused.ByReason.OrderByDescending(static r => r.Value).Select(static r => $"{r.Key} {r.Value}"));

    private static Task<int> WatchAsync(Run run, TimeSpan pause)
    {
        LoadReport? last = null;
        return Live.ShowAsync(run, pause, async () =>
        {
            var now = await run.Api.GetLoadAsync(run.Cancel);
            var result = ((IRenderable)Describe(now, last).Render(), Lines(now, last));
            last = now;
            return result;
        });
    }

    private static string[] Lines(LoadReport now, LoadReport? last)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Units.Time(now.At)} {now.Verdict,8} {now.Load,7} {now.SerialDepth,7} {now.ParallelDepth,8} {now.Tunnels,7} {now.Sessions,8} {now.SessionsInSetup,8
            } {PerSecond(now.SetUps, last?.SetUps, now, last),9:0.0} {PerSecond(now.Refused.Total, last?.Refused.Total, now, last),9:0.0} {now.Radius.Outstanding,6}");
        return last is null ? ["TIME                  VERDICT    LOAD  SERIAL PARALLEL TUNNELS SESSIONS IN-SETUP SET-UPS/s REFUSED/s RADIUS", line] : [line];
    }

    private static Facts Describe(LoadReport now, LoadReport? last)
    {
        var (radius, spool) = (now.Radius, now.Spool);
        return new Facts()
            .Section("admission").Add("verdict", now.Verdict).Add("reason", now.Reason).Add("load", $"{now.Load} (refuses from {now.RefuseFrom}, all at {now.RefuseAll})")
            .Add("serial queue", Units.Number(now.SerialDepth)).Add("parallel queue", Units.Number(now.ParallelDepth)).Add("set-ups", Rate(now.SetUps, last?.SetUps, now, last))
            .Add("refused", Rate(now.Refused.Total, last?.Refused.Total, now, last)).Add("refused by", Reasons(now.Refused))
            .Section("carries").Add("tunnels", Units.Number(now.Tunnels)).Add("sessions", $"{now.Sessions} ({now.SessionsInSetup} in set-up)").Add("links", Units.Number(now.Links))
            .Add("bundles", Units.Number(now.Bundles)).Add("paths", Units.Number(now.Paths))
            .Section("RADIUS").Add("outstanding", $"{radius.Outstanding} of {radius.Workers} workers (most {radius.MaxOutstanding})")
            .Add("waiting", $"{radius.BacklogAuthentication} logins, {radius.BacklogStartStop} starts and stops, {radius.BacklogInterim} interims")
            .Add("services usable", Units.Number(radius.ServersUsable))
            .Section("accounting spool").Add("records", Units.Number(spool.Records)).Add("oldest", spool.Oldest is { } oldest ? Units.Time(oldest) : null)
            .Add("file", spool.Durable ? $"{Units.Octets(spool.Octets)}{(spool.Failing ? ", cannot be written" : "")}" : "none: in memory").Add("lost", spool.Lost > 0 ? Units.Number(spool.Lost) : null)
            .Section("process").Add("CPU", last is not null && now.At > last.At
                ? string.Create(CultureInfo.InvariantCulture, $"{(now.Process.CpuSeconds - last.Process.CpuSeconds) / (now.At - last.At).TotalSeconds * 100:0}% of a core")
                : Units.Duration(now.Process.CpuSeconds))
            .Add("memory", $"{Units.Octets(now.Process.ResidentOctets)} ({Units.Octets(now.Process.GcHeapOctets)} managed)");
    }

    private static string Rate(long now, long? before, LoadReport at, LoadReport? last) =>
        last is null ? Units.Number(now) : string.Create(CultureInfo.InvariantCulture, $"{now} ({PerSecond(now, before, at, last):0.0}/s)");

    private static double PerSecond(long now, long? before, LoadReport at, LoadReport? last) =>
        before is { } b && last is not null && at.At > last.At ? Math.Max(0, now - b) / (at.At - last.At).TotalSeconds : 0;
}

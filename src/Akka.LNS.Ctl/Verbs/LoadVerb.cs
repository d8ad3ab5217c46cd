using System.CommandLine;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;
using Spectre.Console.Rendering;

namespace Akka.LNS.Ctl.Verbs;

internal static class LoadVerb
{
    private const string Heading =
        "TIME                  VERDICT    LOAD  SERIAL PARALLEL TUNNELS SESSIONS IN-SETUP SET-UPS/s REFUSED/s RADIUS";

    public static Command Make()
    {
        var once = new Option<bool>("--once") { Description = "Show the values once and exit." };
        var interval = Interval.Option("Interval between two updates.");
        const string description =
            "Queue lengths, Load, verdict and refusals, live until Ctrl-C. In a file or pipe: one line for each interval.";
        return new Command("load", description) { once, interval }.Does(async run =>
        {
            if (!run.Get(once) && !run.Output.IsJson) return await WatchAsync(run, Interval.Of(run, interval));
            var now = await run.Api.GetLoadAsync(run.Cancel);
            if (run.Output.IsJson) run.Output.Json(now, ApiJson.Default.LoadReport);
            else run.Output.Facts(Describe(now, null));
            return ExitCode.Ok;
        });
    }

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
        var (setUps, refused) = (PerSecond(static r => r.SetUps, now, last), PerSecond(static r => r.Refused.Total, now, last));
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{Units.Time(now.At)} {now.Verdict,8} {now.Load,7} {now.SerialDepth,7} {now.ParallelDepth,8} ")
            + string.Create(CultureInfo.InvariantCulture,
                $"{now.Tunnels,7} {now.Sessions,8} {now.SessionsInSetup,8} {setUps,9:0.0} {refused,9:0.0} {now.Radius.Outstanding,6}");
        return last is null ? [Heading, line] : [line];
    }

    private static Facts Describe(LoadReport now, LoadReport? last)
    {
        var (radius, spool, process) = (now.Radius, now.Spool, now.Process);
        var waiting =
            $"{radius.BacklogAuthentication} logins, {radius.BacklogStartStop} starts and stops, {radius.BacklogInterim} interims";
        return new Facts()
            .Section("admission").Add("verdict", now.Verdict).Add("reason", now.Reason)
            .Add("load", $"{now.Load} (refuse-from {now.RefuseFrom}, refuse-all {now.RefuseAll})")
            .Add("serial queue", now.SerialDepth).Add("parallel queue", now.ParallelDepth)
            .Add("set-ups", Rate(static r => r.SetUps, now, last)).Add("refused", Rate(static r => r.Refused.Total, now, last))
            .Add("refused by", now.Refused.ToText())
            .Section("counts").Add("tunnels", now.Tunnels).Add("sessions", $"{now.Sessions} ({now.SessionsInSetup} in set-up)")
            .Add("links", now.Links).Add("bundles", now.Bundles).Add("paths", now.Paths)
            .Section("RADIUS").Add("outstanding", $"{radius.Outstanding} of {radius.Workers} workers (max {radius.MaxOutstanding})")
            .Add("waiting", waiting)
            .Add("usable services", radius.ServersUsable)
            .Section("accounting spool").Add("records", spool.Records)
            .Add("oldest", spool.Oldest is { } oldest ? Units.Time(oldest) : null).Add("file", SpoolText.FileOf(spool))
            .Add("lost", spool.Lost > 0 ? Units.Number(spool.Lost) : null)
            .Section("process").Add("CPU", Cpu(now, last))
            .Add("memory", $"{Units.Octets(process.ResidentOctets)} ({Units.Octets(process.GcHeapOctets)} managed)");
    }

    private static string Cpu(LoadReport now, LoadReport? last)
    {
        if (last is null || now.At <= last.At) return DurationText.Show(now.Process.CpuSeconds);
        var share = (now.Process.CpuSeconds - last.Process.CpuSeconds) / (now.At - last.At).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{share * 100:0}% of a core");
    }

    private static string Rate(Func<LoadReport, long> count, LoadReport now, LoadReport? last) => last is null
        ? Units.Number(count(now))
        : string.Create(CultureInfo.InvariantCulture, $"{count(now)} ({PerSecond(count, now, last):0.0}/s)");

    private static double PerSecond(Func<LoadReport, long> count, LoadReport now, LoadReport? last) =>
        last is not null && now.At > last.At ? Math.Max(0, count(now) - count(last)) / (now.At - last.At).TotalSeconds : 0;
}

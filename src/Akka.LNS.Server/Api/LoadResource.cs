using Akka.LNS.Actors;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Radius.Spool;
using Akka.LNS.Protocol.Overload;
using Akka.LNS.Protocol.Radius;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

/// <summary>How much the node carries and how busy it is, now.</summary>
/// <param name="At">UTC.</param>
/// <param name="Tunnels">Control connections, those that are being set up or closed included.</param>
/// <param name="Sessions">Calls, those in set-up included.</param>
/// <param name="SessionsInSetup">Calls whose subscriber is not up yet.</param>
/// <param name="Links">PPP links.</param>
/// <param name="Bundles">Subscribers whose network is set up or being set up.</param>
/// <param name="Paths">Paths that are open in the data plane.</param>
/// <param name="SerialDepth">Messages waiting for tunnels, sessions, links, bundles and the interface gate.</param>
/// <param name="ParallelDepth">Requests waiting for RADIUS.</param>
/// <param name="Load">The weighted sum of both.</param>
/// <param name="RefuseFrom">Load from which a share of new tunnels and calls is refused.</param>
/// <param name="RefuseAll">Load from which all are.</param>
/// <param name="Verdict">open, early (some are refused by chance), closed (all, or all that need RADIUS), draining (or being stopped).</param>
/// <param name="Reason">Why it is not open; absent: it is.</param>
/// <param name="SetUps">Subscribers that came up since the start.</param>
internal sealed record LoadReport(
    DateTimeOffset At, int Tunnels, int Sessions, int SessionsInSetup, int Links, int Bundles, int Paths, long SerialDepth, long ParallelDepth, long Load,
    int RefuseFrom, int RefuseAll, string Verdict, string? Reason, LoadRefused Refused, long SetUps, LoadRadius Radius, LoadSpool Spool, LoadProcess Process);

/// <summary>Tunnels and calls that were refused, since the start.</summary>
internal sealed record LoadRefused(long Total, IReadOnlyDictionary<string, long> ByReason)
{
    public static LoadRefused Of(IEnumerable<RefusalCount> counts)
    {
        var byReason = counts.GroupBy(static c => c.Reason).ToDictionary(static g => g.Key.ToString(), static g => g.Sum(static c => c.Count));
        return new LoadRefused(byReason.Values.Sum(), byReason);
    }
}

/// <param name="Workers">Requests that may be outstanding at a time.</param>
/// <param name="MaxOutstanding">Most at a time since the start.</param>
/// <param name="BacklogAuthentication">Logins that wait for a worker.</param>
/// <param name="BacklogStartStop">Accounting Starts and Stops, and those of the node, that wait for one.</param>
/// <param name="BacklogInterim">Interim-Updates that wait for one.</param>
/// <param name="ServersUsable">Services of servers (login and accounting counted apart) that are not dead.</param>
internal sealed record LoadRadius(int Workers, int Outstanding, int MaxOutstanding, int BacklogAuthentication, int BacklogStartStop, int BacklogInterim, int ServersUsable)
{
    public static LoadRadius Of(int workers, RadiusCondition now) => new(workers, now.Outstanding, now.MaxOutstanding,
        now.Authentication.Waiting, now.StartStop.Waiting, now.Interim.Waiting, now.Servers.Count(static s => s.Standing is not ServerStanding.Dead));
}

/// <summary>Accounting that waits for a server.</summary>
/// <param name="Records">Starts and Stops that no server has acknowledged yet.</param>
/// <param name="Durable">They are in a file, and outlive lnsd.</param>
/// <param name="Oldest">When the oldest happened, UTC; absent: none waits.</param>
/// <param name="Octets">Of the file.</param>
/// <param name="Failing">The file cannot be written now.</param>
/// <param name="Lost">Records that found no place, since the start.</param>
internal sealed record LoadSpool(long Records, bool Durable, DateTimeOffset? Oldest, long Octets, bool Failing, long Lost)
{
    public static LoadSpool Of(SpoolSnapshot now) => new(now.Waiting, now.File is not null, now.Oldest, now.Octets, now.IsFailing, now.Lost);
}

/// <param name="CpuSeconds">User and system time since the start.</param>
/// <param name="ResidentOctets">Memory of the whole process.</param>
/// <param name="GcHeapOctets">Of it, managed.</param>
internal sealed record LoadProcess(double CpuSeconds, long ResidentOctets, long GcHeapOctets)
{
    public static LoadProcess Now => new(Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 3), Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false));
}

internal static class LoadResource
{
    public static void Map(RouteGroupBuilder v1) => v1.MapGet("/load", Get).WithName("getLoad").WithSummary("Queue lengths, Load, counts and what the process uses");

    private static LoadReport Get(LnsNode node, TimeProvider clock)
    {
        var (counters, admission, overload) = (node.Counters, node.Admission, node.Settings.Overload);
        var load = admission.Load;
        return new LoadReport(clock.GetUtcNow(), counters.Tunnels, counters.Sessions, admission.InSetup, counters.Links, counters.Bundles, node.Plane.PathCount,
            load.SerialDepth, load.ParallelDepth, load.Load, overload.RefuseFrom, overload.RefuseAll, Verdict(node.IsStopping, admission), admission.Reason?.ToString(),
            LoadRefused.Of(counters.Refusals.All), counters.SetUps, LoadRadius.Of(node.Settings.Radius.Workers, node.Radius), LoadSpool.Of(node.Spool), LoadProcess.Now);
    }

    public static string Verdict(bool isStopping, AdmissionReport now) => isStopping || now.Drain is not DrainState.Serving ? "draining"
        : now.State.IsShut || now.State.IsRadiusDown || now.State.IsRadiusSlow ? "closed"
        : now.State.Share > 0 ? "early"
        : "open";
}

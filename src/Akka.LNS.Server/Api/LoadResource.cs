using Akka.LNS.Actors;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Protocol.Radius;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

/// <summary>How much the node carries and how busy it is, now.</summary>
/// <param name="At">UTC.</param>
/// <param name="Tunnels">Control connections, those that are being set up or closed included.</param>
/// <param name="Sessions">Calls, those in set-up included.</param>
/// <param name="Links">PPP links.</param>
/// <param name="Bundles">Subscribers whose network is set up or being set up.</param>
/// <param name="Paths">Paths that are open in the data plane.</param>
/// <param name="SerialDepth">Messages waiting for tunnels, sessions, links, bundles and the interface gate.</param>
/// <param name="ParallelDepth">Requests waiting for RADIUS.</param>
/// <param name="Load">The weighted sum of both.</param>
/// <param name="SetUps">Subscribers that came up since the start.</param>
internal sealed record LoadReport(
    DateTimeOffset At, int Tunnels, int Sessions, int Links, int Bundles, int Paths, long SerialDepth, long ParallelDepth, long Load, long SetUps,
    LoadRadius Radius, LoadProcess Process);

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
        var (counters, load) = (node.Counters, node.Load);
        return new LoadReport(clock.GetUtcNow(), counters.Tunnels, counters.Sessions, counters.Links, counters.Bundles, node.Plane.PathCount,
            load.SerialDepth, load.ParallelDepth, load.Load, counters.SetUps, LoadRadius.Of(node.Settings.Radius.Workers, node.Radius), LoadProcess.Now);
    }
}

using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Server.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Akka.LNS.Server.Node;

namespace Akka.LNS.Server.Api.Resources;

internal static class StatusResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/status", Get).WithName("getStatus").WithSummary("Version, name, addresses and totals of the node");

    private static StatusReport Get(LnsNode node, TimeProvider clock, ApiStarted started, NodeWatch watch)
    {
        var (settings, counters, admission) = (node.Settings, node.Counters, node.Admission);
        return new StatusReport(LnsdVersion.Text, settings.NodeName, settings.Group.Name, started.At,
            Seconds.Of(clock.GetUtcNow() - started.At), node.Plane.Describe(),
            [.. node.Plane.Listening.Select(static e => e.ToString())], counters.Tunnels, counters.Sessions, counters.Links,
                counters.Bundles, node.Load.Load, Verdict.Of(node.IsStopping, admission), admission.Drain.Reason,
                LoadSpool.Of(node.Spool), watch.Problems);
    }
}

/// <summary>Start of the API.</summary>
internal sealed record ApiStarted(DateTimeOffset At);

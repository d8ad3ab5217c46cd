using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Akka.LNS.Server.Node;

namespace Akka.LNS.Server.Api.Resources;

internal static class LoadResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/load", Get).WithName("getLoad").WithSummary("Queue lengths, Load, counters and use of CPU and memory");

    private static LoadReport Get(LnsNode node, TimeProvider clock)
    {
        var (counters, admission, overload) = (node.Counters, node.Admission, node.Settings.Overload);
        var load = admission.Load;
        return new LoadReport(clock.GetUtcNow(), counters.Tunnels, counters.Sessions, admission.InSetup, counters.Links, counters.Bundles,
            node.Plane.PathCount,
            load.SerialDepth, load.ParallelDepth, load.Load, overload.RefuseFrom, overload.RefuseAll,
                Verdict.Of(node.IsStopping, admission), admission.Reason?.ToString(),
            LoadRefused.Of(counters.Refusals.All), counters.SetUps, LoadRadius.Of(node.Settings.Radius.Workers, node.Radius),
                LoadSpool.Of(node.Spool), LoadProcess.Now);
    }
}

using Akka.LNS.Actors.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Akka.LNS.Server.Node;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>For whoever sends traffic here or not: open to everybody, says nothing but yes and no.</summary>
internal static class HealthResource
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/alive", static () => TypedResults.Text("alive")).AllowAnonymous().WithName("getAlive").WithSummary("200 while the process runs");
        app.MapGet("/ready", Ready).AllowAnonymous().WithName("getReady").WithSummary("200 while new tunnels and calls are taken and the node is in its cluster, else 503");
    }

    private static IResult Ready(LnsNode node, ClusterPart cluster)
    {
        var verdict = Verdict.Of(node.IsStopping, node.Admission);
        if (verdict is not ("open" or "early")) return Problem.Unavailable(verdict == "draining" ? "the node is being emptied" : "the node is overloaded");
        return cluster.Cluster is { View.IsMember: false } ? Problem.Unavailable("the node is in no cluster") : TypedResults.Text("ready");
    }
}

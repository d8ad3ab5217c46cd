using Akka.LNS.Actors.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Akka.LNS.Server.Node;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>Health checks for load balancers and service managers. They need no token.</summary>
internal static class HealthResource
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/alive", static () => TypedResults.Text("alive")).AllowAnonymous().WithName("getAlive")
            .WithSummary("200 while the process runs");
        app.MapGet("/ready", Ready).AllowAnonymous().WithName("getReady")
            .WithSummary("200 while the node accepts new tunnels and calls and is a member of its cluster, else 503");
    }

    private static IResult Ready(LnsNode node, ClusterPart cluster)
    {
        if (node.Plane.Failure is { } why) return Problem.Unavailable($"the data plane does not forward: {why}");
        var verdict = Verdict.Of(node.IsStopping, node.Admission);
        if (verdict is not ("open" or "early"))
            return Problem.Unavailable(verdict == "draining" ? "the node is draining" : "the node is overloaded");
        return cluster.Cluster switch
        {
            { View.IsMember: false } => Problem.Unavailable("the node is not a member of a cluster"),
            { IsReady: false } => Problem.Unavailable("the node was stopped, and no member of the cluster has confirmed its "
                + "membership yet"),
            _ => TypedResults.Text("ready"),
        };
    }
}

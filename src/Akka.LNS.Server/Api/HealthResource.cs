using Akka.LNS.Actors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

/// <summary>For whoever sends traffic here or not: open to everybody, says nothing but yes and no.</summary>
internal static class HealthResource
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/alive", static () => TypedResults.Text("alive")).AllowAnonymous().WithName("getAlive").WithSummary("200 while the process runs");
        app.MapGet("/ready", Ready).AllowAnonymous().WithName("getReady").WithSummary("200 while new tunnels and calls are taken, else 503");
    }

    private static IResult Ready(LnsNode node)
    {
        var verdict = LoadResource.Verdict(node.IsStopping, node.Admission);
        return verdict is "open" or "early" ? TypedResults.Text("ready") : Problem.Unavailable(verdict == "draining" ? "the node is being emptied" : "the node is overloaded");
    }
}

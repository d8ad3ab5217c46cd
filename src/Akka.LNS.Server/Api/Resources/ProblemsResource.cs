using Akka.LNS.Client;
using Akka.LNS.Server.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class ProblemsResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/problems", static (NodeWatch watch) => new NodeProblemList(watch.Problems)).WithName("listProblems")
            .WithSummary("Problems of the node, by the alert rules of deploy/grafana/alerts.yml");
}

using Akka.LNS.Client;
using Akka.LNS.Server.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class HistoryResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/history", Get).WithName("getHistory").WithSummary("Recent values: sessions, traffic, set-ups and ends per second")
            .WithDescription("since: only points after a time (ISO 8601). lns.dashboard.sample-interval is the time between two points, "
                + "lns.dashboard.history the time that they cover.");

    private static Results<Ok<HistoryReport>, ValidationProblem> Get(HttpRequest request, NodeWatch watch)
    {
        var query = new Query(request);
        var since = query.Time("since");
        return query.Problem() is { } problem ? problem : TypedResults.Ok(watch.History(since));
    }
}

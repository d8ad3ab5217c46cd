using Akka.LNS.Actors;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

internal static class LinksResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/links", List).WithName("listLinks").WithSummary("PPP links").WithDescription("Filters as of sessions. offset, limit.");

    private static Results<Ok<LinkPage>, ValidationProblem> List(HttpRequest request, LnsNode node)
    {
        var query = new Query(request.Query);
        var (filter, page) = (CallFilter.Read(query), Page.Read(query));
        if (query.Problem() is { } problem) return problem;
        var found = filter.Of(node.Calls).Where(static c => c.Phase != CallPhase.Calling).OrderBy(static c => c.Id, StringComparer.Ordinal).ToArray();
        return TypedResults.Ok(new LinkPage(found.Length, page.Offset, page.Limit,
            [.. page.Of(found).Select(static c => new LinkRow($"l2tp-{c.Path.TunnelId}-{c.Path.SessionId}", c.Id, c.User, CallFilter.Word(c.Phase), c.Lac, c.Calling))]));
    }
}

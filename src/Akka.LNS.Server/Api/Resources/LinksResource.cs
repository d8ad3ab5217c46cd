using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class LinksResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/links", List).WithName("listLinks").WithSummary("PPP links").WithDescription("Filters of sessions. offset, limit.");

    private static Results<Ok<LinkPage>, ValidationProblem> List(HttpRequest request, LnsNode node) => CallFilter.List(request, node,
        static c => c.Phase != CallPhase.Calling,
        static (page, calls) => new LinkPage(calls.Total, page.Offset, page.Limit,
            calls.As(static c => new LinkRow(c.LinkName, c.Id, c.User, CallFilter.Word(c.Phase), c.Lac, c.Calling))));
}

using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class BundlesResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/bundles", List).WithName("listBundles").WithSummary("Network layers of subscribers")
            .WithDescription("Filters of sessions. offset, limit.");

    private static Results<Ok<BundlePage>, ValidationProblem> List(HttpRequest request, LnsNode node) => CallFilter.List(request, node,
        static c => c.Phase is CallPhase.Network or CallPhase.Up,
        static (page, calls) => new BundlePage(calls.Total, page.Offset, page.Limit,
            calls.As(static c =>
                new BundleRow(c.LinkName, c.Id, c.User, c.Address.IsNone ? null : c.Address.ToString(), c.Pool, CallFilter.Word(c.Phase),
                c.On))));
}

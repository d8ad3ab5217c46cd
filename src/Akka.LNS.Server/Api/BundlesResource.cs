using Akka.LNS.Actors;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

internal static class BundlesResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/bundles", List).WithName("listBundles").WithSummary("Networks of subscribers").WithDescription("Filters as of sessions. offset, limit.");

    private static Results<Ok<BundlePage>, ValidationProblem> List(HttpRequest request, LnsNode node)
    {
        var query = new Query(request.Query);
        var (filter, page) = (CallFilter.Read(query), Page.Read(query));
        if (query.Problem() is { } problem) return problem;
        var found = filter.Of(node.Calls).Where(static c => c.Phase is CallPhase.Network or CallPhase.Up).OrderBy(static c => c.Id, StringComparer.Ordinal).ToArray();
        return TypedResults.Ok(new BundlePage(found.Length, page.Offset, page.Limit, [.. page.Of(found).Select(static c => new BundleRow(
            $"l2tp-{c.Path.TunnelId}-{c.Path.SessionId}", c.Id, c.User, c.Address.IsNone ? null : c.Address.ToString(), c.Pool, CallFilter.Word(c.Phase), c.On))]));
    }
}

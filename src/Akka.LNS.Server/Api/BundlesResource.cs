using Akka.LNS.Actors;
using Akka.LNS.Actors.Inventory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

/// <summary>One subscriber's network.</summary>
/// <param name="Interface">l2tp-TUNNEL-SESSION.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="Since">When the user was on, UTC; absent: not yet.</param>
internal sealed record BundleRow(string Interface, string Session, string User, string? Address, string? Pool, string State, DateTimeOffset? Since);

internal sealed record BundlePage(int Total, int Offset, int Limit, IReadOnlyList<BundleRow> Bundles);

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

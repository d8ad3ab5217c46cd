using Akka.LNS.Actors;
using Akka.LNS.Actors.Inventory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

/// <summary>One PPP link.</summary>
/// <param name="Name">mpd-link: l2tp-TUNNEL-SESSION.</param>
/// <param name="Session">Acct-Session-Id.</param>
internal sealed record LinkRow(string Name, string Session, string User, string State, string Lac, string Calling);

internal sealed record LinkPage(int Total, int Offset, int Limit, IReadOnlyList<LinkRow> Links);

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

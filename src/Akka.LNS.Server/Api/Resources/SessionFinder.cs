using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Wire.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>The sessions that one word names by <see cref="SearchRule"/>.</summary>
internal static class SessionFinder
{
    private const int MostNamed = 10;

    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/sessions/find", List).WithName("findSessions").WithSummary("Sessions that one word names")
            .WithDescription("which: an id, a user, an IPv4 address or a calling number, as a whole. offset, limit.");

    /// <summary>The one session that the word names, or the error: 404 for none, 409 for several.</summary>
    /// <param name="shown">The word as a person wrote it.</param>
    public static (CallEntry? Call, ProblemHttpResult? Problem) One(LnsNode node, string shown)
    {
        var word = PeerText.Read(shown);
        var found = SearchRule.Named(word, node.Calls);
        if (found.Count == 1) return (found[0], null);
        if (found.Count == 0)
            return (null, Problem.NotFound($"there is no session with the id, user, address or calling number '{PeerText.Show(word)}'"));
        var named = string.Join("; ", found.OrderBy(static c => c.Id, StringComparer.Ordinal).Take(MostNamed).Select(static c =>
            $"{c.Id} (user '{PeerText.Show(c.User)}', address {(c.Address.IsNone ? "none" : c.Address)}, calling "
                + $"'{PeerText.Show(c.Calling)}')"));
        return (null, TypedResults.Problem($"{found.Count} sessions have the user, address or calling number '{PeerText.Show(word)}'; "
            + $"give an id: {named}{(found.Count > MostNamed ? "; ..." : "")}", statusCode: StatusCodes.Status409Conflict));
    }

    private static Results<Ok<SessionPage>, ValidationProblem> List(HttpRequest request, LnsNode node)
    {
        var query = new Query(request);
        var (word, page) = (query.Text("which"), Page.Read(query));
        if (word is null && !request.Query.ContainsKey("which")) query.Fail("which", "missing; allowed: one word");
        if (query.Problem() is { } problem) return problem;
        var found = page.Of(SearchRule.Named(word!, node.Calls), static c => c.Id, string.CompareOrdinal);
        return TypedResults.Ok(new SessionPage(found.Total, page.Offset, page.Limit,
            found.As(c => SessionRow.Of(c, node.Plane))));
    }
}

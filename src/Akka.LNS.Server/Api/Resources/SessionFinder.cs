using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>
/// The rule by which one word names a session, for API, lnsctl and dashboard: its id; else its user, the user that the subscriber typed,
/// its address or calling number, as a whole and with case.
/// </summary>
internal static class SessionFinder
{
    private const int MostNamed = 10;

    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/sessions/find", List).WithName("findSessions").WithSummary("Sessions that one word names")
            .WithDescription("which: an id, a user, an IPv4 address or a calling number, as a whole. offset, limit.");

    public static List<CallEntry> Find(CallTable calls, string word)
    {
        if (calls.Find(word) is { } one) return [one];
        var isAddress = Ipv4Address.TryParse(word, out var address) && !address.IsNone;
        return [.. calls.All.Where(c => c.User == word || c.Login == word || c.Calling == word || (isAddress && c.Address == address))];
    }

    /// <summary>The one session that the word names, or the error: 404 for none, 409 for several.</summary>
    /// <param name="shown">The word as a person wrote it.</param>
    public static (CallEntry? Call, ProblemHttpResult? Problem) One(LnsNode node, string shown)
    {
        var word = PeerText.Read(shown);
        var found = Find(node.Calls, word);
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
        var query = new Query(request.Query);
        var (word, page) = (query.Text("which"), Page.Read(query));
        if (word is null && !request.Query.ContainsKey("which")) query.Fail("which", "missing; allowed: one word");
        if (query.Problem() is { } problem) return problem;
        var found = page.Of(Find(node.Calls, word!), static c => c.Id, string.CompareOrdinal);
        return TypedResults.Ok(new SessionPage(found.Total, page.Offset, page.Limit,
            [.. found.Rows.Select(c => SessionRow.Of(c, node.Plane))]));
    }
}

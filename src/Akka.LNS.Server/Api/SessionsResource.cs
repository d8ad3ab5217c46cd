using Akka.LNS.Actors;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Client;
using Akka.LNS.DataPlane;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

internal static class SessionsResource
{
    private const string Sorts = "since, user, address, calling, called, lac, state, inOctets, outOctets, each with - in front for the other direction";

    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/sessions", List).WithName("listSessions").WithSummary("Calls in set-up, up and closing")
            .WithDescription("Filters: user, calling, called, lac, pool (with * and ?), address, state, q (in any of them). "
                + $"sort: {Sorts}; without one -since. offset, limit (1 to 10000).");

    private static Results<Ok<SessionPage>, ValidationProblem> List(HttpRequest request, LnsNode node)
    {
        var query = new Query(request.Query);
        var (filter, page, sort) = (CallFilter.Read(query), Page.Read(query), query.Text("sort") ?? "-since");
        var found = filter.Of(node.Calls).ToArray();
        var sorted = Sort(found, sort, node.Plane);
        if (sorted is null) query.Fail("sort", $"found '{sort}'; allowed: {Sorts}");
        if (query.Problem() is { } problem) return problem;
        return TypedResults.Ok(new SessionPage(found.Length, page.Offset, page.Limit, [.. page.Of(sorted!).Select(c => SessionRow.Of(c, node.Plane))]));
    }

    /// <summary>Null: there is no such order. Only as much is sorted as the page needs.</summary>
    private static IEnumerable<CallEntry>? Sort(CallEntry[] calls, string sort, IDataPlane plane)
    {
        var down = sort.StartsWith('-');
        return (down ? sort[1..] : sort) switch
        {
            "since" => By(static c => c.Began.UtcTicks),
            "address" => By(static c => c.Address.Value),
            "state" => By(static c => c.Phase),
            "user" => ByText(static c => c.User),
            "calling" => ByText(static c => c.Calling),
            "called" => ByText(static c => c.Called),
            "lac" => ByText(static c => c.Lac),
            "inOctets" => By(c => plane.TryReadCounters(c.Path, out var now) ? now.InOctets : 0),
            "outOctets" => By(c => plane.TryReadCounters(c.Path, out var now) ? now.OutOctets : 0),
            _ => null,
        };

        // with the id behind it: pages must not overlap
        IEnumerable<CallEntry> By<T>(Func<CallEntry, T> key) => (down ? calls.OrderByDescending(key) : calls.OrderBy(key)).ThenBy(static c => c.Id, StringComparer.Ordinal);
        IEnumerable<CallEntry> ByText(Func<CallEntry, string> key) =>
            (down ? calls.OrderByDescending(key, StringComparer.Ordinal) : calls.OrderBy(key, StringComparer.Ordinal)).ThenBy(static c => c.Id, StringComparer.Ordinal);
    }
}

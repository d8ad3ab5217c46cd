using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.DataPlane.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class SessionsResource
{
    private const string Sorts =
        "since, user, address, calling, called, lac, state, inOctets, outOctets, each with a leading - for descending order";

    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/sessions", List).WithName("listSessions").WithSummary("Calls: in set-up, up and closing")
            .WithDescription("Filters: user, calling, called, lac, pool (with * and ?), address, state, q (a text, by the rule of "
                + $"searches). sort: {Sorts}; default -since. offset, limit (1 to 10000; all: every row, in CSV).");

    private static Results<Ok<SessionPage>, ValidationProblem> List(HttpRequest request, LnsNode node)
    {
        var query = new Query(request);
        var (filter, page, sort) = (CallFilter.Read(query), Page.Read(query), query.Text("sort") ?? "-since");
        var cut = CutBy(sort, page, node.Plane);
        if (cut is null) query.Fail("sort", $"found '{sort}'; allowed: {Sorts}");
        if (query.Problem() is { } problem) return problem;
        var found = cut!(filter.Of(node.Calls));
        return TypedResults.Ok(
            new SessionPage(found.Total, page.Offset, page.Limit, found.As(c => SessionRow.Of(c, node.Plane))));
    }

    /// <summary>Cuts a page in the given order; null: unknown order.</summary>
    private static Func<IEnumerable<CallEntry>, Cut<CallEntry>>? CutBy(string sort, Page page, IDataPlane plane)
    {
        var down = sort.StartsWith('-');
        return (down ? sort[1..] : sort) switch
        {
            "since" => By(static c => c.Began.UtcTicks, Comparer<long>.Default.Compare),
            "address" => By(static c => c.Address.Value, Comparer<uint>.Default.Compare),
            "state" => By(static c => (byte)c.Phase, Comparer<byte>.Default.Compare),
            "user" => By(static c => c.User, string.CompareOrdinal),
            "calling" => By(static c => c.Calling, string.CompareOrdinal),
            "called" => By(static c => c.Called, string.CompareOrdinal),
            "lac" => By(static c => c.Lac, string.CompareOrdinal),
            "inOctets" => By(c => plane.TryReadCounters(c.Path, out var now) ? now.InOctets : 0, Comparer<ulong>.Default.Compare),
            "outOctets" => By(c => plane.TryReadCounters(c.Path, out var now) ? now.OutOctets : 0, Comparer<ulong>.Default.Compare),
            _ => null,
        };

        // the id comes last, so that pages do not overlap
        Func<IEnumerable<CallEntry>, Cut<CallEntry>> By<T>(Func<CallEntry, T> key, Comparison<T> order) =>
            calls => page.Of(calls, c => (Key: key(c), c.Id),
            (a, b) => (down ? order(b.Key, a.Key) : order(a.Key, b.Key)) is var first and not 0 ? first
                : string.CompareOrdinal(a.Id, b.Id));
    }
}

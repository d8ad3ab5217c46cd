using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class TunnelsResource
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/tunnels", List).WithName("listTunnels").WithSummary("Control connections with LACs")
            .WithDescription("Filters: lac (with * and ?), state. offset, limit.");
        v1.MapGet("/tunnels/{id:int}", Get).WithName("getTunnel").WithSummary("One control connection");
    }

    private static Results<Ok<TunnelPage>, ValidationProblem> List(HttpRequest request, LnsNode node)
    {
        var query = new Query(request);
        var (lac, page) = (query.Pattern("lac"), Page.Read(query));
        var phase = query.Word("state", [.. Enum.GetValues<TunnelPhase>().Select(static p => (TunnelRow.Word(p), p))]);
        if (query.Problem() is { } problem) return problem;
        var found = page.Of(node.Tunnels.All.Where(t => (lac is null || lac(t.Lac)) && (phase is null || t.Phase == phase)),
            static t => (t.Lac, t.Id),
            static (a, b) => string.CompareOrdinal(a.Lac, b.Lac) is var first and not 0 ? first : a.Id.CompareTo(b.Id));
        return TypedResults.Ok(new TunnelPage(found.Total, page.Offset, page.Limit, found.As(TunnelRow.Of)));
    }

    private static async Task<Results<Ok<TunnelDetail>, ProblemHttpResult>> Get(int id, LnsNode node)
    {
        if (id is < 0 or > ushort.MaxValue || node.Tunnels.Find((ushort)id) is not { } tunnel)
            return Problem.NotFound($"there is no tunnel {id}");
        var layer = await LnsNode.DescribeAsync(tunnel, SessionResource.Patience);
        return TypedResults.Ok(new TunnelDetail(TunnelRow.Of(tunnel), layer is null ? null : TunnelLayer.Of(layer)));
    }
}

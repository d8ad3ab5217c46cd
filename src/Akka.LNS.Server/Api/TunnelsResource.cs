using Akka.LNS.Actors;
using Akka.LNS.Actors.Inventory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

/// <summary>One control connection.</summary>
/// <param name="Id">Ours.</param>
/// <param name="Lac">Host Name AVP.</param>
/// <param name="State">opening, up, closing.</param>
/// <param name="CallsEver">Calls since it is there.</param>
internal sealed record TunnelRow(ushort Id, string Lac, string LacAddress, string OwnAddress, string State, DateTimeOffset Since, int Sessions, long CallsEver)
{
    public static TunnelRow Of(TunnelEntry t) => new(t.Id, t.Lac, t.Flow.ToString(), t.Flow.Local.ToString(), Word(t.Phase), t.Began, t.Calls, t.CallsEver);

    public static string Word(TunnelPhase phase) => phase switch
    {
        TunnelPhase.Opening => "opening",
        TunnelPhase.Up => "up",
        _ => "closing",
    };
}

internal sealed record TunnelPage(int Total, int Offset, int Limit, IReadOnlyList<TunnelRow> Tunnels);

/// <param name="Layer">Absent: the tunnel's actor did not answer in time.</param>
internal sealed record TunnelDetail(TunnelRow Tunnel, TunnelLayer? Layer);

internal static class TunnelsResource
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/tunnels", List).WithName("listTunnels").WithSummary("Control connections with LACs").WithDescription("Filters: lac (with * and ?), state. offset, limit.");
        v1.MapGet("/tunnels/{id:int}", Get).WithName("getTunnel").WithSummary("One control connection");
    }

    private static Results<Ok<TunnelPage>, ValidationProblem> List(HttpRequest request, LnsNode node)
    {
        var query = new Query(request.Query);
        var (lac, page) = (query.Pattern("lac"), Page.Read(query));
        var phase = query.Word("state", [.. Enum.GetValues<TunnelPhase>().Select(static p => (TunnelRow.Word(p), p))]);
        if (query.Problem() is { } problem) return problem;
        var found = node.Tunnels.All.Where(t => (lac is null || lac(t.Lac)) && (phase is null || t.Phase == phase)).OrderBy(static t => t.Lac, StringComparer.Ordinal)
            .ThenBy(static t => t.Id).ToArray();
        return TypedResults.Ok(new TunnelPage(found.Length, page.Offset, page.Limit, [.. page.Of(found).Select(TunnelRow.Of)]));
    }

    private static async Task<Results<Ok<TunnelDetail>, ProblemHttpResult>> Get(int id, LnsNode node)
    {
        if (id is < 0 or > ushort.MaxValue || node.Tunnels.Find((ushort)id) is not { } tunnel) return Problem.NotFound($"there is no tunnel {id}");
        var layer = await LnsNode.DescribeAsync(tunnel, SessionResource.Patience);
        return TypedResults.Ok(new TunnelDetail(TunnelRow.Of(tunnel), layer is null ? null : TunnelLayer.Of(layer)));
    }
}

using Akka.LNS.Actors;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

internal static class PoolsResource
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/pools", List).WithName("listPools").WithSummary("How full the address pools are");
        v1.MapGet("/pools/{name}/leases", Leases).WithName("listLeases").WithSummary("Who has which address of a pool").WithDescription("By address. offset, limit.");
    }

    private static async Task<Results<Ok<PoolList>, ProblemHttpResult>> List(LnsNode node)
    {
        if (await node.DescribePoolsAsync(SessionResource.Patience) is not { } found)
            return Problem.Unavailable("the address pools did not answer in time");
        return TypedResults.Ok(new PoolList([.. found.Pools.Select(p => new PoolRow(p.Name, p.Use.Capacity, p.Use.Used, p.Use.Capacity - p.Use.Used,
            node.Settings.Pools.GetValueOrDefault(p.Name)?.Sticky ?? false))], found.Outside));
    }

    private static Results<Ok<LeasePage>, ProblemHttpResult, ValidationProblem> Leases(string name, HttpRequest request, LnsNode node)
    {
        if (!node.Settings.Pools.ContainsKey(name)) return Problem.NotFound($"there is no pool '{name}'");
        var query = new Query(request.Query);
        var page = Page.Read(query);
        if (query.Problem() is { } problem) return problem;
        var found = node.Calls.All.Where(c => c.Pool == name && !c.Address.IsNone).OrderBy(static c => c.Address.Value).ToArray();
        return TypedResults.Ok(new LeasePage(found.Length, page.Offset, page.Limit,
            [.. page.Of(found).Select(static c => new LeaseRow(c.Address.ToString(), c.User, c.Id, CallFilter.Word(c.Phase), c.Began))]));
    }
}

using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class PoolsResource
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/pools", List).WithName("listPools").WithSummary("Address pools and their use");
        v1.MapGet("/pools/{name}/leases", Leases).WithName("listLeases").WithSummary("Leases of a pool")
            .WithDescription("In the order of addresses. offset, limit.");
    }

    private static async Task<Results<Ok<PoolList>, ProblemHttpResult>> List(LnsNode node)
    {
        if (await node.DescribePoolsAsync(SessionResource.Patience) is not { } found)
            return Problem.Unavailable("the address pools did not answer in time");
        var left = found.LeftOver.ToDictionary(static l => l.Pool, static l => l.Leases, StringComparer.Ordinal);
        var rows = found.Pools.Select(
            p => new PoolRow(p.Name, p.Use.Capacity, p.Use.Used, p.Use.Free, node.Settings.Pools.GetValueOrDefault(p.Name)?.Sticky ?? false,
            left.Remove(p.Name, out var outside) ? outside : 0)).ToList();
        return TypedResults.Ok(
            new PoolList([.. rows, .. left.OrderBy(static l => l.Key, StringComparer.Ordinal)
            .Select(static l => new PoolRow(l.Key, 0, 0, 0, false, l.Value))], found.Outside));
    }

    private static Results<Ok<LeasePage>, ProblemHttpResult, ValidationProblem> Leases(string name, HttpRequest request, LnsNode node)
    {
        var pool = node.Settings.Pools.GetValueOrDefault(name);
        if (pool is null && !node.Calls.All.Any(c => c.Pool == name)) return Problem.NotFound($"there is no pool '{name}'");
        var query = new Query(request);
        var page = Page.Read(query);
        if (query.Problem() is { } problem) return problem;
        var found = page.Of(node.Calls.All.Where(c => c.Pool == name && !c.Address.IsNone), static c => (c.Address, c.Id),
            static (a, b) => a.Address.CompareTo(b.Address) is var first and not 0 ? first : string.CompareOrdinal(a.Id, b.Id));
        return TypedResults.Ok(new LeasePage(found.Total, page.Offset, page.Limit,
            found.As(c => new LeaseRow(c.Address.ToString(), c.User, c.Id, CallFilter.Word(c.Phase), c.Began, !IsIn(pool, c.Address)))));
    }

    private static bool IsIn(AddressPoolSettings? pool, Ipv4Address address) =>
        pool is not null && pool.Ranges.Any(r => r.Contains(address))
            && (pool.Exclude.IsDefault || !pool.Exclude.Any(r => r.Contains(address)));
}

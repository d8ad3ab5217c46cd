using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class LacsResource
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/lacs", List).WithName("listLacs")
            .WithSummary("LACs: tunnels, sessions, set-ups, ends and their most frequent causes")
            .WithDescription("q (a text, by the rule of searches).");
        v1.MapGet("/lacs/{name}", Get).WithName("getLac").WithSummary("One LAC, by its Host Name");
        v1.MapGet("/refused-lacs", Refused).WithName("listRefusedLacs")
            .WithSummary("LACs whose tunnels were refused or did not come up, the latest first")
            .WithDescription("q (a text, by the rule of searches).");
    }

    private static Results<Ok<RefusedLacList>, ValidationProblem> Refused(HttpRequest request, LnsNode node)
    {
        var query = new Query(request);
        var text = query.Text("q");
        if (query.Problem() is { } problem) return problem;
        RefusedLacRow[] all = [.. node.Counters.Refusals.Lacs.All.Select(static r => new RefusedLacRow(
            r.HostName, r.Address, r.Entry, r.Reason.ToString(), r.Why.Words, r.Count, r.First, r.Last))];
        return TypedResults.Ok(new RefusedLacList(text is null ? all : [.. all.Where(SearchRule.RefusedLacs(text, all))]));
    }

    private static Results<Ok<LacList>, ValidationProblem> List(HttpRequest request, LnsNode node)
    {
        var query = new Query(request);
        var text = query.Text("q");
        if (query.Problem() is { } problem) return problem;
        var now = node.Tunnels.All.ToLookup(static t => t.Lac, StringComparer.Ordinal);
        var refused = node.Counters.Refusals.All.ToLookup(static r => r.Lac, StringComparer.OrdinalIgnoreCase);
        LacRow[] all = [.. node.Tunnels.Lacs.OrderBy(static l => l.Name, StringComparer.Ordinal)
            .Select(lac => Row(lac, now[lac.Name], refused[lac.Name], node))];
        return TypedResults.Ok(new LacList(text is null ? all : [.. all.Where(SearchRule.Lacs(text, all))]));
    }

    private static Results<Ok<LacRow>, ProblemHttpResult> Get(string name, LnsNode node)
    {
        if (node.Tunnels.FindLac(name) is not { } lac) return Problem.NotFound($"no LAC with the Host Name '{name}' has had a tunnel");
        var refused = node.Counters.Refusals.All.Where(r => string.Equals(r.Lac, name, StringComparison.OrdinalIgnoreCase));
        return TypedResults.Ok(Row(lac, node.Tunnels.All.Where(t => t.Lac == name), refused, node));
    }

    private static LacRow Row(LacEntry lac, IEnumerable<TunnelEntry> its, IEnumerable<RefusalCount> refused, LnsNode node)
    {
        var (tunnels, figures) = (its.ToArray(), lac.Read(node.Clock.Now));
        return new LacRow(lac.Name, [.. tunnels.Select(static t => t.Flow.Remote.Address.ToString()).Distinct()], tunnels.Length,
            tunnels.Sum(static t => t.Calls), figures.SetUps, figures.SetUpsFailed + figures.SessionsEnded, LoadRefused.Of(refused),
            figures.SetUpsFailed, figures.SessionsEnded, figures.FailuresOfMinute, figures.EndsOfMinute, figures.LastRestart,
            Count(figures.TopFailure), Count(figures.TopEnd));
    }

    private static CauseCount? Count((EndCause Cause, int Count)? most) =>
        most is var (cause, count) ? new CauseCount(cause.ToString(), cause.ToWords(), count) : null;
}

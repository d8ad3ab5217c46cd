using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class DisconnectsResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/disconnects", List).WithName("listDisconnects").WithSummary("The last ended calls, the latest first")
            .WithDescription("Filters: user, lac, calling (with * and ?), cause, since, session (an id), q (a text, by the rule of "
                + "searches). offset, limit. "
                + "lns.disconnects limits their number.");

    private static Results<Ok<DisconnectPage>, ValidationProblem> List(HttpRequest request, LnsNode node)
    {
        var query = new Query(request);
        var (user, lac, calling, since, page) =
            (query.Pattern("user"), query.Pattern("lac"), query.Pattern("calling"), query.Time("since"), Page.Read(query));
        var cause = query.Word("cause", [.. Enum.GetValues<EndCause>().Select(static c => (c.ToString(), c))]);
        var (session, text) = (query.Text("session"), query.Text("q"));
        if (query.Problem() is { } problem) return problem;
        var all = node.Disconnects.Latest();
        var isFound = text is null ? null : SearchRule.Ended(text, all);
        Disconnect[] found =
            [.. all.Where(d => (user is null || user(d.User)) && (lac is null || lac(d.Lac)) && (calling is null || calling(d.Calling))
            && (session is null || d.Id == session) && (isFound is null || isFound(d))
            && (since is null || d.At >= since) && (cause is null || d.Why.Cause == cause))];
        return TypedResults.Ok(
            new DisconnectPage(found.Length, page.Offset, page.Limit,
            page.CutOf(found).As(static d => new DisconnectRow(d.At, d.Id, d.User, d.Lac,
            d.Calling, d.Address.IsNone ? null : d.Address.ToString(), d.WasOn, d.Why.By.ToString(), d.Why.Layer.ToString(),
                d.Why.Cause.ToString(), d.Why.Text,
            Seconds.Of(d.Duration), d.InOctets, d.OutOctets, d.Why.Words))));
    }
}

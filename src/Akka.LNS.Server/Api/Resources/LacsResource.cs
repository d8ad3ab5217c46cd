using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class LacsResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/lacs", List).WithName("listLacs").WithSummary("LACs: tunnels, sessions, set-ups");

    private static LacList List(LnsNode node)
    {
        var now = node.Tunnels.All.ToLookup(static t => t.Lac, StringComparer.Ordinal);
        var refused = node.Counters.Refusals.All.ToLookup(static r => r.Lac, StringComparer.OrdinalIgnoreCase);
        return new LacList([.. node.Tunnels.Lacs.OrderBy(static l => l.Name, StringComparer.Ordinal).Select(lac => new LacRow(lac.Name,
            [.. now[lac.Name].Select(static t => t.Flow.Remote.Address.ToString()).Distinct()], now[lac.Name].Count(),
                now[lac.Name].Sum(static t => t.Calls),
            lac.SetUps, lac.Ended, LoadRefused.Of(refused[lac.Name])))]);
    }
}

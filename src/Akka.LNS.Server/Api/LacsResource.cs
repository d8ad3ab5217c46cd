using Akka.LNS.Actors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api;

/// <summary>One LAC, by the name it gives, since its first tunnel was up.</summary>
/// <param name="Tunnels">Now.</param>
/// <param name="Sessions">Now.</param>
/// <param name="SetUps">Subscribers that came up since the start.</param>
/// <param name="Ended">Calls that ended since the start, those that never came up included.</param>
/// <param name="Refused">Tunnels and calls since the start, by reason.</param>
internal sealed record LacRow(string Name, IReadOnlyList<string> Addresses, int Tunnels, int Sessions, long SetUps, long Ended, LoadRefused Refused);

internal sealed record LacList(IReadOnlyList<LacRow> Lacs);

internal static class LacsResource
{
    public static void Map(RouteGroupBuilder v1) => v1.MapGet("/lacs", List).WithName("listLacs").WithSummary("LACs: tunnels, sessions, set-ups");

    private static LacList List(LnsNode node)
    {
        var now = node.Tunnels.All.ToLookup(static t => t.Lac, StringComparer.Ordinal);
        var refused = node.Counters.Refusals.All.ToLookup(static r => r.Lac, StringComparer.OrdinalIgnoreCase);
        return new LacList([.. node.Tunnels.Lacs.OrderBy(static l => l.Name, StringComparer.Ordinal).Select(lac => new LacRow(lac.Name,
            [.. now[lac.Name].Select(static t => t.Flow.Remote.Address.ToString()).Distinct()], now[lac.Name].Count(), now[lac.Name].Sum(static t => t.Calls),
            lac.SetUps, lac.Ended, LoadRefused.Of(refused[lac.Name])))]);
    }
}

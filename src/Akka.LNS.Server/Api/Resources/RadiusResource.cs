using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Protocol.Radius;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class RadiusResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/radius", Get).WithName("getRadius")
        .WithSummary("RADIUS servers: state, outstanding requests, latency, timeouts, retries");

    private static RadiusReport Get(LnsNode node)
    {
        var now = node.Radius;
        return new RadiusReport(now.CanAuthenticate, node.Settings.Radius.Workers, now.Outstanding, now.MaxOutstanding,
            RadiusClassRow.Of(now.Authentication),
            RadiusClassRow.Of(now.StartStop), RadiusClassRow.Of(now.Interim), [.. now.Servers.Select(static s => new RadiusServerRow(s.Name,
                s.IsAccounting ? "accounting" : "authentication", Word(s.Standing), s.Outstanding, s.MaxOutstanding, s.Answers, s.Timeouts,
                    s.Retries, s.Probes,
                Math.Round(s.SmoothedRoundTrip.TotalMilliseconds, 3), RadiusLatency.Of(s.Latency)))]);
    }

    private static string Word(ServerStanding standing) => standing switch
    {
        ServerStanding.Up => "up",
        ServerStanding.Suspect => "suspect",
        ServerStanding.Dead => "dead",
        _ => "half-open",
    };
}

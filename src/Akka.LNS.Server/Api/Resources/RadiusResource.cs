using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;
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
            RadiusClassRow.Of(now.StartStop), RadiusClassRow.Of(now.Interim), [.. now.Servers.Select(s => new RadiusServerRow(s.Name,
                s.IsAccounting ? "accounting" : "authentication", Word(s.Standing), s.Outstanding, s.MaxOutstanding, s.Answers, s.Timeouts,
                    s.Retries, s.Probes,
                Math.Round(s.SmoothedRoundTrip.TotalMilliseconds, 3), RadiusLatency.Of(s.Latency)).With(node.RadiusLatencyOf(s)))])
        {
            FailingLogins = RadiusClassRow.Of(now.FailingLogins),
            Refusals = new LoginRefusalReport(now.Refusals.Failing, now.Refusals.Frequent, now.Refusals.Waiting,
                [.. now.Refusals.Worst.Select(static w =>
                    new LoginFailureRow(w.Line.Lac, w.Line.Number, w.Line.User, w.Failures, w.Refused))]),
            Dropped = Happened.Only([.. Enum.GetValues<RadiusError>().Select(e => (e.ToString(), node.Counters.Dropped(e))),
                ("Late", node.Counters.RadiusLate), ("Flooded", node.Counters.RadiusFlooded),
                ("SocketOverflow", node.Counters.RadiusOverflows.Count)]),
        };
    }

    private static RadiusServerRow With(this RadiusServerRow row, RadiusServerLatency latency) => row with
    {
        Results = [.. latency.Results.Select(static r => new RadiusResultRow(
            r.Result.ToString().ToLowerInvariant(), Of(r.Last1), Of(r.Last15)))],
        Timeouts1m = latency.Timeouts1,
        Timeouts15m = latency.Timeouts15,
    };

    private static RadiusLatency? Of(LatencyFigures f) => f.Samples == 0 ? null : new RadiusLatency(
        Math.Round(f.P50.TotalMilliseconds, 2), Math.Round(f.P90.TotalMilliseconds, 2), Math.Round(f.P99.TotalMilliseconds, 2), f.Samples);

    private static string Word(ServerStanding standing) => standing switch
    {
        ServerStanding.Up => "up",
        ServerStanding.Suspect => "suspect",
        ServerStanding.Dead => "dead",
        _ => "half-open",
    };
}

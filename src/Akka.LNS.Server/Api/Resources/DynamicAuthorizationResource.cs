using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Node;
using Akka.LNS.Client;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Akka.LNS.Server.Api.Resources;

internal static class DynamicAuthorizationResource
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/dynamic-authorization", Get).WithName("getDynamicAuthorization")
            .WithSummary("RADIUS CoA and Disconnect: clients, answers, dropped packets");

    private static DynamicAuthorizationReport Get(LnsNode node)
    {
        var counters = node.Counters.DynamicAuthorization;
        return new DynamicAuthorizationReport(node.DynamicAuthorization?.ToString(),
            [.. node.Settings.Radius.DynamicAuthorization.Clients.Select(
                static c => new DynamicAuthorizationClientRow(c.Name, c.Network.ToString()))],
            Answers(counters, disconnect: true), Answers(counters, disconnect: false), counters.SessionsEnded, counters.AnsweredAgain,
            Happened.Only([.. Enum.GetValues<DynamicAuthorizationDrop>().Select(w => (w.ToString(), counters.Dropped(w))),
                .. Enum.GetValues<RadiusError>().Select(e => (e.ToString(), counters.Dropped(e))),
                ("SocketOverflow", counters.Overflows.Count)]));
    }

    private static DynamicAuthorizationAnswers Answers(DynamicAuthorizationCounters counters, bool disconnect) =>
        new(counters.Acknowledged(disconnect),
        Happened.Only(DynamicAuthorizationCounters.Causes.Select(c => (c.Name(), counters.Refused(disconnect, c)))));
}

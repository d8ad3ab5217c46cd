using Akka.LNS.Actors.Node;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Client;
using Akka.LNS.Protocol.Admission;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Akka.LNS.Server.Api.Authentication;

namespace Akka.LNS.Server.Api.Resources;

internal static class DrainResource
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/drain", Get).WithName("getDrain").WithSummary("State of the drain");
        v1.MapPost("/drain", Begin).RequireAuthorization(nameof(ApiRole.Operate)).WithName("drain")
            .WithSummary("Refuses new calls and lets sessions end; 202: started, GET shows the progress");
        v1.MapDelete("/drain", End).RequireAuthorization(nameof(ApiRole.Operate)).WithName("undrain").WithSummary("Cancels a drain");
    }

    private static DrainReport Get(LnsNode node)
    {
        var sessions = node.Counters.Sessions;
        return node.Admission.Drain switch
        {
            DrainState.Draining d => new DrainReport("draining", sessions, d.Exit, Seconds.Of(d.EndAt - node.Clock.Now), d.Why),
            DrainState.Drained d => new DrainReport("drained", sessions, d.Exit, null, d.Why),
            _ => new DrainReport("serving", sessions, false, null),
        };
    }

    private static Results<Accepted, ValidationProblem> Begin(DrainRequest? body, LnsNode node, Audit audit, HttpContext context)
    {
        var wanted = body ?? new DrainRequest();
        if ((Problem.WrongDeadline(wanted.DeadlineSeconds) ?? Problem.WrongReason(wanted.Reason)) is { } problem) return problem;
        node.Drain(wanted.DeadlineSeconds is { } s ? TimeSpan.FromSeconds(s) : null, wanted.Exit, wanted.Reason);
        audit.Changed(context, "drain",
            $"exit {wanted.Exit}, deadline {(wanted.DeadlineSeconds is { } d ? $"{d} s" : "none")}, reason '{wanted.Reason}'",
            $"started, {node.Counters.Sessions} sessions remain");
        return TypedResults.Accepted((string?)null);
    }

    private static Accepted End(LnsNode node, Audit audit, HttpContext context)
    {
        node.Undrain();
        audit.Changed(context, "undrain", "the node", "drain cancelled");
        return TypedResults.Accepted((string?)null);
    }
}

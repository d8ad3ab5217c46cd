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
    private const int MostSeconds = 1000 * 86_400;

    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/drain", Get).WithName("getDrain").WithSummary("Whether the node is being emptied");
        v1.MapPost("/drain", Begin).RequireAuthorization(nameof(ApiRole.Operate)).WithName("drain")
            .WithSummary("Takes nothing new and lets sessions end by themselves; 202: ordered, ask GET how far it is");
        v1.MapDelete("/drain", End).RequireAuthorization(nameof(ApiRole.Operate)).WithName("undrain").WithSummary("Calls a drain off");
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
        if (wanted.DeadlineSeconds is { } seconds && !(seconds is >= 0 and <= MostSeconds)) return Problem.Invalid("deadlineSeconds", $"allowed: 0 to {MostSeconds}");
        if (Problem.WrongReason(wanted.Reason) is { } problem) return problem;
        node.Drain(wanted.DeadlineSeconds is { } s ? TimeSpan.FromSeconds(s) : null, wanted.Exit, wanted.Reason);
        audit.Changed(context, "drain", $"exit {wanted.Exit}, deadline {(wanted.DeadlineSeconds is { } d ? $"{d} s" : "none")}, reason '{wanted.Reason}'", $"ordered, {node.Counters.Sessions} sessions are there");
        return TypedResults.Accepted((string?)null);
    }

    private static Accepted End(LnsNode node, Audit audit, HttpContext context)
    {
        node.Undrain();
        audit.Changed(context, "undrain", "the node", "ordered");
        return TypedResults.Accepted((string?)null);
    }
}

using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Node;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Client;
using Akka.LNS.Protocol;
using Akka.LNS.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Akka.LNS.Server.Api.Authentication;

namespace Akka.LNS.Server.Api.Resources;

internal static class DropResource
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPost("/sessions/{id}/drop", DropOne).RequireAuthorization(nameof(ApiRole.Operate)).WithName("dropSession")
            .WithSummary("Ends one session by an LCP Terminate-Request");
        v1.MapPost("/sessions/drop", DropMany).RequireAuthorization(nameof(ApiRole.Operate)).WithName("dropSessions")
            .WithSummary("Ends all sessions that match, or counts them (dryRun)");
    }

    private static Results<Ok<DropResult>, ProblemHttpResult, ValidationProblem> DropOne(string id, DropOneRequest? body, LnsNode node,
        Audit audit, HttpContext context)
    {
        if (Problem.WrongReason(body?.Reason) is { } wrong) return wrong;
        var (call, problem) = SessionFinder.One(node, id);
        if (call is null) return problem!;
        LnsNode.Drop(call, Why(body?.Reason, context));
        audit.Changed(context, "drop", $"session {call.Id} of user '{call.User}', reason '{body?.Reason}'", "termination requested");
        return TypedResults.Ok(new DropResult(1, 1, false));
    }

    private static Results<Ok<DropResult>, ValidationProblem> DropMany(DropRequest body, LnsNode node, Audit audit, HttpContext context)
    {
        if (Problem.WrongReason(body.Reason) is { } problem) return problem;
        Ipv4Address? address = null;
        if (body.Address is { } text)
        {
            if (!Ipv4Address.TryParse(text, out var parsed)) return Problem.Invalid("address", $"found '{text}'; allowed: an IPv4 address");
            address = parsed;
        }
        var filter = CallFilter.Of(body, address);
        if (filter.IsEmpty) return Problem.Invalid("id", "no condition; allowed: at least one of id, user, address, calling, lac, pool");
        CallEntry[] found = [.. filter.Of(node.Calls)];
        if (body.DryRun) return TypedResults.Ok(new DropResult(found.Length, 0, true));
        var why = Why(body.Reason, context);
        foreach (var call in found) LnsNode.Drop(call, why);
        audit.Changed(context, "drop", $"sessions with {Selector(body)}, reason '{body.Reason}'",
            $"termination of {found.Length} sessions requested");
        return TypedResults.Ok(new DropResult(found.Length, found.Length, false));
    }

    private static string Selector(DropRequest d) =>
        string.Join(", ", new[] { ("id", d.Id), ("user", d.User), ("address", d.Address), ("calling", d.Calling), ("lac", d.Lac),
            ("pool", d.Pool) }
        .Where(static p => p.Item2 is not null).Select(static p => $"{p.Item1} '{p.Item2}'"));

    private static EndReason Why(string? reason, HttpContext context) =>
        new(EndParty.Administrator, EndLayer.Bundle, EndCause.AdministrativeReset, reason ?? $"dropped by {context.User.Identity?.Name}");
}

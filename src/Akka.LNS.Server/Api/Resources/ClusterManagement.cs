using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Akka.Actor;
using Akka.LNS.Actors.Node;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Client;
using Akka.LNS.Clustering;
using Akka.LNS.Protocol.Membership;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Akka.LNS.Server.Api.Authentication;
using Akka.LNS.Server.Api.Guard;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>
/// The cluster HTTP API of Akka Management, for its tools: same routes, fields and words. A member drains before it leaves.
/// </summary>
internal static class ClusterManagement
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);
    private static readonly string[] MemberEvents =
        ["MemberJoined", "MemberWeaklyUp", "MemberUp", "MemberLeft", "MemberExited", "MemberDowned", "MemberRemoved"];
    private static readonly string[] ReachabilityEvents = ["UnreachableMember", "ReachableMember"];
    private static readonly string[] OtherEvents = ["LeaderChanged", "RoleLeaderChanged", "ClusterShuttingDown"];
    private static readonly string EventTypes = "ClusterDomainEvent (all), MemberEvent, ReachabilityEvent, "
        + string.Join(", ", MemberEvents.Concat(ReachabilityEvents).Concat(OtherEvents));

    public static void Map(RouteGroupBuilder cluster)
    {
        cluster.MapGet("/members", List).WithName("listClusterMembers").WithSummary("Members of the cluster");
        cluster.MapPost("/members", Join).RequireAuthorization(nameof(ApiRole.Operate)).DisableAntiforgery().WithName("joinCluster")
            .WithSummary("Joins the cluster of the node in the form field address");
        cluster.MapGet("/members/{**address}", Get).WithName("getClusterMember").WithSummary("One member");
        cluster.MapDelete("/members/{**address}", Leave).RequireAuthorization(nameof(ApiRole.Operate)).WithName("leaveClusterMember")
            .WithSummary("Drains a member; the member then leaves");
        cluster.MapPut("/members/{**address}", Change).RequireAuthorization(nameof(ApiRole.Operate)).DisableAntiforgery()
            .WithName("changeClusterMember")
            .WithSummary("Changes a member; form field operation: Leave (it drains first) or Down");
        cluster.MapGet("/domain-events", Events).WithName("getClusterEvents")
            .WithSummary("Events of the cluster as server-sent events; type selects them")
            .WithDescription($"type, once or more: {EventTypes}.");
    }

    private static ManagementMembers List(ClusterPart part)
    {
        var view = part.Cluster!.View;
        var nodes = view.Nodes;
        return new ManagementMembers(view.Self.Address, [.. nodes.Members.Values.Select(ManagementMember.Of)],
            [.. nodes.Members.Values.Where(static m => m.UnreachableSince is not null)
                .Select(m => new ManagementUnreachable(m.Key.Address, nodes.ObserversOf(m.Key.Address)))],
            nodes.Leader, nodes.Oldest(), view.OldestPerRole);
    }

    private static Results<Ok<ManagementMember>, ProblemHttpResult> Get(string address, ClusterPart part) =>
        Find(part.Cluster!, address) is { } member ? TypedResults.Ok(ManagementMember.Of(member))
            : Fault(ClusterOrderResult.Unknown, $"Member [{address}] not found");

    private static async Task<Results<Ok<ManagementMessage>, ProblemHttpResult>> Join(HttpRequest request, ClusterPart part, Audit audit,
        HttpContext context)
    {
        var wanted = await FieldAsync(request, "address");
        if (wanted is null) return TypedResults.Problem("the form field address is missing", statusCode: StatusCodes.Status400BadRequest);
        if (!ActorPath.TryParseAddress(wanted, out var address))
            return TypedResults.Problem($"'{wanted}' is not an address of a node", statusCode: StatusCodes.Status400BadRequest);
        var (result, why) = await part.Cluster!.JoinAsync(address);
        audit.Changed(context, "cluster join", wanted, Said(result, why));
        return result is ClusterOrderResult.Ordered or ClusterOrderResult.Nothing
            ? TypedResults.Ok(new ManagementMessage($"Joining {wanted}")) : Fault(result, why);
    }

    private static Task<Results<Ok<ManagementMessage>, ProblemHttpResult>> Leave(string address, ClusterPart part, LnsNode node,
        Audit audit, HttpContext context) =>
        OrderAsync("leave", address, part.Cluster!, node, audit, context);

    private static async Task<Results<Ok<ManagementMessage>, ProblemHttpResult>> Change(string address, HttpRequest request,
        ClusterPart part, LnsNode node, Audit audit, HttpContext context)
    {
        var operation = await FieldAsync(request, "operation");
        return operation?.ToUpperInvariant() switch
        {
            "LEAVE" => await OrderAsync("leave", address, part.Cluster!, node, audit, context),
            "DOWN" => await OrderAsync("down", address, part.Cluster!, node, audit, context),
            _ => TypedResults.Problem("Operation not supported", statusCode: StatusCodes.Status400BadRequest),
        };
    }

    private static async Task<Results<Ok<ManagementMessage>, ProblemHttpResult>> OrderAsync(string what, string address,
        LnsCluster cluster, LnsNode node, Audit audit, HttpContext context)
    {
        var full = Find(cluster, address)?.Key.Address ?? FullAddress(address);
        var (result, why) = what == "down" ? cluster.Down(full)
            : await cluster.LeaveAsync(full, node.Settings.Drain.Deadline, Audit.Who(context));
        audit.Changed(context, $"cluster {what}", full, Said(result, why));
        return result is ClusterOrderResult.Ordered or ClusterOrderResult.Nothing
            ? TypedResults.Ok(new ManagementMessage($"{(what == "down" ? "Downing" : "Leaving")} {full}"))
            : Fault(result, why);
    }

    private static Results<ServerSentEventsResult<string>, ValidationProblem> Events(HttpRequest request, ClusterPart part,
        CancellationToken cancellation)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in request.Query["type"])
        {
            IEnumerable<string>? kinds = type switch
            {
                "ClusterDomainEvent" => [.. MemberEvents, .. ReachabilityEvents, .. OtherEvents],
                "MemberEvent" => MemberEvents,
                "ReachabilityEvent" => ReachabilityEvents,
                { } one when MemberEvents.Contains(one) || ReachabilityEvents.Contains(one) || OtherEvents.Contains(one) => [one],
                _ => null,
            };
            if (kinds is null) return Problem.Invalid("type", $"found '{type}'; allowed: {EventTypes}");
            wanted.UnionWith(kinds);
        }
        RequestGuard.LastsLong(request.HttpContext);
        return TypedResults.ServerSentEvents(Told(part.Cluster!, wanted, cancellation));
    }

    /// <summary>Events of the cluster. An empty event every 10 s keeps the connection open, and shows when it is dead.</summary>
    private static async IAsyncEnumerable<SseItem<string>> Told(LnsCluster cluster, HashSet<string> wanted,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var happenings = cluster.HappeningsAsync(cancellation).GetAsyncEnumerator(cancellation);
        var next = happenings.MoveNextAsync().AsTask();
        while (true)
        {
            await Task.WhenAny(next, Task.Delay(KeepAlive, cancellation));
            cancellation.ThrowIfCancellationRequested();
            if (!next.IsCompleted)
            {
                yield return new SseItem<string>("");
                continue;
            }
            if (!await next) yield break;
            var happening = happenings.Current;
            if (wanted.Count == 0 || wanted.Contains(happening.Kind))
                yield return new SseItem<string>(JsonSerializer.Serialize(ManagementEvent.Of(happening), ApiJson.Default.ManagementEvent),
                    happening.Kind);
            next = happenings.MoveNextAsync().AsTask();
        }
    }

    /// <summary>Finds a member by its full address, or without the protocol: NAME@HOST:PORT.</summary>
    private static MemberRow? Find(LnsCluster cluster, string address)
    {
        var full = FullAddress(address);
        return cluster.View.Nodes.Members.Values.FirstOrDefault(m => m.Key.Address == full
            || m.Key.Address.EndsWith($"://{full}", StringComparison.Ordinal));
    }

    /// <summary>
    /// The full address. Some clients escape the slashes in a path as %2F, and some clients and proxies join two slashes.
    /// </summary>
    public static string FullAddress(string given)
    {
        given = Uri.UnescapeDataString(given);
        var at = given.IndexOf(":/", StringComparison.Ordinal);
        return at > 0 && !given.AsSpan(at).StartsWith("://") ? given.Insert(at + 1, "/") : given;
    }

    public static string Said(ClusterOrderResult result, string why) => result switch
    {
        ClusterOrderResult.Ordered => "ordered",
        ClusterOrderResult.Nothing => why.Length > 0 ? why : "already in this state",
        _ => why,
    };

    /// <summary>Problem Details, with the field message for tools of Akka Management.</summary>
    public static ProblemHttpResult Fault(ClusterOrderResult result, string why) => TypedResults.Problem(why, statusCode: result switch
    {
        ClusterOrderResult.Unknown => StatusCodes.Status404NotFound,
        ClusterOrderResult.Silent => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status409Conflict,
    }, extensions: [new("message", why)]);

    /// <summary>A field of the form or, without a form, of the query.</summary>
    private static async Task<string?> FieldAsync(HttpRequest request, string name)
    {
        var value = request.HasFormContentType ? (await request.ReadFormAsync())[name].ToString() : request.Query[name].ToString();
        return value.Length is > 0 and <= 255 ? value : null;
    }
}

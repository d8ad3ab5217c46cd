using System.Globalization;
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

namespace Akka.LNS.Server.Api.Resources;

/// <summary>The cluster; null: lns.cluster.enabled = off.</summary>
internal sealed record ClusterPart(LnsCluster? Cluster);

/// <summary>Makes the contracts of the API from the view of the cluster.</summary>
internal static class ClusterRows
{
    extension(ClusterMemberRow)
    {
        public static ClusterMemberRow Of(MemberRow m, DateTimeOffset now) =>
            new(m.Key.Address, m.Report?.Name, Word(m.Phase), m.Roles, m.Since, m.UnreachableSince is null, m.UnreachableSince,
            Seconds.Of(now - m.HeardAt), m.Report?.Load, m.Report?.Verdict, m.Report?.Sessions, m.Report?.Tunnels, Word(m.Report?.Drain),
                m.Report?.Version, m.Report?.Started);
    }

    extension(ClusterLostRow)
    {
        public static ClusterLostRow Of(LostRow l) => new(l.Key.Address, l.Last?.Name, l.Roles, l.Since, l.Last?.Sessions, l.Last?.Tunnels);
    }

    extension(ManagementMember)
    {
        public static ManagementMember Of(MemberRow m) =>
            new(m.Key.Address, m.Key.Uid.ToString(CultureInfo.InvariantCulture), m.Phase.ToString(), m.Roles);
    }

    extension(ManagementEvent)
    {
        public static ManagementEvent Of(ClusterHappening h) => new(h.Kind,
            h.Member is { } m ? new ManagementEventMember("default", m.Roles, m.Phase.ToString(),
                new ManagementUniqueAddress(m.Key.Address, m.Key.Uid)) : null, h.Address, h.Role, h.Previous?.ToString());
    }

    private static string Word(MemberPhase phase) => phase switch
    {
        MemberPhase.Joining => "joining",
        MemberPhase.WeaklyUp => "weakly-up",
        MemberPhase.Up => "up",
        MemberPhase.Leaving => "leaving",
        MemberPhase.Exiting => "exiting",
        MemberPhase.Down => "down",
        _ => "removed",
    };

    private static string? Word(NodeDrain? drain) => drain switch
    {
        null => null,
        NodeDrain.Draining => "draining",
        NodeDrain.Drained => "drained",
        _ => "serving",
    };
}

/// <summary>The cluster: members, lost nodes, and leaving.</summary>
internal static class ClusterResource
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/cluster", Get).WithName("getCluster").WithSummary("Members with Load and sessions; unreachable members; lost nodes");
        v1.MapPost("/cluster/leave", Leave).RequireAuthorization(nameof(ApiRole.Operate)).WithName("leaveCluster")
            .WithSummary("Drains a member; the member then leaves. 202: started, GET /cluster shows the progress");
    }

    private static ClusterReport Get(ClusterPart part, TimeProvider clock)
    {
        if (part.Cluster is not { } cluster) return new ClusterReport(false, null, null, null, null, null, 0, [], [], 0);
        var (view, now) = (cluster.View, clock.GetUtcNow());
        return new ClusterReport(true, view.Self.Address, Word(view.Standing), view.Since, view.Nodes.Leader, view.Nodes.Oldest(),
            cluster.Settings.Quorum,
            [.. view.Nodes.Members.Values.Select(m => ClusterMemberRow.Of(m, now))], [.. view.Nodes.Lost.Values.Select(ClusterLostRow.Of)],
                view.Unreadable);
    }

    private static async Task<Results<Accepted, Ok, ProblemHttpResult, ValidationProblem>> Leave(ClusterLeaveRequest? body,
        ClusterPart part, LnsNode node, Audit audit, HttpContext context)
    {
        if (part.Cluster is not { } cluster) return Problem.NotFound("lns.cluster.enabled is off");
        var wanted = body ?? new ClusterLeaveRequest();
        if (Problem.WrongDeadline(wanted.DeadlineSeconds) is { } problem) return problem;
        var address = wanted.Address is { } given ? ClusterManagement.FullAddress(given) : cluster.View.Self.Address;
        var (result, why) = await cluster.LeaveAsync(address, wanted.DeadlineSeconds is { } s ? TimeSpan.FromSeconds(s)
            : node.Settings.Drain.Deadline, Audit.Who(context));
        audit.Changed(context, "cluster leave", address, ClusterManagement.Said(result, why));
        return result switch
        {
            ClusterOrderResult.Ordered => TypedResults.Accepted((string?)null),
            ClusterOrderResult.Nothing => TypedResults.Ok(),
            _ => ClusterManagement.Fault(result, why),
        };
    }

    private static string Word(ClusterStanding standing) => standing switch
    {
        ClusterStanding.Joining => "joining",
        ClusterStanding.Member => "member",
        ClusterStanding.Draining => "draining",
        ClusterStanding.Leaving => "leaving",
        ClusterStanding.Left => "left",
        _ => "down",
    };
}

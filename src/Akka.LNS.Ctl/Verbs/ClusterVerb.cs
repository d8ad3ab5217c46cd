using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

/// <summary>The verbs of Akka's cluster command line, and status, which is what a person wants.</summary>
internal static class ClusterVerb
{
    public static Command Make() => new("cluster", "The nodes that work together.")
    {
        Status(), ClusterStatus(), Members(), MemberStatus(), Unreachable(), Leader(),
        Answer("is-singleton", "Whether the node is alone in its cluster; 1: it is not.", static c => c.Members.Count == 1),
        Answer("is-available", "Whether the node is up in a cluster, and the others reach it; 1: it is not.", static c => Self(c) is { Status: "up" or "weakly-up", Reachable: true }),
        Change("join", "The node that is asked joins the cluster of ADDRESS.", "Joining", static (api, address, cancel) => api.JoinClusterAsync(address, cancel)),
        Leave(),
        Change("down", "Puts a member out. If it lives it keeps its sessions, and comes back by itself.", "Downing", static (api, address, cancel) => api.DownClusterMemberAsync(address, cancel)),
    };

    private static Command Status() => new Command("status", "Members with Load and sessions, who cannot be reached, who is lost.").Does(static async run =>
    {
        var now = await run.Api.GetClusterAsync(run.Cancel);
        if (run.Output.IsJson)
        {
            run.Output.Json(now, ApiJson.Default.ClusterReport);
            return ExitCode.Ok;
        }
        if (!now.Enabled)
        {
            run.Output.Line("lns.cluster.enabled is off");
            return ExitCode.Ok;
        }
        run.Output.Facts(new Facts().Add("this node", now.Self).Add("standing", $"{now.Standing}{(now.Since is { } since ? $" since {Units.Time(since)}" : "")}").Add("leader", now.Leader)
            .Add("oldest", now.Oldest).Add("quorum", Units.Number(now.Quorum)));
        run.Output.Line();
        run.Output.Table(now.Members,
            new Column<ClusterMemberRow>("NAME", static m => m.Name), new("ADDRESS", static m => m.Address),
            new("STATUS", static m => m.Reachable ? m.Status : "unreachable", Style: static m => Styles.Of(m.Reachable ? m.Status : "dead")),
            new("SINCE", static m => Units.Time(m.UnreachableSince ?? m.Since)), new("LOAD", static m => m.Load is { } l ? Units.Number(l) : null, IsNumber: true),
            new("VERDICT", static m => m.Verdict, Style: static m => Styles.Of(m.Verdict ?? "")), new("DRAIN", static m => m.Drain, Style: static m => Styles.Of(m.Drain ?? "")),
            new("SESSIONS", static m => m.Sessions is { } n ? Units.Number(n) : null, IsNumber: true), new("TUNNELS", static m => m.Tunnels is { } n ? Units.Number(n) : null, IsNumber: true),
            new("ROLES", static m => string.Join(',', m.Roles)), new("VERSION", static m => m.Version));
        if (now.Lost.Count == 0) return ExitCode.Ok;
        run.Output.Line();
        run.Output.Table(now.Lost, new Column<ClusterLostRow>("LOST", static l => l.Name), new("ADDRESS", static l => l.Address), new("SINCE", static l => Units.Time(l.Since)),
            new("SESSIONS", static l => l.Sessions is { } n ? Units.Number(n) : null, IsNumber: true));
        return ExitCode.Ok;
    });

    private static Command ClusterStatus() => new Command("cluster-status", "Members and who cannot be reached, in Akka's words.").Does(static async run =>
    {
        var now = await run.Api.ListClusterMembersAsync(run.Cancel);
        if (run.Output.IsJson) run.Output.Json(now, ApiJson.Default.ManagementMembers);
        else
        {
            run.Output.Table(now.Members, new Column<ManagementMember>("NODE", static m => m.Node), new("UID", static m => m.NodeUid), new("STATUS", static m => m.Status),
                new("UNREACHABLE", m => now.Unreachable.Any(u => u.Node == m.Node) ? "yes" : "no"), new("ROLES", static m => string.Join(',', m.Roles)));
        }
        return ExitCode.Ok;
    });

    private static Command Members() => new Command("members", "Addresses of the members.").Does(static async run =>
    {
        var now = await run.Api.ListClusterMembersAsync(run.Cancel);
        if (run.Output.IsJson) run.Output.Json(now, ApiJson.Default.ManagementMembers);
        else foreach (var member in now.Members) run.Output.Line(member.Node);
        return ExitCode.Ok;
    });

    private static Command MemberStatus()
    {
        var address = new Argument<string?>("address") { Description = "Of a member; absent: the node that is asked.", Arity = ArgumentArity.ZeroOrOne, HelpName = "address" };
        return new Command("member-status", "Status of one member, in Akka's words.") { address }.Does(async run =>
        {
            var member = await run.Api.GetClusterMemberAsync(run.Get(address) ?? (await run.Api.ListClusterMembersAsync(run.Cancel)).SelfNode, run.Cancel);
            if (run.Output.IsJson) run.Output.Json(member, ApiJson.Default.ManagementMember);
            else run.Output.Line(member.Status);
            return ExitCode.Ok;
        });
    }

    private static Command Unreachable() => new Command("unreachable", "Addresses of members that cannot be reached.").Does(static async run =>
    {
        var now = await run.Api.ListClusterMembersAsync(run.Cancel);
        if (run.Output.IsJson) run.Output.Json(new ClusterUnreachable(now.Unreachable), CtlJson.Default.ClusterUnreachable);
        else foreach (var member in now.Unreachable) run.Output.Line(member.Node);
        return ExitCode.Ok;
    });

    private static Command Leader() => new Command("leader", "Address of the leader.").Does(static async run =>
    {
        var leader = (await run.Api.ListClusterMembersAsync(run.Cancel)).Leader ?? throw new CtlException(ExitCode.NotFound, "there is no leader now");
        if (run.Output.IsJson) run.Output.Json(new ClusterLeader(leader), CtlJson.Default.ClusterLeader);
        else run.Output.Line(leader);
        return ExitCode.Ok;
    });

    private static Command Answer(string name, string description, Func<ClusterReport, bool> isSo) => new Command(name, description).Does(async run =>
    {
        var answer = isSo(await run.Api.GetClusterAsync(run.Cancel));
        if (run.Output.IsJson) run.Output.Json(new ClusterAnswer(answer), CtlJson.Default.ClusterAnswer);
        else run.Output.Line(answer ? "true" : "false");
        return answer ? ExitCode.Ok : ExitCode.Failed;
    });

    private static Command Change(string name, string description, string doing, Func<LnsApiClient, string, CancellationToken, Task> change)
    {
        var address = new Argument<string>("address") { Description = "Of a member, whole: akka.tcp://lns@HOST:PORT.", HelpName = "address" };
        return new Command(name, description) { address }.Does(async run =>
        {
            var which = run.Get(address)!;
            await change(run.Api, which, run.Cancel);
            Say(run.Output, $"{doing} {which}");
            return ExitCode.Ok;
        });
    }

    private static Command Leave()
    {
        var address = new Argument<string?>("address") { Description = "Of a member; absent: the node that is asked.", Arity = ArgumentArity.ZeroOrOne, HelpName = "address" };
        var deadline = new Option<string?>("--deadline") { Description = "The sessions that remain are ended after so long: 90s, 30m, 2h, 1d.", HelpName = "DURATION" };
        return new Command("leave", "A member is emptied, and leaves then.") { address, deadline }.Does(async run =>
        {
            TimeSpan? within = null;
            if (run.Get(deadline) is { } text && !Units.TryParseDuration(text, out within)) throw CtlException.Usage($"--deadline: found '{text}'; allowed: 90s, 30m, 2h, 1d");
            var which = run.Get(address);
            await run.Api.LeaveClusterAsync(new ClusterLeaveRequest(which, within?.TotalSeconds), run.Cancel);
            Say(run.Output, $"Leaving {which ?? (await run.Api.ListClusterMembersAsync(run.Cancel)).SelfNode}");
            return ExitCode.Ok;
        });
    }

    private static void Say(Output output, string message)
    {
        if (output.IsJson) output.Json(new ManagementMessage(message), ApiJson.Default.ManagementMessage);
        else output.Line(message);
    }

    private static ClusterMemberRow? Self(ClusterReport now) => now.Members.FirstOrDefault(m => m.Address == now.Self);
}

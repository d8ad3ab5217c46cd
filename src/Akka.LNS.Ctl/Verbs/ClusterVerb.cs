using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

/// <summary>The verbs of Akka's cluster command line, and <c>status</c>, which shows the cluster with Load and sessions.</summary>
internal static class ClusterVerb
{
    private const string Unreachability = "unreachable";

    public static Command Make() => new("cluster", "The nodes of the cluster.")
    {
        Status(), ClusterStatus(), Members(), MemberStatus(), Unreachable(), Leader(),
        Answer("is-singleton", "Whether the node is the only member of its cluster. Exit code 1: it is not.",
            static c => c.Members.Count == 1),
        Answer("is-available", "Whether the node is up in a cluster and reachable by the others. Exit code 1: it is not.",
            static c => Self(c) is { Status: "up" or "weakly-up", Reachable: true }),
        Change("join", "Let this node join the cluster of ADDRESS.", "Joining",
            static (api, address, cancel) => api.JoinClusterAsync(address, cancel)),
        Leave(),
        Change("down", "Remove a member from the cluster. A member that is alive keeps its sessions and joins again.", "Downing",
            static (api, address, cancel) => api.DownClusterMemberAsync(address, cancel)),
    };

    private static Command Status()
    {
        var command = new Command("status", "Members with Load and sessions, unreachable members and lost nodes.");
        return command.Does(static async run =>
        {
            var now = await run.Api.GetClusterAsync(run.Cancel);
            if (run.Output.IsJson) run.Output.Json(now, ApiJson.Default.ClusterReport);
            else if (now.Enabled) Show(run.Output, now);
            else run.Output.Line("lns.cluster.enabled is off");
            return ExitCode.Ok;
        });
    }

    private static void Show(Output output, ClusterReport now)
    {
        var since = now.Since is { } at ? $" since {Units.Time(at)}" : "";
        output.Facts(new Facts().Add("this node", now.Self).Add("standing", $"{now.Standing}{since}").Add("leader", now.Leader)
            .Add("oldest", now.Oldest).Add("quorum", now.Quorum));
        output.Line();
        output.Table(now.Members,
            new Column<ClusterMemberRow>("NAME", static m => m.Name), new("ADDRESS", static m => m.Address),
            Column<ClusterMemberRow>.State("STATUS", static m => m.Reachable ? m.Status : Unreachability),
            new("SINCE", static m => Units.Time(m.UnreachableSince ?? m.Since)),
            Column<ClusterMemberRow>.Number("LOAD", static m => m.Load),
            Column<ClusterMemberRow>.State("VERDICT", static m => m.Verdict), Column<ClusterMemberRow>.State("DRAIN", static m => m.Drain),
            Column<ClusterMemberRow>.Number("SESSIONS", static m => m.Sessions),
            Column<ClusterMemberRow>.Number("TUNNELS", static m => m.Tunnels), new("ROLES", static m => string.Join(',', m.Roles)),
            new("VERSION", static m => m.Version));
        if (now.Lost.Count == 0) return;
        output.Line();
        output.Table(now.Lost,
            new Column<ClusterLostRow>("LOST", static l => l.Name), new("ADDRESS", static l => l.Address),
            new("SINCE", static l => Units.Time(l.Since)), Column<ClusterLostRow>.Number("SESSIONS", static l => l.Sessions));
    }

    private static Command ClusterStatus()
    {
        var command = new Command("cluster-status", "Members and their reachability, as Akka Management shows them.");
        return command.Does(static async run =>
        {
            var now = await run.Api.ListClusterMembersAsync(run.Cancel);
            if (run.Output.IsJson) run.Output.Json(now, ApiJson.Default.ManagementMembers);
            else
            {
                run.Output.Table(now.Members,
                    new Column<ManagementMember>("NODE", static m => m.Node), new("UID", static m => m.NodeUid),
                    new("STATUS", static m => m.Status),
                    new("UNREACHABLE", m => now.Unreachable.Any(u => u.Node == m.Node) ? "yes" : "no"),
                    new("ROLES", static m => string.Join(',', m.Roles)));
            }
            return ExitCode.Ok;
        });
    }

    private static Command Members() => new Command("members", "Addresses of the members.").Does(static async run =>
    {
        var now = await run.Api.ListClusterMembersAsync(run.Cancel);
        if (run.Output.IsJson) run.Output.Json(now, ApiJson.Default.ManagementMembers);
        else foreach (var member in now.Members) run.Output.Line(member.Node);
        return ExitCode.Ok;
    });

    private static Command MemberStatus()
    {
        var address = OptionalAddress();
        return new Command("member-status", "Status of one member, as Akka Management shows it.") { address }.Does(async run =>
        {
            var member = await run.Api.GetClusterMemberAsync(run.Get(address) ?? await SelfAsync(run), run.Cancel);
            if (run.Output.IsJson) run.Output.Json(member, ApiJson.Default.ManagementMember);
            else run.Output.Line(member.Status);
            return ExitCode.Ok;
        });
    }

    private static Command Unreachable() => new Command("unreachable", "Addresses of unreachable members.").Does(static async run =>
    {
        var now = await run.Api.ListClusterMembersAsync(run.Cancel);
        if (run.Output.IsJson) run.Output.Json(new ClusterUnreachable(now.Unreachable), CtlJson.Default.ClusterUnreachable);
        else foreach (var member in now.Unreachable) run.Output.Line(member.Node);
        return ExitCode.Ok;
    });

    private static Command Leader() => new Command("leader", "Address of the leader.").Does(static async run =>
    {
        var now = await run.Api.ListClusterMembersAsync(run.Cancel);
        var leader = now.Leader ?? throw new CtlException(ExitCode.NotFound, "the cluster has no leader now");
        if (run.Output.IsJson) run.Output.Json(new ClusterLeader(leader), CtlJson.Default.ClusterLeader);
        else run.Output.Line(leader);
        return ExitCode.Ok;
    });

    private static Command Answer(string name, string description, Func<ClusterReport, bool> isTrue) =>
        new Command(name, description).Does(async run =>
        {
            var answer = isTrue(await run.Api.GetClusterAsync(run.Cancel));
            if (run.Output.IsJson) run.Output.Json(new ClusterAnswer(answer), CtlJson.Default.ClusterAnswer);
            else run.Output.Line(answer ? "true" : "false");
            return answer ? ExitCode.Ok : ExitCode.Failed;
        });

    private static Command Change(
        string name, string description, string doing, Func<LnsApiClient, string, CancellationToken, Task> change)
    {
        var address = new Argument<string>("address")
        {
            Description = "Complete address of a member: akka.tcp://lns@HOST:PORT.", HelpName = "address",
        };
        return new Command(name, description) { address }.Does(async run =>
        {
            var which = run.Get(address)!;
            await change(run.Api, which, run.Cancel);
            Confirm(run.Output, $"{doing} {which}");
            return ExitCode.Ok;
        });
    }

    private static Command Leave()
    {
        var address = OptionalAddress();
        var deadline = Deadline.Option();
        return new Command("leave", "Drain a member, then let it leave the cluster.") { address, deadline }.Does(async run =>
        {
            var which = run.Get(address);
            await run.Api.LeaveClusterAsync(new ClusterLeaveRequest(which, Deadline.Of(run, deadline)), run.Cancel);
            Confirm(run.Output, $"Leaving {which ?? await SelfAsync(run)}");
            return ExitCode.Ok;
        });
    }

    private static Argument<string?> OptionalAddress() => new("address")
    {
        Description = "Address of a member. Default: this node.", Arity = ArgumentArity.ZeroOrOne, HelpName = "address",
    };

    private static async Task<string> SelfAsync(Run run) => (await run.Api.ListClusterMembersAsync(run.Cancel)).SelfNode;

    private static void Confirm(Output output, string message)
    {
        if (output.IsJson) output.Json(new ManagementMessage(message), ApiJson.Default.ManagementMessage);
        else output.Line(message);
    }

    private static ClusterMemberRow? Self(ClusterReport now) => now.Members.FirstOrDefault(m => m.Address == now.Self);
}

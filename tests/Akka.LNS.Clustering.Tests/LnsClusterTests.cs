using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering.Tests;

/// <summary>Real actor systems with real remoting on free ports of loopback.</summary>
public class LnsClusterTests
{
    [Fact]
    public async Task A_node_alone_is_a_cluster_of_one_when_it_has_started()
    {
        await using var a = await TestMember.Start("a");
        var view = a.Cluster.View;
        Assert.Equal((ClusterStanding.Member, true, 1), (view.Standing, view.IsMember, view.Nodes.Members.Count));
        await a.Until("leader", v => v.Nodes.Leader == a.Address && v.Nodes.Oldest() == a.Address && v.OldestPerRole.Count == 2);
    }

    [Fact]
    public async Task A_node_is_told_the_addresses_of_all_members_as_they_come_and_go()
    {
        await using var a = await TestMember.Start("a");
        await using (var b = await TestMember.Start("b"))
        {
            Assert.Equal(ClusterOrderResult.Ordered, (await b.Cluster.JoinAsync(a.ActorAddress)).Result);
            await a.Until("told of both", _ => a.Met.ToHashSet().SetEquals([a.Address, b.Address]));
            await b.Until("told of both", _ => b.Met.ToHashSet().SetEquals([a.Address, b.Address]));
        }
        await a.Until("told that b has gone", _ => a.Met.SequenceEqual([a.Address]));
    }

    [Fact]
    public async Task A_node_without_seeds_and_certificates_listens_nowhere_until_it_joins_a_cluster()
    {
        await using var lone = await TestMember.Start("lone", static s => s with { Seeds = [], Remoting = new RemotingSettings() });
        Assert.Equal((ClusterStanding.Member, true, false), (lone.Cluster.View.Standing, lone.Cluster.IsReady, lone.Cluster.Listens));
        await lone.Until("leader", v => v.Nodes.Leader == lone.Address && v.Nodes.Members.Count == 1);
        await using var a = await TestMember.Start("a");
        Assert.Equal(ClusterOrderResult.Ordered, (await lone.Cluster.JoinAsync(a.ActorAddress)).Result);
        await TestMember.AllUp(lone, a);
        Assert.True(lone.Cluster.Listens);
    }

    [Fact]
    public async Task Nodes_of_one_nas_are_named_and_the_node_learns_whether_it_is_the_only_one()
    {
        var nas = new NasIdentity("192.0.2.10", "north");
        await using var a = await TestMember.Start("a", nas: nas);
        await a.Until("the only one", _ => a.NasVerdict.Claim == NasClaim.Sole);
        await using var b = await TestMember.Start("b", nas: nas);
        await using var c = await TestMember.Start("c", nas: new NasIdentity("192.0.2.11", "south"));
        foreach (var m in new[] { b, c }) await m.Cluster.JoinAsync(a.ActorAddress);
        await TestMember.AllUp(a, b, c);
        await a.Until("told of b", _ => a.NasVerdict.Claim == NasClaim.Shared);
        await b.Until("told of a", _ => b.NasVerdict.Claim == NasClaim.Shared);
        await c.Until("the only one", _ => c.NasVerdict.Claim == NasClaim.Sole);
        var line = $"two nodes are one NAS to RADIUS servers: node a ({a.Address}) and node b ({b.Address}), NAS-IP-Address 192.0.2.10";
        Assert.Single(a.Log.Split('\n'), l => l.Contains(line, StringComparison.Ordinal));
        Assert.DoesNotContain("one NAS", c.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_node_sees_load_and_sessions_of_all_and_a_leaving_node_drains_first_and_rejoins()
    {
        await using var a = await TestMember.Start("a");
        await using var b = await TestMember.Start("b");
        await using var c = await TestMember.Start("c");
        using var reading = new CancellationTokenSource();
        var (kinds, told) = Read(a, reading.Token);
        b.Sessions = 7;
        Assert.Equal(ClusterOrderResult.Ordered, (await b.Cluster.JoinAsync(a.ActorAddress)).Result);
        Assert.Equal(ClusterOrderResult.Ordered, (await c.Cluster.JoinAsync(a.ActorAddress)).Result);
        await TestMember.AllUp(a, b, c);
        foreach (var m in new[] { a, b, c })
        {
            await m.Until("told of b's sessions",
                v => v.Nodes.Members[b.Address].Report is { Sessions: 7, Load: 5, Verdict: "open", Version: "test", IsMember: true });
            await m.Until("agreed on the oldest", v => v.Nodes.Oldest() == a.Address && v.OldestPerRole["b"] == b.Address);
        }

        // without TLS a node accepts orders of other nodes only after a join order of its own operator; a had none
        Assert.Equal(ClusterOrderResult.Refused, (await b.Cluster.LeaveAsync(a.Address, null, "test")).Result);
        Assert.Equal(ClusterOrderResult.Unknown, (await a.Cluster.LeaveAsync("akka.tcp://lns@127.0.0.1:1", null, "test")).Result);
        Assert.Equal(ClusterOrderResult.Ordered, (await a.Cluster.LeaveAsync(b.Address, TimeSpan.FromHours(1), "test")).Result);
        await a.Until("told that b is being emptied",
            v => v.Nodes.Members[b.Address].Report is { Drain: NodeDrain.Draining, Verdict: "draining" });
        await b.Until("draining", static v => v.Standing is ClusterStanding.Draining);
        Assert.Equal([TimeSpan.FromHours(1)], b.DrainOrders);
        Assert.Equal(MemberPhase.Up, a.Cluster.View.Nodes.Members[b.Address].Phase);
        b.Sessions = 0;
        await b.Until("left", static v => v.Standing is ClusterStanding.Left);
        await a.Until("without b", v => !v.Nodes.Members.ContainsKey(b.Address));
        await c.Until("without b", v => !v.Nodes.Members.ContainsKey(b.Address));
        Assert.Empty(a.Cluster.View.Nodes.Lost);
        Assert.Equal((ClusterOrderResult.Unknown, NodeDrain.Drained),
            ((await b.Cluster.LeaveAsync(b.Address, null, "test")).Result, b.Drain));

        Assert.Equal(ClusterOrderResult.Ordered, (await b.Cluster.JoinAsync(c.ActorAddress)).Result);
        await TestMember.AllUp(a, b, c);
        Assert.Equal(NodeDrain.Serving, b.Drain);
        Assert.Equal(ClusterOrderResult.Nothing, (await b.Cluster.JoinAsync(c.ActorAddress)).Result);
        await reading.CancelAsync();
        await told;
        Assert.Equal(["MemberUp", "LeaderChanged"], kinds.Take(2));
        foreach (var kind in new[] { "MemberJoined", "MemberLeft", "MemberExited", "MemberRemoved" }) Assert.Contains(kind, kinds);
        Assert.DoesNotContain("UnreachableMember", kinds);
    }

    [Fact]
    public async Task A_port_in_use_gives_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var e = await Assert.ThrowsAsync<ClusterStartException>(
            () => TestMember.Start("a", s => s with { Remoting = s.Remoting with { Port = port } }));
        Assert.StartsWith($"cannot listen on 127.0.0.1:{port} (lns.cluster.remoting): ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", e.Message, StringComparison.Ordinal);
    }

    private static (List<string> Kinds, Task Told) Read(TestMember member, CancellationToken cancellation)
    {
        var kinds = new List<string>();
        return (kinds, Run());

        async Task Run()
        {
            try
            {
                await foreach (var happening in member.Cluster.HappeningsAsync(cancellation)) kinds.Add(happening.Kind);
            }
            catch (OperationCanceledException)
            {
                // the node is known well enough
            }
        }
    }
}

/// <summary>Cancelled and refused orders, and downed nodes.</summary>
public class OrderTests
{
    [Fact]
    public async Task A_cancelled_drain_cancels_the_leave()
    {
        await using var a = await TestMember.Start("a");
        a.Sessions = 1;
        Assert.Equal(ClusterOrderResult.Ordered, (await a.Cluster.LeaveAsync(a.Address, null, "test")).Result);
        await a.Until("draining", static v => v.Standing is ClusterStanding.Draining
            && v.Nodes.Members.Values.Single().Report is { Drain: NodeDrain.Draining });
        a.CallOffDrain();
        await a.Until("a member that stays", static v => v.Standing is ClusterStanding.Member);
        a.Sessions = 0;
        await a.Until("told again", static v => v.Nodes.Members.Values.Single().Report is { Sessions: 0, Drain: NodeDrain.Serving });
        Assert.Equal(ClusterStanding.Member, a.Cluster.View.Standing);
    }

    [Fact]
    public async Task A_downed_node_keeps_its_sessions_and_rejoins()
    {
        await using var a = await TestMember.Start("a");
        await using var b = await TestMember.Start("b");
        b.Sessions = 3;
        await b.Cluster.JoinAsync(a.ActorAddress);
        await TestMember.AllUp(a, b);
        var before = b.Cluster.View.Self;
        Assert.Equal(ClusterOrderResult.Ordered, a.Cluster.Down(b.Address).Result);
        Assert.Equal(ClusterOrderResult.Unknown, a.Cluster.Down("akka.tcp://lns@127.0.0.1:1").Result);
        await b.Until("down", v => v is { Standing: ClusterStanding.Down, IsMember: false } && v.Nodes.Lost.ContainsKey(a.Address));
        Assert.Equal((3, NodeDrain.Serving), (b.Sessions, b.Drain));
        await TestMember.AllUp(a, b);
        Assert.Equal((before.Address, true), (b.Address, before.Uid != b.Cluster.View.Self.Uid));
        Assert.Empty(a.Cluster.View.Nodes.Lost);
    }

    [Fact]
    public async Task A_member_with_others_does_not_join_a_second_cluster_and_invalid_addresses_are_refused()
    {
        await using var a = await TestMember.Start("a");
        await using var b = await TestMember.Start("b");
        await using var other = await TestMember.Start("other");
        await b.Cluster.JoinAsync(a.ActorAddress);
        await TestMember.AllUp(a, b);
        Assert.Equal(ClusterOrderResult.Refused, (await b.Cluster.JoinAsync(other.ActorAddress)).Result);
        foreach (var stranger in new[] { "akka.tcp://else@127.0.0.1:1", "akka.ssl.tcp://lns@127.0.0.1:1", "akka://lns" })
            Assert.Equal(ClusterOrderResult.Refused, (await b.Cluster.JoinAsync(Address.Parse(stranger))).Result);
        await TestMember.AllUp(a, b);
    }
}

/// <summary>Seeds and certificates.</summary>
public class SeedTests
{
    [Fact]
    public async Task Nodes_join_by_seeds_with_tls_and_a_certificate_of_another_authority_is_refused()
    {
        using var ours = new Authority();
        using var theirs = new Authority("Other CA");
        await using var a = await TestMember.Start("a", s => s with { Remoting = s.Remoting with { Tls = ours.Issue("a") } });
        var seed = new[] { new ClusterEndpoint("127.0.0.1", a.ActorAddress.Port!.Value) };
        Assert.StartsWith("akka.ssl.tcp://lns@127.0.0.1:", a.Address, StringComparison.Ordinal);
        await using var b = await TestMember.Start(
            "b", s => s with { Seeds = [.. seed], Remoting = s.Remoting with { Tls = ours.Issue("b") } });
        await using var c = await TestMember.Start(
            "c", s => s with { Seeds = [.. seed], Remoting = s.Remoting with { Tls = theirs.Issue("c") } });
        await TestMember.AllUp(a, b);
        await a.Until("sure that it refused c", _ => a.Log.Contains("reason not trusted by the authority", StringComparison.Ordinal)
            || c.Log.Contains("reason not trusted by the authority", StringComparison.Ordinal));
        Assert.Equal((ClusterStanding.Joining, 2), (c.Cluster.View.Standing, a.Cluster.View.Nodes.Members.Count));
        // with TLS every member may give orders
        Assert.Equal(ClusterOrderResult.Ordered, (await b.Cluster.LeaveAsync(a.Address, null, "test")).Result);
        await a.Until("left", static v => v.Standing is ClusterStanding.Left);
    }
}

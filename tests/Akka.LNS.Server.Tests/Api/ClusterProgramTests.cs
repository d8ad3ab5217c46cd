using System.Net;
using System.Text;
using System.Text.Json;
using Akka.LNS.Client;
using Akka.LNS.Clustering.Tests;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>A node of a cluster as a process, asked by its Unix socket.</summary>
internal sealed class ClusterNode(LnsdProgram lnsd) : IAsyncDisposable
{
    public LnsdProgram Lnsd => lnsd;
    public HttpClient Http { get; } = lnsd.OverSocket();

    public string Self => lnsd.Output.Split('\n').Single(static l => l.StartsWith("Akka.LNS ready", StringComparison.Ordinal))
        .Split("; cluster ")[1].Trim();

    public async Task<JsonElement> Json(string path) =>
        JsonDocument.Parse(await Http.GetStringAsync(path, TestContext.Current.CancellationToken)).RootElement;

    public async Task<HttpStatusCode> Ready()
    {
        using var answer = await Http.GetAsync("/ready", TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    public async Task<string> Send(HttpMethod method, string path, HttpStatusCode expected, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(method, path);
        if (form.Length > 0) request.Content = new FormUrlEncodedContent(form.Select(static f => KeyValuePair.Create(f.Name, f.Value)));
        using var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == expected, $"{method} {path}: {answer.StatusCode} {text}");
        return text;
    }

    /// <summary>Waits until GET /api/v1/cluster is so.</summary>
    public async Task Until(string what, Func<JsonElement, bool> isSo)
    {
        JsonElement last = default;
        try
        {
            await ApiLab.Until(async () => isSo(last = await Json("/api/v1/cluster")));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{Self}: not {what}: {last}\n{lnsd.Output}");
        }
    }

    public static JsonElement? Member(JsonElement cluster, string address) =>
        cluster.GetProperty("members").EnumerateArray().Cast<JsonElement?>()
            .FirstOrDefault(m => m!.Value.GetProperty("address").GetString() == address);

    /// <summary>All of them see all of them up, and have heard how each is.</summary>
    public static async Task AllUp(params ClusterNode[] nodes)
    {
        foreach (var node in nodes)
        {
            await node.Until($"{nodes.Length} up", c => c.GetProperty("standing").GetString() == "member" && c.GetProperty("lost")
                .GetArrayLength() == 0
                && c.GetProperty("members").GetArrayLength() == nodes.Length
                && c.GetProperty("members").EnumerateArray()
                    .All(static m => m.GetProperty("status").GetString() == "up" && m.GetProperty("reachable").GetBoolean()
                    && m.TryGetProperty("name", out _)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await lnsd.DisposeAsync();
    }
}

/// <summary>Three lnsd on loopback.</summary>
public sealed class ClusterProgramTests : IDisposable
{
    private const string Password = "pass";
    private readonly TemporaryFolder _folder = new();

    private async Task<ClusterNode> Start(string name) => new(await LnsdProgram.Start(
        Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName, $$"""
        lns {
          node-name = {{name}}, cluster { roles = [lns, {{name}}], heartbeat-pause = 3s, stable-after = 1s, rejoin-after = 1s }
          cluster { {{LnsdProgram.OwnSeed(LnsdProgram.FreePort())}} }
          bundles.defaults.pool = p, pools.p.ranges = ["100.64.0.2 - 100.64.0.9"]
          api.tokens { viewer { role = read, token = "viewer-viewer-viewer" } }
        }
        {{Subscribers.Users(1, Password)}}
        """));

    [Fact]
    public async Task Three_nodes_join_one_leaves_when_it_is_empty_and_one_is_lost()
    {
        await using var a = await Start("a");
        await using var b = await Start("b");
        await using var c = await Start("c");

        Assert.Equal($$"""{"message":"Joining {{a.Self}}"}""",
            await b.Send(HttpMethod.Post, "/cluster/members", HttpStatusCode.OK, ("address", a.Self)));
        await c.Send(HttpMethod.Post, "/cluster/members", HttpStatusCode.OK, ("address", a.Self));
        await ClusterNode.AllUp(a, b, c);
        foreach (var node in new[] { a, b, c }) Assert.Equal(HttpStatusCode.OK, await node.Ready());
        Assert.Contains($"cluster join {a.Self}: ordered", b.Lnsd.Output, StringComparison.Ordinal);

        // the routes and fields of Akka Management
        var members = await a.Json("/cluster/members");
        Assert.Equal((a.Self, a.Self, 3, 0),
            (members.GetProperty("selfNode").GetString(), members.GetProperty("oldest").GetString(), members.GetProperty("members")
            .GetArrayLength(),
            members.GetProperty("unreachable").GetArrayLength()));
        Assert.Equal((a.Self, b.Self),
            (members.GetProperty("oldestPerRole").GetProperty("lns").GetString(), members.GetProperty("oldestPerRole").GetProperty("b")
            .GetString()));
        Assert.Contains(members.GetProperty("leader").GetString(), new[] { a.Self, b.Self, c.Self });
        foreach (var path in new[] { b.Self, b.Self.Split("://")[1], Uri.EscapeDataString(b.Self) })
        {
            var member = await a.Json($"/cluster/members/{path}");
            Assert.Equal((b.Self, "Up", "b", "lns"),
                (member.GetProperty("node").GetString(), member.GetProperty("status").GetString(),
                member.GetProperty("roles")[0].GetString(),
                member.GetProperty("roles")[1].GetString()));
            Assert.Matches("^-?[0-9]+$", member.GetProperty("nodeUid").GetString()!);
        }
        Assert.Contains("\"message\":\"Member [lns@127.0.0.1:1] not found\"",
            await a.Send(HttpMethod.Get, "/cluster/members/lns@127.0.0.1:1", HttpStatusCode.NotFound), StringComparison.Ordinal);
        await a.Send(HttpMethod.Put, $"/cluster/members/{b.Self}", HttpStatusCode.BadRequest, ("operation", "explode"));
        await a.Send(HttpMethod.Post, "/cluster/members", HttpStatusCode.BadRequest, ("address", "nowhere"));
        await a.Send(HttpMethod.Post, "/cluster/members", HttpStatusCode.BadRequest);
        await a.Send(HttpMethod.Get, "/cluster/domain-events?type=Nothing", HttpStatusCode.BadRequest);
        using (var viewer = a.Lnsd.OverTcp("viewer-viewer-viewer"))
        {
            using var read = await viewer.GetAsync("/cluster/members", TestContext.Current.CancellationToken);
            using var refused = await viewer.DeleteAsync($"/cluster/members/{b.Self}", TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (read.StatusCode, refused.StatusCode));
        }

        // the same by the typed client
        using (var client = new LnsApiClient(a.Lnsd.OverSocket()))
        {
            var cancel = TestContext.Current.CancellationToken;
            Assert.Equal(("b", "up"), (await client.GetClusterAsync(cancel)).Members.Where(m => m.Address == b.Self)
                .Select(static m => (m.Name, m.Status)).Single());
            Assert.Equal(3, (await client.ListClusterMembersAsync(cancel)).Members.Count);
            Assert.Equal("Up", (await client.GetClusterMemberAsync(b.Self, cancel)).Status);
            await client.JoinClusterAsync(b.Self, cancel); // it is so already
            Assert.Equal(HttpStatusCode.NotFound,
                (await Assert.ThrowsAsync<LnsApiException>(() => client.DownClusterMemberAsync("lns@127.0.0.1:1", cancel))).Status);
            Assert.Equal(HttpStatusCode.NotFound,
                (await Assert.ThrowsAsync<LnsApiException>(
                () => client.LeaveClusterAsync(new ClusterLeaveRequest("akka.tcp://lns@127.0.0.1:1"), cancel))).Status);
            Assert.Equal(HttpStatusCode.BadRequest,
                (await Assert.ThrowsAsync<LnsApiException>(
                () => client.LeaveClusterAsync(new ClusterLeaveRequest(b.Self, -1), cancel))).Status);
        }

        // it leaves when it is empty
        using var events = new EventReader(a.Http, "/cluster/domain-events?type=MemberEvent&type=UnreachableMember");
        var subscribers = await Subscribers.BringUp(b.Lnsd, 1, 1, Password);
        foreach (var node in new[] { a, b, c })
            await node.Until("told of b's session", v => ClusterNode.Member(v, b.Self) is { } m && m.GetProperty("sessions")
                .GetInt32() == 1 && m.GetProperty("tunnels").GetInt32() == 1
                && m.GetProperty("verdict").GetString() == "open");
        Assert.Equal($$"""{"message":"Leaving {{b.Self}}"}""",
            await a.Send(HttpMethod.Delete, $"/cluster/members/{b.Self}", HttpStatusCode.OK));
        await a.Until("told that b is being emptied", v => ClusterNode.Member(v, b.Self) is { } m && m.GetProperty("drain")
            .GetString() == "draining" && m.GetProperty("status").GetString() == "up");
        await b.Until("draining", static v => v.GetProperty("standing").GetString() == "draining");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await b.Ready());
        Assert.Equal("it leaves the cluster", (await b.Json("/api/v1/drain")).GetProperty("reason").GetString());
        await ApiLab.Until(async () => (await b.Json("/api/v1/sessions?state=up")).GetProperty("total").GetInt32() == 1);
        using (var ended = await b.Http.PostAsync("/api/v1/sessions/drop",
            new StringContent($$"""{"user":"{{Subscribers.Name(0)}}"}""", Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken)) Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        await subscribers.DisposeAsync(); // or it would dial again
        await b.Until("left", static v => v.GetProperty("standing").GetString() == "left");
        foreach (var node in new[] { a, c }) await node.Until("without b", v => ClusterNode.Member(v, b.Self) is null
            && v.GetProperty("lost").GetArrayLength() == 0);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await b.Ready());
        await events.Until(l => l.Contains("\"type\":\"MemberRemoved\"", StringComparison.Ordinal)
            && l.Contains("\"previousStatus\":\"Exiting\"", StringComparison.Ordinal));

        await b.Send(HttpMethod.Post, "/cluster/members", HttpStatusCode.OK, ("address", c.Self));
        await ClusterNode.AllUp(a, b, c);
        Assert.Equal(HttpStatusCode.OK, await b.Ready());

        // it is lost
        c.Lnsd.Kill();
        await ApiLab.Until(async () => (await a.Json("/cluster/members")).GetProperty("unreachable") is { } u && u.GetArrayLength() == 1
            && u[0].GetProperty("node").GetString() == c.Self
            || ClusterNode.Member(await a.Json("/api/v1/cluster"), c.Self) is null);
        await events.Until(static l => l.Contains("\"type\":\"UnreachableMember\"", StringComparison.Ordinal));
        foreach (var node in new[] { a, b })
        {
            await node.Until("without c, which is lost", v => ClusterNode.Member(v, c.Self) is null && v.GetProperty("lost") is { } lost
                && lost.GetArrayLength() == 1
                && lost[0].GetProperty("address").GetString() == c.Self && lost[0].GetProperty("name").GetString() == "c"
                    && lost[0].TryGetProperty("since", out _));
            Assert.Equal(HttpStatusCode.OK, await node.Ready());
        }

        // it ends and logs its end
        await b.Lnsd.Terminate();
        Assert.Equal(0, await b.Lnsd.Exited());
        await a.Until("alone", v => v.GetProperty("members").GetArrayLength() == 1 && v.GetProperty("lost").GetArrayLength() == 1);
    }

    [Fact]
    public async Task A_node_alone_opens_no_port_for_a_cluster_and_opens_it_to_join_one()
    {
        var lone = await LnsdProgram.Start(Directory.CreateDirectory(Path.Combine(_folder.Path, "lone")).FullName,
            "lns.api.listen = [\"unix:api.sock\"]");
        await using var node = new ClusterNode(lone);
        Assert.Empty(await lone.ListeningPorts());
        Assert.Equal(HttpStatusCode.OK, await node.Ready());
        Assert.Contains("; cluster of this node alone", lone.Output, StringComparison.Ordinal);

        await using var other = await Start("other");
        await node.Send(HttpMethod.Post, "/cluster/members", HttpStatusCode.OK, ("address", other.Self));
        await ClusterNode.AllUp(node, other);
        Assert.Single(await lone.ListeningPorts());
    }

    [Fact] // for example a process of another user that joined by loopback
    public async Task A_node_whose_only_other_member_dies_is_ready_again_by_itself()
    {
        var port = LnsdProgram.FreePort();
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "a")).FullName;
        await using var a = new ClusterNode(await LnsdProgram.Start(folder, $$"""
            lns.cluster { {{LnsdProgram.OwnSeed(port)}}, heartbeat-pause = 1s, stable-after = 1s, rejoin-after = 1s, seed-timeout = 1s }
            """));
        await using var b = await Start("b");
        await b.Send(HttpMethod.Post, "/cluster/members", HttpStatusCode.OK, ("address", a.Self));
        await ClusterNode.AllUp(a, b);
        await b.Lnsd.KillHard();
        await a.Until("put out", static v => v.GetProperty("standing").GetString() == "down");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await a.Ready());
        await a.Until("a cluster of one", static v => v.GetProperty("standing").GetString() == "member"
            && v.GetProperty("members").GetArrayLength() == 1);
        Assert.Equal(HttpStatusCode.OK, await a.Ready());
    }

    [Fact]
    public async Task A_node_that_was_stopped_and_removed_is_not_ready_when_it_wakes()
    {
        var (one, two) = (LnsdProgram.FreePort(), LnsdProgram.FreePort());
        async Task<ClusterNode> Seed(string name, int port) => new(await LnsdProgram.Start(
            Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName, $$"""
            lns.cluster {
              seeds = ["127.0.0.1:{{one}}", "127.0.0.1:{{two}}"], remoting.port = {{port}}, quorum = 2
              heartbeat-pause = 2s, stable-after = 1s, rejoin-after = 1s, seed-timeout = 1s
            }
            """));
        await using var a = await Seed("a", one);
        await using var b = await Seed("b", two);
        await using var third = await Start("third"); // the quorum of the others
        await third.Send(HttpMethod.Post, "/cluster/members", HttpStatusCode.OK, ("address", a.Self));
        await ClusterNode.AllUp(a, b, third);
        var uid = (await b.Json("/api/v1/cluster")).GetProperty("since").GetString();

        await b.Lnsd.Signal("STOP");
        foreach (var node in new[] { a, third }) await node.Until("without b", v => ClusterNode.Member(v, b.Self) is null);
        await b.Lnsd.Signal("CONT");
        var answers = 0;
        while ((await b.Json("/api/v1/cluster")).GetProperty("since").GetString() == uid)
        {
            var isReady = await b.Ready() == HttpStatusCode.OK;
            if ((await b.Json("/api/v1/cluster")).GetProperty("since").GetString() != uid) break;
            Assert.False(isReady, $"ready after {answers} answers\n{b.Lnsd.Output}");
            answers++;
        }
        Assert.Contains("not ready until a member confirms its membership", b.Lnsd.Output, StringComparison.Ordinal);
        await ClusterNode.AllUp(a, b, third);
        await ApiLab.Until(async () => await b.Ready() == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_cluster_there_is_none_and_the_node_is_ready()
    {
        await using var lnsd = await LnsdProgram.Start(_folder.Path, "lns.cluster.enabled = off");
        using var http = lnsd.OverSocket();
        Assert.Equal("ready", await http.GetStringAsync("/ready", TestContext.Current.CancellationToken));
        Assert.StartsWith("""{"enabled":false,""", await http.GetStringAsync("/api/v1/cluster", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        using var none = await http.GetAsync("/cluster/members", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.DoesNotContain("cluster", lnsd.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Reads server-sent events as they come.</summary>
    private sealed class EventReader : IDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly List<string> _lines = [];
        private readonly Task _reading;

        public EventReader(HttpClient http, string path) => _reading = Read(http, path);

        public async Task Until(Func<string, bool> isSo)
        {
            await ApiLab.Until(() =>
            {
                lock (_lines) return Task.FromResult(_lines.Exists(l => isSo(l)));
            });
        }

        private async Task Read(HttpClient http, string path)
        {
            try
            {
                using var reader = new StreamReader(await http.GetStreamAsync(path, _end.Token));
                while (await reader.ReadLineAsync(_end.Token) is { } line)
                    lock (_lines) _lines.Add(line);
            }
            catch (OperationCanceledException)
            {
                // enough is known
            }
        }

        public void Dispose()
        {
            _end.Cancel();
            Assert.True(_reading.IsCompleted || !_reading.IsFaulted);
            _end.Dispose();
        }
    }
}

/// <summary>Three lnsd in network name spaces, with TLS, that lose each other.</summary>
public sealed class ClusterSplitTests : IDisposable
{
    private const string Password = "pass";
    private readonly TemporaryFolder _folder = new();
    private readonly Authority _authority = new();

    private async Task<ClusterNode> Start(NetworkNamespaces network, int number)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, $"n{number}")).FullName;
        var tls = _authority.Issue($"n{number}");
        await File.WriteAllTextAsync(Path.Combine(folder, "node.pem"), tls.Certificate, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "node.key"), tls.Key.Value, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "ca.pem"), tls.Authority, TestContext.Current.CancellationToken);
        var seeds = string.Join(", ", Enumerable.Range(1, 3).Select(static n => $"\"{NetworkNamespaces.Address(n)}:8711\""));
        return new ClusterNode(await LnsdProgram.Start(folder, $$"""
            lns {
              node-name = n{{number}}
              cluster {
                seeds = [{{seeds}}], seed-timeout = 1s, heartbeat-pause = 2s, stable-after = 1s, rejoin-after = 1s
                remoting { hostname = {{NetworkNamespaces.Address(number)}}, port = 8711 }
                remoting.tls { certificate = node.pem, key = node.key, ca = ca.pem }
              }
              bundles.defaults.pool = p, pools.p.ranges = ["100.64.0.2 - 100.64.0.9"]
            }
            {{Subscribers.Users(1, Password)}}
            """, "ip", "netns", "exec", network[number]));
    }

    [Fact]
    public async Task A_split_downs_the_minority_keeps_all_sessions_and_heals_even_without_a_remaining_member()
    {
        if (NetworkNamespaces.Missing is { } why) Assert.Skip(why);
        await using var network = await NetworkNamespaces.Make(3);
        await using var n1 = await Start(network, 1);
        await using var n2 = await Start(network, 2);
        await using var n3 = await Start(network, 3);
        await ClusterNode.AllUp(n1, n2, n3);
        await using var subscribers = await Subscribers.BringUp(n3.Lnsd, 1, 1, Password, networkNamespace: network[3]);
        // the subscriber knows first
        await ApiLab.Until(async () => (await n3.Json("/api/v1/sessions?state=up")).GetProperty("total").GetInt32() == 1);
        var session = Session(await n3.Json("/api/v1/sessions?state=up"));

        await network.Link(3, up: false);
        await n3.Until("put out", static v => v.GetProperty("standing").GetString() == "down");
        foreach (var node in new[] { n1, n2 })
        {
            await node.Until("without n3, which is lost", v => ClusterNode.Member(v, n3.Self) is null && v.GetProperty("lost")
                .EnumerateArray().Any(l => l.GetProperty("address").GetString() == n3.Self));
            Assert.Equal(HttpStatusCode.OK, await node.Ready());
        }
        await n3.Until("without the others, which are lost", static v => v.GetProperty("lost").GetArrayLength() == 2);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, session), (await n3.Ready(), Session(await n3.Json("/api/v1/sessions?state=up"))));
        await network.Link(3, up: true);
        await ClusterNode.AllUp(n1, n2, n3);
        Assert.Equal((HttpStatusCode.OK, session), (await n3.Ready(), Session(await n3.Json("/api/v1/sessions?state=up"))));

        // every node is alone: none has a quorum, all are down, and no cluster remains to rejoin
        await network.Bridge(up: false);
        foreach (var node in new[] { n1, n2, n3 }) await node.Until("put out", static v => v.GetProperty("standing").GetString() == "down");
        Assert.Equal(session, Session(await n3.Json("/api/v1/sessions?state=up")));
        await network.Bridge(up: true);
        await ClusterNode.AllUp(n1, n2, n3);
        var leader = (await n1.Json("/cluster/members")).GetProperty("leader").GetString();
        foreach (var node in new[] { n2, n3 }) await node.Until("agreed on the leader", v => v.GetProperty("leader").GetString() == leader);
        Assert.Equal(session, Session(await n3.Json("/api/v1/sessions?state=up")));
    }

    private static string Session(JsonElement page) =>
        Assert.Single(page.GetProperty("sessions").EnumerateArray().ToArray()).GetProperty("id").GetString()!;

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Akka.LNS.Client;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>
/// The typed client against lnsd: it has every route, loses no field of an answer, and reports errors with the text of the API.
/// </summary>
public class ApiClientTests(ApiLab lab) : IClassFixture<ApiLab>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_of_the_api_has_a_method()
    {
        var seen = new ConcurrentBag<(string Method, string Path)>();
        using var client = new LnsApiClient(new HttpClient(new Recorder(seen)) { BaseAddress = new Uri("http://lnsd/") });
        Func<Task>[] all =
        [
            () => client.GetStatusAsync(Cancel), () =>
                client.GetLoadAsync(Cancel), () =>
                client.ListSessionsAsync(cancellation: Cancel), () => client.GetSessionAsync("x", Cancel),
            () => client.FindSessionsAsync("x", null, Cancel), () => client.GetLacAsync("x", Cancel),
            () => client.GetTopAsync(cancellation: Cancel), () => client.ListRefusedLacsAsync(cancellation: Cancel),
            () => client.ListProblemsAsync(Cancel), () => client.GetHistoryAsync(null, Cancel),
            () => client.DropSessionAsync("x", null, Cancel), () =>
                client.DropSessionsAsync(new DropRequest(User: "x"), Cancel), () => client.GetDrainAsync(Cancel),
            () => client.DrainAsync(null, Cancel), () =>
                client.UndrainAsync(Cancel), () => client.ListTunnelsAsync(cancellation: Cancel), () => client.GetTunnelAsync(1, Cancel),
            () => client.ListLinksAsync(cancellation: Cancel), () =>
                client.ListBundlesAsync(cancellation: Cancel), () => client.ListLacsAsync(cancellation: Cancel),
                () => client.ListPoolsAsync(Cancel),
            () => client.ListLeasesAsync("x", null, Cancel), () =>
                client.GetRadiusAsync(Cancel), () => client.GetDynamicAuthorizationAsync(Cancel),
            () => client.ListDisconnectsAsync(cancellation: Cancel),
            () => client.ListLogLevelsAsync(Cancel), () =>
                client.SetLogLevelAsync(new LogLevelChange(), Cancel), () =>
                client.IsAliveAsync(Cancel), () => client.WhyNotReadyAsync(Cancel),
            () => client.GetClusterAsync(Cancel), () =>
                client.LeaveClusterAsync(null, Cancel), () =>
                client.ListClusterMembersAsync(Cancel), () => client.GetClusterMemberAsync("x", Cancel),
            () => client.JoinClusterAsync("x", Cancel), () => client.DownClusterMemberAsync("x", Cancel),
            () => client.CaptureAsync(new TraceQuery { User = "x" }, static () => Stream.Null, Cancel),
            () => client.GetConfigAsync(Cancel), () =>
                client.DiffConfigAsync(Cancel), () => client.CheckConfigAsync(Cancel), () => client.ReloadConfigAsync(null, Cancel),
        ];
        foreach (var call in all) await Assert.ThrowsAsync<LnsApiException>(call);
        using var real = Client(ApiLab.ReadToken);
        var paths = JsonDocument.Parse(await real.GetOpenApiAsync(Cancel)).RootElement.GetProperty("paths");
        var missing =
            from path in paths.EnumerateObject()
            where path.Name.StartsWith("/api/v1/", StringComparison.Ordinal) || path.Name is "/alive" or "/ready"
            from operation in path.Value.EnumerateObject()
            let pattern = "^" + Regex.Replace(path.Name, @"\{[^}]*\}", "[^/]+") + "$"
            where !seen.Any(s => s.Method.Equals(operation.Name, StringComparison.OrdinalIgnoreCase) && Regex.IsMatch(s.Path, pattern))
            select $"{operation.Name} {path.Name}";
        Assert.Empty(missing);
    }

    [Fact]
    public async Task An_answer_loses_nothing_in_the_contracts()
    {
        using var client = Client(ApiLab.ReadToken);
        var id = (await client.ListSessionsAsync(cancellation: Cancel)).Sessions[0].Id;
        var tunnel = (await client.ListTunnelsAsync(cancellation: Cancel)).Tunnels[0].Id;
        await Same("status", ApiJson.Default.StatusReport);
        await Same("load", ApiJson.Default.LoadReport);
        await Same("sessions", ApiJson.Default.SessionPage);
        await Same($"sessions/{id}", ApiJson.Default.SessionDetail);
        await Same("top?seconds=0.1", ApiJson.Default.TopReport);
        await Same("tunnels", ApiJson.Default.TunnelPage);
        await Same($"tunnels/{tunnel}", ApiJson.Default.TunnelDetail);
        await Same("links", ApiJson.Default.LinkPage);
        await Same("bundles", ApiJson.Default.BundlePage);
        await Same("lacs", ApiJson.Default.LacList);
        await Same("pools", ApiJson.Default.PoolList);
        await Same("pools/p/leases", ApiJson.Default.LeasePage);
        await Same("radius", ApiJson.Default.RadiusReport);
        await Same("dynamic-authorization", ApiJson.Default.DynamicAuthorizationReport);
        await Same("disconnects", ApiJson.Default.DisconnectPage);
        await Same("log/levels", ApiJson.Default.LogLevelList);
        await Same("drain", ApiJson.Default.DrainReport);
        await Same("cluster", ApiJson.Default.ClusterReport);
        await Same("config", ApiJson.Default.ConfigReport);
        await Same("config/diff", ApiJson.Default.ConfigDiff);

        async Task Same<T>(string path, JsonTypeInfo<T> type)
        {
            var text = await lab.Text(lab.Reader, $"/api/v1/{path}");
            var again = JsonSerializer.Serialize(JsonSerializer.Deserialize(text, type)!, type);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text), JsonNode.Parse(again)), $"{path}\n{text}\n{again}");
        }
    }

    [Fact]
    public async Task Filters_orders_and_pages_are_in_the_request()
    {
        using var client = Client(ApiLab.ReadToken);
        var one = Assert.Single(
            (await client.ListSessionsAsync(new SessionQuery { User = Subscribers.Name(7), State = "up", Pool = "p", Text = "U000007@" },
            cancellation: Cancel)).Sessions);
        Assert.Equal(one, Assert.Single(
            (await client.ListSessionsAsync(
            new SessionQuery { Address = one.Address, Lac = one.Lac, Calling = one.Calling, Called = one.Called },
            cancellation: Cancel)).Sessions));
        var all = (await client.ListSessionsAsync(new SessionQuery(), page: new PageQuery(0, 1000), cancellation: Cancel)).Sessions;
        var whole = all.First(
            s => all.Count(other => other.Address?.StartsWith(s.Address ?? "none", StringComparison.Ordinal) == true) > 1).Address!;
        Assert.Equal(whole, Assert.Single(
            (await client.ListSessionsAsync(new SessionQuery { Text = whole }, cancellation: Cancel)).Sessions).Address);
        Assert.True((await client.ListSessionsAsync(new SessionQuery { Text = whole[..whole.LastIndexOf('.')] },
            cancellation: Cancel)).Total > 1);
        var page = await client.ListSessionsAsync(new SessionQuery { User = "u*" }, "user", new PageQuery(5, 3), Cancel);
        Assert.Equal((5, 3), (page.Offset, page.Limit));
        Assert.Equal([Subscribers.Name(5), Subscribers.Name(6), Subscribers.Name(7)], page.Sessions.Select(static s => s.User));
        Assert.Equal(2, (await client.ListTunnelsAsync(new TunnelQuery("lac-*", "up"), new PageQuery(0, 2), Cancel)).Tunnels.Count);
        Assert.Equal(0, (await client.ListDisconnectsAsync(new DisconnectQuery("nobody", "*", "*", "NoAddress", "2020-01-01"),
            new PageQuery(), Cancel)).Total);
    }

    [Fact]
    public async Task Changes_need_the_role_operate()
    {
        using (var reader = Client(ApiLab.ReadToken))
            Assert.Equal(HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<LnsApiException>(() => reader.UndrainAsync(Cancel))).Status);
        using var client = Socket();
        var id = (await client.ListSessionsAsync(new SessionQuery { User = Subscribers.Name(50) }, cancellation: Cancel)).Sessions[0].Id;
        Assert.Equal(new DropResult(1, 0, true),
            await client.DropSessionsAsync(new DropRequest(id, Subscribers.Name(50), DryRun: true), Cancel));
        Assert.Equal(new DropResult(1, 1, false), await client.DropSessionAsync(id, "by a client", Cancel));
        await ApiLab.Until(async () =>
            (await client.ListDisconnectsAsync(new DisconnectQuery(Subscribers.Name(50)), cancellation: Cancel)).Disconnects is [
            { Text: "by a client" }, ..]);
        Assert.Contains(new LogLevelRow("Microsoft", "error"),
            (await client.SetLogLevelAsync(new LogLevelChange("Microsoft", "error"), Cancel)).Levels);
        await client.DrainAsync(new DrainRequest(DeadlineSeconds: 3600), Cancel);
        await ApiLab.Until(async () => (await client.GetDrainAsync(Cancel)).State == "draining");
        Assert.Equal("the node is draining", await client.WhyNotReadyAsync(Cancel));
        await client.UndrainAsync(Cancel);
        await ApiLab.Until(async () => await client.WhyNotReadyAsync(Cancel) is null);
        Assert.True(await client.IsAliveAsync(Cancel));
    }

    [Fact]
    public async Task An_error_has_the_text_of_the_api()
    {
        using var client = Client(ApiLab.ReadToken);
        var unknown = await Assert.ThrowsAsync<LnsApiException>(() => client.GetSessionAsync("no body", Cancel));
        Assert.Equal((HttpStatusCode.NotFound, "there is no session with the id, user, address or calling number 'no body'", 404),
            (unknown.Status, unknown.Message, unknown.Problem?.Status));
        var wrong = await Assert.ThrowsAsync<LnsApiException>(
            () => client.ListSessionsAsync(new SessionQuery { State = "asleep" }, cancellation: Cancel));
        Assert.Equal((HttpStatusCode.BadRequest, "state"), (wrong.Status, Assert.Single(wrong.Errors.Keys)));
        Assert.StartsWith("state: found 'asleep'; allowed: calling, link", wrong.Message, StringComparison.Ordinal);
        using var stranger = Client(null);
        var closed = await Assert.ThrowsAsync<LnsApiException>(() => stranger.GetLoadAsync(Cancel));
        Assert.Equal(HttpStatusCode.Unauthorized, closed.Status);
    }

    [Fact]
    public async Task Without_a_server_there_is_no_status_code()
    {
        foreach (var address in new[] { "unix:/nowhere/api.sock", $"unix:/{new string('x', 200)}", "http://127.0.0.1:1" })
        {
            Assert.True(LnsApiAddress.TryParse(address, out var parsed, out _));
            using var client = new LnsApiClient(parsed);
            var e = await Assert.ThrowsAsync<LnsApiException>(() => client.GetLoadAsync(Cancel));
            Assert.Null(e.Status);
            Assert.NotEmpty(e.Message);
        }
    }

    [Fact]
    public async Task An_answer_of_another_server_is_reported()
    {
        using var client = new LnsApiClient(new HttpClient(new Fixed("<html>")) { BaseAddress = new Uri("http://lnsd/") });
        var e = await Assert.ThrowsAsync<LnsApiException>(() => client.GetLoadAsync(Cancel));
        Assert.StartsWith("the answer is not a valid answer of the lnsd API", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unix:/run/a.sock", "/run/a.sock", "http://lnsd/")]
    [InlineData("unix:a.sock", "a.sock", "http://lnsd/")]
    [InlineData("http://127.0.0.1:8701", null, "http://127.0.0.1:8701/")]
    [InlineData("https://lns.example.net/", null, "https://lns.example.net/")]
    [InlineData("http://[::1]:8701", null, "http://[::1]:8701/")]
    public void An_address_is_read(string text, string? unixPath, string root)
    {
        Assert.True(LnsApiAddress.TryParse(text, out var address, out _));
        Assert.Equal((text, unixPath, root), (address.ToString(), address.UnixPath, address.Root.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("unix:")]
    [InlineData("127.0.0.1:8701")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://user:password@127.0.0.1")]
    [InlineData("http://127.0.0.1/api")]
    public void An_invalid_address_is_reported(string text)
    {
        Assert.False(LnsApiAddress.TryParse(text, out _, out var error));
        Assert.Contains("allowed: unix:PATH", error, StringComparison.Ordinal);
    }

    private LnsApiClient Client(string? token)
    {
        Assert.True(LnsApiAddress.TryParse(lab.Lnsd.Address.ToString(), out var address, out _));
        return new LnsApiClient(address, token, TimeSpan.FromSeconds(60));
    }

    private LnsApiClient Socket()
    {
        Assert.True(LnsApiAddress.TryParse($"unix:{lab.Lnsd.Socket}", out var address, out _));
        return new LnsApiClient(address, timeout: TimeSpan.FromSeconds(60));
    }

    /// <summary>Records requests and answers none.</summary>
    private sealed class Recorder(ConcurrentBag<(string, string)> seen) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Add((request.Method.Method, request.RequestUri!.AbsolutePath));
            throw new HttpRequestException("noted");
        }
    }

    private sealed class Fixed(string text) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text) });
    }
}

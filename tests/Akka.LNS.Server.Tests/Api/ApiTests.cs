using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>An lnsd with subscribers, for all tests of <see cref="ApiTests"/>.</summary>
public sealed class ApiLab : IAsyncLifetime
{
    public const int Count = 60;
    public const int Tunnels = 3;

    /// <summary>Part of every password, shared secret and token of the lab. No output of lnsd may have it.</summary>
    public const string Secret = "5ecret";
    public const string ReadToken = $"reader-{Secret}-token";
    public const string OperateToken = $"operator-{Secret}-token";

    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _seen = new();
    private Subscribers? _subscribers;

    internal LnsdProgram Lnsd { get; private set; } = null!;
    internal HttpClient Reader { get; private set; } = null!;
    internal HttpClient Operator { get; private set; } = null!;
    internal HttpClient Root { get; private set; } = null!;

    public string Seen
    {
        get { lock (_seen) return _seen.ToString(); }
    }

    public async ValueTask InitializeAsync()
    {
        Lnsd = await LnsdProgram.Start(_folder.Path, $$"""
            lns {
              node-name = lab
              bundles.defaults { pool = p, dns = [9.9.9.9], session-timeout = 1d }
              pools { p { ranges = ["100.64.0.2 - 100.64.0.201"] }, empty { ranges = ["10.0.0.0/24"] } }
              users.alice { password = "pass-{{Secret}}" }
              radius.servers = [{ name = first, address = 127.0.0.1, auth-port = 9, acct-port = 0, secret = "shared-{{Secret}}" }]
              tunnels.defaults.secret = none
              api.tokens {
                viewer { role = read, token = "{{ReadToken}}" }
                operator { role = operate, token = "{{OperateToken}}" }
              }
            }
            {{Subscribers.Users(Count, $"pass-{Secret}")}}
            """);
        Reader = Client(Lnsd.OverTcp(ReadToken));
        Operator = Client(Lnsd.OverTcp(OperateToken));
        Root = Client(Lnsd.OverSocket());
        _subscribers = await Subscribers.BringUp(Lnsd, Count, Tunnels, $"pass-{Secret}");
        await Until(async () => (await Json("/api/v1/sessions?state=up&limit=1")).GetProperty("total").GetInt32() == Count);
    }

    public async ValueTask DisposeAsync()
    {
        if (_subscribers is not null) await _subscribers.DisposeAsync();
        Reader.Dispose();
        Operator.Dispose();
        Root.Dispose();
        await Lnsd.DisposeAsync();
        _folder.Dispose();
    }

    public async Task<JsonElement> Json(string path)
    {
        var text = await Text(Reader, path);
        return JsonDocument.Parse(text).RootElement;
    }

    internal async Task<string> Text(HttpClient client, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return await Body(response, expected);
    }

    internal async Task<string> Body(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        lock (_seen) _seen.Append(response.Headers).AppendLine(text);
        Assert.True(response.StatusCode == expected, $"{response.RequestMessage?.RequestUri}: {response.StatusCode}\n{text}");
        if (!response.IsSuccessStatusCode) Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return text;
    }

    /// <param name="what">What the failure says.</param>
    internal static async Task Until(Func<Task<bool>> isSo, Func<string>? what = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var clock = Stopwatch.StartNew(); !await isSo(); await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            if (clock.Elapsed > TimeSpan.FromSeconds(60)) Assert.Fail($"not in time\n{what?.Invoke()}");
    }

    private static HttpClient Client(HttpClient client)
    {
        client.Timeout = TimeSpan.FromSeconds(60);
        return client;
    }
}

/// <summary>
/// Each resource of the API, against lnsd as a process with subscribers. A test changes only sessions, which it drops.
/// </summary>
public partial class ApiTests(ApiLab lab) : IClassFixture<ApiLab>
{
    private const int Dropped = 50; // subscribers from here on may be dropped

    [Fact]
    public async Task Status_and_load()
    {
        var status = await lab.Json("/api/v1/status");
        Assert.Equal(("lab", "default", ApiLab.Tunnels),
            (status.GetProperty("node").GetString(), status.GetProperty("group").GetString(), status.GetProperty("tunnels").GetInt32()));
        Assert.StartsWith("0.", status.GetProperty("version").GetString(), StringComparison.Ordinal);
        Assert.Equal($"127.0.0.1:{lab.Lnsd.L2tpPort}", status.GetProperty("listening")[0].GetString());
        Assert.Equal("open", status.GetProperty("verdict").GetString());
        var load = await lab.Json("/api/v1/load");
        Assert.Equal((ApiLab.Count, "open", 0, new OverloadSettings().RefuseFrom),
            (load.GetProperty("setUps").GetInt32(), load.GetProperty("verdict").GetString(),
            load.GetProperty("refused").GetProperty("total").GetInt32(), load.GetProperty("refuseFrom").GetInt32()));
        Assert.False(load.TryGetProperty("reason", out _));
        Assert.Equal((0, false),
            (load.GetProperty("spool").GetProperty("records").GetInt32(), load.GetProperty("spool").GetProperty("durable").GetBoolean()));
        Assert.Equal("serving", (await lab.Json("/api/v1/drain")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Sessions_come_in_pages_that_do_not_overlap()
    {
        var seen = new List<string>();
        for (var offset = 0; offset < ApiLab.Count; offset += 25)
        {
            var page = await lab.Json($"/api/v1/sessions?user=u0000*&sort=user&offset={offset}&limit=25");
            seen.AddRange(page.GetProperty("sessions").EnumerateArray().Select(static s => s.GetProperty("user").GetString()!));
        }
        Assert.Equal(seen.Order(StringComparer.Ordinal).Distinct(), seen);
        Assert.True(seen.Count >= Dropped, $"{seen.Count}");
    }

    [Fact]
    public async Task A_session_is_found_by_each_of_its_attributes()
    {
        var one = Assert.Single((await lab.Json($"/api/v1/sessions?user={Subscribers.Name(7)}")).GetProperty("sessions").EnumerateArray());
        var (address, lac, id) =
            (one.GetProperty("address").GetString()!, one.GetProperty("lac").GetString()!, one.GetProperty("id").GetString()!);
        Assert.Equal("up", one.GetProperty("state").GetString());
        Assert.Equal("p", one.GetProperty("pool").GetString());
        foreach (var query in new[] { $"address={address}", $"q={id}", "q=U000007@", $"user=u??0007*&lac={lac}&state=up&pool=p" })
        {
            var page = await lab.Json($"/api/v1/sessions?{query}");
            Assert.Equal(id, Assert.Single(page.GetProperty("sessions").EnumerateArray()).GetProperty("id").GetString());
        }
        Assert.Equal(0, (await lab.Json($"/api/v1/sessions?address={address}&lac=nobody")).GetProperty("total").GetInt32());
        var byText = await lab.Json($"/api/v1/sessions?q={address}"); // others' may begin with the same digits
        Assert.Contains(byText.GetProperty("sessions").EnumerateArray(), s => s.GetProperty("id").GetString() == id);
    }

    [Fact]
    public async Task A_minus_reverses_the_order()
    {
        Assert.Equal((await Users("user")).Order(StringComparer.Ordinal), await Users("user"));
        Assert.Equal(Enumerable.Reverse(await Users("user")), await Users("-user"));

        async Task<string[]> Users(string sort) =>
            [.. (await lab.Json($"/api/v1/sessions?sort={sort}&limit=10000")).GetProperty("sessions").EnumerateArray()
                .Select(static s => s.GetProperty("user").GetString()!)];
    }

    [Theory]
    [InlineData("since")]
    [InlineData("address")]
    [InlineData("calling")]
    [InlineData("called")]
    [InlineData("lac")]
    [InlineData("state")]
    [InlineData("inOctets")]
    [InlineData("-outOctets")]
    [InlineData("-user")]
    public async Task Each_order_is_served(string sort) =>
        Assert.True((await lab.Json($"/api/v1/sessions?sort={sort}&limit=5")).GetProperty("sessions").GetArrayLength() == 5);

    [Theory]
    [InlineData("/api/v1/sessions?colour=red", "colour")]
    [InlineData("/api/v1/sessions?limit=0", "limit")]
    [InlineData("/api/v1/sessions?limit=1000000", "limit")]
    [InlineData("/api/v1/sessions?offset=-1", "offset")]
    [InlineData("/api/v1/sessions?address=1.2.3", "address")]
    [InlineData("/api/v1/sessions?state=asleep", "state")]
    [InlineData("/api/v1/sessions?sort=colour", "sort")]
    [InlineData("/api/v1/sessions?user=a&user=b", "user")]
    [InlineData("/api/v1/sessions?user=", "user")]
    [InlineData("/api/v1/tunnels?state=asleep", "state")]
    [InlineData("/api/v1/top?seconds=0", "seconds")]
    [InlineData("/api/v1/top?seconds=1e1", "seconds")]
    [InlineData("/api/v1/top?by=colour", "by")]
    [InlineData("/api/v1/top?limit=0", "limit")]
    [InlineData("/api/v1/links?colour=red", "colour")]
    [InlineData("/api/v1/bundles?limit=x", "limit")]
    [InlineData("/api/v1/pools/p/leases?limit=x", "limit")]
    [InlineData("/api/v1/disconnects?since=yesterday", "since")]
    [InlineData("/api/v1/disconnects?cause=Fate", "cause")]
    public async Task The_error_of_an_invalid_query_names_the_field_and_the_allowed_values(string path, string field)
    {
        var problem = JsonDocument.Parse(await lab.Text(lab.Reader, path, HttpStatusCode.BadRequest)).RootElement;
        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task One_session_shows_every_layer()
    {
        var row = (await lab.Json($"/api/v1/sessions?user={Subscribers.Name(3)}")).GetProperty("sessions")[0];
        var detail = await lab.Json($"/api/v1/sessions/{row.GetProperty("id").GetString()}");
        Assert.Empty(detail.GetProperty("silent").EnumerateArray());
        Assert.Equal("established", detail.GetProperty("call").GetProperty("state").GetString());
        var (link, bundle, tunnel) = (detail.GetProperty("link"), detail.GetProperty("bundle"), detail.GetProperty("tunnel"));
        Assert.Equal(("Network", "ChapMd5", "local", 1492), (link.GetProperty("phase").GetString(), link.GetProperty("method").GetString(),
            link.GetProperty("authenticatedBy").GetString(), link.GetProperty("peerMru").GetInt32()));
        Assert.Equal((row.GetProperty("address").GetString(), true, "100.64.0.1"),
            (bundle.GetProperty("address").GetString(), bundle.GetProperty("forwarding").GetBoolean(),
            bundle.GetProperty("ownAddress").GetString()));
        Assert.Equal("9.9.9.9", Assert.Single(bundle.GetProperty("dns").EnumerateArray()).GetString());
        Assert.InRange(bundle.GetProperty("sessionEndsInSeconds").GetDouble(), 1, 86400);
        Assert.Equal(("Established", "*"), (tunnel.GetProperty("state").GetString(), tunnel.GetProperty("peer").GetString()));
    }

    [Fact]
    public async Task Tunnels_links_bundles_lacs_pools_and_radius()
    {
        var tunnels = await lab.Json("/api/v1/tunnels?state=up");
        Assert.Equal(ApiLab.Tunnels, tunnels.GetProperty("total").GetInt32());
        var id = tunnels.GetProperty("tunnels")[0].GetProperty("id").GetInt32();
        Assert.Equal("Established", (await lab.Json($"/api/v1/tunnels/{id}")).GetProperty("layer").GetProperty("state").GetString());
        Assert.True((await lab.Json("/api/v1/links")).GetProperty("total").GetInt32() >= Dropped);
        var bundle = (await lab.Json($"/api/v1/bundles?user={Subscribers.Name(1)}")).GetProperty("bundles")[0];
        Assert.StartsWith("l2tp-", bundle.GetProperty("interface").GetString(), StringComparison.Ordinal);
        var lacs = (await lab.Json("/api/v1/lacs")).GetProperty("lacs").EnumerateArray().ToArray();
        Assert.Equal(["lac-1", "lac-2", "lac-3"], lacs.Select(static l => l.GetProperty("name").GetString()));
        Assert.All(lacs, static l =>
            Assert.Equal((1, ApiLab.Count / ApiLab.Tunnels), (l.GetProperty("tunnels").GetInt32(), l.GetProperty("setUps").GetInt32())));
        Assert.All(lacs, static l => Assert.Equal(l.GetProperty("ended").GetInt32(),
            l.GetProperty("setUpsFailed").GetInt32() + l.GetProperty("sessionsEnded").GetInt32()));
        var lac = await lab.Json("/api/v1/lacs/lac-2");
        Assert.Equal(("lac-2", false), (lac.GetProperty("name").GetString(), lac.TryGetProperty("lastRestart", out _)));
        var pools = (await lab.Json("/api/v1/pools")).GetProperty("pools").EnumerateArray()
            .ToDictionary(static p => p.GetProperty("name").GetString()!);
        Assert.Equal((200, 254, 0),
            (pools["p"].GetProperty("size").GetInt32(), pools["empty"].GetProperty("size").GetInt32(), pools["empty"].GetProperty("used")
            .GetInt32()));
        var leases = await lab.Json("/api/v1/pools/p/leases?limit=5");
        Assert.Equal(5, leases.GetProperty("leases").GetArrayLength());
        Assert.Equal(0, (await lab.Json("/api/v1/pools/empty/leases")).GetProperty("total").GetInt32());
        var radius = await lab.Json("/api/v1/radius");
        Assert.Equal((true, 16), (radius.GetProperty("canAuthenticate").GetBoolean(), radius.GetProperty("workers").GetInt32()));
        Assert.All(radius.GetProperty("servers").EnumerateArray(), static s => Assert.Equal("first", s.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task History_has_points_in_order_and_since_cuts_it()
    {
        await ApiLab.Until(async () => (await lab.Json("/api/v1/history")).GetProperty("points").GetArrayLength() >= 2);
        var all = (await lab.Json("/api/v1/history")).GetProperty("points").EnumerateArray().ToArray();
        var times = all.Select(static p => p.GetProperty("at").GetDateTimeOffset()).ToArray();
        Assert.Equal(times.Order().Distinct(), times);
        Assert.True(all[^1].GetProperty("sessions").GetInt32() > 0);
        var later = await lab.Json($"/api/v1/history?since={Uri.EscapeDataString(times[^2].ToString("O"))}");
        Assert.Equal(times[^1], later.GetProperty("points")[0].GetProperty("at").GetDateTimeOffset());
        Assert.Equal(2, later.GetProperty("intervalSeconds").GetDouble());
    }

    [Fact]
    public async Task Problems_are_the_same_in_their_resource_and_in_the_status()
    {
        await ApiLab.Until(async () => (await lab.Json("/api/v1/problems")).GetProperty("problems").GetArrayLength() > 0);
        var restarted = (await lab.Json("/api/v1/problems")).GetProperty("problems").EnumerateArray()
            .Single(static p => p.GetProperty("name").GetString() == "LnsRestarted");
        Assert.Equal(("info", "firing"), (restarted.GetProperty("severity").GetString(), restarted.GetProperty("state").GetString()));
        Assert.Contains((await lab.Json("/api/v1/status")).GetProperty("problems").EnumerateArray(),
            static p => p.GetProperty("name").GetString() == "LnsRestarted");
    }

    [Theory]
    [InlineData("/api/v1/sessions/nobody")]
    [InlineData("/api/v1/tunnels/70000")]
    [InlineData("/api/v1/pools/nobody/leases")]
    [InlineData("/api/v1/lacs/nobody")]
    public Task A_missing_resource_is_404(string path) => lab.Text(lab.Reader, path, HttpStatusCode.NotFound);

    [Fact]
    public async Task A_dropped_session_ends_with_the_given_reason()
    {
        var (first, second) = (Subscribers.Name(Dropped), Subscribers.Name(Dropped + 1));
        var id = (await lab.Json($"/api/v1/sessions?user={first}")).GetProperty("sessions")[0].GetProperty("id").GetString();
        await Post(lab.Operator, $"/api/v1/sessions/{id}/drop", """{ "reason": "moved to another LNS" }""");
        await Gone(first, "moved to another LNS");

        var dry = await Post(lab.Operator, "/api/v1/sessions/drop", $$"""{ "user": "{{second}}", "dryRun": true }""");
        Assert.Equal((1, 0), (dry.GetProperty("matched").GetInt32(), dry.GetProperty("dropped").GetInt32()));
        Assert.Equal(1, (await lab.Json($"/api/v1/sessions?user={second}&state=up")).GetProperty("total").GetInt32());
        var real = await Post(lab.Root, "/api/v1/sessions/drop", $$"""{ "user": "{{second}}", "pool": "p", "reason": "by root" }""");
        Assert.Equal((1, 1), (real.GetProperty("matched").GetInt32(), real.GetProperty("dropped").GetInt32()));
        await Gone(second, "by root");
        Assert.Contains(lab.Lnsd.Output.Split('\n'),
            static l => l.Contains("audit: operator by 127.0.0.1: drop session", StringComparison.Ordinal));
        Assert.Contains(lab.Lnsd.Output.Split('\n'), l => l.Contains("audit: uid ", StringComparison.Ordinal)
            && l.Contains("by the Unix socket: drop sessions with user", StringComparison.Ordinal));
    }

    private async Task Gone(string user, string reason)
    {
        await ApiLab.Until(async () => (await lab.Json($"/api/v1/disconnects?user={user}")).GetProperty("total").GetInt32() > 0);
        var end = (await lab.Json($"/api/v1/disconnects?user={user}&cause=AdministrativeReset&since=2020-01-01"))
            .GetProperty("disconnects")[0];
        Assert.Equal((reason, "Administrator", true),
            (end.GetProperty("text").GetString(), end.GetProperty("endedBy").GetString(), end.GetProperty("wasOn").GetBoolean()));
        Assert.Equal(0, (await lab.Json($"/api/v1/sessions?user={user}&state=up")).GetProperty("total").GetInt32());
    }

    private async Task<JsonElement> Post(HttpClient client, string path, string body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return JsonDocument.Parse(await lab.Body(response, expected)).RootElement;
    }

    [Fact]
    public async Task The_role_read_changes_nothing()
    {
        var user = Subscribers.Name(5);
        await Post(lab.Reader, "/api/v1/sessions/drop", $$"""{ "user": "{{user}}" }""", HttpStatusCode.Forbidden);
        using var put = await lab.Reader.PutAsJsonAsync("/api/v1/log/level", new { level = "debug" },
            TestContext.Current.CancellationToken);
        await lab.Body(put, HttpStatusCode.Forbidden);
        using var stranger = lab.Lnsd.OverTcp();
        await Post(stranger, "/api/v1/sessions/drop", $$"""{ "user": "{{user}}" }""", HttpStatusCode.Unauthorized);
        Assert.Equal(1, (await lab.Json($"/api/v1/sessions?user={user}&state=up")).GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("""{ }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "user": "x", "colour": "red" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "user": """, HttpStatusCode.BadRequest)]
    [InlineData("""{ "address": "1.2.3" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "user": "x", "reason": "two\nlines" }""", HttpStatusCode.BadRequest)]
    public Task An_invalid_body_is_reported(string body, HttpStatusCode expected) =>
        Post(lab.Operator, "/api/v1/sessions/drop", body, expected);

    [Fact]
    public Task A_body_that_is_too_long_is_413() =>
        Post(lab.Operator, "/api/v1/sessions/drop", $$"""{ "user": "{{new string('x', 70_000)}}" }""",
            HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task A_wrong_method_is_405()
    {
        using var response = await lab.Operator.DeleteAsync("/api/v1/sessions", TestContext.Current.CancellationToken);
        await lab.Body(response, HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Log_levels_change_while_it_runs()
    {
        using var put = await lab.Operator.PutAsJsonAsync("/api/v1/log/level", new { source = "Microsoft", level = "error" },
            TestContext.Current.CancellationToken);
        await lab.Body(put, HttpStatusCode.OK);
        var levels = (await lab.Json("/api/v1/log/levels")).GetProperty("levels").EnumerateArray().ToArray();
        Assert.Equal("error", Assert.Single(levels, static l => l.TryGetProperty("source", out var s) && s.GetString() == "Microsoft")
            .GetProperty("level").GetString());
        Assert.Equal("information", Assert.Single(levels, static l => !l.TryGetProperty("source", out _)).GetProperty("level").GetString());
        foreach (var wrong in new[] { new { source = "No source", level = "error" }, new { source = "Microsoft", level = "loud" } })
        {
            using var refused = await lab.Operator.PutAsJsonAsync("/api/v1/log/level", wrong, TestContext.Current.CancellationToken);
            await lab.Body(refused, HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task The_openapi_document_names_every_resource()
    {
        using var stranger = lab.Lnsd.OverTcp();
        var document = JsonDocument.Parse(await lab.Text(stranger, "/openapi/v1.json")).RootElement;
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths");
        foreach (var path in new[] { "status", "load", "sessions", "sessions/{id}", "sessions/{id}/drop", "sessions/drop", "tunnels",
            "tunnels/{id}", "links", "bundles", "lacs", "lacs/{name}", "history", "problems", "pools",
            "pools/{name}/leases", "radius", "disconnects", "log/levels", "log/level", "drain", "top", "config", "config/diff",
                "config/check", "config/reload" })
            Assert.True(paths.TryGetProperty($"/api/v1/{path}", out _), path);
        // every reference inside leads somewhere
        var schemas = document.GetProperty("components").GetProperty("schemas");
        foreach (System.Text.RegularExpressions.Match reference in System.Text.RegularExpressions.Regex.Matches(document.ToString(),
            @"#/components/schemas/(\w+)"))
            Assert.True(schemas.TryGetProperty(reference.Groups[1].Value, out _), reference.Value);
    }

    [Fact]
    public async Task The_README_names_exactly_the_routes_of_the_openapi_document()
    {
        string[] undescribed = ["GET /metrics", "GET /openapi/v1.json"];
        using var stranger = lab.Lnsd.OverTcp();
        var paths = JsonDocument.Parse(await lab.Text(stranger, "/openapi/v1.json")).RootElement.GetProperty("paths");
        var served = paths.EnumerateObject().SelectMany(static path => path.Value.EnumerateObject()
            .Select(method => $"{method.Name.ToUpperInvariant()} {path.Name.Replace("/api/v1", "", StringComparison.Ordinal)}"));
        var named = Route().Matches(Repository.Read("src", "Akka.LNS.Server", "Api", "README.md")).Select(static m => m.Groups[1].Value);
        Assert.Equal(served.Concat(undescribed).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    /// <summary>A route in a table.</summary>
    [GeneratedRegex(@"(?<=^\| .*)`((?:GET|POST|PUT|DELETE) /\S*)`", RegexOptions.Multiline)]
    private static partial Regex Route();

    [Fact]
    public async Task The_openapi_document_has_a_tag_and_is_not_sent_again_to_a_client_that_has_it()
    {
        using var stranger = lab.Lnsd.OverTcp();
        using var first = await stranger.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await stranger.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (first.StatusCode, second.StatusCode));
    }

    [Theory]
    [InlineData("sessions?limit=3", "id,user,address,")]
    [InlineData("tunnels", "id,")]
    [InlineData("lacs", "name,addresses,")]
    [InlineData("pools", "name,")]
    [InlineData("disconnects", "at,session,user,")]
    [InlineData("log/levels", "source,level")]
    public async Task Each_list_is_csv_for_a_client_that_accepts_it(string path, string headings)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{path}");
        request.Headers.Accept.ParseAdd("text/csv");
        using var answer = await lab.Root.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "text/csv"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.StartsWith(headings, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
    }

    [Fact]
    public async Task A_list_as_csv_has_all_rows_and_the_filters_of_the_list()
    {
        var total = (await lab.Json("/api/v1/sessions?limit=1")).GetProperty("total").GetInt32();
        Assert.Equal(total + 1, await Lines("sessions?limit=all"));
        Assert.Equal(2, await Lines($"sessions?limit=all&q={Subscribers.Name(7)}&state=up"));
        Assert.Equal(1, await Lines($"sessions?limit=all&q={Subscribers.Name(7)}&state=closing"));
        Assert.Equal(2, await Lines("lacs?q=lac-1"));
        Assert.Equal(1, await Lines("refused-lacs?q=nobody"));
        using var json = await lab.Root.GetAsync("/api/v1/sessions?limit=all", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, json.StatusCode);

        async Task<int> Lines(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{path}");
            request.Headers.Accept.ParseAdd("text/csv");
            using var answer = await lab.Root.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length;
        }
    }

    [Fact]
    public async Task A_session_has_one_resource_by_id_user_and_address()
    {
        var row = (await lab.Json("/api/v1/sessions?limit=1&state=up")).GetProperty("sessions")[0];
        foreach (var name in new[] { "id", "user", "address" })
        {
            var word = Uri.EscapeDataString(row.GetProperty(name).GetString()!);
            var found = (await lab.Json($"/api/v1/sessions/find?which={word}")).GetProperty("sessions");
            Assert.Equal(row.GetProperty("id").GetString(), found[0].GetProperty("id").GetString());
            var one = (await lab.Json($"/api/v1/sessions/{word}")).GetProperty("session");
            Assert.Equal(row.GetProperty("id").GetString(), one.GetProperty("id").GetString());
        }
    }

    [Fact]
    public async Task No_answer_and_no_output_contains_a_secret()
    {
        string[] paths = ["status", "load", "sessions?limit=10000", "tunnels", "links", "bundles", "lacs", "pools", "pools/p/leases",
            "radius", "disconnects", "log/levels", "config", "config/diff"];
        foreach (var path in paths) await lab.Text(lab.Root, $"/api/v1/{path}");
        foreach (var session in (await lab.Json("/api/v1/sessions?limit=10")).GetProperty("sessions").EnumerateArray())
            await lab.Text(lab.Root, $"/api/v1/sessions/{session.GetProperty("id").GetString()}");
        await lab.Text(lab.Root, "/openapi/v1.json");
        Assert.DoesNotContain(ApiLab.Secret, lab.Seen, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiLab.Secret, lab.Lnsd.Output, StringComparison.Ordinal);
    }
}

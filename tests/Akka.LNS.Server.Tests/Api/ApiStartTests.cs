using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>The API of lnsd as a process: addresses, access, and errors of a start.</summary>
public class ApiStartTests
{
    private const string Token = "a-token-that-may-be-seen-nowhere";

    [Fact]
    public async Task Load_is_served_on_the_unix_socket_without_a_token()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await LnsdProgram.Start(folder.Path);
        using var client = lnsd.OverSocket();
        var load = await client.GetFromJsonAsync<JsonElement>("/api/v1/load", TestContext.Current.CancellationToken);
        foreach (var count in new[] { "tunnels", "sessions", "links", "bundles", "paths", "serialDepth", "parallelDepth", "load",
            "setUps" })
            Assert.Equal((count, 0), (count, load.GetProperty(count).GetInt32()));
        Assert.Equal(16, load.GetProperty("radius").GetProperty("workers").GetInt32());
        Assert.True(load.GetProperty("process").GetProperty("residentOctets").GetInt64() > 1 << 20);
        Assert.True(load.GetProperty("process").GetProperty("cpuSeconds").GetDouble() > 0);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(lnsd.Socket));
        await lnsd.Terminate();
        Assert.Equal(0, await lnsd.Exited());
        Assert.False(File.Exists(lnsd.Socket));
    }

    [Fact]
    public async Task Tcp_needs_a_token_and_health_does_not()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await LnsdProgram.Start(folder.Path, $$"""lns.api.tokens.viewer { role = read, token = "{{Token}}" }""");
        using var stranger = lnsd.OverTcp();
        await Problem(stranger, "/api/v1/load", HttpStatusCode.Unauthorized);
        using var guesser = lnsd.OverTcp(Token + "x");
        await Problem(guesser, "/api/v1/load", HttpStatusCode.Unauthorized);
        await Problem(stranger, "/nowhere", HttpStatusCode.NotFound);
        using var viewer = lnsd.OverTcp(Token);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/api/v1/load", TestContext.Current.CancellationToken)).StatusCode);
        using var wrongMethod = await viewer.PostAsync("/api/v1/load", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrongMethod.StatusCode);
        foreach (var path in new[] { "/alive", "/ready" })
            Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
        Assert.DoesNotContain(Token, lnsd.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draining_node_is_not_ready_until_the_drain_is_cancelled()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await LnsdProgram.Start(folder.Path);
        using var client = lnsd.OverSocket();
        using var wrong = await client.PostAsJsonAsync("/api/v1/drain", new { deadlineSeconds = -1 },
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var ordered = await client.PostAsync("/api/v1/drain", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, ordered.StatusCode);
        await ApiLab.Until(async () => await State() == "drained");
        await Problem(client, "/ready", HttpStatusCode.ServiceUnavailable);
        Assert.Equal("draining", (await client.GetFromJsonAsync<JsonElement>("/api/v1/load", TestContext.Current.CancellationToken))
            .GetProperty("verdict").GetString());
        using var calledOff = await client.DeleteAsync("/api/v1/drain", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, calledOff.StatusCode);
        await ApiLab.Until(async () => await State() == "serving");
        Assert.Equal("ready", await client.GetStringAsync("/ready", TestContext.Current.CancellationToken));
        using var last = await client.PostAsJsonAsync("/api/v1/drain", new { exit = true }, TestContext.Current.CancellationToken);
        Assert.Equal(0, await lnsd.Exited());

        async Task<string?> State() =>
            (await client.GetFromJsonAsync<JsonElement>("/api/v1/drain", TestContext.Current.CancellationToken)).GetProperty("state")
            .GetString();
    }

    private static async Task Problem(HttpClient client, string path, HttpStatusCode expected)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal((expected, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task The_socket_of_a_server_that_was_killed_is_replaced()
    {
        using var folder = new TemporaryFolder();
        await using (var first = await LnsdProgram.Start(folder.Path))
        {
            first.Kill();
            await first.Exited();
            Assert.True(File.Exists(first.Socket));
        }
        await using var second = await LnsdProgram.Start(folder.Path, """lns.api.unix.mode = "0600" """);
        using var client = second.OverSocket();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/load", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(second.Socket));
    }

    [Fact]
    public async Task The_socket_of_a_server_that_lives_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        await using var first = await LnsdProgram.Start(folder.Path);
        await CannotStart(folder, "", $"lnsd: cannot listen on unix:{first.Socket} (lns.api.listen): another lnsd serves there");
        using var client = first.OverSocket();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/load", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_path_that_cannot_be_created_gives_one_line_and_exit_code_2()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "kept", TestContext.Current.CancellationToken);
        await CannotStart(folder, """lns.api.listen = ["unix:file"]""",
            $"lnsd: cannot listen on unix:{file} (lns.api.listen): the file exists and is not a socket");
        await CannotStart(folder, """lns.api.listen = ["unix:file/api.sock"]""",
            $"lnsd: cannot listen on unix:{file}/api.sock (lns.api.listen): ");
        await CannotStart(folder, "lns.api.unix.group = nobody-has-this-name",
            "lnsd: there is no group 'nobody-has-this-name' (lns.api.unix.group)");
        Assert.Equal("kept", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_port_in_use_gives_one_line_and_exit_code_2()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new TemporaryFolder();
        await CannotStart(folder, $"""lns.api.listen = ["{taken.LocalEndpoint}"]""",
            $"lnsd: cannot listen on {taken.LocalEndpoint} (lns.api.listen): Address already in use");
    }

    private static async Task CannotStart(TemporaryFolder folder, string hocon, string expected)
    {
        await using var lnsd = LnsdProgram.Launch(folder.Path, hocon);
        Assert.Equal(2, await lnsd.Exited());
        Assert.Contains(expected,
            Assert.Single(lnsd.Output.Split('\n'), static line => line.StartsWith("lnsd: ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }
}

using System.Net;
using System.Net.WebSockets;
using System.Text.RegularExpressions;
using Akka.LNS.Server.Tests.Api;
using Microsoft.Playwright;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>Logins, limits and secrets of the dashboard.</summary>
[Collection("lab")]
public class LoginTests(DashboardLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [BrowserFact]
    public async Task Login_needs_a_token_that_the_browser_does_not_store()
    {
        await using var window = await lab.OpenAsync();
        await window.LogInAsync("an-unknown-token");
        await window.SaysAsync("[role=alert]", "Unknown token.");
        await window.Page.GotoAsync("/sessions");
        await window.SaysAsync("label", "Token");
        Assert.Equal("/login", new Uri(window.Page.Url).AbsolutePath);

        await window.Page.GetByLabel("Token").FillAsync(DashboardLab.ReadToken);
        await window.Button("Log in").ClickAsync();
        await window.SaysAsync("h1", "Sessions"); // the page that was requested
        await window.SaysAsync(".lns-who", "viewer (read)");
        var cookies = await window.Page.Context.CookiesAsync();
        Assert.NotEmpty(cookies);
        Assert.All(cookies, static c =>
        {
            Assert.True(c.HttpOnly, c.Name);
            Assert.Equal((c.Name, SameSiteAttribute.Strict), (c.Name, c.SameSite));
            Assert.DoesNotContain(DashboardLab.Secret, c.Value, StringComparison.Ordinal);
        });
        const string script = "() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie])";
        var kept = await window.Page.EvaluateAsync<string>(script);
        Assert.DoesNotContain(DashboardLab.Secret, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(DashboardLab.Secret, lab.Lnsd.Output, StringComparison.Ordinal);
    }

    [BrowserFact] // the cookie stays the same, its user changes
    public async Task Login_with_another_token_replaces_the_user()
    {
        await using var window = await lab.OpenAsync();
        await window.LogInAsync(DashboardLab.OperateToken);
        await window.SaysAsync(".lns-who", "operator (operate)");
        await window.Page.GotoAsync("/login");
        await window.Page.GetByLabel("Token").FillAsync(DashboardLab.ReadToken);
        await window.Button("Log in").ClickAsync();
        await window.SaysAsync(".lns-who", "viewer (read)");
        await window.Page.GotoAsync("/sessions");
        await window.SaysAsync(".lns-who", "viewer (read)");
    }

    [BrowserFact]
    public async Task Open_page_returns_to_the_login_after_logout()
    {
        await using var window = await lab.OpenAsync();
        await window.LogInAsync(DashboardLab.OperateToken);
        await window.SaysAsync("h1", "Overview");
        var left = await window.Page.Context.NewPageAsync();
        await left.GotoAsync("/pools");
        await Assertions.Expect(left.Locator("h1")).ToHaveTextAsync("Pools");
        // the login page is slow: the open page must not ask for it again at each sample, which would cancel the first request
        var asked = 0;
        await left.RouteAsync("**/login*", async route =>
        {
            Interlocked.Increment(ref asked);
            var begin = await LatestPointAsync();
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (await LatestPointAsync() < begin + TimeSpan.FromSeconds(4)) await timer.WaitForNextTickAsync(Cancel);
            await route.ContinueAsync();
        });
        await window.Page.GotoAsync("/logout");
        await window.Button("Log out").ClickAsync();
        await window.SaysAsync("label", "Token");
        await left.WaitForURLAsync("**/login*");
        Assert.Equal(1, asked);

        async Task<DateTimeOffset> LatestPointAsync() => (await lab.Api.GetHistoryAsync(cancellation: Cancel)).Points[^1].At;
    }

    [Fact]
    public async Task Without_a_login_only_the_form_is_served()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 0, "viewers = 1");
        using var jar = new HttpClientHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(jar) { BaseAddress = lnsd.Address };
        foreach (var path in new[] { "/", "/sessions", "/sessions/x", "/drain", "/logout" })
        {
            using var page = await http.GetAsync(path, Cancel);
            Assert.Equal((path, HttpStatusCode.Redirect, "/login"), (path, page.StatusCode, page.Headers.Location?.AbsolutePath));
        }
        using var circuit = await http.PostAsync("/_blazor/negotiate?negotiateVersion=1", null, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, circuit.StatusCode);

        // a form without an antiforgery token
        using var forged = await http.PostAsync("/login", Form(("_handler", "login"), ("Token", DashboardLab.OperateToken)), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        await LogInAsync(http, "/login?to=//another.example/", expected: "/");

        // the cookie is valid for pages only, not for the API, where a form of another site could use it
        Assert.Equal(HttpStatusCode.OK, await Status(http, "/"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(http, "/api/v1/status"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(http, "/metrics"));

        // no long polls, no pages of other sites, no more viewers than the limit
        Assert.Equal(HttpStatusCode.BadRequest, await Status(http, "/_blazor?id=x"));
        var cookies = jar.CookieContainer.GetCookieHeader(lnsd.Address);
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAs(lnsd, cookies, "http://another.example"));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAs(lnsd, "", Origin(lnsd)));
        using (var first = Socket(cookies, Origin(lnsd)))
        {
            await first.ConnectAsync(At(lnsd), Cancel);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await RefusedAs(lnsd, cookies, Origin(lnsd)));
        }
        Assert.DoesNotContain(DashboardLab.Secret, lnsd.Output, StringComparison.Ordinal);
        Assert.Contains("dashboard: operator has logged in from 127.0.0.1", lnsd.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_above_the_limit_ends_the_oldest()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 0, "logins = 2");
        var clients = Enumerable.Range(0, 3)
            .Select(_ => new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = lnsd.Address }).ToArray();
        foreach (var client in clients) await LogInAsync(client, "/login", "/");
        Assert.Equal([HttpStatusCode.Redirect, HttpStatusCode.OK, HttpStatusCode.OK],
            await Task.WhenAll(clients.Select(c => Status(c, "/"))));
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task A_client_certificate_needs_no_token()
    {
        using var folder = new TemporaryFolder();
        using var ca = new TestCa("clients");
        using var server = ca.Server();
        TestCa.Write(folder.Path, server);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "ca.pem"), ca.Certificate.ExportCertificatePem(), Cancel);
        await using var lnsd = await LnsdProgram.Start(folder.Path, """
            lns.api {
              tls { certificate = server.pem, key = server.key, client-ca = ca.pem }
              certificates.alice { role = read, common-name = alice }
            }
            """);
        foreach (var (name, status) in new[] { ("alice", HttpStatusCode.OK), ("bob", HttpStatusCode.Redirect) })
        {
            using var certificate = ca.Client($"CN={name}");
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown?.GetCertHashString() == server.GetCertHashString();
            handler.SslOptions.ClientCertificateContext = System.Net.Security.SslStreamCertificateContext.Create(certificate, null,
                offline: true);
            using var http = new HttpClient(handler) { BaseAddress = lnsd.Address };
            Assert.Equal((name, status), (name, await Status(http, "/")));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disabled_dashboard_is_not_loaded(bool on)
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 0, $"enabled = {(on ? "on" : "off")}");
        using var http = lnsd.OverTcp(DashboardLab.ReadToken);
        Assert.Equal(HttpStatusCode.OK, await Status(http, "/api/v1/status"));
        Assert.Equal(on ? HttpStatusCode.OK : HttpStatusCode.NotFound, await Status(http, "/login"));
        Assert.Equal(on, (await File.ReadAllTextAsync($"/proc/{lnsd.Id}/maps", Cancel))
            .Contains("Radzen.Blazor.dll", StringComparison.Ordinal));
    }

    private static async Task LogInAsync(HttpClient http, string path, string expected)
    {
        var hidden = Regex.Match(await http.GetStringAsync(path, Cancel), "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")
            .Groups[1].Value;
        using var entered = await http.PostAsync(path,
            Form(("_handler", "login"), ("__RequestVerificationToken", hidden), ("Token", DashboardLab.OperateToken)), Cancel);
        Assert.Equal((HttpStatusCode.Redirect, expected), (entered.StatusCode, entered.Headers.Location?.AbsolutePath));
        Assert.True(entered.Headers.Location!.Host == http.BaseAddress!.Host);
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(static f => KeyValuePair.Create(f.Name, f.Value)));

    private static async Task<HttpStatusCode> Status(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancel);
        return response.StatusCode;
    }

    private static string Origin(LnsdProgram lnsd) => lnsd.Address.GetLeftPart(UriPartial.Authority);

    private static Uri At(LnsdProgram lnsd) => new UriBuilder(lnsd.Address) { Scheme = "ws", Path = "/_blazor" }.Uri;

    private static ClientWebSocket Socket(string cookies, string origin)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", origin);
        if (cookies.Length > 0) socket.Options.SetRequestHeader("Cookie", cookies);
        return socket;
    }

    private static async Task<HttpStatusCode> RefusedAs(LnsdProgram lnsd, string cookies, string origin)
    {
        using var socket = Socket(cookies, origin);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(At(lnsd), Cancel));
        return socket.HttpStatusCode;
    }
}

using System.Collections.Concurrent;
using System.Text;
using Microsoft.Playwright;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>
/// One browser window, which records requests and answers. When it closes, it checks that there was no other host, no secret and no script
/// error.
/// </summary>
internal sealed class Window : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _home;
    private readonly ConcurrentQueue<string> _foreign = new(), _errors = new();
    private readonly ConcurrentQueue<Task<string>> _got = new();

    public Window(IBrowserContext context, IPage page, Uri home)
    {
        (_context, Page, _home) = (context, page, home);
        context.Request += (_, request) => Asked(request.Url);
        context.Response += (_, response) => _got.Enqueue(TextOf(response));
        page.WebSocket += (_, socket) =>
        {
            Asked(socket.Url);
            socket.FrameReceived += (_, frame) => _got.Enqueue(Task.FromResult(frame.Text ?? Encoding.UTF8.GetString(frame.Binary ?? [])));
        };
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            // message of the browser about a request that the server refuses
            if (message.Type == "error" && !ExpectsLoss && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _errors.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>The test ends lnsd: errors of the connection are expected.</summary>
    public bool ExpectsLoss { get; set; }

    public ILocator this[string selector] => Page.Locator(selector);

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public ILocator Rows => Page.Locator(".rz-data-grid tbody tr.rz-data-row");

    public async Task LogInAsync(string token)
    {
        await Page.GotoAsync("/");
        await Page.GetByLabel("Token").FillAsync(token);
        await Button("Log in").ClickAsync();
    }

    public Task SaysAsync(string selector, string text) => Assertions.Expect(Page.Locator(selector)).ToContainTextAsync(text);

    /// <summary>Waits until the script is true. It is polled from here: the policy of the page forbids evaluation of text in it.</summary>
    public async Task UntilAsync(string script)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(DashboardLab.Patience));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await Page.EvaluateAsync<bool>(script))
            if (limit.IsCancellationRequested) Assert.Fail($"never true: {script}");
            else await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        Assert.Empty(_foreign);
        Assert.Empty(_errors);
        foreach (var got in _got) Assert.DoesNotContain(DashboardLab.Secret, await got, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(_got);
    }

    private void Asked(string url)
    {
        var uri = new Uri(url);
        if (uri.Scheme is not ("data" or "blob") && (uri.Host, uri.Port) != (_home.Host, _home.Port)) _foreign.Enqueue(url);
    }

    private static async Task<string> TextOf(IResponse response)
    {
        var headers = string.Join('\n', response.Headers.Select(static h => $"{h.Key}: {h.Value}"));
        try
        {
            return response.Url.Contains("/_content/", StringComparison.Ordinal) || response.Status is >= 300 and < 400 ? headers
                : headers + await response.TextAsync();
        }
        catch (PlaywrightException)
        {
            return headers; // the page has navigated away
        }
    }
}

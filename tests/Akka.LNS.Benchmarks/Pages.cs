using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace Akka.LNS.Benchmarks;

/// <summary>
/// The dashboard in a real browser with all sessions up, each time as a person waits for it; the second visit, when lnsd's code is
/// compiled.
/// </summary>
/// <param name="Overview">Time from asking for the page to its first figure.</param>
/// <param name="Table">Time to the first row of the table of sessions.</param>
/// <param name="Sorted">Time to sort the table by another column.</param>
/// <param name="Found">Time to search for one user.</param>
/// <param name="Subscriber">Time to open one subscriber's page.</param>
/// <param name="Open">Share of a core that lnsd uses while an overview is open.</param>
internal sealed record PageTimes(TimeSpan Overview, TimeSpan Table, TimeSpan Sorted, TimeSpan Found, TimeSpan Subscriber, double Open);

internal static class Pages
{
    private const string Program = "/usr/bin/chromium";
    private const int Port = 8701, Seconds = 54; // as Watching: two rounds of LCP echoes
    private const string Token = "benchmark-dashboard-token";

    /// <summary>Settings that lnsd needs for the dashboard.</summary>
    public static readonly string[] Settings =
        [$"lns.api.listen += \"127.0.0.1:{Port}\"", $"lns.api.tokens.benchmark {{ role = read, token = \"{Token}\" }}"];

    public static bool CanRun => File.Exists(Program);

    /// <param name="sessions">Number of sessions that are up.</param>
    /// <param name="user">One of them.</param>
    public static async Task<PageTimes> RunAsync(int sessions, string user, Func<TimeSpan> cpu)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser =
            await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = $"http://127.0.0.1:{Port}" });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByLabel("Token").FillAsync(Token);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Log in", Exact = true }).ClickAsync();
        var (now, rows) = (page.Locator("#sessions-now"), page.Locator(".rz-data-grid tbody tr.rz-data-row"));
        string[] expected = [sessions.ToString(CultureInfo.InvariantCulture), sessions.ToString("N0", CultureInfo.InvariantCulture)];
        PageTimes? times = null;
        for (var visit = 0; visit < 2; visit++)
        {
            var overview = await Took(async () =>
            {
                await page.GotoAsync("/");
                await Says(now, expected);
            });
            var table = await Took(async () =>
            {
                await page.GotoAsync("/sessions");
                await rows.First.WaitForAsync();
            });
            var first = await rows.First.InnerTextAsync();
            var sorted = await Took(async () =>
            {
                await page.GetByRole(AriaRole.Columnheader, new PageGetByRoleOptions { Name = "User" }).ClickAsync();
                await UntilAsync(async () => await rows.First.InnerTextAsync() != first);
            });
            var found = await Took(async () =>
            {
                await page.GetByLabel("Search").FillAsync(user);
                await page.GetByLabel("Search").PressAsync("Enter");
                await UntilAsync(async () => await rows.CountAsync() == 1);
            });
            var subscriber = await Took(async () =>
            {
                await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = user }).ClickAsync();
                await page.Locator("#layer-tunnel").WaitForAsync();
            });
            times = new PageTimes(overview, table, sorted, found, subscriber, 0);
        }
        await page.GotoAsync("/");
        await Says(now, expected);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Seconds));
        await timer.WaitForNextTickAsync(); // the code that draws the plots is compiled
        var (clock, before) = (Stopwatch.StartNew(), cpu());
        await timer.WaitForNextTickAsync();
        return times! with { Open = (cpu() - before) / clock.Elapsed };
    }

    private static async Task<TimeSpan> Took(Func<Task> what)
    {
        var clock = Stopwatch.StartNew();
        await what();
        return clock.Elapsed;
    }

    private static Task Says(ILocator where, string[] any) => UntilAsync(async () =>
    {
        var text = (await where.InnerTextAsync()).Trim();
        return any.Contains(text);
    });

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var limit = Stopwatch.StartNew(); !await isSo();)
        {
            if (limit.Elapsed > TimeSpan.FromMinutes(1)) throw new TimeoutException("the page does not show what it should");
            await timer.WaitForNextTickAsync();
        }
    }
}

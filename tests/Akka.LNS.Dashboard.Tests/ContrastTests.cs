using Akka.LNS.Client;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>Each page passes the rules of axe-core for WCAG 2.1 A and AA, contrast among them.</summary>
[Collection("lab")]
public class ContrastTests(DashboardLab lab)
{
    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] },
    };

    [BrowserFact]
    public Task Light_pages_are_readable() => CheckAsync(ColorScheme.Light, 1280);

    [BrowserFact]
    public Task Dark_pages_are_readable() => CheckAsync(ColorScheme.Dark, 1280);

    [BrowserFact]
    public Task Pages_on_a_phone_are_readable() => CheckAsync(ColorScheme.Light, 390);

    private async Task CheckAsync(ColorScheme scheme, int width)
    {
        await using var window = await lab.OpenAsync(width, scheme: scheme);
        await window.Page.GotoAsync("/login");
        var wrong = new List<string>();
        await Check("login");
        await window.LogInAsync(DashboardLab.OperateToken);
        await window["#plot-sessions .rz-line-series path"].First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var id = (await lab.Api.ListSessionsAsync(page: new PageQuery(0, 1), cancellation: TestContext.Current.CancellationToken))
            .Sessions[0].Id;
        string[] pages =
        [
            "", "sessions", "sessions?q=nobody", $"sessions/{id}", "sessions/unknown", "lacs", "lacs/lac-1", "tunnels", "pools", "radius",
            "disconnects", "members", "drain", "not-found",
        ];
        foreach (var page in pages)
        {
            await window.Page.GotoAsync($"/{page}");
            await window["h1"].WaitForAsync();
            if (page.StartsWith("sessions/", StringComparison.Ordinal)) await window["#layer-link, #unknown"].First.WaitForAsync();
            else if (page is "sessions" or "lacs" or "tunnels" or "pools") await window.Rows.First.WaitForAsync();
            await Check(page);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct()));

        async Task Check(string page)
        {
            var result = await window.Page.RunAxe(Rules);
            wrong.AddRange(result.Violations.SelectMany(v => v.Nodes.Take(3).Select(n =>
                $"/{page}: {v.Id}: {n.Html} {string.Join("; ", n.Any.Concat(n.All).Concat(n.None).Select(static c => c.Message))}\n")));
        }
    }
}

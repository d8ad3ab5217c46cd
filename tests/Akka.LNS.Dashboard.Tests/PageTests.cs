using System.Globalization;
using System.Text.RegularExpressions;
using Akka.LNS.Client;
using Akka.LNS.Server.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>The pages of the dashboard in a browser.</summary>
[Collection("lab")]
public class PageTests(DashboardLab lab)
{
    private static readonly LocatorWaitForOptions There = new() { State = WaitForSelectorState.Attached };

    /// <summary>The value at the right end of the first line of a plot, by its axis; null: not drawn yet.</summary>
    private const string Drawn = """
        id => {
          const svg = document.querySelector(`#${id} .rz-chart > svg`);
          const path = svg?.querySelector('.rz-line-series path')?.getAttribute('d');
          if (!path) return null;
          const ticks = [...svg.querySelectorAll('.rz-value-axis .rz-tick-text')]
            .map(t => [parseFloat(t.getAttribute('y')), parseFloat(t.textContent)]);
          const [bottom, top] = [ticks[0], ticks[ticks.length - 1]];
          const y = parseFloat(path.trim().split(/\s+/).pop());
          return bottom[1] + (bottom[0] - y) / (bottom[0] - top[0]) * (top[1] - bottom[1]);
        }
        """;

    [BrowserFact]
    public async Task Tables_do_not_wait_for_samples()
    {
        using var folder = new TemporaryFolder();
        // the fifth sample would be taken after four minutes
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 3, "sample-interval = 1m");
        await using var subscribers = await Subscribers.BringUp(lnsd, 3, 1, DashboardLab.Password);
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.SaysAsync("h1", "Overview");
        await window.Page.GotoAsync("/sessions");
        await Assertions.Expect(window.Rows).ToHaveCountAsync(3);
        await window.Page.GotoAsync("/tunnels");
        await Assertions.Expect(window.Rows).ToHaveCountAsync(1);
    }

    [BrowserFact]
    public async Task Plots_follow_the_node()
    {
        await using var window = await lab.OpenAsync(1280, 1100);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.SaysAsync("h1", "Overview");
        await window["#plot-sessions .rz-line-series path"].First.WaitForAsync(There);
        var before = (await lab.Api.GetLoadAsync(TestContext.Current.CancellationToken)).Sessions;
        await window.UntilAsync($"Math.round(({Drawn})('plot-sessions') ?? -1) == {before}");
        var first = await window["#plot-sessions .rz-line-series path"].First.GetAttributeAsync("d");

        await lab.CallAsync(45, 1, "new-");
        await window.UntilAsync($"Math.round(({Drawn})('plot-sessions') ?? -1) == {before + 45}");
        await window.SaysAsync("#sessions-now", $"{before + 45}");
        Assert.NotEqual(first, await window["#plot-sessions .rz-line-series path"].First.GetAttributeAsync("d"));
        // the burst stays visible as a peak
        const string numbers = "document.querySelector('#plot-setups .rz-line-series path').getAttribute('d').match(/[\\d.]+/g)";
        await window.UntilAsync($"new Set({numbers}.filter((_, i) => i % 2)).size > 1");
        foreach (var threshold in new[] { "refuse from", "refuse all" }) await window.SaysAsync("#plot-load .rz-legend", threshold);
        foreach (var plot in new[] { "queues", "load", "refused", "radius", "traffic", "ends" })
            Assert.NotEqual(0, await window[$"#plot-{plot} .rz-line-series path"].CountAsync());
    }

    [BrowserFact]
    public async Task Subscriber_is_found_shown_and_dropped()
    {
        var user = Subscribers.Name(DashboardLab.Count - 10);
        await using var window = await lab.OpenAsync();
        await window.LogInAsync(DashboardLab.OperateToken);
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Sessions" }).ClickAsync();
        await window.SaysAsync("h1", "Sessions");
        var session = Assert.Single((await lab.Api.ListSessionsAsync(new SessionQuery { User = user },
            cancellation: TestContext.Current.CancellationToken)).Sessions);
        // by user, calling station and address
        foreach (var text in new[] { user[..8].ToUpperInvariant(), session.Calling, session.Address! })
        {
            await window.Page.GetByLabel("Search").FillAsync("nobody at all");
            await window.Page.GetByLabel("Search").PressAsync("Enter");
            await window.SaysAsync("#found", "0 found");
            await window.Page.GetByLabel("Search").FillAsync(text);
            await window.Page.GetByLabel("Search").PressAsync("Enter");
            await Expect(window.Rows).ToHaveCountAsync(1);
            await Expect(window.Rows).ToContainTextAsync(user);
        }
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = user }).ClickAsync();
        await window.SaysAsync("h1", user);
        await window.SaysAsync("#layer-subscriber", session.Address!);
        await window.SaysAsync("#layer-bundle", "9.9.9.9");
        await window.SaysAsync("#layer-bundle", "23h");
        await window.SaysAsync("#layer-link", "ChapMd5 by local");
        await window.SaysAsync("#layer-link", "1492");
        await window.SaysAsync("#layer-session", "established");
        await window.SaysAsync("#layer-tunnel", session.Lac);

        await window.Button("Drop").ClickAsync();
        await window.Button("Cancel").ClickAsync();
        await Expect(window.Button("Drop it")).ToHaveCountAsync(0);
        Assert.Equal("up", (await lab.Api.GetSessionAsync(session.Id, TestContext.Current.CancellationToken)).Session.State);
        await window.Button("Drop").ClickAsync();
        await window.Page.GetByLabel("Reason").FillAsync("does not pay");
        await window.Button("Drop it").ClickAsync();
        await window.SaysAsync("#ended",
            $"The session {session.Id} has ended: administrative reset (bundle, by administrator): does not pay");
        await window.SaysAsync(".lns-disconnects", "does not pay");
        await Expect(window.Button("Drop")).ToHaveCountAsync(0);
        Assert.Equal(0, (await lab.Api.ListSessionsAsync(new SessionQuery { User = user },
            cancellation: TestContext.Current.CancellationToken)).Total);
        Assert.Contains($"audit: operator by 127.0.0.1: drop session {session.Id}", lab.Lnsd.Output, StringComparison.Ordinal);
        await window.Page.GotoAsync("/disconnects");
        await window.SaysAsync(".lns-disconnects", "does not pay");
    }

    [BrowserFact]
    public async Task Sessions_are_paged_and_sorted()
    {
        await using var window = await lab.OpenAsync();
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.Page.GotoAsync("/sessions?q=lac-");
        await Expect(window.Rows).ToHaveCountAsync(25);
        var total = (await lab.Api.ListSessionsAsync(new SessionQuery { Text = "lac-" },
            cancellation: TestContext.Current.CancellationToken)).Total;
        await window.SaysAsync("#found", $"{total} found");
        await window.SaysAsync(".rz-pager-summary", $"Page 1 of {(total + 24) / 25}");

        var header = window[".rz-data-grid th[data-column-index='0']"];
        await header.ClickAsync();
        await Expect(window.Rows.First).ToContainTextAsync(Subscribers.Name(0));
        var seen = new List<string>(await Users(window));
        for (var page = 2; seen.Count < total; page++)
        {
            await window.Page.GetByRole(AriaRole.Button,
                new PageGetByRoleOptions { NameRegex = new Regex($"^(Go to )?page {page}", RegexOptions.IgnoreCase) }).ClickAsync();
            await window.SaysAsync(".rz-pager-summary", $"Page {page} of");
            await Expect(window.Rows.First).Not.ToContainTextAsync(seen[^25]);
            seen.AddRange(await Users(window));
        }
        Assert.Equal(seen.Order(StringComparer.Ordinal).Distinct(), seen);
        Assert.Equal(total, seen.Count);

        await header.ClickAsync(); // reverse order, from the first page
        await Expect(window.Rows.First).ToContainTextAsync(seen[^1]);
        await window.SaysAsync(".rz-pager-summary", "Page 1 of");
    }

    [BrowserFact]
    public async Task Each_page_shows_data_of_the_api()
    {
        await using var window = await lab.OpenAsync();
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.SaysAsync("h1", "Overview");
        (string Link, string Shown)[] pages =
        [
            ("LACs", "lac-2"), ("Tunnels", "127.1.0.1:"), ("Pools", "empty"), ("RADIUS", "first"), ("Disconnects", "Disconnects"),
            ("Cluster", "lab (this), leader"), ("Drain", "serving"),
        ];
        foreach (var (link, shown) in pages)
        {
            await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = link, Exact = true }).ClickAsync();
            await window.SaysAsync("h1", link);
            await window.SaysAsync(".rz-body", shown);
            await Expect(window[".rz-alert"]).ToHaveCountAsync(0);
        }
        // the role read has no buttons
        Assert.Equal(0, await window.Button("Drain").CountAsync());
        await window.Page.GotoAsync("/sessions");
        await window.Rows.First.Locator("a").First.ClickAsync();
        await window["#layer-link"].WaitForAsync();
        Assert.Equal(0, await window.Button("Drop").CountAsync());
    }

    [BrowserFact]
    public async Task Node_is_drained_and_the_drain_canceled()
    {
        await using var window = await lab.OpenAsync();
        await window.LogInAsync(DashboardLab.OperateToken);
        await window.Page.GotoAsync("/drain");
        await window.SaysAsync("#drain-state", "serving");
        await window.Button("Drain").ClickAsync();
        await window.Page.Locator("input[name=reason]").FillAsync("new line cards");
        await window.Button("Drain it").ClickAsync();
        await window.SaysAsync("#drain-state", "draining");
        await window.SaysAsync("#drain-reason", "new line cards");
        var now = await lab.Api.GetDrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("draining", "new line cards"), (now.State, now.Reason));
        await window.Button("Undrain").ClickAsync();
        await window.SaysAsync("#drain-state", "serving");
        Assert.Equal("serving", (await lab.Api.GetDrainAsync(TestContext.Current.CancellationToken)).State);
    }

    [BrowserFact]
    public async Task Phone_needs_no_horizontal_scrolling()
    {
        await using var window = await lab.OpenAsync(390, 844);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window["#plot-sessions .rz-line-series path"].First.WaitForAsync(There);
        var id = (await lab.Api.ListSessionsAsync(page: new PageQuery(0, 1), cancellation: TestContext.Current.CancellationToken))
            .Sessions[0].Id;
        string[] pages = ["", "sessions", $"sessions/{id}", "lacs", "tunnels", "pools", "radius", "disconnects", "members", "drain"];
        foreach (var page in pages)
        {
            await window.Page.GotoAsync($"/{page}");
            await window["h1"].WaitForAsync();
            if (page == "sessions") await Expect(window.Rows).ToHaveCountAsync(25);
            await window.UntilAsync("document.documentElement.scrollWidth <= 390 && document.querySelector('.rz-body').scrollWidth <= 390");
            // the last field of a row with an odd number of fields has the whole line
            await window.UntilAsync("""
                [...document.querySelectorAll('.rz-datatable-reflow tr.rz-data-row')].every(row => {
                  const last = [...row.children].at(-1).getBoundingClientRect();
                  return Math.abs(row.getBoundingClientRect().right - last.right) <= 1;
                })
                """);
        }
        // the menu is hidden until it is opened
        var menu = window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Pools" });
        await Expect(menu).Not.ToBeInViewportAsync();
        await window.Button("Menu").ClickAsync();
        await menu.ClickAsync();
        await window.SaysAsync("h1", "Pools");
        await Expect(menu).Not.ToBeInViewportAsync();
    }

    private static async Task<IEnumerable<string>> Users(Window window) =>
        (await window.Rows.Locator("td:first-child a").AllInnerTextsAsync())
            .Select(static t => t.Trim().ToString(CultureInfo.InvariantCulture));
}

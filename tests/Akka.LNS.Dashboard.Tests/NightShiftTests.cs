using System.Net;
using System.Text.RegularExpressions;
using Akka.LNS.Client;
using Akka.LNS.Server.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>What an operator looks for on a bad day: a search, an ended session, a full pool, a LAC, an unknown page.</summary>
[Collection("lab")]
public class NightShiftTests(DashboardLab lab)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [BrowserFact]
    public async Task Search_begins_while_the_user_types_and_stays_in_the_address()
    {
        await using var window = await lab.OpenAsync();
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.Page.GotoAsync("/sessions");
        await Expect(window.Rows).ToHaveCountAsync(25);
        var user = Subscribers.Name(DashboardLab.Count - 7);
        var search = window.Page.GetByLabel("Search");
        await search.PressSequentiallyAsync(user); // no Enter
        await Expect(window.Rows).ToHaveCountAsync(1);
        await Expect(window.Page).ToHaveURLAsync(new Regex($"/sessions\\?q={Regex.Escape(Uri.EscapeDataString(user))}$"));
        await Expect(search).ToHaveValueAsync(user);

        await window.Page.ReloadAsync();
        await Expect(window.Rows).ToHaveCountAsync(1);
        await Expect(search).ToHaveValueAsync(user);
        await window.Rows.First.Locator("a").First.ClickAsync();
        await window.SaysAsync("h1", user);
        await window.Page.GoBackAsync();
        await Expect(search).ToHaveValueAsync(user);
        await Expect(window.Rows).ToHaveCountAsync(1);

        await search.FillAsync("nobody at all");
        await window.SaysAsync("#empty", "No session matches \"nobody at all\".");
        await window["#empty"].GetByText("Disconnects").ClickAsync();
        await window.SaysAsync("h1", "Disconnects");
        await Expect(window.Page.GetByLabel("Search")).ToHaveValueAsync("nobody at all");
        await window.SaysAsync(".lns-disconnects", "No ended call matches \"nobody at all\".");
    }

    [BrowserFact]
    public async Task State_filter_stays_in_the_address()
    {
        await using var window = await lab.OpenAsync();
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.Page.GotoAsync("/sessions?state=closing");
        await window.SaysAsync("#empty", "No session matches in state closing.");
        await window["#empty"].GetByText("Show all sessions").ClickAsync();
        await Expect(window.Rows).ToHaveCountAsync(25);
    }

    [BrowserFact]
    public async Task An_ended_session_says_why_and_by_whom_and_leads_to_the_new_one()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 2);
        using var api = new LnsApiClient(lnsd.OverSocket());
        await using var first = await Subscribers.BringUp(lnsd, 2, 1, DashboardLab.Password);
        var old = Assert.Single((await api.ListSessionsAsync(new SessionQuery { User = Subscribers.Name(0) }, cancellation: Cancel))
            .Sessions);
        await api.DropSessionAsync(old.Id, "moved to another LNS", Cancel);

        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.Page.GotoAsync($"/sessions/{old.Id}");
        await window.SaysAsync("#ended",
            $"The session {old.Id} has ended: administrative reset (bundle, by administrator): moved to another LNS");
        await window.SaysAsync("#next", "has no session now");
        await window.SaysAsync("#disconnect", "moved to another LNS");
        await window.SaysAsync("#disconnect", "lac-1");
        await window.SaysAsync("h1", Subscribers.Name(0));

        await using var second = await Subscribers.BringUp(lnsd, 1, 1, DashboardLab.Password, lac: "back-");
        await window.SaysAsync("#next", "is back since");
        await window["#next"].GetByRole(AriaRole.Link).ClickAsync();
        await window.SaysAsync("#layer-link", "Network");
        await Expect(window["#ended"]).ToHaveCountAsync(0);

        await window.Page.GotoAsync("/sessions/of-another-node");
        await window.SaysAsync("#unknown", "No session and no ended call of this node has the id \"of-another-node\"");
    }

    [BrowserFact]
    public async Task An_empty_node_says_where_to_look_and_a_lost_node_says_that_it_is_lost()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 1);
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.Page.GotoAsync("/lacs");
        await window.SaysAsync(".rz-data-grid", "No LAC has had a tunnel since the start of lnsd.");
        await window.Page.GotoAsync("/tunnels");
        await window.SaysAsync(".rz-data-grid", "No LAC has a tunnel to this node.");
        await window.Page.GotoAsync("/disconnects");
        await window.SaysAsync(".rz-data-grid", "No call has ended since the start of lnsd.");
        await window.Page.GotoAsync("/lacs/nobody");
        await window.SaysAsync("#unknown", "No LAC with the name \"nobody\"");
        await window.Page.GotoAsync("/sessions");
        await window.SaysAsync("#empty", "This node has no sessions.");
        await Expect(window["#components-reconnect-modal"]).ToBeHiddenAsync();
        window.ExpectsLoss = true;
        await lnsd.KillHard();
        await Expect(window["#components-reconnect-modal"]).ToBeVisibleAsync();
        await window.SaysAsync("#components-reconnect-modal", "The node does not answer.");
    }

    [BrowserFact]
    public async Task A_pool_above_90_percent_is_amber_and_a_full_one_is_red_and_a_problem()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 11, pool: "100.64.0.2 - 100.64.0.12");
        await using var most = await Subscribers.BringUp(lnsd, 10, 1, DashboardLab.Password);
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.Page.GotoAsync("/pools");
        var row = window.Rows.Filter(new LocatorFilterOptions { HasText = "nearly full" });
        await Expect(row.Locator(".rz-badge")).ToHaveClassAsync(new Regex("rz-badge-warning"));
        await Expect(row).ToContainTextAsync("90 %");
        await using var last = await Subscribers.BringUp(lnsd, 1, 1, DashboardLab.Password, lac: "last-");
        var full = window.Rows.Filter(new LocatorFilterOptions { HasText = "100 %" });
        await Expect(full.Locator(".rz-badge")).ToHaveTextAsync("full");
        await Expect(full.Locator(".rz-badge")).ToHaveClassAsync(new Regex("rz-badge-danger"));
        await Expect(full.Locator(".lns-bar")).ToHaveClassAsync(new Regex("lns-bar-red"));

        await window.Page.GotoAsync("/");
        await window.SaysAsync("#problems .lns-critical", "Pool p has no free address: all 11 are in use.");
        await window["#problems .lns-critical"].GetByRole(AriaRole.Link).ClickAsync();
        await window.SaysAsync("h1", "Pools");
    }

    [BrowserFact]
    public async Task A_lac_has_failed_set_ups_and_ended_sessions_as_two_numbers()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 4);
        using var api = new LnsApiClient(lnsd.OverSocket());
        await using var up = await Subscribers.BringUp(lnsd, 4, 1, DashboardLab.Password);
        var session = (await api.ListSessionsAsync(cancellation: Cancel)).Sessions[0];
        await api.DropSessionAsync(session.Id, "a test", Cancel);
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.Page.GotoAsync("/lacs");
        await window.Rows.First.Locator("a").First.ClickAsync();
        await window.SaysAsync("h1", "LAC lac-1");
        await window.SaysAsync("#lac-ends", "administrative reset (1)");
        await window.SaysAsync("#lac-setups", "none failed");
        await window.SaysAsync("#lac-now", "none since the start of lnsd");
        await window.SaysAsync(".lns-disconnects", "a test");
        // the end is in the plot of ends
        await window.Page.GotoAsync("/");
        const string numbers = "(document.querySelector('#plot-ends .rz-line-series path')?.getAttribute('d') ?? "
            + "'').match(/[\\d.]+/g) ?? []";
        await window.UntilAsync($"new Set(({numbers}).filter((_, i) => i % 2)).size > 1");
        Assert.Contains((await api.GetHistoryAsync(cancellation: Cancel)).Points, static p => p.SessionsEnded > 0);
    }

    [BrowserFact]
    public async Task The_drain_dialog_has_deadline_and_exit()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 1);
        using var api = new LnsApiClient(lnsd.OverSocket());
        await using var up = await Subscribers.BringUp(lnsd, 1, 1, DashboardLab.Password);
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.OperateToken);
        await window.Page.GotoAsync("/drain");
        await window.Button("Drain").ClickAsync();
        await window.Page.Locator("input[name=deadline]").FillAsync("soon");
        await window.Button("Drain it").ClickAsync();
        await window.SaysAsync(".rz-dialog [role=alert]", "such as 30m");
        Assert.Equal("serving", (await api.GetDrainAsync(Cancel)).State);
        await window.Page.Locator("input[name=deadline]").FillAsync("30m");
        await window.Page.GetByLabel("Stop lnsd after the last session").CheckAsync();
        await window.Button("Drain it").ClickAsync();
        await window.SaysAsync("#drain-state", "draining");
        await window.SaysAsync("#drain-exit", "lnsd exits");
        var now = await api.GetDrainAsync(Cancel);
        Assert.True(now.Exit);
        Assert.InRange(now.EndsInSeconds!.Value, 1, 1800);
        await window.SaysAsync("#drain-deadline", "m");
    }

    [BrowserFact]
    public async Task An_unknown_address_is_a_page_with_a_way_back()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = lab.Lnsd.Address };
        http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using var page = await http.GetAsync("/no/such/page", Cancel);
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains("No such page", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var api = await http.GetAsync("/api/v1/nothing", Cancel); // the API keeps its own answer
        Assert.Equal((HttpStatusCode.NotFound, "text/plain"), (api.StatusCode, api.Content.Headers.ContentType?.MediaType));

        await using var window = await lab.OpenAsync();
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.SaysAsync("h1", "Overview");
        await window.Page.GotoAsync("/no/such/page");
        await window.SaysAsync("h1", "No such page");
        await window.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "sessions" }).ClickAsync();
        await window.SaysAsync("h1", "Sessions");
    }

    [BrowserFact]
    public async Task Numbers_are_aligned_to_the_right_and_times_have_a_zone()
    {
        await using var window = await lab.OpenAsync();
        var session = (await lab.Api.ListSessionsAsync(cancellation: Cancel)).Sessions[0];
        await lab.Api.DropSessionAsync(session.Id, "a row in the list of ended calls", Cancel);
        var lac = session.Lac;
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.SaysAsync(".lns-zone", "All times are those of the node: ");
        await window.SaysAsync(".lns-zone", "UTC");
        foreach (var (page, columns) in new[]
        {
            ("lacs", new[] { "Tunnels", "Sessions", "Set-ups", "Failed", "Ended", "Ends/min", "Refused" }),
            ("sessions", ["From user", "To user"]), ("tunnels", ["Sessions", "Calls"]), ("pools", ["Addresses", "Used", "Free"]),
            ("radius", ["Answers", "Timeouts", "Retries"]), ($"lacs/{lac}", ["Duration", "From user", "To user"]),
            ("disconnects", ["Duration", "From user", "To user"]),
        })
        {
            await window.Page.GotoAsync($"/{page}");
            await window.Rows.First.WaitForAsync();
            foreach (var column in columns)
                Assert.Equal((page, column, "right"), (page, column, await window.Page.EvaluateAsync<string>("""
                    column => {
                      const heads = [...document.querySelectorAll('.rz-data-grid thead th')];
                      const at = heads.findIndex(h => h.innerText.trim() === column);
                      const cell = document.querySelectorAll('.rz-data-grid tbody tr.rz-data-row')[0].children[at];
                      const align = getComputedStyle(cell.querySelector('.rz-cell-data') ?? cell).textAlign;
                      const end = node => {
                        const range = document.createRange();
                        range.selectNodeContents(node);
                        return range.getBoundingClientRect().right;
                      };
                      const head = end(heads[at].querySelector('.rz-column-title-content'));
                      const value = end(cell.querySelector('.rz-cell-data'));
                      return Math.abs(head - value) <= 1 ? align : `${align}, heading ends at ${head}, value at ${value}`;
                    }
                    """, column)));
        }
    }

    [BrowserFact]
    public async Task Lists_are_csv_files_with_the_login_the_search_and_the_filters_of_the_page()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 4,
            more: $$"""lns.tunnels.peers { "stranger-*" { secret = "tunnel-{{DashboardLab.Secret}}" } }""");
        using var api = new LnsApiClient(lnsd.OverSocket());
        await using var up = await Subscribers.BringUp(lnsd, 4, 2, DashboardLab.Password);
        await using var stranger = await Subscribers.Try(lnsd, 1, DashboardLab.Password, "stranger-");
        await using var odd = await Subscribers.Try(lnsd, 1, DashboardLab.Password, "stranger-and-odd-");
        var ended = Assert.Single((await api.ListSessionsAsync(new SessionQuery { User = Subscribers.Name(3) }, cancellation: Cancel))
            .Sessions);
        await api.DropSessionAsync(ended.Id, "moved to another LNS", Cancel);
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.Page.GotoAsync("/download/sessions.csv");
        await window.SaysAsync("h1", "Akka.LNS"); // without a login
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.SaysAsync("h1", "Overview");
        foreach (var (page, file, names) in ((string, string, string[])[])
        [
            ("sessions", "sessions.csv", [Subscribers.Name(0), Subscribers.Name(1), Subscribers.Name(2)]),
            ($"sessions?q={Subscribers.Name(1)}", "sessions.csv", [Subscribers.Name(1)]),
            ($"sessions?q={Subscribers.Name(1)}&state=up", "sessions.csv", [Subscribers.Name(1)]),
            ($"sessions?q={Subscribers.Name(1)}&state=closing", "sessions.csv", []), ("sessions?state=closing", "sessions.csv", []),
            ("disconnects", "disconnects.csv", [Subscribers.Name(3)]), ("disconnects?q=moved", "disconnects.csv", []),
            ("lacs", "lacs.csv", ["lac-1", "lac-2"]), ("lacs?q=lac-2", "lacs.csv", ["lac-2"]),
            ("tunnels", "tunnels.csv", ["lac-1", "lac-2"]), ("pools", "pools.csv", ["p", "empty"]),
            ("lacs", "refused-lacs.csv", ["stranger-1", "stranger-and-odd-1"]),
            ("lacs?q=stranger-1", "refused-lacs.csv", ["stranger-1"]),
        ])
        {
            await window.Page.GotoAsync($"/{page}");
            var download = await window.Page.RunAndWaitForDownloadAsync(() =>
                window[$"a[download='{file}']"].ClickAsync());
            Assert.Equal(file, download.SuggestedFilename);
            using var reader = new StreamReader(await download.CreateReadStreamAsync());
            var rows = (await reader.ReadToEndAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(static l => l.Split(',')).ToArray();
            var at = Array.FindIndex(rows[0], static h => h is "user" or "lac" or "name" or "hostName");
            Assert.Equal((page, file, string.Join(' ', names.Order(StringComparer.Ordinal))),
                (page, file, string.Join(' ', rows.Skip(1).Select(r => r[at]).Order(StringComparer.Ordinal))));
        }
        foreach (var (path, status) in new[]
        {
            ("secrets.csv", 404), ("config.csv", 404), ("sessions.csv?state=flying", 400), ("sessions.csv?limit=all", 200),
        })
            Assert.Equal((path, status), (path, (await window.Page.APIRequest.GetAsync($"/download/{path}")).Status));
    }

    [BrowserFact]
    public async Task A_plot_has_at_least_five_points()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 0);
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window["#plot-sessions .rz-line-series path"].First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var numbers = await window.Page.EvaluateAsync<int>(
            "document.querySelector('#plot-sessions .rz-line-series path').getAttribute('d').match(/[\\d.]+/g).length");
        Assert.True(numbers >= 2 * 5, $"{numbers} coordinates");
    }

    [BrowserFact]
    public async Task A_name_breaks_after_a_separator()
    {
        using var folder = new TemporaryFolder();
        const string suffix = "@residential.fibre.south.example.net";
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 0,
            more: Subscribers.Users(1, DashboardLab.Password, suffix));
        using var api = new LnsApiClient(lnsd.OverSocket());
        await using var up = await Subscribers.BringUp(lnsd, 1, 1, DashboardLab.Password, suffix: suffix);
        await api.DropSessionAsync((await api.ListSessionsAsync(cancellation: Cancel)).Sessions[0].Id, "a test", Cancel);
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.Page.GotoAsync("/disconnects");
        await Expect(window.Rows).ToHaveCountAsync(1);
        var lines = await window.Page.EvaluateAsync<string[]>("""
            () => {
              const link = document.querySelector('.lns-disconnects tbody td:nth-child(2) a');
              const lines = new Map();
              const walk = document.createTreeWalker(link, NodeFilter.SHOW_TEXT);
              while (walk.nextNode()) {
                const text = walk.currentNode;
                for (let i = 0; i < text.length; i++) {
                  const range = document.createRange();
                  range.setStart(text, i);
                  range.setEnd(text, i + 1);
                  const top = Math.round(range.getBoundingClientRect().top);
                  lines.set(top, (lines.get(top) ?? '') + text.data[i]);
                }
              }
              return [...lines.values()].map(l => l.trim()).filter(l => l);
            }
            """);
        Assert.Equal(Subscribers.Name(0, suffix), string.Concat(lines));
        Assert.True(lines.Length > 1);
        Assert.All(lines[..^1], static l => Assert.True(l[^1] is '@' or '.', l));
    }

    [BrowserFact]
    public async Task A_refused_lac_stands_on_the_page_of_the_lacs_and_a_problem_with_a_route_on_that_of_its_session()
    {
        using var folder = new TemporaryFolder();
        string User(int i, string route) =>
            $$"""
            lns.users."{{Subscribers.Name(i)}}" {
              password = "{{DashboardLab.Password}}"
              attributes = ["Framed-Route = {{route}}"]
            }
            """;
        await using var lnsd = await LnsdProgram.Start(folder.Path, $$"""
            lns {
              node-name = lab
              bundles.defaults.pool = p
              pools.p.ranges = ["100.64.0.0/24"]
              tunnels.peers { "stranger-*" { secret = "tunnel-{{DashboardLab.Secret}}" } }
              api.tokens.viewer { role = read, token = "{{DashboardLab.ReadToken}}" }
            }
            {{User(0, "203.0.113.0/24")}}
            {{User(1, "203.0.113.64/29")}}
            """);
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.ReadToken);
        await Assert.ThrowsAnyAsync<Exception>(() => Subscribers.BringUp(lnsd, 1, 1, DashboardLab.Password, lac: "stranger-"));
        await window.Page.GotoAsync("/lacs");
        await window.SaysAsync(".lns-refused-lacs", "stranger-1");

        await using var good = await Subscribers.BringUp(lnsd, 2, 1, DashboardLab.Password, lac: "good-");
        using var api = new LnsApiClient(lnsd.OverSocket());
        var told = new List<string>(); // which of the two is told depends on who is first
        foreach (var session in (await api.ListSessionsAsync(cancellation: Cancel)).Sessions)
            if ((await api.GetSessionAsync(session.Id, Cancel)).Bundle!.Warnings is { Count: > 0 }) told.Add(session.Id);
        Assert.NotEmpty(told);
        await window.Page.GotoAsync($"/sessions/{told[0]}");
        await window.SaysAsync("#layer-warnings", "203.0.113.");
    }
}

using Akka.LNS.Client;
using Akka.LNS.Server.Tests;
using Akka.LNS.Server.Tests.Api;
using static Microsoft.Playwright.Assertions;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>A text finds the same rows on a page, in its CSV file and in lnsctl.</summary>
[Collection("lab")]
public class SearchTests(DashboardLab lab)
{
    private const string LongSuffix = "@example.net.test";
    private static readonly string Lnsctl = Path.Combine(Repository.Root, "src", "Akka.LNS.Ctl", "bin",
        Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(Repository.Lnsd))!), "net10.0", "lnsctl.dll");

    [BrowserFact]
    public async Task Page_csv_and_lnsctl_find_the_same()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 12,
            more: Subscribers.Users(2, DashboardLab.Password, LongSuffix));
        using var api = new LnsApiClient(lnsd.OverSocket());
        await using var some = await Subscribers.BringUp(lnsd, 12, 12, DashboardLab.Password); // user i is on lac-(i + 1)
        await using var more = await Subscribers.BringUp(lnsd, 2, 2, DashboardLab.Password, lac: "big-lac-", suffix: LongSuffix);
        var sessions = (await api.ListSessionsAsync(cancellation: cancel)).Sessions.ToDictionary(static s => s.User);
        var all = sessions.Keys.ToArray();
        var (first, second, longer) = (Subscribers.Name(0), Subscribers.Name(1), Subscribers.Name(1, LongSuffix));
        var last = sessions[Subscribers.Name(11)];
        await using var window = await lab.OpenAsync(address: lnsd.Address);
        await window.LogInAsync(DashboardLab.ReadToken);
        await window.SaysAsync("h1", "Overview");

        (string Text, string[] Users)[] searches =
        [
            (sessions[second].Id, [second]),
            (second, [second]), ($" {second} ", [second]), (longer, [longer]),
            (second.ToUpperInvariant(), [second, longer]), // no exact match: a part, without case
            (last.Address!, [last.User]), ("100.64.0.1", []), // ... is no part of 100.64.0.10
            ("line-000001", [second, longer]), ("line-00001", [Subscribers.Name(10), last.User]),
            ("lac-1", [first]),
            ("LAC-1", [first, Subscribers.Name(9), Subscribers.Name(10), last.User, Subscribers.Name(0, LongSuffix)]),
            ("example", all), ("nobody", []),
        ];
        foreach (var (text, users) in searches) await Check("sessions", text, users);
        await Check("sessions", "internet", all); // the called number; an ended call has none
        foreach (var (text, names) in new (string, string[])[]
        {
            ("lac-1", ["lac-1"]), ("LAC-1", ["lac-1", "lac-10", "lac-11", "lac-12", "big-lac-1"]), ("127.1.0.1", ["lac-1", "big-lac-1"]),
            ("127.1.0.12", ["lac-12"]), ("127.1.0.13", []), (second, []),
        })
            await Check("lacs", text, names);

        foreach (var session in sessions.Values) await api.DropSessionAsync(session.Id, null, cancel);
        while ((await api.ListDisconnectsAsync(cancellation: cancel)).Total < all.Length) await Task.Yield();
        foreach (var (text, users) in searches) await Check("disconnects", text, users);

        async Task Check(string list, string text, string[] wanted)
        {
            var query = Uri.EscapeDataString(text);
            var expected = (list, text, Sorted(wanted));
            var csv = await (await window.Page.APIRequest.GetAsync($"/download/{list}.csv?q={query}")).TextAsync();
            var rows = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(static l => l.Split(',')).ToArray();
            var at = Array.FindIndex(rows[0], static h => h is "user" or "name");
            Assert.Equal(expected, (list, text, Sorted(rows.Skip(1).Select(r => r[at]))));

            var (_, output) = await Commands.Run("dotnet",
                ["exec", Lnsctl, "--api", $"unix:{lnsd.Socket}", list, text, "--output", "csv"]);
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => l.Trim()).ToArray();
            Assert.Equal(rows[0], lines[0].Split(','));
            Assert.Equal(expected, (list, text,
                Sorted(lines.Skip(1).Where(l => l.Split(',').Length >= rows[0].Length).Select(l => l.Split(',')[at]))));

            await window.Page.GotoAsync($"/{list}?q={query}");
            await Expect(window["#found"]).ToHaveTextAsync($"{wanted.Length} found");
            var shown = await window[$".rz-data-grid tbody tr.rz-data-row td:nth-child({(list == "disconnects" ? 2 : 1)}) a"]
                .AllInnerTextsAsync();
            Assert.Equal(expected, (list, text, Sorted(shown.Select(static s => s.Trim()))));
        }
    }

    private static string Sorted(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));
}

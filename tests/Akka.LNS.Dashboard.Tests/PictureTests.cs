using Akka.LNS.Client;
using Akka.LNS.Server.Tests.Api;
using Akka.LNS.Stress.Lacs;
using static Microsoft.Playwright.Assertions;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>
/// The pages that an operator needs on a bad day, on a desktop and on a phone: each shows what it should and needs no horizontal scrolling.
/// With LNS_DASHBOARD_PICTURES=FOLDER they become the pictures of deploy/pictures.
/// </summary>
[Collection("lab")]
public class PictureTests(DashboardLab lab)
{
    private const int Addresses = 90, OfVillage = 12, Villages = 6, OfTown = 20, Unknown = 3;
    private const string Town = "@town.example.net";

    /// <summary>Points of the plots that each stage lasts: pictures need some.</summary>
    private static readonly int StagePoints = DashboardLab.Pictures is null ? 0 : 4;

    [BrowserFact]
    public async Task Pages_of_a_bad_day_fit_on_a_desktop_and_on_a_phone()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var users = string.Join('\n', Enumerable.Range(1, Villages).Select(static i =>
            Subscribers.Users(OfVillage, DashboardLab.Password, Village(i))));
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: 0,
            pool: $"100.64.0.2 - 100.64.0.{Addresses + 1}", more: $$"""
            {{users}}
            {{Subscribers.Users(OfTown, DashboardLab.Password, Town)}}
            {{Subscribers.Users(Unknown, "another", Town)}}
            lns.tunnels.peers { "stranger-*" { secret = "tunnel-{{DashboardLab.Secret}}" } }
            """);
        using var api = new LnsApiClient(lnsd.OverSocket());
        await using var desktop = await lab.OpenAsync(address: lnsd.Address);
        await using var phone = await lab.OpenAsync(390, 844, lnsd.Address);
        await desktop.LogInAsync(DashboardLab.OperateToken);
        await phone.LogInAsync(DashboardLab.OperateToken);
        var lines = new List<Subscribers>();
        try
        {
            for (var i = 1; i <= Villages; i++) // the plots rise
            {
                lines.Add(await Subscribers.BringUp(lnsd, OfVillage, 1, DashboardLab.Password, lac: $"village-{i}-", suffix: Village(i)));
                lines[^1].Talkers = 2 * i;
                await desktop.SaysAsync("#sessions-now", $"{OfVillage * i}");
                await PointsAsync();
            }
            var town = await Subscribers.Try(lnsd, OfTown, DashboardLab.Password, "town-", Town); // the first have another password
            lines.Add(town);
            town.Talkers = OfTown;
            await PointsAsync();
            lines.Add(await Subscribers.Try(lnsd, 1, DashboardLab.Password, "stranger-"));
            foreach (var i in new[] { 4, 5 }) town.HangUp(i, HangUp.TerminateRequest);
            town.HangUp(6, HangUp.CallDisconnect);
            var (up, dropped) = (await OneAsync(10), await OneAsync(7));
            await api.DropSessionAsync(dropped.Id, "the line is moved to another LNS", cancel);
            while ((await api.ListDisconnectsAsync(cancellation: cancel)).Total < Unknown + 4) await Task.Yield();
            await PointsAsync();

            (string Name, string Path, string Where, string Text)[] pages =
            [
                ("overview", "", "#problems", "Pool p"), ("lac", "lacs/town-1", "#lac-setups", $"({Unknown})"),
                ("subscriber", $"sessions/{up.Id}", "#layer-subscriber", up.Address!),
                ("ended", $"sessions/{dropped.Id}", "#ended", "by administrator"), ("pools", "pools", ".rz-data-grid", "nearly full"),
                ("disconnects", "disconnects", ".lns-disconnects", "the line is moved to another LNS"),
                ("lacs", "lacs", ".lns-refused-lacs", "stranger-1"),
            ];
            foreach (var (name, path, where, text) in pages)
            {
                foreach (var (window, width, suffix) in ((Window, int, string)[])[(desktop, 1280, ""), (phone, 390, "-phone")])
                {
                    await window.Page.GotoAsync($"/{path}");
                    await window.SaysAsync(where, text);
                    await window.UntilAsync(
                        $"document.documentElement.scrollWidth <= {width} && document.querySelector('.rz-body').scrollWidth <= {width}");
                    if (path.Length == 0) await Expect(window["#plot-refused .rz-line-series path"].First).ToBeVisibleAsync();
                    await DashboardLab.PictureAsync(window, name + suffix, isWhole: name == "overview" && width == 1280);
                }
            }
        }
        finally
        {
            foreach (var line in lines) await line.DisposeAsync();
        }

        async Task<SessionRow> OneAsync(int i) => Assert.Single((await api.ListSessionsAsync(
            new SessionQuery { User = Subscribers.Name(i, Town) }, cancellation: cancel)).Sessions);

        async Task PointsAsync()
        {
            var begin = (await api.GetHistoryAsync(cancellation: cancel)).Points[^1].At;
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while ((await api.GetHistoryAsync(begin, cancel)).Points.Count < StagePoints) await timer.WaitForNextTickAsync(cancel);
        }
    }

    private static string Village(int i) => $"@village-{i}.example.net";
}

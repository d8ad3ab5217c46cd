using Akka.LNS.Client;
using Akka.LNS.Server.Tests.Api;
using static Microsoft.Playwright.Assertions;

namespace Akka.LNS.Dashboard.Tests;

/// <summary>
/// The pages that an operator needs on a bad day, on a desktop and on a phone: each shows what it should and needs no horizontal scrolling.
/// With LNS_DASHBOARD_PICTURES=FOLDER they become the pictures of deploy/pictures.
/// </summary>
[Collection("lab")]
public class PictureTests(DashboardLab lab)
{
    private const int Addresses = 94, First = 12, Stages = 6;

    [BrowserFact]
    public async Task Pages_of_a_bad_day_fit_on_a_desktop_and_on_a_phone()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await DashboardLab.StartLnsd(folder.Path, users: First * Stages + 20,
            pool: $"100.64.0.2 - 100.64.0.{Addresses + 1}");
        using var api = new LnsApiClient(lnsd.OverSocket());
        await using var desktop = await lab.OpenAsync(address: lnsd.Address);
        await using var phone = await lab.OpenAsync(390, 844, lnsd.Address);
        await desktop.LogInAsync(DashboardLab.OperateToken);
        await phone.LogInAsync(DashboardLab.OperateToken);
        var lines = new List<Subscribers>();
        try
        {
            for (var stage = 1; stage <= Stages; stage++) // the plots rise
            {
                lines.Add(await Subscribers.BringUp(lnsd, First, 1, DashboardLab.Password, lac: $"village-{stage}-"));
                await desktop.SaysAsync("#sessions-now", $"{First * stage}");
            }
            lines.Add(await Subscribers.BringUp(lnsd, 20, 1, DashboardLab.Password, lac: "town-"));
            var cancel = TestContext.Current.CancellationToken;
            var all = (await api.ListSessionsAsync(new SessionQuery { Lac = "town-1" }, cancellation: cancel)).Sessions;
            foreach (var session in all.Take(3)) await api.DropSessionAsync(session.Id, "the line is moved to another LNS", cancel);
            var (ended, up) = (all[0].Id, all[5].Id);

            (string Name, string Path, string Where, string Text)[] pages =
            [
                ("overview", "", "#problems", "Pool p"),
                ("lac", "lacs/town-1", "#lac-ends", "administrative reset (3)"),
                ("subscriber", $"sessions/{up}", "#layer-subscriber", all[5].Address!),
                ("ended", $"sessions/{ended}", "#ended", "by an operator"),
                ("pools", "pools", ".rz-data-grid", "nearly full"),
                ("disconnects", "disconnects", ".lns-disconnects", "the line is moved to another LNS"),
            ];
            foreach (var (name, path, where, text) in pages)
            {
                foreach (var (window, width, suffix) in ((Window, int, string)[])[(desktop, 1280, ""), (phone, 390, "-phone")])
                {
                    await window.Page.GotoAsync($"/{path}");
                    await window.SaysAsync(where, text);
                    await window.UntilAsync(
                        $"document.documentElement.scrollWidth <= {width} && document.querySelector('.rz-body').scrollWidth <= {width}");
                    if (path.Length == 0) await Expect(window["#plot-sessions .rz-line-series path"].First).ToBeVisibleAsync();
                    await DashboardLab.PictureAsync(window, name + suffix);
                }
            }
        }
        finally
        {
            foreach (var line in lines) await line.DisposeAsync();
        }
    }
}

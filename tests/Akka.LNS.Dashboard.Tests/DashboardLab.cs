using Akka.LNS.Client;
using Akka.LNS.Server.Tests.Api;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Akka.LNS.Dashboard.Tests.DashboardLab))]

namespace Akka.LNS.Dashboard.Tests;

/// <summary>lnsd with subscribers, and a browser.</summary>
public sealed class DashboardLab : IAsyncLifetime
{
    /// <summary>Folder for the pictures in deploy/pictures; null: no pictures.</summary>
    internal static readonly string? Pictures = Environment.GetEnvironmentVariable("LNS_DASHBOARD_PICTURES");

    public const int Count = 60, Tunnels = 3;

    /// <summary>Part of every password, shared secret and token. Nothing that a browser receives may contain it.</summary>
    public const string Secret = "5ecret";
    public const string ReadToken = $"reader-{Secret}-token";
    public const string OperateToken = $"operator-{Secret}-token";
    internal const string Password = $"pass-{Secret}";

    /// <summary>Maximum waiting time for a condition in milliseconds.</summary>
    internal const float Patience = 60_000;

    private readonly TemporaryFolder _folder = new();
    private readonly List<Subscribers> _subscribers = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal LnsdProgram Lnsd { get; private set; } = null!;
    internal LnsApiClient Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsThere) return;
        Lnsd = await StartLnsd(_folder.Path, Count);
        Api = new LnsApiClient(Lnsd.OverSocket());
        await CallAsync(Count, Tunnels);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium.Program, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"], Timeout = Patience,
        });
        Assertions.SetDefaultExpectTimeout(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        foreach (var subscribers in _subscribers) await subscribers.DisposeAsync();
        Api?.Dispose();
        if (Lnsd is not null) await Lnsd.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Connects more subscribers.</summary>
    internal async Task CallAsync(int count, int tunnels, string lac = "lac-") =>
        _subscribers.Add(await Subscribers.BringUp(Lnsd, count, tunnels, Password, lac: lac));

    /// <summary>Opens a browser window with its own cookies.</summary>
    internal async Task<Window> OpenAsync(int width = 1280, int height = 900, Uri? address = null, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = (address ?? Lnsd.Address).ToString(), ViewportSize = new ViewportSize { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce, ColorScheme = scheme,
        });
        context.SetDefaultTimeout(Patience);
        return new Window(context, await context.NewPageAsync(), address ?? Lnsd.Address);
    }

    /// <summary>Saves a picture if a folder is set.</summary>
    /// <param name="isWhole">The picture has the whole page, not only the part in the window.</param>
    internal static async Task PictureAsync(Window window, string name, bool isWhole = false)
    {
        if (Pictures is null) return;
        await window.Page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(Pictures, $"{name}.png"), FullPage = isWhole,
        });
    }

    internal static Task<LnsdProgram> StartLnsd(string folder, int users, string dashboard = "sample-interval = 1s",
        string pool = "100.64.0.2 - 100.64.15.254", string more = "") =>
        LnsdProgram.Start(folder, $$"""
        lns {
          node-name = lab
          bundles.defaults { pool = p, dns = [9.9.9.9], session-timeout = 1d }
          pools { p { ranges = ["{{pool}}"] }, empty { ranges = ["10.0.0.0/24"] } }
          radius.servers = [{ name = first, address = 127.0.0.1, auth-port = 9, acct-port = 0, secret = "shared-{{Secret}}" }]
          tunnels.defaults.secret = none
          api.tokens {
            viewer { role = read, token = "{{ReadToken}}" }
            operator { role = operate, token = "{{OperateToken}}" }
          }
          dashboard { {{dashboard}} }
        }
        {{Subscribers.Users(users, Password)}}
        {{more}}
        """);
}

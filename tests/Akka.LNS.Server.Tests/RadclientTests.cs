using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests;

/// <summary>CoA and Disconnect with FreeRADIUS' radclient against lnsd as a process.</summary>
public sealed class RadclientTests : IAsyncDisposable
{
    private const string Password = "subscribers-5ecret", Secret = "coa-5ecret";
    private readonly TemporaryFolder _folder = new();
    private LnsdProgram _lnsd = null!; // these three once it is started
    private Subscribers _subscribers = null!;
    private HttpClient _api = null!;
    private string _address = "";

    private async Task Start()
    {
        Assert.SkipUnless(Commands.IsThere("radclient"), "radclient (freeradius-utils) is not installed");
        _lnsd = await LnsdProgram.Start(_folder.Path, $$"""
            lns {
              group.nas-identifier = lns.test
              pools.p.ranges = ["100.64.1.0/24"]
              bundles.defaults.pool = p
              api.unix.role = operate
              radius.dynamic-authorization {
                listen = "127.0.0.1:0"
                clients = [{ name = billing, address = 127.0.0.1, secret = "{{Secret}}" }]
              }
            }
            {{Subscribers.Users(4, Password)}}
            """);
        // Debian's own dictionaries do not know mpd
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "dictionary"),
            $"$INCLUDE {Path.Combine(Repository.Root, "deploy", "freeradius", "dictionary.lns")}\n");
        _subscribers = await Subscribers.BringUp(_lnsd, count: 4, tunnels: 2, Password);
        _api = _lnsd.OverSocket();
        _address = (await Get("dynamic-authorization")).GetProperty("listening").GetString()!;
    }

    [Fact]
    public async Task Radclient_changes_a_session()
    {
        await Start();
        var user = Subscribers.Name(0);
        var answer = await Radclient("coa",
            $"User-Name = \"{user}\", Session-Timeout = 3600, Idle-Timeout = 1200, Acct-Interim-Interval = 300, Class = 0x6162, "
            + "Filter-Id = \"gold\", "
            + "mpd-limit = \"out#1=all rate-limit 64000 pass\"");
        Assert.Contains("Received CoA-ACK", answer, StringComparison.Ordinal);
        var bundle = (await Get($"sessions/{await Id(user)}")).GetProperty("bundle");
        Assert.Equal((3600, 1200),
            (bundle.GetProperty("sessionLimitSeconds").GetDouble(), bundle.GetProperty("idleLimitSeconds").GetDouble()));
        Assert.Equal(["Session-Timeout = 3600", "Idle-Timeout = 1200", "Acct-Interim-Interval = 300", "Filter-Id = \"gold\"",
            "mpd-limit = \"out#1=all rate-limit 64000 pass\"", "Class = 0x6162"],
            bundle.GetProperty("attributes").EnumerateArray().Select(static a => a.GetString()));

        answer = await Radclient("coa", $"User-Name = \"{user}\", Framed-MTU = 1400, Session-Timeout = 10");
        Assert.Contains("Received CoA-NAK", answer, StringComparison.Ordinal);
        Assert.Contains("Error-Cause = Unsupported-Attribute", answer, StringComparison.Ordinal);
        answer = await Radclient("coa", $"User-Name = \"{user}\", NAS-Identifier = other, Session-Timeout = 10");
        Assert.Contains("Error-Cause = NAS-Identification-Mismatch", answer, StringComparison.Ordinal);
        Assert.Equal(3600, (await Get($"sessions/{await Id(user)}")).GetProperty("bundle").GetProperty("sessionLimitSeconds").GetDouble());
        Assert.Contains("changes ", Line("dynamic authorization change: client billing"), StringComparison.Ordinal);

        var report = await Get("dynamic-authorization");
        Assert.Equal(1, report.GetProperty("change").GetProperty("acknowledged").GetInt64());
        Assert.Equal(1, report.GetProperty("change").GetProperty("refused").GetProperty("Unsupported-Attribute").GetInt64());
        Assert.DoesNotContain(Secret, $"{report}{_lnsd.Output}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Radclient_disconnects_a_session()
    {
        await Start();
        var user = Subscribers.Name(1);
        var id = await Id(user);
        var answer = await Radclient("disconnect",
            $"Acct-Session-Id = \"{id}\", User-Name = \"{user}\", NAS-Identifier = lns.test, Message-Authenticator = 0x00, "
            + "Reply-Message = \"not paid\"");
        Assert.Contains("Received Disconnect-ACK", answer, StringComparison.Ordinal);
        Assert.Contains("Acct-Terminate-Cause = Admin-Reset", answer, StringComparison.Ordinal);
        await Eventually(async () => (await Get($"disconnects?user={Uri.EscapeDataString(user)}")).ToString()
            .Contains("not paid", StringComparison.Ordinal), "the disconnect record");
        answer = await Radclient("disconnect", $"User-Name = \"{user}\"");
        Assert.Contains("Received Disconnect-NAK", answer, StringComparison.Ordinal);
        Assert.Contains("Error-Cause = Session-Context-Not-Found", answer, StringComparison.Ordinal);
        Assert.Equal(3, (await Get("sessions?limit=10")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Radclient_with_a_wrong_secret_or_an_old_request_gets_no_answer()
    {
        await Start();
        var user = Subscribers.Name(2);
        Assert.Contains("No reply", await Radclient("disconnect", $"User-Name = \"{user}\"", secret: "wrong"), StringComparison.Ordinal);
        Assert.Contains("No reply", await Radclient("disconnect", string.Create(CultureInfo.InvariantCulture,
            $"User-Name = \"{user}\", Event-Timestamp = {TimeProvider.System.GetUtcNow().AddSeconds(-400).ToUnixTimeSeconds()}")),
                StringComparison.Ordinal);
        var report = await Get("dynamic-authorization");
        Assert.InRange(report.GetProperty("dropped").GetProperty("BadRequestAuthenticator").GetInt64(), 1, 10);
        Assert.InRange(report.GetProperty("dropped").GetProperty("Stale").GetInt64(), 1, 10);
        Assert.NotEmpty(await Id(user));
        // and one that is of now
        Assert.Contains("Received CoA-ACK", await Radclient("coa", string.Create(CultureInfo.InvariantCulture,
            $"User-Name = \"{user}\", Filter-Id = a, Event-Timestamp = {TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}")),
                StringComparison.Ordinal);
    }

    private async Task<string> Radclient(string command, string attributes, string secret = Secret)
    {
        var run = await Commands.Run("radclient",
            ["-x", "-d", _folder.Path, "-r", "2", "-t", secret == Secret
            && !attributes.Contains("Event-Timestamp", StringComparison.Ordinal) ? "10" : "2", _address, command, secret],
            attributes);
        return run.Output;
    }

    private string Line(string with) =>
        _lnsd.Output.Split('\n').FirstOrDefault(l => l.Contains(with, StringComparison.Ordinal)) ?? $"no line with {with}";

    private async Task<JsonElement> Get(string path) =>
        await _api.GetFromJsonAsync<JsonElement>($"/api/v1/{path}", TestContext.Current.CancellationToken);

    /// <summary>Acct-Session-Id.</summary>
    private async Task<string> Id(string user) =>
        (await Get($"sessions?user={Uri.EscapeDataString(user)}")).GetProperty("sessions")[0].GetProperty("id").GetString()!;

    private async Task Eventually(Func<Task<bool>> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var clock = Stopwatch.StartNew(); !await condition(); await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            if (clock.Elapsed > TimeSpan.FromSeconds(30)) Assert.Fail($"not in time: {what}\n{_lnsd.Output}");
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_subscribers is not null) await _subscribers.DisposeAsync();
        if (_lnsd is not null) await _lnsd.DisposeAsync();
        _folder.Dispose();
    }
}

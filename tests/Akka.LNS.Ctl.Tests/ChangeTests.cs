using Akka.LNS.Ctl.Terminal;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Ctl.Tests;

/// <summary>Verbs that change something. They may end the sessions of subscribers from 450 on.</summary>
[Collection(CtlCollection.Name)]
public class ChangeTests(CtlLab lab)
{
    [Fact]
    public async Task Drop_without_a_terminal_needs_yes_or_dry_run()
    {
        var user = CtlLab.Name(450);
        var refused = await lab.Ctl("drop", $"user={user}");
        Assert.Equal((ExitCode.Usage, ""), (refused.Code, refused.Out));
        Assert.Contains("--yes", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await lab.Ctl("drop", $"user={user}", "--json")).Code);
        var dry = await lab.Ctl("drop", $"user={user}", "pool=p", "--dry-run");
        Assert.Equal((ExitCode.Ok, 2), (dry.Code, dry.Lines.Length));
        Assert.Contains(user, dry.Lines[1], StringComparison.Ordinal);
        var json = (await lab.Ctl("drop", "lac=lac-2", "--dry-run", "--json")).Json;
        Assert.Equal(((await lab.Ctl("sessions", "lac=lac-2", "--json")).Json.GetProperty("total").GetInt32(), 0),
            (json.GetProperty("matched").GetInt32(), json.GetProperty("dropped").GetInt32()));
        Assert.True(await IsUp(user));
    }

    [Fact]
    public async Task Reason_of_a_drop_is_in_accounting_and_disconnects()
    {
        var (first, second, third) = (CtlLab.Name(451), CtlLab.Name(452), CtlLab.Name(453));
        var row = (await lab.Ctl("sessions", $"user={first}", "--json")).Json.GetProperty("sessions")[0];
        var dropped = await lab.Ctl("drop", row.GetProperty("id").GetString()!, "--yes", "--reason", "moved to Berlin");
        Assert.Equal((ExitCode.Ok, "1 session ordered to end"), (dropped.Code, dropped.Lines[^1]));
        var address = (await lab.Ctl("sessions", $"user={second}", "--json")).Json.GetProperty("sessions")[0].GetProperty("address")
            .GetString();
        var json = await lab.Ctl("drop", $"address={address}", "--yes", "--json", "--reason", "moved to Bonn");
        Assert.Equal((1, 1), (json.Json.GetProperty("matched").GetInt32(), json.Json.GetProperty("dropped").GetInt32()));
        Assert.Equal(ExitCode.Ok, (await lab.Ctl("drop", $"user={third}", "lac=lac-4", "-y")).Code);
        await Gone(first, "moved to Berlin");
        await Gone(second, "moved to Bonn");
        await Gone(third, "dropped by uid 0");
    }

    [Fact]
    public async Task Drop_in_a_terminal_asks_for_confirmation()
    {
        var user = CtlLab.Name(460);
        var no = await lab.InTerminal($"drop user={user}", "[y/N] ", "n\n");
        Assert.Equal(ExitCode.Failed, no.Code);
        Assert.Contains("End this session? [y/N]", no.Out, StringComparison.Ordinal);
        Assert.Contains("no session was ended", no.Out, StringComparison.Ordinal);
        Assert.True(await IsUp(user));
        var yes = await lab.InTerminal($"drop user={user} --reason asked", "[y/N] ", "y\n");
        Assert.Equal(ExitCode.Ok, yes.Code);
        await Gone(user, "asked");
    }

    [Fact]
    public async Task Disconnects_are_found_by_each_filter()
    {
        var user = CtlLab.Name(470);
        Assert.Equal(ExitCode.Ok, (await lab.Ctl("drop", $"user={user}", "--yes", "--reason", "seen again")).Code);
        await Gone(user, "seen again");
        foreach (var word in new[] { $"user={user}", "user=u00047?@*", "lac=lac-1", "cause=AdministrativeReset", "since=2h",
            "since=2020-01-01" })
        {
            var text = await lab.Ctl("disconnects", word);
            Assert.Contains(text.Lines, l => l.Contains(user, StringComparison.Ordinal)
                && l.EndsWith("seen again", StringComparison.Ordinal));
        }
        Assert.Single((await lab.Ctl("disconnects", $"user={user}", "calling=nobody")).Lines);
        Assert.Equal(0, (await lab.Ctl("disconnects", "since=2100-01-01", "--json")).Json.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Drain_starts_waits_and_can_be_canceled()
    {
        var begun = await lab.Ctl("drain", "--deadline", "2h");
        Assert.Equal(ExitCode.Ok, begun.Code);
        Assert.Matches(@"^draining: \d+ sessions, deadline in (2h00m|1h59m)\n$", begun.Out);
        Assert.Equal("draining", (await lab.Ctl("status", "--json")).Json.GetProperty("verdict").GetString());
        var waited = await lab.After(1, async _ =>
        {
            var off = await lab.Ctl("undrain");
            Assert.Equal(ExitCode.Ok, off.Code);
            Assert.Matches(@"^serving: \d+ sessions\n$", off.Out);
        }, "drain", "--wait");
        Assert.Equal(ExitCode.Failed, waited.Code);
        Assert.Contains("the drain was canceled", waited.Error, StringComparison.Ordinal);
        Assert.Equal("serving", (await lab.Ctl("undrain", "--json")).Json.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Reason_of_a_drain_is_in_output_status_and_log()
    {
        var begun = await lab.Ctl("drain", "--reason", "new line cards");
        Assert.Equal(ExitCode.Ok, begun.Code);
        Assert.Matches(@"^draining: \d+ sessions, no deadline: new line cards\n$", begun.Out);
        Assert.Equal("new line cards", (await lab.Ctl("status", "--json")).Json.GetProperty("drainReason").GetString());
        Assert.Contains((await lab.Ctl("status")).Lines, static l => l.StartsWith("drain reason", StringComparison.Ordinal)
            && l.EndsWith("new line cards", StringComparison.Ordinal));
        Assert.Contains("reason new line cards", lab.Lnsd.Output, StringComparison.Ordinal);
        Assert.Contains("deadline none, reason 'new line cards'", lab.Lnsd.Output, StringComparison.Ordinal); // the audit line
        var off = await lab.Ctl("undrain", "--json");
        Assert.False(off.Json.TryGetProperty("reason", out _));
        Assert.False((await lab.Ctl("status", "--json")).Json.TryGetProperty("drainReason", out _));
    }

    [Fact]
    public async Task Empty_node_is_drained_at_once_and_can_exit()
    {
        using var folder = new TemporaryFolder();
        await using var lnsd = await LnsdProgram.Start(folder.Path);
        var drained = await CtlLab.Raw(["drain", "--wait", "--json", "--api", $"unix:{lnsd.Socket}"]);
        Assert.Equal((ExitCode.Ok, "drained"), (drained.Code, drained.Json.GetProperty("state").GetString()));
        var ended = await CtlLab.Raw(["drain", "--exit", "--wait", "--api", $"unix:{lnsd.Socket}"]);
        Assert.Equal(ExitCode.Ok, ended.Code);
        Assert.StartsWith("drained: 0 sessions", ended.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(0, await lnsd.Exited());
    }

    [Fact]
    public async Task Log_levels_of_a_component_and_of_all_others_can_be_set()
    {
        var changed = await lab.Ctl("log", "level", "Microsoft", "error");
        Assert.Equal(ExitCode.Ok, changed.Code);
        Assert.Contains(changed.Lines, static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["Microsoft", "error"]);
        var others = await lab.Ctl("log", "level", "*", "information", "--json");
        Assert.Equal("information",
            Assert.Single(others.Json.GetProperty("levels").EnumerateArray(), static l => !l.TryGetProperty("source", out _))
            .GetProperty("level").GetString());
    }

    private async Task<bool> IsUp(string user) =>
        (await lab.Ctl("sessions", $"user={user}", "state=up", "--json")).Json.GetProperty("total").GetInt32() == 1;

    private async Task Gone(string user, string reason)
    {
        await CtlLab.Until(async () => (await lab.Ctl("disconnects", $"user={user}", "--json")).Json.GetProperty("disconnects")
            .EnumerateArray()
            .Any(d => d.GetProperty("text").GetString() == reason && d.GetProperty("endedBy").GetString() == "Administrator"));
        await CtlLab.Until(() =>
            Task.FromResult(lab.Stops.Any(s => s.Contains($"\"{user}\"", StringComparison.Ordinal)
            && s.Contains("mpd-term-cause", StringComparison.Ordinal)
            && s.Contains(reason, StringComparison.Ordinal) && s.Contains("Admin-Reset", StringComparison.Ordinal))));
    }
}

using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Accounting;

/// <summary>The accounting spool of the real lnsd: killed, on a full disk, towards a database.</summary>
public sealed class AccountingSpoolTests : IDisposable
{
    private const string Password = "subscribers-5ecret";
    private const string Fails = "records wait in memory until it works again";
    private const int Most = 60;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Hocon(int accountingPort, string spool, string secret = SpoolRadius.SharedSecret) => $$"""
        lns {
          group { nas-identifier = lns.test, nas-ip-address = 192.0.2.10 }
          pools.p.ranges = ["100.64.1.0/24"]
          bundles.defaults.pool = p
          # the logins are local: no login waits for a server that is down
          links.defaults.auth-by = [local]
          radius {
            servers = [{
              name = accounting, address = 127.0.0.1, auth-port = 0, acct-port = {{accountingPort}}, secret = "{{secret}}", timeout = 1s,
              retries = 1, dead-time = 1s, status-server = off
            }]
            accounting.on-off = on # its NAS-IP-Address is no address of this machine
            accounting { retry-interval = 200ms, retry-max = 1s, interim-interval = 0s, spool { file = "{{spool}}" } }
          }
        }
        {{Subscribers.Users(Most, Password)}}
        """;

    private string Spool => Path.Combine(_folder.Path, "accounting.db");

    /// <summary>What waits for a server.</summary>
    private static async Task<(int Sessions, long Records, bool Failing)> Load(HttpClient api)
    {
        var load = await api.GetFromJsonAsync<JsonElement>("/api/v1/load", TestContext.Current.CancellationToken);
        var spool = load.GetProperty("spool");
        return (load.GetProperty("sessions").GetInt32(), spool.GetProperty("records").GetInt64(), spool.GetProperty("failing")
            .GetBoolean());
    }

    private static async Task Until(Func<Task<bool>> condition, Func<string> what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var clock = Stopwatch.StartNew(); !await condition(); await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            if (clock.Elapsed > TimeSpan.FromSeconds(60)) Assert.Fail($"not in time: {what()}");
    }

    private static Task Until(Func<bool> condition, Func<string> what) => Until(() => Task.FromResult(condition()), what);

    /// <summary>As many wait, and are in the file: that takes some milliseconds, and this gives it a second.</summary>
    private static async Task Waiting(LnsdProgram lnsd, HttpClient api, int sessions, int records)
    {
        (int Sessions, long Records, bool Failing) now = default;
        await Until(async () => (now = await Load(api)) is var l && l.Sessions == sessions && l.Records == records,
            () => $"{sessions} sessions, {records} records wait; there are {now}\n{lnsd.Output}");
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task After_kill_9_each_start_and_stop_arrives_and_each_session_that_was_up_gets_its_one_stop()
    {
        using var radius = new SpoolRadius();
        var hocon = Hocon(radius.Port, Spool);
        await using (var first = await LnsdProgram.Start(_folder.Path, hocon))
        using (var lacs = new Lacs(first, Most, Password))
        using (var api = first.OverSocket())
        {
            await lacs.BringUp(30);
            await Until(() => radius.Answered(AccountingKind.Start) == 30, () => $"30 Starts\n{radius}");
            radius.IsQuiet = true;
            await lacs.BringUp(40);
            await lacs.Drop([.. Enumerable.Range(0, 10), .. Enumerable.Range(30, 5)]);
            await Waiting(first, api, sessions: 25, records: 10 + 15); // the Starts of the last ten, the Stops of fifteen
            await first.KillHard();
        }
        // killed again while it sends the records it found to a server that does not answer
        var before = radius.Records.Count;
        await using (var second = await LnsdProgram.Start(_folder.Path, hocon))
        {
            await Until(() => radius.Records.Count > before, () => $"it sends what it found\n{second.Output}");
            await second.KillHard();
        }
        radius.IsQuiet = false;
        await using var third = await LnsdProgram.Start(_folder.Path, hocon);
        using var last = third.OverSocket();
        await Until(() => radius.Answered(AccountingKind.Stop) == 40, () => $"40 Stops\n{radius}\n{third.Output}");
        using (var lacs = new Lacs(third, Most, Password))
        {
            await lacs.BringUp(1);
            await Until(() => radius.Answered(AccountingKind.Start) == 41, () => $"a Start of the new time\n{radius}");
            await Waiting(third, last, sessions: 1, records: 0);
            Assert.Equal(1, await lacs.Up());
            await third.Terminate();
            Assert.Equal(0, await third.Exited());
        }

        var sessions = radius.Records.Where(static r => r.Kind is AccountingKind.Start or AccountingKind.Stop)
            .GroupBy(static r => r.Session).ToList();
        Assert.Equal(41, sessions.Count);
        foreach (var session in sessions)
        {
            Assert.Single(session.Select(static r => r.User).Distinct());
            // however often it was sent, it was one record
            foreach (var kind in (AccountingKind[])[AccountingKind.Start, AccountingKind.Stop])
                Assert.Single(session.Where(r => r.Kind == kind).Select(static r => r.Content).Distinct());
            Assert.Equal([AccountingKind.Start, AccountingKind.Stop], session.Where(static r => r.Answered).Select(static r => r.Kind)
                .Distinct());
        }
        Assert.Equal(25, sessions.Count(static s => s.Last().TerminateCause == AcctTerminateCauseValue.NasReboot));
        Assert.Equal(15, sessions.Count(static s => s.Last().TerminateCause == AcctTerminateCauseValue.UserRequest));
        // Accounting-On of the last start neither removes a Stop nor ends later sessions
        var answered = radius.Records.Where(static r => r.Answered).ToList();
        var on = answered.FindLastIndex(static r => r.Kind == AccountingKind.On);
        Assert.Equal(40, answered[..on].Where(static r => r.Kind == AccountingKind.Stop).Select(static r => r.Session).Distinct().Count());
        Assert.DoesNotContain(answered[on..], r => r.Session != sessions[^1].Key
            && r.Kind is AccountingKind.Start or AccountingKind.Interim);
    }

    [Fact]
    public async Task With_the_disk_full_calls_go_on_and_what_waits_is_written_when_there_is_room()
    {
        var disk = Directory.CreateDirectory(Path.Combine(_folder.Path, "disk")).FullName;
        string[] wrapper = ["unshare", "--mount", "bash", "-c", $"mount -t tmpfs -o size=2m spool '{disk}' && exec \"$@\"", "--"];
        var probe = Environment.UserName == "root" ? await Commands.Run(wrapper[0], [.. wrapper[1..], "true"])
            : (ExitCode: 1, Output: "not root");
        Assert.SkipUnless(probe.ExitCode == 0, $"no file system of its own can be mounted: {probe.Output.Trim()}");
        using var radius = new SpoolRadius { IsQuiet = true };
        await using var lnsd = await LnsdProgram.Start(_folder.Path, Hocon(radius.Port, Path.Combine(disk, "accounting.db")), wrapper);
        using var api = lnsd.OverSocket();
        using var lacs = new Lacs(lnsd, Most, Password);
        await lacs.BringUp(5);
        await Waiting(lnsd, api, sessions: 5, records: 5);
        Assert.DoesNotContain(Fails, lnsd.Output, StringComparison.Ordinal);

        // its disk is in its own mount name space
        var filler = $"/proc/{lnsd.Id}/root{disk}/filler";
        var full = Fill(filler);
        Assert.Contains("No space left", full.Message, StringComparison.Ordinal);
        await lacs.BringUp(45);
        await Until(async () => (await Load(api)).Failing, () => $"the spool fails\n{lnsd.Output}");
        await lacs.Drop(Enumerable.Range(0, 10));
        // 45 Starts, 10 Stops
        await Until(async () => await Load(api) is { Sessions: 35, Records: 55 }, () => $"35 are up, 55 records wait\n{lnsd.Output}");
        Assert.Equal(35, await lacs.Up());
        await Until(() => lnsd.Output.Contains(Fails, StringComparison.Ordinal), () => $"it says so\n{lnsd.Output}");
        Assert.Single(lnsd.Output.Split('\n'), static l => l.Contains(Fails, StringComparison.Ordinal)); // said once
        var failing = await Spooling(api);
        Assert.Equal((false, true), (failing.GetProperty("durable").GetBoolean(), failing.GetProperty("failing").GetBoolean()));
        Assert.Contains("full", failing.GetProperty("failingReason").GetString(), StringComparison.Ordinal);
        var failsFor = DateTimeOffset.UtcNow - failing.GetProperty("failingSince").GetDateTimeOffset();
        Assert.InRange(failsFor, TimeSpan.Zero, TimeSpan.FromMinutes(2));

        File.Delete(filler);
        await Until(async () => !(await Load(api)).Failing && lnsd.Output.Contains("accounting spool recovered", StringComparison.Ordinal),
            () => $"the spool works again\n{lnsd.Output}");
        var working = await Spooling(api);
        Assert.True(working.GetProperty("durable").GetBoolean());
        Assert.False(working.TryGetProperty("failingSince", out _) || working.TryGetProperty("failingReason", out _));

        radius.IsQuiet = false;
        await lacs.Drop(Enumerable.Range(10, 35));
        await Until(async () => await Load(api) is { Sessions: 0, Records: 0 }, () => $"all records are taken\n{radius}\n{lnsd.Output}");
        var sessions = radius.Records.Where(static r => r.Kind is AccountingKind.Start or AccountingKind.Stop)
            .GroupBy(static r => r.Session).ToList();
        Assert.Equal(45, sessions.Count);
        foreach (var session in sessions) Assert.Equal(2, session.Select(static r => r.Content).Distinct().Count());
        Assert.Equal(0, (await api.GetFromJsonAsync<JsonElement>("/api/v1/load", TestContext.Current.CancellationToken))
            .GetProperty("spool").GetProperty("lost").GetInt64());
    }

    /// <summary>The spool as GET status shows it.</summary>
    private static async Task<JsonElement> Spooling(HttpClient api) =>
        (await api.GetFromJsonAsync<JsonElement>("/api/v1/status", TestContext.Current.CancellationToken)).GetProperty("spool");

    /// <summary>Until there is no room.</summary>
    private static IOException Fill(string path)
    {
        var block = new byte[4096];
        return Assert.ThrowsAny<IOException>(() =>
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            for (var i = 0; i < 4096; i++) file.Write(block);
        });
    }

    [Fact]
    public async Task In_postgresql_behind_freeradius_each_session_has_one_row_with_its_end_after_a_kill_with_all_servers_down()
    {
        Assert.SkipUnless(PostgresRadius.Missing is null, PostgresRadius.Missing ?? "");
        await using var sql = await PostgresRadius.Create(_folder.Path);
        var hocon = Hocon(sql.Port, Spool, PostgresRadius.Secret);
        await sql.StartRadius();
        await using (var first = await LnsdProgram.Start(_folder.Path, hocon))
        using (var lacs = new Lacs(first, Most, Password))
        using (var api = first.OverSocket())
        {
            await lacs.BringUp(30);
            await Until(async () => await sql.Number("select count(*) from radacct where acctstoptime is null") == 30,
                () => $"30 are on\n{sql.Output}\n{first.Output}");
            await Waiting(first, api, sessions: 30, records: 0);
            await sql.KillRadius();
            await lacs.BringUp(40);
            await lacs.Drop([.. Enumerable.Range(0, 10), .. Enumerable.Range(30, 5)]);
            await Waiting(first, api, sessions: 25, records: 25);
            await first.KillHard();
        }
        await using var second = await LnsdProgram.Start(_folder.Path, hocon);
        using var again = second.OverSocket();
        using var others = new Lacs(second, Most, Password);
        // FreeRADIUS knows seconds: an Accounting-On ends what began in its own, and one that it gets again ends it then
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        await others.BringUp(3); // with all servers still down
        await Until(() => second.Output.Contains("accounting record delayed", StringComparison.Ordinal),
            () => $"it has tried\n{second.Output}");
        await sql.StartRadius();
        await Until(async () => await Load(again) is { Records: 0 }, () => $"all is taken\n{sql.Output}\n{second.Output}");

        var rows = (await sql.Query(
            "select acctsessionid, username, acctstoptime is not null, acctterminatecause, "
            + "acctstarttime <= coalesce(acctstoptime, now()), acctsessiontime from radacct order by 1"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => l.Split('|')).ToList();
        Assert.Equal(43, rows.Count);
        Assert.Equal(43, rows.Select(static r => r[0]).Distinct().Count());
        Assert.True(rows.Count(static r => r[2] == "t") == 40,
            $"{string.Join('\n', rows.Select(static r => string.Join(' ', r)))}\n{sql.Output}\n{second.Output}");
        Assert.Equal(25, rows.Count(static r => r[3] == "NAS-Reboot"));
        Assert.Equal(15, rows.Count(static r => r[3] == "User-Request"));
        Assert.All(rows, static r => Assert.Equal("t", r[4]));
        await others.Drop(Enumerable.Range(0, 3));
        await Until(async () => await sql.Number("select count(*) from radacct where acctstoptime is null") == 0,
            () => $"no user is on\n{sql.Output}\n{second.Output}");
        Assert.Equal(43, await sql.Number("select count(*) from radacct"));
    }
}

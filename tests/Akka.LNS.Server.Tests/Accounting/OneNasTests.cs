using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Accounting;

/// <summary>
/// Two nodes that are one NAS, towards FreeRADIUS with PostgreSQL: lines that flap, RADIUS down and up, a kill, restarts in turn, and
/// Interim-Updates that are lost or late.
/// </summary>
public sealed class OneNasTests : IDisposable
{
    private const string Password = "subscribers-5ecret";
    private const int Lines = 41;
    private static readonly TimeSpan Third = TimeSpan.FromSeconds(1.0 / 3);
    private readonly TemporaryFolder _folder = new();
    private readonly int[] _ports = [LnsdProgram.FreePort(), LnsdProgram.FreePort()];

    public void Dispose() => _folder.Dispose();

    /// <summary>A node with its LACs.</summary>
    private sealed class Node(LnsdProgram lnsd) : IAsyncDisposable
    {
        private readonly HttpClient _api = lnsd.OverSocket();

        public LnsdProgram Lnsd => lnsd;
        public Lacs Lacs { get; } = new(lnsd, Lines, Password);

        /// <summary>Records that no server has taken.</summary>
        public async Task<long> Waiting() =>
            (await _api.GetFromJsonAsync<JsonElement>("/api/v1/load", TestContext.Current.CancellationToken))
            .GetProperty("spool").GetProperty("records").GetInt64();

        /// <summary>Each line goes up and down three times a second.</summary>
        public async Task Flap(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                var clock = Stopwatch.StartNew();
                await Lacs.BringUp(Lines);
                await Lacs.Drop(Enumerable.Range(0, Lines));
                if (Third - clock.Elapsed is { Ticks: > 0 } rest) await Task.Delay(rest, TestContext.Current.CancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            Lacs.Dispose();
            _api.Dispose();
            await lnsd.DisposeAsync();
        }
    }

    private async Task<Node> Start(int number, int accountingPort)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, $"n{number}")).FullName;
        return new Node(await LnsdProgram.Start(folder, $$"""
            lns {
              node-name = n{{number}}
              group { name = core, nas-identifier = core.test, nas-ip-address = 192.0.2.10 }
              cluster {
                seeds = ["127.0.0.1:{{_ports[0]}}", "127.0.0.1:{{_ports[1]}}"], remoting.port = {{_ports[number]}}, quorum = 2
                seed-timeout = 1s, heartbeat-pause = 2s, stable-after = 1s, rejoin-after = 1s
              }
              pools.p.ranges = ["100.64.{{number}}.0/24"]
              bundles.defaults.pool = p
              links.defaults.auth-by = [local]
              radius {
                servers = [{
                  name = accounting, address = 127.0.0.1, auth-port = 0, acct-port = {{accountingPort}}
                  secret = "{{PostgresRadius.Secret}}", timeout = 500ms, retries = 1, dead-time = 1s, status-server = off
                }]
                accounting {
                  retry-interval = 200ms, retry-max = 1s, interim-interval = 1s, spool { file = "{{folder}}/accounting.db" }
                }
              }
            }
            {{Subscribers.Users(Lines, Password)}}
            """));
    }

    private static async Task Until(Func<Task<bool>> condition, Func<string> what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var clock = Stopwatch.StartNew(); !await condition(); await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            if (clock.Elapsed > TimeSpan.FromSeconds(60)) Assert.Fail($"not in time: {what()}");
    }

    [Fact]
    public async Task In_postgresql_behind_freeradius_two_nodes_of_one_nas_close_their_own_rows_only_whatever_happens()
    {
        Assert.SkipUnless(PostgresRadius.Missing is null, PostgresRadius.Missing ?? "");
        await using var sql = await PostgresRadius.Create(_folder.Path);
        using var relay = new LossyRelay(sql.Port);
        await sql.StartRadius();
        var (killed, one, two) = (await Start(0, relay.Port), (Node?)null, await Start(1, relay.Port));
        try
        {
            // flapping, with RADIUS down and up in the middle
            var flaps = Task.WhenAll(killed.Flap(18), two.Flap(18));
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            await sql.KillRadius();
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            await sql.StartRadius();
            await flaps;
            foreach (var node in new[] { killed, two }) await node.Lacs.BringUp(Lines);
            await AreOpen(sql, 2 * Lines, killed, two);
            // Interim-Updates, some lost and some late
            await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);

            // a kill: the rows of the other node stay open, and its own are closed by its own Stops
            var others = await OpenIds(sql, two);
            killed.Lacs.Dispose();
            await killed.Lnsd.KillHard();
            one = await Start(0, relay.Port);
            await AreOpen(sql, Lines, one);
            Assert.Equal(others, await OpenIds(sql, null));

            // a restart of each in turn
            await one.Lacs.BringUp(Lines);
            await AreOpen(sql, 2 * Lines, one, two);
            var ofOne = await OpenIds(sql, one);
            two = await Restart(two, 1, relay.Port);
            await AreOpen(sql, Lines, one, two);
            Assert.Equal(ofOne, await OpenIds(sql, null));
            await two.Lacs.BringUp(Lines);
            await AreOpen(sql, 2 * Lines, one, two);
            var ofTwo = await OpenIds(sql, two);
            one = await Restart(one, 0, relay.Port);
            await AreOpen(sql, Lines, one, two);
            Assert.Equal(ofTwo, await OpenIds(sql, null));

            await two.Lacs.Drop(Enumerable.Range(0, Lines));
            await AreOpen(sql, 0, one, two);
            await two.Lnsd.Terminate();
            await one.Lnsd.Terminate();
            Assert.Equal((0, 0), (await one.Lnsd.Exited(), await two.Lnsd.Exited()));
            await Check(sql, relay);
        }
        finally
        {
            await killed.DisposeAsync();
            await two.DisposeAsync();
            if (one is not null) await one.DisposeAsync();
        }
    }

    private async Task<Node> Restart(Node node, int number, int port)
    {
        await node.Lnsd.Terminate();
        Assert.Equal(0, await node.Lnsd.Exited());
        await node.DisposeAsync();
        return await Start(number, port);
    }

    /// <summary>Waits for the rows and for the spools: a LAC sees that a session is up or down before its record is in the spool.</summary>
    private static async Task AreOpen(PostgresRadius sql, long rows, params Node[] nodes)
    {
        await Until(async () => await Open(sql) == rows,
            () => $"{rows} rows are open\n{string.Join('\n', nodes.Select(static n => n.Lnsd.Output))}");
        foreach (var node in nodes) await Until(async () => await node.Waiting() == 0, () => $"all is taken\n{node.Lnsd.Output}");
    }

    private static Task<long> Open(PostgresRadius sql) => sql.Number("select count(*) from radacct where acctstoptime is null");

    /// <summary>Acct-Session-Ids of the rows that are open: of a node, which has a pool of its own, or all.</summary>
    private static async Task<string> OpenIds(PostgresRadius sql, Node? node)
    {
        var third = node is null ? "" : node.Lnsd.Folder.EndsWith("n0", StringComparison.Ordinal) ? "0" : "1";
        var own = third.Length == 0 ? "" : $" and framedipaddress << '100.64.{third}.0/24'";
        var ids = await sql.Query($"select acctsessionid from radacct where acctstoptime is null{own} order by 1");
        if (node is not null) Assert.Equal(Lines, ids.Split('\n').Length);
        return ids;
    }

    /// <summary>Each session is one row, which says what its own Start and Stop said.</summary>
    private static async Task Check(PostgresRadius sql, LossyRelay relay)
    {
        var records = relay.Records;
        Assert.DoesNotContain(records, static r => r.Kind is AccountingKind.On or AccountingKind.Off);
        var sessions = records.GroupBy(static r => r.Session).ToList();
        foreach (var session in sessions)
        {
            foreach (var kind in (AccountingKind[])[AccountingKind.Start, AccountingKind.Stop])
                Assert.Single(session.Where(r => r.Kind == kind).Select(static r => r.Content).Distinct());
            var sent = session.Select(static r => r.Kind).ToList();
            Assert.True(sent.LastIndexOf(AccountingKind.Interim) < sent.IndexOf(AccountingKind.Stop), string.Join(' ', sent));
        }
        var rows = (await sql.Query("select acctsessionid, extract(epoch from acctstarttime)::bigint, "
            + "extract(epoch from acctstoptime)::bigint, "
            + "acctterminatecause, host(framedipaddress), username, acctsessiontime from radacct"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => l.Split('|')).ToList();
        Assert.Equal(sessions.Count, rows.Count);
        var byId = sessions.ToDictionary(static s => s.Key);
        foreach (var row in rows)
        {
            var (start, stop) = (byId[row[0]].First(static r => r.Kind == AccountingKind.Start),
                byId[row[0]].First(static r => r.Kind == AccountingKind.Stop));
            Assert.Equal((start.EventTimestamp, stop.EventTimestamp, start.FramedIpAddress, start.User),
                (uint.Parse(row[1], CultureInfo.InvariantCulture), uint.Parse(row[2], CultureInfo.InvariantCulture), row[4], row[5]));
            Assert.Equal(stop.TerminateCause.ToString(), row[3].Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
            Assert.Equal($"{stop.SessionTime}", row[6]);
        }
        var causes = rows.GroupBy(static r => r[3]).ToDictionary(static g => g.Key, static g => g.Count());
        Assert.Equal(Lines, causes["NAS-Reboot"]); // the sessions that were up at the kill
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"sessions {sessions.Count}, rows {rows.Count}, open 0, records {records.Count}, Interim-Updates "
            + $"{records.Count(static r => r.Kind == AccountingKind.Interim)} (dropped {relay.Dropped}, late {relay.Delayed}), causes "
            + string.Join(", ", causes.Select(static c => $"{c.Key} {c.Value}")));
    }
}

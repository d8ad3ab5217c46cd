using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;
using Microsoft.Data.Sqlite;

namespace Akka.LNS.Actors.Tests.Accounting;

/// <summary>Accounting records that outlive servers, disks and the node itself.</summary>
public sealed class AccountingSpoolTests : IDisposable
{
    private static readonly EndReason Stopped = new(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "test");
    private readonly string _folder = Directory.CreateTempSubdirectory("akka-lns-spool-").FullName;
    private readonly TestRadius _radius = new();

    public void Dispose()
    {
        _radius.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Path(string name = "accounting.db") => System.IO.Path.Combine(_folder, name);

    private TestNode Node(
        string file = "accounting.db", TimeProvider? clock = null, Func<RadiusSettings, RadiusSettings>? change = null) => new(settings =>
    {
        var radius = _radius.Settings() with
        {
            Servers = [_radius.Server() with { Timeout = TimeSpan.FromMilliseconds(300) }],
            Workers = 8,
            Accounting = new AccountingSettings
            {
                InterimInterval = TimeSpan.Zero, RetryInterval = TimeSpan.FromMilliseconds(100), RetryMax = TimeSpan.FromMilliseconds(200),
                Spool = new AccountingSpoolSettings { File = Path(file) },
            },
        };
        return settings with
        {
            Radius = change is null ? radius : change(radius),
            Users = TestNode.Users([.. Enumerable.Range(0, 200).Select(static i => $"u{i}")]),
            Pools = ImmutableDictionary<string, AddressPoolSettings>.Empty.Add("p",
                new AddressPoolSettings("p", [new AddressRange(Ipv4Address.Parse("100.64.1.0"), Ipv4Address.Parse("100.64.2.255"))], [])),
        };
    }, clock);

    private void ServersDown() => _radius.OnAccounting = static _ => { };
    private void ServersUp() => _radius.OnAccounting = static r => r.Answer(RadiusCode.AccountingResponse);

    /// <summary>Copies the files as they are at this moment, as a killed process leaves them.</summary>
    private async Task<string> Killed(TestNode node, string copy)
    {
        await node.Quiet();
        await Wait.Until(() => node.Node.Spool.Unwritten == 0, () => $"the spool has written all: {node.Node.Spool}");
        File.Copy(Path(), Path(copy));
        File.Copy(Path() + "-wal", Path(copy) + "-wal");
        return copy;
    }

    /// <summary>The attributes of an Accounting-Request, without the delay and those that are new in each packet.</summary>
    private static string Content(RadiusRequest request)
    {
        List<string> attributes = [];
        for (var at = RadiusPacketView.HeaderLength; at < request.Octets.Length; at += request.Octets[at + 1])
            if (request.Octets[at] is not (RadiusAttributeType.AcctDelayTime or RadiusAttributeType.MessageAuthenticator))
                attributes.Add(Convert.ToHexString(request.Octets, at, request.Octets[at + 1]));
        return string.Join(' ', attributes);
    }

    /// <summary>Each session has one Start and one Stop by content, and no Stop came before its Start was accepted.</summary>
    private void AssertBooks(int sessions)
    {
        var records = _radius.Records().Where(static r => r.Kind is "Start" or "Stop").ToArray();
        Assert.Equal((sessions, sessions), (Count("Start"), Count("Stop")));
        foreach (var session in records.GroupBy(static r => r.Session))
        {
            Assert.Equal("Start", session.First().Kind);
            Assert.Equal(2, session.Select(Content).Distinct().Count());
            Assert.DoesNotContain("Start", session.SkipWhile(static r => r.Kind == "Start").Select(static r => r.Kind));
        }

        int Count(string kind) => records.Where(r => r.Kind == kind).Select(static r => r.Session).Distinct().Count();
    }

    private Task Accepted(TestNode node) =>
        Wait.Until(() => node.Node.Spool.Waiting == 0, () => $"all accepted: {node.Node.Spool}\n{node.Log}");

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // in memory it waits as well
    public async Task An_hour_without_servers_costs_no_record(bool durable)
    {
        var clock = new JumpingClock();
        await using var node = Node(clock: clock,
            change: durable ? null : static r => r with { Accounting = r.Accounting with { Spool = new AccountingSpoolSettings() } });
        ServersDown();
        using var lac = new TestLac(node.EndPoint);
        List<TestCall> calls = [];
        foreach (var wave in Enumerable.Range(0, 200).Chunk(25))
        {
            calls.AddRange(wave.Select(i => lac.Dial($"u{i}")).ToArray());
            foreach (var call in calls) await call.Up;
        }
        foreach (var call in calls.Take(150)) call.HangUp();
        foreach (var call in calls.Take(150)) await call.Over;
        await Wait.Until(() => node.Node.Spool.Waiting == 350, () => $"350 records wait: {node.Node.Spool}");
        await node.Log.Line("accounting record delayed");
        clock.Jump(TimeSpan.FromHours(1));
        await Wait.Until(() => clock.GetUtcNow() - node.Node.Spool.Oldest > TimeSpan.FromMinutes(59),
            () => $"the oldest is an hour old: {node.Node.Spool}");
        var down = _radius.Records().Count;
        ServersUp();
        await Wait.Until(() => node.Node.Spool.Waiting == 0, () => $"all delivered: {node.Node.Spool}\n{node.Log}");
        foreach (var late in _radius.Records().Skip(down + 8).Where(static r => r.Kind is "Start" or "Stop"))
            Assert.InRange(late.Number(RadiusAttributeType.AcctDelayTime), 3600u, 3700u);
        foreach (var call in calls.Skip(150)) call.HangUp();
        await node.AllGone();
        await Accepted(node);
        AssertBooks(200);
        Assert.Equal((0L, 0L, null), (node.Node.Spool.Lost, node.Node.Spool.WriteErrors, node.Node.Spool.Oldest));
        Assert.Equal(1, node.Log.Count("accounting record delayed")); // once, not for each
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sessions_that_begin_and_end_while_no_server_answers_are_sent_in_order(bool killed)
    {
        await using var first = Node();
        ServersDown();
        using var lac = new TestLac(first.EndPoint);
        for (var round = 0; round < 4; round++)
        {
            var calls = Enumerable.Range(0, 20).Select(i => lac.Dial($"u{i}")).ToArray();
            foreach (var call in calls) await call.Up;
            await Wait.Until(() => first.Node.Counters.Sessions == 20, static () => "all are on");
            foreach (var call in calls) call.HangUp();
            foreach (var call in calls) await call.Over;
            await first.AllGone();
        }
        await Wait.Until(() => first.Node.Spool.Waiting == 160, () => $"80 Starts and 80 Stops wait: {first.Node.Spool}");
        var node = killed ? Node(await Killed(first, "killed.db")) : first;
        if (killed) await first.System.Terminate();
        var earlier = _radius.Records().Count;
        ServersUp();
        await Accepted(node);
        AssertBooks(80);
        foreach (var user in _radius.Records().Skip(earlier).Where(static r => r.Kind is "Start" or "Stop").GroupBy(static r => r.User))
        {
            var told = user.Select(static r => (r.Kind, r.Session)).Distinct().ToArray(); // some came twice: the first answers were late
            Assert.Equal(told.Where(static r => r.Kind == "Start").SelectMany(static r => new[] { r, ("Stop", r.Session) }), told);
        }
        if (killed) await node.DisposeAsync();
    }

    [Fact]
    public async Task After_a_kill_each_session_gets_its_missing_stop()
    {
        await using var first = Node();
        using var lac = new TestLac(first.EndPoint);
        var calls = Enumerable.Range(0, 30).Select(i => lac.Dial($"u{i}")).ToArray();
        foreach (var call in calls) await call.Up;
        await Wait.Until(() => _radius.Records("Start").Count == 30, _radius.ToString);
        await Accepted(first);
        ServersDown();
        var more = Enumerable.Range(30, 10).Select(i => lac.Dial($"u{i}")).ToArray();
        foreach (var call in more) await call.Up;
        foreach (var call in calls.Take(10).Concat(more.Take(5))) call.HangUp(); // their Stops, and the Starts before some, wait
        await Wait.Until(() => first.Node.Counters.Sessions == 25, static () => "15 have gone");
        await Wait.Until(() => first.Node.Spool.Waiting == 25, () => $"10 Starts and 15 Stops wait: {first.Node.Spool}");
        var copy = await Killed(first, "killed.db");

        // killed again before it could send a record
        using (var again = SpoolDatabase.Open(Path(copy), 1 << 30, DateTimeOffset.UtcNow))
            Assert.Equal((40, 25), (again.Left.Length, again.LeftOpen));

        // two nodes on one server would send different Stops
        await first.System.Terminate();
        var before = _radius.Records().Count;
        ServersUp();
        await using var second = Node(copy);
        using var lac2 = new TestLac(second.EndPoint);
        foreach (var user in (string[])["u0", "u20", "u199"]) await lac2.Dial(user).Up; // whose Stops wait, too
        var time = _radius.Records()[0].Session[..^9]; // of the first node
        await Wait.Until(() => _radius.Records("Start").Count(IsOfSecondNode) == 3, _radius.ToString);
        await Accepted(second);
        var sent = _radius.Records().Skip(before).ToArray();
        Assert.Equal(40, sent.Where(static r => r.Kind == "Stop").Select(static r => r.Session).Distinct().Count());
        Assert.Equal(25, sent.Count(static r => r.Kind == "Stop" && HasCause(r, AcctTerminateCauseValue.NasReboot)));
        Assert.All(sent.Where(static r => HasCause(r, AcctTerminateCauseValue.NasReboot)),
            static r => Assert.Contains("node lost", r.Text(RadiusVendor.Mpd, MpdAttributeType.TermCause), StringComparison.Ordinal));
        // the sessions of the first node, Accounting-On, the sessions of the second node
        var kinds = string.Join(' ', sent.Select(r => r.Kind == "Start" && IsOfSecondNode(r) ? "new" : r.Kind));
        Assert.True(Regex.IsMatch(kinds, "^((Start|Stop) )+On new new new$"), kinds);
        Assert.True(await second.Node.StopAsync(Stopped, TimeSpan.FromSeconds(30)));

        await using var third = Node(copy);
        await Wait.Until(() => _radius.Records("On").Count == 3, () => $"the third node begins:\n{_radius}");
        await third.Quiet();
        AssertStopsAreOne(43);
        Assert.Equal(0, third.Node.Spool.Waiting);

        void AssertStopsAreOne(int sessions)
        {
            var bySession = _radius.Records("Stop").Where(r => !IsOfFirstNodesEnd(r)).GroupBy(static r => r.Session).ToArray();
            Assert.Equal(sessions, bySession.Length);
            Assert.All(bySession, static s => Assert.Single(s.Select(Content).Distinct()));
        }

        bool IsOfSecondNode(RadiusRequest r) => !r.Session.StartsWith(time, StringComparison.Ordinal);
        static bool HasCause(RadiusRequest r, AcctTerminateCauseValue cause) =>
            r.Number(RadiusAttributeType.AcctTerminateCause) == (uint)cause;

        // the first node was not really killed: its actors send Stops when they are stopped
        static bool IsOfFirstNodesEnd(RadiusRequest r) => HasCause(r, AcctTerminateCauseValue.NasError);
    }

    [Fact]
    public async Task A_node_that_stops_without_servers_leaves_its_records_to_the_next()
    {
        ServersDown();
        await using (var first = Node())
        {
            using var lac = new TestLac(first.EndPoint);
            var calls = Enumerable.Range(0, 20).Select(i => lac.Dial($"u{i}")).ToArray();
            foreach (var call in calls) await call.Up;
            // a client is up a moment before its Start
            await Wait.Until(() => first.Node.Spool.Waiting == 20, () => $"all are up: {first.Node.Spool}");
            await Wait.Until(() => first.Log.Has("accounting record delayed"), static () => "the servers are down");
            Assert.True(await first.Node.StopAsync(Stopped, TimeSpan.FromMinutes(10)));
            Assert.Equal(40, first.Node.Spool.Waiting);
        }
        ServersUp();
        await using var second = Node();
        await second.Log.Line("waiting records 40, of these Stops after an unclean shutdown 0");
        await Accepted(second);
        AssertBooks(20);
        Assert.Empty(_radius.Records("Off")); // it would have ended sessions whose Stop had yet to come
        // sent when the last Stop is accepted, so the spool is empty before it arrives
        await Wait.Until(() => _radius.Records()[^1].Kind == "On", () => $"Accounting-On is the last record:\n{_radius}");
    }

    [Fact]
    public async Task Two_nodes_do_not_share_a_file()
    {
        await using var first = Node();
        var refused = Assert.Throws<SpoolStartException>(() => Node());
        Assert.Contains("another process uses it", refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path(), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_are_never_used_again_even_if_the_clock_is_set_back()
    {
        var clock = new JumpingClock();
        await using (var first = Node(clock: clock))
        {
            using var lac = new TestLac(first.EndPoint);
            await lac.Dial("u1").Up;
            Assert.True(await first.Node.StopAsync(Stopped, TimeSpan.FromSeconds(30)));
        }
        clock.Jump(TimeSpan.FromDays(-1));
        await using (var second = Node(clock: clock))
        {
            using var lac = new TestLac(second.EndPoint);
            await lac.Dial("u1").Up;
            Assert.True(await second.Node.StopAsync(Stopped, TimeSpan.FromSeconds(30)));
        }
        AssertBooks(2);
    }

    [Theory]
    [InlineData("no database at all, but some text that is long enough to be looked at as one, "
        + "since SQLite takes a short file for a new database ......", "damaged")]
    [InlineData(null, "the database of another program", "CREATE TABLE t (x)")]
    [InlineData(null, "schema 2", "CREATE TABLE t (x)", "PRAGMA application_id = 0x4C4E5361", "PRAGMA user_version = 2")]
    public void A_file_of_another_program_is_refused_and_left_alone(string? text, string why, params string[] sql)
    {
        if (text is not null) File.WriteAllText(Path(), text);
        else Sql(sql);
        var before = File.ReadAllBytes(Path());
        var refused = Assert.Throws<SpoolStartException>(() => Node());
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        if (text is not null) Assert.Equal(before, File.ReadAllBytes(Path()));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error()
    {
        File.WriteAllText(Path("file"), "");
        var refused = Assert.Throws<SpoolStartException>(() => Node("file/accounting.db"));
        Assert.Contains("cannot use the accounting spool", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_is_no_record_is_put_aside()
    {
        ServersDown();
        await using (var first = Node())
        {
            using var lac = new TestLac(first.EndPoint);
            foreach (var call in Enumerable.Range(0, 3).Select(i => lac.Dial($"u{i}")).ToArray()) await call.Up;
            Assert.True(await first.Node.StopAsync(Stopped, TimeSpan.FromMinutes(10)));
        }
        Sql("UPDATE session SET stop = x'00FF' WHERE key = 2");
        ServersUp();
        await using var second = Node();
        await second.Log.Line("row moved to table 'broken'", "row 2,", "stop: UnknownVersion");
        await Wait.Until(() => _radius.Records("On").Count > 0 && _radius.Records()[^1].Kind == "On"
            && second.Node.Spool is { Broken: 1, WriteErrors: 0 }
            && _radius.Records("Stop").Select(static r => r.Session).Distinct().Count() == 2,
            () => $"the others have gone: {second.Node.Spool}\n{_radius}");
        Assert.Equal(2, _radius.Records("Stop").Select(static r => r.Session).Distinct().Count());
        Assert.True(await second.Node.StopAsync(Stopped, TimeSpan.FromSeconds(30)));
        Assert.Equal(["2 stop: UnknownVersion"], Sql("SELECT key || ' ' || why FROM broken"));
        Assert.Empty(Sql("SELECT key FROM session"));
    }

    [Fact]
    public async Task A_full_spool_keeps_records_in_memory_and_writes_them_when_there_is_room()
    {
        using var system = ActorSystem.Create("spool");
        var inbox = Inbox.Create(system);
        var log = new CapturingLog();
        var settings = new AccountingSpoolSettings { File = Path(), MaxSize = 100 << 10, MaxInMemory = 3000 };
        var spool = SqliteSpool.Open(settings, new NodeClock(TimeProvider.System), log);
        Assert.Empty(spool.Attach(inbox.Receiver, 7));
        var keys = Enumerable.Range(1, 2000).Select(static k => (long)k).ToArray();
        foreach (var key in keys) spool.Store(key, Record(key, AccountingKind.Start), key);
        await Wait.Until(() => spool.Written >= keys[^1], static () => "a full disk does not block");
        Assert.True(spool.Snapshot is { IsFailing: true, Lost: 0, Waiting: 2000, WriteErrors: > 0 }, $"{spool.Snapshot}");
        Assert.False(spool.IsDurable);

        // all of them can be read, wherever they are
        spool.Load([.. keys]);
        var loaded = await Receive<SpoolLoaded>(inbox);
        Assert.Equal(keys, loaded.Sessions.Select(static s => s.Key));
        Assert.All(loaded.Sessions, static s => Assert.Equal($"s{s.Key}", s.Start?.Session.AcctSessionId));

        // beyond the bound the oldest in memory are lost, and counted
        var more = Enumerable.Range(2001, 3000).Select(static k => (long)k).ToArray();
        foreach (var key in more) spool.Store(key, Record(key, AccountingKind.Start), key);
        await Wait.Until(() => spool.Written >= more[^1], static () => "written or kept");
        var lost = spool.Snapshot.Lost;
        Assert.InRange(lost, 1, 2000);
        spool.Load([.. keys, .. more]);
        loaded = await Receive<SpoolLoaded>(inbox);
        Assert.Equal(5000 - lost, loaded.Sessions.Count(static s => s.Start is not null));

        // room
        foreach (var key in keys.Concat(more.Take(2900)))
        {
            spool.Forget(key, AccountingKind.Start);
            spool.Forget(key, AccountingKind.Stop);
        }
        await log.Line("accounting spool recovered", $"lost records {lost}");
        Assert.Equal(1, log.Count("accounting spool failed: file " + Path())); // not for each record
        Assert.Equal(1, log.Count("accounting records lost"));
        Assert.True(spool.IsDurable);
        await spool.CloseAsync();
        using var after = SpoolDatabase.Open(Path(), 1 << 30, DateTimeOffset.UtcNow);
        Assert.Equal(more[2900..], after.Left.Select(static t => t.Key));
        Assert.Equal(7u, after.PreviousEpoch);
    }

    [Fact] // only the rows that a crash would need find no place
    public async Task A_full_spool_loses_no_record_of_sessions_whose_start_was_accepted()
    {
        using var system = ActorSystem.Create("spool");
        var log = new CapturingLog();
        var settings = new AccountingSpoolSettings { File = Path(), MaxSize = 100 << 10, MaxInMemory = 3000 };
        using var spool = SqliteSpool.Open(settings, new NodeClock(TimeProvider.System), log);
        spool.Attach(Inbox.Create(system).Receiver, 7);
        var last = 0L;
        for (var wave = 0; wave < 6; wave++)
        {
            for (var i = 0; i < 1000; i++)
            {
                var key = ++last;
                spool.Store(key, Record(key, AccountingKind.Start), key);
                spool.Forget(key, AccountingKind.Start);
            }
            await Wait.Until(() => spool.Written >= last, () => $"written or kept: {spool.Snapshot}");
        }
        Assert.True(spool.Snapshot is { IsFailing: true, Lost: 0, Waiting: 0 }, $"{spool.Snapshot}");
        Assert.Equal(0, log.Count("accounting records lost"));
        await spool.CloseAsync();
    }

    [Fact]
    public async Task A_full_memory_loses_the_oldest()
    {
        using var system = ActorSystem.Create("spool");
        var inbox = Inbox.Create(system);
        var log = new CapturingLog();
        using var spool = new MemorySpool(new AccountingSpoolSettings { MaxInMemory = 1000 }, log);
        spool.Attach(inbox.Receiver, 1);
        var keys = Enumerable.Range(1, 1500).Select(static k => (long)k).ToArray();
        foreach (var key in keys) spool.Store(key, Record(key, AccountingKind.Start), key);
        spool.Load([.. keys]);
        var loaded = await Receive<SpoolLoaded>(inbox);
        Assert.Equal(keys[500..], loaded.Sessions.Where(static s => s.Start is not null).Select(static s => s.Key));
        Assert.Equal((500, 1000, 1), (spool.Snapshot.Lost, spool.Snapshot.Waiting, log.Count("accounting records lost")));
        foreach (var key in keys[500..]) spool.Forget(key, AccountingKind.Start);
        Assert.Equal(0, spool.Snapshot.Waiting);
    }

    [Fact]
    public void The_stop_after_a_kill_has_the_totals_of_the_last_interim()
    {
        var start = Record(1, AccountingKind.Start);
        var interim = Record(1, AccountingKind.Interim) with
        {
            Counters = new AccountingCounters(1000, 2000, 3, 4),
            SessionTime = TimeSpan.FromMinutes(10),
            OccurredUtc = start.OccurredUtc.AddMinutes(10),
        };
        using (var database = SpoolDatabase.Open(Path(), 1 << 30, start.OccurredUtc))
        {
            database.Write([new SpoolChange(1) { Start = start, IsStartAccepted = true }], null);
            database.Write([new SpoolChange(1) { Last = interim }], start.OccurredUtc.AddMinutes(12));
        }
        for (var i = 0; i < 2; i++) // the second start finds the same
        {
            using var database = SpoolDatabase.Open(Path(), 1 << 30, start.OccurredUtc.AddHours(1 + i));
            Assert.Equal([1L], database.Left.Select(static t => t.Key));
            Assert.True(database.TryLoad(1, out var session, out _));
            Assert.Null(session.Start);
            var expected = LostSession.Stop(start, interim, start.OccurredUtc.AddMinutes(12));
            Assert.Equal(AccountingRecordCodec.Encode(expected), AccountingRecordCodec.Encode(session.Stop!));
        }
    }

    private static async Task<T> Receive<T>(Inbox inbox)
    {
        while (true)
            if (await inbox.ReceiveAsync(TimeSpan.FromSeconds(30)) is var message and not SpoolWritten) return Assert.IsType<T>(message);
    }

    private static AccountingRecord Record(long key, AccountingKind kind) => AccountingLab.Record(kind, $"s{key}", "nemo") with
    {
        OccurredUtc = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero),
    };

    private List<string> Sql(params string[] statements)
    {
        using var connection = new SqliteConnection($"Data Source={Path()};Pooling=False");
        connection.Open();
        List<string> rows = [];
        foreach (var sql in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read()) rows.Add(reader.GetString(0));
        }
        return rows;
    }
}

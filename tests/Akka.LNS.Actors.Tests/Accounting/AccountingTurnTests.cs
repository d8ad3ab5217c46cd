using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Microsoft.Data.Sqlite;

namespace Akka.LNS.Actors.Tests.Accounting;

/// <summary>Records that wait have turns, and what cannot be told is in nobody's way.</summary>
public sealed class AccountingTurnTests : IDisposable
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("akka-lns-turns-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static LnsSettings WithRealm(LnsSettings settings) =>
        settings with { Realms = new RealmTable<RealmSettings>([new("example.net", new RealmSettings { Name = "example.net", Servers = ["its"] })]) };

    [Fact]
    public async Task While_none_is_taken_it_is_another_one_that_is_tried_each_time()
    {
        await using var lab = AccountingLab.Later(_folder, [("a1", "a", false), ("b1", "b", false), ("c1", "c", false)], AtOnce);
        string[] all = ["Stop a1", "Stop b1", "Stop c1"];
        await lab.Sends(all);
        foreach (var session in (string[])["a1", "b1", "c1"]) lab.Fails(session);
        for (var i = 0; i < 5; i++)
        {
            await lab.Sends(all[i % 3]);
            lab.Fails(all[i % 3][5..]);
        }
        Assert.Equal(1, lab.Log.Count("it will be tried again")); // once, not for each
        await lab.Sends("Stop c1");
        lab.Taken("c1");
        await lab.SendsInAnyOrder("Stop a1", "Stop b1");
    }

    [Fact]
    public async Task A_record_that_no_server_takes_holds_back_neither_the_node_nor_this_time()
    {
        await using var lab = AccountingLab.Later(_folder, [("a1", "a", false)], AtOnce);
        lab.OfNode(AccountingKind.On);
        lab.Start("b9", "b");
        await lab.Sends("Stop a1");
        lab.Fails("a1");
        await lab.Sends("On node");
        lab.Taken("node");
        await lab.Sends("Stop a1", "Start b9");
        lab.Taken("b9");
        lab.Fails("a1"); // and again, in nobody's way
        lab.Start("a9", "a");
        await lab.SendsInAnyOrder("Start a9", "Stop a1");
    }

    [Fact]
    public async Task Nobody_waits_for_ever_for_servers_that_take_no_accounting_on()
    {
        await using var lab = AccountingLab.Later(_folder, [("a1", "a", false)], AtOnce);
        lab.OfNode(AccountingKind.On);
        lab.Start("b9", "b");
        for (var i = 0; i < 3; i++)
        {
            await lab.Sends("Stop a1");
            lab.Fails("a1");
            Assert.False(lab.Log.Has("accounting On of the node was not taken"));
            await lab.Sends("On node");
            lab.Fails("node");
        }
        await lab.Log.Line("accounting On of the node was not taken");
        await lab.Sends("Start b9");
    }

    [Fact]
    public async Task Accounting_off_is_the_last()
    {
        await using var lab = new AccountingLab(AtOnce);
        await lab.TakesStartOf("a1", "a");
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.OfNode(AccountingKind.Off);
        lab.Fails("a1");
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await lab.Sends("Off node");
    }

    [Fact]
    public async Task Servers_that_are_dead_hold_back_only_who_needs_them()
    {
        await using var lab = AccountingLab.Later(_folder,
            [("r1", "a@example.net", false), ("r2", "b@example.net", false), ("r3", "c@example.net", false), ("r4", "d@example.net", false), ("r5", "e@example.net", false),
             ("a1", "a", false), ("b1", "b", false)], change: WithRealm);
        lab.OfNode(AccountingKind.On);
        lab.Start("r9", "f@example.net");
        lab.Start("a9", "a");
        await lab.Sends("Stop a1", "Stop b1", "Stop r1", "Stop r2", "Stop r3", "Stop r4");
        foreach (var session in (string[])["a1", "b1"]) lab.Taken(session);
        await lab.Sends(); // the others may still be told
        foreach (var session in (string[])["r1", "r2", "r3", "r4"]) lab.Fails(session);
        await lab.Sends("On node");
        lab.Taken("node");
        await lab.Sends("Start a9"); // in an hour one of the others is tried
        await lab.TakesStartOf("b9", "b");
        // one that gets through brings back the rest
        await lab.TakesStartOf("r8", "g@example.net");
        await lab.Sends("Stop r1", "Stop r2", "Stop r3", "Stop r4");
        foreach (var session in (string[])["r1", "r2", "r3", "r4"]) lab.Taken(session);
        await lab.Sends("Stop r5", "Start r9");
    }

    [Fact]
    public async Task After_a_reload_each_waits_for_its_new_servers()
    {
        await using var lab = new AccountingLab();
        lab.Start("r1", "a@example.net");
        await lab.Sends("Start r1");
        lab.Fails("r1"); // in an hour again
        await lab.Sends();
        lab.Context.Settings = WithRealm(lab.Context.Settings);
        lab.Start("a1", "a");
        await lab.Sends("Start a1");
        lab.Fails("a1");
        await lab.Sends("Start r1");
        lab.Taken("r1");
        await lab.Sends();
        lab.Context.Settings = lab.Context.Settings with { Realms = new RealmTable<RealmSettings>([]) };
        await lab.TakesStartOf("b1", "b");
        await lab.Sends("Start a1");
        Assert.Equal((1, 0), ((await lab.Backlog()).UnderWay, (await lab.Backlog()).Waiting));
    }

    [Fact]
    public async Task What_fits_no_packet_is_lost_and_the_next_is_told()
    {
        await using var lab = new AccountingLab();
        lab.Start("a1", "a");
        lab.Stop("a1");
        lab.Start("a2", "a");
        await lab.Sends("Start a1");
        lab.DoesNotFit("a1");
        await lab.Sends("Stop a1");
        lab.DoesNotFit("a1");
        await lab.Sends("Start a2");
        Assert.Equal((2L, 1L), (lab.Spool.Snapshot.Lost, lab.Spool.Snapshot.Waiting));
        await lab.Log.Line("accounting Stop of a1 is lost", "does not fit");
    }

    [Fact] // on a node where nothing else happens
    public async Task After_a_reload_what_waits_is_told_though_the_last_session_ends_meanwhile()
    {
        await using var lab = new AccountingLab(TimeSpan.FromSeconds(3));
        lab.Start("a1", "a");
        await lab.Sends("Start a1");
        lab.Fails("a1"); // its turn comes again
        await lab.Sends();
        lab.Context.Settings = WithRealm(lab.Context.Settings);
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.BundleGoes("a1");
        await lab.Sends("Start a1");
        lab.Taken("a1");
        await lab.Sends("Stop a1");
    }

    [Fact]
    public async Task What_the_servers_before_a_reload_took_does_not_let_a_start_pass_a_stop()
    {
        await using var lab = new AccountingLab(AtOnce);
        await lab.TakesStartOf("a1", "a@example.net");
        lab.Ends("a1", "a@example.net");
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Start("a2", "a@example.net");
        await lab.Sends();
        lab.Context.Settings = WithRealm(lab.Context.Settings);
        lab.Fails("a1");
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await lab.Sends("Start a2");
    }

    [Fact] // the spool had no place for it
    public async Task Nobody_waits_for_a_stop_that_the_spool_lost()
    {
        var lost = new LosingSpool();
        await using var lab = new AccountingLab(AtOnce, spool: log => lost.Over(log));
        lab.Start("a1", "a");
        await lab.Sends("Start a1");
        lost.LosesStops = true;
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.Start("a2", "a");
        lab.Fails("a1");
        await lab.Sends("Start a2");
    }

    [Fact]
    public async Task Nobody_waits_for_a_row_that_cannot_be_read()
    {
        var unreadable = new LosingSpool();
        await using var lab = new AccountingLab(AtOnce, spool: log => unreadable.Over(log));
        lab.Start("a1", "a");
        await lab.Sends("Start a1");
        unreadable.Unreadable = "a1";
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.Start("a2", "a");
        lab.Fails("a1");
        await lab.Sends("Start a2");
        unreadable.Unreadable = "";
        lab.Taken("a2");
        await lab.Sends("Start a1"); // it is not lost
    }

    [Fact]
    public async Task What_cannot_be_read_is_read_again()
    {
        var file = Path.Combine(_folder, "accounting.db");
        var clock = new JumpingClock();
        using (var database = SpoolDatabase.Open(file, 1 << 30, clock.GetUtcNow()))
        {
            database.Write([new SpoolChange(1) { Start = AccountingLab.Record(AccountingKind.Start, "a1", "a"), Stop = AccountingLab.Record(AccountingKind.Stop, "a1", "a"), StartTaken = true }], null);
        }
        // a table whose records fail to be read until the node has been alive for an hour
        var heals = clock.GetUtcNow().AddMinutes(30).ToUnixTimeMilliseconds();
        using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                ALTER TABLE session RENAME TO rows;
                CREATE VIEW session AS SELECT key, start_due, began, CASE WHEN (SELECT alive FROM node) < {heals} THEN abs(-9223372036854775807 - 1) ELSE start END AS start, last, stop, lost FROM rows;
                CREATE TRIGGER remove INSTEAD OF DELETE ON session BEGIN DELETE FROM rows WHERE key = OLD.key; END;
                CREATE TRIGGER lose INSTEAD OF UPDATE ON session BEGIN SELECT 1; END;
                """;
            command.ExecuteNonQuery();
        }
        await using var lab = new AccountingLab(AtOnce, spool: log => SqliteSpool.Open(new AccountingSpoolSettings { File = file }, new NodeClock(clock), log));
        await lab.Log.Line("accounting spool", "cannot be read", "overflow");
        Assert.True(lab.Spool.Snapshot is { Waiting: 1, Lost: 0, IsFailing: false }, $"{lab.Spool.Snapshot}"); // it can be written
        clock.Jump(TimeSpan.FromHours(1));
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await Wait.Until(() => lab.Spool.Snapshot.Waiting == 0, () => $"told: {lab.Spool.Snapshot}");
        Assert.Equal(1, lab.Log.Count("cannot be read")); // not for each try
    }

    /// <summary>Has no place for a Stop when told so, as one whose file hangs and whose memory is full, and cannot read a session's row.</summary>
    private sealed class LosingSpool : IAccountingSpool
    {
        private MemorySpool _spool = null!;

        public volatile bool LosesStops;
        public volatile string Unreadable = "";
        private IActorRef _accounting = ActorRefs.Nobody;
        private readonly ConcurrentDictionary<long, string> _names = new();

        public LosingSpool Over(CapturingLog log)
        {
            _spool = new MemorySpool(new AccountingSpoolSettings(), log);
            return this;
        }

        public bool IsDurable => _spool.IsDurable;
        public long Written => _spool.Written;
        public uint PreviousEpoch => _spool.PreviousEpoch;
        public SpoolSnapshot Snapshot => _spool.Snapshot;
        public DateTimeOffset? Oldest { set => _spool.Oldest = value; }
        public ImmutableArray<SpoolTurn> Attach(IActorRef accounting, uint epoch) => _spool.Attach(_accounting = accounting, epoch);
        public long Start(long key, AccountingRecord record)
        {
            _names[key] = record.Session.AcctSessionId;
            return _spool.Start(key, record);
        }
        public void Interim(long key, AccountingRecord record) => _spool.Interim(key, record);
        public long Stop(long key, AccountingRecord record) => LosesStops ? 0 : _spool.Stop(key, record);
        public void StartTaken(long key) => _spool.StartTaken(key);
        public void StopTaken(long key) => _spool.StopTaken(key);
        public void Discard(long key, AccountingKind kind) => _spool.Discard(key, kind);
        public void Load(ImmutableArray<long> keys)
        {
            bool IsUnreadable(long key) => _names.TryGetValue(key, out var name) && name == Unreadable;
            _spool.Load([.. keys.Where(k => !IsUnreadable(k))]);
            _accounting.Tell(new SpoolLoaded([.. keys.Where(IsUnreadable).Select(static k => new SpooledSession(k, null, null, IsUnreadable: true))]));
        }
        public long NewKey() => _spool.NewKey();
        public Task CloseAsync() => _spool.CloseAsync();
        public void Dispose() => _spool.Dispose();
    }
}

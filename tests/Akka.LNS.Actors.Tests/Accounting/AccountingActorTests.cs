using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Subscriber;
using Microsoft.Data.Sqlite;

namespace Akka.LNS.Actors.Tests.Accounting;

/// <summary>The shell of the ledger: messages, watched bundles, timer, reload, spool and log.</summary>
public sealed class AccountingActorTests : IDisposable
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("akka-lns-accounting-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_start_waits_for_the_stop_of_the_session_before()
    {
        await using var lab = new AccountingLab();
        await lab.AcceptsStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Start("a2", "a");
        await lab.AcceptsStartOf("b1", "b"); // only sessions of that user wait
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Accepted("a1");
        await lab.Sends("Start a2");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_without_records_delays_others_only_until_its_bundle_terminates(bool goneBefore)
    {
        await using var lab = new AccountingLab();
        await lab.AcceptsStartOf("a1", "a");
        lab.Ends("a1", "a");
        if (!goneBefore)
        {
            lab.Ends("a2", "a");
            lab.Start("a3", "a");
            await lab.Sends();
            lab.BundleGoes("a2");
        }
        else
        {
            lab.Ends("a2", "a");
            lab.BundleGoes("a2");
            lab.Ends("a2", "a");
            lab.Start("a3", "a");
        }
        // the session before it still delays them
        lab.Start("a4", "a");
        await lab.Sends();
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Accepted("a1");
        await lab.Sends("Start a3", "Start a4");
    }

    [Fact]
    public async Task An_end_after_the_last_record_and_the_end_of_the_bundle_delays_no_session()
    {
        await using var lab = new AccountingLab();
        await lab.AcceptsStartOf("a1", "a");
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.BundleGoes("a1");
        lab.Accepted("a1");
        await lab.Sends();
        lab.Ends("a1", "a"); // the bundle failed, then its link ended
        lab.Start("a2", "a");
        await lab.Sends("Start a2");
    }

    [Fact]
    public async Task A_server_can_drop_a_session_while_its_bundle_is_there()
    {
        await using var lab = new AccountingLab();
        lab.Start("a1", "a");
        lab.Start("b1", "b");
        await lab.Sends("Start a1", "Start b1");
        lab.AcceptedWithDrop("a1");
        lab.Stop("b1");
        lab.Accepted("b1");
        await lab.Sends("Stop b1");
        lab.Accepted("b1");
        await lab.Sends();
        Assert.Equal(["a1"], lab.Dropped);
    }

    [Fact]
    public async Task Sessions_of_an_earlier_process_are_sent_from_the_file_in_order_and_before_those_of_this_process()
    {
        await using var lab = AccountingLab.Later(_folder, [("a1", "a", false), ("a2", "a", true), ("b1", "b", true)]);
        lab.OfNode(AccountingKind.On);
        lab.Start("a9", "a");
        await lab.Sends("Stop a1", "Start b1");
        lab.Accepted("b1");
        await lab.Sends("Stop b1");
        lab.Accepted("b1");
        lab.Accepted("a1");
        await lab.Sends("Start a2");
        lab.Accepted("a2");
        await lab.Sends("Stop a2");
        lab.Accepted("a2");
        await lab.Sends("On node");
        lab.Accepted("node");
        await lab.Sends("Start a9");
        Assert.Equal((1, 0), ((await lab.Backlog()).UnderWay, (await lab.Backlog()).Waiting));
    }

    [Fact]
    public async Task The_log_has_one_line_for_an_outage_and_one_for_accounting_on_that_no_server_accepts()
    {
        await using var lab = AccountingLab.Later(_folder, [("a1", "a", false)], AtOnce);
        lab.OfNode(AccountingKind.On);
        lab.Start("b9", "b");
        for (var i = 0; i < 3; i++)
        {
            await lab.Sends("Stop a1");
            lab.Fails("a1");
            Assert.False(lab.Log.Has("accounting record of the node not sent: record On"));
            await lab.Sends("On node");
            lab.Fails("node");
        }
        await lab.Log.Line("accounting record of the node not sent: record On");
        await lab.Sends("Start b9");
        Assert.Equal(1, lab.Log.Count("accounting record delayed"));
    }

    [Fact]
    public async Task A_record_that_fits_no_packet_is_lost_counted_and_logged()
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
        await lab.Log.Line("accounting record lost: record Stop, session a1", "does not fit");
    }

    [Fact]
    public async Task After_a_reload_each_session_waits_for_its_new_servers()
    {
        await using var lab = new AccountingLab(); // the pause is an hour
        lab.Start("a1", "a");
        await lab.Sends("Start a1");
        lab.Fails("a1");
        await lab.Sends();
        lab.Settings = WithRealm(lab.Settings);
        lab.Start("r1", "a@example.net");
        await lab.Sends("Start r1", "Start a1");
    }

    [Fact] // on an idle node
    public async Task After_a_reload_a_record_that_waits_is_sent_though_no_message_comes()
    {
        await using var lab = new AccountingLab(TimeSpan.FromMilliseconds(500));
        lab.Start("a1", "a");
        await lab.Sends("Start a1");
        lab.Fails("a1");
        await lab.Sends();
        lab.Settings = WithRealm(lab.Settings);
        await lab.Sends("Start a1");
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_read_again()
    {
        var file = Path.Combine(_folder, "accounting.db");
        var clock = new JumpingClock();
        using (var database = SpoolDatabase.Open(file, 1 << 30, clock.GetUtcNow()))
        {
            var start = AccountingLab.Record(AccountingKind.Start, "a1", "a");
            var stop = AccountingLab.Record(AccountingKind.Stop, "a1", "a");
            database.Write([new SpoolChange(1) { Start = start, Stop = stop, IsStartAccepted = true }], null);
        }
        // a table whose records cannot be read until the node has been alive for an hour
        var heals = clock.GetUtcNow().AddMinutes(30).ToUnixTimeMilliseconds();
        using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                ALTER TABLE session RENAME TO rows;
                CREATE VIEW session AS SELECT key, start_due, began,
                    CASE WHEN (SELECT alive FROM node) < {heals} THEN abs(-9223372036854775807 - 1) ELSE start END AS start,
                    last, stop, lost FROM rows;
                CREATE TRIGGER remove INSTEAD OF DELETE ON session BEGIN DELETE FROM rows WHERE key = OLD.key; END;
                CREATE TRIGGER lose INSTEAD OF UPDATE ON session BEGIN SELECT 1; END;
                """;
            command.ExecuteNonQuery();
        }
        await using var lab = new AccountingLab(AtOnce,
            log => SqliteSpool.Open(new AccountingSpoolSettings { File = file }, new NodeClock(clock), log));
        await lab.Log.Line("accounting spool row not read", "overflow");
        Assert.True(lab.Spool.Snapshot is { Waiting: 1, Lost: 0, IsFailing: false }, $"{lab.Spool.Snapshot}"); // the file can be written
        clock.Jump(TimeSpan.FromHours(1));
        await lab.Sends("Stop a1");
        lab.Accepted("a1");
        await Wait.Until(() => lab.Spool.Snapshot.Waiting == 0, () => $"accepted: {lab.Spool.Snapshot}");
        Assert.Equal(1, lab.Log.Count("accounting spool row not read")); // not for each attempt
    }

    private static LnsSettings WithRealm(LnsSettings settings)
    {
        var realm = new RealmSettings { Name = "example.net", Servers = ["its"] };
        return settings with { Realms = new RealmTable<RealmSettings>([new(realm.Name, realm)]) };
    }
}

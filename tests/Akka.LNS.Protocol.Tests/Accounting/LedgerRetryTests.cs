using Akka.LNS.Protocol.Accounting;

namespace Akka.LNS.Protocol.Tests.Accounting;

/// <summary>Records that no server accepted get further attempts, and block no other record.</summary>
public class LedgerRetryTests
{
    [Fact]
    public void While_no_server_answers_each_attempt_is_for_another_session()
    {
        var lab = new LedgerLab(earlier: [("a1", "a", false), ("b1", "b", false), ("c1", "c", false)]);
        string[] all = ["Stop a1", "Stop b1", "Stop c1"];
        lab.Sends(all);
        foreach (var session in (string[])["a1", "b1", "c1"]) lab.Fails(session);
        for (var i = 0; i < 5; i++)
        {
            lab.Sends();
            lab.Passes(LedgerLab.Pause);
            lab.Sends(all[i % 3]);
            lab.Fails(all[i % 3][5..]);
        }
        Assert.Equal(["delayed Stop a1"], lab.Log); // once for the outage
        lab.Passes(LedgerLab.Pause);
        lab.Sends("Stop c1");
        lab.Accepted("c1");
        lab.Sends("Stop a1", "Stop b1");
    }

    [Fact]
    public void A_record_that_no_server_accepts_blocks_neither_the_node_marker_nor_other_sessions()
    {
        var lab = new LedgerLab(earlier: ("a1", "a", false));
        lab.OfNode(AccountingKind.On);
        lab.Start("b9", "b");
        lab.Sends("Stop a1");
        lab.Fails("a1");
        lab.Passes(LedgerLab.Pause);
        lab.Sends("On node");
        lab.Accepted("node");
        lab.Sends("Stop a1", "Start b9");
        lab.Accepted("b9");
        lab.Fails("a1");
        lab.Start("a9", "a");
        lab.Sends("Start a9");
        lab.Passes(LedgerLab.Pause);
        lab.Sends("Stop a1");
    }

    [Fact]
    public void Accounting_on_that_no_server_accepts_is_tried_three_times()
    {
        var lab = new LedgerLab(earlier: ("a1", "a", false));
        lab.OfNode(AccountingKind.On);
        lab.Start("b9", "b");
        for (var i = 0; i < 3; i++)
        {
            lab.Sends("Stop a1");
            lab.Fails("a1");
            lab.Passes(LedgerLab.Pause);
            Assert.DoesNotContain("lost On", lab.Log);
            lab.Sends("On node");
            lab.Fails("node");
            lab.Passes(LedgerLab.Pause);
        }
        Assert.Contains("lost On", lab.Log);
        lab.Sends("Start b9");
    }

    [Fact]
    public void Accounting_off_is_the_last_record()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.OfNode(AccountingKind.Off);
        lab.Fails("a1");
        lab.Passes(LedgerLab.Pause);
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends("Off node");
    }

    [Fact]
    public void Accounting_off_replaces_accounting_on_that_waits()
    {
        var lab = new LedgerLab(earlier: ("a1", "a", false));
        lab.OfNode(AccountingKind.On);
        lab.Start("b9", "b");
        lab.Sends("Stop a1");
        lab.OfNode(AccountingKind.Off);
        lab.Sends("Start b9"); // it waits for no On
        lab.Accepted("a1");
        lab.Accepted("b9");
        lab.Sends("Off node");
    }

    [Fact]
    public void Servers_that_are_down_delay_only_sessions_that_need_them()
    {
        var lab = new LedgerLab(LedgerLab.OneRealm, earlier:
        [
            ("r1", "a@example.net", false), ("r2", "b@example.net", false), ("r3", "c@example.net", false), ("r4", "d@example.net", false),
            ("r5", "e@example.net", false), ("a1", "a", false), ("b1", "b", false),
        ]);
        lab.OfNode(AccountingKind.On);
        lab.Start("r9", "f@example.net");
        lab.Start("a9", "a");
        lab.Sends("Stop a1", "Stop b1", "Stop r1", "Stop r2", "Stop r3", "Stop r4");
        foreach (var session in (string[])["a1", "b1"]) lab.Accepted(session);
        lab.Sends(); // the servers of the others may still accept them
        foreach (var session in (string[])["r1", "r2", "r3", "r4"]) lab.Fails(session);
        lab.Sends("On node");
        lab.Accepted("node");
        lab.Sends("Start a9");
        lab.AcceptsStartOf("b9", "b");
        // one accepted record shows that the servers answer again
        lab.AcceptsStartOf("r8", "g@example.net");
        lab.Sends("Stop r1", "Stop r2", "Stop r3", "Stop r4");
        foreach (var session in (string[])["r1", "r2", "r3", "r4"]) lab.Accepted(session);
        lab.Sends("Stop r5", "Start r9");
    }

    [Fact]
    public void After_a_reload_each_session_waits_for_its_new_servers()
    {
        var lab = new LedgerLab();
        lab.Start("r1", "a@example.net");
        lab.Start("a1", "a");
        lab.Sends("Start r1", "Start a1");
        lab.Fails("r1");
        lab.Fails("a1"); // both wait for the same servers
        lab.Sends();
        lab.Reloads(LedgerLab.OneRealm);
        lab.Sends("Start a1", "Start r1"); // the pause is over, and r1 has servers of its own
        lab.Fails("a1");
        lab.Accepted("r1"); // that shows nothing about the servers of a1
        lab.Sends();
        lab.Reloads(LedgerLab.NoRealms);
        lab.Sends("Start a1");
        Assert.Equal((1, 0), lab.Backlog);
    }

    [Fact]
    public void A_reload_forgets_the_pause_and_the_last_session_may_end_meanwhile()
    {
        var lab = new LedgerLab();
        lab.Start("a1", "a");
        lab.Sends("Start a1");
        lab.Fails("a1");
        lab.Sends();
        lab.Reloads(LedgerLab.OneRealm);
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.Sends("Start a1");
        lab.Accepted("a1");
        lab.Sends("Stop a1");
    }

    [Fact]
    public void Records_that_servers_accepted_before_a_reload_do_not_let_a_start_pass_a_stop()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a@example.net");
        lab.Ends("a1", "a@example.net");
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Start("a2", "a@example.net");
        lab.Sends();
        lab.Reloads(LedgerLab.OneRealm);
        lab.Fails("a1");
        lab.Passes(LedgerLab.Pause);
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends("Start a2");
    }

    [Fact]
    public void A_record_that_fits_no_packet_is_lost_and_the_next_one_is_sent()
    {
        var lab = new LedgerLab();
        lab.Start("a1", "a");
        lab.Stop("a1");
        lab.Start("a2", "a");
        lab.Sends("Start a1");
        lab.DoesNotFit("a1");
        lab.Sends("Stop a1");
        lab.DoesNotFit("a1");
        lab.Sends("Start a2");
        Assert.Equal(["lost Start a1", "lost Stop a1"], lab.Log);
        Assert.Equal(1, lab.Spooled);
    }

    [Fact] // the spool had no place for it
    public void No_start_waits_for_a_stop_that_the_spool_lost()
    {
        var lab = new LedgerLab();
        lab.Start("a1", "a");
        lab.Sends("Start a1");
        lab.LosesStops = true;
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.Start("a2", "a");
        lab.Fails("a1");
        lab.Passes(LedgerLab.Pause);
        lab.Sends("Start a2");
    }

    [Fact]
    public void No_start_waits_for_a_row_that_cannot_be_read()
    {
        var lab = new LedgerLab();
        lab.Start("a1", "a");
        lab.Sends("Start a1");
        lab.Unreadable = "a1";
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.Start("a2", "a");
        lab.Fails("a1");
        lab.Passes(LedgerLab.Pause);
        lab.Passes(LedgerLab.Pause);
        lab.Sends("Start a2");
        lab.Unreadable = "";
        lab.Accepted("a2");
        lab.Passes(LedgerLab.Pause);
        lab.Sends("Start a1"); // it is not lost
    }

    [Fact]
    public void A_record_is_sent_when_the_spool_has_written_it()
    {
        var lab = new LedgerLab(isHeld: true);
        lab.Start("a1", "a");
        lab.Start("b1", "b");
        lab.Sends();
        Assert.Equal((2, 0), lab.Backlog);
        lab.Writes();
        lab.Sends("Start a1", "Start b1");
        lab.Accepted("a1");
        lab.Interim("a1");
        lab.Sends("Interim a1"); // an Interim needs no place in the spool
        lab.Stop("a1");
        lab.Accepted("a1");
        lab.Sends();
        lab.Writes();
        lab.Sends("Stop a1");
    }

    [Fact]
    public void A_spool_that_hangs_holds_a_record_for_five_seconds()
    {
        var lab = new LedgerLab(isHeld: true);
        lab.Start("a1", "a");
        lab.Passes(TimeSpan.FromSeconds(4.9));
        lab.Sends();
        lab.Passes(TimeSpan.FromSeconds(0.1));
        lab.Sends("Start a1");
        Assert.Null(lab.NextDeadline);
    }
}

using Akka.LNS.Protocol.Accounting;

namespace Akka.LNS.Protocol.Tests.Accounting;

/// <summary>A Start waits for the pending Stops of earlier sessions of the same user. It delays only this user, and not forever.</summary>
public class LedgerOrderTests
{
    [Fact]
    public void A_start_waits_for_the_stop_of_the_session_before()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Start("a2", "a");
        lab.AcceptsStartOf("b1", "b"); // only sessions of that user wait
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends("Start a2");
    }

    [Fact] // the bundle is slower than the gate, or forwarding never began
    public void A_session_whose_end_comes_before_its_start_keeps_its_place()
    {
        var lab = new LedgerLab();
        lab.Ends("a1", "a");
        lab.Start("a2", "a");
        lab.Sends();
        lab.Ends("a2", "a");
        lab.Start("a3", "a");
        lab.Stop("a2");
        lab.Sends();
        lab.Start("a1", "a");
        lab.Stop("a1");
        lab.BundleGoes("a1");
        foreach (var session in (string[])["a1", "a2"])
        {
            lab.Sends($"Start {session}");
            lab.Accepted(session);
            lab.Sends($"Stop {session}");
            lab.Accepted(session);
        }
        lab.Sends("Start a3");
        Assert.Equal((1, 0), lab.Backlog);
    }

    [Fact]
    public void A_session_whose_end_comes_before_its_start_waits_for_the_session_before()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Ends("a2", "a");
        lab.Start("a3", "a");
        lab.Start("a2", "a");
        lab.Stop("a2");
        lab.Sends();
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends("Start a2");
        lab.Accepted("a2");
        lab.Sends("Stop a2");
        lab.Accepted("a2");
        lab.Sends("Start a3");
    }

    [Fact]
    public void A_start_does_not_wait_for_a_stop_that_was_accepted_meanwhile()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Ends("a2", "a");
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Start("a2", "a");
        lab.Sends("Start a2");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_session_without_records_delays_others_only_until_its_bundle_terminates(bool goneBefore)
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.Ends("a1", "a");
        if (!goneBefore)
        {
            lab.Ends("a2", "a");
            lab.Start("a3", "a");
            lab.Sends();
            lab.BundleGoes("a2");
        }
        else
        {
            lab.Ends("a2", "a");
            lab.BundleGoes("a2");
            lab.Ends("a2", "a");
            lab.BundleGoes("a2");
            lab.Start("a3", "a");
        }
        // the session before it still delays them
        lab.Start("a4", "a");
        lab.Sends();
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends("Start a3", "Start a4");
    }

    [Fact]
    public void An_end_after_the_last_record_was_accepted_delays_others_only_until_the_bundle_terminates()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends();
        lab.Ends("a1", "a"); // the bundle failed, then its link ended
        lab.BundleGoes("a1");
        lab.Start("a2", "a");
        lab.Sends("Start a2");
    }

    [Fact]
    public void A_start_waits_for_the_older_of_two_pending_stops_too()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.AcceptsStartOf("a2", "a");
        lab.Ends("a1", "a");
        lab.Ends("a2", "a");
        lab.Stop("a2");
        lab.Sends("Stop a2");
        lab.Accepted("a2");
        lab.Start("a3", "a");
        lab.Sends();
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends("Start a3");
    }

    [Fact]
    public void Sessions_without_a_user_name_are_not_ordered()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("x1", "");
        lab.Ends("x1", "");
        lab.Ends("x2", "");
        lab.Stop("x1");
        lab.Sends("Stop x1");
        lab.Start("x3", "");
        lab.Start("x2", "");
        lab.Sends("Start x3", "Start x2");
    }

    [Fact] // a pending Stop has a hash of the name
    public void Users_whose_names_have_the_same_hash_wait_for_each_other_and_no_longer()
    {
        Dictionary<uint, string> names = [];
        var (a, b) = ("", "");
        for (var i = 0; b.Length == 0; i++)
        {
            var name = $"user{i}@example.net";
            if (names.Remove(Fnv1a.Hash(name), out var same)) (a, b) = (same, name);
            else names.Add(Fnv1a.Hash(name), name);
        }
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", a);
        lab.AcceptsStartOf("b1", b);
        lab.Ends("a1", a);
        lab.Ends("b1", b);
        lab.Start("a2", a);
        lab.Start("b2", b);
        lab.Stop("b1");
        lab.Sends("Stop b1");
        lab.Accepted("b1");
        lab.Sends();
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends("Start a2", "Start b2");
    }

    [Fact]
    public void A_stop_that_servers_refuse_while_they_accept_others_delays_no_start()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Start("a2", "a");
        lab.AcceptsStartOf("b1", "b");
        lab.Fails("a1");
        lab.Sends("Start a2");
        lab.Passes(LedgerLab.Pause);
        lab.Sends("Stop a1");
        // nor does the further attempt
        lab.Accepted("a2");
        lab.Ends("a2", "a");
        lab.Stop("a2");
        lab.Sends("Stop a2");
        lab.Accepted("a2");
        lab.Start("a3", "a");
        lab.Sends("Start a3");
    }

    [Fact]
    public void A_start_waits_for_a_stop_that_fails_because_no_server_answers()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.Start("a2", "a");
        for (var i = 0; i < 3; i++)
        {
            lab.Sends("Stop a1");
            lab.Fails("a1");
            lab.Passes(LedgerLab.Pause);
        }
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends("Start a2");
    }

    [Fact] // many Stops for slow servers: this one waited too long for a worker, and the servers might have accepted it
    public void A_start_waits_for_a_stop_that_no_server_was_asked_for_though_servers_accept_others()
    {
        var lab = new LedgerLab();
        lab.AcceptsStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.Sends("Stop a1");
        lab.Start("a2", "a");
        lab.AcceptsStartOf("b1", "b");
        lab.IsNotAsked("a1");
        lab.Sends();
        lab.Passes(LedgerLab.Pause);
        lab.Sends("Stop a1");
        lab.Accepted("a1");
        lab.Sends("Start a2");
    }

    [Fact]
    public void Sessions_of_an_earlier_process_are_sent_in_order_and_before_those_of_this_process()
    {
        var lab = new LedgerLab(
            earlier: [("a1", "a", false), ("a2", "a", true), ("b1", "b", true), ("a3", "a", true), ("x1", "", true), ("x2", "", true)]);
        lab.OfNode(AccountingKind.On);
        lab.Start("a9", "a");
        lab.Sends("Stop a1", "Start b1", "Start x1", "Start x2"); // the window is four, and a session that must wait takes no place
        foreach (var session in (string[])["b1", "x1", "x2"])
        {
            lab.Accepted(session);
            lab.Sends($"Stop {session}");
            lab.Accepted(session);
        }
        lab.Accepted("a1");
        foreach (var session in (string[])["a2", "a3"])
        {
            lab.Sends($"Start {session}");
            lab.Accepted(session);
            lab.Sends($"Stop {session}");
            lab.Accepted(session);
        }
        lab.Sends("On node");
        lab.Accepted("node");
        lab.Sends("Start a9");
        Assert.Equal(1, lab.Spooled);
    }

    [Fact]
    public void Sessions_of_this_process_do_not_wait_for_records_of_an_earlier_process_that_fail()
    {
        var lab = new LedgerLab(earlier: [("a1", "a", false), ("b1", "b", false)]);
        lab.OfNode(AccountingKind.On);
        lab.Start("a9", "a");
        lab.Sends("Stop a1", "Stop b1");
        lab.Accepted("b1");
        lab.Fails("a1");
        lab.Sends("On node");
        lab.Start("c9", "c");
        lab.Sends();
        lab.Accepted("node");
        lab.Sends("Start a9", "Start c9");
    }

    [Fact] // nodes of the cluster have not reported yet
    public void A_held_accounting_on_waits_for_its_decision_and_the_sessions_of_this_process_wait_for_it()
    {
        var lab = new LedgerLab(earlier: [("old", "a", false), ("older", "b", false)]);
        lab.Sends("Stop old", "Stop older");
        lab.Accepted("old");
        lab.Fails("older");
        lab.HoldsOn();
        lab.Start("new", "c");
        lab.Sends();
        lab.Passes(LedgerLab.Pause); // records of the earlier process are tried meanwhile
        lab.Sends("Stop older");
        lab.Accepted("older");
        lab.Sends();
        lab.Decides(isSent: true);
        lab.Sends("On node");
        lab.Accepted("node");
        lab.Sends("Start new");
    }

    [Fact]
    public void A_held_accounting_on_that_is_dropped_lets_the_sessions_go()
    {
        var lab = new LedgerLab();
        lab.HoldsOn();
        lab.Start("new", "c");
        lab.Sends();
        lab.Decides(isSent: false);
        lab.Sends("Start new");
        lab.Accepted("new");
        lab.Decides(isSent: true); // nothing is held
        lab.Sends();
        Assert.Equal((0, 0), lab.Backlog);
    }

    [Fact]
    public void Accounting_off_replaces_a_held_accounting_on()
    {
        var lab = new LedgerLab();
        lab.HoldsOn();
        lab.Start("new", "c");
        lab.OfNode(AccountingKind.Off);
        lab.Sends("Start new");
        lab.Accepted("new");
        lab.Sends("Off node");
    }
}

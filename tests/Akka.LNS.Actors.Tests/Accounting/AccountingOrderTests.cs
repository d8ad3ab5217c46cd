using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Tests.Accounting;

/// <summary>Between the sessions of one user a Start waits for the Stop before it; for nobody else, and not for ever.</summary>
public sealed class AccountingOrderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akka-lns-order-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_start_waits_for_the_stop_of_the_session_before()
    {
        await using var lab = new AccountingLab();
        await lab.TakesStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Start("a2", "a");
        await lab.TakesStartOf("b1", "b"); // only of that user
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await lab.Sends("Start a2");
    }

    [Fact] // its bundle is slower than the gate, or forwarding never began
    public async Task A_session_whose_end_comes_before_its_start_keeps_its_place()
    {
        await using var lab = new AccountingLab();
        lab.Ends("a1", "a");
        lab.Start("a2", "a");
        await lab.Sends();
        lab.Ends("a2", "a");
        lab.Start("a3", "a");
        lab.Stop("a2");
        await lab.Sends();
        lab.Start("a1", "a");
        lab.Stop("a1");
        lab.BundleGoes("a1");
        foreach (var session in (string[])["a1", "a2"])
        {
            await lab.Sends($"Start {session}");
            lab.Taken(session);
            await lab.Sends($"Stop {session}");
            lab.Taken(session);
        }
        await lab.Sends("Start a3");
        Assert.Equal((1, 0), ((await lab.Backlog()).UnderWay, (await lab.Backlog()).Waiting));
    }

    [Fact]
    public async Task A_session_whose_end_comes_before_its_start_waits_for_the_one_before_it()
    {
        await using var lab = new AccountingLab();
        await lab.TakesStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Ends("a2", "a");
        lab.Start("a3", "a");
        lab.Start("a2", "a");
        lab.Stop("a2");
        await lab.Sends();
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await lab.Sends("Start a2");
        lab.Taken("a2");
        await lab.Sends("Stop a2");
        lab.Taken("a2");
        await lab.Sends("Start a3");
    }

    [Fact]
    public async Task What_was_taken_meanwhile_is_not_waited_for()
    {
        await using var lab = new AccountingLab();
        await lab.TakesStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Ends("a2", "a");
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        lab.Start("a2", "a");
        await lab.Sends("Start a2");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_has_no_account_holds_up_nobody_when_its_bundle_has_gone(bool goneBefore)
    {
        await using var lab = new AccountingLab();
        await lab.TakesStartOf("a1", "a");
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
        // and the one before it is waited for all the same
        lab.Start("a4", "a");
        await lab.Sends();
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await lab.Sends("Start a3", "Start a4");
    }

    [Fact]
    public async Task An_end_that_is_told_after_all_records_is_nothing()
    {
        await using var lab = new AccountingLab();
        await lab.TakesStartOf("a1", "a");
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.BundleGoes("a1");
        lab.Taken("a1");
        await lab.Sends();
        lab.Ends("a1", "a"); // the bundle failed, then its link went
        lab.Start("a2", "a");
        await lab.Sends("Start a2");
    }

    [Fact]
    public async Task Of_two_at_a_time_the_one_that_is_owed_longer_is_not_forgotten()
    {
        await using var lab = new AccountingLab();
        await lab.TakesStartOf("a1", "a");
        await lab.TakesStartOf("a2", "a");
        lab.Ends("a1", "a");
        lab.Ends("a2", "a");
        lab.Stop("a2");
        await lab.Sends("Stop a2");
        lab.Taken("a2");
        lab.Start("a3", "a");
        await lab.Sends();
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await lab.Sends("Start a3");
    }

    [Fact]
    public async Task Who_has_no_name_has_no_order()
    {
        await using var lab = new AccountingLab();
        await lab.TakesStartOf("x1", "");
        lab.Ends("x1", "");
        lab.Ends("x2", "");
        lab.Stop("x1");
        await lab.Sends("Stop x1");
        lab.Start("x3", "");
        lab.Start("x2", "");
        await lab.Sends("Start x3", "Start x2");
    }

    [Fact] // what waits does not hold the names
    public async Task Users_whose_names_fall_together_wait_for_each_other_and_no_longer()
    {
        Dictionary<int, string> names = [];
        var (a, b) = ("", "");
        for (var i = 0; b.Length == 0; i++) // two of some 70,000
        {
            var name = $"user{i}@example.net";
            if (names.Remove(name.GetHashCode(StringComparison.Ordinal), out var same)) (a, b) = (same, name);
            else names.Add(name.GetHashCode(StringComparison.Ordinal), name);
        }
        await using var lab = new AccountingLab();
        await lab.TakesStartOf("a1", a);
        await lab.TakesStartOf("b1", b);
        lab.Ends("a1", a);
        lab.Ends("b1", b);
        lab.Start("a2", a);
        lab.Start("b2", b);
        lab.Stop("b1");
        await lab.Sends("Stop b1");
        lab.Taken("b1");
        await lab.Sends();
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await lab.Sends("Start a2", "Start b2");
    }

    [Fact]
    public async Task A_stop_that_fails_while_others_get_through_holds_up_nobody()
    {
        await using var lab = new AccountingLab(retryInterval: TimeSpan.FromMilliseconds(1));
        await lab.TakesStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Start("a2", "a");
        await lab.TakesStartOf("b1", "b");
        lab.Fails("a1");
        await lab.Sends("Start a2", "Stop a1");
        // nor when it is tried again
        lab.Taken("a2");
        lab.Ends("a2", "a");
        lab.Stop("a2");
        await lab.Sends("Stop a2");
        lab.Taken("a2");
        lab.Start("a3", "a");
        await lab.Sends("Start a3");
    }

    [Fact]
    public async Task A_stop_that_fails_since_no_server_answers_is_waited_for()
    {
        await using var lab = new AccountingLab(retryInterval: TimeSpan.FromMilliseconds(1));
        await lab.TakesStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Stop("a1");
        lab.Start("a2", "a");
        for (var i = 0; i < 3; i++)
        {
            await lab.Sends("Stop a1");
            lab.Fails("a1");
        }
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await lab.Sends("Start a2");
    }

    [Fact] // a storm of Stops for slow servers: it has waited too long, and they might have taken it
    public async Task A_stop_that_no_server_was_asked_for_is_waited_for_though_others_get_through()
    {
        await using var lab = new AccountingLab(retryInterval: TimeSpan.FromMilliseconds(1));
        await lab.TakesStartOf("a1", "a");
        lab.Ends("a1", "a");
        lab.Stop("a1");
        await lab.Sends("Stop a1");
        lab.Start("a2", "a");
        await lab.TakesStartOf("b1", "b");
        lab.IsNotAsked("a1");
        await lab.Sends("Stop a1");
        lab.Taken("a1");
        await lab.Sends("Start a2");
    }

    [Fact]
    public async Task What_an_earlier_process_left_is_told_in_order_and_before_this_time()
    {
        await using var lab = Later(("a1", "a", false), ("a2", "a", true), ("b1", "b", true), ("a3", "a", true), ("x1", "", true), ("x2", "", true));
        lab.OfNode(AccountingKind.On);
        lab.Start("a9", "a");
        await lab.Sends("Stop a1", "Start b1", "Start x1", "Start x2"); // four workers, and nobody has a turn that must wait
        foreach (var session in (string[])["b1", "x1", "x2"])
        {
            lab.Taken(session);
            await lab.Sends($"Stop {session}");
            lab.Taken(session);
        }
        lab.Taken("a1");
        foreach (var session in (string[])["a2", "a3"])
        {
            await lab.Sends($"Start {session}");
            lab.Taken(session);
            await lab.Sends($"Stop {session}");
            lab.Taken(session);
        }
        await lab.Sends("On node");
        lab.Taken("node");
        await lab.Sends("Start a9");
    }

    [Fact]
    public async Task This_time_does_not_wait_for_what_fails_of_the_time_before()
    {
        await using var lab = Later(("a1", "a", false), ("b1", "b", false));
        lab.OfNode(AccountingKind.On);
        lab.Start("a9", "a");
        await lab.Sends("Stop a1", "Stop b1");
        lab.Taken("b1");
        lab.Fails("a1");
        await lab.Sends("On node");
        lab.Start("c9", "c");
        await lab.Sends();
        lab.Taken("node");
        await lab.Sends("Start a9", "Start c9");
    }

    private AccountingLab Later(params (string Session, string User, bool IsStartDue)[] left) => AccountingLab.Later(_folder, left);
}

using CsCheck;

namespace Akka.LNS.Protocol.Tests.Accounting;

/// <summary>
/// The laws of the ledger under any script of events. <see cref="LedgerWorld"/> checks them at each effect:
/// <list type="bullet">
/// <item>Within a session the order is Start, Interims, Stop, with one record outstanding.</item>
/// <item>A Start is not sent before the Stop of an earlier session of the same user that has ended. The exceptions are a Stop that was
/// accepted, lost, or refused while the same servers accepted other records; a row that cannot be read or is not there; and a session that
/// an earlier process left behind, unless both are of that process.</item>
/// <item>A Stop is the same record at each attempt, also after a kill of the process. No Interim is sent after it. The exception is a Stop
/// that was sent before the spool had written it, because the spool took too long.</item>
/// <item>Accounting-On is sent when every record of the earlier process has been tried, and before the Starts of this process that were
/// offered after it. A held one is not sent before the decision. Accounting-Off is sent when nothing else waits.</item>
/// <item>The number of attempts is at most the window, and one while the servers are down.</item>
/// <item>No deadline is in the past, and none stays after its time.</item>
/// <item>When servers and spool work, the ledger comes to rest, and every Start and Stop was accepted or counted as lost.</item>
/// </list>
/// </summary>
public class LedgerLawTests
{
    private static readonly Gen<(int What, int Which)[]> Scripts = Gen.Select(Gen.Int[0, 17], Gen.Int[0, 1_000]).Array[0, 120];

    private static LedgerWorld Run(LedgerWorld.Rules rules, (int What, int Which)[] script)
    {
        var world = new LedgerWorld(rules);
        foreach (var (what, which) in script) world.Step(what, which);
        return world;
    }

    private static void Check(LedgerWorld.Rules rules, int iterations) =>
        Scripts.Sample(script => Run(rules, script).Drain(), iter: iterations);

    [Fact]
    public void Laws_hold_while_servers_answer() => Check(new(HasRealms: false, WritesLater: false, Fails: false, Restarts: false), 2_000);

    [Fact]
    public void Laws_hold_while_servers_and_spool_fail() =>
        Check(new(HasRealms: false, WritesLater: false, Fails: true, Restarts: false), 4_000);

    [Fact]
    public void Laws_hold_while_the_spool_writes_later() =>
        Check(new(HasRealms: false, WritesLater: true, Fails: true, Restarts: false), 2_000);

    [Fact]
    public void Laws_hold_with_several_server_sets_and_reloads() =>
        Check(new(HasRealms: true, WritesLater: false, Fails: true, Restarts: false), 4_000);

    [Fact]
    public void Laws_hold_over_restarts() => Check(new(HasRealms: false, WritesLater: false, Fails: true, Restarts: true), 4_000);

    [Fact]
    public void Laws_hold_whatever_happens() => Check(new(HasRealms: true, WritesLater: true, Fails: true, Restarts: true), 4_000);

    [Fact]
    public void The_same_script_has_the_same_effects() => Scripts.Sample(script =>
    {
        var rules = new LedgerWorld.Rules(HasRealms: true, WritesLater: true, Fails: true, Restarts: true);
        Assert.Equal(Run(rules, script).Trace, Run(rules, script).Trace);
    }, iter: 500);
}

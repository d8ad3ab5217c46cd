using Akka.LNS.Protocol.Membership;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Membership;

public class NodeTableTests
{
    private static readonly DateTimeOffset Zero = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly NodeKey A = new("a", 1), B = new("b", 2), C = new("c", 3);

    private static DateTimeOffset At(double seconds) => Zero.AddSeconds(seconds);
    private static NodeTableEvent.Seen Seen(NodeKey key, MemberPhase phase = MemberPhase.Up, params string[] roles) =>
        new(key, phase, [.. roles]);
    private static NodeReport Report(int sessions = 0, params string[] silent) =>
        new("name", "1", sessions, 1, 0, "open", NodeDrain.Serving, Zero, true, [.. silent]);
    private static NodeTable After(NodeTable table, params (double Second, NodeTableEvent Ev)[] script) =>
        script.Aggregate(table, static (t, step) => NodeTable.On(t, step.Ev, At(step.Second)));

    private static readonly NodeTable Three =
        After(NodeTable.Empty, (0, Seen(A, roles: ["x"])), (1, Seen(B, roles: ["x", "y"])), (2, Seen(C, MemberPhase.Joining)),
        (2, new NodeTableEvent.ByAge(["a", "b", "c"])));

    [Fact]
    public void A_member_keeps_the_start_of_its_phase_and_its_last_report()
    {
        var table = After(Three, (5, new NodeTableEvent.Reported("c", Report(7))), (6, Seen(C, MemberPhase.Joining)), (7, Seen(C)),
            (9, Seen(C)));
        Assert.Equal((MemberPhase.Up, At(7), 7, At(5)),
            (table.Members["c"].Phase, table.Members["c"].Since, table.Members["c"].Report!.Sessions, table.Members["c"].HeardAt));
    }

    [Fact]
    public void An_unreachable_member_is_marked_until_it_is_reachable_again()
    {
        var table = After(Three, (5, new NodeTableEvent.Unreachable(B)), (8, new NodeTableEvent.Unreachable(B)));
        Assert.Equal(At(5), table.Members["b"].UnreachableSince);
        Assert.Equal(At(5), After(table, (9, Seen(B, MemberPhase.Down))).Members["b"].UnreachableSince);
        Assert.Null(After(table, (9, new NodeTableEvent.Reachable(B))).Members["b"].UnreachableSince);
    }

    [Fact]
    public void A_downed_member_is_lost_since_it_was_unreachable_until_it_returns_or_is_forgotten()
    {
        var lost = After(Three, (4, new NodeTableEvent.Reported("b", Report(12))), (5, new NodeTableEvent.Unreachable(B)),
            (9, new NodeTableEvent.Gone(B, Downed: true)));
        Assert.False(lost.Members.ContainsKey("b"));
        Assert.Equal((B, At(5), 12), (lost.Lost["b"].Key, lost.Lost["b"].Since, lost.Lost["b"].Last!.Sessions));
        Assert.Empty(After(lost, (20, Seen(new NodeKey("b", 9), MemberPhase.Joining))).Lost);
        Assert.Single(After(lost, (65, new NodeTableEvent.Tick(TimeSpan.FromSeconds(60)))).Lost);
        Assert.Empty(After(lost, (65.1, new NodeTableEvent.Tick(TimeSpan.FromSeconds(60)))).Lost);
    }

    [Fact]
    public void A_member_that_left_is_not_lost()
    {
        var table = After(Three, (5, Seen(B, MemberPhase.Leaving)), (6, new NodeTableEvent.Gone(B, Downed: false)));
        Assert.Equal((2, 0), (table.Members.Count, table.Lost.Count));
    }

    [Fact]
    public void The_end_of_an_incarnation_does_not_affect_the_next_one()
    {
        var again = new NodeKey("b", 22);
        var table = After(Three, (5, Seen(again, MemberPhase.Joining)), (6, Seen(B, MemberPhase.Down)),
            (6, new NodeTableEvent.Unreachable(B)), (7, new NodeTableEvent.Gone(B, Downed: true)));
        Assert.Equal((again, MemberPhase.Joining, null),
            (table.Members["b"].Key, table.Members["b"].Phase, table.Members["b"].UnreachableSince));
        Assert.Empty(table.Lost);
    }

    [Fact]
    public void A_downed_node_has_lost_the_others_and_a_node_that_left_has_not()
    {
        var down = After(Three, (5, new NodeTableEvent.Unreachable(B)), (9, new NodeTableEvent.Outside("a", OthersAreLost: true)));
        Assert.Equal<(string, DateTimeOffset)>([("b", At(5)), ("c", At(9))], down.Lost.Values.Select(static l => (l.Key.Address, l.Since)));
        Assert.Equal((0, null, 0), (down.Members.Count, down.Leader, down.ByAge.Length));
        Assert.Empty(After(Three, (9, new NodeTableEvent.Outside("a", OthersAreLost: false))).Lost);
    }

    [Fact]
    public void The_oldest_member_is_up_and_has_the_role()
    {
        Assert.Equal(("a", "a", "b", null), (Three.Oldest(), Three.Oldest("x"), Three.Oldest("y"), Three.Oldest("z")));
        Assert.Equal(("b", "b"), (After(Three, (3, Seen(A, MemberPhase.Exiting, "x"))).Oldest(),
            After(Three, (3, Seen(A, MemberPhase.Exiting, "x"))).Oldest("x")));
    }

    [Fact]
    public void A_member_that_is_up_without_reports_is_silent_and_the_node_that_reports_it_is_its_observer()
    {
        var table = After(Three, (3, new NodeTableEvent.Reported("b", Report(0, "c", "a"))));
        Assert.Equal<string>(["a"], table.Silent("c", At(9), TimeSpan.FromSeconds(6))); // b spoke just in time, c is joining
        Assert.Equal<string>(["b"], table.Silent("a", At(9.1), TimeSpan.FromSeconds(6)));
        Assert.Equal<string>(["b"], table.ObserversOf("a"));
        Assert.Empty(table.ObserversOf("b"));
    }

    [Fact] // law: with any events, the table stays within its bounds, and no node is both member and lost
    public void The_table_is_bounded_and_no_node_is_both_member_and_lost()
    {
        var events = Gen.Select(Gen.Int[0, 99], Gen.Int[1, 3], Gen.Int[0, 6], Gen.Int[0, 6]).Select((n, uid, kind, phase) =>
        {
            var key = new NodeKey($"n{n}", uid);
            NodeTableEvent ev = kind switch
            {
                0 or 1 => Seen(key, (MemberPhase)phase),
                2 => new NodeTableEvent.Unreachable(key),
                3 => new NodeTableEvent.Reachable(key),
                4 or 5 => new NodeTableEvent.Gone(key, Downed: true),
                _ => new NodeTableEvent.Reported(key.Address, Report(n)),
            };
            return ev;
        });
        events.Array[0, 600].Sample(script =>
        {
            var table = NodeTable.Empty;
            for (var i = 0; i < script.Length; i++)
            {
                table = NodeTable.On(table, script[i], At(i));
                Assert.InRange(table.Lost.Count, 0, NodeTable.MostLost);
                Assert.Empty(table.Lost.Keys.Intersect(table.Members.Keys));
            }
        }, iter: 200);
    }
}

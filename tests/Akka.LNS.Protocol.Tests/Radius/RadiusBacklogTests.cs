using Akka.LNS.Protocol.Radius;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Radius;

public class RadiusBacklogTests
{
    private const RadiusClass Login = RadiusClass.Authentication, Start = RadiusClass.StartStop, Interim = RadiusClass.Interim;
    private static readonly Func<RadiusClass, int, bool> Any = static (_, _) => true;
    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    private static RadiusBacklog<string> Backlog(int workers = 100, int most = 100, int sets = 1, bool logins = true) =>
        new(new(workers, most, most, most, logins, StartStopShare: 4), sets);

    private static void Add(RadiusBacklog<string> backlog, RadiusClass of, int count, int set = 0, double deadline = 99)
    {
        for (var i = 1; i <= count; i++) Assert.True(backlog.TryAdd(of, set, "", $"{of.ToString()[0]}{i}", At(0), At(deadline)));
    }

    private readonly List<RadiusTurn> _turns = [];

    private List<string> TakeAll(RadiusBacklog<string> backlog, Func<RadiusClass, int, bool>? reserve = null)
    {
        List<string> taken = [];
        while (backlog.TryTake(reserve ?? Any, out var item, out var turn))
        {
            taken.Add(item);
            _turns.Add(turn);
        }
        return taken;
    }

    /// <summary>The latest request of the class is done.</summary>
    private void Done(RadiusBacklog<string> backlog, RadiusClass of, bool? accepted = null)
    {
        var last = _turns.FindLastIndex(t => t.Class == of);
        backlog.Done(_turns[last], accepted);
        _turns.RemoveAt(last);
    }

    [Fact]
    public void Within_a_class_the_oldest_goes_first()
    {
        var backlog = Backlog();
        Add(backlog, Login, 4);
        Assert.Equal(["A1", "A2", "A3", "A4"], TakeAll(backlog));
    }

    [Fact]
    public void Logins_go_before_Starts_before_Interims_and_one_in_a_share_is_a_Start()
    {
        var backlog = Backlog();
        Add(backlog, Interim, 2);
        Add(backlog, Start, 3);
        Add(backlog, Login, 8);
        Assert.Equal(["A1", "A2", "A3", "S1", "A4", "A5", "A6", "S2", "A7", "A8", "S3", "I1", "I2"], TakeAll(backlog));
    }

    [Fact] // its share is not lost while accounting may have no further worker
    public void A_Start_whose_share_has_come_goes_as_soon_as_accounting_may_have_a_worker()
    {
        var backlog = Backlog(workers: 8);
        Add(backlog, Start, 7);
        Assert.Equal(["S1", "S2", "S3", "S4", "S5", "S6"], TakeAll(backlog)); // two workers are kept for logins
        Add(backlog, Login, 2);
        Assert.Equal(["A1", "A2"], TakeAll(backlog));
        Done(backlog, Start);
        Add(backlog, Login, 1);
        Assert.Equal(["A1"], TakeAll(backlog));
        Done(backlog, Login);
        Done(backlog, Login);
        Add(backlog, Login, 1);
        Assert.Equal(["S7", "A1"], TakeAll(backlog));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(16, 12, 8)]
    [InlineData(32, 24, 16)]
    public void Accounting_leaves_workers_to_logins_and_Interims_to_both(int workers, int accounting, int interims)
    {
        var backlog = Backlog(workers);
        Add(backlog, Interim, 40);
        Assert.Equal(interims, TakeAll(backlog).Count);
        Add(backlog, Start, 40);
        Assert.Equal(accounting - interims, TakeAll(backlog).Count);
        Add(backlog, Login, 40);
        Assert.Equal(workers - accounting, TakeAll(backlog).Count);
        Assert.Equal(workers, backlog.Outstanding);
    }

    [Fact]
    public void Without_logins_accounting_has_all_workers()
    {
        var backlog = Backlog(workers: 8, logins: false);
        Add(backlog, Start, 10);
        Assert.Equal(8, TakeAll(backlog).Count);
    }

    [Fact]
    public void A_full_class_takes_no_more_and_other_classes_do()
    {
        var backlog = Backlog(most: 2);
        Add(backlog, Interim, 2);
        Assert.False(backlog.TryAdd(Interim, 0, "", "one too many", At(0), At(9)));
        Add(backlog, Login, 2);
        Assert.False(backlog.TryAdd(Login, 0, "", "one too many", At(0), At(9)));
        Assert.Equal((2, 0, 2, 4), (backlog.WaitingOf(Login), backlog.WaitingOf(Start), backlog.WaitingOf(Interim), backlog.Waiting));
    }

    [Fact]
    public void A_request_that_waits_until_its_deadline_is_removed()
    {
        var backlog = Backlog();
        Add(backlog, Login, 2, deadline: 5);
        Add(backlog, Start, 1, deadline: 6);
        Assert.Equal(At(5), backlog.NextDeadline);
        Assert.False(backlog.TryExpire(new Instant(At(5).Ticks - 1), out _, out _));
        Assert.True(backlog.TryExpire(At(5), out var item, out var of));
        Assert.Equal(("A1", Login), (item, of));
        Assert.True(backlog.TryExpire(At(5), out _, out _));
        Assert.False(backlog.TryExpire(At(5), out _, out _));
        Assert.Equal(["S1"], TakeAll(backlog));
        Assert.Null(backlog.NextDeadline);
    }

    [Fact]
    public void The_age_of_the_oldest_request_is_known()
    {
        var backlog = Backlog(sets: 2);
        Assert.Null(backlog.OldestOf(Login));
        backlog.TryAdd(Login, 1, "", "first", At(3), At(9));
        backlog.TryAdd(Login, 0, "", "second", At(4), At(9));
        Assert.Equal(At(3), backlog.OldestOf(Login));
        TakeAll(backlog, static (_, set) => set == 1);
        Assert.Equal(At(4), backlog.OldestOf(Login));
    }

    [Fact]
    public void A_request_whose_servers_have_no_token_lets_others_pass()
    {
        var backlog = Backlog(sets: 2);
        backlog.TryAdd(Login, 0, "", "a", At(0), At(9));
        backlog.TryAdd(Login, 1, "", "b", At(0), At(9));
        backlog.TryAdd(Login, 0, "", "c", At(0), At(9));
        Assert.Equal(["b"], TakeAll(backlog, static (_, set) => set == 1));
        Assert.True(backlog.IsWaiting(Login, 0));
        Assert.Equal(["a", "c"], TakeAll(backlog));
    }

    [Fact]
    public void Requests_of_a_server_set_are_drained_by_class()
    {
        var backlog = Backlog(sets: 2);
        Add(backlog, Login, 2, set: 1);
        Add(backlog, Login, 1);
        Assert.True(backlog.TryDrain(Login, 1, out var first) && backlog.TryDrain(Login, 1, out _));
        Assert.Equal("A1", first);
        Assert.False(backlog.TryDrain(Login, 1, out _));
        Assert.Equal(1, backlog.Waiting);
    }

    private static readonly Gen<(int Do, int Class, int Set)[]> Script = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 2]).Array[0,
        200];

    // law: no request is lost or taken twice, no more are outstanding than workers, each server set is in order, no worker is idle without
    // need
    [Fact]
    public void Each_request_is_taken_once_and_in_order() => Gen.Select(Script, Gen.Int[1, 9]).Sample((script, workers) =>
    {
        var backlog = new RadiusBacklog<(int Number, int Class, int Set)>(new(workers, 20, 20, 20), 3);
        Dictionary<(int, int), int> last = [];
        List<RadiusTurn> busy = [];
        var (added, left) = (0, 0);
        foreach (var (what, cls, set) in script)
        {
            switch (what)
            {
                case 0 or 1:
                    if (backlog.TryAdd((RadiusClass)cls, set, "", (++added, cls, set), At(0), At(9))) left++;
                    else Assert.Equal(20, backlog.WaitingOf((RadiusClass)cls));
                    break;
                case 2 when backlog.TryTake(Any, out var item, out var turn):
                    Assert.Equal((int)turn.Class, item.Class);
                    Assert.True(item.Number > last.GetValueOrDefault((item.Class, item.Set)));
                    last[(item.Class, item.Set)] = item.Number;
                    busy.Add(turn);
                    left--;
                    break;
                case 2:
                    Assert.True(busy.Count == workers || backlog.WaitingOf(Login) == 0
                        || busy.Count(static t => t.IsBounded) >= Math.Max(1, workers / 2));
                    break;
                case 3 when busy.Count > 0:
                    backlog.Done(busy[0]);
                    busy.RemoveAt(0);
                    break;
            }
            Assert.True(busy.Count <= workers);
            Assert.Equal((left, busy.Count), (backlog.Waiting, backlog.Outstanding));
        }
    });

    [Fact]
    public void Requests_that_wait_keep_their_order_when_server_sets_and_limits_change()
    {
        var backlog = Backlog(most: 5, sets: 2);
        for (var i = 0; i < 4; i++) Assert.True(backlog.TryAdd(Login, i % 2, "", $"A{i}", At(i), At(99)));
        Assert.True(backlog.TryTake(Any, out var taken, out var turn));
        backlog.Change(new RadiusBacklogPolicy(100, 2, 2, 2), 3, static item => item == "A2" ? 2 : 0);
        Assert.Equal((3, 1, At(1)), (backlog.WaitingOf(Login), backlog.Outstanding, backlog.OldestOf(Login)));
        Assert.False(backlog.TryAdd(Login, 0, "", "late", At(9), At(99))); // three wait, the limit is two
        Assert.True(backlog.IsWaiting(Login, 2));
        Assert.Equal(["A0", "A1", "A2", "A3"], TakeAll(backlog).Prepend(taken));
        backlog.Done(turn);
        Assert.True(backlog.TryAdd(Login, 2, "", "next", At(9), At(99)));
    }

    // ---- shares of LACs -----------------------------------------------------------------------------------------------

    private static void Add(RadiusBacklog<string> backlog, string lac, int count, RadiusClass of = Login)
    {
        for (var i = 1; i <= count; i++) Assert.True(backlog.TryAdd(of, 0, lac, $"{lac}{i}", At(0), At(99)));
    }

    /// <summary>A LAC whose logins were accepted.</summary>
    private static void Prove(RadiusBacklog<string> backlog, params ReadOnlySpan<string> lacs)
    {
        foreach (var lac in lacs)
        {
            Add(backlog, lac, 1);
            Assert.True(backlog.TryTake(Any, out _, out var turn));
            backlog.Done(turn, accepted: true);
        }
    }

    [Fact]
    public void The_lac_with_the_fewest_outstanding_logins_goes_first()
    {
        var backlog = Backlog(workers: 6);
        Prove(backlog, "a", "b", "c");
        Add(backlog, "a", 6);
        Add(backlog, "b", 2);
        Add(backlog, "c", 1);
        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3"], TakeAll(backlog));
        Add(backlog, "c", 1);
        backlog.Done(_turns[0], accepted: true);
        Assert.Equal(["c1"], TakeAll(backlog));
    }

    [Fact]
    public void A_lac_that_is_alone_has_all_workers_from_its_first_accepted_login_on()
    {
        var backlog = Backlog(workers: 16);
        Add(backlog, "a", 40);
        Assert.Equal(8, TakeAll(backlog).Count);
        Done(backlog, Login, accepted: true);
        Assert.Equal(9, TakeAll(backlog).Count);
    }

    [Fact] // FreeRADIUS holds each rejection for a second
    public void Lacs_whose_logins_are_rejected_leave_half_of_the_workers_to_the_others()
    {
        var backlog = Backlog(workers: 16);
        Prove(backlog, "good");
        Add(backlog, "bad", 20);
        Add(backlog, "worse", 20);
        Assert.Equal(8, TakeAll(backlog).Count);
        Add(backlog, "good", 10);
        Assert.Equal(8, TakeAll(backlog).Count(static item => item.StartsWith("good", StringComparison.Ordinal)));
        for (var i = 0; i < 8; i++) backlog.Done(_turns[i], accepted: false);
        Assert.Equal(8, TakeAll(backlog).Count(static item => !item.StartsWith("good", StringComparison.Ordinal)));
        for (var i = 8; i < 16; i++) backlog.Done(_turns[i], accepted: true);
        Assert.Equal(["good9", "good10"], TakeAll(backlog)); // though many others wait
    }

    [Fact]
    public void Failing_logins_have_a_quarter_of_the_workers_and_one_also_while_others_wait()
    {
        var backlog = Backlog(workers: 16);
        Prove(backlog, "a");
        Add(backlog, "a", 30);
        Add(backlog, "f", 25, RadiusClass.FailingLogin);
        Assert.Equal("f1", TakeAll(backlog)[0]);
        Assert.Equal((15, 1), (backlog.OutstandingOf(Login), backlog.OutstandingOf(RadiusClass.FailingLogin)));
        foreach (var turn in _turns) backlog.Done(turn);
        TakeAll(backlog);
        Assert.Equal((15, 1), (backlog.OutstandingOf(Login), backlog.OutstandingOf(RadiusClass.FailingLogin)));
        Assert.Equal(0, backlog.WaitingOf(Login));
        foreach (var turn in _turns[^16..]) backlog.Done(turn);
        TakeAll(backlog);
        Assert.Equal((0, 4), (backlog.OutstandingOf(Login), backlog.OutstandingOf(RadiusClass.FailingLogin)));
    }

    [Fact]
    public void A_full_class_takes_a_login_of_a_lac_below_its_share()
    {
        var backlog = Backlog(most: 10);
        Add(backlog, "hog", 10);
        Assert.False(backlog.TryAdd(Login, 0, "hog", "one too many", At(0), At(9)));
        Add(backlog, "other", 5);
        Assert.False(backlog.TryAdd(Login, 0, "other", "one too many", At(0), At(9)));
        Assert.False(backlog.TryAdd(Login, 0, "hog", "one too many", At(0), At(9)));
    }

    [Fact]
    public void The_age_of_the_oldest_login_of_each_lac_is_known()
    {
        var backlog = Backlog(workers: 1);
        for (var i = 0; i < 3; i++) backlog.TryAdd(Login, 0, "a", $"{i}", At(i), At(99));
        backlog.TryAdd(Login, 0, "b", "b", At(2), At(99));
        Assert.Equal((At(0), At(2)), (backlog.OldestBySource(Login)["a"], backlog.OldestBySource(Login)["b"]));
        Assert.True(backlog.TryTake(Any, out _, out _));
        Assert.Equal(At(1), backlog.OldestBySource(Login)["a"]);
    }
}

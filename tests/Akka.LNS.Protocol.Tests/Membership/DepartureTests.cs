using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Protocol.Tests.Membership;

public class DepartureTests
{
    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));
    private static DepartureState.Emptying Emptying(double? leaveAt = null, bool seen = false) =>
        new(leaveAt is { } at ? At(at) : null, seen);
    private static DepartureEvent.LeaveOrdered Leave(double? within = null) => new(within is { } w ? TimeSpan.FromSeconds(w) : null);
    private static DepartureEffect.Drain Drain(double? within = null) => new(within is { } w ? TimeSpan.FromSeconds(w) : null);

    private static readonly DepartureState Staying = DepartureState.Staying.Instance, Left = DepartureState.Left.Instance;
    private static readonly DepartureEvent Join = DepartureEvent.JoinOrdered.Instance,
        Serves = new DepartureEvent.Observed(NodeDrain.Serving),
        Drains = new DepartureEvent.Observed(NodeDrain.Draining), IsEmpty = new DepartureEvent.Observed(NodeDrain.Drained);
    private static readonly DepartureEffect Go = DepartureEffect.LeaveCluster.Instance, Undrain = DepartureEffect.Undrain.Instance;

    public sealed record Row(string Name, DepartureState Before, DepartureEvent Ev, double Now, DepartureState After,
        params DepartureEffect[] Effects)
    {
        public override string ToString() => Name;
    }

    public static TheoryData<Row> Table =>
    [
        new Row("staying: to leave", Staying, Leave(), 1, Emptying(), Drain()),
        new Row("staying: to leave with a deadline", Staying, Leave(60), 1, Emptying(leaveAt: 91), Drain(60)),
        new Row("staying: to join", Staying, Join, 1, Staying),
        new Row("staying: drained without an order to leave", Staying, IsEmpty, 1, Staying),
        new Row("emptying: the drain has not begun yet", Emptying(), Serves, 1, Emptying()),
        new Row("emptying: it has begun", Emptying(leaveAt: 91), Drains, 1, Emptying(leaveAt: 91, seen: true)),
        new Row("emptying: sessions remain", Emptying(seen: true), Drains, 1_000, Emptying(seen: true)),
        new Row("emptying: empty", Emptying(seen: true), IsEmpty, 5, Left, Go),
        new Row("emptying: was empty at once", Emptying(), IsEmpty, 5, Left, Go),
        new Row("emptying: not yet time", Emptying(leaveAt: 91, seen: true), Drains, 90.9, Emptying(leaveAt: 91, seen: true)),
        new Row("emptying: sessions that do not end", Emptying(leaveAt: 91, seen: true), Drains, 91, Left, Go),
        new Row("emptying: the drain was called off", Emptying(leaveAt: 91, seen: true), Serves, 5, Staying),
        new Row("emptying: ordered again", Emptying(leaveAt: 91, seen: true), Leave(), 5, Emptying(), Drain()),
        new Row("emptying: to join", Emptying(seen: true), Join, 5, Staying, Undrain),
        new Row("left: time passes", Left, IsEmpty, 5, Left),
        new Row("left: to leave", Left, Leave(), 5, Left),
        new Row("left: to join", Left, Join, 5, Staying, Undrain),
    ];

    [Theory, MemberData(nameof(Table))]
    public void Each_row(Row row)
    {
        var (after, effects) = Departure.On(row.Before, row.Ev, At(row.Now));
        Assert.Equal(row.After, after);
        Assert.Equal(row.Effects, effects);
    }
}

using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Protocol.Tests.Membership;

/// <summary>Accounting-On and -Off belong to a NAS. A node sends them only when it is the only one of its NAS.</summary>
public class NasSharingTests
{
    private const string Self = "akka.tcp://lns@10.0.0.1:8711", Other = "akka.tcp://lns@10.0.0.2:8711";
    private static readonly NasIdentity Own = new("192.0.2.10", "north");
    private static readonly NodeKey SelfKey = new(Self, 1), OtherKey = new(Other, 2);
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private static NodeReport Report(NasIdentity nas) => new("two", "1", 0, 0, 0, "open", NodeDrain.Serving, Now, true, [], nas);

    private static NodeTable Table(params ReadOnlySpan<NodeTableEvent> events)
    {
        var table = NodeTable.On(NodeTable.Empty, new NodeTableEvent.Seen(SelfKey, MemberPhase.Up, []), Now);
        foreach (var ev in events) table = NodeTable.On(table, ev, Now);
        return table;
    }

    private static NodeTable With(NasIdentity nas, params ReadOnlySpan<NodeTableEvent> more) => Table(
        [new NodeTableEvent.Seen(OtherKey, MemberPhase.Up, []), new NodeTableEvent.Reported(Other, Report(nas)), .. more]);

    private static NasVerdict Decide(NodeTable table, params string[] seeds) => NasSharing.Decide(Own, Self, seeds, table);

    [Fact]
    public void A_node_alone_is_the_only_one_of_its_nas() => Assert.Equal(NasVerdict.Sole, Decide(Table()));

    [Theory]
    [InlineData("192.0.2.10", "south", "node two at akka.tcp://lns@10.0.0.2:8711 has the same NAS-IP-Address 192.0.2.10")]
    [InlineData("192.0.2.11", "north", "node two at akka.tcp://lns@10.0.0.2:8711 has the same NAS-Identifier north")]
    public void A_member_with_the_same_address_or_identifier_is_the_same_nas_even_without_sessions(
        string address, string identifier, string why) =>
        Assert.Equal(new NasVerdict(NasClaim.Shared, why), Decide(With(new NasIdentity(address, identifier))));

    [Fact]
    public void A_member_with_another_identity_does_not_matter()
    {
        Assert.Equal(NasVerdict.Sole, Decide(With(new NasIdentity("192.0.2.11", "south")), Other));
        // both send no NAS-IP-Address, and their source addresses are not known
        Assert.Equal(NasVerdict.Sole, NasSharing.Decide(new NasIdentity("", "north"), Self, [], With(new NasIdentity("", "south"))));
    }

    [Fact]
    public void A_lost_or_unreachable_node_of_the_same_nas_may_have_sessions()
    {
        Assert.Equal(NasClaim.Shared, Decide(With(Own, new NodeTableEvent.Unreachable(OtherKey))).Claim);
        Assert.Equal(NasClaim.Shared, Decide(With(Own, new NodeTableEvent.Gone(OtherKey, Downed: true)), Other).Claim);
        var different = With(new NasIdentity("192.0.2.11", "south"), new NodeTableEvent.Gone(OtherKey, Downed: true));
        Assert.Equal(NasVerdict.Sole, Decide(different, Other));
    }

    [Fact]
    public void While_a_node_has_not_reported_it_is_not_known()
    {
        var seen = new NodeTableEvent.Seen(OtherKey, MemberPhase.Joining, []);
        Assert.Equal(NasClaim.Pending, Decide(Table(), Other).Claim); // a seed that is not there
        Assert.Equal(NasClaim.Pending, Decide(Table(seen)).Claim);
        Assert.Equal(NasClaim.Pending, Decide(Table(seen, new NodeTableEvent.Gone(OtherKey, Downed: true)), Other).Claim);
        Assert.Equal(NasClaim.Pending, Decide(With(default)).Claim); // a node of an older version
    }
}

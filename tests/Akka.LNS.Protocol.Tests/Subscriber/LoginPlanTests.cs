using System.Collections.Immutable;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Protocol.Tests.Subscriber;

public class LoginPlanTests
{
    private static readonly LoginDecision Unknown = new(LoginStep.Refuse, "unknown user");

    /// <summary>L is local users, R is RADIUS.</summary>
    private static ImmutableArray<AuthSource> Order(string letters) =>
        [.. letters.Select(static c => c == 'L' ? AuthSource.Local : AuthSource.Radius)];

    [Theory]
    [InlineData("LR", true, true, LoginStep.CheckLocally)]
    [InlineData("LR", true, false, LoginStep.CheckLocally)]
    [InlineData("LR", false, true, LoginStep.AskRadius)]
    [InlineData("LR", false, false, LoginStep.Refuse)]
    [InlineData("RL", true, true, LoginStep.AskRadius)]
    [InlineData("RL", true, false, LoginStep.CheckLocally)]
    [InlineData("RL", false, true, LoginStep.AskRadius)]
    [InlineData("RL", false, false, LoginStep.Refuse)]
    [InlineData("L", false, true, LoginStep.Refuse)]
    [InlineData("L", true, true, LoginStep.CheckLocally)]
    [InlineData("R", true, false, LoginStep.Refuse)]
    [InlineData("R", true, true, LoginStep.AskRadius)]
    [InlineData("", true, true, LoginStep.Refuse)]
    public void The_first_source_of_the_order_that_can_know_the_user_checks_it(
        string order, bool isLocalUser, bool hasRadius, LoginStep expected)
    {
        var decision = expected == LoginStep.Refuse ? Unknown : new LoginDecision(expected);
        var login = new LoginCase(Order(order), isLocalUser, hasRadius);
        Assert.Equal(decision, LoginPlan.Decide(login));
        // the order of the realm replaces the template's, except an empty one
        Assert.Equal(decision, LoginPlan.Decide(login with { UsesRealms = true, HasRealm = true }));
        if (order.Length == 0) return;
        var other = order == "L" ? "R" : "L";
        Assert.Equal(decision, LoginPlan.Decide(
            new LoginCase(Order(other), isLocalUser, hasRadius) { UsesRealms = true, HasRealm = true, RealmAuthBy = Order(order) }));
    }

    [Fact]
    public void A_user_of_no_configured_realm_is_refused_without_a_text_for_the_subscriber() =>
        Assert.Equal(new LoginDecision(LoginStep.Refuse, "unknown realm", null, IsByRealm: true),
            LoginPlan.Decide(new LoginCase(Order("LR"), IsLocalUser: true, HasRadius: true) { UsesRealms = true }));

    [Fact]
    public void A_realm_that_refuses_gives_its_text_to_log_and_subscriber() =>
        Assert.Equal(new LoginDecision(LoginStep.Refuse, "moved to another provider", "moved to another provider", IsByRealm: true),
            LoginPlan.Decide(new LoginCase(Order("LR"), IsLocalUser: true, HasRadius: true)
            {
                UsesRealms = true, HasRealm = true, RealmRefusal = "moved to another provider", RealmAuthBy = Order("L"),
            }));
}

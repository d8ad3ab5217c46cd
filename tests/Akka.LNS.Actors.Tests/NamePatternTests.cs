using Akka.LNS.Actors.Inventory;

namespace Akka.LNS.Actors.Tests;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("*@example.net", "alice@example.net", true)]
    [InlineData("*@example.net", "alice@Example.net", false)]
    [InlineData("alice", "alice@example.net", false)]
    [InlineData("al?ce", "alice", true)]
    [InlineData(@"EXAMPLE\*", @"EXAMPLE\alice", true)] // a realm in front
    [InlineData(@"EXAMPLE\*", "EXAMPLE*", false)]
    [InlineData(@"EXAMPLE\a?ice", @"EXAMPLE\alice", true)]
    [InlineData(@"*\alice", @"EXAMPLE\alice", true)]
    [InlineData(@"*\alice", "alice", false)]
    [InlineData(@"*\", @"EXAMPLE\", true)]
    public void Only_the_star_and_the_question_mark_stand_for_others(string pattern, string name, bool fits) => Assert.Equal(fits, NamePattern.Fits(pattern, name));
}

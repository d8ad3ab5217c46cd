using Akka.LNS.Protocol.Subscriber;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Subscriber;

public class RealmTableTests
{
    private static RealmTable<string> Table(params string[] keys) => new(keys.Select(static k => KeyValuePair.Create(k, k)));

    [Theory]
    [InlineData("user@example.net", "example.net", "user", false)]
    [InlineData("a@b@c", "c", "a@b", false)]
    [InlineData("user@", "", "user", false)]
    [InlineData("@realm", "realm", "", false)]
    [InlineData("DOMAIN\\user", "DOMAIN", "user", true)]
    [InlineData("a\\b\\c", "a", "b\\c", true)]
    [InlineData("DOMAIN\\user@example.net", "example.net", "DOMAIN\\user", false)]
    [InlineData("isp/user", "", "isp/user", false)]
    [InlineData("user", "", "user", false)]
    [InlineData("", "", "", false)]
    public void The_realm_of_a_name(string name, string realm, string user, bool prefix) =>
        Assert.Equal(new RealmOfUser(realm, user, prefix), RealmOfUser.Of(name));

    [Theory]
    [InlineData("example.net", "example.net")]
    [InlineData("EXAMPLE.net", "example.net")]
    [InlineData("a.example.net", "*.example.net")]
    [InlineData("a.b.example.net", "*.b.example.net")]
    [InlineData("b.example.net", "b.example.net")]
    [InlineData("A.B.Example.Net", "*.b.example.net")]
    [InlineData("badexample.net", "*")]
    [InlineData(".example.net", "*")]
    [InlineData("other", "*")]
    [InlineData("", "none")]
    public void The_nearest_key_counts(string realm, string key) =>
        Assert.Equal(key, Table("*", "*.example.net", "*.b.example.net", "b.example.net", "example.net", "none").Find(realm));

    [Fact]
    public void Without_a_matching_key_nothing_is_found()
    {
        Assert.Null(Table("example.net").Find("other"));
        Assert.Null(Table("example.net").Find(""));
        Assert.Equal("*", Table("*").Find(""));
        Assert.Equal(0, Table().Count);
        Assert.Null(Table().Find("x"));
    }

    [Theory]
    [InlineData("example.net", true)]
    [InlineData("*", true)]
    [InlineData("none", true)]
    [InlineData("*.net", true)]
    [InlineData("*.", false)]
    [InlineData("", false)]
    [InlineData("*net", false)]
    [InlineData("a.*.net", false)]
    [InlineData("*.*.net", false)]
    [InlineData("@example.net", false)]
    [InlineData("a\\b", false)]
    public void Keys(string key, bool right)
    {
        Assert.Equal(right, RealmKey.IsKey(key));
        if (!right) Assert.Throws<ArgumentException>(() => Table(key));
    }

    [Fact]
    public void A_repeated_realm_is_an_error() => Assert.Throws<ArgumentException>(() => Table("Example.net", "example.NET"));

    [Fact] // law: any name falls apart without an exception, and its parts make it again
    public void The_parts_of_a_name_compose_it_again() => Gen.String.Sample(name =>
    {
        var parts = RealmOfUser.Of(name);
        var again = parts.IsPrefix
            ? $"{parts.Realm}\\{parts.User}" : name.Contains('@', StringComparison.Ordinal) ? $"{parts.User}@{parts.Realm}" : parts.User;
        Assert.Equal(name, again);
        Assert.Equal("*", Table("*").Find(parts.Realm));
    });
}

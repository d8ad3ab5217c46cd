using System.Text.RegularExpressions;
using Akka.LNS.Wire.Text;
using CsCheck;

namespace Akka.LNS.Wire.Tests.Text;

public sealed class GlobTests
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
    [InlineData("*", "", true)]
    [InlineData("?", "", false)]
    public void Only_star_and_question_mark_are_wildcards(string pattern, string name, bool matches) =>
        Assert.Equal(matches, Glob.Matches(pattern, name));

    [Theory]
    [InlineData("lac-*.EXAMPLE.net", "LAC-1.example.NET", true)]
    [InlineData("lac?", "LAC7", true)]
    [InlineData("lac?", "LAC", false)]
    public void Case_is_ignored_on_request(string pattern, string name, bool matches)
    {
        Assert.Equal(matches, Glob.Matches(pattern, name, ignoreCase: true));
        Assert.False(Glob.Matches(pattern, name));
    }

    [Fact]
    public void Only_a_text_with_a_wildcard_is_a_pattern()
    {
        Assert.True(Glob.IsPattern("a*"));
        Assert.True(Glob.IsPattern("a?c"));
        Assert.False(Glob.IsPattern(@"a\c.[b]"));
    }

    [Fact] // law: the same answer as a regular expression
    public void Any_pattern_matches_as_its_regular_expression_does()
    {
        var text = Gen.Char["aAb\\.*?"].Array[0, 8].Select(static c => new string(c));
        Gen.Select(text, text, Gen.Bool).Sample(static (pattern, name, ignoreCase) =>
        {
            var escaped = Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal);
            var expression = $"^{escaped.Replace("\\?", ".", StringComparison.Ordinal)}$";
            var options = RegexOptions.CultureInvariant | RegexOptions.Singleline | (
                ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
            Assert.Equal(Regex.IsMatch(name, expression, options), Glob.Matches(pattern, name, ignoreCase));
        }, iter: 20_000);
    }
}

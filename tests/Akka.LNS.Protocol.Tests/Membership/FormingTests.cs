using Akka.LNS.Protocol.Membership;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Membership;

public class FormingTests
{
    private static readonly string[] Three = ["a", "b", "c"];

    [Theory]
    [InlineData("a", "", false)] // alone: the others may well go on without it
    [InlineData("a", "b-", true)]
    [InlineData("a", "b-,c-", true)]
    [InlineData("a", "b-,c+", false)] // c is in a cluster, which the others can rejoin
    [InlineData("b", "a-,c-", false)] // a has precedence
    [InlineData("b", "c-", true)]
    [InlineData("c", "b-", false)]
    [InlineData("d", "a-,b-,c-", false)] // no node may form the cluster
    [InlineData("a", "x-", false)] // a stranger makes no quorum
    public void A_quorum_without_a_cluster_has_exactly_one_that_forms_it(string self, string heard, bool may) =>
        Assert.Equal(may, Forming.MayForm(self, Three, Heard(heard), quorum: 2));

    [Fact] // law: of any nodes that reach each other, at most one forms a cluster, and none while one of them is a member
    public void Of_nodes_that_reach_each_other_at_most_one_forms_a_cluster() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[0, 127], Gen.Int[0, 127], Gen.Int[1, 5]).Sample((count, there, members, quorum) =>
        {
            var all = Enumerable.Range(0, count).Select(static i => $"n{i}").ToArray();
            var here = all.Where((_, i) => (there >> i & 1) != 0).ToArray();
            bool IsMember(string n) => (members >> Array.IndexOf(all, n) & 1) != 0;
            var forms = here.Where(n => !IsMember(n)
                && Forming.MayForm(n, all, here.Where(o => o != n).ToDictionary(static o => o, IsMember), quorum)).ToArray();
            Assert.True(forms.Length <= 1);
            if (here.Any(IsMember) || here.Length < quorum) Assert.Empty(forms);
            else Assert.Single(forms);
        });

    private static Dictionary<string, bool> Heard(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries).ToDictionary(static h => h[..^1], static h => h[^1] == '+');
}

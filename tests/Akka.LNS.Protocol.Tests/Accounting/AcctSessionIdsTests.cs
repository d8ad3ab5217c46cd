using System.Text;
using Akka.LNS.Protocol.Accounting;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Accounting;

/// <summary>Acct-Session-Ids are unique across nodes, restarts and clocks, and short.</summary>
public class AcctSessionIdsTests
{
    private static readonly DateTimeOffset Noon = DateTimeOffset.FromUnixTimeSeconds(0x6925f3a0);

    [Fact]
    public void An_id_is_group_epoch_and_counter()
    {
        var ids = AcctSessionIds.Start("default", Noon, random: 0x3FFF_FFFF);
        (var first, ids) = ids.Take();
        (var second, ids) = ids.Take();
        Assert.Equal(("default-6925f3a0zzzzzz-000001", "default-6925f3a0zzzzzz-000002"), (first, second));
        Assert.Equal("default-6925f3a100000a-000000", (ids with { Entropy = 10, Counter = 0xFF_FFFF }).Take().Id);
    }

    [Fact]
    public void Two_nodes_of_one_group_that_start_in_the_same_second_have_different_ids()
    {
        var (one, other) = (AcctSessionIds.Start("core", Noon, random: 1), AcctSessionIds.Start("core", Noon, random: 2));
        for (var i = 0; i < 1_000; i++)
        {
            (var id, one) = one.Take();
            (var its, other) = other.Take();
            Assert.NotEqual(id, its);
        }
    }

    [Fact]
    public void The_epoch_rises_after_a_restart_within_the_second_and_after_the_clock_was_set_back()
    {
        var before = AcctSessionIds.Start("core", Noon, random: 7);
        foreach (var clock in (DateTimeOffset[])[Noon, Noon - TimeSpan.FromDays(400), DateTimeOffset.UnixEpoch, DateTimeOffset.MinValue])
        {
            var after = AcctSessionIds.Start("core", clock, random: 7, previousEpoch: before.Epoch);
            Assert.True(string.CompareOrdinal(before.Take().Id, after.Take().Id) < 0);
        }
    }

    /// <summary>Law: whatever the group and the clocks, runs with other random bits never make the same id.</summary>
    [Fact]
    public void Runs_with_different_random_bits_share_no_id() => Gen.Select(
        Gen.String[1, 64], Gen.UInt, Gen.UInt[0, 0x3FFF_FFFF], Gen.UInt[0, 0x3FFF_FFFF], Gen.UInt[0, 0xFF_FFFF], Gen.UInt[0, 0xFF_FFFF])
        .Sample((group, second, mine, its, counter, other) =>
        {
            if (mine == its) return;
            var clock = DateTimeOffset.FromUnixTimeSeconds(second);
            var one = AcctSessionIds.Start(group, clock, mine) with { Counter = counter };
            var two = AcctSessionIds.Start(group, clock, its) with { Counter = other };
            Assert.NotEqual(one.Take().Id, two.Take().Id);
            Assert.NotEqual(one.Take().Next.Take().Id, one.Take().Id);
        });

    [Theory]
    [InlineData("default", 29)]
    [InlineData("ten-octets", 32)]
    [InlineData("fourteen-chars", 32)]
    [InlineData("gr\u00F6\u00DFegr\u00F6\u00DFegr\u00F6", 31)] // a character is never cut in two
    [InlineData("\U0001F600\U0001F600\U0001F600\U0001F600", 30)]
    public void An_id_has_at_most_32_octets(string group, int octets)
    {
        var id = AcctSessionIds.Start(group, Noon, random: 1).Take().Id;
        Assert.Equal(octets, Encoding.UTF8.GetByteCount(id));
        Assert.InRange(octets, 1, AcctSessionIds.MaxLength);
        Assert.StartsWith(id.Split('-' + "6925f3a0")[0], group, StringComparison.Ordinal);
    }
}

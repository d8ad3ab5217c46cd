using Akka.LNS.Server.Api;
using CsCheck;

namespace Akka.LNS.Server.Tests.Api;

public class PageTests
{
    private sealed record Row(int Key, int Id);

    [Fact]
    public void A_page_equals_that_part_of_the_sorted_list() =>
        Gen.Select(Gen.Int[0, 9].Array[0, 60], Gen.OneOf(Gen.Int[0, 70], Gen.Int[Page.MostHeld - 70, Page.MostHeld]),
            Gen.OneOf(Gen.Int[1, 70], Gen.Const(Page.MostHeld))).Sample((keys, offset, limit) =>
        {
            Row[] all = [.. keys.Select(static (key, i) => new Row(key, i))];
            var cut = new Page(offset, limit).Of(all, static r => (r.Key, r.Id), static (a, b) => a.CompareTo(b));
            Assert.Equal(all.OrderBy(static r => r.Key).ThenBy(static r => r.Id).Skip(offset).Take(limit), cut.Rows);
            Assert.Equal(all.Length, cut.Total);
        });

    [Fact]
    public void A_page_reads_each_row_once_and_a_row_is_on_one_page()
    {
        var all = Enumerable.Range(0, 2 * Page.MostHeld).Select(static i => new Row(i % 7, i)).ToArray();
        var seen = new List<Row>();
        for (var offset = 0; offset < all.Length; offset += 300)
        {
            var looks = 0;
            seen.AddRange(new Page(offset, 300).Of(all, Rank, static (a, b) => a.CompareTo(b)).Rows);
            Assert.Equal(all.Length, looks);

            (int, int) Rank(Row row)
            {
                looks++;
                return (row.Key, row.Id);
            }
        }
        Assert.Equal(all.OrderBy(static r => r.Key).ThenBy(static r => r.Id), seen);
    }
}

using Akka.LNS.Client;
using Akka.LNS.Server.Api;
using CsCheck;
using Microsoft.AspNetCore.Http;

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

    [Theory]
    [InlineData("?limit=all", "text/csv", 25_000)]
    [InlineData("?limit=all&offset=24000", "text/csv", 1_000)]
    [InlineData("?limit=10000", "text/csv", 10_000)]
    [InlineData("", "text/csv", 100)]
    [InlineData("?limit=10000", "application/json", 10_000)]
    [InlineData("?limit=all", "application/json", null)]
    [InlineData("?limit=every", "text/csv", null)]
    [InlineData("?limit=10001", "text/csv", null)]
    public void A_page_has_all_rows_for_csv_only(string query, string accept, int? rows)
    {
        var request = new DefaultHttpContext().Request;
        (request.QueryString, request.Headers.Accept) = (new QueryString(query), accept);
        var asked = new Query(request);
        var page = Page.Read(asked);
        Assert.Equal(rows is null, asked.Problem() is not null);
        if (rows is null) return;
        var all = Enumerable.Range(0, 25_000).Reverse().ToArray();
        Assert.Equal(rows, page.Of(all, static r => r, static (a, b) => a.CompareTo(b)).Rows.Length);
        Assert.Equal(rows, page.CutOf(all).Rows.Length);
    }

    [Fact]
    public void A_row_of_csv_is_made_when_its_line_is_written()
    {
        var made = 0;
        var rows = new Page(0, 3).CutOf([1, 2, 3]).As(i =>
        {
            made++;
            return new LogLevelRow($"s{i}", "Debug");
        });
        var lines = new List<(string Line, int Made)>();
        foreach (var line in Csv.Lines(rows, ApiJson.Default.LogLevelRow)) lines.Add((line.TrimEnd().Split(',')[0], made));
        Assert.Equal([("source", 0), ("s1", 1), ("s2", 2), ("s3", 3)], lines);
    }

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

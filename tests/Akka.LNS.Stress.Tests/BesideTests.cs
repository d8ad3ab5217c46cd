using System.Text.Json.Nodes;
using Akka.LNS.Benchmarks;

namespace Akka.LNS.Stress.Tests;

/// <summary>Arguments and results of the benchmark `beside`.</summary>
public class BesideTests
{
    [Fact]
    public void Without_options_all_is_measured_five_times()
    {
        Assert.True(BesideOptions.TryParse(["l2tpns"], out var options, out _));
        Assert.Equal((5, 9000, 50_000, 100, false), (options.Runs, options.Sessions, options.Many, options.InFlight, options.Alone));
        Assert.All(BesideOptions.Names, name => Assert.True(options.Has(name)));
        Assert.Null(options.Lnsd);
    }

    [Fact]
    public void All_options_are_parsed()
    {
        var program = typeof(BesideTests).Assembly.Location;
        Assert.True(BesideOptions.TryParse(
            [
                "l2tpns", "--only", "fresh,cdn", "--runs", "3", "--sessions", "600", "--many", "700", "--in-flight", "7", "--lnsd", program,
                "--alone", "--keep", "--set", "a = 1", "--set", "b = 2", "--env", "X=1", "--attach", "perf {pid}", "--json", "f",
            ],
            out var options, out var error), error);
        Assert.Equal((3, 600, 700, 7, true, true),
            (options.Runs, options.Sessions, options.Many, options.InFlight, options.Alone, options.Keep));
        Assert.Equal(["fresh", "cdn"], options.Only);
        Assert.False(options.Has("second"));
        Assert.Equal(program, options.Lnsd);
        Assert.Equal(["a = 1", "b = 2"], options.Settings);
        Assert.Equal(["X=1"], options.Environment);
        Assert.Equal(("perf {pid}", "f"), (options.Attach, options.Json));
    }

    [Theory]
    [InlineData("accel-ppp")]
    [InlineData("l2tpns", "--only", "fresh,none")]
    [InlineData("l2tpns", "--only", "")]
    [InlineData("l2tpns", "--runs", "0")]
    [InlineData("l2tpns", "--runs")]
    [InlineData("l2tpns", "--sessions", "60001")]
    [InlineData("l2tpns", "--sessions", "-1")]
    [InlineData("l2tpns", "--in-flight", "x")]
    [InlineData("l2tpns", "--lnsd", "/nowhere")]
    [InlineData("l2tpns", "--env", "=1")]
    [InlineData("l2tpns", "--fast", "1")]
    public void Wrong_arguments_are_refused(params string[] args)
    {
        Assert.False(BesideOptions.TryParse(args, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void No_arguments_are_refused() => Assert.False(BesideOptions.TryParse([], out _, out _));

    [Theory]
    [InlineData(new[] { 3.0 }, 3, 3, 3)]
    [InlineData(new[] { 4.0, 1 }, 2.5, 1, 4)]
    [InlineData(new[] { 9.0, 1, 2 }, 2, 1, 9)]
    [InlineData(new[] { 5.0, 1, 4, 2 }, 3, 1, 5)]
    public void Median_and_extremes_do_not_depend_on_the_order(double[] values, double median, double min, double max)
    {
        Assert.Equal(new Spread(median, min, max), Spread.Of(values));
        Assert.Equal(new Spread(median, min, max), Spread.Of(values.Reverse()));
    }

    [Fact]
    public void No_value_has_no_median() => Assert.Throws<InvalidOperationException>(static () => Spread.Of([]));

    [Fact]
    public void Table_has_medians_extremes_and_the_ratio_of_the_first_server_to_the_last()
    {
        var figures = new BesideFigures(["lnsd", "versus", "l2tpns"]);
        foreach (var value in new[] { 1200.0, 900, 1000 }) figures.Add("fresh", "set-ups per second", "lnsd", value);
        figures.Add("fresh", "set-ups per second", "versus", 50);
        foreach (var value in new[] { 2100.0, 1900 }) figures.Add("fresh", "set-ups per second", "l2tpns", value);
        figures.Add("cdn", "sent again", "lnsd", 3.456);
        figures.Add("cdn", "sent again", "l2tpns", 0);
        figures.Add("cores", "two / one", "lnsd", 0.1234);
        Assert.Equal("""
            | | | lnsd | versus | l2tpns | lnsd / l2tpns |
            | --- | --- | --- | --- | --- | --- |
            | fresh | set-ups per second | 1,000 (900 to 1,200) | 50.0 | 2,000 (1,900 to 2,100) | 0.50 |
            | cdn | sent again | 3.46 | - | 0.000 | - |
            | cores | two / one | 0.123 | - | - | - |

            """, figures.ToTable());
    }

    [Fact]
    public void Table_of_one_server_has_no_ratio()
    {
        var figures = new BesideFigures(["lnsd"]);
        figures.Add("quiet", "ms", "lnsd", 1);
        Assert.Equal("""
            | | | lnsd |
            | --- | --- | --- |
            | quiet | ms | 1.00 |

            """, figures.ToTable());
    }

    [Fact]
    public void Json_has_each_run_and_the_ratio()
    {
        var figures = new BesideFigures(["lnsd", "l2tpns"]);
        figures.Add("fresh", "ms", "lnsd", 3);
        figures.Add("fresh", "ms", "lnsd", 1);
        figures.Add("fresh", "ms", "l2tpns", 4);
        var row = JsonNode.Parse(figures.ToJson().ToJsonString())![0]!;
        Assert.Equal(("fresh", "ms", 0.5), ((string?)row["measurement"], (string?)row["quantity"], (double)row["ratio"]!));
        var lnsd = row["servers"]!["lnsd"]!;
        Assert.Equal((2, 1, 3), ((double)lnsd["median"]!, (double)lnsd["min"]!, (double)lnsd["max"]!));
        Assert.Equal([3, 1], lnsd["runs"]!.AsArray().Select(static v => (double)v!));
    }
}

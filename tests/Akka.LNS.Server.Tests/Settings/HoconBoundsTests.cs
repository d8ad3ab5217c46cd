using System.Globalization;
using System.Text;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Settings.Hocon;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Tests.Settings;

public class HoconBoundsTests
{
    /// <summary>Maximum number of octets that the check of a posted text may allocate, the short-lived ones included.</summary>
    private const long MostOctets = 64L << 20;

    public static readonly TheoryData<string, int, string> Hostile = new()
    {
        { "a path of many parts", 1, "a path of more than 32 parts" },
        { "a reference of many parts", 1, "a path of more than 32 parts" },
        { "paths inside sections", 1, "more than 32 levels" },
        { "sections inside lists", 1, "more than 32 levels" },
        { "texts that double", 0, "texts of more than" },
        { "empty texts that double", 0, "when references are replaced" },
        { "lists that double", 1, "when references are replaced" },
        { "sections that double", 0, "when references are replaced" },
        { "undefined references that double", 0, "references that multiply" },
        { "a chain of references", 0, "more than 1000 references" },
        { "a key that is set to itself again and again", 0, "more than 1000 references" },
        { "a list that grows by +=", 0, "more than 1000 references" },
        { "a section over a reference again and again", 0, "more than 1000 references" },
        { "many values", 0, "more than 100000 values" },
        { "many sections", 0, "more than 100000 values" },
        { "many words in one value", 1, "more than 100000 values" },
        { "many lists side by side", 1, "more than 100000 values" },
        { "many sections side by side", 1, "more than 100000 values" },
        { "many included files", 0, "more than 100000 values" },
        { "a long text", 1, "longer than 4194304 characters" },
        { "long included files", 0, "longer than 4194304 characters" },
        { "a section of Akka with 99000 values", 1, "unknown key" },
        { "many users", 1, "unknown key" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_text_that_would_cost_too_much_is_refused_with_line_and_bound(string what, int line, string message)
    {
        var text = Text(what);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = SettingsReader.Read(text, "f.conf", EmbeddedConfiguration.Reference, static _ => null, static path => path switch
        {
            "long.conf" => new string(' ', 1 << 20),
            _ => "",
        }, isPosted: true);
        var octets = GC.GetAllocatedBytesForCurrentThread() - before;
        var error = Assert.Single(read.Errors);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Matches(line == 0 ? @"^(f|long)\.conf:[0-9]+: " : $"^f.conf:{line}: ", error);
        Assert.InRange(error.Length, 1, 1_100);
        Assert.InRange(octets, 0, MostOctets);
    }

    [Theory]
    [InlineData("paths of 32 parts")]
    [InlineData("a chain of 500 references")]
    [InlineData("a list that grows by 500 += ")]
    [InlineData("190000 values in one list")]
    public void A_text_within_the_bounds_is_read(string what) => HoconParser.Parse(Text(what), "f.conf");

    [Fact]
    public void A_file_may_have_more_values_than_a_posted_text_and_the_error_says_so()
    {
        var text = "x = 1\nakka {\n" + Lines(150_000, static i => $"a{i} = 1") + "}";
        Assert.Contains("unknown key", Assert.Single(Read(text).Errors), StringComparison.Ordinal);
        Assert.EndsWith("more than 100000 values (a section counts as 4); lnsd --check reads 200000 where the file is",
            Assert.Single(SettingsReader.ReadForeign(text, "f.conf").Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_a_hundred_errors_end_the_reading()
    {
        var read = Read($"lns {{\n{Lines(5_000, static i => $"unknown-{i} = 1")}}}\n");
        Assert.Equal(SettingsErrors.Most + 1, read.Errors.Count);
        Assert.Equal("f.conf: more than 100 errors; the others are not shown", read.Errors[^1]);
    }

    [Theory]
    [InlineData("lns.tunnels.defaults.retransmit-max = 5")] // without a unit; nor is it less than retransmit-initial
    [InlineData("lns.listen = [nonsense]")]                 // nor is there nothing to listen on
    [InlineData("lns.pools.p.ranges = [nonsense]")]         // nor has the pool no address
    [InlineData("lns.api.listen = [nonsense]")]
    public void One_mistake_gives_one_error(string text) => Assert.Single(Read(text).Errors);

    [Fact]
    public void An_error_shows_the_start_of_a_long_value()
    {
        var error = Assert.Single(Read($"lns.sessions.max = {new string('9', 1_000_000)}\n").Errors);
        Assert.Contains($"found '{new string('9', 100)}...'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_names_that_refer_to_nothing_give_a_hundred_short_errors()
    {
        var read = Read($$"""
            lns.bundles.templates { {{Lines(10_000, static i => $"b{i:D20} {{ own-address = 10.0.0.1 }}")}} }
            lns.links.templates { {{Lines(10_000, static i => $"l{i} {{ bundle = c{i:D20} }}")}} }
            """);
        Assert.Equal(SettingsErrors.Most + 1, read.Errors.Count);
        Assert.All(read.Errors, static e => Assert.InRange(e.Length, 1, 1_100));
    }

    private static SettingsResult Read(string text) => SettingsReader.Read(text, "f.conf", static _ => null);

    private static string Lines(int count, Func<int, string> line)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) text.Append(line(i)).Append('\n');
        return text.ToString();
    }

    private static string Many(int count, string text) => new StringBuilder().Insert(0, text, count).ToString();

    private static string Doubling(string first, int steps) =>
        first + "\n" + Lines(steps, static i => string.Create(CultureInfo.InvariantCulture, $"a{i + 1} = ${{a{i}}}${{a{i}}}"));

    private static string Text(string what) => what switch
    {
        "a path of many parts" => Many(100_000, "a.") + "b = 1",
        "a reference of many parts" => $"x = ${{{Many(100_000, "a.")}b}}",
        "paths inside sections" => Many(20, "a.a { ") + "b = 1" + Many(20, "}"),
        "sections inside lists" => "x = " + Many(20, "[{ a = ") + "1" + Many(20, "}]"),
        "texts that double" => Doubling("a0 = \"xxxxxxxx\"", 40),
        "empty texts that double" => Doubling("a0 = \"\"", 40),
        "lists that double" => Doubling("a0 = [1, 2]", 40),
        "sections that double" => "a0 { x = 1 }\n" + Lines(40, static i => $"a{i + 1} {{ l = ${{a{i}}}, r = ${{a{i}}} }}"),
        "undefined references that double" => Lines(40, static i => $"a{i + 1} = ${{?a{i}}}${{?a{i}}}"),
        "a chain of references" => Lines(50_000, static i => $"a{i} = ${{a{i + 1}}}") + "a50000 = 1\n",
        "a key that is set to itself again and again" => "a = x\n" + Many(50_000, "a = ${a}\n"),
        "a list that grows by +=" => "a = [1]\n" + Many(50_000, "a += 1\n"),
        "a section over a reference again and again" => "b { x = 1 }\n" + Many(10_000, "a = ${b}\na { x = 2 }\n")
            + Many(5_000, "a = ${a}\n"),
        "many values" => Lines(300_000, static i => $"a{i} = 1"),
        "many sections" => Lines(100_000, static i => $"a{i} {{ }}"),
        "many words in one value" => "a = " + Many(500_000, "x "),
        "many lists side by side" => "a = " + Many(300_000, "[1]"),
        "many sections side by side" => "a = " + Many(300_000, "{a=1}"),
        "many included files" => Many(100_000, "include \"empty.conf\"\n"),
        "a long text" => new string(' ', 5 << 20),
        "a section of Akka with 99000 values" => "x = 1\nakka {\n" + Lines(99_000, static i => $"a{i} = 1") + "}",
        "many users" => "x = 1\nlns.users {\n" + Lines(16_000, static i => $"u{i} {{ password = p }}") + "}",
        "long included files" => Many(10, "include \"long.conf\"\n"),
        "paths of 32 parts" => Many(31, "a.") + "b = 1",
        "a chain of 500 references" => Lines(500, static i => $"a{i} = ${{a{i + 1}}}") + "a500 = 1\n",
        "a list that grows by 500 += " => "a = [1]\n" + Many(500, "a += 1\n"),
        "190000 values in one list" => $"a = [{Many(190_000, "1,")}]",
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };
}

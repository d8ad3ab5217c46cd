using Akka.Configuration;
using Akka.LNS.Server.Settings.Hocon;
using CsCheck;

namespace Akka.LNS.Server.Tests.Settings;

public class HoconParserTests
{
    private static HoconObject Parse(string text, params (string Name, string Value)[] environment) =>
        HoconParser.Parse(text, "f.conf", name => environment.FirstOrDefault(e => e.Name == name).Value);

    private static string Canonical(string text, params (string, string)[] environment) => Parse(text, environment).ToCanonicalText();

    [Theory]
    [InlineData("a = 1\nb = 2", "{ a : 1, b : 2 }")]
    [InlineData("a.b.c = 1", "a { b { c = 1 } }")]
    [InlineData("a { x = 1 }\na { y = 2 }", "a { x = 1, y = 2 }")]
    [InlineData("a { x = 1 }\na.x = 2", "a { x = 2 }")]
    [InlineData("a = 1 # one\nb = 2 // two", "a = 1\nb = 2")]
    [InlineData("a = one two  three  ", "a = \"one two  three\"")]
    [InlineData("a = [1, 2\n3]", "a = [ 1\n 2\n 3 ]")]
    [InlineData("l = [1]\nl += 2", "l = [1, 2]")]
    [InlineData("l = [1] [2]", "l = [1, 2]")]
    [InlineData("a = 1\nb = ${a}", "a = 1\nb = 1")]
    [InlineData("b = ${a.x}s\na.x = 5", "b = 5s\na.x = 5")]
    [InlineData("a = 1\na = ${?NOT_THERE}", "a = 1")]
    [InlineData("a = ${?NOT_THERE}", "")]
    [InlineData("a = ${?HERE}, b = 1", "a = there, b = 1")]
    [InlineData("p = x\np = ${p}y", "p = xy")]
    [InlineData("p = x\np = ${p}y\np = ${p}z", "p = xyz")]
    [InlineData("base { x = 1 }\na = ${base} { y = 2 }", "base { x = 1 }\na { x = 1, y = 2 }")]
    [InlineData("a = \"\"\"x\"y\"\"\"", "a = \"x\\\"y\"")]
    [InlineData("a = 192.0.2.1:1812", "a = \"192.0.2.1:1812\"")]
    [InlineData("\"lac-*.example.net\" { x = 1 }", "\"lac-*.example.net\".x = 1")]
    [InlineData("a = http://x", "a = \"http:\"")] // as the specification has it: // begins a comment
    public void Equivalent_notations_give_the_same_tree(string one, string other) =>
        Assert.Equal(Canonical(other), Canonical(one, ("HERE", "there")));

    [Theory]
    [InlineData("a {\n b = 1\n", 1, "never closed")]
    [InlineData("a = 1\n}", 2, "too many")]
    [InlineData("{ a = 1 }\n}", 2, "too many")]
    [InlineData("a = 1\nb = \"x\nc = 2", 2, "never closed")]
    [InlineData("a = 1\nb = \"\"\"x\ny", 2, "never closed")]
    [InlineData("a = 1\nb = [1, 2\n", 2, "never closed")]
    [InlineData("x {\n b = [1, 2\n}", 3, "closing bracket ]")]
    [InlineData("a = \nb = 1", 1, "no value")]
    [InlineData("a\nb = 1", 1, "= or { expected")]
    [InlineData("a", 1, "no value")]
    [InlineData("\n= 3", 2, "a key is expected")]
    [InlineData("{ a = 1 b = 2 }", 1, "'=' inside a value")]
    [InlineData("a = ${nope}", 1, "neither a key of this file nor a variable")]
    [InlineData("a = ${b}\nb = ${a}", 1, "lead back to themselves")]
    [InlineData("a = ${b", 1, "never closed")]
    [InlineData("a = \"\\q\"", 1, "unknown escape")]
    [InlineData("a = [1] 2", 1, "side by side")]
    [InlineData("\ninclude \"nope.conf\"", 2, "there is no file")]
    public void A_text_that_is_not_hocon_gives_an_error_with_its_line(string text, int line, string message)
    {
        var e = Assert.Throws<HoconException>(() => Parse(text));
        Assert.Equal(new HoconPosition("f.conf", line), e.At);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_value_has_its_line_also_in_an_included_file()
    {
        var root = HoconParser.Parse("a = 1\nb {\n  include \"other.conf\"\n  c = 2\n}\n", "/etc/f.conf", null,
            static path => path == "/etc/other.conf" ? "\nd = 3" : null);
        Assert.Equal("/etc/f.conf:1", root["a"]!.At.ToString());
        Assert.Equal("/etc/f.conf:4", root.Child("b")!["c"]!.At.ToString());
        Assert.Equal("/etc/other.conf:2", root.Child("b")!["d"]!.At.ToString());
    }

    [Fact]
    public void Files_that_include_each_other_are_an_error()
    {
        var e = Assert.Throws<HoconException>(() => HoconParser.Parse("include \"f\"", "f", null, static _ => "include \"f\""));
        Assert.Contains("include each other", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_hangs()
    {
        string[] pieces =
            ["a", ".", "=", "{", "}", "[", "]", "\"", "\"\"\"", ",", "\n", " ", "#", "//", "${", "${?", "}", "+=", ":", "\\", "include ",
            "1s", "é", "\0"];
        Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).Array[0, 30].Select(static p => string.Concat(p)).Sample(static text =>
        {
            try
            {
                HoconParser.Parse(text, "f");
            }
            catch (HoconException e)
            {
                Assert.InRange(e.At.Line, 1, text.Count(static c => c == '\n') + 1);
            }
        }, iter: 20_000);
    }

    [Fact]
    public void Akka_reads_the_canonical_text_as_we_do()
    {
        const string Text = """
            akka.actor.deployment { "/a/*" { router = pool, nr-of-instances = 5, list = [a, "b c", "d\"e\\f"] } }
            akka.loglevel = INFO
            """;
        var config = ConfigurationFactory.ParseString(Canonical(Text));
        var deployment = config.GetConfig("akka.actor.deployment").Root.GetObject().Items["/a/*"].GetObject();
        Assert.Equal(5, deployment.GetKey("nr-of-instances").GetInt());
        Assert.Equal(["a", "b c", "d\"e\\f"], deployment.GetKey("list").GetStringList());
        Assert.Equal("INFO", config.GetString("akka.loglevel"));
    }
}

using System.Text.Json;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Tests;

/// <summary>One word names a session, and the formats of a list.</summary>
[Collection(CtlCollection.Name)]
public class FindTests(CtlLab lab)
{
    private async Task<JsonElement> Row(int i) =>
        (await lab.Ctl("sessions", "--json", $"user={CtlLab.Name(i)}")).Json.GetProperty("sessions")[0];

    [Theory]
    [InlineData("id")]
    [InlineData("user")]
    [InlineData("address")]
    public async Task Session_and_drop_take_an_id_a_user_or_an_address(string property)
    {
        var row = await Row(CtlLab.Locals + 40);
        var word = row.GetProperty(property).GetString()!;
        var shown = await lab.Ctl("session", word, "--json");
        Assert.Equal(row.GetProperty("id").GetString(), shown.Json.GetProperty("session").GetProperty("id").GetString());
        var dry = await lab.Ctl("drop", word, "--dry-run", "--json");
        Assert.Equal(1, dry.Json.GetProperty("matched").GetInt32());
    }

    [Fact]
    public async Task A_word_that_several_sessions_have_gives_the_candidates_and_exit_code_6()
    {
        // all calls of a line have its number
        var calling = (await lab.Ctl("sessions", "--json")).Json.GetProperty("sessions").EnumerateArray()
            .GroupBy(static s => s.GetProperty("calling").GetString()!).Where(static g => g.Key.Length > 0).MaxBy(static g => g.Count())!;
        foreach (var verb in new[] { "session", "drop" })
        {
            var ran = await lab.Ctl(verb == "drop" ? [verb, calling.Key, "--yes", "--dry-run"] : [verb, calling.Key]);
            if (calling.Count() == 1)
            {
                Assert.Equal(ExitCode.Ok, ran.Code);
                continue;
            }
            Assert.Equal(ExitCode.Ambiguous, ran.Code);
            Assert.All(calling, s => Assert.Contains(s.GetProperty("id").GetString()!, ran.Out, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_word_that_no_session_has_points_to_the_ended_calls()
    {
        var ran = await lab.Ctl("session", "no-such-user");
        Assert.Equal(ExitCode.NotFound, ran.Code);
        Assert.Contains("lnsctl disconnects", ran.Error, StringComparison.Ordinal);
        var list = await lab.Ctl("sessions", "user=no-such-user");
        Assert.Equal(ExitCode.Ok, list.Code);
        Assert.Contains("lnsctl disconnects", list.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sessions --limit 3")]
    [InlineData("tunnels")]
    [InlineData("links --limit 3")]
    [InlineData("bundles --limit 3")]
    [InlineData("lacs")]
    [InlineData("lacs --refused")]
    [InlineData("pools")]
    [InlineData("top --once --interval 0.2s")]
    [InlineData("log level")]
    public async Task Each_list_has_csv_jsonl_and_a_table_of_80_columns(string line)
    {
        var arguments = line.Split(' ');
        var json = await lab.Ctl([.. arguments, "--output", "jsonl"]);
        Assert.All(json.Lines, static l => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(l).RootElement.ValueKind));
        var csv = await lab.Ctl([.. arguments, "--output", "csv"]);
        Assert.Equal(ExitCode.Ok, csv.Code);
        Assert.Equal(json.Lines.Length + 1, csv.Lines.Length);
        var table = await lab.Ctl([.. arguments, "--output", "table"]);
        Assert.All(table.Lines, static l => Assert.InRange(l.Length, 1, 80));
    }

    [Fact]
    public async Task A_format_that_does_not_fit_is_a_usage_error()
    {
        Assert.Equal(ExitCode.Usage, (await lab.Ctl("status", "--output", "csv")).Code);
        Assert.Equal(ExitCode.Usage, (await lab.Ctl("status", "--output", "xml")).Code);
        Assert.Equal(ExitCode.Usage, (await lab.Ctl("sessions", "--output", "csv", "--json")).Code);
    }
}

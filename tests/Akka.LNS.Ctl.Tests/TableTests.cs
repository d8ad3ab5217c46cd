using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;
using Akka.LNS.Ctl.Verbs;

namespace Akka.LNS.Ctl.Tests;

/// <summary>Tables in a terminal of 80 columns, and CSV.</summary>
public class TableTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static SessionRow Session(string user = "a-long-user-name-of-a-subscriber@realm.example.net") =>
        new("lns1-69f0c1d2a3b4-0001a2b3", user,
        "100.64.123.254", "lac-berlin-7.access.example.net", "192.0.2.254", "+4930123456789", "internet", 1, 2, "authentication", At,
        At.AddHours(-100), "p", 123_456_789_012, 5, 98_765_432_109, 7);

    private static LacRow Lac => new LacRow("lac-berlin-7.access.example.net", ["192.0.2.254", "2001:db8:1:2:3:4:5:6"], 3, 41_234,
        1_234_567,
        1_234_567, new LoadRefused(5, new Dictionary<string, long> { ["RadiusSlow"] = 5 }));

    [Fact]
    public void Rows_of_sessions_top_and_lacs_fit_80_columns_and_keep_what_names_them()
    {
        var sessions = TextTable.Lines([Session(), Session("b")], SessionsVerb.Columns(At), 80);
        var top = TextTable.Lines([new TopSession(Session(), 1e9, 1e9, 1e6, 1e6)], TopVerb.Columns, 80);
        var lacs = TextTable.Lines([Lac], LacsVerb.Columns, 80);
        Assert.All(sessions.Concat(top).Concat(lacs), static l => Assert.InRange(l.Length, 1, 80));
        Assert.Contains("lns1-69f0c1d2a3b4-0001a2b3", sessions[1], StringComparison.Ordinal);
        Assert.StartsWith("ID ", sessions[0], StringComparison.Ordinal);
        Assert.Contains("lac-berlin-7", lacs[1], StringComparison.Ordinal);
        foreach (var title in new[] { "TUNNELS", "SESSIONS", "REFUSED" }) Assert.Contains(title, lacs[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_width_all_columns_are_there_in_full()
    {
        var lines = TextTable.Lines([Session()], SessionsVerb.Columns(At), null);
        Assert.Contains("a-long-user-name-of-a-subscriber@realm.example.net", lines[1], StringComparison.Ordinal);
        Assert.Contains("+4930123456789", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_has_headings_of_json_quoted_fields_and_line_ends_of_rfc_4180()
    {
        using var text = new StringWriter();
        Csv.Write(text, [Session("x,\"y\"\nz")], ApiJson.Default.SessionRow);
        var csv = text.ToString();
        Assert.StartsWith("id,user,address,lac,lacAddress,calling,called,tunnelId,sessionId,state,since,on,pool,", csv,
            StringComparison.Ordinal);
        Assert.Contains(",\"x,\"\"y\"\"\nz\",100.64.123.254,", csv, StringComparison.Ordinal);
        Assert.EndsWith("\r\n", csv, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_of_a_row_with_sections_has_a_column_for_each_property()
    {
        using var text = new StringWriter();
        Csv.Write(text, [new TopSession(Session(), 1.5, 2, 3, 4)], ApiJson.Default.TopSession);
        Assert.StartsWith("session.id,session.user,", text.ToString(), StringComparison.Ordinal);
        Assert.Contains(",1.5,2,3,4\r\n", text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-2+cmd|' /C calc'!A0", "'-2+cmd|' /C calc'!A0")]
    [InlineData("+1-2", "'+1-2")]
    [InlineData(" =1+1", "' =1+1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\uFF1D1+1", "'\uFF1D1+1")]
    [InlineData("+4930123456", "+4930123456")]
    [InlineData("alice@example.net", "alice@example.net")]
    [InlineData("", "")]
    public void A_text_that_a_spreadsheet_would_compute_has_an_apostrophe(string text, string shown) =>
        Assert.Equal(shown, Csv.Guarded(text));
}

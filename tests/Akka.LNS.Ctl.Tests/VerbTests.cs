using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.LNS.Ctl.Terminal;
using Akka.LNS.Ctl.Verbs;

namespace Akka.LNS.Ctl.Tests;

/// <summary>Verbs that change nothing.</summary>
[Collection(CtlCollection.Name)]
public class VerbTests(CtlLab lab)
{
    /// <summary>Number of sessions that no test ends.</summary>
    private const int Quiet = 400;

    [Theory]
    [InlineData("status", "node", "lab")]
    [InlineData("status", "problems", "see: lnsctl")]
    [InlineData("sessions", "USER", "u000123@example.net")]
    [InlineData("sessions lac=lac-1 --limit 5", "USER", "lac-1")]
    [InlineData("tunnels", "OWN", "lac-5")]
    [InlineData("links state=up", "LINK", "l2tp-")]
    [InlineData("bundles", "INTERFACE", "l2tp-")]
    [InlineData("lacs", "FAILED", "lac-5")]
    [InlineData("lacs --refused", "HOST NAME", "REASON")]
    [InlineData("lac lac-5", "subscribers that came up", "lac-5")]
    [InlineData("pools", "FREE", "empty")]
    [InlineData("pools p --leases", "SESSION", "100.64.0.")]
    [InlineData("radius", "1m P50/ms", "first")]
    [InlineData("load --once", "admission", "serial queue")]
    [InlineData("top --once --interval 0.2s", "IN-PKT/s", "lac-")]
    [InlineData("disconnects", "REASON", "REASON")]
    [InlineData("log level", "COMPONENT", "information")]
    public async Task Each_verb_writes_plain_text_and_json(string line, string title, string content)
    {
        var text = await lab.Ctl(line.Split(' '));
        Assert.Equal(ExitCode.Ok, text.Code);
        Assert.Contains(title, text.Out, StringComparison.Ordinal);
        Assert.Contains(content, text.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(text.Out, static c => c == '\u001b' || c is >= '\u2500' and <= '\u257f');
        Assert.DoesNotMatch(@"(?m)[ \t]+$", text.Out);
        var json = await lab.Ctl([.. line.Split(' '), "--json"]);
        Assert.Equal((ExitCode.Ok, 1), (json.Code, json.Lines.Length));
        Assert.Equal(JsonValueKind.Object, json.Json.ValueKind);
    }

    [Fact]
    public async Task Status_has_node_counts_and_verdict()
    {
        var json = (await lab.Ctl("status", "--json")).Json;
        Assert.Equal(("lab", CtlLab.Tunnels, "open"),
            (json.GetProperty("node").GetString(), json.GetProperty("tunnels").GetInt32(), json.GetProperty("verdict").GetString()));
        Assert.Contains((await lab.Ctl("status")).Lines, static l => Regex.IsMatch(l, @"^tunnels +5$"));
    }

    [Fact]
    public async Task List_in_a_pipe_has_all_sessions()
    {
        var json = await lab.Ctl("sessions", "--json");
        var (total, rows) = (json.Json.GetProperty("total").GetInt32(), json.Json.GetProperty("sessions").EnumerateArray().ToArray());
        Assert.Equal(total, rows.Length);
        Assert.InRange(total, Quiet, CtlLab.Count);
        var text = await lab.Ctl("sessions", "--sort", "user");
        Assert.Equal(total + 1, text.Lines.Length);
        Assert.All(text.Lines, static l => Assert.Equal(9, Regex.Split(l.Trim(), " {2,}").Length)); // as awk -F '  +' reads it
        Assert.Equal(text.Lines.Skip(1).Select(static l => Regex.Split(l, " {2,}")[1]),
            rows.Select(static r => r.GetProperty("user").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Limit_is_applied_and_noted_on_standard_error()
    {
        var text = await lab.Ctl("sessions", "--limit", "3", "--sort", "-user", "user=u*");
        Assert.Equal(4, text.Lines.Length);
        Assert.Contains(CtlLab.Name(CtlLab.Count - 1), text.Lines[1], StringComparison.Ordinal);
        Assert.Matches(@"^lnsctl: 3 of \d+ rows shown; --all shows all\n$", text.Error);
        Assert.Equal("", (await lab.Ctl("sessions", "--limit", "3", "--all")).Error);
    }

    [Fact]
    public async Task Each_filter_selects_the_matching_rows()
    {
        var one = Assert.Single((await lab.Ctl("sessions", "--json", $"user={CtlLab.Name(123)}")).Json.GetProperty("sessions")
            .EnumerateArray());
        foreach (var word in new[] { $"address={one.GetProperty("address").GetString()}", one.GetProperty("id").GetString()!, "U000123@" })
        {
            var found = await lab.Ctl("sessions", word, "state=up", "pool=p");
            Assert.Equal(2, found.Lines.Length);
            Assert.StartsWith(one.GetProperty("id").GetString()!, found.Lines[1], StringComparison.Ordinal);
        }
        Assert.Single((await lab.Ctl("links", $"user={CtlLab.Name(123)}", "--json")).Json.GetProperty("links").EnumerateArray());
        Assert.Single((await lab.Ctl("bundles", $"user={CtlLab.Name(123)}", "--json")).Json.GetProperty("bundles").EnumerateArray());
        Assert.Equal("lac-2",
            Assert.Single((await lab.Ctl("tunnels", "lac=lac-2", "state=up", "--json")).Json.GetProperty("tunnels").EnumerateArray())
            .GetProperty("lac").GetString());
        Assert.Equal(0, (await lab.Ctl("sessions", "lac=nobody", "--json")).Json.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Session_shows_every_layer()
    {
        var id = await Id(CtlLab.Alice);
        var text = (await lab.Ctl("session", id)).Out;
        foreach (var section in new[] { "subscriber", "counters", "tunnel", "session", "link", "bundle", "timers",
            "attributes" }) Assert.Contains(section, text.Split('\n'));
        foreach (var line in new[]
        {
            $"user {CtlLab.Name(CtlLab.Alice)}", "address 203.0.113.7", "state established", "authentication ChapMd5",
                "authenticated by local", "peer's MRU 1492",
            "routes 203.0.113.64/29", "DNS 9.9.9.9", "forwarding yes", "session limit 1d00h", "idle limit 2h00m", "echo interval 30s",
            "echo failures 4 consecutive failures end the link",
            "Framed-IP-Address 203.0.113.7", "Filter-Id gold", "Session-Timeout 86400", "peer entry *", "our id", "our magic number",
                "dropped 0 packets",
        })
            Assert.Matches($"(?m)^ +{Regex.Escape(line).Replace(@"\ ", " +", StringComparison.Ordinal)}",
                text.Replace("\"", "", StringComparison.Ordinal));
        var json = (await lab.Ctl("session", id, "--json")).Json;
        Assert.Equal("203.0.113.64/29", json.GetProperty("bundle").GetProperty("routes")[0].GetString());
        Assert.Empty(json.GetProperty("silent").EnumerateArray());
    }

    [Fact]
    public async Task Session_shows_problems_with_its_routes()
    {
        // the session that came later is told of the other
        var (alice, wide) = (await lab.Ctl("session", await Id(CtlLab.Alice)), await lab.Ctl("session", await Id(CtlLab.Wide)));
        var ofAlice = $@"warnings\n +203\.0\.113\.64/29 +""?it takes a part of {Regex.Escape(CtlLab.WideRoute)} of user";
        var ofWide = $@"warnings\n +{Regex.Escape(CtlLab.WideRoute)} +""?203\.0\.113\.64/29 in it stays with user";
        Assert.True(Regex.IsMatch(alice.Out, ofAlice) ^ Regex.IsMatch(wide.Out, ofWide), $"{alice}\n{wide}");
    }

    [Fact]
    public async Task Attributes_from_radius_are_shown()
    {
        var json = (await lab.Ctl("session", await Id(CtlLab.Locals + 1), "--json")).Json;
        Assert.Equal("radius", json.GetProperty("link").GetProperty("authenticatedBy").GetString());
        var bundle = json.GetProperty("bundle");
        Assert.Contains("Acct-Interim-Interval = 600", bundle.GetProperty("attributes").EnumerateArray().Select(static a => a.GetString()));
        Assert.Equal(600, bundle.GetProperty("interimSeconds").GetDouble());
        Assert.InRange(bundle.GetProperty("nextInterimInSeconds").GetDouble(), 0, 600);
        Assert.InRange(bundle.GetProperty("sessionEndsInSeconds").GetDouble(), 1, 86400);
        Assert.Equal(0ul, json.GetProperty("path").GetProperty("drops").GetUInt64());
    }

    [Fact]
    public async Task Radius_shows_latencies_and_counters()
    {
        var servers = (await lab.Ctl("radius", "--json")).Json.GetProperty("servers").EnumerateArray()
            .ToDictionary(static s => s.GetProperty("service").GetString()!);
        Assert.InRange(servers["authentication"].GetProperty("answers").GetInt32(), CtlLab.Count - CtlLab.Locals, int.MaxValue);
        Assert.True(servers["authentication"].GetProperty("latencyMs").GetProperty("p99").GetDouble() > 0);
        var row = Regex.Split(Assert.Single((await lab.Ctl("radius")).Lines, static l =>
            l.Contains("authentication ", StringComparison.Ordinal)), " {2,}");
        Assert.Equal((10, "first", "up"), (row.Length, row[0], row[2]));
        var accepted = Regex.Split(Assert.Single((await lab.Ctl("radius")).Lines, static l => Regex.IsMatch(l, "^first +accept ")),
            " {2,}");
        Assert.Equal(8, accepted.Length); // the median, P90 and P99 of one and of fifteen minutes
        Assert.All(accepted[5..], static text => Assert.True(double.Parse(text, CultureInfo.InvariantCulture) > 0));
    }

    [Fact]
    public async Task Leases_match_the_used_addresses_of_the_pool()
    {
        var json = (await lab.Ctl("pools", "--leases", "--json")).Json;
        var pool = json.GetProperty("pools").EnumerateArray().Single(static p => p.GetProperty("name").GetString() == "p");
        Assert.Equal(pool.GetProperty("used").GetInt32(), json.GetProperty("leases").GetProperty("p").GetProperty("leases")
            .GetArrayLength());
        Assert.Equal(0, json.GetProperty("leases").GetProperty("empty").GetProperty("total").GetInt32());
        Assert.Single((await lab.Ctl("pools", "empty", "--json")).Json.GetProperty("pools").EnumerateArray());
    }

    [Fact]
    public async Task Load_runs_until_it_is_interrupted()
    {
        var ran = await lab.Interrupted(3, "load", "--interval", "0.2s");
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.StartsWith("TIME ", ran.Lines[0], StringComparison.Ordinal);
        Assert.All(ran.Lines.Skip(1), static l => Assert.Matches(@"^\d{4}-\d\d-\d\dT\S+Z +open +\d+ ", l));
        Assert.All(ran.Lines, l => Assert.Equal(Regex.Split(ran.Lines[0].Trim(), " +").Length, Regex.Split(l.Trim(), " +").Length));
    }

    [Fact]
    public async Task Load_and_top_are_live_in_a_terminal()
    {
        var load = await lab.InTerminal("load --interval 0.2s", "/s)", "\u0003"); // rates come with the second look
        Assert.Equal(ExitCode.Ok, load.Code);
        Assert.Contains("admission", load.Out, StringComparison.Ordinal);
        var top = await lab.InTerminal("top --interval 0.2s --limit 3", "IN-PKT/s", "\u0003");
        Assert.Equal(ExitCode.Ok, top.Code);
        Assert.Contains("sessions, in ", top.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_lists_the_busiest_session_first()
    {
        const int Talker = 321;
        lab.Talker = Talker;
        try
        {
            JsonElement first = default;
            await CtlLab.Until(async () =>
                (first = (await lab.Ctl("top", "--json", "--by", "in", "--limit", "2")).Json.GetProperty("sessions")[0])
                .GetProperty("inOctetsPerSecond").GetDouble() > 0);
            Assert.Equal(CtlLab.Name(Talker), first.GetProperty("session").GetProperty("user").GetString());
            Assert.Equal(1000, first.GetProperty("inOctetsPerSecond").GetDouble() / first.GetProperty("inPacketsPerSecond").GetDouble(),
                50.0); // the counters move while they are read
            Assert.Equal(0, first.GetProperty("outOctetsPerSecond").GetDouble());
            var text = await lab.Ctl("top", "--once", "--limit", "5");
            Assert.Equal(6, text.Lines.Length);
            Assert.Matches($@"{Regex.Escape(CtlLab.Name(Talker))} .* [\d.]+kbit/s +0bit/s ", text.Lines[1]);
            Assert.Equal(0, (await lab.Ctl("top", "--json", "--by", "out")).Json.GetProperty("outOctetsPerSecond").GetDouble());
        }
        finally
        {
            lab.Talker = -1;
        }
    }

    [Fact]
    public async Task Wide_terminal_has_a_table_in_colors_without_no_color()
    {
        var boxed = await lab.InTerminal("sessions --limit 2", "\n", "");
        Assert.Contains("│", boxed.Out, StringComparison.Ordinal);
        Assert.Contains("\u001b[", boxed.Out, StringComparison.Ordinal);
        Assert.Contains("2 of ", boxed.Out, StringComparison.Ordinal);
        var plain = await lab.InTerminal("sessions --limit 2 --no-color", "\n", "");
        Assert.Contains("│", plain.Out, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\x1b\[[0-9;]*[1-9][0-9;]*m", plain.Out);
        var json = await lab.InTerminal("status --json", "\n", "");
        Assert.Contains("  \"node\": \"lab\"", json.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_list_in_a_terminal_is_cut_with_a_note()
    {
        var ran = await lab.InTerminal("sessions", "\n", "");
        Assert.Matches(@"100 of \d+ rows shown", ran.Out);
    }

    [Fact]
    public async Task Bash_completes_verbs_options_and_filters()
    {
        var ran = await lab.Bash("""
            eval "$(lnsctl completion bash)"
            try() {
              COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=(lnsctl) COMP_CWORD=0
              _lnsctl
              echo "${COMPREPLY[*]}"
            }
            complete -p lnsctl
            try 'lnsctl se'
            try 'lnsctl sessions st'
            try 'lnsctl sessions state=c'
            try 'lnsctl dro'
            try 'lnsctl drain --ex'
            try 'lnsctl log level Akka deb'
            try 'lnsctl top --by o'
            try 'lnsctl nonsense '
            """);
        Assert.Equal((ExitCode.Ok, ""), (ran.Code, ran.Error));
        Assert.Equal(["complete -o default -F _lnsctl lnsctl", "session sessions",
            "state=authentication state=calling state=closing state=link state=network state=up",
            "calling closing", "drop", "--exit", "debug", "out"], ran.Lines.Take(8));
    }

    [Fact]
    public async Task Help_and_readme_name_every_verb()
    {
        var help = await CtlLab.Raw(["--help"]);
        Assert.Equal(0, help.Code);
        Assert.Contains(ExitCode.Help, help.Out, StringComparison.Ordinal);
        foreach (var verb in LnsCtl.Root().Subcommands)
        {
            Assert.Matches($@"(?m)^  {verb.Name} ", help.Out);
            Assert.Matches($"`{verb.Name}[` ]", Server.Tests.Repository.Read("src/Akka.LNS.Ctl/README.md"));
        }
        Assert.Equal(0, (await CtlLab.Raw(["--version"])).Code);
    }

    private async Task<string> Id(int subscriber) =>
        Assert.Single((await lab.Ctl("sessions", "--json", string.Create(CultureInfo.InvariantCulture, $"user={CtlLab.Name(subscriber)}")))
            .Json.GetProperty("sessions").EnumerateArray())
            .GetProperty("id").GetString()!;
}

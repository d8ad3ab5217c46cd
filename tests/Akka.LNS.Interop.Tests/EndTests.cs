namespace Akka.LNS.Interop.Tests;

/// <summary>Every kind of end of a session, and its accounting Stop.</summary>
public sealed class EndTests(Lab lab) : LabTests(lab), IClassFixture<Lab>
{
    private const string Users = """
        alice Cleartext-Password := "pw"
        brief Cleartext-Password := "pw"
        	Session-Timeout = 3
        """;

    // short echo intervals keep the test fast; LCP echoes, not HELLO, detect the dead client
    private const string Impatient = """
        lns.links.defaults { echo-interval = 1s, echo-failures = 3 }
        lns.tunnels.defaults { retransmit-initial = 250ms, retransmit-max = 1s, max-retransmits = 3, hello-interval = 30s }
        """;

    [Fact]
    public async Task The_client_hangs_up()
    {
        await using var radius = await Lab.Radius(Users);
        await using var lns = await Lab.Start(Configuration([radius]));
        var client = await Lab.Client("alice");
        var up = await client.DialUp();

        await client.HangUp();

        var stop = await radius.Accounted("alice", "Stop");
        Assert.Equal("User-Request", stop["Acct-Terminate-Cause"]);
        Assert.Contains("user request", TermCause(stop), StringComparison.Ordinal);
        Assert.Contains("the subscriber hung up: User request", await lns.Logged("user off: user 'alice'"), StringComparison.Ordinal);
        Assert.Contains("rcvd [LCP TermAck", client.PppLog, StringComparison.Ordinal);
        await Gone(lns, "alice", up.Address);
        await lns.Logged($"tunnel down: lac {client.LacName}, ");
        await EndsCleanly(lns);
        await lns.Logged("node stops: tunnels 0, sessions 0"); // a tunnel that lingers to acknowledge does not count
        InOrder(radius.Accounting);
    }

    [Fact]
    public async Task Lcp_echoes_detect_a_killed_client()
    {
        await using var radius = await Lab.Radius(Users);
        await using var lns = await Lab.Start(Configuration([radius], Impatient));
        var client = await Lab.Client("alice");
        var up = await client.DialUp();

        await client.Crash();

        var stop = await radius.Accounted("alice", "Stop", 30);
        Assert.Equal("Lost-Carrier", stop["Acct-Terminate-Cause"]);
        Assert.Contains("echo timeout", TermCause(stop), StringComparison.Ordinal);
        await Gone(lns, "alice", up.Address);
        Assert.Contains(TermCause(stop), await lns.Logged("user off: user 'alice'"), StringComparison.Ordinal);
        await lns.Logged($"tunnel down: lac {client.LacName}, ", 30);
        await EndsCleanly(lns);
    }

    [Fact]
    public async Task The_lns_hangs_up_at_the_session_timeout_of_radius()
    {
        await using var radius = await Lab.Radius(Users);
        await using var lns = await Lab.Start(Configuration([radius]));
        var client = await Lab.Client("brief");
        var up = await client.DialUp();

        var stop = await radius.Accounted("brief", "Stop");
        Assert.Equal("Session-Timeout", stop["Acct-Terminate-Cause"]);
        Assert.Contains("session timeout", TermCause(stop), StringComparison.Ordinal);
        Assert.InRange(stop.Number("Acct-Session-Time"), 3, 4);
        Assert.True(await client.WentDown());
        Assert.Matches("rcvd \\[LCP TermReq id=0x[0-9a-f]+ \"session limit of 3 s reached\"", client.PppLog);
        await Gone(lns, "brief", up.Address);
        await client.HangUp();
        await EndsCleanly(lns);
    }

    [Fact]
    public async Task The_text_of_pppd_is_the_reason_of_the_end()
    {
        await using var radius = await Lab.Radius(Users);
        await using var lns = await Lab.Start(Configuration([radius]));
        var client = await Lab.Client(new ClientSettings("alice", "pw", "chap", Ppp: "maxconnect 3"));
        await client.DialUp();

        var stop = await radius.Accounted("alice", "Stop");

        Assert.Equal("Session-Timeout", stop["Acct-Terminate-Cause"]);
        Assert.Contains("the subscriber hung up: Connect time expired", TermCause(stop), StringComparison.Ordinal);
        await client.HangUp();
        await EndsCleanly(lns);
    }

    [Fact]
    public async Task A_stopping_lns_sends_stopccn_to_every_client()
    {
        await using var radius = await Lab.Radius(Users);
        await using var lns = await Lab.Start(Configuration([radius]));
        var (alice, brother) = (await Lab.Client("alice"), await Lab.Client("alice"));
        await alice.DialUp();
        await brother.DialUp();

        await EndsCleanly(lns);

        Assert.True(await alice.WentDown() && await brother.WentDown());
        foreach (var client in new[] { alice, brother })
            await Until.True("StopCCN",
            () => client.Xl2tpdLog.Contains("message type is Stop-Control-Connection-Notification", StringComparison.Ordinal),
                seen: () => client.Logs);
        var stops = radius.AccountingOf("alice").Where(static r => r.Status == "Stop").ToList();
        Assert.Equal(2, stops.Count);
        Assert.All(stops, static stop =>
        {
            Assert.Equal("Admin-Reboot", stop["Acct-Terminate-Cause"]);
            Assert.Contains("shutdown", TermCause(stop), StringComparison.Ordinal);
        });
        InOrder(radius.Accounting);
        await alice.HangUp();
        await brother.HangUp();
    }

    [Fact]
    public async Task Redialling_from_the_same_address_and_port_while_the_old_tunnel_is_closing()
    {
        await using var radius = await Lab.Radius(Users);
        await using var lns = await Lab.Start(Configuration([radius], Impatient));
        var client = await Lab.Client("alice");

        // a tunnel that is still up for the LNS
        var first = await client.DialUp();
        await client.Crash();
        var second = await client.DialUp();
        Assert.True((await client.Ping()).AllAnswered);
        Assert.NotEqual(first.Address, second.Address);
        // a tunnel that lingers to acknowledge what the client may send again (RFC 2661 section 5.7)
        await client.HangUp();
        await client.DialUp();
        Assert.True((await client.Ping()).AllAnswered);
        // a tunnel whose StopCCN gets no acknowledgement
        await client.Crash();
        await Until.True("the end of the first and of the third", () => lns.Count("user off: user 'alice', .*echo timeout") == 2, 30, () =>
            lns.Log);
        var last = await client.DialUp();
        Assert.True((await client.Ping()).AllAnswered);
        await client.HangUp();

        await Gone(lns, "alice", last.Address);
        await Until.True("four Stops", () => radius.AccountingOf("alice").Count(static r => r.Status == "Stop") == 4, 30, () => radius.Log);
        await EndsCleanly(lns);
        InOrder(radius.Accounting);
        Assert.Equal(4, radius.AccountingOf("alice").Select(static r => r.SessionId).Distinct().Count());
    }

    private static string TermCause(RadiusRecord record) =>
        record["mpd-term-cause"] ?? throw new Xunit.Sdk.XunitException($"no mpd-term-cause in{Environment.NewLine}{record}");
}

namespace Akka.LNS.Interop.Tests;

/// <summary>Logins of a real client with a real RADIUS server: result, address, and forwarding.</summary>
public sealed class LoginTests(Lab lab) : LabTests(lab), IClassFixture<Lab>
{
    private const string Secret = "t0psecret";
    private const string Users = """
        fixed Cleartext-Password := "pw"
        	Framed-IP-Address = 10.66.0.9
        pooled Cleartext-Password := "pw"
        """;

    [Theory]
    [InlineData("pap", "fixed")]
    [InlineData("chap", "pooled")]
    [InlineData("mschapv2", "fixed")]
    public async Task A_login_gets_an_address_and_packets_of_all_sizes_pass(string auth, string user)
    {
        await using var radius = await Lab.Radius(Users);
        await using var lns = await Lab.Start(Configuration([radius]));
        var client = await Lab.Client(user, "pw", auth);

        var up = await client.DialUp();
        if (user == "fixed") Assert.Equal("10.66.0.9", up.Address);
        else Assert.StartsWith("10.55.0.", up.Address, StringComparison.Ordinal);
        Assert.Equal(("10.55.255.1", "192.0.2.53", "192.0.2.54"), (up.Peer, up.Dns1, up.Dns2));
        await lns.Logged($"user on: user '{user}', address {up.Address},");

        // packets that fit, both ways; the client's MRU is 1400
        foreach (var size in new[] { 56, 1372 })
        {
            Passes(await client.Ping(size: size, dontFragment: true));
            Passes(await Lab.Ping(up.Address, size, dontFragment: true));
        }

        // too large with DF: the client's kernel refuses its own packets, and the LNS sends ICMP errors to the other side
        Assert.Equal(1400, (await client.Ping(size: 1373, dontFragment: true, count: 1, inVain: true)).TooBigFor);
        var tooBig = await Lab.Ping(up.Address, 1373, dontFragment: true, count: 2, inVain: true);
        Assert.Equal((0, 1400), (tooBig.Received, tooBig.TooBigFor));
        // too large without DF: fragmented
        Passes(await client.Ping(size: 2500));
        Passes(await Lab.Ping(up.Address, 2500));

        var request = Assert.Single(radius.Requests);
        Assert.Equal((user, "Framed-User", "PPP"), (request.User, request["Service-Type"], request["Framed-Protocol"]));
        await client.HangUp();
        await radius.Accounted(user, "Stop");
        await Gone(lns, user, up.Address);
        await EndsCleanly(lns);
    }

    [Theory]
    [InlineData("pap", "PAP AuthNak")]
    [InlineData("chap", "CHAP Failure")]
    [InlineData("mschapv2", "CHAP Failure")]
    public async Task A_wrong_password_is_refused_with_the_text_of_the_radius_server(string auth, string refusal)
    {
        await using var radius = await Lab.Radius(Users, rejectText: "Please pay your bill");
        await using var lns = await Lab.Start(Configuration([radius]));
        var client = await Lab.Client("pooled", "gue55ed", auth);

        Assert.Equal(DialOutcome.Refused, (await client.Dial()).Outcome);
        Assert.True(await client.WentDown());
        var line = Assert.Single(client.PppLog.Split('\n'), l => l.StartsWith($"rcvd [{refusal}", StringComparison.Ordinal));
        Assert.Contains("Please pay your bill", line, StringComparison.Ordinal);
        await lns.Logged("login refused: .*user 'pooled'");

        await client.HangUp();
        Assert.Empty(radius.AccountingOf("pooled"));
        Assert.DoesNotContain("gue55ed", lns.Log, StringComparison.Ordinal);
        await EndsCleanly(lns);
        Assert.Equal(0, lns.Count("user on: "));
    }

    [Fact]
    public async Task A_tunnel_needs_the_secret_on_both_sides()
    {
        await using var radius = await Lab.Radius(Users);
        await using var lns = await Lab.Start(Configuration([radius], $$"""lns.tunnels.defaults.secret = "{{Secret}}" """));
        var login = new ClientSettings("pooled", "pw", "chap");

        // the client has another secret and sends no Challenge: the LNS refuses its SCCCN
        var liar = await Lab.Client(login with { Secret = "wrong" });
        Assert.Equal(DialOutcome.Refused, (await liar.Dial()).Outcome);
        Assert.Contains("message type is Stop-Control-Connection-Notification", liar.Xl2tpdLog, StringComparison.Ordinal);
        await lns.Logged($"tunnel (refused|down): lac {liar.LacName}, .*tunnel authentication failed");

        // the client sends a Challenge to an LNS with another secret: the client refuses our SCCRP
        var doubter = await Lab.Client(login with { Secret = "wrong", Challenge = true });
        Assert.Equal(DialOutcome.Refused, (await doubter.Dial()).Outcome);
        Assert.Contains("Invalid", doubter.Xl2tpdLog, StringComparison.Ordinal);

        var friend = await Lab.Client(login with { Secret = Secret, Challenge = true });
        var up = await friend.DialUp();
        Passes(await friend.Ping());
        await lns.Logged($"tunnel up: lac {friend.LacName}, ");
        await friend.HangUp();
        await Gone(lns, "pooled", up.Address);
        Assert.DoesNotContain(Secret, lns.Log, StringComparison.Ordinal);
        await EndsCleanly(lns);
        Assert.Equal(1, lns.Count("session up: "));
    }

    private static void Passes(PingResult ping) => Assert.True(ping.AllAnswered, ping.Output);
}

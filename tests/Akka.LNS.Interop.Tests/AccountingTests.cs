namespace Akka.LNS.Interop.Tests;

/// <summary>Accounting records that the RADIUS server receives.</summary>
public sealed class AccountingTests(Lab lab) : LabTests(lab), IClassFixture<Lab>
{
    /// <summary>IPv4 and ICMP headers, which ping's sizes leave out.</summary>
    private const int PingHeaders = 28;

    [Fact]
    public async Task Start_interims_and_stop_come_in_order_and_count_what_was_sent()
    {
        await using var radius = await Lab.Radius("""
            alice Cleartext-Password := "pw"
            	Class = 0x746573746564
            """);
        await using var lns = await Lab.Start(Configuration([radius], "lns.radius.accounting.interim-interval = 1s"));
        var client = await Lab.Client("alice");
        var up = await client.DialUp();
        var start = await radius.Accounted("alice", "Start");
        Assert.Equal((up.Address, "Framed-User", "PPP", "0x746573746564"),
            (start["Framed-IP-Address"], start["Service-Type"], start["Framed-Protocol"], start["Class"]));

        var (sent, octets) = (0, 0);
        foreach (var size in new[] { 56, 1000, 1372 })
        {
            var ping = await client.Ping(size: size, count: 5);
            Assert.True(ping.AllAnswered, ping.Output);
            (sent, octets) = (sent + ping.Sent, octets + ping.Sent * (size + PingHeaders));
        }

        var total = octets;
        var interim = await Until.Some("an Interim that has counted all", () => radius.AccountingOf("alice")
            .FirstOrDefault(r => r.Status == "Interim-Update" && r.Number("Acct-Output-Octets") == total), seen: () => radius.Log);
        Assert.Equal(start.SessionId, interim.SessionId);
        await client.HangUp();

        var stop = await radius.Accounted("alice", "Stop");
        Assert.Equal((octets, octets, sent, sent), (stop.Number("Acct-Input-Octets"), stop.Number("Acct-Output-Octets"),
            stop.Number("Acct-Input-Packets"), stop.Number("Acct-Output-Packets")));
        Assert.Contains($"in {octets} octets, out {octets} octets", await lns.Logged("user off: user 'alice'"), StringComparison.Ordinal);
        await EndsCleanly(lns);

        InOrder(radius.Accounting);
        var session = radius.AccountingOf("alice").ToList();
        Assert.True(session.Count >= 3, radius.Log);
        Assert.All(session, r => Assert.Equal((start.SessionId, up.Address), (r.SessionId, r["Framed-IP-Address"])));
        foreach (var (before, after) in session.Zip(session.Skip(1)))
        {
            Assert.True(before.Number("Acct-Input-Octets") <= after.Number("Acct-Input-Octets"), radius.Log);
            Assert.True(before.Number("Acct-Session-Time") <= after.Number("Acct-Session-Time"), radius.Log);
        }
    }

    [Fact]
    public async Task The_second_server_answers_when_the_first_is_silent()
    {
        const string users = "alice Cleartext-Password := \"pw\"";
        await using var first = await Lab.Radius(users);
        await using var second = await Lab.Radius(users, port: 1822);
        await using var lns = await Lab.Start(Configuration([first, second], "lns.radius.server-defaults.timeout = 500ms"));
        await first.FallSilent();
        var client = await Lab.Client("alice");

        var up = await client.DialUp();
        await client.HangUp();
        await second.Accounted("alice", "Stop", 30);

        Assert.NotEmpty(second.Requests);
        Assert.DoesNotContain(first.Accounting, static r => r.User == "alice");
        InOrder(second.Accounting);
        await lns.Logged(@"radius server state: server server1 \(127\.0\.0\.1:1812\), state Up -> Suspect");
        await Gone(lns, "alice", up.Address);
        await EndsCleanly(lns);
    }

    [Fact]
    public async Task Records_have_the_name_of_the_accept_and_as_many_long_classes_as_fit()
    {
        const int classes = 15;
        var lines = Enumerable.Range(0, classes).Select(static i => $"\tClass {(i == 0 ? "=" : "+=")} 0x{i:x2}{new string('a', 504)}");
        await using var radius = await Lab.Radius(
            $"alice Cleartext-Password := \"pw\"\n\tUser-Name = \"alice-given\",\n{string.Join(",\n", lines)}");
        await using var lns = await Lab.Start(Configuration([radius]));
        var client = await Lab.Client("alice");
        await client.DialUp();
        var start = await radius.Accounted("alice-given", "Start");
        await client.HangUp();
        var stop = await radius.Accounted("alice-given", "Stop");
        Assert.Equal(start.SessionId, stop.SessionId);
        // a packet has at most 4096 octets, and what bills the session goes before Class
        Assert.InRange(stop.Attributes.Count(static a => a.Key == "Class"), classes - 4, classes);
        Assert.All(new[] { "Acct-Input-Octets", "Acct-Output-Octets", "Acct-Session-Time", "Acct-Terminate-Cause" },
            name => Assert.NotNull(stop[name]));
        Assert.Empty(radius.AccountingOf("alice"));
        await EndsCleanly(lns);
    }
}

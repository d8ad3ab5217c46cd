namespace Akka.LNS.Interop.Tests;

/// <summary>The configuration that somebody gets who has none: no other server is needed.</summary>
public sealed class DemoTests(Lab lab) : LabTests(lab), IClassFixture<Lab>
{
    private const string OwnAddress = "100.64.0.1";

    [Fact]
    public async Task The_embedded_demo_serves_its_two_users()
    {
        await using var lns = await Lnsd.StartDemo(Lab);
        var clients = new[] { await Lab.Client("demo", "demo", "any"), await Lab.Client("demo2", "demo", "pap") };
        foreach (var client in clients)
        {
            var up = await client.DialUp();
            Assert.StartsWith("100.64.", up.Address, StringComparison.Ordinal);
            Assert.Equal(OwnAddress, up.Peer);
            Assert.True((await client.Ping(OwnAddress)).AllAnswered);
            Assert.True((await client.Ping()).AllAnswered);
            await lns.Logged($"user on: '{client.Settings.User}', address {up.Address},");
        }

        var stranger = await Lab.Client("demo", "omed");
        Assert.Equal(DialOutcome.Refused, (await stranger.Dial()).Outcome);
        await stranger.HangUp();
        foreach (var client in clients) await client.HangUp();
        foreach (var client in clients) await lns.Logged($"user off: '{client.Settings.User}',");
        await EndsCleanly(lns);
    }
}

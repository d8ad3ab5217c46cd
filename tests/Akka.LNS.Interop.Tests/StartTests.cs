namespace Akka.LNS.Interop.Tests;

/// <summary>Starts that work without anything else, and starts that cannot work.</summary>
public sealed class StartTests(Lab lab) : LabTests(lab), IClassFixture<Lab>
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
            await lns.Logged($"user on: user '{client.Settings.User}', address {up.Address},");
        }

        var stranger = await Lab.Client("demo", "omed");
        Assert.Equal(DialOutcome.Refused, (await stranger.Dial()).Outcome);
        await stranger.HangUp();
        foreach (var client in clients) await client.HangUp();
        foreach (var client in clients) await lns.Logged($"user off: user '{client.Settings.User}',");
        await EndsCleanly(lns);
    }

    [Fact]
    public async Task A_second_instance_fails_with_one_line_and_does_not_disturb_the_first()
    {
        await using var lns = await Lab.Start(Configuration([]));
        await using var second = Lnsd.Launch(Lab, Configuration([]));
        Assert.Equal(2, await second.Exited());
        Assert.Single(second.Lines, static l => l.Length > 0);

        await using var sameDevice = Lnsd.Launch(Lab, Configuration([], """lns.listen = ["127.0.0.1:1701"]"""));
        Assert.Equal(2, await sameDevice.Exited());
        Assert.Contains(TunDevice, Assert.Single(sameDevice.Lines, static l => l.Length > 0), StringComparison.Ordinal);

        Assert.Equal([TunDevice], await Lab.ForeignInterfaces());
        await EndsCleanly(lns);
    }

    [Fact]
    public async Task Without_the_right_to_create_a_device_the_error_names_the_missing_right()
    {
        await using var lns = Lnsd.Launch(Lab, Configuration([]), "setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin");
        Assert.Equal(2, await lns.Exited());
        Assert.Contains("CAP_NET_ADMIN", Assert.Single(lns.Lines, static l => l.Length > 0), StringComparison.Ordinal);
        Assert.Empty(await Lab.ForeignInterfaces());
    }
}

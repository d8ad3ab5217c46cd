namespace Akka.LNS.Interop.Tests;

public sealed class ManyClientsTests(Lab lab) : LabTests(lab), IClassFixture<Lab>
{
    [Fact]
    public async Task Eight_clients_at_once_have_eight_addresses_and_all_of_them_work()
    {
        const int count = 8;
        var names = Enumerable.Range(1, count).Select(static i => $"user{i}").ToArray();
        await using var radius = await Lab.Radius(string.Join('\n', names.Select(static n => $"{n} Cleartext-Password := \"pw\"")));
        await using var lns = await Lab.Start(Configuration([radius]));
        var clients = new List<UmlClient>();
        foreach (var name in names) clients.Add(await Lab.Client(name, "pw", "any"));

        var ups = await Task.WhenAll(clients.Select(static c => c.Dial(40)));
        Assert.All(ups, (up, i) => Assert.True(up.Outcome == DialOutcome.Up, clients[i].Logs));
        Assert.Equal(count, ups.Select(static up => up.Address).Distinct().Count());
        // pings from each client and to each client, at the same time
        var pings = await Task.WhenAll([.. clients.Select(static c => c.Ping()), .. ups.Select(up => Lab.Ping(up.Address))]);
        Assert.All(pings, static ping => Assert.True(ping.AllAnswered, ping.Output));

        await Task.WhenAll(clients.Select(static c => c.HangUp()));

        for (var i = 0; i < count; i++)
        {
            var stop = await radius.Accounted(names[i], "Stop", 30);
            Assert.Equal((ups[i].Address, "User-Request"), (stop["Framed-IP-Address"], stop["Acct-Terminate-Cause"]));
            await lns.Logged($"user off: user '{names[i]}', address {ups[i].Address},");
            await lns.Logged($"tunnel down: lac {clients[i].LacName}, ");
        }

        await EndsCleanly(lns);
        InOrder(radius.Accounting);
    }
}

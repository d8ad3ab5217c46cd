using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Ppp;

namespace Akka.LNS.Actors.Tests;

/// <summary>Whole calls through all shells, over UDP on loopback, against the machines in a LAC's and a subscriber's role.</summary>
public class CallTests
{
    [Theory]
    [InlineData(AuthMethod.Pap)]
    [InlineData(AuthMethod.ChapMd5)]
    [InlineData(AuthMethod.MsChapV2)]
    public async Task A_subscriber_comes_up_and_hangs_up_and_leaves_nothing(AuthMethod method)
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        var call = lac.Dial("demo", "demo", method);
        var ip = await call.Up;
        Assert.Equal(("100.64.0.2", "100.64.0.1"), (ip.Local.ToString(), ip.Peer.ToString()));
        Assert.Equal("9.9.9.9", ip.PrimaryDns.ToString());
        await TestNode.Until(() => node.Log.Has("user on", "'demo'"), "user on");
        var on = Assert.Single(await node.Node.FindAsync());
        Assert.Equal(("demo", "100.64.0.2"), (on.User, on.Address.ToString()));

        call.HangUp();
        await call.Over;
        await node.AllGone();
        Assert.True(node.Log.Has("user off", "'demo'", nameof(EndCause.UserRequest)), string.Join('\n', node.Log.Lines));
        Assert.True(node.Log.Has("session down", nameof(EndCause.UserRequest)));
        Assert.True(node.Log.Has("interface down"));
    }

    [Fact]
    public async Task A_node_that_stops_ends_its_calls_before_the_lac_hears_of_it()
    {
        await using var node = new TestNode();
        using var lac = new TestLac(node.EndPoint);
        await lac.Dial("demo", "demo", AuthMethod.ChapMd5).Up;
        await TestNode.Until(() => node.Log.Has("user on", "'demo'"), "user on");

        var why = new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.Shutdown, "stopped by a test");
        await node.Node.StopAsync(why, TimeSpan.FromSeconds(20));

        // the other way round, a LAC's subscribers could hang up before our own reason had reached their links
        string[] ends = [.. node.Log.Lines.Where(static l => l.Contains("session down", StringComparison.Ordinal) || l.Contains("tunnel down", StringComparison.Ordinal))];
        Assert.Collection(ends, static l => Assert.Contains("session down", l, StringComparison.Ordinal), static l => Assert.Contains("tunnel down", l, StringComparison.Ordinal));
        Assert.All(ends, l => Assert.Contains(why.ToString(), l, StringComparison.Ordinal));
        Assert.True(node.Log.Has("user off", "'demo'", why.ToString()), string.Join('\n', node.Log.Lines));
    }
}

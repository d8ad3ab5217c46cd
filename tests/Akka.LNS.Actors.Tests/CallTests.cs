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
}

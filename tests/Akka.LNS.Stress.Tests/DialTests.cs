using System.Net;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Stress.Dialing;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Stress.Tests;

/// <summary>One subscriber dials an lnsd with the null plane and local users on loopback.</summary>
public class DialTests
{
    private static readonly IPEndPoint Lns = new(IPAddress.Parse("127.41.7.1"), 1701);

    [Theory]
    [InlineData(AuthMethod.Pap)]
    [InlineData(AuthMethod.ChapMd5)]
    [InlineData(AuthMethod.MsChapV2)]
    public void A_subscriber_comes_up_and_hangs_up(AuthMethod method)
    {
        using var lnsd = Start();
        var (connected, said) = Dial("alice", "right", method);
        Assert.True(connected, said);
        Assert.Contains("network up: address 10.0.0.1, LNS 100.64.0.1", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_password_fails_with_the_reason()
    {
        using var lnsd = Start();
        var (connected, said) = Dial("alice", "wrong", AuthMethod.ChapMd5);
        Assert.False(connected);
        Assert.Contains("the server refused us", said, StringComparison.Ordinal);
        Assert.DoesNotContain("network up", said, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unanswered_ping_is_a_failure()
    {
        using var lnsd = Start();
        var (connected, said) = Dial("alice", "right", AuthMethod.ChapMd5, pings: 1); // the null plane answers no ping
        Assert.False(connected);
        Assert.Contains("1 of 1 pings were not answered", said, StringComparison.Ordinal);
    }

    private static (bool Connected, string Said) Dial(string user, string password, AuthMethod method, int pings = 0)
    {
        using var said = new StringWriter();
        using var dialer = new Dialer(new DialOptions(Lns, user, password, method, null, pings, TimeSpan.Zero), said);
        return (dialer.Run(TestContext.Current.CancellationToken), said.ToString());
    }

    private static LnsdProcess Start()
    {
        using var radius = new RadiusResponder(new RadiusResponderSettings { Secret = "unused"u8.ToArray(), Password = "unused" });
        return new LnsdProcess(new LnsdSettings
        {
            Plane = "null", Listen = new UdpEndpoint(new Ipv4Address(0x7F290701), 1701), RadiusSecret = "unused",
            More = ["lns.users.alice { password = right }", "lns.links.defaults { auth = [mschap-v2, chap, pap], auth-by = [local] }"],
        }, radius);
    }
}

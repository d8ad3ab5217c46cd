using System.Collections.Immutable;
using Akka.LNS.Protocol.Peers;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Ppp;

public class PppPairTests
{
    private static readonly LinkPolicy Server = new();
    private static readonly LinkPolicy Client = new()
    {
        Role = LinkRole.Client, Credentials = new PppCredentials("demo", "sesame"), EchoInterval = TimeSpan.Zero, Mru = 1400,
    };

    [Theory]
    [InlineData(AuthMethod.Pap)]
    [InlineData(AuthMethod.ChapMd5)]
    [InlineData(AuthMethod.MsChapV2)]
    public void A_subscriber_comes_up_and_hangs_up(AuthMethod method)
    {
        var pair = new PppPair(Server, Client with { AuthMethods = [method] });
        pair.Run(TimeSpan.FromSeconds(2), () => pair.IsUp);
        Assert.True(pair.IsUp);
        Assert.Equal(method, pair.Server.Options!.Method);
        Assert.Equal("demo", pair.Server.Options.UserName);
        Assert.Equal((1400, 1492), (pair.Server.Options.PeerMru, pair.Server.Options.OurMru));
        Assert.Equal(pair.Server.Options.OurMagic, pair.Client.Options!.PeerMagic);
        Assert.Equal(
            new NegotiatedIp(PppPair.ServerAddress, PppPair.ClientAddress,
                Ipv4Address.Parse("192.0.2.53"), Ipv4Address.Parse("192.0.2.54"), default, default),
            pair.Server.Ip);
        Assert.Equal((PppPair.ClientAddress, PppPair.ServerAddress, Ipv4Address.Parse("192.0.2.53")),
            (pair.Client.Ip!.Local, pair.Client.Ip.Peer, pair.Client.Ip.PrimaryDns));

        pair.Raise(pair.Client, new LinkEvent.CloseRequested(new EndReason(EndParty.Lns, EndLayer.Link, EndCause.Shutdown, "done")));
        pair.Run(TimeSpan.FromSeconds(5), () => pair.IsOver);
        Assert.True(pair.IsOver);
        Assert.Equal(EndCause.UserRequest, pair.Server.Ended!.Cause);
        Assert.Null(pair.Server.Ip);
    }

    [Theory]
    [InlineData(AuthMethod.Pap)]
    [InlineData(AuthMethod.ChapMd5)]
    [InlineData(AuthMethod.MsChapV2)]
    public void A_wrong_password_is_refused_with_the_message_and_both_sides_end(AuthMethod method)
    {
        var pair = new PppPair(Server, Client with { AuthMethods = [method], Credentials = new PppCredentials("demo", "wrong") });
        pair.Run(TimeSpan.FromSeconds(5), () => pair.IsOver);
        Assert.Equal((EndCause.AuthenticationFailed, "refused: go away"), (pair.Server.Ended!.Cause, pair.Server.Ended.Text));
        Assert.Equal(EndCause.AuthenticationFailed, pair.Client.Ended!.Cause);
        Assert.Contains("go away", pair.Client.Ended.Text, StringComparison.Ordinal);
        Assert.Null(pair.Server.Options);
    }

    [Theory]
    [InlineData(AuthMethod.Pap)]
    [InlineData(AuthMethod.ChapMd5)]
    [InlineData(AuthMethod.MsChapV2)]
    public void A_lost_verdict_is_sent_again(AuthMethod method)
    {
        var (lost, protocol) = (0, method == AuthMethod.Pap ? PppProtocol.Pap : PppProtocol.Chap);
        var pair = new PppPair(Server, Client with { AuthMethods = [method] });
        pair.Loses = (from, frame) =>
            from == pair.Server && from.Link.Phase != LinkPhase.Establish && from.Options is null && IsVerdict(frame) && lost++ == 0;
        pair.Run(TimeSpan.FromSeconds(10), () => pair.IsUp);
        Assert.True(pair.IsUp);
        Assert.True(lost > 0);
        Assert.Null(pair.Server.Closing);

        bool IsVerdict(byte[] frame) => PppFrameView.TryRead(frame, out var view, out _) && view.Protocol == protocol
            && view.Payload[0] is ChapCode.Success or PapCode.AuthenticateAck;
    }

    [Fact] // law: with any policies, loss and repetition, both sides come up or both end, and each effect of the end comes once
    public void On_a_lossy_link_both_come_up_or_both_end()
    {
        ImmutableArray<AuthMethod>[] lists =
        [
            [], [AuthMethod.Pap], [AuthMethod.ChapMd5], [AuthMethod.MsChapV2], [AuthMethod.Pap, AuthMethod.MsChapV2],
            [AuthMethod.MsChapV2, AuthMethod.ChapMd5, AuthMethod.Pap],
        ];
        var methods = Gen.Int[0, lists.Length - 1].Select(i => lists[i]);
        var policy = Gen.Select(methods, Gen.UShort[64, 2000], Gen.Bool, Gen.Bool, Gen.Bool,
            (auth, mru, a, b, c) =>
                new LinkPolicy { AuthMethods = auth, Mru = mru, AllowPfc = a, AllowAcfc = b, OfferPfc = c, OfferAcfc = a != b });
        var passwords = Gen.Int[0, 2].Select(i => i == 0 ? "wrong" : "sesame");
        var all = Gen.Select(policy, policy, Gen.ULong, Gen.Int[0, 30], Gen.Int[0, 20], passwords);
        all.Sample((server, client, seed, loss, repeat, password) =>
        {
            client = client with { Role = LinkRole.Client, Credentials = new PppCredentials("demo", password) };
            var pair = new PppPair(server, client, seed, loss, repeat);
            pair.Run(TimeSpan.FromSeconds(200), () => pair.IsUp || pair.IsOver);
            if (pair.IsUp)
            {
                Assert.True(password == "sesame" || server.AuthMethods.IsEmpty);
                Assert.Equal(pair.Server.Ip!.Peer, pair.Client.Ip!.Local);
                var reset = new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.AdministrativeReset, "test");
                pair.Raise(pair.Server, new LinkEvent.CloseRequested(reset));
                pair.Run(TimeSpan.FromSeconds(400), () => pair.IsOver);
            }
            if (pair.Server.Ended is null) // the end of the client was lost: the CDN of the LAC ends the call
            {
                var disconnected = new EndReason(EndParty.Peer, EndLayer.Session, EndCause.CallDisconnected, "test");
                pair.Raise(pair.Server, new LinkEvent.CloseRequested(disconnected));
            }
            pair.Run(TimeSpan.FromSeconds(400), () => pair.IsOver);
            Assert.True(pair.IsOver);
            foreach (var side in new[] { pair.Server, pair.Client })
            {
                Assert.Equal(side.IpcpOpened, side.IpcpClosed);
                Assert.Single(side.Effects, e => e is LinkEffect.Ended);
                Assert.Single(side.Effects, e => e is LinkEffect.Closing);
            }
        }, iter: 1_000);
    }
}

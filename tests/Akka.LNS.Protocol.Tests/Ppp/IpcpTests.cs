using System.Collections.Immutable;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Ppp;

public class IpcpTests
{
    private static readonly Ipv4Address Assigned = Ipv4Address.Parse("100.64.0.7"); // 64400007
    private static readonly IpcpPolicy Policy = new()
    {
        LocalAddress = Ipv4Address.Parse("100.64.0.1"),
        PrimaryDns = Ipv4Address.Parse("192.0.2.53"), SecondaryDns = Ipv4Address.Parse("192.0.2.54"),
        PrimaryNbns = Ipv4Address.Parse("192.0.2.60"),
    };

    private sealed class Probe
    {
        public Probe(IpcpPolicy policy, Ipv4Address assigned) =>
            (State, Effects) = NetworkLayer.Start([Ipcp.Create(policy, assigned, 1)], Now);
        public Instant Now { get; set; } = new(0);
        public NetworkState State { get; private set; }
        public ImmutableArray<NetworkEffect> Effects { get; private set; }

        /// <summary>The packets of the last transition.</summary>
        public string[] Frames =>
            [.. Effects.OfType<NetworkEffect.SendFrame>().Select(f => Convert.ToHexString(f.Frame, 4, f.Frame.Length - 4))];

        public NegotiatedIp? Opened => Effects.OfType<NetworkEffect.Opened>().SingleOrDefault()?.Options as NegotiatedIp;
        public EndReason? Ended => Effects.OfType<NetworkEffect.Ended>().SingleOrDefault()?.Why;
        public PppError[] Drops => [.. Effects.OfType<NetworkEffect.Dropped>().Select(d => d.Why)];

        public Probe On(NetworkEvent ev)
        {
            (State, Effects) = NetworkLayer.On(State, ev, Now);
            return this;
        }

        public Probe Packet(byte code, byte id, string data = "") => Raw(LinkProbe.Packet(code, id, data));
        public Probe Raw(string octets) => On(new NetworkEvent.FrameReceived(PppProtocol.Ipcp, Convert.FromHexString(octets)));

        public Probe ToDeadline()
        {
            Now = NetworkLayer.NextDeadline(State)!.Value;
            return On(NetworkEvent.Tick.Instance);
        }

        /// <summary>Acknowledges our request.</summary>
        public Probe Acknowledge() => Raw("02" + Frames.Last(f => f.StartsWith("01", StringComparison.Ordinal))[2..]);
    }

    private static readonly NetworkEvent Rejected = new NetworkEvent.ProtocolRejected(PppProtocol.Ipcp);

    private static Probe Server() => new(Policy, Assigned);
    private static Probe OpenServer() => Server().Acknowledge().Packet(1, 1, "030664400007");

    [Fact]
    public void The_request_of_a_server_has_its_own_address()
    {
        var probe = Server();
        Assert.Matches("^01..000A" + "030664400001$", Assert.Single(probe.Frames));
        var frame = Assert.IsType<NetworkEffect.SendFrame>(probe.Effects[0]).Frame;
        Assert.Equal("FF038021", Convert.ToHexString(frame, 0, 4));
    }

    [Theory]
    [InlineData(3, "030600000000", "030664400007")] // any address
    [InlineData(3, "0306C0A80001", "030664400007")] // another address
    [InlineData(2, "030664400007", "030664400007")]
    [InlineData(3, "", "030664400007")] // no request for an address
    [InlineData(3, "030600000000" + "810600000000" + "830600000000", "030664400007" + "8106C0000235" + "8306C0000236")]
    [InlineData(4, "030600000000" + "820600000000" + "840600000000", "840600000000")] // the policy has no second NBNS
    [InlineData(3, "030664400007" + "820600000000", "8206C000023C")]
    [InlineData(2, "030664400007" + "8106C0000235" + "8306C0000236", "030664400007" + "8106C0000235" + "8306C0000236")]
    [InlineData(4, "0206002D0F01" + "030600000000", "0206002D0F01")] // Van Jacobson compression
    [InlineData(4, "010A0000000000000000", "010A0000000000000000")]
    [InlineData(4, "9003AA" + "030664400007", "9003AA")]
    [InlineData(3, "0303AA", "030664400007")] // wrong size
    public void A_server_answers_each_request_as_assigned(int code, string asked, string answered) =>
        Assert.Equal([LinkProbe.Packet((byte)code, 5, answered)], Server().Packet(1, 5, asked).Frames);

    [Fact]
    public void A_peer_that_answers_nothing_gets_the_verdict_on_its_login_again()
    {
        var probe = Server();
        Assert.DoesNotContain(NetworkEffect.Unheard.Instance, probe.Effects);
        Assert.Equal([NetworkEffect.Unheard.Instance], probe.ToDeadline().Effects[..1]); // before the request
        Assert.Single(probe.Frames);
        probe.Packet(1, 5, "030664400007");
        Assert.DoesNotContain(NetworkEffect.Unheard.Instance, probe.ToDeadline().Effects); // the peer has sent a request
        var client = new Probe(Policy with { Role = LinkRole.Client }, default);
        Assert.DoesNotContain(NetworkEffect.Unheard.Instance, client.ToDeadline().Effects);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-3.7-3")]
    public void Ipcp_opens_with_the_agreed_options_and_ends_some_time_after_a_terminate_request()
    {
        var probe = Server().Acknowledge().Packet(1, 2, "030664400007" + "8106C0000235");
        Assert.Equal(new NegotiatedIp(Policy.LocalAddress, Assigned, Policy.PrimaryDns, default, default, default), probe.Opened);
        Assert.Null(NetworkLayer.NextDeadline(probe.State));
        probe.Packet(5, 9);
        Assert.Equal(1, probe.Effects.Count(e => e is NetworkEffect.Closed));
        Assert.Equal([LinkProbe.Packet(6, 9, "")], probe.Frames);
        Assert.Null(probe.ToDeadline().Ended); // the pause after the Terminate-Ack
        var why = probe.ToDeadline().Ended;
        Assert.Equal(new Instant(0) + Policy.SetupTimeout, probe.Now);
        Assert.Equal((EndParty.Subscriber, EndCause.UserRequest, "the subscriber closed IPCP and did not open it again within 30 s"),
            (why!.By, why.Cause, why.Text));
        Assert.Empty(probe.Packet(1, 3).Effects);
    }

    [Theory]
    [InlineData(0)] // while the pause after the Terminate-Ack goes on
    [InlineData(20)]
    [Trait("Rfc", "RFC1661-3.7-3")]
    public void Ipcp_that_the_peer_has_closed_may_open_again_with_the_same_address(int after)
    {
        var probe = OpenServer().Packet(5, 9);
        for (var at = probe.Now + TimeSpan.FromSeconds(after); probe.Now < at && NetworkLayer.NextDeadline(probe.State) < at;)
            Assert.Null(probe.ToDeadline().Ended);
        probe.Packet(1, 10, "030600000000");
        Assert.Equal(["01", "03"], probe.Frames.Select(f => f[..2]));
        probe.Acknowledge();
        Assert.Equal(Assigned, probe.Packet(1, 11, "030664400007").Opened!.Peer);
        Assert.Null(NetworkLayer.NextDeadline(probe.State));
        probe.Packet(5, 12, "4D5050452072657175697265642062757420706565722072656675736564"); // MPPE required but peer refused
        var why = probe.ToDeadline().ToDeadline().Ended!;
        Assert.Equal((EndCause.NegotiationFailed, "the subscriber closed IPCP and did not open it again within 30 s: "
            + "MPPE required but peer refused"), (why.Cause, why.Text));
    }

    [Fact]
    public void A_peer_that_opens_again_and_never_agrees_ends_at_the_same_limit()
    {
        var probe = OpenServer().Packet(5, 9);
        for (byte id = 10; probe.Ended is null; id++)
        {
            Assert.True(probe.Now < new Instant(0) + TimeSpan.FromSeconds(40));
            if (NetworkLayer.NextDeadline(probe.State) is { } due && due < probe.Now + TimeSpan.FromSeconds(2)) probe.ToDeadline();
            else
            {
                probe.Now += TimeSpan.FromSeconds(2);
                probe.Packet(1, id, "0306C0A80001");
            }
        }
        Assert.True(probe.Now <= new Instant(0) + TimeSpan.FromSeconds(34));
    }

    // ---- repetitions ------------------------------------------------------------------------------------------------

    [Fact]
    public void A_copy_of_the_request_while_opened_gets_only_another_ack_and_packets_go_on()
    {
        var probe = OpenServer();
        for (var i = 0; i < 3; i++)
        {
            probe.Now += TimeSpan.FromSeconds(1);
            Assert.Equal([LinkProbe.Packet(2, 1, "030664400007")], probe.Packet(1, 1, "030664400007").Frames);
            Assert.Single(probe.Effects);
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 60)] // a client that was started again and counts from one
    public void A_request_with_the_same_options_gets_ack_and_our_request_and_packets_go_on(byte id, int after)
    {
        var probe = OpenServer();
        probe.Now += TimeSpan.FromSeconds(after);
        probe.Packet(1, id, "030664400007");
        Assert.Equal(["01", "02"], probe.Frames.Select(f => f[..2]));
        Assert.Equal(2, probe.Effects.Length); // no Closed
        Assert.Null(NetworkLayer.NextDeadline(probe.State));
        Assert.Empty(probe.Acknowledge().Effects); // the peer is Opened now
        Assert.Equal([LinkProbe.Packet(2, id, "030664400007")], probe.Packet(1, id, "030664400007").Frames[^1..]);
    }

    [Fact]
    public void Requests_with_the_same_options_do_not_multiply_ours()
    {
        var probe = OpenServer();
        for (byte id = 2; id < 12; id++)
        {
            Assert.Equal(id == 2 ? 2 : 1, probe.Packet(1, id, "030664400007").Frames.Length);
            probe.Now += TimeSpan.FromMilliseconds(5);
        }
    }

    [Theory]
    [InlineData("030600000000")]
    [InlineData("030664400007" + "8106C0000235")]
    [InlineData("")]
    public void Other_options_while_opened_negotiate_again(string options) =>
        Assert.Equal(new NetworkEffect.Closed(Ipcp.Row), OpenServer().Packet(1, 2, options).Effects[0]);

    [Fact]
    [Trait("Rfc", "RFC1661-5.2-1")]
    public void Late_and_repeated_answers_while_opened_change_nothing()
    {
        var request = Server().Frames[0];
        var id = Convert.FromHexString(request)[1];
        string[] answers = ["02" + request[2..], LinkProbe.Packet(3, id, "030601020304"), LinkProbe.Packet(4, id, request[8..])];
        foreach (var answer in answers)
        {
            var probe = OpenServer();
            Assert.Equal([new NetworkEffect.Dropped(PppError.UnknownIdentifier)], probe.Raw(answer).Effects);
            Assert.Equal([new NetworkEffect.Dropped(PppError.UnknownIdentifier)],
                probe.Raw(answer[..2] + $"{(byte)(id + 7):X2}" + answer[4..]).Effects);
            Assert.Null(NetworkLayer.NextDeadline(probe.State));
        }
    }

    // ---- naks that lead nowhere -------------------------------------------------------------------------------------

    [Theory]
    [InlineData("030664400001")] // our own address, which we asked for
    [InlineData("030601020304")]
    [InlineData("8106C0000235")] // an option that we did not ask for
    [Trait("Rfc", "RFC1661-4.6-2")]
    public void An_address_that_is_answered_by_naks_again_and_again_is_left_out(string nak)
    {
        var probe = Server();
        var request = probe.Frames[0];
        for (var round = 1; request.Length > 8; round++)
        {
            Assert.True(round < 5);
            probe.Packet(3, Convert.FromHexString(request)[1], nak);
            if (probe.Frames.Length == 0) probe.ToDeadline();
            request = probe.Frames[^1];
        }
        Assert.Equal(Ipv4Address.None, probe.Packet(2, Convert.FromHexString(request)[1]).Packet(1, 1, "030664400007").Opened!.Local);
    }

    [Fact]
    public void Naks_to_a_request_without_options_end_ipcp_in_words()
    {
        var probe = Server();
        for (var rounds = 0; probe.Ended is null; rounds++)
        {
            Assert.True(rounds < 20);
            var request = probe.Frames.LastOrDefault(f => f.StartsWith("01", StringComparison.Ordinal));
            if (request is null) probe.ToDeadline();
            else probe.Packet(3, Convert.FromHexString(request)[1], "8106C0000235");
        }
        Assert.Equal((EndCause.NegotiationFailed, "the subscriber answers each IPCP request with a Configure-Nak that changes nothing"),
            (probe.Ended.Cause, probe.Ended.Text));
    }

    [Fact]
    public void A_peer_that_repeats_a_rejected_option_without_end_is_ended_in_words()
    {
        var probe = Server();
        for (byte id = 1; id <= 41; id++) probe.Packet(1, id, "0206002D0F01"); // Van Jacobson compression
        Assert.StartsWith("05", Assert.Single(probe.Frames), StringComparison.Ordinal);
        Assert.EndsWith(Convert.ToHexString("no agreement on the subscriber's IPCP options after 40 answers"u8), probe.Frames[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_negotiation_of_lcp_does_not_renew_the_set_up_limit()
    {
        var probe = Server();
        for (var i = 0; i < 2; i++)
        {
            probe.Now += TimeSpan.FromSeconds(14);
            probe.On(NetworkEvent.LowerDown.Instance);
            Assert.Null(NetworkLayer.NextDeadline(probe.State));
            probe.On(NetworkEvent.LowerUp.Instance);
        }
        while (probe.Ended is null) probe.ToDeadline();
        Assert.Equal((EndCause.SetupTimeout, TimeSpan.FromSeconds(33).Ticks), (probe.Ended.Cause, probe.Now.Ticks));
    }

    [Fact]
    public void Unanswered_requests_follow_the_back_off_and_the_protocol_ends()
    {
        var probe = Server();
        var waits = new List<double>();
        while (probe.Ended is null)
        {
            var before = probe.Now;
            probe.ToDeadline();
            waits.Add((probe.Now - before).TotalSeconds);
        }
        Assert.Equal([1, 2, 3, 3, 3, 3, 3, 3, 3, 3], waits);
        Assert.Equal(EndCause.NegotiationFailed, probe.Ended.Cause);
    }

    [Fact]
    public void A_peer_that_never_agrees_ends_the_protocol_at_the_set_up_timeout()
    {
        var probe = Server().Acknowledge();
        for (byte id = 1; probe.Now < new Instant(0) + TimeSpan.FromSeconds(29); probe.Now += TimeSpan.FromSeconds(1), id++)
        {
            var answer = Assert.Single(probe.Packet(1, id, "0306C0A80001").Frames);
            Assert.Equal(id <= 5 ? "03" : "04", answer[..2]); // Naks, then Rejects
        }
        while (probe.Effects.All(e => e is not NetworkEffect.Ended)) probe.ToDeadline();
        Assert.Equal(EndCause.SetupTimeout, probe.Ended!.Cause);
        Assert.Equal(TimeSpan.FromSeconds(33).Ticks, probe.Now.Ticks); // 30 s, then two Terminate-Requests
    }

    [Fact]
    public void A_server_keeps_its_address_after_a_nak_and_omits_it_after_a_reject()
    {
        var probe = Server();
        var id = Convert.FromHexString(probe.Frames[0])[1];
        Assert.Contains("030664400001", Assert.Single(probe.Packet(3, id, "030601020304").Frames), StringComparison.Ordinal);
        Assert.Equal([PppError.OptionsMismatch], probe.Packet(4, (byte)(id + 1), "030601020304").Drops);
        Assert.Equal([LinkProbe.Packet(1, (byte)(id + 2), "")], probe.Packet(4, (byte)(id + 1), "030664400001").Frames);
        probe.Packet(2, (byte)(id + 2)).Packet(1, 1, "030664400007");
        Assert.Equal((Ipv4Address.None, Assigned), (probe.Opened!.Local, probe.Opened.Peer));
    }

    [Fact]
    public void A_link_that_goes_down_and_up_closes_and_opens_again()
    {
        var probe = OpenServer();
        Assert.NotNull(probe.Opened);
        Assert.Equal([new NetworkEffect.Closed(Ipcp.Row)], probe.On(NetworkEvent.LowerDown.Instance).Effects);
        Assert.Null(NetworkLayer.NextDeadline(probe.State));
        Assert.Equal([PppError.WrongState], probe.Packet(1, 7, "030664400007").Drops);
        Assert.Empty(probe.On(NetworkEvent.LowerDown.Instance).Effects);
        Assert.Single(probe.On(NetworkEvent.LowerUp.Instance).Frames);
        Assert.NotNull(probe.Acknowledge().Packet(1, 8, "030664400007").Opened);
    }

    [Fact]
    public void A_new_request_while_opened_starts_a_new_negotiation()
    {
        var probe = OpenServer().Packet(1, 2, "030600000000");
        Assert.Equal(new NetworkEffect.Closed(Ipcp.Row), probe.Effects[0]);
        Assert.Equal(["01", "03"], probe.Frames.Select(f => f[..2]));
    }

    [Fact]
    public void A_protocol_reject_or_a_rejected_essential_code_ends_ipcp()
    {
        Assert.Equal(EndCause.NegotiationFailed, Server().On(Rejected).Ended!.Cause);
        Assert.Equal(EndCause.NegotiationFailed, OpenServer().On(NetworkEvent.LowerDown.Instance).On(Rejected).Ended!.Cause);
        Assert.Equal(EndCause.ProtocolViolation, Server().Packet(7, 1, "01010004").Ended!.Cause);
        Assert.Matches("^07..0008" + "63010004$", Assert.Single(Server().Packet(0x63, 1).Frames));
    }

    [Fact]
    public void A_protocol_reject_while_opened_ends_ipcp_at_the_terminate_ack_or_after_max_terminate()
    {
        var probe = OpenServer().On(Rejected);
        Assert.Equal((new NetworkEffect.Closed(Ipcp.Row), "05"), (probe.Effects[0], Assert.Single(probe.Frames)[..2]));
        Assert.Equal("the subscriber rejected IPCP", probe.Packet(6, 1).Ended!.Text);
        probe = OpenServer().On(Rejected);
        Assert.Equal("the subscriber rejected IPCP", probe.ToDeadline().ToDeadline().Ended!.Text);
    }

    [Fact]
    public void A_client_accepts_the_values_of_the_server()
    {
        var probe = new Probe(new IpcpPolicy { Role = LinkRole.Client, AskDns = true }, default);
        var id = Convert.FromHexString(probe.Frames[0])[1];
        Assert.Equal([LinkProbe.Packet(1, id, "030600000000" + "810600000000" + "830600000000")], probe.Frames);
        Assert.Equal([LinkProbe.Packet(1, (byte)(id + 1), "030600000000" + "810600000000")], probe.Packet(4, id, "830600000000").Frames);
        const string given = "030664400007" + "8106C0000235";
        Assert.Equal([LinkProbe.Packet(1, (byte)(id + 2), given)], probe.Packet(3, (byte)(id + 1), given).Frames);
        probe.Packet(1, 1, "030664400001").Packet(2, (byte)(id + 2), given);
        Assert.Equal(new NegotiatedIp(Assigned, Policy.LocalAddress, Policy.PrimaryDns, default, default, default), probe.Opened);
    }

    [Fact] // law: any octets and any order of events cause no exception, one Closed for each Opened, and one Ended
    public void Any_octets_never_throw_and_every_opened_is_closed()
    {
        var options = Gen.OneOf(Gen.Byte.Array[0, 24], Gen.Const(Convert.FromHexString("030664400007")));
        var body = Gen.OneOf(Gen.Byte.Array[0, 24], Gen.Select(Gen.Byte[0, 8], Gen.Byte, options,
            (code, id, data) => Convert.FromHexString(LinkProbe.Packet(code, id, Convert.ToHexString(data)))));
        Gen.Select(Gen.Bool, Gen.Select(Gen.Int[0, 9], body).Array[0, 40]).Sample((isServer, script) =>
        {
            var probe = isServer ? OpenServer() : new Probe(Policy with { Role = LinkRole.Client }, default);
            var (open, ended) = (isServer ? 1 : 0, 0);
            void Count()
            {
                foreach (var effect in probe.Effects)
                {
                    open += effect switch { NetworkEffect.Opened => 1, NetworkEffect.Closed => -1, _ => 0 };
                    ended += effect is NetworkEffect.Ended ? 1 : 0;
                    Assert.InRange(open, 0, 1);
                }
            }
            foreach (var (kind, octets) in script)
            {
                if (kind == 0 && NetworkLayer.NextDeadline(probe.State) is not null) probe.ToDeadline();
                else if (kind == 1) probe.On(NetworkEvent.LowerDown.Instance);
                else if (kind == 2) probe.On(NetworkEvent.LowerUp.Instance);
                else if (kind == 3 && probe.Frames.Any(f => f.StartsWith("01", StringComparison.Ordinal))) probe.Acknowledge();
                else probe.On(new NetworkEvent.FrameReceived(PppProtocol.Ipcp, octets));
                Count();
            }
            probe.On(Rejected);
            Count();
            for (var tick = 0; ended == 0; tick++)
            {
                Assert.True(tick < 10);
                probe.ToDeadline();
                Count();
            }
            Assert.Equal((0, 1), (open, ended));
        }, iter: 3_000);
    }
}

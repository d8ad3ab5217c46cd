using Akka.LNS.Protocol.Peers;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire.Ppp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Ppp;

public class LcpTests
{
    private static readonly LinkPolicy Policy = new() { AuthMethods = [AuthMethod.Pap], EchoJitter = 0 };
    private static readonly LinkPolicy Free = Policy with { AuthMethods = [] };
    private static readonly LinkPolicy Client = new() { Role = LinkRole.Client, Credentials = new PppCredentials("a", "b") };

    private static string Id(LinkProbe probe) => probe.Frames[0].Substring(6, 2);
    private static byte RequestId(LinkProbe probe) => Convert.FromHexString(Id(probe))[0];

    // ---- our Configure-Request --------------------------------------------------------------------------------------

    [Fact]
    public void The_first_request_demands_mru_authentication_and_a_magic_number()
    {
        var probe = new LinkProbe(Policy with { AuthMethods = [AuthMethod.MsChapV2], OfferPfc = true, OfferAcfc = true });
        var frame = Assert.Single(probe.Frames);
        Assert.Matches("^C02101..0017" + "010405D4" + "0305C22381" + "0506(?!00000000)........" + "0702" + "0802$", frame);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-4.6-1")]
    public void Unanswered_requests_follow_the_back_off_and_the_link_ends_after_max_configure()
    {
        var probe = new LinkProbe(Policy);
        var first = probe.Frames[0];
        var waits = new List<double>();
        for (var sent = 1; sent < 10; sent++)
        {
            var before = probe.Now;
            probe.ToDeadline();
            waits.Add((probe.Now - before).TotalSeconds);
            Assert.Equal([first], probe.Frames); // with the same Identifier
        }
        Assert.Equal([0.5, 1, 2, 3, 3, 3, 3, 3, 3], waits);
        probe.ToDeadline();
        Assert.Equal((EndCause.NegotiationFailed, EndCause.NegotiationFailed), (probe.Closing!.Cause, probe.Ended!.Cause));
        Assert.Null(PppLink.NextDeadline(probe.State));
    }

    [Fact] // xl2tpd has not started pppd when our first request arrives
    public void An_unanswered_request_is_repeated_before_the_answer_to_the_peers_request()
    {
        var probe = new LinkProbe(Policy);
        var ours = probe.Frames[0];
        probe.Now += TimeSpan.FromMilliseconds(120);
        probe.Lcp(1, 1, LinkProbe.PppdOptions);
        Assert.Equal([ours, "C021" + LinkProbe.Packet(2, 1, LinkProbe.PppdOptions)], probe.Frames);
        Assert.Equal(probe.Now + Policy.FirstRestartInterval, PppLink.NextDeadline(probe.State)); // the restart timer starts again
    }

    [Fact]
    public void Repeated_requests_of_the_peer_do_not_multiply_ours()
    {
        var probe = new LinkProbe(Policy);
        probe.Lcp(1, 1, LinkProbe.PppdOptions);
        Assert.Equal(2, probe.Frames.Length);
        probe.Now += TimeSpan.FromMilliseconds(99);
        Assert.Single(probe.Lcp(1, 1, LinkProbe.PppdOptions).Frames);
        probe.Now += TimeSpan.FromMilliseconds(1);
        Assert.Equal(2, probe.Lcp(1, 1, LinkProbe.PppdOptions).Frames.Length);
    }

    [Fact]
    public void An_answered_request_is_not_repeated()
    {
        var probe = new LinkProbe(Policy);
        probe.Frame(PppProtocol.Lcp, "02" + probe.Frames[0][6..]);
        Assert.Equal(["C021" + LinkProbe.Packet(2, 1, LinkProbe.PppdOptions)], probe.Lcp(1, 1, LinkProbe.PppdOptions).Frames);
        Assert.Equal(LinkPhase.Authenticate, probe.State.Phase);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-5.2-1")]
    public void An_ack_with_another_identifier_or_other_options_is_dropped()
    {
        var probe = new LinkProbe(Policy);
        var ours = probe.Frames[0][6..];
        var wrongId = $"{(byte)(RequestId(probe) + 1):X2}";
        Assert.Equal([PppError.UnknownIdentifier], probe.Frame(PppProtocol.Lcp, "02" + wrongId + ours[2..]).Drops);
        Assert.Equal([PppError.OptionsMismatch], probe.Frame(PppProtocol.Lcp, "02" + ours[..^2] + "EE").Drops);
        Assert.Equal([PppError.OptionsMismatch], probe.Frame(PppProtocol.Lcp, "02" + ours[..2] + "0004").Drops);
        Assert.Empty(probe.Frame(PppProtocol.Lcp, "02" + ours).Drops);
        Assert.Equal([PppError.UnknownIdentifier], probe.Frame(PppProtocol.Lcp, "02" + ours).Drops); // the request is answered already
    }

    [Fact]
    public void A_nak_with_a_smaller_mru_is_accepted_and_the_next_request_has_a_new_identifier()
    {
        var probe = new LinkProbe(Free);
        var id = RequestId(probe);
        probe.Lcp(3, id, "01040578");
        Assert.Matches($"^C02101{(byte)(id + 1):X2}....01040578", probe.Frames[0]);
        probe.Lcp(3, (byte)(id + 1), "010405DC"); // too large for the tunnel
        Assert.Matches($"^C02101{(byte)(id + 2):X2}....01040578", probe.Frames[0]);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-5.4-1")]
    public void A_rejected_option_is_omitted_and_a_reject_of_an_option_not_requested_is_dropped()
    {
        var probe = new LinkProbe(Free);
        var id = RequestId(probe);
        var magic = probe.Frames[0][^12..];
        Assert.Equal([PppError.OptionsMismatch], probe.Lcp(4, id, "010405DC").Drops);
        Assert.Equal([PppError.OptionsMismatch], probe.Lcp(4, id, "0702").Drops);
        Assert.Equal([PppError.OptionsMismatch], probe.Lcp(4, id).Drops);
        probe.Lcp(4, id, "010405D4" + magic);
        Assert.Equal([$"C021" + LinkProbe.Packet(1, (byte)(id + 1), "")], probe.Frames);
        probe.Lcp(2, (byte)(id + 1)).Lcp(1, 1, "");
        Assert.Equal((1500, 1500, 0u, 0u), (probe.Network!.OurMru, probe.Network.PeerMru, probe.Network.OurMagic, probe.Network.PeerMagic));
    }

    // ---- authentication protocol ------------------------------------------------------------------------------------

    [Fact]
    public void A_nak_with_an_allowed_method_selects_it()
    {
        var probe = new LinkProbe(new LinkPolicy());
        var id = RequestId(probe);
        probe.Lcp(3, id, "0304C023");
        Assert.Contains("0304C023", probe.Frames[0], StringComparison.Ordinal);
        probe.OpenLcp();
        Assert.Empty(probe.Frames[..^1]); // only the Ack: with PAP the peer begins
        Assert.Equal(LinkPhase.Authenticate, probe.State.Phase);
    }

    [Fact]
    public void A_nak_with_a_forbidden_method_selects_our_next_and_the_link_closes_after_the_last()
    {
        var probe = new LinkProbe(new LinkPolicy { AuthMethods = [AuthMethod.MsChapV2, AuthMethod.ChapMd5] });
        probe.Lcp(3, RequestId(probe), "0305C22380"); // MS-CHAP version 1
        Assert.Contains("0305C22305", probe.Frames[0], StringComparison.Ordinal);
        probe.Lcp(3, RequestId(probe), "0304C227");
        Assert.Equal(EndCause.NegotiationFailed, probe.Closing!.Cause);
        Assert.Equal(LinkPhase.Terminate, probe.State.Phase);
    }

    [Fact]
    public void A_subscriber_that_refuses_to_authenticate_is_closed()
    {
        var probe = new LinkProbe(Policy);
        probe.Lcp(4, RequestId(probe), "0304C023");
        Assert.Equal("the subscriber rejected the authentication option", probe.Closing!.Text);
    }

    [Fact]
    public void A_server_does_not_authenticate_itself()
    {
        var probe = new LinkProbe(Free).Lcp(1, 9, "0305C22305" + "0506A1B2C3D4");
        Assert.Equal("C021" + LinkProbe.Packet(4, 9, "0305C22305"), probe.Frames[^1]);
    }

    [Fact]
    public void A_client_naks_an_unsupported_method_with_a_supported_one()
    {
        var client = new LinkProbe(Client with { AuthMethods = [AuthMethod.ChapMd5] });
        Assert.Equal("C021" + LinkProbe.Packet(3, 1, "0305C22305"), client.Lcp(1, 1, "0304C023").Frames[^1]);
        Assert.Equal("C021" + LinkProbe.Packet(2, 2, "0305C22305"), client.Lcp(1, 2, "0305C22305").Frames[^1]);
    }

    // ---- the peer's Configure-Request -------------------------------------------------------------------------------

    [Theory]
    [InlineData(2, "020600000000", "020600000000")] // asyncmap of pppd over L2TP
    [InlineData(2, "", "")]
    [InlineData(2, "010405DC", "010405DC")]
    [InlineData(2, "01042328", "01042328")] // larger than our own packets
    [InlineData(3, "01040010", "01040080")] // too small
    [InlineData(3, "01030A", "010405DC")] // wrong size: the Nak has the default MRU
    [InlineData(4, "110405DC", "110405DC")] // MRRU: this LNS has no Multilink
    [InlineData(4, "110405DC" + "13070101020304", "110405DC" + "13070101020304")]
    [InlineData(4, "0D0306", "0D0306")] // callback, from Windows
    [InlineData(4, "010405DC" + "0408C02500000064" + "0506A1B2C3D4" + "0A02", "0408C02500000064" + "0A02")] // in order
    [InlineData(4, "01040010" + "0D0306", "0D0306")] // a Reject takes precedence over a Nak
    [Trait("Rfc", "RFC1661-5.4-2")]
    public void Options_of_the_peer_get_an_ack_a_nak_or_a_reject(int code, string asked, string answered)
    {
        var probe = new LinkProbe(Policy).Lcp(1, 5, asked);
        Assert.Equal("C021" + LinkProbe.Packet((byte)code, 5, answered), probe.Frames[^1]);
    }

    [Fact]
    public void Compression_is_rejected_where_the_policy_forbids_it()
    {
        var probe = new LinkProbe(Policy with { AllowPfc = false, AllowAcfc = false }).Lcp(1, 1, "07020802");
        Assert.Equal("C021" + LinkProbe.Packet(4, 1, "07020802"), probe.Frames[^1]);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-6.4-1")]
    public void A_magic_number_of_zero_or_equal_to_ours_gets_a_nak_with_another()
    {
        var probe = new LinkProbe(Policy);
        var ours = probe.Frames[0][^8..];
        Assert.Matches("^C0210301000A0506(?!00000000)", probe.Lcp(1, 1, "050600000000").Frames[^1]);
        Assert.Matches($"^C0210302000A0506(?!{ours})", probe.Lcp(1, 2, "0506" + ours).Frames[^1]);
    }

    [Fact]
    public void A_looped_link_ends()
    {
        var probe = new LinkProbe(Free);
        for (var turn = 0; turn < 200 && probe.State is not LinkState.Ended; turn++)
        {
            var back = probe.Effects.OfType<LinkEffect.SendFrame>().ToArray();
            if (back.Length == 0) probe.ToDeadline();
            foreach (var frame in back) probe.Frame(PppProtocol.Lcp, Convert.ToHexString(frame.Frame, 4, frame.Frame.Length - 4));
        }
        Assert.Contains("looped", Assert.IsType<LinkState.Ended>(probe.State).Why.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-4.6-2")]
    public void After_max_failure_naks_an_unacceptable_option_is_rejected()
    {
        var probe = new LinkProbe(Policy);
        for (byte id = 1; id <= 5; id++) Assert.StartsWith("C02103", probe.Lcp(1, id, "01040010").Frames[^1], StringComparison.Ordinal);
        Assert.Equal("C021" + LinkProbe.Packet(4, 6, "01040010"), probe.Lcp(1, 6, "01040010").Frames[^1]);
    }

    [Theory]
    [InlineData("0101000401", PppError.None)] // one octet of padding
    [InlineData("01010006" + "0500", PppError.OptionLengthTooSmall)]
    [InlineData("01010006" + "0506", PppError.Truncated)]
    [InlineData("0101", PppError.Truncated)]
    [InlineData("01010003", PppError.LengthTooSmall)]
    [InlineData("02010004", PppError.UnknownIdentifier)]
    public void Malformed_packets_are_dropped_with_their_reason(string packet, PppError why)
    {
        var probe = new LinkProbe(Policy, seed: 3).Frame(PppProtocol.Lcp, packet);
        Assert.Equal(why == PppError.None ? [] : [why], probe.Drops);
    }

    [Fact]
    public void A_packet_longer_than_the_default_mru_is_dropped() =>
        Assert.Equal([PppError.TooLong], new LinkProbe(Policy).Lcp(1, 1, new string('0', 2 * 1497)).Drops);

    // ---- echo, codes, protocols -------------------------------------------------------------------------------------

    [Fact] // pppd sends an Echo-Request as soon as LCP is Opened
    [Trait("Rfc", "RFC1661-5.8-1")]
    public void An_echo_request_gets_our_magic_number_even_before_authentication()
    {
        var probe = new LinkProbe(Policy);
        var magic = probe.Frames[0][^8..];
        Assert.Equal([PppError.WrongState], probe.Lcp(9, 7, "A1B2C3D4").Drops); // not Opened
        Assert.Empty(probe.Frames);
        probe = new LinkProbe(Policy).OpenLcp();
        Assert.Equal(LinkPhase.Authenticate, probe.State.Phase);
        Assert.Equal(["C021" + LinkProbe.Packet(10, 7, magic + "68656C6C6F")], probe.Lcp(9, 7, "A1B2C3D4" + "68656C6C6F").Frames);
        Assert.Equal([PppError.Truncated], probe.Lcp(9, 7, "A1B2").Drops);
        Assert.Equal([PppError.LoopedBack], probe.Lcp(9, 7, magic).Drops);
        Assert.Equal([PppError.DiscardRequest], probe.Lcp(11, 7, "A1B2C3D4").Drops);
        Assert.Empty(probe.Frames);
    }

    [Fact]
    public void Unanswered_echoes_end_the_link_exactly_after_the_last_interval()
    {
        var probe = LinkProbe.InNetwork(Policy);
        var start = probe.Now;
        for (var n = 1; n <= Policy.EchoFailures; n++)
        {
            Assert.StartsWith("C02109", Assert.Single(probe.ToDeadline().Frames), StringComparison.Ordinal);
            Assert.Equal(start + Policy.EchoInterval * n, probe.Now);
        }
        probe.ToDeadline();
        Assert.Equal(start + Policy.EchoInterval * (Policy.EchoFailures + 1), probe.Now);
        Assert.Equal(EndCause.EchoTimeout, probe.Closing!.Cause);
        Assert.StartsWith("C02105", Assert.Single(probe.Frames), StringComparison.Ordinal);
        probe.ToDeadline();
        probe.ToDeadline();
        Assert.Equal(EndCause.EchoTimeout, probe.Ended!.Cause);
    }

    [Fact]
    public void An_echo_reply_restarts_the_count()
    {
        var probe = LinkProbe.InNetwork(Policy);
        for (var n = 0; n < 100; n++)
        {
            probe.ToDeadline();
            Assert.Equal(LinkPhase.Network, probe.State.Phase);
            probe.Lcp(10, 1, "A1B2C3D4");
        }
    }

    [Fact]
    public void Echoes_are_jittered_within_the_share_and_differ_between_links()
    {
        var policy = Free with { EchoJitter = 0.2 };
        var due = Enumerable.Range(0, 100)
            .Select(seed => PppLink.NextDeadline(new LinkProbe(policy, (ulong)seed).OpenLcp().State)!.Value).ToArray();
        Assert.All(due, at => Assert.InRange(at.Ticks, TimeSpan.FromSeconds(24).Ticks, TimeSpan.FromSeconds(30).Ticks));
        Assert.True(due.Distinct().Count() > 95);
    }

    [Fact]
    public void A_peer_that_rejects_echoes_gets_no_more_of_them()
    {
        var probe = LinkProbe.InNetwork(Policy);
        probe.ToDeadline();
        probe.Lcp(7, 1, "09010008A1B2C3D4");
        Assert.Null(PppLink.NextDeadline(probe.State));
    }

    [Fact]
    [Trait("Rfc", "RFC1661-5.6-1")]
    public void An_unknown_code_gets_a_code_reject_with_the_packet_cut_to_the_peers_mru()
    {
        var probe = new LinkProbe(Policy).Lcp(0x63, 8, "0102");
        Assert.Matches("^C02107..000A" + "630800060102$", Assert.Single(probe.Frames));
        probe = new LinkProbe(Free).OpenLcp("010400C8" + "0506A1B2C3D4").Lcp(0x63, 8, new string('A', 600));
        Assert.Equal(2 + 200, probe.Frames[0].Length / 2); // protocol, and 200 octets of MRU
    }

    [Fact]
    [Trait("Rfc", "RFC1661-5.6-2")]
    public void A_rejected_essential_code_ends_the_link()
    {
        var probe = LinkProbe.InNetwork(Policy).Lcp(7, 1, "05010004");
        Assert.Equal(EndCause.ProtocolViolation, probe.Closing!.Cause);
        Assert.Equal(LinkPhase.Terminate, probe.State.Phase);
        probe = new LinkProbe(Policy).Lcp(7, 1, "01010004");
        Assert.Equal(EndCause.ProtocolViolation, probe.Ended!.Cause);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-5.7-1")]
    public void An_unknown_protocol_is_rejected_in_the_network_phase_and_cut_to_the_peers_mru()
    {
        var probe = LinkProbe.InNetwork(Free);
        probe.Frame(PppProtocol.Ccp, "0101000A120601000001");
        Assert.Matches("^C02108..0010" + "80FD" + "0101000A120601000001$", Assert.Single(probe.Frames));
        var first = Id(probe);
        probe.On(new LinkEvent.NetworkProtocolUnknown(PppProtocol.Ipv6cp, new byte[3000]));
        Assert.Equal(2 + 1500, probe.Frames[0].Length / 2);
        Assert.NotEqual(first, Id(probe)); // a new Identifier for each Protocol-Reject (RFC 1661 section 5.7)
    }

    [Fact]
    [Trait("Rfc", "RFC1661-3.4-1")]
    [Trait("Rfc", "RFC1661-3.5-1")]
    public void Protocols_of_another_phase_are_silently_dropped()
    {
        var probe = new LinkProbe(Policy);
        foreach (var protocol in new[] { PppProtocol.Ipcp, PppProtocol.Pap, PppProtocol.Chap, PppProtocol.Ccp, PppProtocol.Ip })
        {
            probe.Frame(protocol, "01010004");
            Assert.Equal<LinkEffect>([new LinkEffect.Dropped(PppError.WrongPhase)], probe.Effects);
        }
        Assert.Equal([PppError.WrongPhase], probe.On(new LinkEvent.NetworkProtocolUnknown(PppProtocol.Ccp, default)).Drops);
        probe = new LinkProbe(Policy).OpenLcp();
        foreach (var protocol in new[] { PppProtocol.Ipcp, PppProtocol.Ccp, PppProtocol.Ipv6cp, PppProtocol.Ip, PppProtocol.Lqr })
        {
            probe.Frame(protocol, "01010004");
            Assert.Equal<LinkEffect>([new LinkEffect.Dropped(PppError.WrongPhase)], probe.Effects);
        }
    }

    [Fact]
    [Trait("Rfc", "RFC1661-5.7-2")]
    public void A_protocol_reject_is_valid_only_while_opened()
    {
        Assert.Equal([PppError.WrongState], new LinkProbe(Policy).Lcp(8, 1, "80210101").Drops);
        var probe = LinkProbe.InNetwork(Policy).Lcp(8, 1, "80210101");
        Assert.Equal([new LinkEffect.ProtocolRejected(PppProtocol.Ipcp)], probe.Effects);
        Assert.Equal([PppError.Truncated], probe.Lcp(8, 1, "80").Drops);
        Assert.Equal(EndCause.ProtocolViolation, probe.Lcp(8, 2, "C021").Closing!.Cause);
        probe = new LinkProbe(Policy).OpenLcp().Lcp(8, 1, "C023");
        Assert.Equal(EndLayer.Authentication, probe.Closing!.Layer);
    }

    [Fact]
    public void An_identification_is_reported_once()
    {
        var probe = new LinkProbe(Free).Lcp(12, 1, "00000000" + "4D5352415356352E3230");
        Assert.Equal([new LinkEffect.PeerIdentified("MSRASV5.20")], probe.Effects);
        Assert.Empty(probe.Lcp(12, 2, "00000000" + "4D5352415356352E3230").Effects);
        Assert.Empty(probe.Lcp(13, 3, "00000000" + "00000E10").Effects); // Time-Remaining gets no Code-Reject
    }

    // ---- end and renegotiation --------------------------------------------------------------------------------------

    [Fact]
    [Trait("Rfc", "RFC1661-5.5-1")]
    public void A_terminate_request_is_acknowledged_and_the_end_follows_after_a_pause()
    {
        var probe = LinkProbe.InNetwork(Policy).Lcp(5, 42, "75736572");
        Assert.Equal(["C021" + LinkProbe.Packet(6, 42, "")], probe.Frames);
        Assert.Equal((EndParty.Subscriber, EndCause.UserRequest), (probe.Closing!.By, probe.Closing.Cause));
        AssertReasonFirst(probe);
        Assert.Null(probe.Ended);
        Assert.Equal(["C021" + LinkProbe.Packet(6, 43, "")], probe.Lcp(5, 43).Frames); // the first Ack was lost
        Assert.Equal(EndCause.UserRequest, probe.ToDeadline().Ended!.Cause);
        Assert.Equal(new Instant(0) + Policy.FirstRestartInterval, probe.Now);
    }

    [Fact]
    public void A_close_sends_terminate_requests_and_ends_at_the_ack()
    {
        var why = new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.AdministrativeReset, "because");
        var probe = LinkProbe.InNetwork(Policy).On(new LinkEvent.CloseRequested(why));
        Assert.Equal((why, null), (probe.Closing, probe.Ended));
        Assert.Equal("C02105", Assert.Single(probe.Frames)[..6]);
        Assert.Empty(probe.On(new LinkEvent.CloseRequested(why with { Text = "another" })).Effects);
        Assert.Equal(why, probe.Lcp(6, RequestId(LinkProbe.InNetwork(Policy).On(new LinkEvent.CloseRequested(why)))).Ended);
        Assert.Empty(probe.Lcp(1, 1, "").Effects); // no effect after the end
    }

    [Fact]
    [Trait("Rfc", "RFC1661-4.6-3")]
    public void A_close_without_an_answer_ends_after_max_terminate()
    {
        var why = new EndReason(EndParty.Lns, EndLayer.Link, EndCause.IdleTimeout, "idle");
        var probe = LinkProbe.InNetwork(Policy).On(new LinkEvent.CloseRequested(why));
        Assert.Equal("C02105", Assert.Single(probe.ToDeadline().Frames)[..6]);
        Assert.Equal(TimeSpan.FromSeconds(0.5).Ticks, probe.Now.Ticks);
        Assert.Equal(EndCause.IdleTimeout, probe.ToDeadline().Ended!.Cause);
        Assert.Equal(TimeSpan.FromSeconds(1.5).Ticks, probe.Now.Ticks);
    }

    [Fact]
    public void A_repeated_request_while_opened_gets_only_another_ack()
    {
        var probe = LinkProbe.InNetwork(Policy).Lcp(1, 1, LinkProbe.PppdOptions);
        Assert.Equal(["C021" + LinkProbe.Packet(2, 1, LinkProbe.PppdOptions)], probe.Frames);
        Assert.Equal(LinkPhase.Network, probe.State.Phase);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-3.4-2")]
    public void A_new_request_while_opened_closes_the_network_and_demands_a_new_login()
    {
        var probe = LinkProbe.InNetwork(Policy).Lcp(1, 2, LinkProbe.PppdOptions);
        Assert.Single(probe.Effects, e => e is LinkEffect.RestartNetwork);
        Assert.Equal(2, probe.Frames.Length);
        Assert.StartsWith("C02101", probe.Frames[0], StringComparison.Ordinal);
        Assert.Equal(LinkPhase.Establish, probe.State.Phase);
        probe.Frame(PppProtocol.Lcp, "02" + probe.Frames[0][6..]);
        Assert.Equal(LinkPhase.Authenticate, probe.State.Phase);
        probe.Pap(1, 2, "0464656D6F06736573616D65");
        Assert.Equal(2, probe.Question!.Attempt);
        Assert.NotNull(probe.On(new LinkEvent.AuthenticationAccepted(2, null)).Network);
    }

    [Fact]
    public void A_stale_verdict_after_a_renegotiation_is_dropped()
    {
        var probe = new LinkProbe(Policy).OpenLcp().Pap(1, 1, "0464656D6F06736573616D65");
        probe.Lcp(1, 2, LinkProbe.PppdOptions);
        probe.Frame(PppProtocol.Lcp, "02" + probe.Frames[0][6..]);
        probe.Pap(1, 2, "0576696C6C6505776F726C64");
        Assert.Equal([PppError.StaleAnswer], probe.On(new LinkEvent.AuthenticationAccepted(1, null)).Drops);
        Assert.Equal(LinkPhase.Authenticate, probe.State.Phase);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-5-2")]
    [Trait("Rfc", "RFC1661-6.5-1")]
    [Trait("Rfc", "RFC1661-6.6-1")]
    public void Control_packets_are_never_compressed()
    {
        var probe = LinkProbe.InNetwork(Free with { OfferPfc = true, OfferAcfc = true }); // pppd asks for both compressions
        foreach (var code in new byte[] { 0x63, 9, 5 })
        {
            probe.Lcp(code, 1, "A1B2C3D4");
            var frame = Assert.Single(probe.Effects.OfType<LinkEffect.SendFrame>()).Frame;
            Assert.Equal("FF03C021", Convert.ToHexString(frame, 0, 4));
        }
    }

    [Fact]
    [Trait("Rfc", "RFC1661-3.7-2")]
    public void In_the_terminate_phase_only_lcp_is_processed()
    {
        var why = new EndReason(EndParty.Lns, EndLayer.Node, EndCause.Shutdown, "test");
        var probe = LinkProbe.InNetwork(Policy).On(new LinkEvent.CloseRequested(why));
        foreach (var protocol in new[] { PppProtocol.Ipcp, PppProtocol.Pap, PppProtocol.Chap, PppProtocol.Ccp })
            Assert.Equal<LinkEffect>([new LinkEffect.Dropped(PppError.WrongPhase)], probe.Frame(protocol, "01010004").Effects);
        Assert.Empty(probe.Lcp(1, 9, LinkProbe.PppdOptions).Effects); // Closing (RFC 1661 section 4.1)
    }

    [Fact]
    [Trait("Rfc", "RFC1661-5.3-2")]
    public void A_nak_or_reject_with_another_identifier_is_dropped()
    {
        var probe = new LinkProbe(Free);
        var other = (byte)(RequestId(probe) + 1);
        Assert.Equal<LinkEffect>([new LinkEffect.Dropped(PppError.UnknownIdentifier)], probe.Lcp(3, other, "01040578").Effects);
        Assert.Equal<LinkEffect>([new LinkEffect.Dropped(PppError.UnknownIdentifier)], probe.Lcp(4, other, "010405D4").Effects);
    }

    [Fact]
    [Trait("Rfc", "RFC1661-6.1-1")]
    [Trait("Rfc", "RFC1661-5.8-2")]
    public void A_packet_of_1500_octets_is_accepted_whatever_our_mru_and_echoes_without_magic_number_have_zero()
    {
        var probe = new LinkProbe(Free with { Mru = 576 });
        probe.Lcp(4, RequestId(probe), probe.Frames[0][^12..]).OpenLcp("");
        Assert.Equal((576, 0u), (probe.Network!.OurMru, probe.Network.OurMagic));
        var data = new string('A', 2 * 1492);
        Assert.Equal(["C021" + LinkProbe.Packet(10, 1, "00000000" + data)], probe.Lcp(9, 1, "00000000" + data).Frames);
        Assert.EndsWith("00000000", Assert.Single(probe.ToDeadline().Frames), StringComparison.Ordinal);
    }

    // ---- properties -------------------------------------------------------------------------------------------------

    /// <summary>A peer that gets the frame may hang up at once: its CDN must not be faster than the reason.</summary>
    private static void AssertReasonFirst(LinkProbe probe)
    {
        if (probe.Closing is not null) Assert.IsType<LinkEffect.Closing>(probe.Effects.First(e =>
            e is LinkEffect.Closing or LinkEffect.SendFrame));
    }

    [Fact] // law: any octets in any phase cause no exception, one Closing and one Ended, and no deadline in the past
    public void Any_octets_never_throw_and_every_link_ends_once()
    {
        ushort[] protocols =
            [PppProtocol.Lcp, PppProtocol.Lcp, PppProtocol.Lcp, PppProtocol.Pap, PppProtocol.Chap, PppProtocol.Ipcp, 0x4021];
        var body = Gen.OneOf(Gen.Byte.Array[0, 24], Gen.Select(Gen.Byte[0, 14], Gen.Byte, Gen.Byte.Array[0, 24],
            (code, id, data) => Convert.FromHexString(LinkProbe.Packet(code, id, Convert.ToHexString(data)))));
        var item = Gen.Select(Gen.Int[0, 9], Gen.Int[0, protocols.Length - 1], body);
        Gen.Select(Gen.Int[0, 3], Gen.ULong, item.Array[0, 40]).Sample((start, seed, script) =>
        {
            var probe = start switch
            {
                0 => new LinkProbe(new LinkPolicy(), seed),
                1 => new LinkProbe(Policy, seed).OpenLcp(),
                2 => LinkProbe.InNetwork(Policy),
                _ => new LinkProbe(Client, seed).OpenLcp("0305C22381"),
            };
            var (closing, ended) = (0, 0);
            void Count()
            {
                closing += probe.Effects.Count(e => e is LinkEffect.Closing);
                ended += probe.Effects.Count(e => e is LinkEffect.Ended);
                AssertReasonFirst(probe);
                foreach (var question in probe.Effects.OfType<LinkEffect.AuthenticateRequested>().ToArray())
                    Assert.DoesNotContain("sesame", question.ToString(), StringComparison.Ordinal);
            }
            foreach (var (kind, protocol, octets) in script)
            {
                if (kind == 0 && PppLink.NextDeadline(probe.State) is not null) probe.ToDeadline();
                else if (kind == 1) probe.On(new LinkEvent.AuthenticationAccepted(octets.Length % 3, null, "S=0"));
                else probe.On(new LinkEvent.FrameReceived(protocols[protocol], octets));
                Count();
                Assert.False(PppLink.NextDeadline(probe.State) is { } due && due < probe.Now);
            }
            probe.On(new LinkEvent.CloseRequested(new EndReason(EndParty.Lns, EndLayer.Node, EndCause.Shutdown, "test")));
            Count();
            for (var tick = 0; probe.State is not LinkState.Ended; tick++)
            {
                Assert.True(tick < 10);
                probe.ToDeadline();
                Count();
            }
            Assert.Equal((1, 1), (closing, ended));
        }, iter: 3_000);
    }
}

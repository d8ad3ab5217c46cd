using System.Text;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Protocol.Tests.Ppp;

public class TerminateTextTests
{
    private static readonly LinkPolicy Policy = new() { AuthMethods = [AuthMethod.Pap] };

    private static EndReason HangUp(byte[] data) => LinkProbe.InNetwork(Policy).Lcp(5, 1, Convert.ToHexString(data)).Closing!;
    private static EndReason HangUp(string text) => HangUp(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("", EndCause.UserRequest, 1u, "the subscriber hung up")]
    [InlineData("User request", EndCause.UserRequest, 1u, "the subscriber hung up: User request")]
    [InlineData("Peer not responding", EndCause.EchoTimeout, 2u, "the subscriber hung up: Peer not responding")]
    [InlineData("peer NOT responding\0", EndCause.EchoTimeout, 2u, "the subscriber hung up: peer NOT responding")]
    [InlineData("MPPE required but peer negotiation failed", EndCause.NegotiationFailed, 17u,
        "the subscriber hung up: MPPE required but peer negotiation failed")]
    [InlineData("Link inactive", EndCause.IdleTimeout, 4u, "the subscriber hung up: Link inactive")]
    [InlineData("Connect time expired", EndCause.SessionTimeout, 5u, "the subscriber hung up: Connect time expired")]
    [InlineData("Failed to authenticate ourselves to peer", EndCause.AuthenticationFailed, 17u,
        "the subscriber hung up: Failed to authenticate ourselves to peer")]
    [InlineData("the cat did it", EndCause.UserRequest, 1u, "the subscriber hung up: the cat did it")]
    public void The_text_of_the_peer_is_in_the_reason_and_a_known_text_gives_the_cause(string text, EndCause cause, uint acct, string words)
    {
        var why = HangUp(text);
        Assert.Equal((EndParty.Subscriber, EndLayer.Link, cause, words), (why.By, why.Layer, why.Cause, why.Text));
        Assert.Equal(acct, (uint)AcctTerminateCause.From(why));
    }

    [Theory]
    [InlineData("A1B2C3D4003CCD7400000000", EndCause.UserRequest, "the subscriber hung up")]
    [InlineData("A1B2C3D4003CCD74000002E6", EndCause.NegotiationFailed, "the subscriber hung up: Windows error 742")]
    [InlineData("A1B2C3D4003CCD74000002B3", EndCause.AuthenticationFailed, "the subscriber hung up: Windows error 691")]
    public void The_error_code_of_windows_is_read(string data, EndCause cause, string words)
    {
        var why = HangUp(Convert.FromHexString(data));
        Assert.Equal((cause, words), (why.Cause, why.Text));
    }

    [Fact]
    public void A_text_is_bounded_and_printable()
    {
        Assert.InRange(HangUp(new string('x', 1400)).Text.Length, 100, 160);
        Assert.DoesNotContain(HangUp("a\nb\u001b[31mc\u202ed").Text, static c => char.IsControl(c) || c == '\u202e');
    }

    [Fact]
    public void Our_terminate_request_and_its_copies_say_the_reason()
    {
        var why = new EndReason(EndParty.Administrator, EndLayer.Node, EndCause.AdministrativeReset, "requested by an operator");
        var probe = LinkProbe.InNetwork(Policy).On(new LinkEvent.CloseRequested(why));
        Assert.Equal("requested by an operator", Text(probe));
        Assert.Equal("requested by an operator", Text(probe.ToDeadline()));
        probe = LinkProbe.InNetwork(Policy).Lcp(7, 1, "05010004"); // the automaton closes by itself
        Assert.Equal("the subscriber rejected LCP code 5", Text(probe));
    }

    [Fact]
    public void The_reason_for_the_subscriber_is_bounded_and_hides_what_failed_in_a_login()
    {
        var why = new EndReason(EndParty.Lns, EndLayer.Authentication, EndCause.AuthenticationFailed, "no such user in ou=secret");
        Assert.Equal("authentication failed", Text(LinkProbe.InNetwork(Policy).On(new LinkEvent.CloseRequested(why))));
        why = new EndReason(EndParty.Lns, EndLayer.Node, EndCause.Shutdown, string.Concat(Enumerable.Repeat("\u00e4\U0001F600", 100)));
        var text = Text(LinkProbe.InNetwork(Policy).On(new LinkEvent.CloseRequested(why)));
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 110, 128);
        Assert.DoesNotContain('\uFFFD', text);
    }

    [Theory]
    [InlineData(EndParty.Lns, EndCause.NoAddress, "address 192.0.2.5 is the RADIUS server 'a'", "no address")]
    [InlineData(EndParty.Lns, EndCause.DataPlaneFailed, "cannot route 192.0.2.0/24 to lns0", "data plane failed")]
    [InlineData(EndParty.Radius, EndCause.AdministrativeReset, "Disconnect-Request of billing (192.0.2.8)", "administrative reset")]
    [InlineData(EndParty.Administrator, EndCause.AdministrativeReset, "maintenance", "maintenance")]
    public void The_reason_for_the_subscriber_names_nothing_of_the_network(EndParty by, EndCause cause, string text, string words)
    {
        var why = new EndReason(by, EndLayer.Bundle, cause, text);
        Assert.Equal(words, Text(LinkProbe.InNetwork(Policy).On(new LinkEvent.CloseRequested(why))));
    }

    private static string Text(LinkProbe probe)
    {
        var frame = Convert.FromHexString(Assert.Single(probe.Frames, f => f.StartsWith("C02105", StringComparison.Ordinal)));
        return Encoding.UTF8.GetString(frame.AsSpan(6));
    }
}

using System.Text;
using Akka.LNS.Protocol.Peers;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Tests.Ppp;

public class AuthenticationTests
{
    private const string PapRequest = "0464656D6F06736573616D65"; // demo, sesame
    private static readonly LinkPolicy Pap = new() { AuthMethods = [AuthMethod.Pap] };
    private static readonly LinkPolicy Chap = new() { AuthMethods = [AuthMethod.ChapMd5] };
    private static readonly LinkPolicy MsChap = new() { AuthMethods = [AuthMethod.MsChapV2] };

    private static LinkProbe Challenged(LinkPolicy policy, out byte id, out byte[] challenge)
    {
        var probe = new LinkProbe(policy).OpenLcp();
        var frame = Convert.FromHexString(probe.Frames[^1]);
        Assert.Equal("C22301", Convert.ToHexString(frame, 0, 3));
        Assert.Equal("lns", Encoding.ASCII.GetString(frame.AsSpan(23)));
        id = frame[3];
        challenge = frame[7..23];
        return probe;
    }

    private static string Value(byte[] value, string name) =>
        $"{value.Length:X2}{Convert.ToHexString(value)}{Convert.ToHexString(Encoding.UTF8.GetBytes(name))}";

    private static string Md5Response(byte id, byte[] challenge)
    {
        var response = new byte[16];
        ChapMd5.Response(id, "sesame"u8, challenge, response);
        return Value(response, "demo");
    }

    [Fact]
    public void A_pap_request_gets_one_verdict_and_a_repetition_the_same_answer()
    {
        var probe = new LinkProbe(Pap).OpenLcp().Pap(1, 7, PapRequest);
        Assert.Equal((1, new AuthenticationRequest.Pap("demo", "sesame")), (probe.Question!.Attempt, probe.Question.Request));
        Assert.Equal([PppError.Duplicate], probe.Pap(1, 8, PapRequest).Drops); // the first request waits for its verdict
        probe.On(new LinkEvent.AuthenticationAccepted(1, "hi"));
        Assert.Equal(["C023" + LinkProbe.Packet(2, 7, "026869")], probe.Frames);
        Assert.Equal((AuthMethod.Pap, "demo"), (probe.Network!.Method, probe.Network.UserName));
        Assert.Equal(["C023" + LinkProbe.Packet(2, 9, "026869")], probe.Pap(1, 9, PapRequest).Frames);
        Assert.Null(probe.Question);
    }

    [Fact]
    public void A_refused_pap_request_gets_the_message_and_the_link_closes()
    {
        var probe = new LinkProbe(Pap).OpenLcp().Pap(1, 7, PapRequest).On(new LinkEvent.AuthenticationRejected(1, "no"));
        Assert.Equal("C023" + LinkProbe.Packet(3, 7, "026E6F"), probe.Frames[0]);
        Assert.StartsWith("C02105", probe.Frames[1], StringComparison.Ordinal);
        var why = new EndReason(EndParty.Subscriber, EndLayer.Authentication, EndCause.AuthenticationFailed, "refused: no");
        Assert.Equal(why, probe.Closing);
    }

    [Fact]
    public void A_chap_response_has_the_values_for_radius_and_the_local_check_accepts_it()
    {
        var probe = Challenged(Chap, out var id, out var challenge);
        probe.Chap(2, id, Md5Response(id, challenge));
        var request = Assert.IsType<AuthenticationRequest.Chap>(probe.Question!.Request);
        Assert.Equal(("demo", id), (request.UserName, request.Identifier));
        Assert.Equal(challenge, request.Challenge);
        Assert.True(LocalAuthentication.Verify(request, "sesame").IsAccepted);
        Assert.False(LocalAuthentication.Verify(request, "Sesame").IsAccepted);
        probe.On(new LinkEvent.AuthenticationAccepted(1, null));
        Assert.Equal(["C223" + LinkProbe.Packet(3, id, "")], probe.Frames);
        Assert.Equal(["C223" + LinkProbe.Packet(3, id, "")], probe.Chap(2, id, Md5Response(id, challenge)).Frames); // the Success was lost
        Assert.Equal([PppError.UnknownIdentifier], probe.Chap(2, (byte)(id + 1), Md5Response(id, challenge)).Drops);
    }

    [Fact]
    public void MsChapV2_success_has_the_proof_of_the_server_and_failure_the_format_of_the_rfc()
    {
        var probe = Challenged(MsChap, out var id, out var challenge);
        var value = new byte[49];
        for (byte i = 0; i < 16; i++) value[i] = i;
        MsChapV2.GenerateNtResponse(challenge, value.AsSpan(0, 16), "demo"u8, "sesame", value.AsSpan(24, 24));
        probe.Chap(2, id, Value(value, "CORP\\demo"));
        var request = Assert.IsType<AuthenticationRequest.MsChapV2>(probe.Question!.Request);
        Assert.Equal("CORP\\demo", request.UserName);
        var verdict = LocalAuthentication.Verify(request, "sesame");
        Assert.True(verdict.IsAccepted);
        Assert.Matches("^S=[0-9A-F]{40}$", verdict.MsChapSuccess!);
        Assert.False(LocalAuthentication.Verify(request, "other").IsAccepted);

        var waiting = probe.State;
        probe.On(new LinkEvent.AuthenticationAccepted(1, "hi", verdict.MsChapSuccess));
        var text = Encoding.ASCII.GetBytes(verdict.MsChapSuccess + " M=hi");
        Assert.Equal(["C223" + LinkProbe.Packet(3, id, Convert.ToHexString(text))], probe.Frames);

        probe.State = waiting;
        probe.On(new LinkEvent.AuthenticationRejected(1, "no"));
        var failure = Encoding.ASCII.GetString(Convert.FromHexString(probe.Frames[0][12..]));
        Assert.Matches("^E=691 R=0 C=[0-9A-F]{32} V=3 M=no$", failure);

        probe.State = waiting;
        probe.On(new LinkEvent.AuthenticationRejected(1, "E=648 R=0 C=00 V=3 M=expired")); // the text of RADIUS is kept
        Assert.EndsWith(Convert.ToHexString("M=expired"u8), probe.Frames[0], StringComparison.Ordinal);

        probe.State = waiting; // an acceptance without the proof of the server is a refusal: the client would hang up
        Assert.Equal(EndCause.AuthenticationFailed, probe.On(new LinkEvent.AuthenticationAccepted(1, null)).Closing!.Cause);
    }

    [Fact]
    public void A_challenge_is_repeated_at_the_back_off_and_the_phase_ends_exactly_at_its_timeout()
    {
        var probe = Challenged(Chap, out _, out _);
        var challenge = probe.Frames[^1];
        probe.ToDeadline();
        Assert.Equal([challenge], probe.Frames);
        Assert.Equal(TimeSpan.FromSeconds(0.5).Ticks, probe.Now.Ticks);
        Assert.Equal([challenge], probe.ToDeadline().Frames);
        Assert.Equal(TimeSpan.FromSeconds(1.5).Ticks, probe.Now.Ticks);
        while (probe.Closing is null) probe.ToDeadline();
        Assert.Equal((new Instant(0) + Chap.AuthTimeout, EndCause.SetupTimeout), (probe.Now, probe.Closing.Cause));
    }

    [Fact]
    public void A_missing_verdict_ends_the_link_as_unavailable()
    {
        var probe = new LinkProbe(Pap).OpenLcp();
        probe.Now += TimeSpan.FromSeconds(10);
        probe.Pap(1, 1, PapRequest);
        Assert.Equal(new Instant(0) + TimeSpan.FromSeconds(40), PppLink.NextDeadline(probe.State));
        Assert.Equal(EndCause.AuthenticationUnavailable, probe.ToDeadline().Closing!.Cause);

        probe = new LinkProbe(Pap).OpenLcp().Pap(1, 1, PapRequest).On(new LinkEvent.AuthenticationUnavailable(1, "no server answers"));
        Assert.Equal((EndCause.AuthenticationUnavailable, "no server answers"), (probe.Closing!.Cause, probe.Closing.Text));
        Assert.StartsWith("C02303", probe.Frames[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_packet_of_another_method_is_dropped()
    {
        var response = Value(new byte[16], "demo");
        Assert.Equal([PppError.WrongAuthentication], Challenged(Chap, out _, out _).Pap(1, 1, PapRequest).Drops);
        Assert.Equal([PppError.WrongAuthentication], new LinkProbe(Pap).OpenLcp().Chap(2, 1, response).Drops);
        Assert.Equal([PppError.BadValue], Challenged(MsChap, out var id, out _).Chap(2, id, response).Drops);
        Assert.Equal([PppError.UnknownIdentifier], Challenged(Chap, out id, out _).Chap(2, (byte)(id + 1), response).Drops);
        Assert.Equal([PppError.Truncated], new LinkProbe(Pap).OpenLcp().Pap(1, 1, PapRequest[..^2]).Drops);
    }

    [Fact]
    public void Challenges_never_repeat_and_come_from_the_entropy_alone()
    {
        Challenged(Chap, out _, out var one);
        var challenger = Challenger.From(new byte[32]);
        var seen = new HashSet<string>();
        for (var i = 0; i < 1_000; i++) Assert.True(seen.Add(Convert.ToHexString(challenger.Next())));
        Assert.DoesNotContain(Convert.ToHexString(one), seen);
        Assert.Throws<ArgumentException>(() => PppLink.Start(Chap, new byte[15], 1, new Instant(0)));
    }

    [Fact]
    public void A_client_closes_when_the_proof_of_the_server_is_wrong()
    {
        var credentials = new PppCredentials("demo", "sesame");
        var policy = new LinkPolicy { Role = LinkRole.Client, AuthMethods = [AuthMethod.MsChapV2], Credentials = credentials };
        var client = new LinkProbe(policy).OpenLcp("0305C22381" + "0506A1B2C3D4");
        client.Chap(1, 5, Value(new byte[16], "lns"));
        var response = Assert.Single(client.Frames);
        Assert.Equal([response], client.Chap(1, 5, Value(new byte[16], "lns")).Frames); // the same Challenge, the same Response
        client.Chap(3, 5, Convert.ToHexString(Encoding.ASCII.GetBytes("S=" + new string('0', 40))));
        Assert.Equal("wrong authenticator response from the server", client.Closing!.Text);
    }

    [Fact]
    public void No_text_shows_a_password()
    {
        var credentials = new PppCredentials("demo", "sesame");
        object[] all =
        [
            new AuthenticationRequest.Pap("demo", "sesame"), credentials,
            new LinkPolicy { Credentials = credentials },
            new LinkEffect.AuthenticateRequested(1, new AuthenticationRequest.Pap("demo", "sesame")),
            new LinkProbe(new LinkPolicy { Role = LinkRole.Client, Credentials = credentials }).OpenLcp("0304C023").State,
        ];
        Assert.All(all, x => Assert.DoesNotContain("sesame", x.ToString(), StringComparison.Ordinal));
        Assert.All(all, x => Assert.Contains("demo", x.ToString(), StringComparison.Ordinal));
    }
}

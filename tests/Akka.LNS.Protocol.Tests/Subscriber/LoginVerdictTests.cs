using System.Text;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Tests.Subscriber;

public class LoginVerdictTests
{
    private const string None = "";

    /// <summary>Verdict of an answer with these attributes; an empty text leaves the attribute out.</summary>
    private static LoginVerdict Verdict(RadiusCode code, string replyMessage = None, string msChapError = None, string msChapSuccess = None,
        params string[] lines)
    {
        var buffer = new byte[RadiusPacketView.MaxLength];
        var writer = RadiusPacketWriter.Response(buffer, code, 7, new byte[RadiusPacketView.AuthenticatorLength]);
        foreach (var line in lines)
        {
            Assert.True(RadiusDictionary.Default.TryEncodeLine(line, out var attribute, out var error), error);
            writer.Attributes(attribute);
        }
        writer.Text(RadiusAttributeType.ReplyMessage, replyMessage);
        if (msChapError.Length > 0) writer.VendorOctets(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChapError, WithIdent(msChapError));
        if (msChapSuccess.Length > 0)
            writer.VendorOctets(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChap2Success, WithIdent(msChapSuccess));
        var length = writer.Finish("secret"u8);
        Assert.True(RadiusPacketView.TryRead(buffer.AsSpan(0, length), out var packet, out _));
        return LoginVerdict.Of(packet);
    }

    private static byte[] WithIdent(string text) => [7, .. Encoding.ASCII.GetBytes(text)];

    [Theory]
    [InlineData("", null)]
    [InlineData("S=0123456789ABCDEF0123456789ABCDEF01234567", "S=0123456789ABCDEF0123456789ABCDEF01234567")]
    [InlineData("S=short M=welcome", "S=short M=welcome")] // the client judges the proof, not the LNS
    public void An_accept_gives_profile_and_ms_chap_success(string success, string? expected)
    {
        var verdict = Assert.IsType<LoginVerdict.Accepted>(Verdict(RadiusCode.AccessAccept, "Hello", None, success,
            "Framed-IP-Address = 100.64.1.1"));
        Assert.Equal(expected, verdict.MsChapSuccess);
        Assert.Equal(("Hello", FramedAddressChoice.Fixed), (verdict.Profile.ReplyMessage, verdict.Profile.AddressChoice));
    }

    [Fact]
    public void An_ms_chap_success_without_text_is_no_proof()
    {
        byte[] attributes = [26, 9, 0, 0, 1, 55, 26, 3, 7]; // vendor 311, MS-CHAP2-Success, only the identifier
        var octets = (byte[])[(byte)RadiusCode.AccessAccept, 7, 0, 29, .. new byte[16], .. attributes];
        Assert.True(RadiusPacketView.TryRead(octets, out var packet, out _));
        Assert.Null(Assert.IsType<LoginVerdict.Accepted>(LoginVerdict.Of(packet)).MsChapSuccess);
    }

    [Theory]
    [InlineData("Service-Type = Login-User", "Service-Type 1 is not offered, only Framed-User (2)")]
    [InlineData("Framed-Protocol = SLIP", "Framed-Protocol 2 is not offered, only PPP (1)")]
    [InlineData("mpd-action = drop", "mpd-action is drop")]
    public void An_accept_that_cannot_be_granted_is_a_rejection_without_text_for_the_subscriber(string line, string why) =>
        Assert.Equal(new LoginVerdict.Rejected($"Access-Accept cannot be granted: {why}", null),
            Verdict(RadiusCode.AccessAccept, "Hello", None, None, line));

    [Theory] // RFC 2759 section 6: E=error R=retry C=challenge V=version M=message
    [InlineData("", "", "Access-Reject", "")]
    [InlineData("not paid", "", "Access-Reject: not paid", "not paid")]
    [InlineData("", "E=691 R=0 C=00 V=3 M=no", "Access-Reject", "E=691 R=0 C=00 V=3 M=no")]
    [InlineData("", "E=691 R=1 C=00 V=3 M=no", "Access-Reject", "E=691 R=0 C=00 V=3 M=no")]
    [InlineData("", "E=691 R=1", "Access-Reject", "E=691 R=0")]
    [InlineData("", "E=691", "Access-Reject", "E=691")]
    [InlineData("not paid", "E=691 R=1 C=00 V=3 M=no", "Access-Reject: not paid", "E=691 R=0 C=00 V=3 M=not paid")]
    [InlineData("not paid", "E=648 R=0", "Access-Reject: not paid", "E=648 R=0 M=not paid")]
    [InlineData("not paid", "E=691 R=1 V=3 M=", "Access-Reject: not paid", "E=691 R=0 V=3 M=not paid")]
    public void A_reject_gives_reply_message_and_an_ms_chap_error_without_retry(string reply, string error, string why, string message) =>
        Assert.Equal(new LoginVerdict.Rejected(why, message), Verdict(RadiusCode.AccessReject, reply, error));

    [Fact]
    public void A_challenge_is_a_rejection() => Assert.Equal(
        new LoginVerdict.Rejected("AccessChallenge is not offered (no EAP, no further questions)", null),
            Verdict(RadiusCode.AccessChallenge, "Enter the code"));

    public static TheoryData<RequestFailure, LoginVerdict> Failures => new()
    {
        { RequestFailure.NoServer, new LoginVerdict.Unavailable("no RADIUS server is alive") },
        { RequestFailure.Expired, new LoginVerdict.Unavailable("deadline passed in the queue for RADIUS workers") },
        { RequestFailure.BacklogFull(RadiusClass.Authentication, 9), new LoginVerdict.Unavailable("queue full: 9 logins wait for RADIUS") },
        { RequestFailure.TimedOut("main (192.0.2.1:1812)"), new LoginVerdict.Unavailable("no answer, last server main (192.0.2.1:1812)") },
        { RequestFailure.WorkerFailed("broken"), new LoginVerdict.Unavailable("worker failed: broken") },
        { RequestFailure.TooLong, new LoginVerdict.Rejected("the request does not fit into a RADIUS packet", null) },
    };

    [Theory, MemberData(nameof(Failures))]
    public void A_login_without_an_answer_is_unavailable_unless_it_can_never_be_sent(RequestFailure failure, LoginVerdict expected) =>
        Assert.Equal(expected, failure.ToVerdict());

    [Theory]
    [InlineData(RadiusClass.StartStop, "queue full: 3 Starts and Stops wait for RADIUS")]
    [InlineData(RadiusClass.Interim, "queue full: 3 Interim-Updates wait for RADIUS")]
    public void A_full_backlog_names_the_class(RadiusClass of, string text) =>
        Assert.Equal(new RequestFailure(RequestFailureKind.NotAsked, text), RequestFailure.BacklogFull(of, 3));

    [Theory]
    [InlineData("user@example.net", false, "user")]
    [InlineData("user@example.net", true, "user@example.net")] // RFC 2759 section 4: the hash covers this name
    [InlineData("EXAMPLE\\user", false, "user")]
    [InlineData("EXAMPLE\\user", true, "user")]
    [InlineData("user", false, "user")]
    public void A_login_without_realm_keeps_the_name_that_ms_chap_hashed(string name, bool msChap, string expected)
    {
        LoginProof proof = msChap
            ? new LoginProof.MsChapV2(1, new byte[16], new byte[16], new byte[24], 0)
            : new LoginProof.Pap("secret"u8.ToArray());
        var nas = new NasPort("lns", null, null, 0, "", "", "", "", "", "", null);
        var login = new LoginRequest(name, proof, "sid", nas);
        Assert.Equal(login with { UserName = expected }, login.WithoutRealm());
    }
}

using System.Security.Cryptography;
using System.Text;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Text;
using CsCheck;

namespace Akka.LNS.Wire.Tests.Radius;

public class RadiusPacketTests
{
    private static readonly byte[] Secret = "xyzzy5461"u8.ToArray();

    // RFC 2865 section 7.1: nemo logs in by PAP with "arctangent", NAS 192.168.1.16 port 3.
    private static readonly byte[] NemoRequest = Convert.FromHexString(
        "010000380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce3196e43f782a0aee0406c0a80110050600000003");
    private static readonly byte[] NemoAccept = Convert.FromHexString(
        "0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103");
    // RFC 2865 section 7.2: flopsy logs in by CHAP with Framed PPP.
    private static readonly byte[] FlopsyRequest = Convert.FromHexString(
        "010100472aee86f08d0d55969ca5978e0d3367a20108666c6f707379031316e97557c316185895f293ff6344077275"
        + "0406c0a80110050600000014060600000002070600000001");
    private static readonly byte[] FlopsyAccept = Convert.FromHexString(
        "0201003815efbc7dab26cfa3dc34d9c03c8601a40606000000020706000000010806fffffffe0a06000000020d06000000010c06000005dc");
    // RFC 2865 section 7.3: mopsy is challenged.
    private static readonly byte[] MopsyRequest = Convert.FromHexString(
        "01020039f3a47a1f6a6d76710b947ab93041a03901076d6f707379021233657573778289b570885e15084825c50406c0a80110050600000007");
    private static readonly byte[] MopsyChallenge = Convert.FromHexString(
        "0b02004e36f3c8764ae8c71157403c0c71ff9c4512304368616c6c656e67652033323736393433302e2020"
        + "456e74657220726573706f6e73652061742070726f6d70742e180a3332373639343330");

    private static RadiusPacketView View(ReadOnlySpan<byte> octets)
    {
        Assert.True(RadiusPacketView.TryRead(octets, out var packet, out var error), error.ToString());
        return packet;
    }

    [Fact]
    public void Rfc2865_request_of_nemo_is_read()
    {
        var packet = View(NemoRequest);
        Assert.Equal((RadiusCode.AccessRequest, (byte)0), (packet.Code, packet.Identifier));
        Assert.True(packet.TryFind(RadiusAttributeType.UserName, out var user));
        Assert.Equal("nemo", Encoding.ASCII.GetString(user.Value));
        Assert.True(packet.TryFind(RadiusAttributeType.NasIpAddress, out var nas) && nas.TryReadIpv4(out var address)
            && address == Ipv4Address.Parse("192.168.1.16"));
        Assert.True(packet.TryFind(RadiusAttributeType.NasPort, out var port) && port.TryReadUInt32(out var number) && number == 3);
        Assert.True(packet.TryFind(RadiusAttributeType.UserPassword, out var hidden));
        Span<byte> password = stackalloc byte[128];
        Assert.True(UserPassword.TryShow(hidden.Value, packet.Authenticator, Secret, password, out var length));
        Assert.Equal("arctangent", Encoding.ASCII.GetString(password[..length]));
    }

    [Fact]
    public void Rfc2865_password_of_nemo_is_hidden_to_the_same_octets()
    {
        Span<byte> hidden = stackalloc byte[16];
        Assert.True(UserPassword.TryHide("arctangent"u8, NemoRequest.AsSpan(4, 16), Secret, hidden, out var length));
        Assert.Equal("0dbe708d93d413ce3196e43f782a0aee", Convert.ToHexStringLower(hidden[..length]));
    }

    public static TheoryData<byte[], byte[]> Examples =>
        new() { { NemoRequest, NemoAccept }, { FlopsyRequest, FlopsyAccept }, { MopsyRequest, MopsyChallenge } };

    [Theory, MemberData(nameof(Examples)), Trait("Rfc", "RFC2865-3")]
    public void Rfc2865_responses_prove_the_secret_and_nothing_else_does(byte[] request, byte[] response)
    {
        var authenticator = request.AsSpan(4, 16);
        var identifier = response[1];
        Assert.Equal(RadiusError.None,
            View(response).VerifyResponse(RadiusCode.AccessRequest, identifier, authenticator, Secret, requireMessageAuthenticator: false));
        Assert.Equal(RadiusError.BadResponseAuthenticator,
            View(response).VerifyResponse(RadiusCode.AccessRequest, identifier, authenticator, "xyzzy5462"u8, false));
        Assert.Equal(RadiusError.UnknownIdentifier,
            View(response).VerifyResponse(RadiusCode.AccessRequest, (byte)(identifier + 1), authenticator, Secret, false));
        Assert.Equal(RadiusError.UnexpectedCode,
            View(response).VerifyResponse(RadiusCode.AccountingRequest, identifier, authenticator, Secret, false));
        for (var at = 4; at < response.Length; at++)
        {
            var forged = (byte[])response.Clone();
            forged[at] ^= 1;
            if (RadiusPacketView.TryRead(forged, out var packet, out _))
                Assert.Equal(RadiusError.BadResponseAuthenticator,
                packet.VerifyResponse(RadiusCode.AccessRequest, identifier, authenticator, Secret, false));
        }
    }

    [Fact] // the octets of RFC 2865 section 7.2, from the writer, but for the Message-Authenticator that is always first
    public void The_writer_writes_flopsys_request()
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = RadiusPacketWriter.Request(buffer, RadiusCode.AccessRequest, 1, FlopsyRequest.AsSpan(4, 16));
        writer.Text(RadiusAttributeType.UserName, "flopsy");
        writer.ChapPassword(0x16, FlopsyRequest.AsSpan(31, 16));
        writer.Ipv4(RadiusAttributeType.NasIpAddress, Ipv4Address.Parse("192.168.1.16"));
        writer.UInt32(RadiusAttributeType.NasPort, 20);
        writer.UInt32(RadiusAttributeType.ServiceType, 2);
        writer.UInt32(RadiusAttributeType.FramedProtocol, 1);
        var length = writer.Finish(Secret);
        Assert.Equal(FlopsyRequest.Length + 18, length);
        Assert.Equal((80, 18), (buffer[20], buffer[21]));
        Assert.Equal(FlopsyRequest.AsSpan(20), buffer[38..length]);
        Assert.Equal(FlopsyRequest.AsSpan(4, 16), buffer[4..20]);
    }

    [Theory, InlineData(RadiusCode.AccessAccept), InlineData(RadiusCode.AccessReject), InlineData(RadiusCode.AccessChallenge)]
    public void A_response_without_message_authenticator_is_refused(RadiusCode code) // BlastRADIUS, CVE-2024-3596
    {
        Span<byte> buffer = stackalloc byte[256];
        var request = NemoRequest.AsSpan(4, 16);
        var writer = RadiusPacketWriter.Response(buffer, code, 7, request, withMessageAuthenticator: false);
        writer.Text(RadiusAttributeType.ReplyMessage, "hello");
        var response = buffer[..writer.Finish(Secret)];
        Assert.Equal(RadiusError.MissingMessageAuthenticator, View(response).VerifyResponse(RadiusCode.AccessRequest, 7, request, Secret));
        Assert.Equal(RadiusError.None,
            View(response).VerifyResponse(RadiusCode.AccessRequest, 7, request, Secret, requireMessageAuthenticator: false));
    }

    [Theory, InlineData(RadiusCode.AccessAccept), InlineData(RadiusCode.AccessReject), InlineData(RadiusCode.AccessChallenge)]
    public void A_forged_message_authenticator_is_refused_even_under_a_right_response_authenticator(RadiusCode code)
    {
        Span<byte> buffer = stackalloc byte[256];
        var request = NemoRequest.AsSpan(4, 16);
        var writer = RadiusPacketWriter.Response(buffer, code, 7, request);
        var response = buffer[..writer.Finish(Secret)];
        Assert.Equal(RadiusError.None, View(response).VerifyResponse(RadiusCode.AccessRequest, 7, request, Secret));

        response[25] ^= 0x80; // in the Message-Authenticator
        Resign(response, request);
        Assert.Equal(RadiusError.BadMessageAuthenticator, View(response).VerifyResponse(RadiusCode.AccessRequest, 7, request, Secret));
        Assert.Equal(RadiusError.BadMessageAuthenticator,
            View(response).VerifyResponse(RadiusCode.AccessRequest, 7, request, Secret, requireMessageAuthenticator: false));
    }

    [Theory, InlineData("5012000102030405060708090a0b0c0d0e0f501200000000000000000000000000000000"), InlineData("5003aa"),
        InlineData("5002")]
    public void A_second_or_short_message_authenticator_is_refused(string attributes)
    {
        var octets = Convert.FromHexString("02070000" + new string('0', 32) + attributes);
        octets[3] = (byte)octets.Length;
        Resign(octets, NemoRequest.AsSpan(4, 16));
        Assert.Equal(RadiusError.MalformedMessageAuthenticator,
            View(octets).VerifyResponse(RadiusCode.AccessRequest, 7, NemoRequest.AsSpan(4, 16), Secret));
    }

    [Fact, Trait("Rfc", "RFC3579-3.2")] // against the BCL, over the packet put together here by hand
    public void The_message_authenticator_of_a_request_is_hmac_md5_over_the_packet_with_zeros_in_its_place()
    {
        Span<byte> buffer = stackalloc byte[128];
        var authenticator = NemoRequest.AsSpan(4, 16);
        var writer = RadiusPacketWriter.Request(buffer, RadiusCode.StatusServer, 9, authenticator);
        writer.Text(RadiusAttributeType.NasIdentifier, "default");
        var length = writer.Finish(Secret);
        byte[] expected = [12, 9, 0, (byte)length, .. authenticator, 80, 18, .. new byte[16], 32, 9, .. "default"u8];
        Assert.Equal(HMACMD5.HashData(Secret, expected), buffer.Slice(22, 16));
        Assert.Equal(RadiusError.None, View(buffer[..length]).VerifyRequest(Secret, requireMessageAuthenticator: true));
        buffer[30] ^= 1;
        Assert.Equal(RadiusError.BadMessageAuthenticator, View(buffer[..length]).VerifyRequest(Secret, requireMessageAuthenticator: false));
    }

    [Fact, Trait("Rfc", "RFC5997-2")]
    public void A_status_server_without_message_authenticator_is_refused()
    {
        var octets = Convert.FromHexString("0c050014" + "0f403f9473978057bd83d5cb98f4227a");
        Assert.Equal(RadiusError.MissingMessageAuthenticator, View(octets).VerifyRequest(Secret, requireMessageAuthenticator: false));
    }

    [Theory, InlineData(true), InlineData(false), Trait("Rfc", "RFC2866-3")]
    public void An_accounting_request_is_signed_over_zeros(bool withMessageAuthenticator)
    {
        Span<byte> buffer = stackalloc byte[128];
        var writer = RadiusPacketWriter.SignedRequest(buffer, RadiusCode.AccountingRequest, 3, withMessageAuthenticator);
        writer.UInt32(RadiusAttributeType.AcctStatusType, 1);
        var length = writer.Finish(Secret);
        byte[] messageAuthenticator = withMessageAuthenticator ? [80, 18, .. new byte[16]] : [];
        byte[] expected = [4, 3, 0, (byte)length, .. new byte[16], .. messageAuthenticator, 40, 6, 0, 0, 0, 1];
        if (withMessageAuthenticator) HMACMD5.HashData(Secret, expected).CopyTo(expected, 22);
        MD5.HashData([.. expected, .. Secret]).CopyTo(expected, 4);
        Assert.Equal(expected, buffer[..length]);
        Assert.Equal(RadiusError.None, View(buffer[..length]).VerifyRequest(Secret, withMessageAuthenticator));
        Assert.Equal(withMessageAuthenticator ? RadiusError.None : RadiusError.MissingMessageAuthenticator,
            View(buffer[..length]).VerifyRequest(Secret, true));
        Assert.Equal(RadiusError.BadRequestAuthenticator, View(buffer[..length]).VerifyRequest("other"u8, false));
    }

    [Fact, Trait("Rfc", "RFC2866-3")]
    public void An_accounting_response_needs_no_message_authenticator_but_a_false_one_is_refused()
    {
        Span<byte> buffer = stackalloc byte[128];
        var request = NemoRequest.AsSpan(4, 16);
        var plain = RadiusPacketWriter.Response(buffer, RadiusCode.AccountingResponse, 3, request, withMessageAuthenticator: false);
        Assert.Equal(20, plain.Finish(Secret));
        Assert.Equal(RadiusError.None, View(buffer[..20]).VerifyResponse(RadiusCode.AccountingRequest, 3, request, Secret));
        var signed = RadiusPacketWriter.Response(buffer, RadiusCode.AccountingResponse, 3, request);
        var response = buffer[..signed.Finish(Secret)];
        Assert.Equal(RadiusError.None, View(response).VerifyResponse(RadiusCode.AccountingRequest, 3, request, Secret));
        response[24] ^= 1;
        Resign(response, request);
        Assert.Equal(RadiusError.BadMessageAuthenticator, View(response).VerifyResponse(RadiusCode.AccountingRequest, 3, request, Secret));
    }

    [Theory]
    [InlineData(RadiusCode.AccessRequest, RadiusCode.AccessAccept, true)]
    [InlineData(RadiusCode.AccessRequest, RadiusCode.AccessReject, true)]
    [InlineData(RadiusCode.AccessRequest, RadiusCode.AccessChallenge, true)]
    [InlineData(RadiusCode.AccessRequest, RadiusCode.AccountingResponse, false)]
    [InlineData(RadiusCode.AccountingRequest, RadiusCode.AccountingResponse, true)]
    [InlineData(RadiusCode.AccountingRequest, RadiusCode.AccessAccept, false)]
    [InlineData(RadiusCode.StatusServer, RadiusCode.AccessAccept, true)]
    [InlineData(RadiusCode.StatusServer, RadiusCode.AccountingResponse, true)]
    [InlineData(RadiusCode.StatusServer, RadiusCode.AccessReject, false)]
    [InlineData(RadiusCode.DisconnectRequest, RadiusCode.DisconnectNak, true)]
    [InlineData(RadiusCode.CoaRequest, RadiusCode.CoaAck, true)]
    [InlineData((RadiusCode)99, RadiusCode.AccessAccept, false)]
    public void Response_codes_match_their_request_codes(RadiusCode request, RadiusCode response, bool answers) =>
        Assert.Equal(answers, RadiusPacketView.Answers(request, response));

    [Fact]
    public void Every_truncation_is_refused()
    {
        foreach (var whole in new[] { NemoRequest, FlopsyAccept, MopsyChallenge })
            for (var length = 0; length < whole.Length; length++)
            {
                Assert.False(RadiusPacketView.TryRead(whole.AsSpan(0, length), out _, out var error));
                Assert.Equal(RadiusError.Truncated, error);
            }
    }

    [Theory]
    [InlineData("0000", RadiusError.LengthTooSmall)]
    [InlineData("0013", RadiusError.LengthTooSmall)]
    [InlineData("0014", RadiusError.None)] // octets after the length are padding
    [InlineData("0015", RadiusError.AttributeOverrun)]
    [InlineData("0016", RadiusError.AttributeLengthTooSmall)]
    [InlineData("0018", RadiusError.AttributeLengthTooSmall)]
    [InlineData("0019", RadiusError.Truncated)]
    [InlineData("1001", RadiusError.LengthTooLarge)]
    [InlineData("ffff", RadiusError.LengthTooLarge)]
    public void The_length_field_is_checked(string length, RadiusError expected)
    {
        var octets = Convert.FromHexString("0101" + length + new string('0', 32) + "01010102");
        Assert.Equal(expected == RadiusError.None, RadiusPacketView.TryRead(octets, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact] // law: any octets terminate and never throw, and a packet that is read is well-formed
    public void Any_octets_never_throw() => Gen.Byte.Array[0, 200].Sample(octets =>
    {
        foreach (var form in new[] { octets, Framed(octets) })
        {
            if (!RadiusPacketView.TryRead(form, out var packet, out _)) continue;
            var walked = RadiusPacketView.HeaderLength;
            foreach (var attribute in packet.Attributes)
            {
                walked += attribute.Octets.Length;
                attribute.TryReadIpv4(out _);
                attribute.TryReadTaggedUInt24(out _, out _);
                _ = attribute.ReadTagged(out _).Length;
                foreach (var vendor in VendorAttributeView.In(attribute)) Assert.True(vendor.Value.Length <= 247);
                Assert.NotEmpty(RadiusDictionary.Default.Render(attribute));
            }
            Assert.Equal(packet.Octets.Length, walked);
            packet.VerifyResponse(RadiusCode.AccessRequest, packet.Identifier, new byte[16], Secret);
            packet.VerifyRequest(Secret, true);
        }
    }, iter: 1_000);

    [Fact] // law: a hidden password is recovered, with any secret
    public void Passwords_round_trip() =>
        Gen.Select(Gen.Byte.Array[0, 128], Gen.Byte.Array[16], Gen.Byte.Array[1, 80]).Sample((password, authenticator, secret) =>
    {
        var clear = password.AsSpan()[..(password.AsSpan().LastIndexOfAnyExcept((byte)0) + 1)].ToArray();
        Span<byte> hidden = stackalloc byte[128], shown = stackalloc byte[128];
        Assert.True(UserPassword.TryHide(clear, authenticator, secret, hidden, out var length));
        Assert.True(UserPassword.TryShow(hidden[..length], authenticator, secret, shown, out var again));
        Assert.Equal(clear, shown[..again]);
    });

    [Fact]
    public void A_password_of_129_octets_fails_the_packet()
    {
        var writer = RadiusPacketWriter.Request(new byte[4096], RadiusCode.AccessRequest, 0, new byte[16]);
        writer.Password(new byte[129], Secret);
        Assert.True(writer.HasFailed);
        Assert.Equal(0, writer.Finish(Secret));
    }

    [Fact] // law: with a buffer of any size the writer does not throw; it returns 0 when the packet does not fit
    public void A_buffer_that_is_too_small_gives_length_0()
    {
        var whole = Write(new byte[4096]);
        for (var room = 0; room < 200; room++) Assert.Equal(room < whole ? 0 : whole, Write(new byte[room]));

        static int Write(byte[] buffer)
        {
            var writer = RadiusPacketWriter.Request(buffer, RadiusCode.AccessRequest, 1, new byte[16]);
            writer.Text(RadiusAttributeType.UserName, "nemo");
            writer.Password("arctangent"u8, Secret);
            writer.ChapPassword(1, new byte[16]);
            writer.Octets(RadiusAttributeType.Class, "abc"u8);
            writer.Ipv6(RadiusAttributeType.NasIpv6Address, 1);
            writer.TaggedUInt24(RadiusAttributeType.TunnelType, 1, 3);
            writer.TaggedText(RadiusAttributeType.TunnelClientEndpoint, 1, "192.0.2.1");
            writer.VendorText(RadiusVendor.Mpd, MpdAttributeType.Link, "link");
            writer.VendorOctets(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChapChallenge, new byte[16]);
            writer.Counter(RadiusAttributeType.AcctInputOctets, RadiusAttributeType.AcctInputGigawords, 1ul << 40);
            writer.Attributes([1, 3, 65]);
            return writer.Finish(Secret);
        }
    }

    [Theory] // a text that is too long is cut between characters
    [InlineData(253, 253), InlineData(254, 253)]
    public void A_long_text_is_cut_at_a_character(int octets, int kept)
    {
        Span<byte> buffer = stackalloc byte[512];
        var writer = RadiusPacketWriter.Request(buffer, RadiusCode.AccessRequest, 1, new byte[16]);
        writer.Text(RadiusAttributeType.ReplyMessage, new string('a', octets));
        Assert.Equal(38 + 2 + kept, writer.Finish(Secret));
        var umlauts = RadiusPacketWriter.Request(buffer, RadiusCode.AccessRequest, 1, new byte[16]);
        umlauts.VendorText(RadiusVendor.Mpd, MpdAttributeType.TermCause, new string('ä', octets)); // two octets each: 246 of 247
        var packet = View(buffer[..umlauts.Finish(Secret)]);
        Assert.True(packet.TryFind(RadiusVendor.Mpd, MpdAttributeType.TermCause, out var cause));
        Assert.Equal(new string('ä', 123), Encoding.UTF8.GetString(cause.Value));
    }

    [Fact]
    public void A_character_outside_the_basic_plane_is_not_split()
    {
        Assert.Equal("ab", new string(PeerText.Cut("ab\U0001F600c", 5, out var octets)));
        Assert.Equal(2, octets);
        Assert.Equal("ab\U0001F600", new string(PeerText.Cut("ab\U0001F600c", 6, out octets)));
        Assert.Equal("\ud800", new string(PeerText.Cut("\ud800", 3, out octets))); // half a pair is written as U+FFFD
        Assert.Equal(3, octets);
    }

    [Theory]
    [InlineData(0ul, "2a0600000000")]
    [InlineData(4294967295ul, "2a06ffffffff")]
    [InlineData(4294967296ul, "2a0600000000340600000001")]
    [InlineData(ulong.MaxValue, "2a06ffffffff3406ffffffff")]
    public void Counters_of_64_bits_have_gigawords(ulong value, string expected)
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = RadiusPacketWriter.SignedRequest(buffer, RadiusCode.AccountingRequest, 0, withMessageAuthenticator: false);
        writer.Counter(RadiusAttributeType.AcctInputOctets, RadiusAttributeType.AcctInputGigawords, value);
        Assert.Equal(expected, Convert.ToHexStringLower(buffer[20..writer.Finish(Secret)]));
    }

    [Fact] // RFC 2868 section 3.3: an octet above 0x1F is no tag
    public void Tags_are_distinguished_from_text()
    {
        ReadOnlySpan<byte> rest = [66, 5, 1, (byte)'1', (byte)'0', 66, 4, (byte)'1', (byte)'0', 66, 2];
        Assert.True(AttributeView.TryRead(ref rest, out var tagged, out _));
        Assert.Equal("10", Encoding.ASCII.GetString(tagged.ReadTagged(out var tag)));
        Assert.Equal(1, tag);
        Assert.True(AttributeView.TryRead(ref rest, out var plain, out _));
        Assert.Equal("10", Encoding.ASCII.GetString(plain.ReadTagged(out tag)));
        Assert.Equal(0, tag);
        Assert.True(AttributeView.TryRead(ref rest, out var empty, out _));
        Assert.True(empty.ReadTagged(out tag).IsEmpty && tag == 0 && rest.IsEmpty);
    }

    [Fact]
    public void Several_vendor_attributes_in_one_are_all_found()
    {
        ReadOnlySpan<byte> attributes = [26, 16, 0, 0, 1, 55, 28, 6, 192, 0, 2, 53, 29, 4, 1, 2];
        Assert.True(AttributeView.TryRead(ref attributes, out var attribute, out _));
        var seen = 0;
        foreach (var vendor in VendorAttributeView.In(attribute))
        {
            seen++;
            Assert.Equal(RadiusVendor.Microsoft, vendor.Vendor);
            Assert.Equal(vendor.Type == 28, vendor.TryReadIpv4(out _));
        }
        Assert.Equal(2, seen);
    }

    private static byte[] Framed(byte[] attributes)
    {
        byte[] framed = [2, 7, 0, 0, .. new byte[16], .. attributes];
        (framed[2], framed[3]) = ((byte)(framed.Length >> 8), (byte)framed.Length);
        return framed;
    }

    private static void Resign(Span<byte> response, ReadOnlySpan<byte> requestAuthenticator) =>
        MD5.HashData([.. response[..4], .. requestAuthenticator, .. response[20..], .. Secret]).CopyTo(response[4..]);
}

using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Text;
using CsCheck;

namespace Akka.LNS.Wire.Tests.Ppp;

public class PppFrameViewTests
{
    [Theory]
    [InlineData("FF03C02101010004", 0xC021, "01010004")]
    [InlineData("C02101010004", 0xC021, "01010004")] // address and control compressed
    [InlineData("FF032145", 0x0021, "45")] // protocol compressed
    [InlineData("2145", 0x0021, "45")] // both
    [InlineData("00214500", 0x0021, "4500")]
    [InlineData("FF030057", 0x0057, "")]
    [InlineData("3D", 0x003D, "")]
    public void Golden_frames_give_protocol_and_payload(string octets, int protocol, string payload)
    {
        Assert.True(PppFrameView.TryRead(Convert.FromHexString(octets), out var view, out var error));
        Assert.Equal(((ushort)protocol, payload, PppError.None), (view.Protocol, Convert.ToHexString(view.Payload), error));
    }

    [Theory]
    [InlineData("", PppError.Truncated)]
    [InlineData("FF03", PppError.Truncated)]
    [InlineData("FF03C0", PppError.Truncated)]
    [InlineData("C0", PppError.Truncated)]
    [InlineData("FF", PppError.BadProtocol)]
    [InlineData("FF04C021", PppError.BadProtocol)]
    [InlineData("FF03C020", PppError.BadProtocol)]
    public void Broken_frames_are_refused_with_their_reason(string octets, PppError expected)
    {
        Assert.False(PppFrameView.TryRead(Convert.FromHexString(octets), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Any_octets_never_throw_and_a_frame_is_never_longer_than_its_input() =>
        Gen.Byte.Array[0, 64].Sample(octets => !PppFrameView.TryRead(octets, out var view, out var error)
            ? error != PppError.None : (view.Protocol & 1) == 1 && view.Payload.Length < octets.Length);

    [Fact]
    public void The_header_is_written_in_full()
    {
        var octets = new byte[PppFrame.HeaderLength];
        PppFrame.WriteHeader(octets, PppProtocol.Ipcp);
        Assert.Equal("FF038021", Convert.ToHexString(octets));
    }
}

public class ControlPacketViewTests
{
    // Configure-Request, identifier 7, MRU 1492, Magic-Number 01020304, then two octets of padding
    private const string Golden = "0107000E" + "010405D4" + "050601020304" + "0000";

    [Fact]
    [Trait("Rfc", "RFC1661-5-1")]
    public void Golden_octets_give_the_fields_and_padding_is_ignored()
    {
        Assert.True(ControlPacketView.TryRead(Convert.FromHexString(Golden), out var packet, out _));
        Assert.Equal((1, 7, 14, "010405D4050601020304"), (packet.Code, packet.Identifier, packet.Length, Convert.ToHexString(packet.Data)));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var octets = Convert.FromHexString(Golden);
        for (var length = 0; length < 14; length++)
        {
            Assert.False(ControlPacketView.TryRead(octets.AsSpan(0, length), out _, out var error));
            Assert.Equal(PppError.Truncated, error);
        }
    }

    [Theory]
    [InlineData("01070000")]
    [InlineData("01070003")]
    public void A_length_below_the_header_is_refused(string octets)
    {
        Assert.False(ControlPacketView.TryRead(Convert.FromHexString(octets), out _, out var error));
        Assert.Equal(PppError.LengthTooSmall, error);
    }

    [Fact]
    public void Any_octets_never_throw() =>
        Gen.Byte.Array[0, 64].Sample(octets => !ControlPacketView.TryRead(octets, out var packet, out var error)
            ? error != PppError.None : packet.Length <= octets.Length && packet.Data.Length == packet.Length - 4);

    [Fact]
    public void Views_read_what_the_writer_wrote()
    {
        var writer = new ControlPacketWriter(new byte[64], PppProtocol.Lcp, ControlCode.ConfigureRequest, 7);
        writer.Option(LcpOption.Mru, (ushort)1492);
        writer.Option(LcpOption.MagicNumber, 0x01020304u);
        Assert.Equal("FF03C021" + Golden[..^4], Convert.ToHexString(writer.ToFrame()));
    }

    [Fact]
    public void A_full_writer_leaves_out_whole_options_and_cuts_octets()
    {
        var writer = new ControlPacketWriter(new byte[13], PppProtocol.Lcp, ControlCode.ConfigureNak, 1);
        writer.Option(LcpOption.MagicNumber, 1u);
        writer.Option(LcpOption.Mru, (ushort)1500);
        writer.Octets([1, 2, 3]);
        writer.Octet(9);
        writer.Number(9);
        Assert.Equal("FF03C02103010009" + "010405DC" + "01", Convert.ToHexString(writer.ToFrame()));
    }
}

public class OptionViewTests
{
    [Fact]
    public void Golden_options_are_split_and_every_truncation_is_refused()
    {
        var octets = Convert.FromHexString("010405D4" + "0702" + "0305C22381");
        ReadOnlySpan<byte> rest = octets;
        Assert.True(OptionView.TryRead(ref rest, out var mru, out _));
        Assert.True(OptionView.TryRead(ref rest, out var pfc, out _));
        Assert.True(OptionView.TryRead(ref rest, out var auth, out _));
        Assert.True(rest.IsEmpty);
        Assert.Equal((1, "05D4", 7, 0, 3, "0305C22381"),
            (mru.Type, Convert.ToHexString(mru.Value), pfc.Type, pfc.Value.Length, auth.Type, Convert.ToHexString(auth.Octets)));
        foreach (var cut in new[] { 1, 2, 3, 5, 7, 10 })
        {
            Assert.False(OptionView.AreWellFormed(octets.AsSpan(0, cut), out var error));
            Assert.Equal(PppError.Truncated, error);
        }
        Assert.True(OptionView.AreWellFormed(octets, out _));
        Assert.True(OptionView.AreWellFormed([], out _));
    }

    [Theory]
    [InlineData("0500")]
    [InlineData("0501")]
    public void An_option_shorter_than_its_header_is_refused_and_nothing_is_consumed(string octets)
    {
        ReadOnlySpan<byte> rest = Convert.FromHexString(octets);
        Assert.False(OptionView.TryRead(ref rest, out _, out var error));
        Assert.Equal((PppError.OptionLengthTooSmall, 2), (error, rest.Length));
    }

    [Fact]
    public void Each_octet_is_in_an_option_or_in_the_rest() => Gen.Byte.Array[0, 300].Sample(octets =>
    {
        ReadOnlySpan<byte> rest = octets;
        var seen = 0;
        while (OptionView.TryRead(ref rest, out var option, out _)) seen += option.Octets.Length;
        return seen + rest.Length == octets.Length;
    });
}

public class AuthenticationCodecTests
{
    [Fact]
    public void Golden_pap_request_and_every_truncation()
    {
        var data = Convert.FromHexString("0464656D6F" + "06736573616D65");
        Assert.True(PapRequestView.TryRead(data, out var view, out _));
        Assert.Equal(("demo", "sesame"), (PeerText.Decode(view.PeerId), PeerText.Decode(view.Password)));
        for (var length = 0; length < data.Length; length++) Assert.False(PapRequestView.TryRead(data.AsSpan(0, length), out _, out _));
        Assert.True(PapRequestView.TryRead([0, 0], out view, out _));
        Assert.True(view.PeerId.IsEmpty && view.Password.IsEmpty);
    }

    [Fact]
    public void Golden_pap_message_and_a_missing_length_octet()
    {
        Assert.True(PapMessage.TryRead("\u0005hello"u8, out var message, out _));
        Assert.Equal("hello", PeerText.Decode(message));
        Assert.True(PapMessage.TryRead([], out message, out _) && message.IsEmpty);
        Assert.False(PapMessage.TryRead("\u0006hello"u8, out _, out _));
    }

    [Fact]
    public void Golden_chap_challenge_and_every_truncation()
    {
        var data = Convert.FromHexString("0401020304" + "6C6E73");
        Assert.True(ChapValueView.TryRead(data, out var view, out _));
        Assert.Equal(("01020304", "lns"), (Convert.ToHexString(view.Value), PeerText.Decode(view.Name)));
        for (var length = 0; length < 5; length++) Assert.False(ChapValueView.TryRead(data.AsSpan(0, length), out _, out _));
        Assert.False(ChapValueView.TryRead([0, 1], out _, out var error));
        Assert.Equal(PppError.BadValue, error);
    }

    [Fact]
    public void Any_octets_never_throw() => Gen.Byte.Array[0, 300].Sample(octets =>
    {
        PapRequestView.TryRead(octets, out _, out _);
        PapMessage.TryRead(octets, out _, out _);
        ChapValueView.TryRead(octets, out _, out _);
    });

    [Fact]
    public void Names_and_passwords_round_trip_and_are_cut_at_255_octets()
    {
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 300]).Sample((name, password) =>
        {
            var writer = new ControlPacketWriter(new byte[700], PppProtocol.Pap, PapCode.AuthenticateRequest, 1);
            PapRequestView.WriteTo(ref writer, name, password);
            return PapRequestView.TryRead(writer.Data, out var view, out _)
                && view.PeerId.SequenceEqual(name.AsSpan(0, Math.Min(255, name.Length)))
                && view.Password.SequenceEqual(password.AsSpan(0, Math.Min(255, password.Length)));
        });
    }

    [Fact]
    public void Chap_md5_response_is_md5_of_identifier_secret_challenge()
    {
        var response = new byte[16];
        ChapMd5.Response(7, "secret"u8, [1, 2, 3], response);
        Assert.Equal(System.Security.Cryptography.MD5.HashData([7, .. "secret"u8, 1, 2, 3]), response);
    }
}

/// <summary>The vectors of RFC 2759 section 9.2, RFC 1320 appendix A.5, and a textbook block of DES.</summary>
public class MsChapV2Tests
{
    private const string Password = "clientPass";
    private static readonly byte[] User = "User"u8.ToArray();
    private static readonly byte[] AuthenticatorChallenge = Convert.FromHexString("5B5D7C7D7B3F2F3E3C2C602132262628");
    private static readonly byte[] PeerChallenge = Convert.FromHexString("21402324255E262A28295F2B3A337C7E");
    private static readonly byte[] NtResponse = Convert.FromHexString("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF");

    [Fact]
    public void Challenge_hash()
    {
        var challenge = new byte[8];
        MsChapV2.ChallengeHash(PeerChallenge, AuthenticatorChallenge, User, challenge);
        Assert.Equal("D02E4386BCE91226", Convert.ToHexString(challenge));
    }

    [Fact]
    public void Password_hash_and_its_hash()
    {
        byte[] hash = new byte[16], hashOfHash = new byte[16];
        MsChapV2.NtPasswordHash(Password, hash);
        MsChapV2.HashNtPasswordHash(hash, hashOfHash);
        Assert.Equal(("44EBBA8D5312B8D611474411F56989AE", "41C00C584BD2D91C4017A2A12FA59F3F"),
            (Convert.ToHexString(hash), Convert.ToHexString(hashOfHash)));
    }

    [Fact]
    public void Nt_response()
    {
        var response = new byte[24];
        MsChapV2.GenerateNtResponse(AuthenticatorChallenge, PeerChallenge, User, Password, response);
        Assert.Equal(Convert.ToHexString(NtResponse), Convert.ToHexString(response));
    }

    [Fact]
    public void Authenticator_response_is_made_and_checked()
    {
        const string Expected = "S=407A5589115FD0D6209F510FE9C04566932CDA56";
        Assert.Equal(Expected, MsChapV2.GenerateAuthenticatorResponse(Password, NtResponse, PeerChallenge, AuthenticatorChallenge, User));
        Assert.True(MsChapV2.CheckAuthenticatorResponse(
            Password, NtResponse, PeerChallenge, AuthenticatorChallenge, User, Expected + " M=Welcome"));
        Assert.False(MsChapV2.CheckAuthenticatorResponse("other", NtResponse, PeerChallenge, AuthenticatorChallenge, User, Expected));
        Assert.False(MsChapV2.CheckAuthenticatorResponse(
            Password, NtResponse, PeerChallenge, AuthenticatorChallenge, User, Expected[..^1]));
    }

    [Theory]
    [InlineData("", "31D6CFE0D16AE931B73C59D7E0C089C0")]
    [InlineData("a", "BDE52CB31DE33E46245E05FBDBD6FB24")]
    [InlineData("abc", "A448017AAF21D8525FC10AE87AA6729D")]
    [InlineData("message digest", "D9130A8164549FE818874806E1C7014B")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "D79E1C308AA5BBCDEEA8ED63DF412DA9")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043F8582F241DB351CE627E153E7F0E4")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "E33B4DDC9C38F2199C3E7B164FCC0536")]
    public void Md4_vectors(string text, string expected)
    {
        var hash = new byte[16];
        Md4.Hash(System.Text.Encoding.ASCII.GetBytes(text), hash);
        Assert.Equal(expected, Convert.ToHexString(hash));
    }

    [Fact]
    public void Des_block()
    {
        var cypher = new byte[8];
        Des.Encrypt(Convert.FromHexString("0123456789ABCDEF"), Pack(Convert.FromHexString("133457799BBCDFF1")), cypher);
        Assert.Equal("85E813540F0AB405", Convert.ToHexString(cypher));
    }

    [Theory]
    [InlineData("CORP\\User", "User")]
    [InlineData("User", "User")]
    [InlineData("user@example.net", "user@example.net")]
    public void The_domain_is_not_hashed(string name, string expected) =>
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(MsChapV2.WithoutDomain(System.Text.Encoding.UTF8.GetBytes(name))));

    /// <summary>Drops the parity bit of each of eight octets.</summary>
    private static byte[] Pack(byte[] key8)
    {
        ulong bits = 0;
        foreach (var octet in key8) bits = (bits << 7) | (uint)(octet >> 1);
        var key7 = new byte[7];
        for (var i = 6; i >= 0; i--, bits >>= 8) key7[i] = (byte)bits;
        return key7;
    }
}

public class Ipv4AddressTests
{
    [Theory]
    [InlineData("0.0.0.0", 0u)]
    [InlineData("192.0.2.1", 0xC0000201u)]
    [InlineData("255.255.255.255", 0xFFFFFFFFu)]
    public void Text_and_octets_convert_both_ways(string text, uint value)
    {
        Assert.True(Ipv4Address.TryParse(text, out var address));
        Assert.Equal((value, text), (address.Value, address.ToString()));
        var octets = new byte[4];
        address.WriteTo(octets);
        Assert.Equal(address, Ipv4Address.Read(octets));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.-4")]
    [InlineData("1.2.3. 4")]
    [InlineData("1..3.4")]
    [InlineData("a.b.c.d")]
    public void Invalid_addresses_are_refused(string text) => Assert.False(Ipv4Address.TryParse(text, out _));
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Akka.LNS.Wire.L2tp;
using CsCheck;

namespace Akka.LNS.Wire.Tests.L2tp;

public class ControlMessageTests
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("swordfish");
    private static readonly byte[] Vector = Hex("000102030405060708090A0B0C0D0E0F");

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
    private static AvpOctets Octets(string hex) => new(Hex(hex));

    private static ControlMessage Parse(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> secret = default)
    {
        Assert.True(L2tpHeaderView.TryRead(datagram, out var header, out _));
        Assert.True(ControlMessage.TryParse(header.Payload, secret, out var message, out var fault), $"{fault}");
        return message;
    }

    private static MessageFault Fault(string avps, byte[]? secret = null)
    {
        Assert.False(ControlMessage.TryParse(Hex(avps), secret, out _, out var fault));
        return fault;
    }

    /// <summary>
    /// Each message type with all its AVPs, and the octets that RFC 2661 sections 3.1 and 4.1 and RFC 2661 section 4.4 give them.
    /// </summary>
    public static TheoryData<ControlMessage, string> Golden => new()
    {
        {
            new ControlMessage.Sccrq("lac", new(0x1111), 3)
            {
                BearerCapabilities = 0, TieBreaker = 0x0102030405060708, FirmwareRevision = 0x0690, VendorName = "V", ReceiveWindow = 16,
                Challenge = Octets("AABB"),
            },
            "8008 0000 0000 0001  8008 0000 0002 0100  8009 0000 0007 6C6163  800A 0000 0003 00000003  8008 0000 0009 1111"
            + "800A 0000 0004 00000000  000E 0000 0005 0102030405060708  0008 0000 0006 0690  0007 0000 0008 56  8008 0000 000A 0010"
            + "8008 0000 000B AABB"
        },
        {
            new ControlMessage.Sccrp(
                "lns", new(0x2222), 3) { ReceiveWindow = 64, Challenge = Octets("CC"), ChallengeResponse = Octets("DD") },
            "8008 0000 0000 0002  8008 0000 0002 0100  8009 0000 0007 6C6E73  800A 0000 0003 00000003  8008 0000 0009 2222"
            + "8008 0000 000A 0040  8007 0000 000B CC  8007 0000 000D DD"
        },
        { new ControlMessage.Scccn(Octets("EE")), "8008 0000 0000 0003  8007 0000 000D EE" },
        {
            new ControlMessage.StopCcn(new(0x2222), new ResultCode(2, 7, "busy")),
            "8008 0000 0000 0004  8008 0000 0009 2222  800E 0000 0001 0002 0007 62757379"
        },
        { new ControlMessage.Hello(), "8008 0000 0000 0006" },
        {
            new ControlMessage.Icrq(new(0x0301), 77)
            {
                BearerType = 2, PhysicalChannelId = 9, CallingNumber = "030", CalledNumber = "18", SubAddress = "x",
            },
            "8008 0000 0000 000A  8008 0000 000E 0301  800A 0000 000F 0000004D  800A 0000 0012 00000002  000A 0000 0019 00000009"
            + "8009 0000 0016 303330  8008 0000 0015 3138  8007 0000 0017 78"
        },
        { new ControlMessage.Icrp(new(0x0401)), "8008 0000 0000 000B  8008 0000 000E 0401" },
        {
            new ControlMessage.Iccn(100_000_000, 1)
            {
                RxConnectSpeed = 40_000_000, InitialReceivedLcp = Octets("010405D4"), LastSentLcp = Octets("0304C023"),
                LastReceivedLcp = Octets("0506"),
                ProxyAuthentication = new ProxyAuthentication(3)
                {
                    Name = Octets("75"), Challenge = Octets("01"), Id = 5, Response = Octets("70"),
                },
                PrivateGroupId = Octets("67"), SequencingRequired = true,
            },
            "8008 0000 0000 000C  800A 0000 0018 05F5E100  800A 0000 0013 00000001  000A 0000 001A 010405D4  000A 0000 001B 0304C023"
            + "0008 0000 001C 0506  0008 0000 001D 0003  0007 0000 001E 75  0007 0000 001F 01  0008 0000 0020 0005  0007 0000 0021 70"
            + "0007 0000 0025 67  000A 0000 0026 02625A00  8006 0000 0027"
        },
        {
            new ControlMessage.Cdn(new(0x0301), new ResultCode(1))
            {
                Q931Cause = new Q931Cause(16, 0x5A, "ok"),
                PppDisconnectCause = new PppDisconnectCause(3, 0xC021, DisconnectDirection.AtPeer, "bye"),
            },
            "8008 0000 0000 000E  8008 0000 000E 0301  8008 0000 0001 0001  800B 0000 000C 0010 5A 6F6B  000E 0000 002E 0003 C021 01 627965"
        },
        {
            new ControlMessage.Ocrq(new(5), 6) { MinimumBps = 1, MaximumBps = 2, BearerType = 1, FramingType = 1, CalledNumber = "7" },
            "8008 0000 0000 0007  8008 0000 000E 0005  800A 0000 000F 00000006  800A 0000 0010 00000001  800A 0000 0011 00000002"
            + "800A 0000 0012 00000001  800A 0000 0013 00000001  8007 0000 0015 37"
        },
        { new ControlMessage.Ocrp(new(5)) { PhysicalChannelId = 1 }, "8008 0000 0000 0008  8008 0000 000E 0005  000A 0000 0019 00000001" },
        { new ControlMessage.Occn(64000, 1), "8008 0000 0000 0009  800A 0000 0018 0000FA00  800A 0000 0013 00000001" },
        {
            new ControlMessage.Wen(1, 2, 3, 4, 5, 6),
            "8008 0000 0000 000F  8020 0000 0022 0000 00000001 00000002 00000003 00000004 00000005 00000006"
        },
        { new ControlMessage.Sli(0xFFFFFFFF, 0), "8008 0000 0000 0010  8010 0000 0023 0000 FFFFFFFF 00000000" },
    };

    [Theory, MemberData(nameof(Golden))]
    public void Golden_octets_are_written_and_read(ControlMessage message, string avps)
    {
        var body = Hex(avps);
        var datagram = message.Encode(new(0x0A0B), new(0x0C0D), 0x0E0F);
        Assert.Equal(Hex($"C802 {12 + body.Length:X4} 0A0B 0C0D 0E0F 0000"), datagram[..12]);
        Assert.Equal(Convert.ToHexString(body), Convert.ToHexString(datagram.AsSpan(12)));
        Assert.Equal(message, Parse(datagram));
    }

    [Theory, MemberData(nameof(Golden))]
    public void Every_truncation_is_refused_or_still_a_message(ControlMessage message, string avps)
    {
        var body = Hex(avps);
        for (var length = 0; length < body.Length; length++)
        {
            var ok = ControlMessage.TryParse(body.AsSpan(0, length), default, out var cut, out var fault);
            Assert.NotEqual(ok, fault.Error != L2tpError.None);
            if (ok) Assert.Equal(message.Type, cut!.Type); // the missing AVPs are optional, or the message is StopCCN or CDN
        }
    }

    [Theory, MemberData(nameof(Golden))]
    public void Hidden_avps_round_trip(ControlMessage message, string avps)
    {
        Assert.NotEmpty(avps);
        Assert.Equal(message, Parse(message.Encode(new(1), new(2), 3, Secret, Vector), Secret));
    }

    [Fact]
    public void Refusal_cdn_of_mpd_is_understood_and_ours_is_the_same()
    {
        var mpd = Hex("C802 0026 0007 0009 0001 0002  8008 0000 0000 000E  8008 0000 000E 0005  800A 0000 0001 0004 0000");
        var cdn = new ControlMessage.Cdn(new(5), new ResultCode(ResultCode.Cdn.NoFacilitiesNow, 0));
        Assert.Equal(cdn, Parse(mpd));
        var ours = cdn.Encode(new(7), new(9), 1);
        L2tpControlHeader.WriteNr(ours, 2);
        Assert.Equal(mpd, ours);
    }

    [Fact] // the formula of RFC 2661 section 4.3 written out once more, for a value of more than one MD5 block
    public void Hidden_value_is_golden()
    {
        var value = Encoding.ASCII.GetBytes("called number 0123456789 extension 42");
        var hidden = new byte[value.Length + HiddenAvp.Overhead];
        HiddenAvp.Hide(21, value, Secret, Vector, hidden);
        byte[] clear = [(byte)(value.Length >> 8), (byte)value.Length, .. value];
        var mask = MD5.HashData([0, 21, .. Secret, .. Vector]);
        for (var at = 0; at < clear.Length; at += 16)
        {
            for (var i = at; i < Math.Min(at + 16, clear.Length); i++) Assert.Equal((byte)(clear[i] ^ mask[i - at]), hidden[i]);
            mask = at + 16 <= hidden.Length ? MD5.HashData([.. Secret, .. hidden[at..(at + 16)]]) : mask;
        }
    }

    [Fact]
    public void Hidden_values_of_any_size_and_padding_round_trip() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[1, 600], Gen.Byte.Array[1, 64], Gen.Int[0, 40]).Sample(
            (value, secret, vector, padding) =>
        {
            byte[] padded = [.. value, .. new byte[padding]];
            var hidden = new byte[padded.Length + 2];
            HiddenAvp.Hide(9, padded, secret, vector, hidden);
            // a peer that pads sends the same stream, and an Original Length without the padding
            Span<byte> difference = [(byte)((padded.Length ^ value.Length) >> 8), (byte)(padded.Length ^ value.Length)];
            if (padded.Length <= 14) (hidden[0], hidden[1]) = ((byte)(hidden[0] ^ difference[0]), (byte)(hidden[1] ^ difference[1]));
            var scratch = new byte[hidden.Length];
            return HiddenAvp.TryUncover(9, hidden, secret, vector, scratch, out var start, out var length)
                && scratch.AsSpan(start, length).SequenceEqual(padded.Length <= 14 ? value : padded);
        }, iter: 20_000);

    [Theory]
    [InlineData("", L2tpError.NoMessageType, ErrorScope.Tunnel)]
    [InlineData("8008 0000 0007 0001", L2tpError.NoMessageType, ErrorScope.Tunnel)] // another AVP first
    [InlineData("C008 0000 0000 0001", L2tpError.NoMessageType, ErrorScope.Tunnel)] // hidden
    [InlineData("8008 0000 0000 0063", L2tpError.UnknownMandatoryMessage, ErrorScope.Tunnel)]
    [InlineData("8008 0000 0000 0006  8006 0000 00C8", L2tpError.UnknownMandatoryAvp, ErrorScope.Tunnel)]
    [InlineData("8008 0000 0000 0006  8006 0009 0001", L2tpError.UnknownMandatoryAvp, ErrorScope.Tunnel)] // vendor 9
    [InlineData("8008 0000 0000 0006  A006 0000 0007", L2tpError.UnknownMandatoryAvp, ErrorScope.Tunnel)] // reserved bit
    [InlineData("8008 0000 0000 000B  8008 0000 000E 0401  8006 0000 00C8", L2tpError.UnknownMandatoryAvp, ErrorScope.Session)]
    [InlineData("8008 0000 0000 000B", L2tpError.MissingAvp, ErrorScope.Session)]
    [InlineData("8008 0000 0000 000B  8008 0000 000E 0000", L2tpError.BadAvpValue, ErrorScope.Session)] // id zero
    [InlineData("8008 0000 0000 000B  800A 0000 000E 00000401", L2tpError.BadAvpValue, ErrorScope.Session)]
    [InlineData("8008 0000 0000 000C  800A 0000 0018 00000001", L2tpError.MissingAvp, ErrorScope.Session)]
    [InlineData("8008 0000 0000 0001  8008 0000 0002 0100  8009 0000 0007 6C6163", L2tpError.MissingAvp, ErrorScope.Tunnel)]
    [InlineData("8008 0000 0000 0001  8008 0000 0002 0100  8009 0000 0007 6C6163  800A 0000 0003 00000003  8008 0000 0009 0000",
        L2tpError.BadAvpValue, ErrorScope.Tunnel)] // tunnel id zero
    [InlineData("8008 0000 0000 0006  8005 0000 0007", L2tpError.AvpLengthTooSmall, ErrorScope.Tunnel)]
    [InlineData("8008 0000 0000 000B  8009 0000 000E 0401", L2tpError.AvpTruncated, ErrorScope.Session)]
    [InlineData("8008 0000 0000 000B  C00A 0000 000E 01020304", L2tpError.BadHiddenAvp, ErrorScope.Session)] // no secret
    public void Each_fault_has_its_name_and_scope(string avps, L2tpError error, ErrorScope scope)
    {
        var fault = Fault(avps);
        Assert.Equal((error, scope), (fault.Error, fault.Scope));
        Assert.Equal(2, fault.Answer.Result);
    }

    [Fact]
    public void A_hidden_avp_needs_a_random_vector_before_it() =>
        Assert.Equal(L2tpError.BadHiddenAvp, Fault("8008 0000 0000 000B  C00A 0000 000E 01020304  8007 0000 0024 01", Secret).Error);

    [Theory]
    [InlineData("8008 0000 0000 000B  0006 0000 00C8  8008 0000 000E 0401")] // unknown, M clear
    [InlineData("8008 0000 0000 000B  0007 0009 0001 AA  8008 0000 000E 0401")] // of a vendor
    [InlineData("8008 0000 0000 000B  8008 0000 000E 0401  8008 0000 000E 0402")] // twice: the first counts
    [InlineData("8008 0000 0000 000B  8008 0000 000E 0401  8009 0000 0007 6C6163")] // known, of another message
    [InlineData("8008 0000 0000 000B  8008 0000 000E 0401  0007 0000 0019 01")] // bad value, M clear
    [InlineData("8008 0000 0000 000B  8008 0000 000E 0401  4007 0000 0019 01")] // hidden, M clear, no secret
    public void Ignorable_avps_are_ignored(string avps)
    {
        Assert.True(ControlMessage.TryParse(Hex(avps), default, out var message, out _));
        Assert.Equal(new ControlMessage.Icrp(new(0x0401)), message);
    }

    [Fact]
    public void An_unknown_message_without_the_m_bit_is_returned_as_unknown()
    {
        Assert.True(ControlMessage.TryParse(Hex("0008 0000 0000 0063  8006 0000 00C8"), default, out var message, out _));
        Assert.Equal(new ControlMessage.Unknown(0x63), message);
    }

    [Theory]
    [InlineData("8008 0000 0000 0004")]
    [InlineData("8008 0000 0000 0004  8006 0000 00C8")]
    [InlineData("8008 0000 0000 000E  8003")]
    [InlineData("8008 0000 0000 000E  8007 0000 0001 01")]
    public void Faulty_stopccn_and_cdn_are_accepted(string avps)
    {
        Assert.True(ControlMessage.TryParse(Hex(avps), default, out var message, out _));
        Assert.True(message is ControlMessage.StopCcn or ControlMessage.Cdn);
    }

    [Fact]
    public void Any_octets_never_throw() => Gen.Select(Gen.Byte.Array[0, 120], Gen.Byte[0, 20], Gen.Bool).Sample((octets, type, secret) =>
    {
        byte[] avps = [0x80, 8, 0, 0, 0, 0, 0, type, .. octets];
        return ControlMessage.TryParse(avps, secret ? Secret : default, out var message, out var fault) ? message is not null
            : fault.Error != L2tpError.None;
    }, iter: 100_000);

    [Fact] // well-formed AVPs with any type and value: the typed reads see every size
    public void Any_avps_never_throw() =>
        Gen.Select(Gen.Select(Gen.Byte[0, 50], Gen.Byte, Gen.Byte.Array[0, 30]).Array[0, 12], Gen.Byte[0, 17]).Sample((avps, type) =>
    {
        var body = new List<byte> { 0x80, 8, 0, 0, 0, 0, 0, type };
        foreach (var (kind, flags, value) in avps)
            body.AddRange([(byte)(flags & 0xC0), (byte)(6 + value.Length), 0, 0, 0, kind, .. value]);
        return ControlMessage.TryParse(body.ToArray(), Secret, out var message, out var fault) ? message is not null
            : fault.Error != L2tpError.None;
    }, iter: 100_000);

    [Fact]
    public void Text_longer_than_an_avp_is_cut_and_large_messages_grow()
    {
        var iccn = new ControlMessage.Iccn(1, 1)
        {
            InitialReceivedLcp = new AvpOctets(new byte[1017]), LastSentLcp = new AvpOctets(new byte[1017]),
            PrivateGroupId = new AvpOctets(new byte[1017]),
        };
        Assert.Equal(iccn, Parse(iccn.Encode(new(1), new(2), 3)));
        var cdn = (ControlMessage.Cdn)Parse(
            new ControlMessage.Cdn(new(1), new ResultCode(2, 7, new string('x', 3000))).Encode(new(1), new(2), 3));
        Assert.Equal(1013, cdn.Result.Text.Length);
    }

    [Fact] // as CHAP (RFC 1994 section 4.1), with the message type as identifier
    public void Challenge_response_is_golden()
    {
        var challenge = Hex("00112233445566778899AABBCCDDEEFF");
        var response = TunnelAuthentication.Respond(MessageType.Sccrp, Secret, challenge);
        Assert.Equal(new AvpOctets(MD5.HashData([2, .. Secret, .. challenge])), response);
        Assert.True(TunnelAuthentication.Verify(MessageType.Sccrp, Secret, challenge, response.Span));
        Assert.False(TunnelAuthentication.Verify(MessageType.Scccn, Secret, challenge, response.Span));
        Assert.False(TunnelAuthentication.Verify(MessageType.Sccrp, Secret, challenge, []));
    }

    [Fact]
    public void Peek_finds_name_and_tunnel_of_an_sccrq_and_of_no_other_message()
    {
        var sccrq = new ControlMessage.Sccrq("lac.example.net", new(300), 3);
        Assert.True(SccrqPeek.TryPeek(sccrq.Encode(default, default, 0), default, out var peek, out _));
        Assert.Equal(new SccrqPeek("lac.example.net", new(300)), peek);
        var hidden = sccrq.Encode(default, default, 0, Secret, Vector);
        Assert.True(SccrqPeek.TryPeek(hidden, default, out peek, out _));
        Assert.Equal(new SccrqPeek("lac.example.net", default), peek);
        Assert.True(SccrqPeek.TryPeek(hidden, Secret, out peek, out _));
        Assert.Equal(new TunnelId(300), peek.AssignedTunnelId);
        Assert.False(SccrqPeek.TryPeek(sccrq.Encode(new(1), default, 0), default, out _, out var error));
        Assert.Equal(L2tpError.WrongKind, error);
        Assert.False(SccrqPeek.TryPeek(new ControlMessage.Hello().Encode(default, default, 0), default, out _, out error));
        Assert.Equal(L2tpError.Unexpected, error);
        var whole = sccrq.Encode(default, default, 0);
        for (var length = 0; length < whole.Length; length++)
            Assert.False(SccrqPeek.TryPeek(whole.AsSpan(0, length), default, out _, out _));
    }

    [Fact]
    public void Length_field_of_a_written_message_is_its_length() => Gen.String[0, 300].Sample(text =>
    {
        var octets = new ControlMessage.StopCcn(new(1), new ResultCode(1, 0, text)).Encode(new(1), default, 0);
        return BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(2)) == octets.Length;
    }, iter: 1_000);
}

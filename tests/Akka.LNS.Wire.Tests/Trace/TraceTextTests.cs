using System.Buffers.Binary;
using System.Text;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Trace;
using CsCheck;

namespace Akka.LNS.Wire.Tests.Trace;

/// <summary>What a trace shows of each message, and what it hides.</summary>
public class TraceTextTests
{
    private static readonly byte[] Password = "5ecret"u8.ToArray();

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
    private static AvpOctets Octets(string hex) => new(Hex(hex));
    private static string Lines(MessageText text) => string.Join(" | ", [$"{text.Layer}: {text.Summary}", .. text.Details]);
    private static byte[] Control(byte code, byte id, ReadOnlySpan<byte> data) =>
        [code, id, (byte)((4 + data.Length) >> 8), (byte)(4 + data.Length), .. data];

    public static TheoryData<ControlMessage, string> L2tp => new()
    {
        {
            new ControlMessage.Sccrq("lac", new(0x1111), 3)
            {
                BearerCapabilities = 1, TieBreaker = 0x0102030405060708, FirmwareRevision = 0x0690, VendorName = "V", ReceiveWindow = 16,
                Challenge = Octets("AABB"),
            },
            "l2tp: SCCRQ, tunnel 5, Ns 7, Nr 0 | Protocol Version 1.0 | Host Name \"lac\" | Framing Capabilities synchronous,"
                + " asynchronous | Assigned Tunnel ID 4369"
            + " | Bearer Capabilities digital | Tie Breaker 0x0102030405060708 | Firmware Revision 0x0690 | Vendor Name \"V\" | Receive"
            + " Window Size 16 | Challenge, 2 octets"
        },
        {
            new ControlMessage.Sccrp(
                "lns", new(0x2222), 3) { ReceiveWindow = 64, Challenge = Octets("CC"), ChallengeResponse = Octets("DD") },
            "l2tp: SCCRP, tunnel 5, Ns 7, Nr 0 | Protocol Version 1.0 | Host Name \"lns\" | Framing Capabilities synchronous,"
                + " asynchronous | Assigned Tunnel ID 8738"
            + " | Receive Window Size 64 | Challenge, 1 octet | Challenge Response, 1 octet"
        },
        { new ControlMessage.Scccn(Octets("EE")), "l2tp: SCCCN, tunnel 5, Ns 7, Nr 0 | Challenge Response, 1 octet" },
        {
            new ControlMessage.StopCcn(new(0x2222), new ResultCode(2, 7, "busy")),
            "l2tp: StopCCN, tunnel 5, Ns 7, Nr 0 | Assigned Tunnel ID 8738 | Result Code 2 (general error), error 7 (try another), \"busy\""
        },
        { new ControlMessage.Hello(), "l2tp: HELLO, tunnel 5, Ns 7, Nr 0" },
        {
            new ControlMessage.Icrq(
                new(0x0301), 77) { BearerType = 2, PhysicalChannelId = 9, CallingNumber = "030", CalledNumber = "18", SubAddress = "x" },
            "l2tp: ICRQ, tunnel 5, session 6, Ns 7, Nr 0 | Assigned Session ID 769 | Call Serial Number 77 | Bearer Type analog |"
                + " Physical Channel ID 0x00000009"
            + " | Calling Number \"030\" | Called Number \"18\" | Sub-Address \"x\""
        },
        { new ControlMessage.Icrp(new(9)), "l2tp: ICRP, tunnel 5, session 6, Ns 7, Nr 0 | Assigned Session ID 9" },
        {
            new ControlMessage.Iccn(1_000_000, 1)
            {
                RxConnectSpeed = 64_000, InitialReceivedLcp = Octets("010405D4 0506DEADBEEF"), LastSentLcp = Octets("0305C22305"),
                LastReceivedLcp = Octets("0702"),
                ProxyAuthentication = new ProxyAuthentication(
                3) { Name = new("bob"u8), Challenge = Octets("01"), Id = 4, Response = new(Password) },
                PrivateGroupId = new("g"u8), SequencingRequired = true,
            },
            "l2tp: ICCN, tunnel 5, session 6, Ns 7, Nr 0 | (Tx) Connect Speed 1000000 bit/s | Framing Type synchronous | Initial"
                + " Received LCP CONFREQ: MRU 1492, Magic-Number 0xdeadbeef"
            + " | Last Sent LCP CONFREQ: Authentication-Protocol CHAP MD5 | Last Received LCP CONFREQ: PFC | Proxy Authen Type 3 (PPP"
            + " PAP) | Proxy Authen Name \"bob\""
            + " | Proxy Authen Challenge, 1 octet | Proxy Authen ID 4 | Proxy Authen Response, 6 octets | Private Group ID \"g\" | Rx"
            + " Connect Speed 64000 bit/s | Sequencing Required"
        },
        {
            new ControlMessage.Cdn(
                new(9), new ResultCode(1)) { Q931Cause = new Q931Cause(16, 0x45, "bye"),
                PppDisconnectCause = new PppDisconnectCause(3, PppProtocol.Lcp, DisconnectDirection.AtPeer, "left") },
            "l2tp: CDN, tunnel 5, session 6, Ns 7, Nr 0 | Result Code 1 (loss of carrier) | Assigned Session ID 9 | Q.931 Cause Code"
                + " 16, message 0x45, \"bye\""
            + " | PPP Disconnect Cause Code 3, protocol LCP, at peer, \"left\""
        },
        {
            new ControlMessage.Ocrq(
                new(9), 1) { MinimumBps = 1, MaximumBps = 2, BearerType = 3, FramingType = 2, CalledNumber = "1", SubAddress = "2" },
            "l2tp: OCRQ, tunnel 5, session 6, Ns 7, Nr 0 | Assigned Session ID 9 | Call Serial Number 1 | Minimum BPS 1 bit/s | Maximum"
                + " BPS 2 bit/s | Bearer Type digital, analog"
            + " | Framing Type asynchronous | Called Number \"1\" | Sub-Address \"2\""
        },
        { new ControlMessage.Ocrp(new(9)), "l2tp: OCRP, tunnel 5, session 6, Ns 7, Nr 0 | Assigned Session ID 9" },
        { new ControlMessage.Occn(5, 1),
            "l2tp: OCCN, tunnel 5, session 6, Ns 7, Nr 0 | (Tx) Connect Speed 5 bit/s | Framing Type synchronous" },
        {
            new ControlMessage.Wen(1, 2, 3, 4, 5, 6),
            "l2tp: WEN, tunnel 5, session 6, Ns 7, Nr 0 | Call Errors: CRC 1, framing 2, hardware overruns 3, buffer overruns 4,"
                + " timeouts 5, alignment 6"
        },
        { new ControlMessage.Sli(1, 0xFFFFFFFF), "l2tp: SLI, tunnel 5, session 6, Ns 7, Nr 0 | ACCM: send 0x00000001, receive 0xffffffff" },
    };

    [Theory]
    [MemberData(nameof(L2tp))]
    public void Every_control_message_is_named_with_all_its_avps(ControlMessage message, string text)
    {
        var datagram = message.Encode(
            new TunnelId(5), new SessionId(ControlMessage.BelongsToCall(message.Type) ? (ushort)6 : (ushort)0), 7);
        Assert.Equal(Sorted(text), Sorted(Lines(L2tpText.Describe(datagram))));
        for (var length = 0; length < datagram.Length; length++)
        {
            Assert.StartsWith("unreadable (", L2tpText.Describe(datagram.AsSpan(0, length)).Summary, StringComparison.Ordinal);
            if (length < L2tpControlHeader.Length) continue;
            var cut = datagram[..length]; // the AVPs end too early, the header agrees
            BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(2), (ushort)length);
            Assert.DoesNotContain("5ecret", L2tpText.Describe(cut).ToString(), StringComparison.Ordinal);
        }

        // the order of optional AVPs is the writer's choice
        static string[] Sorted(string lines) => [.. lines.Split(" | ").Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("C802 000C 0005 0000 0003 0002", "l2tp: ZLB acknowledgement, tunnel 5, Ns 3, Nr 2")]
    [InlineData("C802 0014 0005 0000 0003 0002 8008 0000 0000 0063", "l2tp: message type 99, tunnel 5, Ns 3, Nr 2")]
    [InlineData("C802 0014 0005 0000 0003 0002 8008 0000 0009 0063",
        "l2tp: message without a Message Type, tunnel 5, Ns 3, Nr 2 | Assigned Tunnel ID 99")]
    [InlineData("C802 0013 0005 0000 0003 0002 8007 0000 0009 63",
        "l2tp: message without a Message Type, tunnel 5, Ns 3, Nr 2 | Assigned Tunnel ID, 1 octet")]
    [InlineData("C802 0018 0005 0000 0003 0002 C00C 0000 0009 010203040506",
        "l2tp: message without a Message Type, tunnel 5, Ns 3, Nr 2 | Assigned Tunnel ID, hidden, 6 octets")]
    [InlineData("C802 0014 0005 0000 0003 0002 8008 0009 0001 0063",
        "l2tp: message without a Message Type, tunnel 5, Ns 3, Nr 2 | AVP 1 of vendor 9, 2 octets")]
    [InlineData("C802 0014 0005 0000 0003 0002 8408 0000 002C 0063",
        "l2tp: message without a Message Type, tunnel 5, Ns 3, Nr 2 | AVP 44 with reserved bits set, 2 octets")]
    [InlineData("C802 0014 0005 0000 0003 0002 8009 0000 0021 3565",
        "l2tp: message without a Message Type, tunnel 5, Ns 3, Nr 2 | unreadable AVP (AvpTruncated), 8 octets, begins with 0x800900000021")]
    [InlineData("C803 000C 0005 0000 0003 0002", "l2tp: unreadable (BadVersion), 12 octets | begins with 0xc803000c0005000000030002")]
    [InlineData("0002 0005 0006 FF03C021", "l2tp: data message, tunnel 5, session 6, 4 octets")]
    public void Control_messages_of_other_kinds(string octets, string text) => Assert.Equal(text, Lines(L2tpText.Describe(Hex(octets))));

    public static TheoryData<ushort, string, string> Ppp => new()
    {
        {
            PppProtocol.Lcp, "01 01 002E 010405D4 0206000A0000 0304C023 0305C22381 0506DEADBEEF 0702 0802 0D0306 1303AA 630301 0404C025",
            "lcp: Configure-Request id 1 | MRU 1492 | ACCM 0x000a0000 | Authentication-Protocol PAP | Authentication-Protocol MS-CHAPv2"
                + " | Magic-Number 0xdeadbeef | PFC | ACFC"
            + " | Callback, operation 6 | Endpoint-Discriminator class 170 | option 99 0x01 | Quality-Protocol LQR"
        },
        { PppProtocol.Lcp, "02 02 0009 0305C22305", "lcp: Configure-Ack id 2 | Authentication-Protocol CHAP MD5" },
        { PppProtocol.Lcp, "03 03 000C 0305C22380 0103 05", "lcp: Configure-Nak id 3 | Authentication-Protocol MS-CHAPv1 | option 1 0x05" },
        { PppProtocol.Lcp, "04 04 0008 11040200", "lcp: Configure-Reject id 4 | MRRU 512" },
        { PppProtocol.Lcp, "04 04 0007 050401", "lcp: Configure-Reject id 4 | unreadable option (Truncated): 0x050401" },
        { PppProtocol.Lcp, "05 05 0007 627965", "lcp: Terminate-Request id 5 | \"bye\"" },
        { PppProtocol.Lcp, "06 05 0004", "lcp: Terminate-Ack id 5" },
        { PppProtocol.Lcp, "07 06 0008 0E030004", "lcp: Code-Reject id 6 | rejects code 14 id 3" },
        { PppProtocol.Lcp, "08 07 000A 8057 01010004", "lcp: Protocol-Reject id 7 | rejects IPV6CP, 4 octets" },
        { PppProtocol.Lcp, "08 07 0010 C023 0101000A 0001 36 3565",
            "lcp: unreadable (Truncated), 15 octets | 0x08070010c0230101000a0001363565" },
        { PppProtocol.Lcp, "09 08 0009 01020304 00", "lcp: Echo-Request id 8 | Magic-Number 0x01020304 | Data, 1 octet" },
        { PppProtocol.Lcp, "0A 08 0008 01020304", "lcp: Echo-Reply id 8 | Magic-Number 0x01020304" },
        { PppProtocol.Lcp, "0A 08 0006 0102", "lcp: Echo-Reply id 8 | unreadable (Truncated), 2 octets" },
        { PppProtocol.Lcp, "0B 08 0008 01020304", "lcp: Discard-Request id 8 | Magic-Number 0x01020304" },
        { PppProtocol.Lcp, "0C 08 000A 01020304 4D53", "lcp: Identification id 8 | Magic-Number 0x01020304 | Message \"MS\"" },
        { PppProtocol.Lcp, "0D 08 000C 01020304 00000010", "lcp: Time-Remaining id 8 | Magic-Number 0x01020304 | Seconds-Remaining 16" },
        { PppProtocol.Lcp, "20 08 0006 0102", "lcp: code 32 id 8 | 0x0102" },
        { PppProtocol.Lcp, "01 08", "lcp: unreadable (Truncated), 2 octets | 0x0108" },
        { PppProtocol.Pap, "01 01 000F 03626F62 06356563726574", "pap: Authenticate-Request id 1 | Peer-ID \"bob\" | Password, 6 octets" },
        { PppProtocol.Pap, "01 01 000B 03626F62 063565", "pap: Authenticate-Request id 1 | unreadable (Truncated), 7 octets" },
        { PppProtocol.Pap, "02 01 0005 00", "pap: Authenticate-Ack id 1" },
        { PppProtocol.Pap, "03 01 0007 026E6F", "pap: Authenticate-Nak id 1 | Message \"no\"" },
        { PppProtocol.Pap, "09 01 0007 356563", "pap: code 9 id 1 | 3 octets" },
        { PppProtocol.Pap, "01 01 00FF 03626F62 06356563726574", "pap: unreadable (Truncated), 15 octets" },
        { PppProtocol.Chap, "01 01 000A 020102 6C6E73", "chap: Challenge id 1 | Name \"lns\" | Value, 2 octets" },
        { PppProtocol.Chap, "02 01 000A 020102 626F62", "chap: Response id 1 | Name \"bob\" | Value, 2 octets" },
        { PppProtocol.Chap, "02 01 0006 0901", "chap: Response id 1 | unreadable (Truncated), 2 octets" },
        { PppProtocol.Chap, "03 01 0004", "chap: Success id 1" },
        { PppProtocol.Chap, "03 01 000F 533D41424344204D3D6869", "chap: Success id 1 | Message \"S=**** M=hi\"" },
        { PppProtocol.Chap, "04 01 001D 453D36393120523D3020433D3031323320563D33204D3D6E6F",
            "chap: Failure id 1 | Message \"E=691 R=0 C=**** V=3 M=no\"" },
        {
            PppProtocol.Ipcp, "01 01 0028 030664400001 8106 08080808 8206 01010101 8306 08080404 8406 02020202 0206002D0F01",
            "ipcp: Configure-Request id 1 | IP-Address 100.64.0.1 | Primary-DNS-Address 8.8.8.8 | Primary-NBNS-Address 1.1.1.1 |"
                + " Secondary-DNS-Address 8.8.4.4"
            + " | Secondary-NBNS-Address 2.2.2.2 | IP-Compression-Protocol VJ compressed TCP/IP"
        },
        { PppProtocol.Ipcp, "04 01 000E 010A 01020304 05060708", "ipcp: Configure-Reject id 1 | IP-Addresses 1.2.3.4 5.6.7.8" },
        { PppProtocol.Ipcp, "05 02 0004", "ipcp: Terminate-Request id 2" },
        { PppProtocol.Ipv6cp, "01 01 000E 010A0102030405060708", "ppp: IPV6CP Configure-Request id 1 | 0x010a0102030405060708" },
        { PppProtocol.Eap, "02 01 000B 04 356563726574", "ppp: EAP, 11 octets" },
        { PppProtocol.Ipv6, "60000000", "ppp: IPv6, 4 octets" },
        { 0xC123, "01 01 0004", "ppp: 0xc123, 4 octets" },
    };

    [Theory]
    [MemberData(nameof(Ppp))]
    public void Every_frame_is_named_with_its_options(ushort protocol, string octets, string text)
    {
        var frame = Hex(octets);
        Assert.Equal(text, Lines(PppText.Describe(protocol, frame)));
        for (var length = 0; length < frame.Length; length++) Assert.NotEmpty(PppText.Describe(protocol, frame.AsSpan(0, length)).Summary);
    }

    [Fact]
    public void Radius_attributes_are_named_and_secrets_are_omitted()
    {
        var buffer = new byte[RadiusPacketView.MaxLength];
        Span<byte> authenticator = stackalloc byte[16];
        var writer = RadiusPacketWriter.Request(buffer, RadiusCode.AccessRequest, 3, authenticator);
        writer.Text(RadiusAttributeType.UserName, "bob");
        writer.Password(Password, "xyzzy"u8);
        writer.Octets(RadiusAttributeType.ChapChallenge, Password);
        writer.VendorOctets(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChap2Response, Password);
        writer.VendorOctets(RadiusVendor.Microsoft, MicrosoftAttributeType.MppeSendKey, Password);
        writer.Ipv4(RadiusAttributeType.FramedIpAddress, Ipv4Address.Parse("100.64.0.1"));
        writer.Octets(250, Password);
        writer.VendorOctets(4711, 1, Password);
        var packet = buffer[..writer.Finish("xyzzy"u8)];
        var text = RadiusText.Describe(packet, RadiusDictionary.Default);
        Assert.Equal("Access-Request id 3", text.Summary);
        Assert.Contains("User-Name = \"bob\"", text.Details);
        Assert.Contains("User-Password = ***", text.Details);
        Assert.Contains("CHAP-Challenge, 6 octets", text.Details);
        Assert.Contains("MS-CHAP2-Response = ***", text.Details);
        Assert.Contains("MS-MPPE-Send-Key = ***", text.Details);
        Assert.Contains("Framed-IP-Address = 100.64.0.1", text.Details);
        Assert.Contains("Attr-250, 6 octets", text.Details);
        Assert.Contains("attribute of vendor 4711 without a name, 12 octets", text.Details);
        Assert.Contains("Message-Authenticator, 16 octets", text.Details);
        Assert.DoesNotContain("5ecret", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(Password), text.ToString(), StringComparison.OrdinalIgnoreCase);
        for (var length = 0; length < packet.Length; length++)
            Assert.StartsWith("unreadable (", RadiusText.Describe(packet.AsSpan(0, length), RadiusDictionary.Default).Summary,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Any_octets_give_text_and_keep_their_length_when_blanked() => Gen.Select(Gen.Byte.Array[0, 200], Gen.UShort, Gen.Bool)
        .Sample((octets, number, isControl) =>
        {
            byte[] datagram = isControl ? [0xC8, 2, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, .. octets] : octets.ToArray();
            if (isControl) BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)datagram.Length);
            Assert.NotEmpty(L2tpText.Describe(datagram).ToString());
            Assert.NotEmpty(RadiusText.Describe(octets, RadiusDictionary.Default).ToString());
            TraceSecrets.BlankControl(datagram);
            foreach (var protocol in new[] { number, PppProtocol.Lcp, PppProtocol.Pap, PppProtocol.Chap, PppProtocol.Ipcp,
                PppProtocol.Eap })
            {
                Assert.NotEmpty(PppText.Describe(protocol, octets).ToString());
                TraceSecrets.BlankPpp(protocol, octets.ToArray());
            }
        }, iter: 2_000);

    [Theory]
    [InlineData(PppProtocol.Pap, "0101000F 03626F62 06356563726574", "0101000F 03626F62 062A2A2A2A2A2A")]
    [InlineData(PppProtocol.Pap, "0101000F 03626F62 06356563726574 3565", "0101000F 03626F62 062A2A2A2A2A2A 2A2A")] // padding
    [InlineData(PppProtocol.Pap, "0101000F 03626F62 063565", "0101000F 2A2A2A2A2A2A2A")]
    [InlineData(PppProtocol.Pap, "02010005 00", "02010005 00")]
    [InlineData(PppProtocol.Chap, "0101000A 020102 6C6E73", "0101000A 020102 6C6E73")]
    [InlineData(PppProtocol.Chap, "0201000A 020102 626F62", "0201000A 022A2A 626F62")]
    [InlineData(PppProtocol.Chap, "0301000C 533D4142204D3D68", "0301000C 533D2A2A204D3D68")]
    [InlineData(PppProtocol.Lcp, "01010008 010405D4", "01010008 010405D4")]
    // rejected with the password in it
    [InlineData(PppProtocol.Lcp, "08010015 C023 0101000F 03626F62 06356563726574", "08010015 C023 0101000F 03626F62 062A2A2A2A2A2A")]
    [InlineData(PppProtocol.Lcp, "07010019 08010015 C023 0101000F 03626F62 06356563726574",
        "07010019 08010015 C023 0101000F 03626F62 062A2A2A2A2A2A")]
    [InlineData(PppProtocol.Eap, "0201000A 04356563726574", "0201000A 042A2A2A2A2A2A")]
    [InlineData(0xC027, "01010007 356563", "01010007 2A2A2A")]
    [InlineData(PppProtocol.Ipcp, "01010006 3565", "01010006 3565")]
    public void Passwords_and_their_proofs_are_blanked(ushort protocol, string frame, string blanked)
    {
        var octets = Hex(frame);
        TraceSecrets.BlankPpp(protocol, octets);
        Assert.Equal(Convert.ToHexString(Hex(blanked)), Convert.ToHexString(octets));
    }

    [Theory]
    [InlineData("8008 0000 000D AABB  8008 0000 000B CCDD", "8008 0000 000D 2A2A  8008 0000 000B CCDD")]
    [InlineData("C008 0000 000D AABB", "C008 0000 000D AABB")] // hidden: encrypted already
    [InlineData("0008 0000 0021 AABB", "0008 0000 0021 2A2A")]
    [InlineData("0009 0000 0021 AABB", "0009 0000 0021 2A2A")] // truncated
    [InlineData("0008 0009 0021 AABB", "0008 0009 0021 AABB")]
    public void Responses_in_avps_are_blanked(string avps, string blanked)
    {
        byte[] datagram = [.. Hex("C802 0000 0001 0000 0000 0000"), .. Hex(avps)];
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)datagram.Length);
        TraceSecrets.BlankControl(datagram);
        Assert.Equal(Convert.ToHexString(Hex(blanked)), Convert.ToHexString(datagram[12..]));
    }

    [Fact]
    public void A_deeply_nested_rejected_packet_shows_no_password()
    {
        byte[] frame = Control(PapCode.AuthenticateRequest, 1, [1, (byte)'b', 6, .. Password]);
        var protocol = PppProtocol.Pap;
        for (var depth = 0; depth < 5_000; depth++)
        {
            frame = Control(ControlCode.ProtocolReject, 1, [(byte)(protocol >> 8), (byte)protocol, .. frame]);
            protocol = PppProtocol.Lcp;
        }
        TraceSecrets.BlankPpp(PppProtocol.Lcp, frame);
        Assert.DoesNotContain("5ecret", Encoding.Latin1.GetString(frame), StringComparison.Ordinal);
    }

    private static byte[] RadiusPacket(ReadOnlySpan<byte> attributes)
    {
        byte[] packet = [1, 7, 0, 0, .. "the-5ecret-of-it"u8, .. attributes];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        return packet;
    }

    [Theory] // attribute, and the attribute after blanking
    [InlineData("0105626F62", "0105626F62")] // User-Name: bob
    [InlineData("0208356563726574", "02082A2A2A2A2A2A")] // User-Password
    [InlineData("030901356563726574", "03092A2A2A2A2A2A2A")] // CHAP-Password
    [InlineData("5008356563726574", "50082A2A2A2A2A2A")] // Message-Authenticator
    [InlineData("F108356563726574", "F1082A2A2A2A2A2A")] // without a name
    [InlineData("1A0D00000009" + "0107613D356563", "1A0D00000009" + "0107613D356563")] // Cisco-AVPair: a=5ec
    [InlineData("1A0F00000009" + "01096B65793D356563", "1A0F00000009" + "01092A2A2A2A2A2A2A")] // Cisco-AVPair: key=5ec
    [InlineData("1A0E00000009" + "01FF356563726574", "1A0E00000009" + "2A2A2A2A2A2A2A2A")] // another format
    [InlineData("1A0900000009" + "356563", "1A0900000009" + "2A2A2A")]
    [InlineData("1A05000000", "1A052A2A2A")] // no vendor
    public void A_blanked_radius_packet_keeps_its_layout_and_loses_secret_and_unnamed_attributes(string attribute, string left)
    {
        var packet = RadiusPacket(Hex(attribute));
        TraceSecrets.BlankRadius(packet, RadiusDictionary.Default);
        Assert.Equal($"0107{packet.Length:X4}{string.Concat(Enumerable.Repeat("2A", 16))}{left}", Convert.ToHexString(packet));
    }

    [Fact]
    public void Octets_outside_of_a_valid_radius_packet_are_blanked()
    {
        byte[] longer = [.. RadiusPacket([]), .. Password];
        TraceSecrets.BlankRadius(longer, RadiusDictionary.Default);
        Assert.Equal("2A2A2A2A2A2A", Convert.ToHexString(longer[^6..]));
        Gen.Byte.Array[0, 80].Sample(octets =>
        {
            byte[] copy = [.. octets];
            TraceSecrets.BlankRadius(copy, RadiusDictionary.Default);
            Assert.Equal(octets[..Math.Min(4, octets.Length)], copy[..Math.Min(4, octets.Length)]);
            if (octets.Length > 4) Assert.All(copy[4..Math.Min(20, copy.Length)], static o => Assert.Equal(TraceSecrets.Blank, o));
        });
    }

    [Theory]
    [InlineData(false, 20)]
    [InlineData(true, 40)]
    public void A_capture_has_headers_with_right_checksums(bool isIpv6, int front)
    {
        var mapped = (UInt128)0xFFFF_0000_0000;
        var (from, to) = isIpv6 ? (new UInt128(0x20010DB8_00000000, 1), new UInt128(0x20010DB8_00000000, 2))
            : (mapped | 0xC0000201, mapped | 0xC0000202);
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        var header = Pcap.FileHeader();
        Assert.Equal("D4C3B2A1020004000000000000000000000001006500" + "0000", Convert.ToHexString(header));
        foreach (var packet in new[]
        {
            Pcap.Control(at, from, 1701, to, 40000, new ControlMessage.Hello().Encode(new(5), default, 1)),
            Pcap.Ppp(at, from, 1701, to, 40000, new(5), new(6), PppProtocol.Pap, Control(1, 1, [1, (byte)'b', 6, .. Password])),
            Pcap.Radius(at, from, 1701, to, 40000, RadiusPacket([RadiusAttributeType.UserPassword, 8, .. Password]),
                RadiusDictionary.Default),
        })
        {
            Assert.Equal((1767323045u, 678_000u),
                (BinaryPrimitives.ReadUInt32LittleEndian(packet), BinaryPrimitives.ReadUInt32LittleEndian(packet.AsSpan(4))));
            var ip = packet.AsSpan(16);
            Assert.Equal(ip.Length, BinaryPrimitives.ReadInt32LittleEndian(packet.AsSpan(8)));
            Assert.Equal(ip.Length, BinaryPrimitives.ReadInt32LittleEndian(packet.AsSpan(12)));
            if (!isIpv6) Assert.Equal(0, InternetChecksum.Of(ip[..20]));
            var addresses = isIpv6 ? ip[8..40] : ip[12..20];
            Assert.Equal(0, InternetChecksum.Of(ip[front..], InternetChecksum.Sum(addresses, (uint)(17 + ip.Length - front))));
            Assert.DoesNotContain("5ecret", Encoding.Latin1.GetString(packet), StringComparison.Ordinal);
        }
    }
}

using System.Buffers.Binary;
using Akka.LNS.Wire.Ip;
using CsCheck;

namespace Akka.LNS.Wire.Tests.Ip;

public class Ipv4HeaderViewTests
{
    // the well-known example of a header checksum: 192.168.0.1 -> 192.168.0.199, UDP, DF, checksum B861
    private static readonly byte[] Golden =
        Convert.FromHexString("45000073" + "00004000" + "4011B861" + "C0A80001" + "C0A800C7" + new string('0', 2 * 95));

    [Fact]
    public void Golden_octets_give_the_fields()
    {
        Assert.True(Ipv4HeaderView.TryRead(Golden, out var view, out _));
        Assert.True(view is
        {
            HeaderLength: 20, TotalLength: 115, DontFragment: true, MoreFragments: false, FragmentOffset: 0,
            TimeToLive: 64, Protocol: 17, IsChecksumRight: true
        });
        Assert.Equal(("192.168.0.1", "192.168.0.199"), (view.Source.ToString(), view.Destination.ToString()));
    }

    [Fact]
    public void Every_truncation_is_refused_and_padding_is_left_out()
    {
        for (var length = 0; length < Golden.Length; length++)
        {
            Assert.False(Ipv4HeaderView.TryRead(Golden.AsSpan(0, length), out _, out var error));
            Assert.Equal(Ipv4Error.Truncated, error);
        }
        Assert.True(Ipv4HeaderView.TryRead([.. Golden, 1, 2, 3], out var view, out _));
        Assert.Equal(Golden.Length, view.Packet.Length);
    }

    [Theory]
    [InlineData("65", Ipv4Error.NotVersion4)]
    [InlineData("44", Ipv4Error.BadHeaderLength)]
    public void Wrong_first_octet_is_refused(string first, Ipv4Error expected)
    {
        var octets = Golden.ToArray();
        octets[0] = Convert.FromHexString(first)[0];
        Assert.False(Ipv4HeaderView.TryRead(octets, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Total_length_below_the_header_is_refused()
    {
        var octets = Golden.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), 19);
        Assert.False(Ipv4HeaderView.TryRead(octets, out _, out var error));
        Assert.Equal(Ipv4Error.BadHeaderLength, error);
    }

    [Fact]
    public void Any_octets_never_throw() => Gen.Byte.Array[0, 120].Sample(octets =>
    {
        if (octets.Length > 0) octets[0] = (byte)(0x40 | octets[0] & 0x0F);
        var copy = octets.ToArray();
        TcpMss.Clamp(copy, 1360);
        if (!Ipv4HeaderView.TryRead(octets, out var view, out _)) return;
        _ = view.Payload.Length + (view.IsChecksumRight ? 1 : 0);
        Span<byte> buffer = stackalloc byte[IcmpUnreachable.MaxLength];
        if (IcmpUnreachable.MayAnswer(view)) IcmpUnreachable.WriteFragmentationNeeded(buffer, view, view.Destination, 1400);
        var fragments = new Ipv4Fragmenter(view, 68);
        while (fragments.TryNext(buffer, out var length)) Assert.InRange(length, 20, 68);
    });
}

public class InternetChecksumTests
{
    [Fact] // RFC 1071 section 3
    public void Sum_of_the_rfc_example() =>
        Assert.Equal(0xDDF2u, InternetChecksum.Sum(Convert.FromHexString("0001F203F4F5F6F7")));

    [Fact] // RFC 1624 section 4: the case that equation 2 gets wrong
    public void Update_of_the_rfc_example() => Assert.Equal(0x0000, InternetChecksum.Update(0xDD2F, 0x5555, 0x3285));

    [Fact]
    public void Update_equals_a_new_sum() => Gen.Select(Gen.Byte.Array[2, 80], Gen.UShort).Sample((octets, value) =>
    {
        var before = InternetChecksum.Of(octets);
        var old = BinaryPrimitives.ReadUInt16BigEndian(octets);
        BinaryPrimitives.WriteUInt16BigEndian(octets, value);
        var (updated, again) = (InternetChecksum.Update(before, old, value), InternetChecksum.Of(octets));
        Assert.True(updated == again || (updated ^ again) == 0xFFFF && updated is 0 or 0xFFFF); // +0 and -0 are the same sum
    });
}

public class TcpMssTests
{
    [Theory]
    [InlineData("", 1460)]
    [InlineData("01", 1460)] // one no-operation: the value lies across two words
    [InlineData("0101", 1460)]
    [InlineData("0303070101", 1400)]
    public void Syn_is_clamped_and_its_checksum_stays_right(string before, int offered)
    {
        var packet = Tcp(flags: 0x02, Convert.FromHexString(before), offered);
        Assert.True(TcpMss.Clamp(packet, 1360));
        Assert.Equal(0, TcpChecksum(packet));
        Assert.Equal(1360, Offered(packet, before.Length / 2));
        Assert.False(TcpMss.Clamp(packet, 1360));
    }

    [Fact]
    public void Smaller_offers_segments_without_syn_and_later_fragments_stay()
    {
        Assert.False(TcpMss.Clamp(Tcp(0x02, [], 1300), 1360));
        Assert.False(TcpMss.Clamp(Tcp(0x10, [], 1460), 1360));
        var fragment = Tcp(0x02, [], 1460);
        fragment[7] = 1;
        Assert.False(TcpMss.Clamp(fragment, 1360));
    }

    [Fact]
    public void Every_truncation_is_left_alone_or_clamped_inside()
    {
        var whole = Tcp(0x12, [1, 3, 3, 7], 1460);
        for (var length = 0; length < 48; length++) Assert.False(TcpMss.Clamp(whole.AsSpan(0, length).ToArray(), 1360));
    }

    internal static byte[] Tcp(byte flags, byte[] before, int mss)
    {
        byte[] options = [.. before, 2, 4, (byte)(mss >> 8), (byte)mss];
        var padded = (options.Length + 3) / 4 * 4;
        var packet = new byte[40 + padded];
        Convert.FromHexString("4500000000000000400600000A0000010A000002").CopyTo(packet, 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[32] = (byte)((20 + padded) / 4 << 4);
        packet[33] = flags;
        options.CopyTo(packet, 40);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), TcpChecksum(packet));
        return packet;
    }

    internal static ushort TcpChecksum(byte[] packet)
    {
        var pseudo = InternetChecksum.Sum(packet.AsSpan(12, 8)) + 6u + (uint)(packet.Length - 20);
        return InternetChecksum.Of(packet.AsSpan(20), pseudo);
    }

    private static int Offered(byte[] packet, int before) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(42 + before));
}

public class IcmpUnreachableTests
{
    private static byte[] Udp(int length, string second = "00014000")
    {
        var packet = new byte[length];
        Convert.FromHexString("45000000" + second + "401100000A0000010A000002").CopyTo(packet, 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)length);
        return packet;
    }

    [Fact]
    public void Golden_answer_names_the_mtu_and_quotes_the_packet()
    {
        var packet = Udp(1500);
        Ipv4HeaderView.TryRead(packet, out var view, out _);
        var answer = new byte[IcmpUnreachable.MaxLength];
        Assert.Equal(576, IcmpUnreachable.WriteFragmentationNeeded(answer, view, Ipv4Address.Parse("100.64.0.1"), 1400));
        Assert.True(Ipv4HeaderView.TryRead(answer, out var ip, out _));
        Assert.True(ip.IsChecksumRight);
        Assert.Equal(0, InternetChecksum.Of(ip.Payload));
        Assert.Equal("64400001" + "0A000001", Convert.ToHexString(answer.AsSpan(12, 8)));
        Assert.Equal("0304", Convert.ToHexString(answer.AsSpan(20, 2)));
        Assert.Equal("00000578", Convert.ToHexString(answer.AsSpan(24, 4)));
        Assert.Equal(packet.AsSpan(0, 548), answer.AsSpan(28));
    }

    [Theory]
    [InlineData(9, 17, 0, true)]
    [InlineData(7, 1, 0, false)] // a later fragment
    [InlineData(12, 224, 0, false)] // from a multicast source
    [InlineData(12, 127, 0, false)]
    public void Errors_are_sent_only_where_rfc_1122_permits_them(int at, byte value, int at2, bool expected)
    {
        var packet = Udp(100);
        packet[at] = value;
        packet[at2] = 0x45;
        Assert.True(Ipv4HeaderView.TryRead(packet, out var view, out _));
        Assert.Equal(expected, IcmpUnreachable.MayAnswer(view));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(3, false)]
    [InlineData(11, false)]
    [InlineData(5, false)]
    public void No_error_is_sent_for_an_error(byte type, bool expected)
    {
        var packet = Udp(100);
        (packet[9], packet[20]) = (1, type);
        Ipv4HeaderView.TryRead(packet, out var view, out _);
        Assert.Equal(expected, IcmpUnreachable.MayAnswer(view));
    }
}

public class Ipv4FragmenterTests
{
    [Fact]
    public void Fragments_fit_and_hold_the_whole_payload_in_order() =>
        Gen.Select(Gen.Int[1, 4000], Gen.Int[68, 1500], Gen.Int[0, 10], Gen.Bool).Sample((payload, mtu, words, isFragment) =>
        {
            var header = 20 + 4 * words;
            var packet = new byte[header + payload];
            packet[0] = (byte)(0x40 | header / 4);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)(isFragment ? 0x2000 | 7 : 0));
            // router alert is copied, record route is not
            if (words > 1) new byte[] { 0x94, 4, 0, 0, 7, (byte)(4 * words - 4) }.CopyTo(packet, 20);
            for (var i = 0; i < payload; i++) packet[header + i] = (byte)(i * 7);
            Ipv4HeaderView.TryRead(packet, out var view, out _);

            var got = new List<byte>();
            var (buffer, count, more) = (new byte[1500], 0, true);
            var fragments = new Ipv4Fragmenter(view, mtu);
            while (fragments.TryNext(buffer, out var length))
            {
                Assert.True(more);
                Assert.InRange(length, 21, mtu);
                Assert.True(Ipv4HeaderView.TryRead(buffer.AsSpan(0, length), out var part, out _));
                Assert.True(part.IsChecksumRight);
                Assert.Equal(got.Count, part.FragmentOffset - (isFragment ? 56 : 0));
                if (words > 1 && count > 0) Assert.Equal(24, part.HeaderLength);
                more = part.MoreFragments;
                got.AddRange(part.Payload);
                count++;
            }
            Assert.Equal(isFragment, more);
            Assert.Equal(packet[header..], got);
        });

    [Fact]
    public void An_mtu_without_room_for_data_gives_no_fragments()
    {
        var packet = new byte[100];
        (packet[0], packet[3]) = (0x45, 100);
        Ipv4HeaderView.TryRead(packet, out var view, out _);
        Assert.False(new Ipv4Fragmenter(view, 27).TryNext(new byte[100], out _));
    }
}

public class Ipv4AddressAndPrefixTests
{
    [Fact]
    public void Text_round_trips() => Gen.UInt.Sample(value => Ipv4Address.Parse(new Ipv4Address(value).ToString()).Value == value);

    [Fact]
    public void Text_without_a_string_is_the_same() => Gen.UInt.Sample(static value =>
    {
        Span<char> text = stackalloc char[Ipv4Address.MostCharacters];
        Assert.True(new Ipv4Address(value).TryFormat(text, out var length));
        Assert.Equal(new Ipv4Address(value).ToString(), text[..length].ToString());
        Assert.False(new Ipv4Address(value).TryFormat(text[..(length - 1)], out _));
    });

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1..3.4")]
    [InlineData("1.2.3.-4")]
    [InlineData(" 1.2.3.4")]
    [InlineData("0001.2.3.4")]
    public void Wrong_addresses_are_refused(string text) => Assert.False(Ipv4Address.TryParse(text, out _));

    [Theory]
    [InlineData("100.64.0.0/16", "100.64.255.255", true)]
    [InlineData("100.64.0.0/16", "100.65.0.0", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1/32", "192.0.2.2", false)]
    public void Prefixes_contain_their_addresses(string prefix, string address, bool expected)
    {
        Assert.True(Ipv4Prefix.TryParse(prefix, out var parsed));
        Assert.Equal(expected, parsed.Contains(Ipv4Address.Parse(address)));
    }

    [Theory]
    [InlineData("10.0.0.1/24")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("/8")]
    public void Wrong_prefixes_are_refused(string text) => Assert.False(Ipv4Prefix.TryParse(text, out _));
}

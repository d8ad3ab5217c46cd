using Akka.LNS.Wire.Text;
using CsCheck;

namespace Akka.LNS.Wire.Tests.Text;

public class PeerTextTests
{
    private static readonly byte[][] Parts =
    [
        @"\"u8.ToArray(), "x"u8.ToArray(), "F"u8.ToArray(), "c"u8.ToArray(), [0xFC], [0x0A], "ü"u8.ToArray(), [0xE2, 0x80],
        "\u202E"u8.ToArray(), "\U0001F600"u8.ToArray(), [0xED, 0xB3, 0xBC],
    ];

    /// <summary>Any octets, and texts of parts that could be confused with each other.</summary>
    private static readonly Gen<byte[]> Octets = Gen.OneOf(Gen.Byte.Array[0, 40],
        Gen.Int[0, Parts.Length - 1].Array[0, 12].Select(static parts => parts.SelectMany(static p => Parts[p]).ToArray()));

    [Fact]
    public void Octets_come_back_as_they_were() =>
        Octets.Sample(static octets => PeerText.Encode(PeerText.Decode(octets)).SequenceEqual(octets));

    [Fact]
    public void Two_texts_are_equal_exactly_when_their_octets_are() => Gen.Select(Octets, Octets).Sample(static (a, b) =>
        a.SequenceEqual(b) == (PeerText.Decode(a) == PeerText.Decode(b)));

    [Fact]
    public void Two_texts_never_look_the_same() => Gen.Select(Octets, Octets).Sample(static (a, b) =>
        a.SequenceEqual(b) == (PeerText.Show(a) == PeerText.Show(b)));

    [Fact]
    public void What_is_shown_can_be_typed() =>
        Octets.Sample(static octets => PeerText.Read(PeerText.Show(octets)) == PeerText.Decode(octets));

    [Fact]
    public void What_is_shown_is_safe_in_a_line_and_in_any_encoding() => Octets.Sample(static octets =>
    {
        var shown = PeerText.Show(octets);
        return !shown.Any(static c => char.IsControl(c) || c is '\u202E' or '\u2028')
            && System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(shown)) == shown;
    });

    [Fact]
    public void The_octets_of_a_text_are_counted_and_cut_at_a_character() =>
        Gen.Select(Octets, Gen.Int[0, 20]).Sample(static (octets, most) =>
        {
            var text = PeerText.Decode(octets);
            var cut = PeerText.Cut(text, most, out var length);
            var room = new byte[most];
            return PeerText.OctetCount(text) == octets.Length && length <= most && length == PeerText.Encode(text, room)
                && PeerText.Encode(cut).AsSpan().SequenceEqual(octets.AsSpan(0, length))
                && room.AsSpan(0, length).SequenceEqual(octets.AsSpan(0, length))
                && (length == octets.Length || length > most - 4);
        });

    [Theory]
    [InlineData("64656D6F", "demo")]
    [InlineData("C3BC", "ü")]
    [InlineData("6DFC6C6C6572", @"m\xFCller")] // Latin-1
    [InlineData("61FF62", @"a\xFFb")]
    [InlineData("EFBFBD", "\uFFFD")] // the sign for a broken character, as the peer sent it
    [InlineData("610A5B316D62", @"a\x0A[1mb")] // would begin a new log line
    [InlineData("611B62", @"a\x1Bb")]
    [InlineData("6100", @"a\x00")]
    [InlineData("C285", @"\xC2\x85")] // next line
    [InlineData("E280AE61", @"\xE2\x80\xAEa")] // right-to-left override
    [InlineData("EDB3BC", @"\xED\xB3\xBC")] // half of a UTF-16 pair is no UTF-8
    [InlineData("444F4D5C75736572", @"DOM\user")]
    [InlineData("5C784643", @"\\xFC")] // what looks like an escape and is none
    [InlineData("5C5C", @"\\\")]
    [InlineData("5CFC", @"\\\xFC")]
    public void A_text_of_a_peer_is_shown_in_one_way(string octets, string expected)
    {
        Assert.Equal(expected, PeerText.Show(Convert.FromHexString(octets)));
        Assert.Equal(octets, Convert.ToHexString(PeerText.Encode(PeerText.Read(expected))));
    }

    [Fact]
    public void A_long_text_is_cut_at_the_limit() => Assert.Equal("abc", PeerText.Decode("abcdef"u8, 3));
}

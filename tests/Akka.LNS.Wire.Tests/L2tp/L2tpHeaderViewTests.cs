using Akka.LNS.Wire.L2tp;
using CsCheck;

namespace Akka.LNS.Wire.Tests.L2tp;

public class L2tpHeaderViewTests
{
    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static (bool Ok, L2tpError Error) Read(byte[] datagram) => (L2tpHeaderView.TryRead(datagram, out _, out var error), error);

    [Fact]
    public void Golden_control_header_gives_its_fields()
    {
        Assert.True(L2tpHeaderView.TryRead(Hex("C802 0014 1234 5678 0102 0304 8008 0000 0000 0006"), out var h, out var error));
        Assert.Equal(L2tpError.None, error);
        Assert.True(h is { IsControl: true, HasLength: true, HasSequence: true, HasOffset: false, IsPriority: false });
        Assert.Equal((new TunnelId(0x1234), new SessionId(0x5678), (ushort)0x0102, (ushort)0x0304), (h.TunnelId, h.SessionId, h.Ns, h.Nr));
        Assert.Equal(Hex("8008 0000 0000 0006"), h.Payload.ToArray());
    }

    [Theory] // every mix of L, S, O; and P, which changes nothing
    [InlineData("0002 0001 0002 FF03", false, false, false, 0)]
    [InlineData("4002 000A 0001 0002 FF03", true, false, false, 0)]
    [InlineData("0802 0001 0002 0007 0000 FF03", false, true, false, 7)]
    [InlineData("0202 0001 0002 0003 AABBCC FF03", false, false, true, 0)]
    [InlineData("4802 000E 0001 0002 0007 0000 FF03", true, true, false, 7)]
    [InlineData("4202 000D 0001 0002 0001 AA FF03", true, false, true, 0)]
    [InlineData("0A02 0001 0002 0007 0000 0000 FF03", false, true, true, 7)]
    [InlineData("4A02 0012 0001 0002 0007 0000 0002 AABB FF03", true, true, true, 7)]
    [InlineData("0102 0001 0002 FF03", false, false, false, 0)]
    [InlineData("34F2 0001 0002 FF03", false, false, false, 0)] // reserved bits are ignored
    public void Data_with_every_mix_of_bits_gives_the_frame(string hex, bool length, bool sequence, bool offset, int ns)
    {
        var octets = Hex(hex);
        Assert.True(L2tpHeaderView.TryRead(octets, out var h, out _));
        Assert.Equal((length, sequence, offset, (ushort)ns), (h.HasLength, h.HasSequence, h.HasOffset, h.Ns));
        Assert.Equal((new TunnelId(1), new SessionId(2)), (h.TunnelId, h.SessionId));
        Assert.Equal(Hex("FF03"), h.Payload.ToArray());
        Assert.Equal((octets[0] & 1) != 0, h.IsPriority);
        for (var cut = 0; cut < octets.Length - 2; cut++) Assert.False(L2tpHeaderView.TryRead(octets.AsSpan(0, cut), out _, out _));
    }

    [Theory]
    [InlineData("0001 0001 0002", L2tpError.BadVersion)] // L2F
    [InlineData("0003 0001 0002", L2tpError.BadVersion)] // L2TPv3
    [InlineData("C802 000D 0001 0002 0000 0000", L2tpError.BadLength)] // longer than the datagram
    [InlineData("C802 000C 0001 0002 0000 0000 00", L2tpError.BadLength)] // control: shorter too
    [InlineData("4002 0009 0001 0002", L2tpError.BadLength)]
    [InlineData("4002 0007 0001 0002", L2tpError.BadLength)] // ends inside the header
    [InlineData("8802 0001 0002 0000 0000", L2tpError.BadControlFlags)] // control without L
    [InlineData("C002 0008 0001 0002", L2tpError.BadControlFlags)] // without S
    [InlineData("CA02 000E 0001 0002 0000 0000 0000", L2tpError.BadControlFlags)] // with O
    [InlineData("0202 0001 0002 0001", L2tpError.BadOffset)]
    [InlineData("0002 0001 00", L2tpError.Truncated)]
    public void Each_fault_has_its_name(string hex, L2tpError error) => Assert.Equal((false, error), Read(Hex(hex)));

    [Fact]
    public void Octets_after_the_length_of_a_data_message_are_ignored()
    {
        Assert.True(L2tpHeaderView.TryRead(Hex("4002 0009 0001 0002 AA BBCC"), out var h, out _));
        Assert.Equal(Hex("AA"), h.Payload.ToArray());
    }

    [Fact]
    public void Any_octets_never_throw_and_the_payload_is_their_end() => Gen.Byte.Array[0, 64].Sample(octets =>
    {
        if (!L2tpHeaderView.TryRead(octets, out var h, out var error)) return error != L2tpError.None;
        return h.Payload.Length <= octets.Length - L2tpHeaderView.MinLength && octets.AsSpan().IndexOf(h.Payload) >= 0;
    }, iter: 100_000);

    [Fact]
    public void Written_headers_are_golden_and_read_back()
    {
        var data = new byte[L2tpDataHeader.Length];
        L2tpDataHeader.Write(data, new(0xABCD), new(0x1234));
        Assert.Equal(Hex("0002 ABCD 1234"), data);
        var zlb = new byte[L2tpControlHeader.Length];
        L2tpControlHeader.WriteAcknowledgement(zlb, new(0xABCD), 0x0102, 0x0304);
        Assert.Equal(Hex("C802 000C ABCD 0000 0102 0304"), zlb);
        Assert.Equal((true, L2tpError.None), Read(zlb));
        Assert.True(L2tpHeaderView.LooksLikeControl(zlb) && !L2tpHeaderView.LooksLikeControl(data) && !L2tpHeaderView.LooksLikeControl([]));
    }
}

public class AvpViewTests
{
    // Result Code AVP of a CDN: M set, 10 octets, vendor 0, type 1, result 2, error 7.
    private static readonly byte[] Golden = Convert.FromHexString("800A" + "0000" + "0001" + "0002" + "0007");

    [Fact]
    public void Golden_octets_give_the_fields_and_every_truncation_is_refused()
    {
        ReadOnlySpan<byte> whole = Golden;
        Assert.True(AvpView.TryRead(ref whole, out var avp, out _) && whole.IsEmpty);
        Assert.True(avp is { IsMandatory: true, IsHidden: false, HasReservedBits: false, VendorId: 0, Type: 1, Value.Length: 4 });
        for (var length = 0; length < Golden.Length; length++)
        {
            ReadOnlySpan<byte> part = Golden.AsSpan(0, length);
            Assert.False(AvpView.TryRead(ref part, out _, out var error));
            Assert.Equal((L2tpError.AvpTruncated, length), (error, part.Length));
        }
    }

    [Fact]
    public void A_length_below_the_header_is_refused()
    {
        for (byte length = 0; length < AvpView.HeaderLength; length++)
        {
            ReadOnlySpan<byte> octets = [0x80, length, 0, 0, 0, 1, 0, 2];
            Assert.False(AvpView.TryRead(ref octets, out _, out var error));
            Assert.Equal(L2tpError.AvpLengthTooSmall, error);
        }
    }

    [Fact]
    public void Any_octets_never_throw_and_each_is_accounted_for() => Gen.Byte.Array[0, 200].Sample(octets =>
    {
        ReadOnlySpan<byte> rest = octets;
        for (var left = rest.Length; AvpView.TryRead(ref rest, out var avp, out _); left = rest.Length)
            if (left != rest.Length + AvpView.HeaderLength + avp.Value.Length) return false;
        return true;
    }, iter: 50_000);
}

using Akka.LNS.DataPlane.Tests.Lab;
using Akka.LNS.DataPlane.Tun;

namespace Akka.LNS.DataPlane.Tests.Tun;

public class NetlinkWriterTests
{
    [Fact]
    public void Requests_have_their_golden_octets()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "written for a little-endian host");
        Span<byte> buffer = stackalloc byte[NetlinkWriter.MaxLength];
        var addRoute = Octets.Hex("2C000000 1800 0506 07000000 00000000" + "02 10 00 00 FE 04 FD 01 00000000"
            + "0800 0100 64400000" + "0800 0400 05000000");
        Assert.Equal(addRoute, new NetlinkWriter(buffer, 7).AddRoute(5, Bench.Prefix("100.64.0.0/16")).ToArray());
        var addAddress = Octets.Hex("28000000 1400 0506 07000000 00000000" + "02 20 00 00 05000000"
            + "0800 0200 64400001" + "0800 0100 64400001");
        Assert.Equal(addAddress, new NetlinkWriter(buffer, 7).AddAddress(5, Bench.Gateway).ToArray());
        var linkUp = Octets.Hex("30000000 1000 0500 07000000 00000000" + "00000000 05000000 01000000 01000000"
            + "0800 0400 DC050000" + "0800 0D00 00100000");
        Assert.Equal(linkUp, new NetlinkWriter(buffer, 7).LinkUp(5, 1500, 4096).ToArray());
    }

    [Fact]
    public void An_acknowledgement_is_read_only_when_it_is_whole_and_has_the_sequence_number()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "written for a little-endian host");
        var answer = Octets.Hex("24000000 0200 0000 07000000 00000000 EFFFFFFF 00000000000000000000000000000000");
        Assert.Equal(17, NetlinkWriter.ReadAcknowledgement(answer, 7));
        Assert.Null(NetlinkWriter.ReadAcknowledgement(answer, 8));
        for (var length = 0; length < 20; length++) Assert.Null(NetlinkWriter.ReadAcknowledgement(answer.AsSpan(0, length), 7));
    }
}

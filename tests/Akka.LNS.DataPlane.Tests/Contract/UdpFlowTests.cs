using System.Net;
using Akka.LNS.DataPlane.Contract;
using CsCheck;

namespace Akka.LNS.DataPlane.Tests.Contract;

public class UdpFlowTests
{
    private static readonly Gen<byte[]> Addresses = Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]);

    [Fact]
    public void A_flow_keeps_its_end_points() => Gen.Select(Addresses, Gen.UShort).Sample((address, port) =>
    {
        var remote = new IPEndPoint(new IPAddress(address), port);
        var flow = UdpFlow.Of(IPAddress.Loopback, remote);
        Assert.Equal(flow, UdpFlow.Of(IPAddress.Loopback, remote));
        var expected = remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address;
        Assert.Equal((expected, (int)port), (flow.Remote.Address, flow.Remote.Port));
    });
}

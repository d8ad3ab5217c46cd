using System.Collections.Immutable;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Sockets;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Null;

/// <summary>Sockets and PPP as every plane has them, and no IP side: what subscribers send is checked, counted and thrown away.</summary>
internal sealed class NullPlane(ListenSettings listen, PolicingSettings policing) : SocketPlane(listen, policing)
{
    public override string Describe() => "null (no device: IP packets are counted and thrown away)";

    private protected override void StartDevice() { }
    private protected override void WakeDevice() { }
    private protected override void CloseDevice() { }
    private protected override bool DeliverUp(int worker, ReadOnlySpan<byte> packet) => true;
    private protected override void OnForwarding(Sockets.Path path, ForwardingSettings? before, ForwardingSettings? after) { }
    private protected override void OnRoutes(ImmutableArray<Ipv4Prefix> networks, IEnumerable<Sockets.Path> paths) { }
    private protected override void FinishOrders() { }
}

using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Null;

/// <summary>No device: packets of subscribers are discarded, and none comes from the IP side.</summary>
internal sealed class NullDevice : IIpDevice
{
    public int Queues => 0;
    public int PacketOctets => 0;
    public Ipv4Address? OwnAddress => null;
    public string Describe() => "null (no device: IP packets are counted and thrown away)";
    public void Open(IDeviceOwner owner) { }
    public DeviceReport Repair(IReadOnlyCollection<Ipv4Prefix> routes) => DeviceReport.Right;
    public bool ReadBatch(int queue, PacketBatch batch) => false;
    public int WriteBatch(int worker, PacketBatch batch) => 0;
    public bool SendOwn(Ipv4Address to, ReadOnlySpan<byte> packet) => false;
    public void SetRoutes(Span<RouteChange> changes) { }
    public void Wake() { }
    public void Dispose() { }
}

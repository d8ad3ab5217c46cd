using System.Collections.Concurrent;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tests.Lab;

/// <summary>A device whose packets a test gives and takes.</summary>
internal sealed class MemoryDevice : IIpDevice
{
    private readonly BlockingCollection<byte[][]> _reads = [];

    /// <summary>Packets of each write.</summary>
    public BlockingCollection<byte[][]> Writes { get; } = [];

    /// <summary>Packets that each write refuses.</summary>
    public int Refused { get; set; }

    public int Queues => 1;
    public int PacketOctets => 1500;
    public Ipv4Address? OwnAddress => null;
    public string Describe() => "memory";
    public void Open(IDeviceOwner owner) { }
    public DeviceReport Repair(IReadOnlyCollection<Ipv4Prefix> routes) => DeviceReport.Right;

    /// <summary>Gives the packets of one read, at most <see cref="PacketBatch.Size"/>.</summary>
    public void Give(params byte[][] packets) => _reads.Add(packets);

    public unsafe bool ReadBatch(int queue, PacketBatch batch)
    {
        batch.Clear();
        if (!_reads.TryTake(out var packets, Timeout.Infinite)) return false;
        foreach (var packet in packets)
        {
            packet.CopyTo(new Span<byte>(batch.NextSlot, batch.PacketOctets));
            batch.Add(packet.Length);
        }
        return true;
    }

    public int WriteBatch(int worker, PacketBatch batch)
    {
        Writes.Add([.. Enumerable.Range(0, batch.Count).Select(i => batch[i].ToArray()).Where(static p => p.Length > 0)]);
        return Refused;
    }

    public bool SendOwn(Ipv4Address to, ReadOnlySpan<byte> packet) => false;
    public void SetRoutes(Span<RouteChange> changes) { }
    public void Wake() => _reads.CompleteAdding();
    public void Dispose() { }
}

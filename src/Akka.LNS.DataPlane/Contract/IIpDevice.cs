using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>The IP side of the plane. Packets pass in batches; each queue and each worker belongs to one thread.</summary>
internal interface IIpDevice : IDisposable
{
    /// <summary>Kind, name and addresses as text.</summary>
    string Describe();

    /// <summary>Number of queues to read. 0: no packet ever comes from the device.</summary>
    int Queues { get; }

    /// <summary>Largest packet that the device reads, in octets.</summary>
    int PacketOctets { get; }

    /// <summary>Source address of the LNS's own ICMP errors. Null: it sends none.</summary>
    Ipv4Address? OwnAddress { get; }

    /// <summary>Makes the device with its addresses and networks.</summary>
    /// <param name="owner">Its methods are called from any thread, and not before the device is made, except for warnings.</param>
    /// <exception cref="DataPlaneStartException">The device cannot be made.</exception>
    void Open(IDeviceOwner owner);

    /// <summary>Compares the device with what it should be, and repairs it.</summary>
    /// <param name="routes">All networks that should be routed to it.</param>
    DeviceReport Repair(IReadOnlyCollection<Ipv4Prefix> routes);

    /// <summary>Clears the batch and reads packets into it; waits for the first one. May return an empty batch.</summary>
    /// <returns>False: the device is gone.</returns>
    bool ReadBatch(int queue, PacketBatch batch);

    /// <summary>Writes the IPv4 packets of a batch, except empty entries.</summary>
    /// <param name="worker">The calling worker. Workers spread over the queues.</param>
    /// <returns>Number of packets that the device refused.</returns>
    int WriteBatch(int worker, PacketBatch batch);

    /// <summary>Sends one IPv4 packet of the LNS itself. False: it was not sent. Any thread.</summary>
    bool SendOwn(Ipv4Address to, ReadOnlySpan<byte> packet);

    /// <summary>Changes routes to the device as one operation. Each change gets its result.</summary>
    void SetRoutes(Span<RouteChange> changes);

    /// <summary>Ends the waiting of <see cref="ReadBatch"/> for good.</summary>
    void Wake();
}

using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>Sockets, paths and forwarding. A data packet never leaves the plane for an actor.</summary>
/// <remarks>Every member may be called from any thread. Orders are keyed and idempotent:
/// an order for an unknown path or an older incarnation
/// does nothing. Receive threads read what orders publish without locks.</remarks>
public interface IDataPlane : IDisposable
{
    /// <summary>Kind and addresses of the plane as text: "tun lns0 mtu 1500, 100.64.0.1/32".</summary>
    string Describe();

    /// <summary>Problems that do not stop the start: a limited receive buffer, a refused kernel route. At most 100.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>The end points in service, with the ports they got, in the order of <see cref="ListenSettings.Endpoints"/>.</summary>
    IReadOnlyList<IPEndPoint> Listening { get; }

    /// <summary>Number of open paths.</summary>
    int PathCount { get; }

    /// <summary>Binds the sockets, makes the device, starts the threads.</summary>
    /// <param name="observer">Learns what happens to the plane later; null: none.</param>
    /// <exception cref="DataPlaneStartException">Nothing is left behind.</exception>
    void Start(IControlReceiver receiver, IPlaneObserver? observer = null);

    /// <summary>Why the plane does not forward; null: it does.</summary>
    string? Failure { get; }

    /// <summary>Sends one control message to the flow's peer, from the flow's local address.</summary>
    void SendControl(in UdpFlow flow, ReadOnlySpan<byte> datagram);

    /// <summary>Sends one PPP frame: FF 03, protocol, packet.</summary>
    void SendPpp(in PathKey key, ReadOnlySpan<byte> frame);

    /// <summary>Like <see cref="SendControl"/>, but the message may wait for <see cref="Flush"/>. The order stays.</summary>
    void QueueControl(in UdpFlow flow, ReadOnlySpan<byte> datagram) => SendControl(flow, datagram);

    /// <summary>Like <see cref="SendPpp"/>, but the frame may wait for <see cref="Flush"/>. The order stays.</summary>
    void QueuePpp(in PathKey key, ReadOnlySpan<byte> frame) => SendPpp(key, frame);

    /// <summary>Sends all that waits, of all threads, with as few system calls as possible.</summary>
    void Flush() { }

    /// <summary>Runs orders one after the other, in one lock and with one message to the kernel.</summary>
    /// <remarks>The result of each order is written into it. An order that fails does not stop the others.</remarks>
    void Apply(Span<PlaneOrder> orders);

    /// <summary>Replaces the networks that the kernel routes to the device: those of <see cref="TunSettings.Routes"/>, or of the last
    /// call.</summary>
    /// <remarks>A path's prefixes outside of them keep or get routes of their own. A refused route is a warning.
    /// A plane without a device ignores it.</remarks>
    void Route(ImmutableArray<Ipv4Prefix> networks);

    /// <summary>Reads the counters of an open path. False: no such path.</summary>
    bool TryReadCounters(in PathKey key, out PathCounters counters);

    /// <summary>Reads the sums over the plane.</summary>
    PlaneCounters ReadPlaneCounters();
}
